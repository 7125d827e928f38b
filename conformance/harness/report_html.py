"""One self-contained page: what every case did with every port, which pair of ports understands each other, and each conversation.

The page holds the records as JSON and a program that shows them; it asks nobody for anything, now or later.
"""

import json
from pathlib import Path

from .record import clause_sentences

_PAGE = Path(__file__).resolve().parent / "page"
_STYLES = ("page.css",)
_SCRIPTS = ("dom.js", "sequence.js", "bytes.js", "detail.js", "grid.js", "page.js")


def text(runs, matrix):
    """The page."""
    results = [result for run in runs for result in run["results"]]
    data = {"runs": runs, "matrix": matrix, "clauses": clause_sentences(results)}
    # In a script element only `<` could end it, or begin a comment.
    island = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
    page = _read("page.html")
    for hole, filling in (("{{style}}", "\n".join(map(_read, _STYLES))), ("{{program}}", "\n".join(map(_read, _SCRIPTS))),
                          ("{{data}}", island)):
        before, found, after = page.partition(hole)
        assert found, f"page.html has no {hole}"
        page = before + filling + after
    return page


def _read(name):
    return (_PAGE / name).read_text(encoding="utf-8")
