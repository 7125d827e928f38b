package actors

import (
	"encoding/base64"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Fields of message types. A message type is a Go struct: int64, float64, string, bool, []byte, slices, structs, pointers (an optional
// field), and `any` for what may be anything. The names on the wire are in `wire` tags:
//
//	type Note struct {
//		From string  `wire:"from"`
//		Seq  int64   `wire:"seq"`
//		Data *string `wire:"data"`
//	}

type field struct {
	name       string
	index      int
	isOptional bool
	isNullable bool // `wire:"name,null"`: written as null when there is no value
}

var fieldTables sync.Map // reflect.Type to []field

func fieldsOf(kind reflect.Type) []field {
	if known, ok := fieldTables.Load(kind); ok {
		return known.([]field)
	}
	var found []field
	for i := 0; i < kind.NumField(); i++ {
		name, option, _ := strings.Cut(kind.Field(i).Tag.Get("wire"), ",")
		if name == "" {
			name = strings.ToLower(kind.Field(i).Name)
		}
		found = append(found, field{name, i, kind.Field(i).Type.Kind() == reflect.Pointer, option == "null"})
	}
	fieldTables.Store(kind, found)
	return found
}

// decode puts what was read into target, or says which field does not fit (NUM-3, NUM-4, TYP-1).
func decode(value any, target reflect.Value) error {
	switch target.Kind() {
	case reflect.Struct:
		return decodeStruct(value, target)
	case reflect.Slice:
		return decodeSlice(value, target)
	case reflect.Pointer:
		if value == nil {
			return nil
		}
		target.Set(reflect.New(target.Type().Elem()))
		return decode(value, target.Elem())
	case reflect.Interface, reflect.Map:
		return decodeAny(value, target)
	}
	return decodeScalar(value, target)
}

func decodeStruct(value any, target reflect.Value) error {
	members, ok := value.(map[string]any)
	if !ok {
		return errorf(BadPayload, "an object is wanted")
	}
	for _, field := range fieldsOf(target.Type()) {
		member, isThere := members[field.name]
		if !isThere && !field.isOptional {
			return errorf(BadPayload, "the field %s is missing", field.name)
		}
		if err := decode(member, target.Field(field.index)); err != nil {
			return errorf(BadPayload, "%s: %s", field.name, err.(*Error).Why)
		}
	}
	return nil
}

func decodeSlice(value any, target reflect.Value) error {
	if target.Type().Elem().Kind() == reflect.Uint8 {
		return decodeBytes(value, target)
	}
	items, ok := value.([]any)
	if !ok {
		return errorf(BadPayload, "a list is wanted")
	}
	found := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		if err := decode(item, found.Index(i)); err != nil {
			return err
		}
	}
	target.Set(found)
	return nil
}

// decodeBytes takes standard base64 with padding (TYP-2); what the library overlooks, line ends, is refused here.
func decodeBytes(value any, target reflect.Value) error {
	text, ok := value.(string)
	found, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || strings.ContainsAny(text, "\r\n") {
		return errorf(BadPayload, "base64 is wanted")
	}
	target.SetBytes(found)
	return nil
}

func decodeAny(value any, target reflect.Value) error {
	found, err := application(value)
	if err != nil {
		return err
	}
	if found == nil {
		return nil
	}
	if !reflect.TypeOf(found).AssignableTo(target.Type()) {
		return errorf(BadPayload, "an object is wanted")
	}
	target.Set(reflect.ValueOf(found))
	return nil
}

func decodeScalar(value any, target reflect.Value) error {
	number, isNumber := value.(Number)
	switch target.Kind() {
	case reflect.Int64:
		found, err := strconv.ParseInt(string(number), 10, 64)
		if !isNumber || !number.IsInteger() {
			return errorf(BadPayload, "an integer is wanted")
		}
		if err != nil {
			return errorf(BadPayload, "%s does not fit into an int64", short(string(number)))
		}
		target.SetInt(found)
	case reflect.Float64:
		if !isNumber {
			return errorf(BadPayload, "a number is wanted")
		}
		found, err := double(number)
		target.SetFloat(found)
		return err
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return errorf(BadPayload, "a string is wanted")
		}
		target.SetString(text)
	case reflect.Bool:
		is, ok := value.(bool)
		if !ok {
			return errorf(BadPayload, "true or false is wanted")
		}
		target.SetBool(is)
	default:
		return errorf(BadPayload, "nothing on the wire becomes a %s", target.Type())
	}
	return nil
}

// double takes an integer too, if it can hold it exactly.
func double(number Number) (float64, error) {
	found, _ := strconv.ParseFloat(string(number), 64)
	if math.IsInf(found, 0) {
		return 0, errorf(BadPayload, "%s is too large for a double", short(string(number)))
	}
	if number.IsInteger() {
		exact, _ := new(big.Int).SetString(string(number), 10)
		if held, accuracy := new(big.Float).SetFloat64(found).Int(nil); accuracy != big.Exact || held.Cmp(exact) != 0 {
			return 0, errorf(BadPayload, "a double cannot hold the integer %s exactly", short(string(number)))
		}
	}
	return found, nil
}

// application gives a value as an application holds it: its numbers are int64, uint64 or float64.
func application(value any) (any, error) {
	switch value := value.(type) {
	case Number:
		return applicationNumber(value)
	case []any:
		found := make([]any, len(value))
		for i, item := range value {
			var err error
			if found[i], err = application(item); err != nil {
				return nil, err
			}
		}
		return found, nil
	case map[string]any:
		found := make(map[string]any, len(value))
		for key, item := range value {
			var err error
			if found[key], err = application(item); err != nil {
				return nil, err
			}
		}
		return found, nil
	}
	return value, nil
}

func applicationNumber(number Number) (any, error) {
	if !number.IsInteger() {
		return double(number)
	}
	if small, err := strconv.ParseInt(string(number), 10, 64); err == nil {
		return small, nil
	}
	large, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		return nil, errorf(BadPayload, "the integer %s does not fit into 64 bits", short(string(number)))
	}
	return large, nil
}

// short keeps a text of somebody else's from filling a sentence.
func short(text string) string {
	count := 0
	for at := range text {
		if count == 60 {
			return text[:at] + "…"
		}
		count++
	}
	return text
}

func decodeInto(value, pointer any) error { return decode(value, reflect.ValueOf(pointer).Elem()) }
