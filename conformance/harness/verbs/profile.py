"""`profile`: are the cases still what the frozen profile promises? For `make lint`."""

from .. import case as cases
from .. import profile as profiles
from ..errors import FAILED, PASSED

PARENT, NAME, HELP = "", "profile", "check the cases against the frozen profile"


def arguments(parser):
    parser.add_argument("--update", action="store_true", help="add what is new; nothing is taken out or moved")


def run(arguments):
    known = cases.load_all()
    profile = profiles.load()
    if arguments.update:
        profile = profiles.updated(profile, known)
        profiles.write(profile)
    faults = list(profiles.faults(profile, known))
    for fault in faults:
        print(fault)
    if not faults:
        counts = ", ".join(f"{level} {len(ids)}" for level, ids in profile.levels.items())
        print(f"profile {profile.version}: {len(profile.ids)} cases, all as promised ({counts})")
    return FAILED if faults else PASSED
