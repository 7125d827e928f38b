"""Faults in the reading of JSON."""

import json
import re

from harness.jsontext import JsonError, Number, Reader

from .fault import fault


@fault("ignore-trailing", "json_reader")
class IgnoreTrailing(Reader):
    def end(self, at):
        """Whatever follows is not looked at."""


@fault("no-leading-ws", "json_reader")
class NoLeadingWhiteSpace(Reader):
    def decode(self, data):
        if not data.startswith(b"{"):
            raise JsonError("ENV-2", "does not begin with a brace", 0)
        return super().decode(data)


@fault("accept-bom", "json_reader")
class AcceptBom(Reader):
    def decode(self, data):
        return super().decode(data.removeprefix(b"\xef\xbb\xbf"))


@fault("accept-utf16", "json_reader")
class AcceptUtf16(Reader):
    """What CPython's json.loads does with bytes."""

    def decode(self, data):
        encoding = json.detect_encoding(data)
        return data.decode(encoding, "replace") if encoding.startswith("utf-16") else super().decode(data)


@fault("no-utf8-check", "json_reader")
class NoUtf8Check(Reader):
    def decode(self, data):
        return super().decode(data.decode("utf-8", "replace").encode())


@fault("accept-raw-control", "json_reader")
class AcceptRawControl(Reader):
    def control(self, at, pieces):
        pieces.append(self.text[at])
        return at + 1


@fault("accept-leading-zero", "json_reader")
class AcceptLeadingZero(Reader):
    def number(self, at):
        zeros = re.compile(r"0+(?=[0-9])").match(self.text, at)
        return super().number(zeros.end() if zeros else at)


@fault("accept-nan", "json_reader")
class AcceptNan(Reader):
    def number(self, at):
        match = re.compile(r"NaN|-?Infinity").match(self.text, at)
        return (Number(match.group()), match.end()) if match else super().number(at)


@fault("accept-trailing-comma", "json_reader")
class AcceptTrailingComma(Reader):
    def separator(self, at, closing):
        at, is_last = super().separator(at, closing)
        return (at + 1, True) if not is_last and self.text[at:at + 1] == closing else (at, is_last)


@fault("accept-lone-surrogate", "json_reader")
class AcceptLoneSurrogate(Reader):
    def lone_surrogate(self, unit, at):
        return "\ufffd", at + 6


@fault("keep-lone-surrogate", "json_reader")
class KeepLoneSurrogate(Reader):
    """Lets it in as it is: nothing is seen of it until somebody writes it."""

    def lone_surrogate(self, unit, at):
        return chr(unit), at + 6


@fault("depth-limit-32", "json_reader")
class DepthLimit32(Reader):
    def __init__(self, depth_limit):
        super().__init__(32)


@fault("recursive-no-limit", "json_reader")
class RecursiveNoLimit(Reader):
    def deeper(self, at, depth):
        """As deep as the stack goes."""


@fault("depth-unlimited", "json_reader")
class DepthUnlimited(Reader):
    def __init__(self, depth_limit):
        super().__init__(depth_limit * 2)
