"""Where a run's results go: a file for each form that the command line asks for.

Files are opened before the run, so that a wrong path is found before the work is done. NDJSON is written while the run goes on,
everything else from the records at its end.
"""

import json
import sys

from . import report_badge, report_html, report_junit, report_markdown
from .errors import UsageError

# option: (what it writes, the function that makes its text from the records of the runs and of the matrix)
FORMS = {
    "json": ("the whole result as JSON", lambda runs, matrix: _json(runs, matrix)),
    "ndjson": ("a line of JSON per case, while the run goes on", None),
    "junit": ("JUnit XML, for a CI", report_junit.text),
    "markdown": ("a summary in Markdown", report_markdown.text),
    "badge": ("JSON for a badge, as shields.io reads it", report_badge.text),
    "html": ("one self-contained page", report_html.text),
}


def add_options(parser, forms=tuple(FORMS)):
    """An option for each form, on the parser of a verb."""
    for form in forms:
        what = FORMS[form][0]
        parser.add_argument(f"--{form}", metavar="FILE", help=f"write {what}" + ("; - is standard output" if form == "json" else ""))


class Outputs:
    """A context manager; `stream` is where people are talked to."""

    def __init__(self, arguments):
        self._names = {form: getattr(arguments, form, None) for form in FORMS}
        self._files = {}
        self.stream = sys.stdout

    def __enter__(self):
        for form, name in self._names.items():
            if name == "-":
                if self.stream is sys.stderr:
                    raise UsageError(f"--{form} -: only one result can go to standard output")
                self._files[form], self.stream = sys.stdout, sys.stderr
            elif name:
                self._files[form] = self._opened(form, name)
        return self

    def _opened(self, form, name):
        try:
            return open(name, "w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--{form} {name}: cannot be written: {error.strerror}") from None

    def __exit__(self, *_exception):
        for file in self._files.values():
            if file is not sys.stdout:
                file.close()

    def event(self, event, **content):
        """A line of the NDJSON stream, at once."""
        if "ndjson" in self._files:
            self._files["ndjson"].write(json.dumps({"event": event, **content}) + "\n")
            self._files["ndjson"].flush()

    def write(self, runs, matrix=None):
        """Everything that is made from the whole: the records of the runs, and that of a matrix if there was one."""
        for form, (_what, text) in FORMS.items():
            if form in self._files and text:
                self._files[form].write(text(runs, matrix))
                self._files[form].flush()


def end_event(record):
    """What the NDJSON stream says at the end of a run: its record without the cases, which have been said."""
    return {key: value for key, value in record.items() if key != "results"}


def _json(runs, matrix):
    """One run or one matrix stands for itself; several stand together."""
    if len(runs) == 1 and matrix is None:
        return json.dumps(runs[0]) + "\n"
    if not runs:
        return json.dumps(matrix) + "\n"
    return json.dumps({"runs": runs, "matrix": matrix}) + "\n"
