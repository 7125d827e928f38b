"""A till that fails at a bad coin and comes back empty, until that has happened too often."""

import logging

import sabir


@sabir.message
class Coin:
    cents: int


@sabir.message
class Count:
    pass


@sabir.message
class Total:
    cents: int


class Till(sabir.Actor):
    def __init__(self) -> None:
        self.cents = 0

    def on_start(self) -> None:
        print("the till opens", flush=True)

    def on_coin(self, env: sabir.Envelope[Coin]) -> None:
        if env.msg.cents == 0:
            raise ValueError("there is no such coin")
        self.cents += env.msg.cents

    def on_count(self, env: sabir.Envelope[Count]) -> Total:
        return Total(self.cents)


class Owner(sabir.Actor):
    def __init__(self, till: sabir.ActorRef) -> None:
        self.till = till

    def on_start(self) -> None:
        self.watch(self.till)

    def on_down(self, env: sabir.Envelope[sabir.Down]) -> None:
        print(f"the {env.msg.name} is gone: {env.msg.reason}", flush=True)
        self.manager.terminate()


def main() -> None:
    logging.getLogger("sabir").setLevel(logging.CRITICAL)
    with sabir.Manager() as manager:
        shop = manager.supervisor("shop", rule=sabir.Restart(limit=2, window=60))
        till = shop.manage("till", Till)
        manager.manage("owner", Owner(till))
        manager.start()
        till.send(Coin(10))
        till.send(Coin(20))
        print(f"the till holds {till.ask(Count()).cents} cents", flush=True)
        till.send(Coin(0))  # the first fault
        till.send(Coin(5))  # waits for the till that comes back
        print(f"the till holds {till.ask(Count()).cents} cents", flush=True)
        till.send(Coin(0))
        till.send(Coin(0))
        manager.run()


if __name__ == "__main__":
    main()
