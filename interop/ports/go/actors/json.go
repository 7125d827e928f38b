package actors

import (
	"bytes"
	"unicode/utf8"
)

// Strict JSON, the reading half. encoding/json will not do: it takes the last of two equal keys, matches keys without regard to
// case, replaces invalid UTF-8 and lone surrogates by U+FFFD, and makes every number a float64.
//
// What is read is map[string]any, []any, string, Number, bool or nil.

// Number is a number as it stands on the wire; what it becomes is decided by whoever asks for it.
type Number string

// IsInteger tells whether the token has neither a point nor an exponent (NUM-4).
func (n Number) IsInteger() bool {
	for i := 0; i < len(n); i++ {
		if n[i] == '.' || n[i] == 'e' || n[i] == 'E' {
			return false
		}
	}
	return true
}

type reader struct {
	text []byte
	at   int
}

// malformed ends the reading of a text; it never leaves readJSON.
type malformed struct{ *Error }

// readJSON gives the one value in text, or an Error of the name MALFORMED that cites the broken clause.
func readJSON(text []byte) (value any, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			why, ok := fault.(malformed)
			if !ok {
				panic(fault)
			}
			err = why.Error
		}
	}()
	r := &reader{text: text}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		r.fail("ENV-2", "a byte order mark")
	}
	if !utf8.Valid(text) {
		r.fail("TXT-1", "not UTF-8")
	}
	r.blanks()
	value = r.value(1)
	r.blanks()
	if r.at != len(text) {
		r.fail("ENV-2", "something follows the value")
	}
	return value, nil
}

func (r *reader) fail(clause, why string) {
	panic(malformed{errorf("MALFORMED", "%s: %s at byte %d", clause, why, r.at)})
}

// peek gives the next byte, or 0 at the end: a byte that begins nothing in JSON.
func (r *reader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *reader) blanks() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) value(depth int) any {
	switch r.peek() {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		return r.string()
	case 't':
		return r.word("true", true)
	case 'f':
		return r.word("false", false)
	case 'n':
		return r.word("null", nil)
	}
	return r.number()
}

func (r *reader) word(word string, value any) any {
	if !bytes.HasPrefix(r.text[r.at:], []byte(word)) {
		r.fail("ENV-2", "not a JSON value")
	}
	r.at += len(word)
	return value
}

func (r *reader) deeper(depth int) {
	if depth > DepthLimit {
		r.fail("LIM-1", "too many levels")
	}
	r.at++
	r.blanks()
}

func (r *reader) object(depth int) map[string]any {
	r.deeper(depth)
	found := map[string]any{}
	if r.peek() == '}' {
		r.at++
		return found
	}
	for {
		if r.peek() != '"' {
			r.fail("ENV-2", "a key is expected")
		}
		key := r.string()
		if _, twice := found[key]; twice {
			r.fail("ENV-4", "a key is there twice")
		}
		r.blanks()
		if r.peek() != ':' {
			r.fail("ENV-2", "a colon is expected")
		}
		r.at++
		r.blanks()
		found[key] = r.value(depth + 1)
		if r.isLast('}') {
			return found
		}
	}
}

func (r *reader) array(depth int) []any {
	r.deeper(depth)
	found := []any{}
	if r.peek() == ']' {
		r.at++
		return found
	}
	for {
		found = append(found, r.value(depth+1))
		if r.isLast(']') {
			return found
		}
	}
}

// isLast goes over what stands behind an item: the closing mark, or a comma.
func (r *reader) isLast(closing byte) bool {
	r.blanks()
	mark := r.peek()
	if mark != closing && mark != ',' {
		r.fail("ENV-2", "a comma or "+string(closing)+" is expected")
	}
	r.at++
	r.blanks()
	return mark == closing
}

func (r *reader) number() Number {
	begin := r.at
	if r.peek() == '-' {
		r.at++
	}
	if r.peek() == '0' {
		r.at++ // nothing may follow a leading zero but a point or an exponent
	} else {
		r.digits()
	}
	if r.peek() == '.' {
		r.at++
		r.digits()
	}
	if r.peek() == 'e' || r.peek() == 'E' {
		r.at++
		if r.peek() == '+' || r.peek() == '-' {
			r.at++
		}
		r.digits()
	}
	return Number(r.text[begin:r.at])
}

func (r *reader) digits() {
	begin := r.at
	for '0' <= r.peek() && r.peek() <= '9' {
		r.at++
	}
	if r.at == begin {
		r.fail("ENV-2", "not a JSON value")
	}
}
