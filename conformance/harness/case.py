"""A case file, and why one does not load.

A case that cites no clause, proves nothing or catches no mutant is refused: it could only be green.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from .clauses import CLAUSES, FEATURES
from .errors import UsageError
from .jsontext import Number
from .manifest import read_object
from .match import LEAVES, leaf_of
from .steps import CANARY_PATHS, STEPS
from .stimulus import FORMS, GENERATORS
from .template import roots

LEVELS = ("MUST", "SHOULD", "INFO")
STAGES = ("L0", "L1", "L2", "L3")
CASES = Path(__file__).resolve().parent.parent / "cases"

_REQUIRED = {"id", "since", "level", "clauses", "title", "why", "steps", "kills"}
_OPTIONAL = {"needs", "stage"}
_ID = re.compile(r"[a-z]+\.[a-z0-9-]+\Z")
_SLUG = re.compile(r"[a-z0-9-]+\Z")
_PEER = re.compile(r"[A-Z][A-Z0-9]*\Z")
_WORDS = {"nonce", "i", "each", "peer", "port", "testee", "kept"}


@dataclass(frozen=True)
class Case:
    """One case, ready to run."""

    id: str
    level: str
    stage: str
    clauses: tuple
    title: str
    why: str
    steps: tuple
    kills: tuple
    needs: frozenset = frozenset()
    category: str = ""
    since: str = "1.0"

    def having(self, **changes):
        """A copy with some values changed."""
        return Case(**{**self.__dict__, **changes})


def load_all(folder=CASES):
    """Every case below `folder`, by id; UsageError for the first file that does not load."""
    cases = {}
    for path in sorted(Path(folder).glob("*/*.json")):
        case = load(path)
        if case.id in cases:
            raise UsageError(f"{path}: the id {case.id} is used twice")
        cases[case.id] = case
    if not cases:
        raise UsageError(f"{folder}: there are no cases")
    return cases


def load(path):
    """The case in one file."""
    path = Path(path)
    value = read_object(path)
    try:
        return _case(path, value)
    except _Refused as error:
        raise UsageError(f"{path}: {error}") from None


class _Refused(Exception):
    """Why a case does not load."""


def _need(condition, why):
    if not condition:
        raise _Refused(why)


def _case(path, value):
    missing, unknown = _REQUIRED - value.keys(), value.keys() - _REQUIRED - _OPTIONAL
    _need(not missing, f"{', '.join(sorted(missing))} is missing")
    _need(not unknown, f"unknown key {', '.join(sorted(unknown))}")
    _need(isinstance(value["id"], str) and _ID.match(value["id"]), "id has to be like env.dup-target")
    _need(value["id"].split(".")[1] == path.stem, f"the file of {value['id']} has to be {value['id'].split('.')[1]}.json")
    _need(value["level"] in LEVELS, f"level has to be one of {', '.join(LEVELS)}")
    stage = value.get("stage", "L1" if value["level"] == "MUST" else "L2")
    _need(stage in STAGES, f"stage has to be one of {', '.join(STAGES)}")
    for key in ("title", "why", "since"):
        _need(isinstance(value[key], str) and value[key].strip(), f"{key} has to say something")
    return Case(id=value["id"], level=value["level"], stage=stage, title=value["title"], why=value["why"],
                clauses=_words(value, "clauses", CLAUSES), kills=_words(value, "kills"),
                needs=frozenset(_words(value, "needs", FEATURES) if "needs" in value else ()),
                steps=_steps(value["steps"]), category=path.parent.name, since=value["since"])


def _words(value, key, known=None):
    words = value[key]
    _need(isinstance(words, list) and words, f"{key} has to name at least one")
    for word in words:
        _need(isinstance(word, str), f"{key} has to be a list of strings")
        _need(word in known if known is not None else _SLUG.match(word), f"{key}: {word} is unknown")
    return tuple(words)


def _steps(steps):
    _need(isinstance(steps, list) and steps, "steps has to hold at least one")
    nodes = {step["node"] for step in flat_steps(steps) if isinstance(step, dict) and isinstance(step.get("node"), str)}
    for number, step in enumerate(flat_steps(steps), 1):
        try:
            _step(step, nodes)
        except _Refused as error:
            raise _Refused(f"step {number}: {error}") from None
    _need(any(STEPS[step["do"]].evidence for step in flat_steps(steps)),
          "no step gives evidence that the testee took part")
    _negatives_have_canaries(steps)
    return tuple(steps)


def flat_steps(steps):
    """All steps, those inside `each` behind the step that repeats them."""
    for step in steps:
        yield step
        if isinstance(step, dict) and isinstance(step.get("steps"), list):
            yield from flat_steps(step["steps"])


def _step(step, nodes):
    _need(isinstance(step, dict) and step.get("do") in STEPS, f"do has to be one of {', '.join(STEPS)}")
    kind = STEPS[step["do"]]
    missing, unknown = kind.required - step.keys(), step.keys() - kind.keys
    _need(not missing, f"{step['do']} lacks {', '.join(sorted(missing))}")
    _need(not unknown, f"{step['do']} has no {', '.join(sorted(unknown))}")
    peers = step.get("peer", [])
    for peer in peers if isinstance(peers, list) else [peers]:
        _need(isinstance(peer, str) and _PEER.match(peer), f"a peer is named like A or B2, not {peer!r}")
    for root in roots({key: item for key, item in step.items() if key != "steps"}):
        _need(root in _WORDS or root in nodes or _PEER.match(root), f"${{{root}}} is unknown")
    if kind.stimulus:
        _stimulus(step)
    for path in step.get("via", []):
        _need(path in CANARY_PATHS, f"via has to be of {', '.join(CANARY_PATHS)}")
    if step["do"] == "expect":
        _expectation(step)
    if step["do"] == "collect":
        _patterns(step["items"])


def _stimulus(step):
    forms = [form for form in FORMS if form in step]
    _need(len(forms) == 1, f"{step['do']} needs exactly one of {', '.join(FORMS)}")
    _need(step.get("malformed", "ENV-1") in {*CLAUSES, "${each.clause}"}, "malformed has to be a clause")
    for part in step.get("gen", []):
        _need(isinstance(part, dict) and len(part.keys() & set(GENERATORS)) == 1,
              f"a part of gen has one of {', '.join(GENERATORS)}")


def _expectation(step):
    forms = step["accept"] if "accept" in step else [step]
    _need(isinstance(forms, list) and forms, "accept has to list what may come")
    for form in forms:
        _need(isinstance(form, dict) and {"type", "payload"} <= form.keys(), "expect has to say type and payload")
        _patterns({key: form[key] for key in ("payload", "sender") if key in form})


def _patterns(value):
    """Numbers in patterns are text, in a typed leaf: a bare one would hide which token is meant."""
    _need(not isinstance(value, Number), "a bare number in a pattern; write {\"$int\": \"1\"} or the like")
    if isinstance(value, list):
        for item in value:
            _patterns(item)
    elif isinstance(value, dict) and not leaf_of(value):
        for key, item in value.items():
            _need(not key.startswith("$"), f"{key} is none of the leaves {', '.join(LEAVES)}")
            _patterns(item)


def _negatives_have_canaries(steps):
    """`quiet` means something only when an answer has come back over the same path since."""
    has_canary = False
    for step in flat_steps(steps):
        if step["do"] in ("canary", "report", "collect"):
            has_canary = True
        elif step["do"] in ("quiet", "connections"):
            _need(has_canary, f"{step['do']} at {step['peer']} has no canary before it")
