"""The doctor: every finding is made to appear, and says what is wrong and what to do."""

import json
import resource
import tempfile
import types
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness_room
from harness import skeleton
from harness.doctor import machine, software
from harness.doctor.finding import NOTE, OK, WRONG
from harness.doctor.port import check_port
from harness.testee import READY_S


def failing(*_arguments):
    raise OSError("no such luck")


class Checks(unittest.TestCase):
    def assert_finds(self, finding, level, *words):
        self.assertEqual(finding.level, level, finding)
        for word in words:
            self.assertIn(word, str(finding))
        self.assertEqual(bool(finding.do), level != OK, finding)


class Machine(Checks):
    def test_this_machine_is_fit_or_the_suite_could_not_run(self):
        for finding in machine.check_machine():
            self.assertNotEqual(finding.level, WRONG, str(finding))

    def test_an_old_python(self):
        self.assert_finds(machine.python((3, 9, 2)), WRONG, "3.9.2", "3.11")
        self.assert_finds(machine.python((3, 11, 0)), OK)

    def test_a_system_without_proc(self):
        self.assert_finds(machine.system("darwin"), WRONG, "darwin", "Linux")
        self.assert_finds(machine.system("linux", Path("/no/proc")), WRONG, "/no/proc", "mount")

    def test_loopback_that_is_down(self):
        self.assert_finds(machine.loopback(failing), WRONG, "no such luck", "ip link set lo up")
        self.assert_finds(machine.second_address(failing), NOTE, "127.0.0.2", "third host")

    def test_localhost_that_is_something_else(self):
        self.assert_finds(machine.localhost(failing), NOTE, "cannot be resolved", "/etc/hosts")
        other = [(None, None, None, "", ("127.0.1.1", 0))]
        self.assert_finds(machine.localhost(lambda *_arguments: other), NOTE, "127.0.1.1", "END-3")

    def test_tcp_ports_that_are_taken(self):
        self.assert_finds(machine.tcp_ports(failing), WRONG, "64 listeners", "ss -ltn")

    def test_too_few_ephemeral_ports(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "range"
            path.write_text("40000\t40999\n")
            self.assert_finds(machine.ephemeral_range(path), WRONG, "1000 ephemeral", "sysctl")
            path.write_text("32768 60999")
            self.assert_finds(machine.ephemeral_range(path), OK)
            finding = machine.ephemeral_range(Path(folder) / "none")
            self.assertEqual((finding.level, "cannot be read" in finding.says), (NOTE, True))

    def test_too_few_open_files(self):
        self.assert_finds(machine.descriptors(256), WRONG, "256 files", "ulimit -n 4096")
        self.assert_finds(machine.descriptors(resource.RLIM_INFINITY), OK)

    def test_a_temporary_folder_that_is_no_good(self):
        self.assert_finds(machine.folder("/no/such/folder"), WRONG, "/no/such/folder", "TMPDIR")
        with tempfile.TemporaryDirectory() as folder:
            self.assert_finds(machine.folder(folder, free=1 << 20), WRONG, "1 MiB", "make room")
            long = Path(folder) / ("x" * 90)
            long.mkdir()
            self.assert_finds(machine.folder(str(long)), NOTE, "107 bytes")

    def test_variables_that_are_left_over(self):
        self.assert_finds(machine.environment({"SABIR_BIND": "x", "SABIR_LOG": "debug"}), NOTE, "SABIR_BIND set", "unset SABIR_BIND")


class Software(Checks):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def program(self, text, mode=0o755):
        path = self.folder / "tool"
        path.write_text(text)
        path.chmod(mode)
        return software.check_toolchain(str(path), ("--version",), "Cobol", "gnucobol")

    def test_a_toolchain_that_is_missing_or_broken(self):
        missing = software.check_toolchain("no-such-tool", (), "Cobol", "gnucobol")
        self.assert_finds(missing, NOTE, "no-such-tool", "apt-get install gnucobol")
        self.assert_finds(self.program("#!/no/such/interpreter\n"), WRONG, "cannot be run")
        self.assert_finds(self.program("#!/bin/sh\nexit 3\n"), WRONG, "code 3", "no version")
        self.assert_finds(self.program("#!/bin/sh\necho tool 1.2.3 >&2\n"), OK, "1.2.3")

    def library(self, **functions):
        return lambda _name: types.SimpleNamespace(**functions)

    def test_a_libzmq_that_is_missing_broken_or_old(self):
        def version(major, minor, patch):
            major._obj.value, minor._obj.value, patch._obj.value = 4, 1, 7

        self.assert_finds(software.check_libzmq(find=lambda _name: None), NOTE, "libzmq3-dev")
        found = {"find": lambda name: f"lib{name}.so.5"}
        self.assert_finds(software.check_libzmq(load=failing, **found), WRONG, "libzmq.so.5", "no such luck")
        self.assert_finds(software.check_libzmq(load=self.library(), **found), WRONG, "cannot be used")
        self.assert_finds(software.check_libzmq(load=self.library(zmq_version=version), **found), WRONG, "4.1.7", "4.3")

    def test_a_libsabir_that_is_missing_broken_or_of_another_version(self):
        here = [str(self.folder)]
        old = self.library(sabir_version_text=lambda: b"0.9.0")
        self.assert_finds(software.check_libsabir(["/no/such/library"]), NOTE, "make lib")
        self.assert_finds(software.check_libsabir(here, load=failing), WRONG, "no such luck", "SABIR_LIBRARY")
        self.assert_finds(software.check_libsabir(here, load=old, wanted="1.0.0"), WRONG, "0.9.0", "1.0.0")
        self.assert_finds(software.check_libsabir(here, load=old, wanted="0.9.0"), OK)


def ready(bound="tcp://127.0.0.1:{port}", name="p", features="[]"):
    """Python source that says READY; the program has the listener `s`."""
    line = (f'READY {{{{"endpoint": "{bound}", "bound": "{bound}", "port": "{name}", "version": "1", "suite": 1, '
            f'"limits": {{{{"bytes": 4194304, "depth": 64}}}}, "features": {features}}}}}')
    return f"print(f'{line}', flush=True)\n"


LISTEN = "import socket, sys, os, time\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\nport = s.getsockname()[1]\n"
WAIT = "sys.stdin.read()\n"
GREETING = "b'\\xff' + bytes(8) + b'\\x7f' + bytes([{version}, 0]) + b'{mechanism}'.ljust(20, bytes(1)) + bytes(32)"


def greets(version=3, mechanism="NULL", command="READY", kind="PULL"):
    """A program that greets every connection as told."""
    body = f"b'\\x05{command}\\x0bSocket-Type\\x00\\x00\\x00' + bytes([{len(kind)}]) + b'{kind}'"
    return (f"{LISTEN}{ready()}import threading\ndef serve():\n while True:\n  c, _ = s.accept()\n"
            f"  body = {body}\n  c.sendall({GREETING.format(version=version, mechanism=mechanism)} + bytes([4, len(body)]) + body)\n"
            f"  kept.append(c)\nkept = []\nthreading.Thread(target=serve, daemon=True).start()\n{WAIT}")


class Port(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def manifest(self, **change):
        path = self.folder / "port.json"
        path.write_text(json.dumps({"name": "p", "cmd": ["python3", "p.py"], **change}))
        return path

    def finds(self, path, about, *words, ready_s=READY_S):
        """The last finding is the one that is wanted, and the only one that is wrong."""
        *before, last = check_port(path, ready_s)
        self.assertNotIn(WRONG, [finding.level for finding in before])
        self.assertEqual((last.level, last.about), (WRONG, about), str(last))
        self.assertTrue(last.do, str(last))
        for word in words:
            self.assertIn(word, str(last))

    def programs_find(self, *wanted, ready_s=READY_S):
        """Each is (source, about, words…), in a folder of its own; all at once, since most of the time is waiting."""
        def one(number, source, about, *words):
            folder = self.folder / str(number)
            folder.mkdir()
            (folder / "p.py").write_text(source)
            (folder / "port.json").write_text(json.dumps({"name": "p", "cmd": ["python3", "p.py"]}))
            self.finds(folder, about, *words, ready_s=ready_s)

        with ThreadPoolExecutor(len(wanted)) as pool:
            for done in [pool.submit(one, number, *rest) for number, rest in enumerate(wanted)]:
                done.result()

    def test_a_right_port_has_nothing_wrong(self):
        done = harness_room.run_harness("conform", "doctor", harness_room.REFERENCE)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("nothing is wrong", done.stdout)
        answer = harness_room.run_harness("doctor", "--json", harness_room.REFERENCE)
        record = json.loads(answer.stdout)
        self.assertTrue(record["ok"])
        self.assertIn("preflight", [finding["about"] for finding in record["findings"]])

    def test_what_is_wrong_ends_with_1_and_a_wrong_command_line_with_2(self):
        done = harness_room.run_harness("conform", "doctor", self.folder / "none.json")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"\nwrong   manifest .*\n +→ .*\n1 of \d+ checks found something wrong\n\Z")
        self.assertEqual(harness_room.run_harness("doctor", "--patience", "long").returncode, 2)

    def test_a_manifest_that_cannot_be_used(self):
        self.finds(self.folder / "none.json", "manifest", "cannot be read", "sabir conform init")
        self.finds(self.manifest(features=["magic"]), "manifest", "magic")
        topology = self.folder / "shop.json"
        topology.write_text('{"topology": "shop", "nodes": {}}')
        self.finds(topology, "manifest", "is a topology", "sabir check")

    def test_programs_that_are_not_there(self):
        self.finds(self.manifest(cmd=["no-such-tool"]), "cmd", "no-such-tool is not on the PATH")
        self.finds(self.manifest(build=["no-such-tool"]), "build", "no-such-tool is not on the PATH")
        self.finds(self.manifest(cmd=["./p"]), "cmd", "does not exist", "build it")
        self.finds(self.manifest(cmd=["./p"], build=["true"]), "cmd", "does not exist", "makes something else")
        self.finds(self.manifest(cmd=["./port.json"]), "cmd", "chmod +x")
        self.finds(self.manifest(cmd=["true"], ping=["./ping"]), "ping", "does not exist")
        (self.folder / "p").write_text("#!/no/such/interpreter\n")
        (self.folder / "p").chmod(0o755)
        self.finds(self.manifest(cmd=["./p"]), "start", "cannot be started", "interpreter")
        self.finds(self.manifest(build=["./p"]), "build", "cannot be started")

    def test_a_build_that_fails(self):
        self.finds(self.manifest(build=["sh", "-c", "echo line 3: oops; exit 2"]), "build", "code 2", "line 3: oops")

    def test_every_way_not_to_be_ready_has_its_sentence(self):
        self.programs_find(
            ("import sys; print('READY {}', flush=True); sys.stdin.read()", "start", "READY line is wrong", "key by key"),
            ("import sys; print('in use', file=sys.stderr); sys.exit(10)", "start", "code 10", "it said: in use"),
            ("import sys; sys.exit(7)", "start", "code 7", "by hand"),
            ("pass", "start", "code 0, without READY"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "start", "signal 11", "debugger"))

    def test_a_port_that_says_nothing_in_time_is_told_what_it_said_instead(self):
        self.programs_find(
            ("import sys; sys.stdin.read()", "start", "nothing on stdout", "flush"),
            ("import sys; print('READY {}', file=sys.stderr, flush=True); sys.stdin.read()", "start", "on stderr"),
            ("import sys; sys.stdout.write('READY {'); sys.stdout.flush(); sys.stdin.read()", "start", "no line end"),
            ("import sys; print('hello', flush=True); sys.stdin.read()", "start", "'hello' on stdout", "for the READY line alone"),
            ready_s=3)

    def test_a_ready_line_that_says_something_else_than_the_manifest(self):
        self.programs_find((LISTEN + ready(name="q") + WAIT, "start", "the port q"),
                           (LISTEN + ready(features='["flat"]') + WAIT, "features", "flat", "same features"),
                           (LISTEN + ready(bound="ipc:///tmp/x") + WAIT, "start", "no TCP port"))

    def test_a_tcp_port_where_nothing_or_no_zeromq_listens(self):
        self.programs_find(
            (LISTEN + "s.close()\n" + ready() + WAIT, "tcp port", "nothing can be connected to"),
            (LISTEN + ready() + WAIT, "zmtp", "nothing greets them"),
            (LISTEN + ready() + "c, _ = s.accept(); c.close()\n" + WAIT, "zmtp", "middle of the greeting"),
            (LISTEN + ready() + "c, _ = s.accept(); c.sendall(b'HTTP/1.1 400 Bad Request' + bytes(64))\n" + WAIT, "zmtp",
             "does not speak ZeroMQ", "HTTP/1.1"))

    def test_a_socket_of_the_wrong_kind(self):
        self.programs_find((greets(version=1), "zmtp", "ZMTP 1"), (greets(mechanism="CURVE"), "zmtp", "mechanism CURVE"),
                           (greets(kind="REP"), "socket type", "it is a REP", "PUSH sockets connect"),
                           (greets(command="ERROR"), "zmtp", "ERROR"))

    def test_a_port_that_does_not_stop_well(self):
        child = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True, stdout=2)\n"
        self.programs_find((greets().replace(WAIT, "time.sleep(60)\n"), "stop", "still runs 2 s", "linger"),
                           (greets() + "sys.exit(3)\n", "stop", "exit code 3"),
                           (greets().replace(WAIT, child + WAIT), "stop", "leaves processes behind"),
                           (greets() + "print('bye', flush=True)\n", "stdout", "had 'bye'", "stderr"))

    def test_a_port_that_does_not_get_through_the_preflight_or_heed_sigterm(self):
        self.mutants_find(("silent", "preflight", "a message to echo comes back", "RTE-4"),
                          ("silent-drop", "preflight", "an unknown target is rejected", "unknown_target"),
                          ("accept-any-type", "preflight", "an unknown type is rejected", "RTE-6"),
                          ("ignore-sigterm", "stop", "SIGTERM", "LIFE-2"))

    def test_a_port_that_answers_nobody_s_message_to_somebody(self):
        manifest = skeleton.write("python", self.folder / "p")
        program = self.folder / "p" / "testee.py"
        right = '        to = cause.get("sender")\n'
        self.assertIn(right, program.read_text())
        wrong = (right + "        kept = self.__dict__.pop('kept', None)\n        if to is None:\n"
                 "            self.kept = (type_, sender, payload)\n        elif kept:\n            self.answer(cause, *kept)\n")
        program.write_text(program.read_text().replace(right, wrong))
        self.finds(manifest, "preflight", "without sender is not answered", "nobody is answered")

    def mutants_find(self, *wanted):
        """As programs_find, for a mutant of the reference port each."""
        def one(name, about, *words):
            cmd = ["python3", str(harness_room.ROOM / "mutants" / "port.py"), "--mutant", name]
            folder = self.folder / name
            folder.mkdir()
            (folder / "port.json").write_text(json.dumps({**json.loads(harness_room.REFERENCE.read_text()), "cmd": cmd}))
            self.finds(folder, about, *words)

        with ThreadPoolExecutor(len(wanted)) as pool:
            for done in [pool.submit(one, *rest) for rest in wanted]:
                done.result()


if __name__ == "__main__":
    unittest.main()
