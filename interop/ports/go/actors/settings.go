package actors

import (
	"net"
	"net/netip"
	"os"
	"regexp"
	"strconv"
)

// Settings is what the environment tells a node: where to listen, what to say about it, whom to trust.
type Settings struct {
	network   string // tcp4 or tcp6: Go's "tcp" would bind 0.0.0.0 for IPv6 as well, and call it [::]
	bind      string // HOST:PORT, port 0 for any
	advertise string
	hosts     map[string]bool // "host" or "host:port" that may be answered
	endpoints map[string]bool // those of the peers file
}

var bindForm = regexp.MustCompile(`^tcp://(\*|[0-9.]+|\[[0-9A-Fa-f:.]+\]):(\*|[0-9]{1,5})$`)

// FromEnvironment reads SABIR_BIND, SABIR_ADVERTISE, SABIR_INSECURE and SABIR_PEERS.
func FromEnvironment() (Settings, error) {
	s := Settings{advertise: os.Getenv("SABIR_ADVERTISE"), hosts: map[string]bool{}, endpoints: map[string]bool{}}
	host, port, ok := parseBind(os.Getenv("SABIR_BIND"))
	if !ok {
		return s, errorf(Invalid, "SABIR_BIND=%s is not like tcp://127.0.0.1:5001 or tcp://127.0.0.1:*", os.Getenv("SABIR_BIND"))
	}
	if host.IsUnspecified() && s.advertise == "" {
		return s, errorf(Invalid, "SABIR_BIND is a wildcard, so SABIR_ADVERTISE has to say how others reach this node")
	}
	if !host.IsLoopback() && os.Getenv("SABIR_INSECURE") != "1" {
		return s, errorf(Refused, "binding %s, beyond loopback and without CURVE, needs SABIR_INSECURE=1", host)
	}
	if _, ok := ParseEndpoint(s.advertise); s.advertise != "" && !ok {
		return s, errorf(Invalid, "SABIR_ADVERTISE=%s is not an endpoint to connect to", s.advertise)
	}
	s.network, s.bind = "tcp4", net.JoinHostPort(host.String(), port)
	if host.Is6() {
		s.network = "tcp6"
	}
	return s, s.readPeers(os.Getenv("SABIR_PEERS"))
}

func parseBind(text string) (host netip.Addr, port string, ok bool) {
	if text == "" {
		text = "tcp://127.0.0.1:*"
	}
	parts := bindForm.FindStringSubmatch(text)
	if parts == nil {
		return host, "", false
	}
	name, port := parts[1], parts[2]
	if name == "*" {
		name = "0.0.0.0"
	}
	if port == "*" {
		port = "0"
	}
	host, err := netip.ParseAddr(trimBrackets(name))
	number, _ := strconv.Atoi(port)
	return host, port, err == nil && number <= 65535
}

func trimBrackets(host string) string {
	if host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

// peersFile is {"nodes": {NAME: {"endpoint": ...}}, "allow": ["host" or "host:port"]}; other keys are for others.
type peersFile struct {
	Nodes *map[string]any `wire:"nodes"`
	Allow *[]string       `wire:"allow"`
}

func (s *Settings) readPeers(path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return errorf(Invalid, "SABIR_PEERS=%s cannot be read: %v", path, err)
	}
	value, err := readJSON(text)
	var peers peersFile
	if err == nil {
		err = decodeInto(value, &peers)
	}
	if err != nil {
		return errorf(Invalid, "SABIR_PEERS=%s: %v", path, err)
	}
	if peers.Allow != nil {
		for _, entry := range *peers.Allow {
			host, ok := allowed(entry)
			if !ok {
				return errorf(Invalid, "SABIR_PEERS=%s: allow has %q, which is neither a host nor host:port", path, short(entry))
			}
			s.hosts[host] = true
		}
	}
	if peers.Nodes == nil {
		return nil
	}
	for name, node := range *peers.Nodes {
		members, _ := node.(map[string]any)
		text, _ := members["endpoint"].(string)
		endpoint, ok := ParseEndpoint(text)
		if !ok {
			return errorf(Invalid, "SABIR_PEERS=%s: the node %s has no endpoint", path, name)
		}
		s.endpoints[endpoint.String()] = true
	}
	return nil
}

// allowed gives the rebuilt form of "host" or "host:port", as endpoints have it: localhost is 127.0.0.1, names are in small letters.
func allowed(entry string) (string, bool) {
	if whole, ok := ParseEndpoint("tcp://" + entry); ok {
		return whole.address(), true
	}
	for _, host := range []string{entry, "[" + entry + "]"} {
		if found, ok := ParseEndpoint("tcp://" + host + ":1"); ok {
			return found.Host, true
		}
	}
	return "", false
}

// allows is what the user has allowed, and the endpoints of the peers file (RTE-4 a and c).
func (s *Settings) allows(to Endpoint) bool {
	return s.endpoints[to.String()] || s.hosts[to.Host] || s.hosts[to.address()]
}
