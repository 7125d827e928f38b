"""The command line: which verb is meant, and how its end becomes an exit code. What each verb does stands in `verbs/`."""

import argparse
import difflib
import os
import sys
import traceback
from pathlib import Path

from .errors import FAULT, INCOMPLETE, USAGE, RunError, UsageError
from .verbs import VERBS
from .verbs import conform as conform_verb


class _Parser(argparse.ArgumentParser):
    """argparse with our exit code for a wrong command line (its own is the same number, by luck)."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(argv=None, prog="sabir"):
    """Run one verb; returns the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        _refuse_misspelt(argv)
        arguments = _parser(prog).parse_args(_without_parent(argv))
        return arguments.run(arguments)
    except RunError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{prog}: interrupted", file=sys.stderr)
        return INCOMPLETE
    except BrokenPipeError:
        # Whoever was reading has gone, and cannot be told; the interpreter must not try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INCOMPLETE
    except Exception:  # the harness itself is at fault, which must not look like a verdict on the port
        traceback.print_exc()
        print(f"{prog}: this is a fault of the harness, not of the port", file=sys.stderr)
        return FAULT


def conform():
    """`sabir-conform`, as the installed package has it."""
    return main(["conform", *sys.argv[1:]])


def _refuse_misspelt(argv):
    """A word that is no port but nearly a verb is a slip of the finger, not a file that cannot be read."""
    if argv[:1] != [conform_verb.NAME] or len(argv) < 2 or Path(argv[1]).exists():
        return
    names = [verb.NAME for verb in VERBS if verb.PARENT == conform_verb.NAME]
    near = difflib.get_close_matches(argv[1], names, 1)
    if near and argv[1] not in names:
        raise UsageError(f"conform: there is neither a port nor a verb {argv[1]}; did you mean {near[0]}?")


def _without_parent(argv):
    """`conform list` and `conform explain` are verbs of their own, not ports of that name."""
    is_nested = any(argv[:2] == [verb.PARENT, verb.NAME] for verb in VERBS)
    return argv[1:] if is_nested else argv


def _parser(prog):
    parser = _Parser(prog=prog, description="Is a port of the Sabir protocol right?")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb in VERBS:
        verb_parser = verbs.add_parser(verb.NAME, help=verb.HELP, prog=" ".join(filter(None, (prog, verb.PARENT, verb.NAME))),
                                       epilog=_nested_verbs(prog, verb), formatter_class=argparse.RawDescriptionHelpFormatter)
        verb.arguments(verb_parser)
        verb_parser.set_defaults(run=verb.run)
    return parser


def _nested_verbs(prog, parent):
    """What the help of `conform` says about the verbs below it."""
    nested = [verb for verb in VERBS if verb.PARENT == parent.NAME]
    lines = [f"  {prog} {parent.NAME} {verb.NAME:10} {verb.HELP}" for verb in nested]
    return "\n".join(["also:", *lines]) if nested else None
