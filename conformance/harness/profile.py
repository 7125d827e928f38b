"""The frozen profiles: which cases each level of a version of the protocol consists of.

`profiles/1.0.json` names every case of 1.0 with its level. What a port has once reached cannot change behind its back: a case that is
in a profile may be corrected, but it neither disappears nor moves to another level.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .case import STAGES
from .errors import UsageError
from .manifest import read_object

PROFILES = Path(__file__).resolve().parent.parent / "profiles"
CURRENT = "1.0"


@dataclass(frozen=True)
class Profile:
    """The ids of a version's cases, by level."""

    version: str
    levels: dict

    def level_of(self, case_id):
        """The level that a case belongs to, or None."""
        return next((level for level, ids in self.levels.items() if case_id in ids), None)

    @property
    def ids(self):
        return [case_id for ids in self.levels.values() for case_id in ids]


def load(version=CURRENT, folder=PROFILES):
    """The profile of a version; UsageError if it cannot be used."""
    path = Path(folder) / f"{version}.json"
    value = read_object(path)
    levels = value.get("levels")
    if value.keys() != {"profile", "levels"} or value["profile"] != version or not isinstance(levels, dict):
        raise UsageError(f"{path}: has to be {{\"profile\": \"{version}\", \"levels\": {{…}}}}")
    if tuple(levels) != STAGES:
        raise UsageError(f"{path}: the levels have to be {', '.join(STAGES)}")
    for level, ids in levels.items():
        if not isinstance(ids, list) or not all(isinstance(word, str) for word in ids):
            raise UsageError(f"{path}: {level} has to be a list of ids")
    return Profile(version, levels)


def faults(profile, cases):
    """Sentences on where the cases no longer are what the profile has promised."""
    ids = profile.ids
    for case_id in sorted({case_id for case_id in ids if ids.count(case_id) > 1}):
        yield f"{case_id}: is in the profile {profile.version} twice"
    for level, ids_of_level in profile.levels.items():
        for case_id in ids_of_level:
            if case_id not in cases:
                yield f"{case_id}: is in the profile {profile.version}, but there is no such case any more; an id is for ever"
            elif cases[case_id].stage != level:
                yield f"{case_id}: is {level} in the profile {profile.version}, but its file says {cases[case_id].stage}"
    for case in cases.values():
        if case.since == profile.version and profile.level_of(case.id) is None:
            yield f"{case.id}: says since {case.since}, but is not in that profile; `python3 -m harness profile --update` adds it"


def updated(profile, cases):
    """The profile with what is new since; nothing is taken out of it or moved."""
    levels = {level: list(ids) for level, ids in profile.levels.items()}
    for case in cases.values():
        if case.since == profile.version and profile.level_of(case.id) is None:
            levels[case.stage].append(case.id)
    return Profile(profile.version, {level: sorted(ids) for level, ids in levels.items()})


def write(profile, folder=PROFILES):
    """Put the profile in its file."""
    text = json.dumps({"profile": profile.version, "levels": profile.levels}, indent=2)
    (Path(folder) / f"{profile.version}.json").write_text(text + "\n", encoding="utf-8")
