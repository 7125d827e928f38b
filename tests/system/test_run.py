"""`sabir run`: order, readiness, environment, the log, restarts and exit codes."""
import json
import signal
import unittest

from support import Run, SystemTest, fake, is_running, until


class Readiness(SystemTest):
    def test_a_ready_line_with_the_right_endpoint_makes_a_node_ready(self):
        run = self.run_topology({"a": {"run": fake("ready", "serve")}})
        run.wait_for(r"^sabir \| a is ready at tcp://127\.0\.0\.1:\d+")
        self.assertEqual(run.stop(), 130)
        self.assertEqual(run.of("a"), [])  # the READY line is for the runner
        self.assert_nothing_left(run)

    def test_the_word_ready_alone_is_enough(self):
        run = self.run_topology({"a": {"run": fake("plain-ready", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        self.assertIn("a is ready", run.log)

    def test_sd_notify_makes_a_node_ready_as_under_systemd(self):
        run = self.run_topology({"a": {"run": fake("notify", "serve")}})
        run.wait_for("a is ready")
        self.assertEqual(run.stop(signal.SIGTERM), 143)

    def test_a_node_that_must_notify_is_not_ready_by_a_line(self):
        run = self.run_topology({"a": {"run": fake("ready", "serve"), "ready": {"by": "notify", "timeout": "300ms"}}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a is not ready after 0.3 s", run.log)

    def test_a_node_that_must_say_a_line_is_not_ready_by_a_notification(self):
        run = self.run_topology({"a": {"run": fake("notify", "serve"), "ready": {"by": "line", "timeout": "300ms"}}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a is not ready after 0.3 s", run.log)

    def test_a_node_may_be_ready_by_starting(self):
        run = self.run_topology({"a": {"run": fake("exit:0"), "ready": {"by": "start"}}})
        self.assertEqual(run.wait(), 0)
        self.assertLess(run.position("a is ready"), run.position("a ended with exit code 0"))

    def test_a_node_that_never_gets_ready_fails_the_run(self):
        run = self.run_topology({"a": {"run": fake("hang")}}, "--ready-timeout", "200ms")
        self.assertEqual(run.wait(), 1)
        self.assertRegex(run.log, r"a is not ready after 0\.2 s, so it is stopped")
        self.assert_nothing_left(run)

    def test_ready_at_an_endpoint_that_nobody_was_told_is_a_failure(self):
        run = self.run_topology({"a": {"run": fake("elsewhere", "serve")}})
        self.assertEqual(run.wait(), 1)
        self.assertRegex(run.log, r"a is ready at tcp://127\.0\.0\.1:1, but every other node was told tcp://127\.0\.0\.1:\d+")

    def test_ready_with_something_that_is_not_json_is_a_failure(self):
        run = self.run_topology({"a": {"run": fake("broken-ready", "serve")}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a said READY, but not with one JSON object behind it", run.log)


class Order(SystemTest):
    def test_nodes_start_after_those_they_name_and_stop_before_them(self):
        run = self.run_topology({
            "third": {"run": fake("say:here", "ready", "serve"), "after": ["second"]},
            "second": {"run": fake("say:here", "ready", "serve"), "after": ["first"]},
            "first": {"run": fake("say:here", "ready", "serve")},
        })
        run.wait_for("third is ready")
        self.assertEqual(run.stop(), 130)
        marks = [run.position(pattern) for pattern in (
            r"^first .*here", "first is ready", r"^second .*here", "second is ready", r"^third .*here", "third is ready")]
        self.assertEqual(marks, sorted(marks))

    def test_a_node_stops_only_when_those_after_it_have_ended(self):
        # Each says how many of those after it still run when it is stopped.
        last = self.folder / "last-ended"
        script = ("import os, signal, sys, time\n"
                  "def stop(*_):\n"
                  "    name = os.environ['SABIR_NODE']\n"
                  "    if name == 'late':\n"
                  "        time.sleep(0.3); open(sys.argv[1], 'w').close()\n"
                  "    else:\n"
                  "        print('late has ended:', os.path.exists(sys.argv[1]), flush=True)\n"
                  "    os._exit(0)\n"
                  "signal.signal(signal.SIGTERM, stop)\n"
                  "print('READY', flush=True)\n"
                  "while True: signal.pause()\n")
        command = ["python3", "-c", script, str(last)]
        run = self.run_topology({"early": {"run": command}, "late": {"run": command, "after": ["early"]}})
        run.wait_for("late is ready")
        self.assertEqual(run.stop(), 130)
        self.assertEqual(run.of("early"), ["late has ended: True"])

    def test_a_system_whose_nodes_have_all_ended_well_ends_with_0(self):
        run = self.run_topology({"a": {"run": fake("ready", "exit:0")}, "b": {"run": fake("ready", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        self.assert_nothing_left(run)

    def test_until_stops_the_system_when_that_node_has_ended(self):
        run = self.run_topology({"server": {"run": fake("ready", "serve")},
                                 "client": {"run": fake("ready", "exit:0"), "after": ["server"]}}, "--until", "client")
        self.assertEqual(run.wait(), 0)
        self.assertIn("client has ended; stopping", run.log)
        self.assert_nothing_left(run)

    def test_until_a_node_that_fails_ends_with_1(self):
        run = self.run_topology({"server": {"run": fake("ready", "serve")},
                                 "client": {"run": fake("ready", "exit:4"), "after": ["server"]}}, "--until", "client")
        self.assertEqual(run.wait(), 1)


class Told(SystemTest):
    def test_every_node_is_told_its_place_and_that_of_all_others(self):
        run = self.run_topology({
            "a": {"run": fake("env:SABIR_NODE", "env:SABIR_BIND", "peers", "plain-ready", "serve"), "actors": ["x", "y"]},
            "b": {"run": fake("env:SABIR_BIND", "plain-ready", "serve"), "dialect": "flat"},
        })
        run.wait_for("is ready", times=2)
        self.assertEqual(run.stop(), 130)
        name, bind, peers = run.of("a")
        self.assertEqual(name, "SABIR_NODE=a")
        nodes = json.loads(peers.removeprefix("peers "))["nodes"]
        self.assertEqual(nodes["a"], {"endpoint": bind.removeprefix("SABIR_BIND="), "dialect": "v1", "actors": ["x", "y"]})
        self.assertEqual(nodes["b"]["endpoint"], run.of("b")[0].removeprefix("SABIR_BIND="))
        self.assertEqual(nodes["b"]["dialect"], "flat")
        self.assertNotEqual(nodes["a"]["endpoint"], nodes["b"]["endpoint"])

    def test_the_peers_file_is_private_and_carries_what_is_allowed(self):
        script = ("import os, json; path = os.environ['SABIR_PEERS']; folder = os.path.dirname(path)\n"
                  "print(oct(os.stat(folder).st_mode), oct(os.stat(path).st_mode), json.load(open(path))['allow'])\n"
                  "print('READY')")
        run = Run(self.folder, {"topology": "t", "allow": ["10.0.0.7:9"], "nodes": {"a": {"run": ["python3", "-c", script]}}})
        self.addCleanup(run.clear_away)
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), ["0o40700 0o100600 ['10.0.0.7:9']"])

    def test_a_tcp_port_of_the_file_is_the_one_that_is_told(self):
        run = self.run_topology({"a": {"run": fake("env:SABIR_BIND", "ready", "exit:0"), "tcp_port": 28731}})
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), ["SABIR_BIND=tcp://127.0.0.1:28731"])

    def test_a_tcp_port_that_is_taken_is_said_before_anything_starts(self):
        import socket
        with socket.create_server(("127.0.0.1", 0)) as other:
            number = other.getsockname()[1]
            run = self.run_topology({"b": {"run": fake("ready", "serve")}, "a": {"run": fake("ready"), "tcp_port": number}})
            self.assertEqual(run.wait(), 1)
        self.assertIn(f"a cannot have the TCP port {number}: Address already in use", run.log)
        self.assertNotIn("is ready", run.log)

    def test_variables_of_node_topology_and_runner_are_merged_the_nearest_first(self):
        words = ("env:ONE", "env:TWO", "env:THREE", "env:FOUR", "env:SABIR_ADVERTISE", "ready", "exit:0")
        run = Run(self.folder, {
            "topology": "t", "env": {"ONE": "topology", "TWO": "topology", "FOUR": "$$${NOT_SET:-a default}"},
            "nodes": {"a": {"run": fake(*words), "env": {"ONE": "node ${GIVEN}"}}}},
            env={"ONE": "runner", "TWO": "runner", "THREE": "runner", "GIVEN": "given", "SABIR_ADVERTISE": "tcp://x:1"})
        self.addCleanup(run.clear_away)
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), ["ONE=node given", "TWO=topology", "THREE=runner", "FOUR=$a default",
                                       "SABIR_ADVERTISE=None"])

    def test_secrets_come_from_files_and_variables(self):
        (self.folder / "key").write_text("from file\n")
        run = self.run_topology({"a": {"run": fake("env:ONE", "env:TWO", "ready", "exit:0"),
                                       "secrets": {"ONE": "file:key", "TWO": "env:HIDDEN"}}}, env={"HIDDEN": "from env"})
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), ["ONE=from file", "TWO=from env"])

    def test_a_node_runs_in_its_folder_or_that_of_the_file(self):
        (self.folder / "inner").mkdir()
        run = self.run_topology({"a": {"run": fake("dir", "ready", "exit:0")},
                                 "b": {"run": fake("dir", "ready", "exit:0"), "dir": "inner"}})
        self.assertEqual(run.wait(), 0)
        self.assertEqual((run.of("a"), run.of("b")), ([str(self.folder)], [str(self.folder / "inner")]))


class Log(SystemTest):
    def test_each_line_stands_behind_the_name_of_its_node(self):
        run = self.run_topology({"a": {"run": fake("say:one", "err:two", "ready", "exit:0")},
                                 "longer-name": {"run": fake("say:three", "ready", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        self.assertIn("a           | one", run.lines)
        self.assertIn("a           | two", run.lines)
        self.assertIn("longer-name | three", run.lines)

    def test_what_a_terminal_would_obey_is_escaped(self):
        run = self.run_topology({"a": {"run": fake(
            r"say:\x1b[31mred\x07 tab\tend\r", r"say:\xc2\x9b2J \xe2\x80\xae \xff \xc3\xa4", "ready", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), [r"\x1b[31mred\x07 tab" + "\tend", "\\u009b2J \\u202e \\xff ä"])

    def test_colour_is_for_terminals_or_on_demand(self):
        nodes = {"a": {"run": fake("say:hello", "ready", "exit:0")}}
        plain = self.run_topology(nodes)
        self.assertEqual(plain.wait(), 0)
        self.assertNotIn("\x1b", plain.log)
        coloured = self.run_topology(nodes, "--color", "always")
        self.assertEqual(coloured.wait(), 0)
        self.assertRegex(coloured.log, "\x1b\\[\\d+ma     \\|\x1b\\[0m hello")

    def test_a_huge_line_is_cut_and_says_by_how_much(self):
        run = self.run_topology({"a": {"run": fake("long:3000000", "say:after", "ready", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        cut, after = run.of("a")
        self.assertEqual(cut, "x" * 8192 + f" [cut: {3000000 - 8192} bytes more]")
        self.assertEqual(after, "after")

    def test_the_last_words_of_a_node_are_not_lost(self):
        words = [word for i in range(200) for word in (f"say:line {i}",)]
        run = self.run_topology({"a": {"run": fake("ready", *words, "err:the end", "exit:0")}})
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a")[:200], [f"line {i}" for i in range(200)])
        self.assertIn("the end", run.of("a"))

    def test_the_last_words_are_not_lost_when_the_end_is_seen_first(self):
        # The node fills an enlarged pipe and ends while the runner stands still: output and end are there at the same time.
        goes = self.folder / "goes"
        script = ("import fcntl, os, sys, time\n"
                  "fcntl.fcntl(1, 1031, 1 << 20)  # F_SETPIPE_SZ\n"
                  "print('READY', flush=True)\n"
                  "while not os.path.exists(sys.argv[1]): time.sleep(0.01)\n"
                  "os.write(1, b''.join(b'%062d\\n' % i for i in range(12000)))\n")
        run = self.run_topology({"a": {"run": ["python3", "-c", script, str(goes)]}})
        line = run.wait_for("a is ready")
        node = int(line.split("pid ")[1].split(",")[0])
        run.process.send_signal(signal.SIGSTOP)
        goes.touch()
        until(lambda: not is_running(node), "the end of the node")
        run.process.send_signal(signal.SIGCONT)
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), [f"{i:062d}" for i in range(12000)])

    def test_a_last_line_without_end_is_shown(self):
        run = self.run_topology({"a": {"run": ["python3", "-c", "import sys; print('READY'); sys.stdout.write('half')"]}})
        self.assertEqual(run.wait(), 0)
        self.assertEqual(run.of("a"), ["half"])


class Failure(SystemTest):
    def test_a_crash_stops_the_rest_and_ends_with_1(self):
        run = self.run_topology({"a": {"run": fake("ready", "serve")}, "b": {"run": fake("ready", "exit:7"), "after": ["a"]}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("b ended with exit code 7", run.log)
        self.assertIn("b has failed; stopping", run.log)
        self.assert_nothing_left(run)

    def test_a_signal_is_named(self):
        run = self.run_topology({"a": {"run": fake("ready", "signal:11")}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a was ended by signal 11 (Segmentation fault)", run.log)

    def test_an_end_before_readiness_is_a_failure_even_with_exit_code_0(self):
        run = self.run_topology({"a": {"run": fake("exit:0")}, "b": {"run": fake("ready", "serve"), "after": ["a"]}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a ended with exit code 0 before it was ready", run.log)
        self.assertNotIn("b is ready", run.log)

    def test_a_program_that_cannot_be_executed_is_a_failure_with_its_reason(self):
        broken = self.folder / "broken"
        broken.write_text("#!/no/such/interpreter\n")
        broken.chmod(0o755)
        run = self.run_topology({"a": {"run": ["./broken"]}})
        self.assertEqual(run.wait(), 1)
        self.assertIn("a cannot be started: No such file or directory", run.log)
        self.assert_nothing_left(run)

    def test_a_node_that_fails_is_restarted_until_it_is_well(self):
        first, count = self.folder / "first", self.folder / "count"
        run = self.run_topology({"a": {"run": fake(f"count:{count}", "ready", f"once:{first}", "exit:3", "serve"),
                                       "restart": {"when": "failure", "max": 3, "backoff": "10ms"}}})
        run.wait_for("a is ready", times=2)
        self.assertEqual(run.stop(), 130)
        self.assertRegex(run.log, r"a is started again in 0\.01 s, restart 1 of 3")
        self.assertEqual(count.read_text().count("started"), 2)
        self.assert_nothing_left(run)

    def test_restarts_end_at_their_limit(self):
        count = self.folder / "count"
        run = self.run_topology({"a": {"run": fake(f"count:{count}", "ready", "exit:3"),
                                       "restart": {"when": "failure", "max": 2, "backoff": "10ms"}}})
        self.assertEqual(run.wait(), 1)
        self.assertEqual(count.read_text().count("started"), 3)
        self.assertIn("a has been restarted 2 times, so it is left alone", run.log)

    def test_a_node_that_ends_well_is_restarted_only_always(self):
        count = self.folder / "count"
        nodes = {"a": {"run": fake(f"count:{count}", "ready", "exit:0"),
                       "restart": {"when": "failure", "max": 2, "backoff": "10ms"}}}
        self.assertEqual(self.run_topology(nodes).wait(), 0)
        self.assertEqual(count.read_text().count("started"), 1)
        nodes["a"]["restart"]["when"] = "always"
        self.assertEqual(self.run_topology(nodes).wait(), 1)
        self.assertEqual(count.read_text().count("started"), 1 + 3)

    def test_a_node_that_is_too_late_is_restarted_too(self):
        run = self.run_topology({"a": {"run": fake("deaf", f"once:{self.folder / 'first'}", "hang", "ready", "serve"),
                                       "ready": {"timeout": "300ms"}, "stop": {"timeout": "100ms"},
                                       "restart": {"when": "failure", "max": 9, "backoff": "10ms"}}})
        run.wait_for("a is ready")
        self.assertIn("a is not ready after 0.3 s", run.log)
        self.assertEqual(run.stop(), 130)
        self.assert_nothing_left(run)

    def test_stopping_does_not_wait_for_a_back_off(self):
        run = self.run_topology({"a": {"run": fake("ready", "exit:1"),
                                       "restart": {"when": "always", "max": 9, "backoff": "1h"}}})
        run.wait_for("a is started again in")
        self.assertEqual(run.stop(), 130)

    def test_usage_is_2_and_says_what_is_wrong(self):
        nodes = {"server": {"run": fake("ready")}}
        for options, sentence in ((("--until", "sever"), 'has no node "sever"; did you mean "server"?'),
                                  (("--ready-timeout", "5"), '--ready-timeout is a whole number with its unit'),
                                  (("--color", "red"), '--color is always, never or auto, not "red"'),
                                  (("--sooner", "x"), "there is no option --sooner"),
                                  (("again.json",), "one topology file at a time")):
            with self.subTest(options):
                run = self.run_topology(nodes, *options)
                self.assertEqual(run.wait(), 2)
                self.assertIn(sentence, run.log)


if __name__ == "__main__":
    unittest.main()
