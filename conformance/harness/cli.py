"""The command line: `conform`, `matrix` and `mutants`."""

import argparse
import difflib
import os
import secrets
import subprocess
import sys
import traceback
from pathlib import Path

from . import case as cases
from . import manifest as manifests
from .envelope import FLAT, V1
from .errors import FAILED, FAULT, INCOMPLETE, PASSED, USAGE, NotReady, RunError, UsageError
from .jsontext import write
from .matrix import load_ports, matrix_object, play_all, table
from .record import run_text
from .report import Report, explanation
from .suite import Suite, select


class _Parser(argparse.ArgumentParser):
    """argparse with our exit code for a wrong command line (its own is the same number, by luck)."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(argv=None, prog="sabir"):
    """Run one verb; returns the exit code."""
    arguments = _parser(prog).parse_args(_without_conform(sys.argv[1:] if argv is None else argv))
    try:
        return arguments.run(arguments)
    except RunError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{prog}: interrupted", file=sys.stderr)
        return INCOMPLETE
    except BrokenPipeError:
        # Whoever was reading has gone, and cannot be told; the interpreter must not try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INCOMPLETE
    except Exception:  # the harness itself is at fault, which must not look like a verdict on the port
        traceback.print_exc()
        print(f"{prog}: this is a fault of the harness, not of the port", file=sys.stderr)
        return FAULT


def _without_conform(argv):
    """`conform list` and `conform explain` are verbs of their own, not ports of that name."""
    return argv[1:] if argv[:1] == ["conform"] and argv[1:2] in (["list"], ["explain"]) else argv


def _parser(prog):
    parser = _Parser(prog=prog, description="Is a port of the Sabir protocol right?")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _conform_verb(verbs.add_parser("conform", help="run the conformance cases against one port"))
    _list_verb(verbs.add_parser("list", help="the cases, one per line"))
    _explain_verb(verbs.add_parser("explain", help="what one case does, and why"))
    _matrix_verb(verbs.add_parser("matrix", help="let every pair of ports play ping-pong"))
    _mutants_verb(verbs.add_parser("mutants", help="test the tests: mutants, inverted expectations, null ports"))
    return parser


def _conform_verb(parser):
    parser.add_argument("port", metavar="PORT.json", help="the port's manifest, or the folder that holds it")
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="only cases whose id fits")
    parser.add_argument("--level", choices=[*cases.LEVELS, *cases.STAGES], help="only cases up to this level")
    parser.add_argument("--cases", type=Path, default=cases.CASES, metavar="DIR", help="another folder of cases")
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - is standard output")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")
    parser.set_defaults(run=conform)


def conform(arguments):
    """`sabir conform PORT.json`."""
    manifest = manifests.load(arguments.port)
    chosen = select(cases.load_all(arguments.cases), arguments.case, arguments.level)
    seed = secrets.randbelow(1 << 32) if arguments.seed is None else arguments.seed
    with _json_output(arguments.json) as write_json:
        build(manifest)
        report = Report(sys.stderr if arguments.json == "-" else sys.stdout)
        run = Suite(manifest, chosen, seed, on_result=report.result).run()
        report.end(run)
        write_json(run_text(run))
    return run.exit_code


def _list_verb(parser):
    parser.set_defaults(run=list_cases)


def list_cases(_arguments):
    """`sabir conform list`."""
    for case in cases.load_all().values():
        print(f"{case.id:34} {case.level:7} {case.stage}  {case.title}")
    return PASSED


def _explain_verb(parser):
    parser.add_argument("id", metavar="ID", help="the id of a case")
    parser.set_defaults(run=explain)


def explain(arguments):
    """`sabir conform explain ID`."""
    known = cases.load_all()
    if arguments.id not in known:
        near = difflib.get_close_matches(arguments.id, known, 1)
        raise UsageError(f"there is no case {arguments.id}" + (f"; did you mean {near[0]}?" if near else ""))
    for line in explanation(known[arguments.id]):
        print(line)
    return PASSED


def _matrix_verb(parser):
    parser.add_argument("ports", nargs="*", metavar="PORT.json", help="the ports; by default interop/ports/{c,rust,python}")
    parser.add_argument("--rounds", type=_count, default=1000, metavar="N", help="round trips per pair (1000)")
    parser.add_argument("--dialect", choices=(V1, FLAT), default=V1, help="the dialect of the game (v1)")
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - is standard output")
    parser.set_defaults(run=matrix)


def matrix(arguments):
    """`sabir matrix [PORT.json …]`."""
    ports = load_ports(arguments.ports)
    with _json_output(arguments.json) as write_json:
        stream = sys.stderr if arguments.json == "-" else sys.stdout
        for manifest in ports:
            build(manifest)
        cells = play_all(ports, arguments.rounds, arguments.dialect, lambda cell: print(cell, file=stream, flush=True))
        write_json(write(matrix_object(cells, arguments.rounds, arguments.dialect)) + "\n")
        for line in table(cells):
            print(line, file=stream)
        passed = sum(cell.passed for cell in cells)
        print(f"{passed} of {len(cells)} pairs passed", file=stream, flush=True)
    return PASSED if passed == len(cells) else FAILED


def _mutants_verb(parser):
    parser.add_argument("--quick", action="store_true", help="one case per mutant, one expectation per case")
    parser.set_defaults(run=mutants)


def mutants(arguments):
    """`mutants`: prove that the suite would notice."""
    from .mutation import prove  # only this verb needs the mutants

    proofs = list(prove(arguments.quick, lambda proof: print(proof, *proof.broken, sep="\n    ", flush=True)))
    return FAILED if any(proof.broken for proof in proofs) else PASSED


def _count(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)


class _json_output:
    """Where `--json` goes; opened before the run, so that a wrong path is found before the work is done."""

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


def build(manifest):
    """Run the manifest's build command, in silence unless it fails."""
    if not manifest.build:
        return
    try:
        done = subprocess.run(manifest.build, cwd=manifest.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise NotReady(f"{manifest.name}: {manifest.build[0]} cannot be started: {error.strerror}") from None
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise NotReady(f"{manifest.name}: the build command ended with code {done.returncode}")
