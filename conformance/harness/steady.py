"""Are the verdicts the same every time? The cases in another order each round, while every CPU is kept busy by others.

A verdict that depends on the order, on what ran before or on how fast the machine is says nothing about a port.
"""

import multiprocessing
import os
import random
from contextlib import contextmanager

from .suite import Suite


@contextmanager
def busy_cpus(count):
    """As many processes that do nothing but work, of the same priority as everything else."""
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_work, daemon=True) for _ in range(count)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


def _work():
    while True:
        pass


def rounds(manifest, chosen, count, seed, load=None):
    """The Run of each round."""
    with busy_cpus(len(os.sched_getaffinity(0)) if load is None else load):
        for index in range(count):
            cases = list(chosen)
            random.Random(f"{seed}/{index}").shuffle(cases)
            yield Suite(manifest, cases, seed=seed + index).run()


def differences(runs):
    """Sentences on the cases whose verdict was not the same in every run, and on runs that were not whole."""
    seen = {}
    for index, run in enumerate(runs, 1):
        for result in run.results:
            seen.setdefault(result.case.id, {}).setdefault(result.verdict, (index, result.why))
        for sentence in [*run.faults, *run.gaps]:
            yield f"round {index}: {sentence}"
    for case_id, verdicts in sorted(seen.items()):
        if len(verdicts) > 1:
            yield f"{case_id}: " + "; ".join(f"{verdict} in round {index}" + (f" ({why})" if why else "")
                                             for verdict, (index, why) in verdicts.items())
