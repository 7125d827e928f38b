package actors

import (
	"encoding/base64"
	"math"
	"math/big"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Strict JSON, the writing half: raw UTF-8, nothing escaped that need not be, integers without a point, doubles with one or with
// an exponent. What JSON cannot carry is an Error of the name VALUE, before a single byte leaves.

type writer struct {
	text []byte
	err  error
}

// writeJSON appends value to text.
func writeJSON(text []byte, value any) ([]byte, error) {
	w := &writer{text: text}
	w.value(value)
	return w.text, w.err
}

func (w *writer) fail(format string, arguments ...any) {
	if w.err == nil {
		w.err = errorf(Value, format, arguments...)
	}
}

func (w *writer) value(value any) {
	switch value := value.(type) {
	case nil:
		w.text = append(w.text, "null"...)
	case bool:
		w.text = strconv.AppendBool(w.text, value)
	case string:
		w.string(value)
	case Number:
		w.text = append(w.text, value...)
	case int:
		w.text = strconv.AppendInt(w.text, int64(value), 10)
	case int64:
		w.text = strconv.AppendInt(w.text, value, 10)
	case uint64:
		w.text = strconv.AppendUint(w.text, value, 10)
	case *big.Int:
		w.bigInteger(value)
	case float64:
		w.double(value)
	case []byte:
		w.string(base64.StdEncoding.EncodeToString(value))
	case map[string]any:
		w.object(value)
	default:
		w.reflected(reflect.ValueOf(value))
	}
}

func (w *writer) bigInteger(value *big.Int) {
	if !value.IsInt64() && !value.IsUint64() {
		w.fail("the integer %s has more than 64 bits", value)
		return
	}
	w.text = value.Append(w.text, 10)
}

// double writes the shortest text that reads back equal, recognisable as a double (NUM-5).
func (w *writer) double(value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		w.fail("%v is no number of JSON", value)
		return
	}
	text := strconv.FormatFloat(value, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	w.text = append(w.text, text...)
}

const hexDigits = "0123456789abcdef"

func (w *writer) string(value string) {
	if !utf8.ValidString(value) {
		w.fail("a string is not UTF-8")
		return
	}
	w.text = append(w.text, '"')
	for i := 0; i < len(value); i++ {
		mark := value[i]
		switch {
		case mark == '"' || mark == '\\':
			w.text = append(w.text, '\\', mark)
		case mark < 0x20:
			w.text = append(w.text, '\\', 'u', '0', '0', hexDigits[mark>>4], hexDigits[mark&15])
		default:
			w.text = append(w.text, mark)
		}
	}
	w.text = append(w.text, '"')
}

// object writes the keys in the order of their bytes, so that equal values are equal texts.
func (w *writer) object(value map[string]any) {
	keys := make([]string, 0, len(value))
	for key := range value {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	mark := byte('{')
	for _, key := range keys {
		w.member(&mark, key, value[key])
	}
	w.end(mark, '{', '}')
}

func (w *writer) member(mark *byte, key string, value any) {
	w.text = append(w.text, *mark)
	w.string(key)
	w.text = append(w.text, ':')
	w.value(value)
	*mark = ','
}

// end closes an object or a list; if mark is still the opening one, nothing was in it.
func (w *writer) end(mark, opening, closing byte) {
	if mark == opening {
		w.text = append(w.text, opening)
	}
	w.text = append(w.text, closing)
}

// reflected writes structs, slices and pointers; a nil pointer in a struct is an optional field without a value, and absent.
func (w *writer) reflected(value reflect.Value) {
	switch value.Kind() {
	case reflect.Struct:
		mark := byte('{')
		for _, field := range fieldsOf(value.Type()) {
			inner := value.Field(field.index)
			if inner.Kind() == reflect.Pointer && inner.IsNil() && !field.isNullable {
				continue
			}
			w.member(&mark, field.name, inner.Interface())
		}
		w.end(mark, '{', '}')
	case reflect.Slice:
		mark := byte('[')
		for i := 0; i < value.Len(); i++ {
			w.text = append(w.text, mark)
			w.value(value.Index(i).Interface())
			mark = ','
		}
		w.end(mark, '[', ']')
	case reflect.Map:
		found := make(map[string]any, value.Len())
		for _, key := range value.MapKeys() {
			found[key.String()] = value.MapIndex(key).Interface()
		}
		w.object(found)
	case reflect.Pointer:
		if value.IsNil() {
			w.value(nil)
		} else {
			w.value(value.Elem().Interface())
		}
	default:
		w.fail("a %s cannot be written", value.Type())
	}
}
