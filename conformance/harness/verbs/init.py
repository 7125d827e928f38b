"""`sabir conform init --lang LANG DIR`: a skeleton of a port that reaches level 0 as it stands."""

import shutil

from .. import skeleton
from ..errors import PASSED

PARENT, NAME, HELP = "conform", "init", "write the skeleton of a port, which reaches level 0"


def arguments(parser):
    parser.add_argument("--lang", required=True, choices=skeleton.LANGUAGES, help="the language of the port")
    parser.add_argument("--name", help="the port's name; by default that of the folder")
    parser.add_argument("folder", metavar="DIR", help="a folder that is new or empty")


def run(arguments):
    manifest = skeleton.write(arguments.lang, arguments.folder, arguments.name)
    for path in sorted(manifest.parent.rglob("*")):
        if path.is_file():
            print(f"wrote   {path}")
    program = skeleton.first_program(manifest)
    if not shutil.which(program):
        print(f"missing {program}: it builds or runs the skeleton, and is not on the PATH")
    print(f"next    sabir conform {arguments.folder} --level L0")
    print("then    docs/porting.md, from level 0 to level 1")
    return PASSED
