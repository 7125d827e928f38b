"""What is known about a port before a run: cases that fail, cases that are flaky, cases that are not supported.

    {"failing":     {"num.usec-timestamp": {"reason": "…", "issue": "https://…", "message": "payload.t: expected …"}},
     "flaky":       {"load.idle-cpu": {"reason": "…", "issue": "https://…"}},
     "unsupported": {"flat.echo": {"reason": "…"}}}

A list is strict, so that it cannot rot: a pass that was not expected fails, so does another message than the one
on the list, an entry for a case that there is not, and, where there is a list of the unsupported, any that it lacks or has too many.
"""

import re
from dataclasses import dataclass

from .errors import UsageError
from .manifest import read_object

FAILING, FLAKY, UNSUPPORTED = "failing", "flaky", "unsupported"
_KEYS = {FAILING: {"reason", "issue", "message"}, FLAKY: {"reason", "issue"}, UNSUPPORTED: {"reason"}}

# What differs from run to run: addresses, process ids, times, random words.
_UNSTABLE = ((re.compile(r"tcp://([0-9.]+|localhost):\d+"), r"tcp://\1:PORT"),
             (re.compile(r"(?<![\w.])(?=[0-9]*[a-f])[0-9a-f]{12,}(?![\w.+])"), "HEX"),
             (re.compile(r"\b\d+(\.\d+)? (s|ms)\b"), r"N \2"), (re.compile(r"\bprocess \d+"), "process N"))


@dataclass(frozen=True)
class Entry:
    """One line of a list."""

    kind: str
    case: str
    reason: str
    issue: str = ""
    message: str = ""

    def fits(self, message):
        """Is it the message that is known? `*` in the list stands for anything."""
        pattern = ".*".join(map(re.escape, self.message.split("*")))
        return re.fullmatch(pattern, message, re.DOTALL) is not None


class Lists:
    """The entries of one file; without a file there are none."""

    def __init__(self, entries=(), names_unsupported=False):
        self._entries = {entry.case: entry for entry in entries}
        self._names_unsupported = names_unsupported

    def entry(self, case_id):
        """The entry for a case, or None."""
        return self._entries.get(case_id)

    def apply(self, result):
        """Turn what was observed into a verdict in the light of the lists."""
        entry = self.entry(result.case.id)
        result.listed = entry
        if result.verdict == "unsupported":
            self._apply_to_unsupported(result, entry)
        elif entry and result.verdict in ("pass", "warn", "fail"):
            _JUDGES[entry.kind](result, entry)

    def _apply_to_unsupported(self, result, entry):
        if entry and entry.kind != UNSUPPORTED:
            result.verdict = "fail"
            result.why = f"is on the list of {entry.kind} cases, but is not supported: {result.why}"
        elif not entry and self._names_unsupported:
            result.verdict, result.why = "fail", f"is not on the list of unsupported cases: {result.why}"


def _judge_failing(result, entry):
    if result.verdict == "pass":
        result.verdict, result.why = "xpass", f"passes, but is on the list of failing cases: {entry.reason} ({entry.issue})"
    elif entry.fits(result.message):
        result.verdict = "xfail"
    else:
        result.verdict = "fail"
        result.why = f"fails otherwise than the list says; known is: {entry.message}; seen is: {result.message}"


def _judge_flaky(result, _entry):
    result.why = f"this time: {result.verdict}" + (f": {result.why}" if result.why else "")
    result.verdict = "flaky"


def _judge_unsupported(result, entry):
    result.verdict = "xpass"
    result.why = f"is on the list of unsupported cases, but the port has what it needs: {entry.reason}"


_JUDGES = {FAILING: _judge_failing, FLAKY: _judge_flaky, UNSUPPORTED: _judge_unsupported}


def stable(text, nonce=""):
    """The text without what differs from run to run: what a list's `message` is compared with."""
    text = text.replace(nonce, "NONCE") if nonce else text
    for unstable, word in _UNSTABLE:
        text = unstable.sub(word, text)
    return text


def load(path, known_cases):
    """The lists in a file; UsageError says what is wrong with them. `known_cases`: the ids that there are."""
    value = read_object(path)
    unknown = value.keys() - _KEYS
    if unknown:
        raise UsageError(f"{path}: unknown list {', '.join(sorted(unknown))}; known are {', '.join(_KEYS)}")
    entries = [_entry(path, kind, case_id, said, known_cases) for kind in _KEYS for case_id, said in _object(path, kind, value)]
    seen = set()
    for entry in entries:
        if entry.case in seen:
            raise UsageError(f"{path}: {entry.case} is on two lists")
        seen.add(entry.case)
    return Lists(entries, UNSUPPORTED in value)


def _object(path, kind, value):
    found = value.get(kind, {})
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {kind} has to be an object, from the ids of cases to what is known about them")
    return found.items()


def _entry(path, kind, case_id, said, known_cases):
    where = f"{path}: {kind}: {case_id}"
    if case_id not in known_cases:
        raise UsageError(f"{where}: there is no such case; has it gone?")
    if not isinstance(said, dict) or said.keys() != _KEYS[kind]:
        raise UsageError(f"{where}: needs {', '.join(sorted(_KEYS[kind]))}, and nothing else")
    for key, text in said.items():
        if not isinstance(text, str) or not text.strip("* "):
            raise UsageError(f"{where}: {key} has to say something")
    return Entry(kind, case_id, **said)
