"""Message types with declared fields: a payload either has them, or is a BadPayload."""

import base64
import binascii
import math

from harness.jsontext import INT_MAX, INT_MIN, Number

from .node import BadPayload

INT64_MIN, INT64_MAX = -2 ** 63, 2 ** 63 - 1


def number(value):
    """A number as an application holds it: an exact int or a finite float."""
    if not value.is_integer:
        return finite(value)
    found = int(value) if len(value.token) <= 20 else None
    if found is None or not INT_MIN <= found <= INT_MAX:
        raise BadPayload(f"the integer {value.token[:30]} does not fit into 64 bits")
    return found


def finite(value):
    found = float(value.token)
    if math.isinf(found):
        raise BadPayload(f"the number {value.token[:30]} is too large for a double")
    return found


def int64(value):
    if not isinstance(value, Number) or not value.is_integer:
        raise BadPayload("an integer is wanted")
    found = number(value)
    if not INT64_MIN <= found <= INT64_MAX:
        raise BadPayload(f"{found} does not fit into an int64")
    return found


def double(value):
    if not isinstance(value, Number):
        raise BadPayload("a number is wanted")
    found = finite(value)
    # The exact integers are compared, of however many digits: also 2^100 is a double (a finite one has 309 at most).
    if value.is_integer and int(found) != int(value.token):
        raise BadPayload(f"the integer {value.token[:30]} cannot be held exactly by a double")
    return found


def string(value):
    if not isinstance(value, str):
        raise BadPayload("a string is wanted")
    return value


def binary(value):
    """TYP-2: standard base64 with padding, and nothing that decodes to the same bytes by luck."""
    text = string(value)
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadPayload("standard base64 with padding is wanted") from None
    if base64_text(found) != text:
        raise BadPayload("base64 whose unused bits are not zero")
    return found


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


def boolean(value):
    if not isinstance(value, bool):
        raise BadPayload("true or false is wanted")
    return value


def list_of(kind):
    def read(value):
        if not isinstance(value, list):
            raise BadPayload("a list is wanted")
        return [kind(item) for item in value]
    return read


def optional(kind):
    def read(value):
        return None if value is None else kind(value)
    read.is_optional = True
    return read


def anything(value):
    """Any payload, numbers as an application holds them."""
    if isinstance(value, Number):
        return number(value)
    if isinstance(value, dict):
        return {key: anything(item) for key, item in value.items()}
    if isinstance(value, list):
        return [anything(item) for item in value]
    return value


class Fields:
    """The fields of one type; `read` gives a dict that has all of them, an absent optional one as None."""

    def __init__(self, **kinds):
        self.kinds = kinds

    def read(self, payload):
        found = {}
        for name, kind in self.kinds.items():
            if name not in payload and not getattr(kind, "is_optional", False):
                raise BadPayload(f"the field {name} is missing")
            found[name] = self.field(name, kind, payload.get(name))
        return found

    def field(self, name, kind, value):
        try:
            return kind(value)
        except BadPayload as error:
            raise BadPayload(f"{name}: {error}") from None
