"""How a run can end, and the exit code that each end has."""

PASSED, FAILED, USAGE, FAULT, NOT_READY, INCOMPLETE = range(6)


class RunError(Exception):
    """Ends the run with a sentence for the user and its own exit code; never shown as a traceback."""

    exit_code = FAULT


class UsageError(RunError):
    """A command line, manifest, list or case file that cannot be used."""

    exit_code = USAGE


class NotReady(RunError):
    """The testee did not get as far as a first test."""

    exit_code = NOT_READY


class Incomplete(RunError):
    """Something that was planned was not run, so that nothing can be said about the port."""

    exit_code = INCOMPLETE
