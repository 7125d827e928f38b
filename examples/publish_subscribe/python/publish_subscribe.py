"""A market tells whoever subscribed; one that has stopped is dropped by itself."""

from __future__ import annotations

import sabir


@sabir.message
class Quote:
    fruit: str
    price: int


@sabir.message
class Price:
    fruit: str
    price: int


@sabir.message
class Told:
    count: int


class Market(sabir.Publisher):
    def on_quote(self, env: sabir.Envelope[Quote]) -> Told:
        quote = env.msg
        return Told(self.publish(Price(quote.fruit, quote.price), topic=quote.fruit))


class Listener(sabir.Actor):
    def __init__(self, market: sabir.ActorRef, topic: str | None) -> None:
        self.market = market
        self.topic = topic
        self.heard: list[str] = []

    def on_start(self) -> None:
        # Before the manager's start has returned: so both have subscribed when the first price comes.
        self.market.send(sabir.Subscribe(self.topic), self)

    def on_price(self, env: sabir.Envelope[Price]) -> None:
        self.heard.append(f"{env.msg.fruit} at {env.msg.price}")

    def on_stop(self) -> None:
        print(f"{self.name} heard {', '.join(self.heard)}")


def quote(market: sabir.ActorRef, fruit: str, price: int) -> None:
    print(f"{fruit} at {price}: told {market.ask(Quote(fruit, price)).count}")


def main() -> None:
    with sabir.Manager() as manager:
        market = manager.manage("market", Market())
        alice = manager.manage("alice", Listener(market, "apples"))
        manager.manage("bob", Listener(market, None))
        manager.start()
        quote(market, "apples", 3)
        quote(market, "pears", 5)
        manager.stop_actor(alice)
        quote(market, "apples", 4)


if __name__ == "__main__":
    main()
