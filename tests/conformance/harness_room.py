"""What the tests of the harness share: where it is, and how its command line is run."""

import os
import subprocess
import sys
from pathlib import Path

ROOM = Path(__file__).resolve().parents[2] / "conformance"
REFERENCE = ROOM / "mutants" / "port.json"
sys.path.insert(0, str(ROOM))


def run_harness(*arguments):
    """The finished process of `python3 -m harness …`."""
    env = {**os.environ, "PYTHONPATH": str(ROOM)}
    return subprocess.run([sys.executable, "-m", "harness", *map(str, arguments)], env=env, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
