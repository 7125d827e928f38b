package actors

import (
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string whose opening quote is the next byte. The text is valid UTF-8 already; what is left to refuse are raw
// control characters and escapes that make a lone surrogate (TXT-1).
func (r *reader) string() string {
	r.at++
	begin := r.at
	for r.at < len(r.text) {
		switch mark := r.text[r.at]; {
		case mark == '"':
			r.at++
			return string(r.text[begin : r.at-1])
		case mark == '\\':
			return r.escaped(append([]byte(nil), r.text[begin:r.at]...))
		case mark < 0x20:
			r.fail("TXT-1", "a control character")
		}
		r.at++
	}
	r.fail("ENV-2", "the text ends inside a string")
	return ""
}

// escaped goes on where the first escape of a string stands; found is what came before it.
func (r *reader) escaped(found []byte) string {
	for r.at < len(r.text) {
		mark := r.text[r.at]
		r.at++
		switch {
		case mark == '"':
			return string(found)
		case mark == '\\':
			found = utf8.AppendRune(found, r.escape())
		case mark < 0x20:
			r.fail("TXT-1", "a control character")
		default:
			found = append(found, mark)
		}
	}
	r.fail("ENV-2", "the text ends inside a string")
	return ""
}

func (r *reader) escape() rune {
	mark := r.peek()
	r.at++
	switch mark {
	case '"', '\\', '/':
		return rune(mark)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return r.codePoint()
	}
	r.fail("ENV-2", "no such escape")
	return 0
}

// codePoint reads the four digits behind \u, and the second half of a surrogate pair.
func (r *reader) codePoint() rune {
	first := r.hex4()
	if !utf16.IsSurrogate(first) {
		return first
	}
	if r.peek() != '\\' || r.at+1 >= len(r.text) || r.text[r.at+1] != 'u' {
		r.fail("TXT-1", "a lone surrogate")
	}
	r.at += 2
	both := utf16.DecodeRune(first, r.hex4())
	if both == utf8.RuneError {
		r.fail("TXT-1", "a lone surrogate")
	}
	return both
}

func (r *reader) hex4() rune {
	var found rune
	for i := 0; i < 4; i++ {
		digit := r.peek()
		switch {
		case '0' <= digit && digit <= '9':
			found = found<<4 | rune(digit-'0')
		case 'a' <= digit|0x20 && digit|0x20 <= 'f':
			found = found<<4 | rune(digit|0x20-'a'+10)
		default:
			r.fail("ENV-2", "four hexadecimal digits are expected")
		}
		r.at++
	}
	return found
}
