# The library's sources, one a line, ground floor first.
CORE_SOURCES := \
	core/src/alloc.c \
	core/src/error.c \
	core/src/thread.c \
	core/src/buffer.c \
	core/src/utf8.c \
	core/src/json_escape.c \
	core/src/json_keys.c \
	core/src/json_reader.c \
	core/src/json_number.c \
	core/src/json_power_table.c \
	core/src/json_double_print.c \
	core/src/big_integer.c \
	core/src/json_double_read.c \
	core/src/json_writer.c \
	core/src/envelope_read.c \
	core/src/json.c \
	core/src/envelope_write.c \
	core/src/verdict.c \
	core/src/kind.c \
	core/src/type_layout.c \
	core/src/type_builtin.c \
	core/src/type.c \
	core/src/ip_address.c \
	core/src/endpoint.c \
	core/src/config_copy.c \
	core/src/config_rules.c \
	core/src/config_env.c \
	core/src/peers_file.c \
	core/src/config.c
