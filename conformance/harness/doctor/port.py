"""A port: does its manifest name what is there, does it build, start, speak and stop? The first thing that is wrong ends the search,
because all that follows would be wrong for the same reason."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

from .. import jsontext
from .. import manifest as manifests
from ..errors import NotReady, UsageError
from ..instance import Launcher
from ..loop import Loop
from ..suite import Suite
from ..testee import READY_S, STOP_S
from .finding import WRONG, note, ok, wrong
from .wire import check_wire

_EXIT_CANNOT_START = 10

# What a failed preflight means, by a word of its sentence.
_PREFLIGHT = (
    ("echo comes back", "register an actor `echo` that answers conf.Echo with conf.EchoReply and the same payload, to sender.name at "
     "sender.endpoint; if it does, look whether the reply leaves: is the PUSH socket connected, may 127.0.0.1 be answered (RTE-4)?"),
    ("unknown target", "answer what no actor has the name for with a Reject of the code unknown_target (REJ-1)"),
    ("unknown type", "answer what its actor has no handler for with a Reject of the code unknown_type (RTE-6)"),
    ("without sender", "without a sender nobody is answered, neither with a reply nor with a Reject (REJ-1)"),
)


def check_port(path, ready_s=READY_S):
    """Findings, up to the first that is wrong."""
    try:
        manifest = manifests.load(path)
    except UsageError as error:
        yield _bad_manifest(Path(path), str(error))
        return
    yield ok("manifest", f"{manifest.name}: {', '.join(sorted(manifest.features)) or 'no features'}")
    checks = (_check_programs(manifest), _check_build(manifest), _check_roles(manifest), _check_life(manifest, ready_s),
              _check_preflight(manifest, ready_s), _check_sigterm(manifest, ready_s))
    for finding in itertools.chain(*checks):
        yield finding
        if finding.level == WRONG:
            return


def _bad_manifest(path, why):
    try:
        value = jsontext.read(path.read_bytes())
    except (OSError, jsontext.JsonError):
        value = None
    if isinstance(value, dict) and "topology" in value:
        return wrong("manifest", f"{path} is a topology, not the manifest of a port", f"sabir check {path}")
    return wrong("manifest", why, 'at least {"name": …, "cmd": [argv]}; docs/conformance.md has all keys; `sabir conform init` writes one')


def _program(manifest, command):
    """The file that a command would run; None if there is none."""
    if "/" in command[0]:
        path = manifest.folder / command[0]
        return str(path) if path.exists() else None
    return shutil.which(command[0], path=dict(manifest.env).get("PATH"))


def _check_programs(manifest):
    """A program of the port itself may still have to be built; one of the PATH has to be there."""
    for key in ("build", "cmd"):
        command = getattr(manifest, key)
        if command and "/" not in command[0] and not _program(manifest, command):
            yield wrong(key, f"{command[0]} is not on the PATH", "install the toolchain that has it, or name the program by its path")


def _check_build(manifest):
    if not manifest.build:
        return
    try:
        done = subprocess.run(manifest.build, cwd=manifest.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
    except OSError as error:
        yield wrong("build", f"{manifest.build[0]} cannot be started in {manifest.folder}: {error.strerror}",
                    "see to it that it can be executed")
        return
    if done.returncode:
        last = [line for line in done.stdout.splitlines() if line.strip()][-3:]
        yield wrong("build", f"{' '.join(manifest.build)} ends with code {done.returncode}: {' / '.join(last) or 'and says nothing'}",
                    f"run it in {manifest.folder} and mend what it says")
    else:
        yield ok("build", " ".join(manifest.build))


def _check_roles(manifest):
    for key in ("cmd", "ping", "pong"):
        command = getattr(manifest, key)
        if not command:
            yield note(key, "is not named; the matrix needs it")
            continue
        path = _program(manifest, command)
        if not path:
            yield wrong(key, f"{manifest.folder / command[0]} does not exist",
                        "build it, or let the manifest's `build` do so" if not manifest.build else "the build command makes something else")
        elif not os.path.isfile(path) or not os.access(path, os.X_OK):
            yield wrong(key, f"{path} is not a program that can be executed", f"chmod +x {path}, or put its interpreter in front")


def _check_life(manifest, ready_s):
    """Start it, look at its TCP port, close its standard input."""
    loop, launcher = Loop(), None
    try:
        launcher = Launcher(loop, manifest)
        testee = launcher.spawn()
        try:
            yield from _started(manifest, testee, ready_s)
        finally:
            testee.close()
    except NotReady as error:
        yield wrong("start", str(error), "can the file be executed, and is its interpreter (the first line of a script) installed?")
    finally:
        if launcher:
            launcher.close()
        loop.close()


def _started(manifest, testee, ready_s):
    try:
        ready = testee.wait_ready(ready_s)
    except NotReady as error:
        yield _not_ready(manifest, testee, str(error), ready_s)
        return
    yield ok("start", f"READY at {ready.endpoint}")
    yield from _said(manifest, ready)
    host, _, port = ready.bound.removeprefix("tcp://").rpartition(":")
    if not port.isdigit():
        yield wrong("start", f"READY says bound {ready.bound!r}, which is no TCP port that was given",
                    "say the endpoint after binding, with its TCP port")
        return
    yield check_wire(("127.0.0.1" if host in ("*", "0.0.0.0") else host.strip("[]"), int(port)))
    yield _stopped(testee, "eof", "its standard input was closed", "read standard input, and end when it does")
    for fault in testee.contract_faults():
        yield wrong("stdout", fault, "write everything but the READY line to stderr")


def _said(manifest, ready):
    if ready.port != manifest.name:
        yield wrong("start", f"READY says that this is the port {ready.port}, the manifest says {manifest.name}", "let both say the same")
    if ready.features != manifest.features:
        yield wrong("features", f"only one of READY and manifest has {', '.join(sorted(ready.features ^ manifest.features))}",
                    "let both name the same features, those that the port really has")


def _not_ready(manifest, testee, why, ready_s):
    """Each way of not being ready has a sentence, and something to do, of its own."""
    said = f"; it said: {testee.stderr[-1][:200]}" if testee.stderr else ""
    if "its READY line is wrong" in why:
        return wrong("start", why, "docs/conformance.md has the line, key by key")
    if any(line.startswith("READY") for line in testee.stderr):
        return wrong("start", "the READY line is on stderr", "write it to stdout; everything else belongs to stderr")
    if "has no line end" in why:
        return wrong("start", "READY is begun and has no line end", "end the line, and flush standard output: to a pipe it is buffered")
    if not testee.is_alive:
        return _ended(testee.wait_exit(0).code, said)
    if testee.noise:
        return wrong("start", f"no READY within {ready_s:g} s, but {testee.noise[0][:80]!r} on stdout",
                     "stdout is for the READY line alone; write everything else to stderr")
    return wrong("start", f"nothing on stdout within {ready_s:g} s{said}",
                 "print READY {…} once it is bound, and flush it: to a pipe, standard output is buffered until 4 KiB are there")


def _ended(code, said):
    if code == _EXIT_CANNOT_START:
        return wrong("start", f"it ends with code 10: it cannot bind what it was told{said}", "it has to take SABIR_BIND=tcp://127.0.0.1:*")
    if code < 0:
        return wrong("start", f"it is killed by signal {-code} before it is ready{said}", "run its cmd under a debugger")
    if code == 0:
        return wrong("start", f"it ends at once with code 0, without READY{said}",
                     "a node stays until its standard input ends; does the program end with its main thread?")
    return wrong("start", f"it ends with code {code} before it is ready{said}", "run its cmd by hand with SABIR_BIND=tcp://127.0.0.1:* set")


def _stopped(testee, how, what, do):
    ended = testee.stop(how)
    if ended.seconds > STOP_S:
        return wrong("stop", f"it still runs {STOP_S:g} s after {what} (LIFE-2)",
                     f"{do}; do not wait for peers that are not there (linger)")
    if ended.code != 0:
        return wrong("stop", f"after {what} it ends with {ended} instead of code 0 (LIFE-2)", do)
    if ended.leftovers:
        return wrong("stop", f"it leaves processes behind: {', '.join(map(str, ended.leftovers))}", "stop and await what it started")
    return ok("stop", f"code 0 after {what}")


def _check_preflight(manifest, ready_s):
    suite = Suite(manifest, [], ready_s=ready_s)
    try:
        suite.begin()
    except NotReady as error:
        why = str(error)
        yield wrong("preflight", why.removeprefix(f"{manifest.name}: preflight: "),
                    next((do for word, do in _PREFLIGHT if word in why), "docs/porting.md, level 0"))
        return
    finally:
        suite.close()
    yield ok("preflight", "echo answers, unknown targets and types are rejected, nobody is answered who cannot be")


def _check_sigterm(manifest, ready_s):
    loop = Loop()
    launcher = Launcher(loop, manifest, ready_s=ready_s)
    try:
        testee = launcher.start().testee
        yield _stopped(testee, "term", "SIGTERM", "handle SIGTERM: end with code 0 (level 0 does without, level 1 does not)")
        testee.close()
    except NotReady as error:
        yield wrong("start", f"a second start fails: {error}", "does the first one leave something behind, a file or a TCP port?")
    finally:
        launcher.close()
        loop.close()
