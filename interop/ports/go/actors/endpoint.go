package actors

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Endpoint is where a node can be reached: tcp://HOST:PORT (END-1). Its String is the rebuilt text, the only one that is ever
// connected to. ipc://PATH is an endpoint too, but not one that this port can reach.
type Endpoint struct {
	Host string
	Port int
	Path string
}

var (
	tcpForm   = regexp.MustCompile(`^tcp://(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/;@]+)):([1-9][0-9]{0,4})$`)
	labelForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	isNumber  = regexp.MustCompile(`^(?:[0-9]+|0x[0-9a-f]*)$`)
)

// ParseEndpoint gives the endpoint that text spells, or false.
func ParseEndpoint(text string) (Endpoint, bool) {
	if path, isIPC := strings.CutPrefix(text, "ipc://"); isIPC {
		return Endpoint{Path: path}, strings.HasPrefix(path, "/") && len(path) <= 107 && !strings.Contains(path, ";")
	}
	parts := tcpForm.FindStringSubmatch(text)
	if parts == nil {
		return Endpoint{}, false
	}
	port, _ := strconv.Atoi(parts[3])
	host, ok := hostOf(parts[1], parts[2])
	return Endpoint{Host: host, Port: port}, ok && port <= 65535
}

func hostOf(ipv6, name string) (string, bool) {
	if ipv6 != "" {
		address, err := netip.ParseAddr(ipv6)
		return address.Unmap().String(), err == nil && address.Is6() && !address.Unmap().IsUnspecified()
	}
	name = strings.ToLower(name)
	if name == "localhost" {
		return "127.0.0.1", true
	}
	if address, err := netip.ParseAddr(name); err == nil {
		return address.String(), address.Is4() && !address.IsUnspecified()
	}
	return name, isDNS(name)
}

// isDNS refuses what a resolver would read as an address: 127.1, 2130706433, 0x7f.1.
func isDNS(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if !labelForm.MatchString(label) {
			return false
		}
	}
	return len(name) <= 253 && !isNumber.MatchString(labels[len(labels)-1])
}

func (e Endpoint) String() string {
	if e.Path != "" {
		return "ipc://" + e.Path
	}
	return "tcp://" + e.address()
}

// address is HOST:PORT as a dialer takes it.
func (e Endpoint) address() string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// isLiteral tells whether the host is an address, so that nothing has to be resolved.
func (e Endpoint) isLiteral() bool {
	_, err := netip.ParseAddr(e.Host)
	return err == nil
}

// hostOfConnection is the other side's address, IPv4 also where the system maps it into IPv6.
func hostOfConnection(connection net.Conn) string {
	if address, ok := connection.RemoteAddr().(*net.TCPAddr); ok {
		return address.AddrPort().Addr().Unmap().WithZone("").String()
	}
	return ""
}
