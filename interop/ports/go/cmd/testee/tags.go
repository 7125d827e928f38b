package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// tagged says what the application saw, every scalar as a string beside its kind, so that nothing is lost on the way back.
func tagged(value any) map[string]any {
	switch value := value.(type) {
	case nil:
		return map[string]any{"t": "null"}
	case bool:
		return map[string]any{"t": "bool", "v": strconv.FormatBool(value)}
	case string:
		return map[string]any{"t": "str", "v": value, "bytes": hex.EncodeToString([]byte(value))}
	case int64:
		return map[string]any{"t": "int", "v": strconv.FormatInt(value, 10)}
	case uint64:
		return map[string]any{"t": "int", "v": strconv.FormatUint(value, 10)}
	case float64:
		return map[string]any{"t": "float", "v": strconv.FormatFloat(value, 'g', -1, 64)}
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = tagged(item)
		}
		return map[string]any{"t": "list", "v": items}
	case map[string]any:
		members := make(map[string]any, len(value))
		for key, item := range value {
			members[key] = tagged(item)
		}
		return map[string]any{"t": "map", "v": members}
	}
	panic(fmt.Sprintf("no tag for %T", value))
}
