# The program and the market's own test share the market.
PROGRAMS += examples/publish_subscribe/c/publish_subscribe examples/publish_subscribe/c/market_test
examples/publish_subscribe/c/publish_subscribe_SOURCES := examples/publish_subscribe/c/publish_subscribe.c examples/publish_subscribe/c/market.c
examples/publish_subscribe/c/market_test_SOURCES := examples/publish_subscribe/c/market_test.c examples/publish_subscribe/c/market.c
