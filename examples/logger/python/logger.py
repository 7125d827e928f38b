"""Four workers write to one logger: lines of one worker stay in order, and none is lost at the end."""

import sabir


@sabir.message
class Work:
    lines: int


@sabir.message
class Done:
    pass


@sabir.message
class Log:
    text: str


@sabir.message
class Dump:
    pass


@sabir.message
class Lines:
    lines: list[str]


class Logger(sabir.Actor):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_log(self, env: sabir.Envelope[Log]) -> None:
        self.lines.append(env.msg.text)

    def on_dump(self, env: sabir.Envelope[Dump]) -> Lines:
        return Lines(list(self.lines))


class Worker(sabir.Actor):
    def __init__(self, number: int, logger: sabir.ActorRef) -> None:
        self.number = number
        self.logger = logger

    def on_work(self, env: sabir.Envelope[Work]) -> Done:
        for line in range(1, env.msg.lines + 1):
            self.logger.send(Log(f"worker {self.number} line {line}"), self)
        return Done()


def main() -> None:
    with sabir.Manager() as manager:
        logger = manager.manage("logger", Logger())
        workers = [manager.manage(f"worker{number}", Worker(number, logger)) for number in range(1, 5)]
        manager.start()
        for worker in workers:
            worker.send(Work(5))
        for worker in workers:
            manager.stop_actor(worker)  # each handles its mail first
        for line in sorted(logger.ask(Dump()).lines):
            print(line)


if __name__ == "__main__":
    main()
