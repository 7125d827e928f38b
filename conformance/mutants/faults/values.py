"""Faults in what the application sees of a payload."""

import base64
import binascii
import struct
import unicodedata

from harness.jsontext import Number, Reader, Writer

from .. import fields
from ..actors import Probe, Typed
from ..fields import Fields
from ..node import BadPayload
from ..tags import tagged
from .fault import fault


def _number_fault(name, change):
    """A reader that turns some number tokens into others; `change` returns the new token, or None to leave it."""
    class ChangedNumbers(Reader):
        def number(self, at):
            found, end = super().number(at)
            changed = change(found)
            return (found if changed is None else Number(changed)), end

    fault(name, "json_reader")(ChangedNumbers)


def _wrapped(value, bits):
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


_number_fault("silent-round", lambda number: str(int(float(number.token))) if number.is_integer else None)
_number_fault("int32", lambda number: str(_wrapped(int(number), 32)) if number.is_integer else None)
_number_fault("fifteen-digits", lambda number: None if number.is_integer else f"{float(number):.15e}")
_number_fault("minus-zero-lost", lambda number: "0.0" if number.token == "-0.0" else None)


@fault("minus-zero-unwritten", "writer")
class MinusZeroUnwritten(Writer):
    """What `String(-0)` is in JavaScript."""

    def number(self, value):
        text = super().number(value)
        return "0.0" if text == "-0.0" else text


@fault("cjson-15-digits", "writer")
class CjsonDigits(Writer):
    """What cJSON prints: integers are doubles of at most 15 digits."""

    def number(self, value):
        text = super().number(value)
        return f"{float(text):1.15g}" if abs(float(text)) >= 2 ** 31 else text


@fault("ints-as-doubles", "writer")
class IntsAsDoubles(Writer):
    """What a language with one number type writes if nobody takes care."""

    def number(self, value):
        text = super().number(value)
        return f"{text}.0" if text.lstrip("-").isdigit() else text


@fault("exponent-for-ints", "writer")
class ExponentForInts(Writer):
    def number(self, value):
        text = super().number(value)
        return f"{float(text):.16e}" if text.lstrip("-").isdigit() and len(text) > 15 else text


@fault("overflow-to-null", "json_reader")
class OverflowToNull(Reader):
    def number(self, at):
        found, end = super().number(at)
        return (None if not found.is_integer and abs(float(found)) == float("inf") else found), end


def _probe_fault(name, change):
    """A probe that sees something else than what was sent; `change` maps scalars."""
    class Changed:
        @classmethod
        def read(cls, value):
            if isinstance(value, dict):
                return {key: cls.read(item) for key, item in value.items()}
            return [cls.read(item) for item in value] if isinstance(value, list) else change(value)

    class ChangedProbe(Probe):
        types = {"conf.Describe": ("on_describe", Changed)}

    fault(name, "probe")(ChangedProbe)


def _with_text(change):
    return lambda value: change(value) if isinstance(value, str) else fields.anything(value)


_probe_fault("nul-truncates-payload", _with_text(lambda text: text.split("\0")[0]))
_probe_fault("nfc-payload", _with_text(lambda text: unicodedata.normalize("NFC", text)))
_probe_fault("null-is-empty-string", lambda value: "" if value is None else fields.anything(value))
_probe_fault("overflow-to-infinity", lambda value: float(value) if isinstance(value, Number) and not value.is_integer
             else fields.anything(value))


def _field_fault(name, **kinds):
    """A typed actor some of whose fields take the wrong things."""
    usual = Typed.types["conf.Typed"][1].kinds

    class ChangedTyped(Typed):
        types = {"conf.Typed": ("on_typed", Fields(**{**usual, **kinds}))}

    fault(name, "typed")(ChangedTyped)


def _rounding_double(value):
    return float(value.token) if isinstance(value, Number) else fields.double(value)


def _double_with_point(value):
    if isinstance(value, Number) and value.is_integer:
        raise BadPayload("a double is wanted")
    return fields.double(value)


def _double_without_underflow(value):
    found = fields.double(value)
    if found == 0 and any(digit in "123456789" for digit in value.token.lower().split("e")[0]):
        raise BadPayload("too small")
    return found


def _wrapping_int(value):
    return _wrapped(int(value), 64) if isinstance(value, Number) and value.is_integer else fields.int64(value)


_field_fault("float-rounds-int", f=_rounding_double)
_field_fault("float-refuses-int", f=_double_with_point)
_field_fault("underflow-refused", f=_double_without_underflow)
_field_fault("int-wraps", i=_wrapping_int)
_field_fault("int-takes-float", i=lambda value: int(float(value.token)) if isinstance(value, Number) and
             not value.is_integer else fields.int64(value))
_field_fault("coerce-fields", s=lambda value: value.token if isinstance(value, Number) else fields.string(value))


@fault("deny-unknown-payload", "typed")
class DenyUnknownPayload(Typed):
    def decode(self, kind, payload):
        if payload.keys() - kind.kinds.keys():
            raise BadPayload("unknown field")
        return super().decode(kind, payload)


@fault("null-is-a-value", "typed")
class NullIsAValue(Typed):
    def on_typed(self, mail, message):
        fields_given = {name: value for name, value in message.items() if name in mail.envelope.payload}
        self.reply(mail, "conf.TypedReply", {name: tagged(value) for name, value in fields_given.items()})


def _double_of_53_bits(value):
    found = fields.double(value)
    if value.is_integer and abs(found) > 2 ** 53:
        raise BadPayload("more than 53 bits")
    return found


_field_fault("float-takes-53-bits", f=_double_of_53_bits)
_field_fault("list-items-unchecked", l=lambda value: [fields.anything(item) for item in value])
_number_fault("float32", lambda number: None if number.is_integer or abs(float(number)) > 1e38 else
              repr(struct.unpack("f", struct.pack("f", float(number)))[0]))


def _lax_binary(value):
    text = fields.string(value).strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadPayload("not even nearly base64") from None


def _binary_fault(name, **kinds):
    class ChangedTyped(Typed):
        types = {**Typed.types, "conf.Binary": ("on_binary", Fields(**kinds))}

    fault(name, "typed")(ChangedTyped)


_binary_fault("base64-lax", data=_lax_binary)
_binary_fault("base64-as-text", data=lambda value: fields.string(value).encode())


@fault("base64-url", "typed")
class Base64Url(Typed):
    """The alphabet for file names, without padding."""

    def reply(self, mail, type_, payload):
        if type_ == "conf.BinaryReply":
            payload = {**payload, "data": payload["data"].replace("+", "-").replace("/", "_").rstrip("=")}
        super().reply(mail, type_, payload)


def _big_double(value):
    """Whatever float() takes."""
    return float(value.token) if isinstance(value, Number) and len(value.token) > 20 else fields.double(value)


def _small_double(value):
    """Takes no integer that does not fit into 64 bits."""
    if isinstance(value, Number) and value.is_integer:
        fields.number(value)
    return fields.double(value)


_field_fault("float-rounds-big-int", f=_big_double)
_field_fault("float-refuses-big-int", f=_small_double)
