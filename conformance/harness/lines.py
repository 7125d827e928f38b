"""Lines from a child's pipe, as they come."""

import os

from .loop import READ

_LINE_BYTES = 1 << 16


class Lines:
    """Splits what comes from a pipe into lines; the last one may lack its end."""

    def __init__(self, loop, pipe, on_line):
        self._loop, self._pipe, self._on_line = loop, pipe, on_line
        self.partial = b""
        self.is_open = True
        os.set_blocking(pipe.fileno(), False)
        loop.watch(pipe, READ, self._read)

    def _read(self, _events):
        data = self._pipe.read(_LINE_BYTES)
        if data is None:
            return
        if not data:
            return self.close()
        *lines, self.partial = (self.partial + data).split(b"\n")
        self.partial = self.partial[-_LINE_BYTES:]
        for line in lines:
            self._on_line(line.decode("utf-8", "backslashreplace"))

    def close(self):
        if self.is_open:
            self.is_open = False
            self._loop.forget(self._pipe)
            self._pipe.close()
