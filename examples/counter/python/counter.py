"""One counter, four handles, four threads: nobody locks anything, and nothing is lost."""

import threading

import sabir


@sabir.message
class Increment:
    pass


@sabir.message
class Get:
    pass


@sabir.message
class Value:
    value: int


class Counter(sabir.Actor):
    value = 0

    def on_increment(self, env: sabir.Envelope[Increment]) -> None:
        self.value += 1  # one message at a time: no lock

    def on_get(self, env: sabir.Envelope[Get]) -> Value:
        return Value(self.value)


def increment(handle: sabir.ActorRef) -> None:
    for _ in range(1000):
        handle.send(Increment())


def main() -> None:
    with sabir.Manager() as manager:
        manager.manage("counter", Counter())
        manager.start()
        handles = [manager.find("counter") for _ in range(4)]
        threads = [threading.Thread(target=increment, args=(handle,)) for handle in handles]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # The question comes after the increments of every thread, for each had sent its own before it ended.
        print(handles[0].ask(Get()).value)


if __name__ == "__main__":
    main()
