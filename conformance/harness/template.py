"""Fills `${...}` in the strings of a case: `${nonce}`, `${A}` (a sender object), `${A.endpoint}`, `${each.text}`.

Inside a string everything is text; a string that is nothing but one `${...}` becomes the value itself.
"""

import re

from .jsontext import write

_HOLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")


class UnknownName(Exception):
    """A `${...}` that means nothing here."""


def roots(value):
    """The first words of all `${...}` in a JSON value."""
    if isinstance(value, str):
        return {name.split(".")[0] for name in _HOLE.findall(value)}
    if isinstance(value, dict):
        return roots(list(value.values())) | roots(list(value.keys()))
    if isinstance(value, list):
        return set().union(*map(roots, value)) if value else set()
    return set()


def fill(value, names):
    """A copy of a JSON value with every hole filled from `names`, a mapping of root words."""
    if isinstance(value, str):
        whole = _HOLE.fullmatch(value)
        return lookup(whole.group(1), names) if whole else fill_text(value, names)
    if isinstance(value, dict):
        return {fill_text(key, names): fill(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, names) for item in value]
    return value


def fill_text(text, names):
    """The text with every hole filled; what is not a string goes in as JSON."""
    def replace(match):
        found = lookup(match.group(1), names)
        return found if isinstance(found, str) else write(found)
    return _HOLE.sub(replace, text)


def lookup(path, names):
    root, *rest = path.split(".")
    if root not in names:
        raise UnknownName(f"${{{path}}}: there is no {root} here")
    found = names[root]
    for key in rest:
        if not isinstance(found, dict) or key not in found:
            raise UnknownName(f"${{{path}}}: there is no {key} in it")
        found = found[key]
    return found
