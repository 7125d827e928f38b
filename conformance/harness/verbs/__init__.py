"""The verbs of the command line, one file each: what a verb takes, and what it does with it.

A file has `PARENT` ("" or "conform"), `NAME`, `HELP`, `arguments(parser)` and `run(arguments)`, which returns the exit code.
A verb of `conform` is called both ways: `sabir conform explain ID`, `python3 -m harness explain ID`.
"""

from . import conform, core_mutants, doctor, explain, init, lint, list_cases, matrix, mutants, profile, replay, report, steady

VERBS = (conform, init, doctor, list_cases, explain, replay, report, matrix, mutants, core_mutants, steady, lint, profile)
