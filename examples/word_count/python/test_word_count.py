"""The counter of words alone: no files, no threads."""

from __future__ import annotations

from sabir.kit import Kit
from word_count import Counts, Line, Report, WordCounter


def test_words_are_what_stands_between_blanks() -> None:
    with Kit() as kit:
        counter, client = kit.manage("counter", WordCounter()), kit.probe("client")
        kit.start()
        for text in ("b a\tb\n", "\n", " \N{LATIN SMALL LETTER A WITH DIAERESIS} b\r\n"):
            counter.send(Line(text))
        counter.send(Report(), client.ref)
        client.expect(Counts({"b": 3, "a": 1, "\N{LATIN SMALL LETTER A WITH DIAERESIS}": 1}))
