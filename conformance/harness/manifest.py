"""A port's manifest: how its programs are built and started, and what it says it can do."""

from dataclasses import dataclass
from pathlib import Path

from . import jsontext
from .clauses import FEATURES
from .errors import UsageError

_REQUIRED = {"name", "cmd"}
_COMMANDS = ("build", "cmd", "ping", "pong")
_KEYS = {"name", "features", "env", "lists", *_COMMANDS}


@dataclass(frozen=True)
class Manifest:
    """The content of a port.json; all commands run in `folder`."""

    name: str
    folder: Path
    cmd: tuple
    build: tuple = ()
    ping: tuple = ()
    pong: tuple = ()
    features: frozenset = frozenset()
    env: tuple = ()
    lists: Path = None
    path: Path = None

    def having(self, **changes):
        """A copy with some values changed."""
        return Manifest(**{**self.__dict__, **changes})


def load(path):
    """The manifest in the file `path`, or in the folder `path`; UsageError says what is wrong with it."""
    path = Path(path)
    if path.is_dir():
        path = path / "port.json"
    value = read_object(path)
    _check_keys(path, value)
    commands = {key: _command(path, key, value[key]) for key in _COMMANDS if key in value}
    return Manifest(name=_name(path, value["name"]), folder=path.resolve().parent, **commands,
                    features=_features(path, value.get("features", [])), env=_env(path, value.get("env", {})),
                    lists=_lists(path, value.get("lists")), path=path)


def read_object(path):
    """The JSON object in a file; UsageError with file and byte if there is none."""
    try:
        value = jsontext.read(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except jsontext.JsonError as error:
        raise UsageError(f"{path}: {error.why} (byte {error.offset})") from None
    if not isinstance(value, dict):
        raise UsageError(f"{path}: is not a JSON object")
    return value


def _check_keys(path, value):
    missing, unknown = _REQUIRED - value.keys(), value.keys() - _KEYS
    if missing:
        raise UsageError(f"{path}: {', '.join(sorted(missing))} is missing")
    if unknown:
        raise UsageError(f"{path}: unknown key {', '.join(sorted(unknown))}; known are {', '.join(sorted(_KEYS))}")


def _name(path, value):
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise UsageError(f"{path}: name has to be a printable string")
    return value


def _command(path, key, value):
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise UsageError(f'{path}: {key} has to be a list of strings, such as ["./testee"]; what there is not is left out')
    return tuple(value)


def _features(path, value):
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise UsageError(f"{path}: features has to be a list of strings")
    unknown = set(value) - set(FEATURES)
    if unknown:
        raise UsageError(f"{path}: unknown feature {', '.join(sorted(unknown))}; known are {', '.join(FEATURES)}")
    return frozenset(value)


def _lists(path, value):
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise UsageError(f'{path}: lists has to be the name of a file, such as "known.json"')
    return path.resolve().parent / value


def _env(path, value):
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise UsageError(f"{path}: env has to be an object of strings")
    return tuple(value.items())
