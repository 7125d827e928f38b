"""What one case is about, for a person: the clauses, why it matters, each step, and the very bytes that are sent.

The nonce and the TCP ports are different in every run; here they are a sample's.
"""

from . import dump
from .clauses import CLAUSES
from .jsontext import Number
from .jsontext import write as json_text
from .pair import PAIR, SEATS
from .stimulus import FORMS, parts_of, rng_for, seeded_doubles
from .template import UnknownName, fill

_NONCE = "5ab15ab15ab1"
_SHOWN_BYTES = 144
_STEP_CHARS = 300
_TESTEE = {"endpoint": "tcp://127.0.0.1:40000", "bound": "tcp://127.0.0.1:40000", "port": "40000", "limit_bytes": "2097152",
           "over_limit_bytes": "2097153", "deepest_lists": "62"}
_SEATS = {seat: {**_TESTEE, "endpoint": f"tcp://127.0.0.1:{39001 + index}"} for index, seat in enumerate(SEATS)}


class _Sample:
    """What `${...}` means in an explanation."""

    def __init__(self):
        self.words = {"nonce": _NONCE, "testee": _TESTEE, "i": "0", **_SEATS}
        self._peers = {}

    def __contains__(self, root):
        return root in self.words or root == "port" or root[0].isupper()

    def __getitem__(self, root):
        if root in self.words:
            return self.words[root]
        if root == "port":
            return {name: peer["endpoint"].rpartition(":")[2] for name, peer in self._peers.items()}
        return self.peer(root)

    def peer(self, name):
        if name not in self._peers:
            self._peers[name] = {"name": f"{name}-{_NONCE}", "endpoint": f"tcp://127.0.0.1:{40001 + len(self._peers)}"}
        return self._peers[name]


def explanation(case, profile):
    """The lines of it."""
    yield f"{case.id} ({case.level}, {case.stage}): {case.title}"
    for clause in case.clauses:
        yield f"  {clause}: {CLAUSES[clause]}"
    yield f"  why: {case.why}"
    if case.needs:
        yield f"  only for ports with: {', '.join(sorted(case.needs))}"
    yield f"  {_where(case, profile)}"
    yield f"  catches: {', '.join(case.kills)}"
    yield "  steps, with the bytes of a sample run:"
    names, rng = _Sample(), rng_for(0, case.id)
    for step in case.steps:
        yield from _step_lines(step, names, rng, "    ")


def _where(case, profile):
    if case.category == PAIR:
        return f"of pairs: two nodes, {' and '.join(SEATS)}, behind a proxy each; `sabir matrix A B --case {case.id}` plays it"
    level = profile.level_of(case.id)
    return f"in the profile {profile.version} as {level}" if level else f"since {case.since}; not in the profile {profile.version}"


def _step_lines(step, names, rng, indent):
    shown = {key: value for key, value in step.items() if key not in ("do", "steps", *FORMS)}
    text = f"{step['do']}: " + ", ".join(f"{key} {json_text(value)}" for key, value in shown.items())
    yield indent + (text if len(text) <= _STEP_CHARS else text[:_STEP_CHARS] + "…")
    if any(form in step for form in FORMS):
        yield from _byte_lines(step, names, rng, indent + "    ")
    if "steps" in step:
        first = _first_value(step["values"], names, rng)
        names.words["each"] = first.token if isinstance(first, Number) else first
        for inner in step["steps"]:
            yield from _step_lines(inner, names, rng, indent + "    ")


def _first_value(values, names, rng):
    return seeded_doubles(1, rng)[0] if isinstance(values, dict) else fill(values[0], names)


def _byte_lines(step, names, rng, indent):
    peers = step["peer"] if isinstance(step["peer"], list) else [step["peer"]]
    names.words["peer"] = peers[0]
    try:
        parts = parts_of(step, names, rng, names.peer(peers[0]))
    except UnknownName as error:
        yield f"{indent}(known only in a run: {error})"
        return
    for number, part in enumerate(parts, 1):
        if len(parts) > 1:
            yield f"{indent}frame {number} of {len(parts)}"
        for row in dump.rows(part[:_SHOWN_BYTES], 0, 0, len(part)):
            yield indent + row
        if not part:
            yield f"{indent}(no bytes)"
