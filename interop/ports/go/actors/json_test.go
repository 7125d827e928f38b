package actors

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

func TestWhatIsNotStrictJSONIsMalformed(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":1,}`, `[1,]`, `01`, `1.`, `.5`, `+1`, `-`, `1e`, `NaN`, `nul`, `'a'`,
		"\"\x01\"", `"\x"`, `"\u12g4"`, `"\ud800"`, `"\udc00"`, `"\ud800\u0041"`, "\"\xff\"", "\xef\xbb\xbf{}", `{} {}`, "{}\x00",
		`{"a" 1}`, `{1:2}`, `"a`, `"\`, `"\u12`, strings.Repeat("[", 100_000), strings.Repeat("[", 65) + strings.Repeat("]", 65),
	} {
		if value, err := readJSON([]byte(text)); err == nil {
			t.Errorf("%.40q was read as %v", text, value)
		}
	}
}

func TestWhatIsReadIsWrittenAsItWas(t *testing.T) {
	for _, text := range []string{
		`{"a":[1,1.0,1E2,-0,1785000000000000],"b":{"":null},"c":true}`, `"\u0000\u001f\"\\é😀"`, `{}`, `[]`, `"a/b"`,
		strings.Repeat("[", 64) + strings.Repeat("]", 64),
	} {
		value, err := readJSON([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if written, err := writeJSON(nil, value); err != nil || string(written) != text {
			t.Errorf("%s became %s (%v)", text, written, err)
		}
	}
}

func TestWhatJSONCannotCarryIsRefused(t *testing.T) {
	tooBig := new(big.Int).Lsh(big.NewInt(1), 64)
	for _, value := range []any{math.NaN(), math.Inf(1), math.Inf(-1), tooBig, "\xed\xa0\x80", []any{math.NaN()}, make(chan int)} {
		if text, err := writeJSON(nil, value); err == nil {
			t.Errorf("%v was written as %s", value, text)
		}
	}
}

func TestDoublesAreShortAndRecognisable(t *testing.T) {
	for want, value := range map[string]float64{"1.0": 1, "-0.0": math.Copysign(0, -1), "0.30000000000000004": 0.30000000000000004, "5e-324": 5e-324} {
		if text, _ := writeJSON(nil, value); string(text) != want {
			t.Errorf("%v was written as %s", value, text)
		}
	}
}

type sample struct {
	Whole  int64    `wire:"whole"`
	Half   float64  `wire:"half"`
	Maybe  *string  `wire:"maybe"`
	Inside []sample `wire:"inside"`
	Free   any      `wire:"free"`
}

func TestFieldsAreReadExactlyOrNotAtAll(t *testing.T) {
	good := `{"whole":-9223372036854775808,"half":1,"inside":[{"whole":-0,"half":1e-400,"inside":[],"free":18446744073709551615}],"free":null,"more":1}`
	value, err := readJSON([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	var found sample
	if err := decodeInto(value, &found); err != nil {
		t.Fatal(err)
	}
	if found.Whole != math.MinInt64 || found.Half != 1 || found.Maybe != nil || found.Inside[0].Free != uint64(math.MaxUint64) {
		t.Errorf("read as %+v", found)
	}
	for _, bad := range []string{
		`{"half":1,"inside":[],"free":1}`, `{"whole":1.0,"half":1,"inside":[],"free":1}`, `{"whole":9223372036854775808,"half":1,"inside":[],"free":1}`,
		`{"whole":1,"half":9007199254740993,"inside":[],"free":1}`, `{"whole":1,"half":1e400,"inside":[],"free":1}`,
		`{"whole":1,"half":1,"inside":{},"free":1}`, `{"whole":1,"half":1,"inside":[],"free":1e400}`, `{"whole":"1","half":1,"inside":[],"free":1}`,
		`{"whole":1,"half":1,"inside":[1],"free":1}`, `{"whole":1,"half":1,"inside":[],"maybe":1,"free":1}`, `[]`,
	} {
		value, err := readJSON([]byte(bad))
		if err != nil {
			t.Fatal(bad, err)
		}
		if decodeInto(value, new(sample)) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestOnlyEndpointsOfTheProtocolAreParsed(t *testing.T) {
	for text, want := range map[string]string{
		"tcp://localhost:1": "tcp://127.0.0.1:1", "tcp://[0:0::1]:65535": "tcp://[::1]:65535", "tcp://Shop.example:7001": "tcp://shop.example:7001",
		"tcp://LOCALHOST:1": "tcp://127.0.0.1:1", "tcp://[::ffff:10.0.0.1]:1": "tcp://10.0.0.1:1",
	} {
		if found, ok := ParseEndpoint(text); !ok || found.String() != want {
			t.Errorf("%s is %v", text, found)
		}
	}
	for _, text := range []string{
		"", "tcp://*:1", "tcp://0.0.0.0:1", "tcp://[::]:1", "tcp://a_b:1", "tcp://a.:1", "tcp://127.1:1", "tcp://2130706433:1", "tcp://0x7f.1:1", "tcp://a:0", "tcp://a:65536", "tcp://a:01", "tcp://a:1/", "TCP://a:1",
		"tcp://a;b:1", "tcp://u@h:1", "tcp://[::1%lo]:1", "tcp://[127.0.0.1]:1", "tcp://-a:1", "inproc://a", "ipc://relative", "tcp://a:1\n",
	} {
		if found, ok := ParseEndpoint(text); ok {
			t.Errorf("%q is %v", text, found)
		}
	}
}
