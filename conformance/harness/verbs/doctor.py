"""`sabir doctor [PORT.json …]`: what is wrong with this machine, or with a port, in words, and what to do about it."""

import argparse
import json

from ..doctor.finding import NOTE, WRONG, as_object
from ..doctor.machine import check_machine
from ..doctor.port import check_port
from ..doctor.software import check_software
from ..errors import FAILED, PASSED
from ..testee import READY_S

PARENT, NAME, HELP = "conform", "doctor", "what is wrong with this machine or with a port, and what to do"


def arguments(parser):
    parser.add_argument("ports", nargs="*", metavar="PORT.json", help="manifests, or the folders that hold them; none: the machine alone")
    parser.add_argument("--patience", type=_seconds, default=READY_S, metavar="SECONDS",
                        help=f"how long a port may take to be ready ({READY_S:g})")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments):
    findings = []
    for part in (check_machine(), check_software(), *(check_port(path, arguments.patience) for path in arguments.ports)):
        for finding in part:
            findings.append(finding)
            if not arguments.json:
                print(finding, flush=True)
    count = {level: sum(finding.level == level for finding in findings) for level in (WRONG, NOTE)}
    if arguments.json:
        print(json.dumps(as_object(findings), ensure_ascii=False))
    elif count[WRONG]:
        print(f"{count[WRONG]} of {len(findings)} checks found something wrong")
    else:
        print(f"nothing is wrong ({len(findings)} checks" + (f", {_notes(count[NOTE])})" if count[NOTE] else ")"))
    return FAILED if count[WRONG] else PASSED


def _notes(count):
    return "1 note" if count == 1 else f"{count} notes"


def _seconds(text):
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds up to 3600")
    return found
