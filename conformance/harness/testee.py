"""One instance of the program under test: started, listened to, stopped, and nothing of it left behind."""

import os
import secrets
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass

from .errors import NotReady
from .lines import Lines
from .ready import ContractError, parse_ready

READY_S = 20.0
STOP_S = 2.0
# A stop that takes longer than the protocol allows is a fault; killing it is only for cleaning up.
_GRACE_S = 1.0
_STDERR_LINES = 20
_NOISE_LINES = 10
_MARK = "SABIR_NODE"


@dataclass(frozen=True)
class Exit:
    """How an instance ended."""

    code: int
    seconds: float
    leftovers: tuple = ()

    def __str__(self):
        how = f"signal {signal.Signals(-self.code).name}" if self.code < 0 else f"exit code {self.code}"
        return f"{how} after {self.seconds:.1f} s"


class Testee:
    """A child in its own process group, told what to do by its environment."""

    def __init__(self, loop, manifest, command, env):
        self.loop = loop
        self.manifest = manifest
        self.ready = None
        self.noise = []
        self.stderr = deque(maxlen=_STDERR_LINES)
        self.exit = None
        self._ready_lines = []
        self._mark = f"conform-{secrets.token_hex(6)}"
        self._started = time.monotonic()
        self._process = self._spawn(command, env)
        self._out = Lines(loop, self._process.stdout, self._on_stdout)
        self._err = Lines(loop, self._process.stderr, self.stderr.append)

    @property
    def is_alive(self):
        return self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid

    def wait_ready(self, timeout_s=READY_S):
        """Wait for the READY line; NotReady says in one sentence why there was none."""
        self.loop.run_until(lambda: self._ready_lines or not self.is_alive, timeout_s)
        if not self._ready_lines:
            self._drain()
        if not self._ready_lines:
            raise NotReady(self._why_not_ready(timeout_s))
        try:
            self.ready = parse_ready(self._ready_lines[0])
        except ContractError as error:
            raise NotReady(f"{self.manifest.name}: its READY line is wrong: {error}") from None
        return self.ready

    def cpu_ms(self):
        """CPU time that the process has used so far, its threads included."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8", errors="replace") as stat:
            # The name in parentheses may hold blanks; utime and stime are the 12th and 13th behind it.
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 // os.sysconf("SC_CLK_TCK")

    def stop(self, how="eof"):
        """Ask it to end, by closing its standard input or by SIGTERM; the Exit tells how it did."""
        started = time.monotonic()
        if how == "eof":
            self._process.stdin.close()
        else:
            self._signal(signal.SIGTERM)
        self.loop.run_until(lambda: not self.is_alive, STOP_S + _GRACE_S)
        return self._ended(time.monotonic() - started)

    def kill(self):
        """SIGKILL to the whole group."""
        started = time.monotonic()
        self._signal(signal.SIGKILL)
        return self._ended(time.monotonic() - started)

    def wait_exit(self, timeout_s):
        """Wait for it to end by itself; what still runs afterwards is killed."""
        self.loop.run_until(lambda: not self.is_alive, timeout_s)
        return self._ended(time.monotonic() - self._started)

    @property
    def has_said_ready(self):
        return bool(self._ready_lines)

    def contract_faults(self):
        """What its standard output had besides one READY line."""
        faults = [f"standard output is for READY alone, but had {line[:120]!r}" for line in self.noise]
        if len(self._ready_lines) > 1:
            faults.append(f"READY was said {len(self._ready_lines)} times")
        return faults

    def close(self):
        """Leave nothing behind, whatever state it is in."""
        if self.exit is None:
            self.kill()

    def _spawn(self, command, env):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SABIR_")}
        clean.update(self.manifest.env)
        clean.update(env)
        clean[_MARK] = self._mark
        try:
            return subprocess.Popen(command, cwd=self.manifest.folder, env=clean, start_new_session=True,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise NotReady(f"{self.manifest.name}: {command[0]} cannot be started in {self.manifest.folder}: "
                           f"{error.strerror}") from None

    def _on_stdout(self, line):
        if line.startswith("READY"):
            self._ready_lines.append(line)
        elif len(self.noise) < _NOISE_LINES:
            self.noise.append(line)

    def _why_not_ready(self, timeout_s):
        if not self.is_alive:
            code = self._process.returncode
            return f"{self.manifest.name}: ended with code {code} without a READY line{self._stderr_tail()}"
        if self._out.partial.startswith(b"READY"):
            return f"{self.manifest.name}: its READY line has no line end; is standard output flushed?"
        if self.noise:
            return f"{self.manifest.name}: no READY line within {timeout_s:g} s, but {self.noise[0][:80]!r} on stdout"
        return f"{self.manifest.name}: no READY line within {timeout_s:g} s{self._stderr_tail()}"

    def _stderr_tail(self):
        return f"; it said: {self.stderr[-1][:200]}" if self.stderr else ""

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    def _drain(self):
        """Read what the pipes still hold, so that the last words of a dead testee are known."""
        self.loop.run_until(lambda: not (self._out.is_open or self._err.is_open), 0.5)

    def _ended(self, seconds):
        """Reap it, note what it left behind, and kill that."""
        if self.is_alive:
            self._signal(signal.SIGKILL)
            self._process.wait()
        leftovers = self._leftovers()
        for pid in leftovers:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._drain()
        for pipe in (self._out, self._err):
            pipe.close()
        if not self._process.stdin.closed:
            self._process.stdin.close()
        self.exit = Exit(self._process.returncode, seconds, tuple(leftovers))
        return self.exit

    def _leftovers(self):
        """Processes that carry this instance's mark and outlive it; they get a moment to end by themselves."""
        self.loop.run_until(lambda: not marked_processes(self._mark), 0.5)
        return marked_processes(self._mark)


def marked_processes(mark):
    """The ids of living processes whose environment names this instance, also if they left its group."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/environ", "rb") as environ:
                    if wanted in environ.read().split(b"\0"):
                        found.append(int(entry))
            except OSError:
                continue  # it has just ended, or belongs to somebody else
    return found
