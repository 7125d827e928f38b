"""Strict JSON: the reader refuses whatever the protocol calls malformed, and keeps every number as its token.

A refusal names the clause that is broken and the byte where. The reader is a class of small methods, so
that a port that is wrong on purpose can replace one of them.
"""

import re

INT_MIN, INT_MAX = -2 ** 63, 2 ** 64 - 1

_BLANKS = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_MUST_ESCAPE = re.compile(r'["\\\x00-\x1f]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LITERALS = (("true", True), ("false", False), ("null", None))


class JsonError(ValueError):
    """A text that is malformed: the clause that it breaks, why, and at which byte."""

    def __init__(self, clause, why, offset):
        super().__init__(f"{clause}: {why} at byte {offset}")
        self.clause, self.why, self.offset = clause, why, offset


class Number:
    """A number as it stands on the wire. Equal numbers have equal tokens: `1` and `1.0` are not the same."""

    __slots__ = ("token",)

    def __init__(self, token):
        self.token = token

    @property
    def is_integer(self):
        """NUM-4: neither a point nor an exponent."""
        return not any(mark in self.token for mark in ".eE")

    def __int__(self):
        return int(self.token)

    def __float__(self):
        return float(self.token)

    def __eq__(self, other):
        return isinstance(other, Number) and other.token == self.token

    def __hash__(self):
        return hash(self.token)

    def __repr__(self):
        return f"Number({self.token})"


class Reader:
    """Reads one JSON text. `members` tells where the members of the top-level object stand."""

    def __init__(self, depth_limit=64):
        self.depth_limit = depth_limit
        self.members = []

    def read(self, data):
        """The value in `data` (bytes), or JsonError."""
        self.text = self.decode(data)
        self.members = []
        value, at = self.value(self.blanks(0), 1)
        self.end(self.blanks(at))
        return value

    def decode(self, data):
        if data.startswith(b"\xef\xbb\xbf"):
            raise JsonError("ENV-2", "a byte order mark", 0)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise JsonError("TXT-1", "not UTF-8", error.start) from None

    def end(self, at):
        if at != len(self.text):
            self.fail("ENV-2", "something follows the value", at)

    def fail(self, clause, why, at):
        raise JsonError(clause, why, len(self.text[:at].encode("utf-8", "surrogatepass")))

    def blanks(self, at):
        return _BLANKS.match(self.text, at).end()

    def value(self, at, depth):
        mark = self.text[at:at + 1]
        if mark == "{":
            return self.object(at, depth)
        if mark == "[":
            return self.array(at, depth)
        if mark == '"':
            return self.string(at)
        for word, value in _LITERALS:
            if self.text.startswith(word, at):
                return value, at + len(word)
        return self.number(at)

    def number(self, at):
        match = _NUMBER.match(self.text, at)
        if not match:
            self.fail("ENV-2", "not a JSON value" if at < len(self.text) else "the text ends too early", at)
        return Number(match.group()), match.end()

    def deeper(self, at, depth):
        if depth > self.depth_limit:
            self.fail("LIM-1", f"more than {self.depth_limit} levels", at)

    def object(self, at, depth):
        self.deeper(at, depth)
        found = {}
        at = self.blanks(at + 1)
        if self.text[at:at + 1] == "}":
            return found, at + 1
        while True:
            at = self.member(found, at, depth)
            at, is_last = self.separator(at, "}")
            if is_last:
                return found, at

    def member(self, found, at, depth):
        if self.text[at:at + 1] != '"':
            self.fail("ENV-2", "a key is expected", at)
        key_at = at
        key, at = self.string(at)
        at = self.blanks(at)
        if self.text[at:at + 1] != ":":
            self.fail("ENV-2", "a colon is expected", at)
        value_at = self.blanks(at + 1)
        value, at = self.value(value_at, depth + 1)
        self.keep(found, key, value, key_at)
        if depth == 1:
            self.members.append((key, key_at, value_at, at))
        return self.blanks(at)

    def keep(self, found, key, value, at):
        if key in found:
            self.fail("ENV-4", f"the key {key!r} is there twice", at)
        found[key] = value

    def array(self, at, depth):
        self.deeper(at, depth)
        found = []
        at = self.blanks(at + 1)
        if self.text[at:at + 1] == "]":
            return found, at + 1
        while True:
            value, at = self.value(at, depth + 1)
            found.append(value)
            at, is_last = self.separator(self.blanks(at), "]")
            if is_last:
                return found, at

    def separator(self, at, closing):
        mark = self.text[at:at + 1]
        if mark == closing:
            return at + 1, True
        if mark != ",":
            self.fail("ENV-2", f"a comma or {closing} is expected", at)
        return self.blanks(at + 1), False

    def string(self, at):
        pieces, at = [], at + 1
        while True:
            plain = _PLAIN.match(self.text, at)
            pieces.append(plain.group())
            at = plain.end()
            mark = self.text[at:at + 1]
            if mark == '"':
                return "".join(pieces), at + 1
            if mark == "\\":
                piece, at = self.escape(at)
                pieces.append(piece)
            elif mark:
                at = self.control(at, pieces)
            else:
                self.fail("ENV-2", "a string does not end", at)

    def control(self, at, _pieces):
        self.fail("TXT-1", "a raw control character", at)

    def escape(self, at):
        mark = self.text[at + 1:at + 2]
        if mark == "u":
            return self.unicode_escape(at)
        if mark not in _ESCAPES or not mark:
            self.fail("ENV-2", "an unknown escape", at)
        return _ESCAPES[mark], at + 2

    def unicode_escape(self, at):
        high = self.code_unit(at)
        if not 0xD800 <= high <= 0xDFFF:
            return chr(high), at + 6
        if high < 0xDC00 and self.text[at + 6:at + 8] == "\\u":
            low = self.code_unit(at + 6)
            if 0xDC00 <= low <= 0xDFFF:
                return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), at + 12
        return self.lone_surrogate(high, at)

    def lone_surrogate(self, _unit, at):
        self.fail("TXT-1", "a lone surrogate", at)

    def code_unit(self, at):
        digits = _HEX4.match(self.text, at + 2)
        if not digits:
            self.fail("ENV-2", "four hexadecimal digits are expected", at)
        return int(digits.group(), 16)


class Writer:
    """Writes values as the protocol wants them: raw UTF-8, exact integers, doubles that read back equal."""

    def write(self, value):
        """The text of `value`; ValueError for what JSON cannot carry."""
        if value is None:
            return "null"
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, (int, float, Number)):
            return self.number(value)
        if isinstance(value, dict):
            return "{" + ",".join(f"{self.string(k)}:{self.write(v)}" for k, v in value.items()) + "}"
        return "[" + ",".join(map(self.write, value)) + "]"

    def string(self, value):
        if _SURROGATE.search(value):
            raise ValueError("LONE_SURROGATE")
        return '"' + _MUST_ESCAPE.sub(self.escape, value) + '"'

    def escape(self, match):
        return _SHORT_ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04x}"

    def number(self, value):
        if isinstance(value, Number):
            return value.token
        if isinstance(value, int):
            return self.integer(value)
        return self.double(value)

    def integer(self, value):
        if not INT_MIN <= value <= INT_MAX:
            raise ValueError("RANGE")
        return str(value)

    def double(self, value):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("NOT_FINITE")
        return repr(value)


def read(data, depth_limit=64):
    """The value in `data`; numbers are `Number`."""
    return Reader(depth_limit).read(data)


def write(value):
    """The text of `value`, as strict as the reader."""
    return Writer().write(value)
