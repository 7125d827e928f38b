# The C port: the conformance testee and the two nodes of the matrix.
C_PORT := interop/ports/c
PROGRAMS += $(C_PORT)/testee $(C_PORT)/ping $(C_PORT)/pong
$(C_PORT)/testee_SOURCES := $(addprefix $(C_PORT)/,testee.c node.c address.c echo.c probe.c typed.c sink.c driver.c slow.c \
	asker.c relay.c mortal.c stray.c tags.c)
$(C_PORT)/ping_SOURCES := $(addprefix $(C_PORT)/,ping.c node.c)
$(C_PORT)/pong_SOURCES := $(addprefix $(C_PORT)/,pong.c node.c)
