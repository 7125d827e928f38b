# The node and the actors' own test share the actors.
PROGRAMS += examples/trading/c/market examples/trading/c/market_test
TRADING_ACTORS := $(addprefix examples/trading/c/,pricer.c router.c instrument.c desk.c cpu.c)
examples/trading/c/market_SOURCES := examples/trading/c/market.c $(TRADING_ACTORS)
examples/trading/c/market_test_SOURCES := examples/trading/c/market_test.c $(TRADING_ACTORS)
