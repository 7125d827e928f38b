"""A key-value store: some messages are only told, others are asked and answered."""

import sabir


@sabir.message
class Set:
    key: str
    value: str


@sabir.message
class Get:
    key: str


@sabir.message
class Value:
    value: str | None = None


@sabir.message
class Delete:
    key: str


@sabir.message
class Dump:
    pass


@sabir.message
class Pairs:
    pairs: dict[str, str]


@sabir.message
class Stop:
    pass


@sabir.message
class Stopped:
    pass


class Store(sabir.Actor):
    def __init__(self) -> None:
        self.pairs: dict[str, str] = {}

    def on_set(self, env: sabir.Envelope[Set]) -> None:
        self.pairs[env.msg.key] = env.msg.value

    def on_get(self, env: sabir.Envelope[Get]) -> Value:
        return Value(self.pairs.get(env.msg.key))

    def on_delete(self, env: sabir.Envelope[Delete]) -> None:
        self.pairs.pop(env.msg.key, None)

    def on_dump(self, env: sabir.Envelope[Dump]) -> Pairs:
        return Pairs(dict(self.pairs))  # a copy: whoever gets a message owns it

    def on_Stop(self, msg: Stop, sender: sabir.ActorRef | None) -> Stopped:
        self.stop()
        return Stopped()


def main() -> None:
    with sabir.Manager() as manager:
        store = manager.manage("store", Store())
        manager.start()
        store.send(Set("a", "1"))
        store.send(Set("b", "2"))
        print(store.ask(Get("a")).value or "none")
        store.send(Delete("a"))
        print(store.ask(Get("a")).value or "none")
        for key, value in sorted(store.ask(Dump()).pairs.items()):
            print(f"{key}={value}")
        store.ask(Stop())
        print("stopped")


if __name__ == "__main__":
    main()
