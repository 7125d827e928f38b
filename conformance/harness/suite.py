"""A run: which cases are planned, each one tried against the port, and what all of it amounts to.

Nothing counts as passed that was not run, judged and backed by frames of this very case.
"""

import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from .actions import run_steps
from .case import LEVELS, Case
from .errors import FAILED, INCOMPLETE, PASSED, Incomplete, NotReady, RunError
from .instance import Launcher
from .ledger import Ledger
from .lists import Entry, Lists, stable
from .loop import Loop
from .trial import CaseError, Failure, Trial, elapsed_ms

# Verdicts that say something about the port; the others say that nothing is known. Some do so in the light of a list.
JUDGED = ("pass", "warn", "fail", "xfail", "xpass", "flaky", "unsupported")
FAILS = ("fail", "xpass")
# Of these, at least one is needed for a run to mean anything.
_TELLING = ("pass", "warn", "fail", "xfail", "xpass")

# A case that only noticed that nothing came any more has not seen the fault, only its own patience.
_NO_KILLS = ("silence",)

_ANY_REJECT = {"code": "unknown_type", "reason": {"$re": ".*"}, "message_type": "conf.No${nonce}", "target": "echo",
               "rejected_by": "${testee.endpoint}"}
_PREFLIGHT = (
    ("a message to echo comes back", [{"do": "canary", "peer": "A"}]),
    ("a message to an unknown target is rejected", [{"do": "canary", "peer": "A", "via": ["reject"]}]),
    ("a message of an unknown type is rejected", [
        {"do": "send", "peer": "A", "envelope": {"type": "conf.No${nonce}", "target": "echo", "payload": {}}},
        {"do": "expect", "peer": "A", "type": "Reject", "payload": _ANY_REJECT}]),
    ("a message without sender is not answered", [
        {"do": "send", "peer": "A", "envelope": {"type": "conf.Echo", "target": "echo", "sender": None, "payload": {}}},
        {"do": "send", "peer": "A", "envelope": {"type": "conf.Echo", "target": "no-${nonce}", "sender": None,
                                                 "payload": {}}},
        {"do": "canary", "peer": "A", "via": ["echo", "reject"]},
        {"do": "quiet", "peer": "A"}]),
)


@dataclass
class Result:
    """What came out of one case."""

    case: Case
    verdict: str = "not-run"
    ms: int = 0
    checks: int = 0
    evidence: list = field(default_factory=list)
    failure: Failure = None
    why: str = ""
    stderr: list = field(default_factory=list)
    ledger: Ledger = None
    listed: Entry = None

    @property
    def message(self):
        """Why, without what differs from run to run: what a list says about a failing case."""
        return stable(self.why, self.ledger.nonce if self.ledger else "")

    @property
    def signature(self):
        """What kind of failure at which kind of step, or None."""
        return self.failure.signature if self.failure else None


@dataclass
class Run:
    """The whole of it; `faults` are what no single case is to blame for, `refusal` is why it did not even begin."""

    manifest: object
    seed: int
    results: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    gaps: list = field(default_factory=list)
    refusal: RunError = None
    version: str = ""
    ms: int = 0

    def count(self, *verdicts):
        return sum(result.verdict in verdicts for result in self.results)

    @property
    def planned(self):
        return len(self.results)

    @property
    def executed(self):
        return self.planned - self.count("not-run")

    @property
    def judged(self):
        return self.count(*JUDGED)

    @property
    def exit_code(self):
        """Complete comes before passed: a run with gaps says nothing, whatever its cases say."""
        if self.refusal:
            return self.refusal.exit_code
        is_complete = self.planned == self.executed == self.judged and not self.gaps
        if not is_complete or not self.count(*_TELLING):
            return INCOMPLETE
        return FAILED if self.count(*FAILS) or self.faults else PASSED


class Suite:
    """Runs cases against one port: `run` does it all; `begin`, `judge`, `end` and `close` are for whoever has a loop of his own."""

    def __init__(self, manifest, cases, seed=0, on_result=None, preflight=True, lists=None, **launch):
        self.loop = Loop()
        self.launcher = Launcher(self.loop, manifest, **launch)
        self.run_record = Run(manifest, seed, [Result(case) for case in cases])
        self._on_result = on_result or (lambda result: None)
        self._needs_preflight = preflight
        self._lists = lists or Lists()
        self._main = None
        self._trials = []
        self._judged = []

    def run(self):
        """Try every case; the Run says what came out. NotReady if the port does not get through the preflight."""
        started = time.monotonic()
        try:
            self.begin()
            for result in self.run_record.results:
                self.judge(result)
            self.end()
            self.run_record.ms = elapsed_ms(started)
        except KeyboardInterrupt:
            self.run_record.gaps.append("interrupted")
        finally:
            self.close()
        return self.run_record

    def begin(self):
        """Start the port and see it through the preflight; NotReady if that fails."""
        self._main = self.launcher.start()
        self.run_record.version = self._main.ready.version
        declared, said = self.launcher.manifest.features, self._main.ready.features
        if declared != said:
            raise NotReady(f"{self.launcher.manifest.name}: features differ between its manifest and its READY line: "
                           f"{', '.join(sorted(declared ^ said))}")
        if self._main.ready.port != self.launcher.manifest.name:
            raise NotReady(f"{self.launcher.manifest.name}: its READY line is that of the port {self._main.ready.port}")
        if self._needs_preflight:
            self._preflight()

    def judge(self, result):
        """Try the case of one of the run's results."""
        self._try(result)
        self._lists.apply(result)
        self._on_result(result)

    def end(self):
        """Stop the port, and take back what turns out to have been judged too early."""
        self._stop_main()
        self._look_for_late_frames()

    def _preflight(self):
        for sentence, steps in _PREFLIGHT:
            trial = self._trial(Case("preflight", "MUST", "L0", (), sentence, "", tuple(steps), ()))
            try:
                run_steps(trial, steps)
                trial.nothing_left()
            except Failure as failure:
                raise NotReady(f"{self.launcher.manifest.name}: preflight: {sentence}: no: {failure.why}") from None
            finally:
                trial.close()

    def _trial(self, case):
        trial = Trial(self.loop, case, self._main, self.launcher, self.run_record.seed)
        self._trials.append(trial)
        return trial

    def _try(self, result):
        if not result.case.needs <= self.launcher.manifest.features:
            result.verdict = "unsupported"
            result.why = f"the port does not have {', '.join(sorted(result.case.needs - self.launcher.manifest.features))}"
            return
        if not self._main.testee.is_alive:
            # Nothing was asked of it when it ended, so no case can be blamed, and none can be judged.
            self.run_record.gaps.append(f"the testee ended before {result.case.id} began")
            return
        trial, started = self._trial(result.case), time.monotonic()
        result.ledger = trial.ledger
        try:
            self._observe(trial, result)
        finally:
            trial.close()
        self._judged.append((trial, result))
        result.ms = elapsed_ms(started)
        if not self._main.testee.is_alive and result.failure:
            self._restart_after_death(result)

    def _observe(self, trial, result):
        result.verdict = "pass"
        try:
            run_steps(trial, result.case.steps)
            trial.nothing_left()
            if not trial.ledger.evidence() and not trial.process_events:
                raise CaseError("passed without any frame that carries its nonce")
        except Failure as failure:
            result.verdict = "fail" if result.case.level == "MUST" else "warn"
            result.failure, result.why = failure, failure.why
            result.stderr = trial.last_words()
        except CaseError as error:
            result.verdict, result.why = "error", f"the case is wrong: {error}"
        result.checks, result.evidence = trial.checks, trial.ledger.evidence() or trial.process_events

    def _restart_after_death(self, result):
        """The case that killed the testee has its verdict; the next ones need a living one."""
        self._main.testee.close()
        self.run_record.faults += self._main.testee.contract_faults()
        try:
            self.begin()
        except NotReady as error:
            self.run_record.gaps.append(f"after {result.case.id}: {error}")

    def _look_for_late_frames(self):
        """A pass is taken back if the testee had not yet said everything when it was given."""
        self.loop.turn(0)
        for trial, result in self._judged:
            if result.verdict != "pass":
                continue
            try:
                trial.nothing_left()
            except Failure as failure:
                result.verdict, result.failure = "fail", failure
                result.why = f"after the case was judged: {failure.why}"
                self._lists.apply(result)
                self._on_result(result)

    def _stop_main(self):
        if not self._main.testee.is_alive:
            self.run_record.gaps.append(f"the testee ended before it was stopped ({self._main.testee.wait_exit(0)})")
            return
        ended = self._main.testee.stop()
        if ended.code != 0 or ended.seconds > 2.0:
            self.run_record.faults.append(f"LIFE-2: the testee has to end with code 0 within 2 s of the end of its "
                                          f"standard input; it ended with {ended}")
        if ended.leftovers:
            self.run_record.faults.append(f"the testee left processes behind: {', '.join(map(str, ended.leftovers))}")
        self.run_record.faults += self._main.testee.contract_faults()

    def close(self):
        """Leave nothing behind, however far the run got."""
        for trial in self._trials:
            trial.close()
            for peer in trial.peers.values():
                peer.close()
        if self._main:
            self._main.testee.close()
        self.launcher.close()
        self.loop.close()


def select(cases, patterns=(), level=None):
    """The cases that the command line asks for; a pattern that fits none is an error of its own."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in cases):
            raise Incomplete(f"--case {pattern}: no case has such an id")
    chosen = [case for case in cases.values() if _is_in_level(case, level)
              and (not patterns or any(fnmatchcase(case.id, pattern) for pattern in patterns))]
    if not chosen:
        raise Incomplete("no case is selected, so nothing would be tested")
    return chosen


def _is_in_level(case, level):
    """`--level MUST` leaves SHOULD and INFO out; `--level L1` takes the stages L0 and L1."""
    if level in LEVELS:
        return LEVELS.index(case.level) <= LEVELS.index(level)
    return level is None or case.stage <= level


def why_no_kill(result):
    """Why this result does not show that the case has noticed a fault; None if it does."""
    if result.verdict not in ("fail", "warn"):
        return f"{result.verdict} {result.why}".strip()
    if result.failure.kind in _NO_KILLS:
        return f"only because nothing came: {result.why}"
    return None
