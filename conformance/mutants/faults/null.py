"""Ports that do not deserve a pass and might get one: the zoo. Each with the exit code that its run must end with, and why."""

import subprocess
import sys
from dataclasses import dataclass

from harness.errors import FAILED, INCOMPLETE, NOT_READY

from ..actors import Driver, Echo
from ..life import Life
from ..node import FEATURES, Node
from .fault import Fault

NULL_PORTS = {}


@dataclass(frozen=True)
class NullPort:
    """How a run against it must end, and words that say why; `cases` limits the run, `features` are those of its manifest."""

    fault: Fault
    exit_code: int
    why: str
    cases: tuple
    features: tuple


def null_port(name, slot, exit_code, why, cases=("tx.*",), features=FEATURES):
    """Class decorator: like a fault, but what catches it is the run as a whole."""
    def register(replacement):
        NULL_PORTS[name] = NullPort(Fault(name, slot, replacement), exit_code, why, cases, features)
        return replacement
    return register


@null_port("says-ready-twice", "life", FAILED, "READY was said 2 times")
class SaysReadyTwice(Life):
    def say_ready(self, node):
        super().say_ready(node)
        super().say_ready(node)


@null_port("noise-on-stdout", "life", FAILED, "standard output is for READY alone, but had 'listening'")
class NoiseOnStdout(Life):
    def say_ready(self, node):
        super().say_ready(node)
        print("listening", flush=True)


@null_port("ready-without-line-end", "life", NOT_READY, "its READY line has no line end")
class ReadyWithoutLineEnd(Life):
    def say_ready(self, node):
        print("READY {}", end="", flush=True)


@null_port("ready-then-exit", "life", NOT_READY, "the testee has ended (exit code 0")
class ReadyThenExit(Life):
    def say_ready(self, node):
        super().say_ready(node)
        sys.exit(0)


@null_port("closed-port", "life", NOT_READY, "the testee closed the connection of A")
class ClosedPort(Life):
    def say_ready(self, node):
        node.close()
        super().say_ready(node)


@null_port("ignores-every-stop", "life", FAILED, "LIFE-2: the testee has to end with code 0 within 2 s")
class IgnoresEveryStop(Life):
    def watch_for_stop(self):
        """Neither the end of standard input nor SIGTERM matters."""


@null_port("leaves-a-child", "life", FAILED, "the testee left processes behind")
class LeavesAChild(Life):
    def stop(self, node):
        subprocess.Popen(["sleep", "60"], start_new_session=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return super().stop(node)


@null_port("another-port's-name", "life", NOT_READY, "its READY line is that of the port somebody")
class AnotherPortsName(Life):
    name = "somebody"


@null_port("echoes-everything", "node", NOT_READY, 'expected "Reject", seen "conf.EchoReply"')
class EchoesEverything(Node):
    def route(self, mail):
        self.reply(mail, "echo", "conf.EchoReply", mail.envelope.payload)


@null_port("silent", "node", NOT_READY, "nothing came to A")
class Silent(Node):
    def route(self, mail):
        """Takes everything and says nothing."""


@null_port("rejects-everything", "node", NOT_READY, 'expected "conf.EchoReply", seen "Reject"')
class RejectsEverything(Node):
    def route(self, mail):
        self.reject(mail, "unknown_target", "no")


@null_port("stale-nonces", "echo", NOT_READY, "payload.c: expected")
class StaleNonces(Echo):
    def on_echo(self, mail, payload):
        self.reply(mail, "conf.EchoReply", {"c": "0011223344556677"})


@null_port("ends-after-twenty", "echo", FAILED, "the testee has ended (exit code 0", cases=("env.*",))
class EndsAfterTwenty(Echo):
    left = 20

    def on_echo(self, mail, payload):
        self.left -= 1
        if self.left < 0:
            sys.exit(0)
        super().on_echo(mail, payload)


@null_port("has-not-what-it-says", "life", NOT_READY, "features differ between its manifest and its READY line: ipc")
class HasNotWhatItSays(Life):
    features = (*FEATURES, "ipc")


@null_port("unsupported-for-all", "driver", FAILED, 'expected "conf.Sent", seen "conf.Unsupported"', cases=("out.*", "life.*"))
class UnsupportedForAll(Driver):
    def on_send(self, mail, message):
        self.reply(mail, "conf.Unsupported", {})


@null_port("without-any-feature", "life", INCOMPLETE, "the port does not have flat", cases=("flat.*",), features=())
class WithoutAnyFeature(Life):
    features = ()
