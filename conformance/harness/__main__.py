"""`python3 -m harness VERB …`"""

import sys

from .cli import main

sys.exit(main(prog="harness"))
