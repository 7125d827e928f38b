"""`pytest --sabir-port port.json`: every case is an item, over the same engine as `sabir conform`.

Ids, `-k`, `-x` and `--junitxml` are pytest's own. What is on the port's lists is an expected failure, strictly: with another message, or
with none, it fails. Behind the cases stands one item more, `run`: that the port stopped in time, left nothing behind, and that
nothing came after its case had been judged. The cases share one testee, so they run in one process, not under xdist.
"""

import secrets
import warnings
from pathlib import Path

import pytest

from . import case as cases
from . import failure, lists
from . import manifest as manifests
from .build import build
from .errors import RunError
from .record import result_object
from .suite import FAILS, Suite, select


def pytest_addoption(parser):
    group = parser.getgroup("sabir", "conformance of a port of the Sabir protocol")
    group.addoption("--sabir-port", metavar="PORT.json", help="run the conformance cases against this port")
    group.addoption("--sabir-level", metavar="LEVEL", choices=[*cases.LEVELS, *cases.STAGES], help="only cases up to this level")
    group.addoption("--sabir-lists", metavar="FILE", help="what is known to fail; by default the manifest's `lists`")
    group.addoption("--sabir-cases", metavar="DIR", default=cases.CASES, type=Path, help="another folder of cases")
    group.addoption("--sabir-seed", metavar="N", type=int, help="repeat a run's random choices")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """The port is what is to be collected, beside whatever else was named."""
    path = _port_path(config)
    if path is None:
        return
    if config.args_source is not config.ArgsSource.ARGS:
        config.args[:] = [str(path)]
    elif not any(Path(arg.partition("::")[0]).resolve() == path for arg in config.args):
        config.args.append(str(path))


def pytest_collect_file(file_path, parent):
    return PortFile.from_parent(parent, path=file_path) if file_path == _port_path(parent.config) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """After all selecting: what is left of a port's cases is its run, and the run has an item of its own."""
    for port in dict.fromkeys(item.parent for item in items if isinstance(item, CaseItem)):
        port.chosen = [item.case for item in items if isinstance(item, CaseItem) and item.parent is port]
        items.append(RunItem.from_parent(port, name="run"))


def pytest_sessionfinish(session):
    for port in {item.parent for item in getattr(session, "items", ()) if isinstance(item, CaseItem)}:
        port.close()


def _port_path(config):
    given = config.getoption("sabir_port")
    if given is None:
        return None
    path = Path(config.invocation_params.dir, given).resolve()
    return path / "port.json" if path.is_dir() else path


class CaseFailed(Exception):
    """A case that did not pass; its record says all there is to say."""


class PortFile(pytest.File):
    """A port's manifest: collects the cases, and owns the one run of them."""

    def collect(self):
        config = self.config
        try:
            self.manifest = manifests.load(self.path)
            known = cases.load_all(config.getoption("sabir_cases"))
            path = config.getoption("sabir_lists") or self.manifest.lists
            self.lists = lists.load(path, known) if path else lists.Lists()
            chosen = select(known, (), config.getoption("sabir_level"))
        except RunError as error:
            raise self.CollectError(str(error)) from None
        self.chosen, self._suite, self._refusal = chosen, None, None
        for case in chosen:
            yield CaseItem.from_parent(self, name=case.id, case=case)

    def suite(self):
        """The run, begun by the first case; what keeps it from beginning fails every case in the same words."""
        if self._refusal:
            raise self._refusal
        if self._suite is None:
            try:
                self._suite = self._begin()
            except RunError as error:
                self._refusal = error
                raise
        return self._suite

    def _begin(self):
        seed = self.config.getoption("sabir_seed")
        build(self.manifest)
        suite = Suite(self.manifest, self.chosen, secrets.randbelow(1 << 32) if seed is None else seed, lists=self.lists)
        try:
            suite.begin()
        except RunError:
            suite.close()
            raise
        return suite

    def close(self):
        if getattr(self, "_suite", None):
            self._suite.close()
            self._suite = None


class PortItem(pytest.Item):
    """What both kinds of item have in common: a failure is told as `sabir conform` tells it."""

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        if isinstance(excinfo.value, RunError):
            return f"{type(excinfo.value).__name__}: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, f"{self.parent.manifest.name}: {self.name}"


class CaseItem(PortItem):
    """One case."""

    def __init__(self, *, case, **rest):
        super().__init__(**rest)
        self.case = case

    def runtest(self):
        suite = self.parent.suite()
        result = next(found for found in suite.run_record.results if found.case is self.case)
        suite.judge(result)
        record = result_object(result, suite.run_record)
        self.user_properties += [("verdict", result.verdict), ("replay", record["replay"])]
        _outcome(result, record)


def _outcome(result, record):
    """A verdict in pytest's words."""
    if result.verdict == "pass":
        return
    why = failure.printable(result.why)
    if result.verdict == "unsupported":
        pytest.skip(why)
    if result.verdict == "flaky":
        pytest.skip(f"flaky: {result.listed.reason} ({result.listed.issue}); {why}")
    if result.verdict == "xfail":
        pytest.xfail(f"{result.listed.reason} ({result.listed.issue})")
    if result.verdict == "warn":
        warnings.warn(pytest.PytestWarning(f"{result.case.id} is a SHOULD that does not hold: {why}"), stacklevel=1)
        return
    head = "[XPASS(strict)] " if result.verdict == "xpass" else ""
    raise CaseFailed("\n".join([f"{head}{result.verdict}: {result.case.id}: {result.case.title}", *failure.lines(record)]))


class RunItem(PortItem):
    """The run as a whole, behind the last case."""

    def runtest(self):
        suite = self.parent.suite()
        run = suite.run_record
        failed_before = {result.case.id for result in run.results if result.verdict in FAILS}
        suite.end()
        late = [f"{result.case.id}: {result.why}" for result in run.results
                if result.verdict in FAILS and result.case.id not in failed_before]
        not_judged = [] if run.planned == run.judged else [f"planned {run.planned}, executed {run.executed}, judged {run.judged}"]
        troubles = [*map(failure.printable, [*run.faults, *run.gaps, *late]), *not_judged]
        self.parent.close()
        if troubles:
            raise CaseFailed("\n".join(["the run as a whole:", *troubles]))
