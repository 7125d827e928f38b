"""A new port's first files: a skeleton per language that reaches level 0 as it stands, from `templates/LANG`.

A skeleton needs nothing but its language's toolchain (C and C++ also libzmq), so that the first green depends on no registry.
"""

import json
import os
import re
import shutil
from pathlib import Path

from .errors import UsageError

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LANGUAGES = ("c", "cpp", "go", "java", "js", "python", "rust")

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")
# What only exists where a skeleton was tried out in place.
_NOT_OURS = shutil.ignore_patterns("__pycache__", "*.pyc", "target", "classes", "testee")


def write(language, folder, name=None):
    """Write a skeleton into a new or empty folder; returns the manifest's path. UsageError says why it cannot be done."""
    folder = Path(folder)
    name = name or folder.resolve().name.lower()
    if not _NAME.match(name):
        raise UsageError(f"{name!r} cannot be a port's name: it has 1 to 32 of a-z, 0-9, '.', '_' and '-'; say another with --name")
    _make_empty(folder)
    try:
        shutil.copytree(TEMPLATES / language, folder, ignore=_NOT_OURS, dirs_exist_ok=True, copy_function=_copy_named(name))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return folder / "port.json"


def first_program(manifest):
    """What has to be installed before the skeleton can be tried, as its manifest names it."""
    value = json.loads(manifest.read_text(encoding="utf-8"))
    return value.get("build", value["cmd"])[0]


def _make_empty(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not os.listdir(folder)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}") from None
    if not is_empty:
        raise UsageError(f"{folder}: is not empty, and nothing is overwritten")


def _copy_named(name):
    """A copy function that writes the port's name where a template says @NAME@."""
    def copy(source, target):
        text = Path(source).read_text(encoding="utf-8")
        Path(target).write_text(text.replace("@NAME@", name), encoding="utf-8")
    return copy
