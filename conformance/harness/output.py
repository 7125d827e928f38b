"""Where results go: files named on the command line, opened before the run so that a wrong path is found before the work is done."""

import sys

from .errors import UsageError


class JsonOutput:
    """The file of `--json`, or standard output for `-`; a context manager whose value writes text."""

    def __init__(self, name):
        self._name = name
        self._file = None

    def __enter__(self):
        try:
            if self._name not in (None, "-"):
                self._file = open(self._name, "w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--json {self._name}: cannot be written: {error.strerror}") from None
        return self._write

    def _write(self, text):
        if self._name:
            (self._file or sys.stdout).write(text)

    def __exit__(self, *_exception):
        if self._file:
            self._file.close()
