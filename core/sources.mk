# The library's sources, one a line, ground floor first.
CORE_SOURCES := \
	core/src/alloc.c \
	core/src/error.c \
	core/src/thread.c
