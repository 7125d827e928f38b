# The C++ port: the conformance testee and the two nodes of the matrix.
CPP_PORT := interop/ports/cpp
CPP_PROGRAMS += $(CPP_PORT)/testee $(CPP_PORT)/ping $(CPP_PORT)/pong
$(CPP_PORT)/testee_SOURCES := $(addprefix $(CPP_PORT)/,testee.cpp echo.cpp probe.cpp typed.cpp sink.cpp driver.cpp slow.cpp asker.cpp relay.cpp \
	mortal.cpp stray.cpp tags.cpp)
