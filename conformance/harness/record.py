"""A run as JSON, for machines, and what every report is made from: all that a person sees, and the transcripts.

A record holds nothing but JSON values, so that a report can be made of a run of yesterday, or of another machine.
"""

import json
import os
import shlex

from . import SUITE
from .clauses import CLAUSES
from .jsontext import write as json_text
from .levels import levels_of, reached
from .locate import offset_of

# Of a large message only what is around the fault is kept.
_BYTES_BEFORE, _BYTES_AFTER = 1024, 3072
_EVIDENCE = 20


def run_object(run, profile):
    """The whole run as a JSON value."""
    return {
        "suite": SUITE, "port": run.manifest.name, "version": run.version, "seed": run.seed, "ms": run.ms,
        "planned": run.planned, "executed": run.executed, "judged": run.judged, "exit_code": run.exit_code,
        "profile": profile.version, "level": reached(run, profile),
        "levels": [{"level": level.name, "cases": level.cases, "run": level.run, "passed": level.passed, "bad": level.bad,
                    "reached": level.is_reached}
                   for level in levels_of(run, profile)],
        "refusal": str(run.refusal) if run.refusal else None, "faults": run.faults, "gaps": run.gaps,
        "results": [result_object(result, run) for result in run.results],
    }


def result_object(result, run):
    """One case's result."""
    case = result.case
    found = {
        "case": case.id, "category": case.category, "level": case.level, "stage": case.stage, "clauses": list(case.clauses),
        "title": case.title, "about": case.why, "verdict": result.verdict, "ms": result.ms, "checks": result.checks,
        "evidence": result.evidence[:_EVIDENCE], "transcript": _transcript(result.ledger),
        "replay": replay_line(run.manifest, case.id, run.seed),
    }
    if result.why:
        found["why"] = str(result.why)
    if result.listed:
        found["listed"] = {"list": result.listed.kind, "reason": result.listed.reason, "issue": result.listed.issue}
    if result.failure:
        found.update(signature=result.signature, message=result.message, stderr=result.stderr,
                     failure=_failure_object(result.failure))
    return found


def replay_line(manifest, case_id, seed):
    """The command that repeats one case just as it was."""
    line = f"{near(manifest.path or manifest.folder)}#{case_id}@{seed}"
    return f"sabir conform replay {shlex.quote(line)}"


def near(path):
    """A path as a person would type it here: relative if it lies below."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith("..") else relative


def run_text(run, profile):
    """One line of JSON."""
    return json.dumps(run_object(run, profile)) + "\n"


def _transcript(ledger):
    return [{"s": round(event.at_s, 6), "way": event.way, "peer": event.peer, "label": event.label, "text": event.text}
            for event in (ledger.events if ledger else ())]


def _failure_object(failure):
    why, data = failure.args[0], failure.data or b""
    offset = failure.offset or offset_of(data, getattr(why, "where", ""))
    first = max(0, offset - _BYTES_BEFORE)
    found = {"kind": failure.kind, "why": str(why), "step": step_line(failure.step) if failure.step else "",
             "expected": getattr(why, "expected", None), "seen": getattr(why, "seen", None),
             "bytes": data[first:offset + _BYTES_AFTER].hex(), "first": first, "offset": offset, "total": len(data)}
    if failure.clause:
        found["clause"] = failure.clause
    return found


def step_line(step):
    """A step of a case in one line."""
    text = ", ".join(f"{key} {json_text(value)}" for key, value in step.items() if key != "do")
    return f"{step['do']}: {text}"[:200]


def clause_sentences(results):
    """What the clauses say that these results are about."""
    named = {clause for result in results for clause in result["clauses"]}
    named |= {result["failure"]["clause"] for result in results if "clause" in result.get("failure", {})}
    return {clause: CLAUSES[clause] for clause in CLAUSES if clause in named}
