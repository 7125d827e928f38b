"""`sabir run`: however it ends, and whatever its nodes do, no process outlives it; and nobody waits for a slow reader."""
import contextlib
import fcntl
import json
import os
import pty
import signal
import subprocess
import termios
import time
import unittest

from support import SABIR, SystemTest, fake, is_running, until

STOP_S = 2.0


def pids_in(lines, word):
    return [int(line.split()[1]) for line in lines if line.startswith(word + " ")]


def guards_of(run):
    """The children of the runner: one guard for each node."""
    with open(f"/proc/{run.process.pid}/task/{run.process.pid}/children") as children:
        return [int(pid) for pid in children.read().split()]


class Killed(SystemTest):
    def family(self, *options):
        """A system of two nodes with children in their group and grandchildren in sessions of their own."""
        run = self.run_topology({"a": {"run": fake("deaf", "child", "escape", "ready", "hang")},
                                 "b": {"run": fake("deaf", "escape", "ready", "hang"), "after": ["a"]}}, *options)
        run.wait_for("b is ready")
        pids = pids_in(run.of("a"), "child") + pids_in(run.of("a"), "escaped") + pids_in(run.of("b"), "escaped")
        self.assertEqual(len(pids), 3)
        for pid in pids:
            self.assertTrue(is_running(pid))
        return run, pids

    def test_kill_9_of_the_runner_leaves_no_process(self):
        run, pids = self.family()
        run.process.kill()
        until(lambda: not any(map(is_running, pids)), "the end of children and grandchildren", STOP_S)
        self.assertEqual(run.wait(), -signal.SIGKILL)
        self.assert_nothing_left(run)

    def test_kill_9_of_the_runner_while_nodes_start(self):
        for _ in range(5):
            run = self.run_topology({f"n{i}": {"run": fake("escape", "ready", "hang")} for i in range(4)})
            run.wait_for(r"^n\d +\| escaped")
            run.process.kill()
            self.assert_nothing_left(run)

    def test_kill_9_of_a_guard_ends_its_node_and_the_run(self):
        run, pids = self.family()
        os.kill(guards_of(run)[0], signal.SIGKILL)
        self.assertEqual(run.wait(), 1)
        self.assertIn("a lost its guard, which somebody killed", run.log)
        self.assertFalse(any(map(is_running, pids)))
        self.assert_nothing_left(run)

    def test_kill_9_of_runner_and_guards_at_once_still_ends_every_node(self):
        run = self.run_topology({name: {"run": fake("deaf", "ready", "hang")} for name in "ab"})
        run.wait_for("is ready", times=2)
        run.process.send_signal(signal.SIGSTOP)  # it cannot do anything about what follows
        for guard in guards_of(run):
            os.kill(guard, signal.SIGKILL)
        run.process.kill()
        until(lambda: not run.alive(), "the end of all nodes", STOP_S)

    def test_an_orderly_stop_ends_grandchildren_too(self):
        run = self.run_topology({"a": {"run": fake("child", "escape", "ready", "serve")}})
        run.wait_for("a is ready")
        pids = pids_in(run.of("a"), "child") + pids_in(run.of("a"), "escaped")
        self.assertEqual(run.stop(), 130)
        self.assertFalse(any(map(is_running, pids)))
        self.assert_nothing_left(run)

    def test_a_node_that_ends_takes_what_it_started_with_it_before_it_is_restarted(self):
        run = self.run_topology({"a": {"run": fake("escape", "ready", f"once:{self.folder / 'first'}", "exit:1", "serve"),
                                       "restart": {"when": "failure", "backoff": "10ms"}}})
        run.wait_for("a is ready", times=2)
        old, new = pids_in(run.of("a"), "escaped")
        self.assertFalse(is_running(old))
        self.assertTrue(is_running(new))
        self.assertEqual(run.stop(), 130)
        self.assert_nothing_left(run)

    def test_children_that_the_runner_had_before_are_left_alone(self):
        # `exec sabir run` in a script that has started something else.
        file = self.folder / "system.json"
        file.write_text(json.dumps({"topology": "t", "nodes": {"a": {"run": fake("ready", "exit:0")}}}))
        done = subprocess.Popen(["/bin/sh", "-c", 'sleep 3600 & echo "before $!"; exec "$0" run "$1"', str(SABIR), str(file)],
                                stdout=subprocess.PIPE, text=True)
        before = int(done.stdout.readline().split()[1])
        self.addCleanup(done.stdout.close)
        self.addCleanup(os.kill, before, signal.SIGKILL)
        started = time.monotonic()
        self.assertEqual(done.wait(20), 0)
        self.assertLess(time.monotonic() - started, 4)
        self.assertTrue(is_running(before))

    def test_a_pid_is_known_however_fast_a_node_is_ready(self):
        nodes = {f"n{i}": {"run": ["/bin/echo", "READY"]} for i in range(40)}
        run = self.run_topology(nodes)
        self.assertEqual(run.wait(), 0)
        self.assertNotIn("pid 0,", run.log)

    def test_nodes_have_no_terminal_and_no_descriptor_of_another(self):
        script = ("import os\n"
                  "print('session', os.getsid(0) == os.getpid(), sorted(map(int, os.listdir('/proc/self/fd')))[:-1])\n"
                  "print('READY', flush=True)\n"
                  "import sys; sys.stdin.read()\n")
        run = self.run_topology({"a": {"run": ["python3", "-c", script]}, "b": {"run": ["python3", "-c", script]}})
        run.wait_for("is ready", times=2)
        self.assertEqual(run.of("a"), ["session True [0, 1, 2]"])
        self.assertEqual(run.of("b"), ["session True [0, 1, 2]"])
        self.assertEqual(run.stop(), 130)


class Stopped(SystemTest):
    def test_a_node_that_ignores_sigterm_is_killed_in_time(self):
        run = self.run_topology({"a": {"run": fake("deaf", "ready", "hang")}})
        run.wait_for("a is ready")
        started = time.monotonic()
        self.assertEqual(run.stop(), 130)
        self.assertTrue(1.9 <= time.monotonic() - started < 4, time.monotonic() - started)
        self.assertIn("a did not stop within 2.0 s, so it is killed", run.log)

    def test_a_node_that_has_to_be_killed_makes_a_good_run_a_failed_one(self):
        run = self.run_topology({"a": {"run": fake("deaf", "ready", "hang"), "stop": {"timeout": "100ms"}},
                                 "b": {"run": fake("ready", "exit:0"), "after": ["a"]}}, "--until", "b")
        self.assertEqual(run.wait(), 1)
        self.assertIn("a did not stop within 0.1 s, so it is killed", run.log)

    def test_a_second_ctrl_c_does_not_wait(self):
        run = self.run_topology({"a": {"run": fake("deaf", "ready", "hang"), "stop": {"timeout": "1h"}}})
        run.wait_for("a is ready")
        run.process.send_signal(signal.SIGINT)
        run.wait_for("Interrupt; stopping")
        self.assertEqual(run.stop(), 130)
        self.assertIn("Interrupt again; killing what still runs", run.log)
        self.assert_nothing_left(run)

    def test_the_first_ctrl_c_while_a_failed_run_stops_kills_nobody(self):
        run = self.run_topology({"a": {"run": fake("deaf", "ready", "hang"), "stop": {"timeout": "1h"}},
                                 "b": {"run": fake("ready", "exit:3"), "after": ["a"]}})
        run.wait_for("; stopping")
        run.process.send_signal(signal.SIGINT)
        run.wait_for("Interrupt: stopping already")
        self.assertNotIn("killing what still runs", run.log)
        self.assertEqual(run.stop(), 1)
        self.assertIn("Interrupt again; killing what still runs", run.log)
        self.assert_nothing_left(run)

    def test_the_end_of_standard_input_is_enough(self):
        run = self.run_topology({"a": {"run": ["python3", "-c", "import signal, sys; signal.signal(signal.SIGTERM, "
                                               "signal.SIG_IGN); print('READY', flush=True); sys.stdin.read()"]}})
        run.wait_for("a is ready")
        self.assertEqual(run.stop(), 130)
        self.assertNotIn("killed", run.log)

    def test_another_stop_signal_may_be_asked_for(self):
        script = ("import signal, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                  "signal.signal(signal.SIGUSR1, lambda *_: sys.exit('as asked'))\n"
                  "print('READY', flush=True)\nwhile True: signal.pause()\n")
        run = self.run_topology({"a": {"run": ["python3", "-c", script], "stop": {"signal": "SIGUSR1"}}})
        run.wait_for("a is ready")
        self.assertEqual(run.stop(), 130)
        self.assertEqual(run.of("a"), ["as asked"])

    def test_each_signal_has_its_exit_code(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number):
                run = self.run_topology({"a": {"run": fake("ready", "serve")}})
                run.wait_for("a is ready")
                self.assertEqual(run.stop(number), 128 + number)


class Blocked(SystemTest):
    """Whoever reads the log may be as slow as they like."""

    FLOOD = 4_000_000

    def flooding(self, stdout):
        """A node that writes more than every buffer holds, and says in a file when it has."""
        done = self.folder / "done"
        run = self.run_topology({"a": {"run": fake("ready", f"flood:{self.FLOOD}", f"count:{done}", "serve")}}, stdout=stdout)
        return run, done

    def read_all(self, fd):
        text = b""
        os.set_blocking(fd, True)
        with contextlib.suppress(OSError):  # the last close of a terminal reads as an error
            while piece := os.read(fd, 1 << 16):
                text += piece
        return text.decode()

    def check_gap(self, text):
        """Every line of the flood was shown in its order, or counted among those left out."""
        lines = text.splitlines()
        shown = [int(line.removeprefix("a     | ")) for line in lines if line.startswith("a     | 0")]
        gaps = [int(line.split()[2]) for line in lines if "lines are left out here" in line]
        self.assertEqual(shown, sorted(shown))
        self.assertTrue(gaps)
        # Beside the flood there may be lines of the runner and the node's "flooded" in the gaps.
        self.assertIn(len(shown) + sum(gaps) - self.FLOOD // 64, range(4))

    def test_a_pipe_that_nobody_reads_blocks_no_node(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        run, done = self.flooding(writer)
        os.close(writer)
        until(done.exists, "the node has written everything")
        run.process.send_signal(signal.SIGTERM)
        self.check_gap(self.read_all(reader))
        self.assertEqual(run.wait(), 143)
        self.assert_nothing_left(run)

    def test_a_terminal_that_nobody_reads_blocks_no_node_and_stays_blocking_for_others(self):
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        run, done = self.flooding(terminal)
        until(done.exists, "the node has written everything")
        self.assertFalse(fcntl.fcntl(terminal, fcntl.F_GETFL) & os.O_NONBLOCK)
        os.close(terminal)
        run.process.send_signal(signal.SIGTERM)
        text = self.read_all(master)
        self.assertIn("lines are left out here", text)
        self.assertEqual(run.wait(), 143)
        self.assert_nothing_left(run)

    @unittest.skipUnless(os.getuid() == 0, "needs root, to become somebody else")
    def test_a_pipe_of_another_user_blocks_no_node(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        run, done = self.flooding_as_nobody(writer)
        os.close(writer)
        until(done.exists, "the node has written everything")
        run.process.send_signal(signal.SIGTERM)
        self.assertIn("lines are left out here", self.read_all(reader))
        self.assertEqual(run.wait(), 143)

    @unittest.skipUnless(os.getuid() == 0, "needs root, to become somebody else")
    def test_a_terminal_of_another_user_blocks_no_node_when_it_is_ours(self):
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        run, done = self.flooding_as_nobody(terminal)
        until(done.exists, "the node has written everything")
        os.close(terminal)
        run.process.send_signal(signal.SIGTERM)
        self.assertIn("lines are left out here", self.read_all(master))
        self.assertEqual(run.wait(), 143)

    def flooding_as_nobody(self, stdout):
        """The same as a user who may not open the pipe or terminal that is their standard output."""
        self.folder.chmod(0o777)
        done = self.folder / "done"
        flood = f"echo READY; head -c {self.FLOOD} /dev/zero | tr '\\0' x | fold -w 63; : > done; exec cat"

        def become_nobody():
            os.setsid()
            if os.isatty(1):
                fcntl.ioctl(1, termios.TIOCSCTTY, 0)
            os.setgid(65534)
            os.setuid(65534)
        run = self.run_topology({"a": {"run": ["/bin/sh", "-c", flood]}}, stdout=stdout, before=become_nobody)
        return run, done

    def test_a_stop_is_not_delayed_by_a_pipe_that_nobody_reads(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        run, done = self.flooding(writer)
        os.close(writer)
        until(done.exists, "the node has written everything")
        started = time.monotonic()
        self.assertEqual(run.stop(signal.SIGTERM), 143)
        self.assertLess(time.monotonic() - started, 4)
        self.assert_nothing_left(run)

    def test_a_log_that_nobody_can_read_any_more_stops_the_system(self):
        reader, writer = os.pipe()
        run = self.run_topology({"a": {"run": fake("ready", "serve")},
                                 "b": {"run": ["python3", "-uc", "print('READY')\nwhile True: print('tick')"]}}, stdout=writer)
        os.close(writer)
        os.read(reader, 100)
        os.close(reader)
        self.assertEqual(run.wait(), 128 + signal.SIGPIPE)
        self.assert_nothing_left(run)


if __name__ == "__main__":
    unittest.main()
