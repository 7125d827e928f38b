"""word_count [FILE...]: counts the words of files, or of standard input."""

import re
import sys
from collections import Counter
from collections.abc import Iterable

import sabir


@sabir.message
class Line:
    text: str


@sabir.message
class Report:
    pass


@sabir.message
class Counts:
    counts: dict[str, int]


class WordCounter(sabir.Actor):
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def on_line(self, env: sabir.Envelope[Line]) -> None:
        self.counts.update(re.findall(r"[^ \t\n\v\f\r]+", env.msg.text))

    def on_report(self, env: sabir.Envelope[Report]) -> Counts:
        return Counts(dict(self.counts))


def count(lines: Iterable[str]) -> dict[str, int]:
    with sabir.Manager() as manager:
        # Reading is faster than counting: an unbounded mailbox takes what a bounded one would refuse.
        counter = manager.manage("counter", WordCounter(), capacity_msgs=0)
        manager.start()
        for line in lines:
            counter.send(Line(line))
        counts: dict[str, int] = counter.ask(Report(), timeout=None).counts
        return counts


def read(paths: list[str]) -> Iterable[str]:
    if not paths:
        yield from sys.stdin
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield from file


def main(paths: list[str]) -> int:
    try:
        counts = count(read(paths))
    except (OSError, UnicodeDecodeError) as error:
        print(f"word_count: {error}", file=sys.stderr)
        return 1
    for word, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].encode())):
        print(number, word)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
