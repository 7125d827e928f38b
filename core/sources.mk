# The library's sources, one a line, ground floor first.
CORE_SOURCES := \
	core/src/alloc.c \
	core/src/error.c \
	core/src/thread.c \
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
