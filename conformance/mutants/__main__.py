"""`python3 -m conformance.mutants [--quick]`, from the folder above: the same as the harness's verb `mutants`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.cli import main  # noqa: E402

sys.exit(main(["mutants", *sys.argv[1:]]))
