"""Which level of the current profile a run has shown the port to reach.

A level is reached when every case of it and of the levels below was run and passed. Unsupported is allowed where the
clause is optional; a case on the list of failing or flaky ones is not a pass.
"""

from dataclasses import dataclass

_GOOD = ("pass", "unsupported")


@dataclass(frozen=True)
class Level:
    """How far a run got in the cases of one level."""

    name: str
    cases: int
    run: int
    passed: int
    bad: int

    @property
    def is_reached(self):
        """By itself; the levels below count too."""
        return self.cases > 0 and self.run == self.cases and self.bad == 0


def levels_of(run, profile):
    """A Level for each level of the profile."""
    verdicts = {result.case.id: result.verdict for result in run.results if result.verdict != "not-run"}
    for name, ids in profile.levels.items():
        found = [verdicts[case_id] for case_id in ids if case_id in verdicts]
        yield Level(name, len(ids), len(found), found.count("pass"), sum(verdict not in _GOOD for verdict in found))


def reached(run, profile):
    """The highest level reached, or None; none when something is wrong with the run as a whole."""
    best = None
    if run.faults or run.gaps or run.refusal:
        return None
    for level in levels_of(run, profile):
        if level.cases and not level.is_reached:
            break
        best = level.name if level.cases else best
    return best
