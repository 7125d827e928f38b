"""Each expectation of a case, made wrong once: the right port has to fail every one of these.

An expectation that can be turned around without anybody noticing asserts nothing.
"""

import copy

from .match import leaf_of

_NEVER = {"$re": "(?!)"}


def variants(case):
    """(what was changed, the changed case) for every expectation in it."""
    for path, step in _walk(case.steps):
        for what, changed in _VARIANTS.get(step["do"], _no_variants)(step):
            steps = _replaced(case.steps, path, [changed])
            yield f"{step['do']} {_number(path)}: {what}", case.having(steps=steps)
        if step["do"] in ("quiet", "canary"):
            what = f"{step['do']} {_number(path)}: a stray message"
            yield what, case.having(steps=_with_stray(case.steps, path, step))


def peers_of(case):
    """The names of the peers whose steps it has."""
    named = [step["peer"] for _path, step in _walk(case.steps) if "peer" in step]
    return {name for names in named for name in (names if isinstance(names, list) else [names])}


def _no_variants(_step):
    return ()


def _expect(step):
    if "accept" in step:
        yield "none of the outcomes", {**step, "accept": [{**form, "type": "~"} for form in step["accept"]]}
        return
    yield "type", {**step, "type": step["type"] + "~"}
    yield from _altered_keys(step, "payload", "sender", "target", "re", "trace", "dialect")


def _wire(step):
    yield "type", {**step, "type": step["type"] + "~"}
    yield from _altered_keys(step, "payload", "sender", "target", "re", "dialect")


def _altered_keys(step, *keys):
    for key in keys:
        if key in step:
            for where, value in altered(step[key]):
                yield f"{key}{where}", {**step, key: value}


def _report(step):
    # A count that is waited for would only be waited for longer.
    if not step.get("until"):
        yield from _altered_keys(step, "count")
    yield from _altered_keys(step, "last", "digest")


def _drive(step):
    yield "ok", {**step, "ok": step["ok"] + "1"}
    yield from _altered_keys({"errors": [], **step}, "errors")


def _start(step):
    if not step.get("ready", True):
        yield "code", {**step, "code": "77"}


_VARIANTS = {
    "expect": _expect, "wire": _wire, "report": _report, "drive": _drive, "start": _start,
    "collect": lambda step: _altered_keys(step, "items"),
    "idle": lambda step: [("max_cpu_ms", {**step, "max_cpu_ms": "-1"})],
    "descriptors": lambda step: [("max", {**step, "max": "0"})],
    "connections": lambda step: [("count", {**step, "count": step["count"] + "1"})],
    "stop": lambda step: [("code", {**step, "code": "77"})],
}


def altered(pattern, where=""):
    """(where, a copy of the pattern in which one leaf is wrong) for each of its leaves."""
    leaf = leaf_of(pattern)
    if leaf == "$seen":
        for inner, value in altered(pattern["$seen"], where):
            yield inner, {"$seen": value}
    elif leaf:
        if leaf != "$any" and pattern != {"$re": ".*"}:
            yield where, _ALTERED_LEAF.get(leaf, lambda _text: _NEVER)(pattern[leaf])
    elif isinstance(pattern, dict) and pattern:
        for key, item in pattern.items():
            for inner, value in altered(item, f"{where}.{key}"):
                yield inner, {**pattern, key: value}
    elif isinstance(pattern, list) and pattern:
        for index, item in enumerate(pattern):
            for inner, value in altered(item, f"{where}[{index}]"):
                yield inner, [*pattern[:index], value, *pattern[index + 1:]]
    else:
        yield where, _altered_scalar(pattern)


_ALTERED_LEAF = {
    "$int": lambda text: {"$int": text + "1"}, "$token": lambda text: {"$token": text + "1"},
    "$nest": lambda text: {"$nest": text + "1"}, "$float": lambda text: {"$float": "77777.5"},
    "$double": lambda text: {"$double": "77777.5"},
}


def _altered_scalar(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "~"
    return {"~": None} if isinstance(value, dict) else ["~"] if isinstance(value, list) else "~"


def _walk(steps, path=()):
    for index, step in enumerate(steps):
        here = (*path, index)
        yield here, step
        if "steps" in step:
            yield from _walk(step["steps"], here)


def _replaced(steps, path, new):
    """A copy of the steps with the one at `path` replaced by `new` ones."""
    steps, index = list(copy.deepcopy(list(steps))), path[0]
    if len(path) == 1:
        steps[index:index + 1] = copy.deepcopy(new)
    else:
        steps[index]["steps"] = list(_replaced(steps[index]["steps"], path[1:], new))
    return tuple(steps)


def _with_stray(steps, path, step):
    """The steps with one more echo of this peer before `step`: its reply is expected by nobody."""
    send = {"do": "send", "peer": step["peer"],
            "envelope": {"type": "conf.Echo", "target": "echo", "payload": {"stray": "yes"}}}
    if step["do"] == "canary":
        return _replaced(steps, path, [send, step])
    # Something has to come back behind the stray reply, or `quiet` could look before it is there.
    return _replaced(steps, path, [send, {"do": "drive", "peer": step["peer"], "ok": "0", "repeat": "0"}, step])


def _number(path):
    return ".".join(str(index + 1) for index in path)
