"""A run as JSON, for machines: everything that a person sees, and the transcripts."""

from . import SUITE
from .jsontext import write


def run_object(run):
    """The whole run as a JSON value."""
    return {
        "suite": SUITE, "port": run.manifest.name, "seed": run.seed,
        "planned": run.planned, "executed": run.executed, "judged": run.judged, "exit_code": run.exit_code,
        "faults": run.faults, "gaps": run.gaps, "results": [result_object(result) for result in run.results],
    }


def result_object(result):
    """One case's result."""
    found = {
        "case": result.case.id, "level": result.case.level, "clauses": list(result.case.clauses),
        "verdict": result.verdict, "ms": result.ms, "checks": result.checks, "evidence": result.evidence[:20],
        "transcript": result.ledger.lines if result.ledger else [],
    }
    if result.why:
        found["why"] = result.why
    if result.failure:
        found["signature"] = result.signature
        found["stderr"] = result.stderr
        found["bytes"] = (result.failure.data or b"").hex()
    return found


def run_text(run):
    """One line of JSON."""
    return write(run_object(run)) + "\n"
