"""The topology files of the house run: the main job, started by `sabir run` as real processes."""
import os
import signal
import subprocess
import unittest

from support import BUILD, ROOT, SABIR, Run, SystemTest, until

TOPOLOGIES = ROOT / "interop/topologies"
TIMEOUT_S = 120


def environment(**more):
    return {**os.environ, "SABIR_BUILD": str(BUILD), **more}


class PingPong(SystemTest):
    def test_every_language_plays_with_every_language(self):
        done = subprocess.run([str(SABIR), "run", "--until", "referee", str(TOPOLOGIES / "ping_pong.json")], timeout=TIMEOUT_S,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment())
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for ping in ("c", "cpp", "rust", "python"):
            for pong in ("c", "cpp", "rust", "python"):
                self.assertIn(f"referee     | {ping} -> {pong}: 1000 rounds, 0 errors\n", done.stdout)
        self.assertIn("referee     | 16 of 16 pairs passed\n", done.stdout)

    def test_every_topology_of_the_house_is_good(self):
        files = [path for path in TOPOLOGIES.glob("*.json") if not path.name.endswith(".schema.json")]
        self.assertTrue(files)
        for file in files:
            done = subprocess.run([str(SABIR), "check", str(file)], capture_output=True, text=True, env=environment())
            self.assertEqual((done.returncode, done.stderr), (0, ""))


class RealNodes(SystemTest):
    """The ports of the house as nodes: what the fake nodes of the other tests cannot show."""

    NODES = {
        "c": {"run": [str(BUILD / "interop/ports/c/testee")], "actors": ["echo"]},
        "cpp": {"run": [str(BUILD / "interop/ports/cpp/testee")], "actors": ["echo"]},
        "rust": {"run": [str(BUILD / "rust/release/testee")], "actors": ["echo"]},
        "python": {"run": [str(ROOT / ".venv/bin/python"), str(ROOT / "interop/ports/python/testee.py")], "actors": ["echo"]},
    }

    def test_they_are_ready_and_stop_by_themselves(self):
        run = self.run_topology(self.NODES)
        run.wait_for("is ready", times=len(self.NODES))
        self.assertEqual(run.stop(), 130)
        self.assertNotIn("killed", run.log)
        self.assert_nothing_left(run)

    def test_they_end_with_a_runner_that_was_killed(self):
        run = self.run_topology(self.NODES)
        run.wait_for("is ready", times=len(self.NODES))
        self.assertGreaterEqual(len(run.alive()), len(self.NODES) + 1)
        run.process.kill()
        until(lambda: not run.alive(), "the end of all nodes", 2.0)

    def test_a_node_that_is_killed_is_restarted_at_its_place(self):
        nodes = {name: {**node, "restart": {"when": "failure", "backoff": "10ms"}} for name, node in self.NODES.items()}
        run = self.run_topology(nodes)
        run.wait_for("is ready", times=len(self.NODES))
        for name in nodes:
            first = run.wait_for(f"{name} is ready")
            os.kill(int(first.split("pid ")[1].split(",")[0]), signal.SIGKILL)
            again = run.wait_for(f"{name} is ready", times=2)
            self.assertEqual(first.split(",")[0], again.split(",")[0])  # the same endpoint
            self.assertNotEqual(first, again)
        self.assertEqual(run.stop(), 130)

    def test_a_tcp_port_that_somebody_else_takes_in_between_is_exit_code_10(self):
        # Two nodes of one topology are told different TCP ports; one that disobeys meets the other's.
        script = ("import os, sys; os.environ['SABIR_BIND'] = sys.argv[1]\n"
                  "os.execv(sys.argv[2], sys.argv[2:])\n")
        testee = str(BUILD / "interop/ports/c/testee")
        run = Run(self.folder, {"topology": "t", "nodes": {
            "first": {"run": [testee], "tcp_port": 28733},
            "second": {"run": ["python3", "-c", script, "tcp://127.0.0.1:28733", testee], "after": ["first"]}}})
        self.addCleanup(run.clear_away)
        self.assertEqual(run.wait(), 1)
        self.assertIn("second ended with exit code 10 before it was ready", run.log)


if __name__ == "__main__":
    unittest.main()
