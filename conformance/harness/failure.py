"""One failure on one screen: the clause, what was expected and what came, the bytes, the testee's last words, how to repeat it.

Made from a result's record, so that it looks the same on a terminal, in pytest, in JUnit XML and in Markdown.
"""

from . import dump
from .clauses import CLAUSES

_STDERR_LINES = 5
_WIDTH = 160


def printable(text):
    """The text without what a terminal would obey: a testee may have said anything."""
    return "".join(char if char.isprintable() else "?" for char in text)


def lines(result):
    """The lines below the headline of a case that did not pass."""
    return map(printable, _lines(result))


def _lines(result):
    failure = result.get("failure")
    for clause in result["clauses"]:
        yield f"{'clause':9}{clause}: {CLAUSES.get(clause, '')}"
    if failure and failure.get("clause") not in (None, *result["clauses"]):
        yield f"{'breaks':9}{failure['clause']}: {CLAUSES.get(failure['clause'], '')}"
    yield from _what(result, failure)
    if failure:
        if failure["step"]:
            yield f"{'at step':9}{failure['step'][:_WIDTH]}"
        yield from _bytes(failure)
        for line in result["stderr"][-_STDERR_LINES:]:
            yield f"{'stderr':9}{line[:_WIDTH]}"
    yield f"{'why':9}{result['about']}"
    if result["verdict"] != "not-run":
        yield f"{'replay':9}{result['replay']}"


def _what(result, failure):
    """Expected and seen on lines of their own, so that the eye can compare them."""
    if failure and failure["expected"] is not None:
        where = failure["why"].partition(": ")[0]
        yield f"{'where':9}{where}"
        yield f"{'expected':9}{failure['expected'][:_WIDTH]}"
        yield f"{'seen':9}{failure['seen'][:_WIDTH]}"
        if result["why"] != failure["why"]:
            yield f"{'but':9}{result['why'][:2 * _WIDTH]}"
    else:
        yield f"{'seen':9}{result.get('why', '')[:2 * _WIDTH]}"
    if "listed" in result:
        listed = result["listed"]
        yield f"{'list':9}{listed['list']}: {listed['reason']}" + (f" ({listed['issue']})" if listed["issue"] else "")
    elif failure:
        yield f"{'message':9}{result['message'][:_WIDTH]}"


def _bytes(failure):
    data = bytes.fromhex(failure["bytes"])
    if data:
        for index, row in enumerate(dump.rows(data, failure["first"], failure["offset"], failure["total"])):
            yield f"{'' if index else 'bytes':9}{row}"
