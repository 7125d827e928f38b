"""Several pieces of work at once, each in a process of its own: what becomes of one is no matter of the others.

    parent ──fork──▶ child: work(item) ──result through a pipe──▶ parent

A pool would end as a whole, or wait for ever, when one of its processes is killed.
"""

import multiprocessing
from multiprocessing import connection

# Forked, so that nothing has to be loaded again.
_FORK = multiprocessing.get_context("fork")


class Lost(Exception):
    """A process has ended without a result; says how."""


def outcomes(work, items, at_once):
    """`work(item)` of each item, in the order of the items, or a Lost in its place; at most `at_once` are under way."""
    waiting, running, done = list(enumerate(items)), {}, {}
    count = len(waiting)
    try:
        for index in range(count):
            while index not in done:
                while waiting and len(running) < at_once:
                    _begin(work, *waiting.pop(0), running)
                for pipe in connection.wait(list(running)):
                    number, process = running.pop(pipe)
                    done[number] = _end(pipe, process)
            yield done.pop(index)
    finally:
        for pipe, (_number, process) in running.items():
            process.terminate()
            _end(pipe, process)


def _begin(work, number, item, running):
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_child, args=(work, item, theirs))
    process.start()
    theirs.close()  # so that its death is the end of the pipe
    running[ours] = number, process


def _child(work, item, pipe):
    try:
        pipe.send(work(item))
    except KeyboardInterrupt:
        pass  # whoever is at the keyboard has told the parent too


def _end(pipe, process):
    try:
        return pipe.recv()
    except EOFError:
        process.join()
        return Lost(f"ended with {'signal' if process.exitcode < 0 else 'code'} {abs(process.exitcode)} and without a result")
    finally:
        pipe.close()
        process.join()
