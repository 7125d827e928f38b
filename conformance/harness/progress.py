"""How far a run is and how long it still takes, as a bar on a terminal.

Most cases take milliseconds and a few take seconds, so the time left is reckoned in what the steps of a case are worth, not in cases.
"""

import time

_WIDTH = 30
# What steps are worth, in milliseconds of a quick port; only the proportions matter.
_CASE_MS, _PROCESS_MS, _MESSAGE_MS = 10, 300, 0.2
_PROCESS_STEPS = ("start", "stop", "kill", "restart")


def worth(steps):
    """About how long such steps take."""
    return _CASE_MS + sum(map(_worth_of_step, steps))


def _worth_of_step(step):
    inner = 0
    if "steps" in step:
        values = step["values"]
        times = _number(values.get("doubles", 1)) if isinstance(values, dict) else len(values)
        inner = times * sum(map(_worth_of_step, step["steps"]))
    process = _PROCESS_MS if step["do"] in _PROCESS_STEPS else 0
    rest = _number(step["ms"]) if step["do"] in ("pause", "idle") else 0
    return inner + process + rest + _MESSAGE_MS * _number(step.get("repeat", 1))


def _number(value):
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


class Bar:
    """Drawn anew after every case; `clear` before anything else is written."""

    def __init__(self, stream, name, worths, clock=time.monotonic):
        self._stream, self._name, self._worths, self._clock = stream, name, worths, clock
        self._done, self._began = 0, clock()

    def draw(self):
        filled = _WIDTH * self._done // len(self._worths)
        bar = "█" * filled + "·" * (_WIDTH - filled)
        self._stream.write(f"\r\x1b[2K{self._name} {bar} {self._done} of {len(self._worths)}{self._time_left()}")
        self._stream.flush()

    def step(self):
        """One more case is done."""
        self._done = min(self._done + 1, len(self._worths))

    def clear(self):
        self._stream.write("\r\x1b[2K")

    def _time_left(self):
        done, left = sum(self._worths[:self._done]), sum(self._worths[self._done:])
        if not done or not left:
            return ""
        return f", about {max(1, round((self._clock() - self._began) / done * left))} s left"
