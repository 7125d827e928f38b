"""One thread, one selector: everything that waits in the harness waits here.

Nothing in the harness sleeps. Whoever needs something to have happened says what, and by when:
`loop.run_until(condition, timeout_s)`; sockets, pipes and timers are served in the meantime.
"""

import heapq
import itertools
import selectors
import time

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

# The longest wait without looking at the condition again: a child's death makes no descriptor readable.
_POLL_S = 0.05


class Loop:
    """Calls back when descriptors are ready and when timers are due."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._timers = []
        self._ties = itertools.count()

    def watch(self, fileobj, events, callback):
        """Call `callback(events)` whenever `fileobj` is ready; a second call replaces the first."""
        try:
            self._selector.modify(fileobj, events, callback)
        except KeyError:
            self._selector.register(fileobj, events, callback)

    def forget(self, fileobj):
        """Stop watching; nothing happens if it was not watched."""
        try:
            self._selector.unregister(fileobj)
        except (KeyError, ValueError):
            pass

    def later(self, delay_s, callback):
        """Call `callback()` once, `delay_s` from now."""
        heapq.heappush(self._timers, (time.monotonic() + delay_s, next(self._ties), callback))

    def turn(self, timeout_s):
        """Serve what is ready, waiting at most `timeout_s` for the first thing."""
        if self._timers:
            timeout_s = min(timeout_s, max(0.0, self._timers[0][0] - time.monotonic()))
        for key, events in self._selector.select(timeout_s):
            # An earlier callback of this turn may have closed the descriptor.
            if self._selector.get_map().get(key.fd) is key:
                key.data(events)
        self._fire_due_timers()

    def run_until(self, condition, timeout_s):
        """Serve until `condition()` is true; false when `timeout_s` passed first."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            self.turn(min(left_s, _POLL_S))
        return True

    def run_forever(self):
        """Serve until a callback raises; a port's main loop."""
        while True:
            self.turn(_POLL_S)

    def close(self):
        self._selector.close()
        self._timers.clear()

    def _fire_due_timers(self):
        now = time.monotonic()  # once: a timer that sets itself again at once must not keep us here
        while self._timers and self._timers[0][0] <= now:
            _due, _tie, callback = heapq.heappop(self._timers)
            callback()
