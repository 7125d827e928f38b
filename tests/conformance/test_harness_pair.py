"""Pairs and the ring: right ports pass, a wrong one in either seat is the one that is blamed, the proxy is the network it is told to be."""

import contextlib
import os
import random
import signal
import unittest
from unittest import mock

import harness_room
from harness import crew, pair_steps
from harness import link as links
from harness import manifest as manifests
from harness.errors import UsageError
from harness.game import HARNESS, Game
from harness.link import Listener
from harness.loop import Loop
from harness.matrix import load_ports, path_of, play_all
from harness.pair import Pair, load_all
from harness.proxy import Proxy, Weather
from harness.ring import send_round
from harness.zmtp import Message, Session

RIGHT = manifests.load(harness_room.REFERENCE)
OTHER = RIGHT.having(name="other")
CASES = load_all()


def wrong(mutant):
    return RIGHT.having(name="wrong", cmd=(*RIGHT.cmd, "--mutant", mutant))


def play(first, second, *ids):
    return dict(Pair(first, second, seed=1).play([CASES[id_] for id_ in ids]))


class Pairs(unittest.TestCase):
    def test_two_right_ports_pass(self):
        ids = ("pair.values", "pair.unicode", "pair.rejects", "pair.no-loop", "pair.ask", "pair.restart-receiver", "pair.flat")
        self.assertEqual(play(RIGHT, OTHER, *ids), dict.fromkeys(ids))

    def test_the_wrong_one_is_blamed_in_either_seat(self):
        for mutant, case_id in (("cjson-15-digits", "pair.values"), ("ascii-replace", "pair.unicode")):
            for seats in ((wrong(mutant), RIGHT), (RIGHT, wrong(mutant))):
                with self.subTest(mutant=mutant, first=seats[0].name):
                    foul = play(*seats, case_id)[case_id]
                    self.assertEqual((foul.who, foul.what), ("wrong", case_id))

    def test_a_fault_ends_the_pair(self):
        self.assertEqual(list(play(RIGHT, wrong("wrong-code"), "pair.rejects", "pair.values")), ["pair.rejects"])

    def test_a_node_that_does_not_start_or_stop_as_it_has_to_is_blamed(self):
        self.assertEqual(play(RIGHT, RIGHT.having(name="wrong", cmd=("false",)), "pair.ask")["pair"].who, "wrong")
        self.assertEqual(play(wrong("exit-1-on-stop"), RIGHT, "pair.ask")["pair"].what, "stop")

    def test_a_way_that_was_never_cut_is_a_fault_in_words_of_whoever_did_not_send(self):
        chaos = CASES["pair.chaos"]
        few = [{**step, "count": "3"} if step["do"] == "burst" else step for step in chaos.steps]
        with mock.patch.object(pair_steps, "STALL_S", 0.5):
            ((_id, foul),) = Pair(RIGHT, OTHER, seed=1).play([chaos.having(steps=tuple(few))])
        self.assertEqual((foul.who, foul.what), ("reference", "pair.chaos"))
        self.assertIn("sent 3 messages to b and then nothing", foul.why)

    def test_a_case_that_is_wrong_blames_the_harness_in_words(self):
        steps = ({"do": "open", "peer": "A", "node": "a"}, {"do": "canary", "peer": "A"}, {"do": "stop", "node": "c", "how": "eof"})
        ((_id, foul),) = Pair(RIGHT, OTHER, seed=1).play([CASES["pair.ask"].having(steps=steps)])
        self.assertEqual((foul.who, foul.why), (HARNESS, "has shown nothing: the node c was not started"))

    def test_what_one_of_them_lacks_is_not_played_and_not_passed(self):
        without = OTHER.having(features=OTHER.features - {"ask"}, cmd=(*OTHER.cmd,))
        self.assertEqual(play(RIGHT, without, "pair.ask"), {})


class TheMatrix(unittest.TestCase):
    def test_a_wrong_port_reddens_its_row_and_its_column_only(self):
        cells = play_all([RIGHT, OTHER, wrong("ascii-replace")], 5, "v1", lambda cell: None, [CASES["pair.unicode"]])
        self.assertEqual({(cell.ping, cell.pong) for cell in cells if not cell.passed},
                         {(a, b) for a in ("reference", "other", "wrong") for b in ("reference", "other", "wrong") if "wrong" in (a, b)})
        self.assertEqual({cell.foul.who for cell in cells if cell.foul}, {"wrong"})
        self.assertEqual(cells[0].cases, ("pair.unicode",))

    def test_what_fails_in_a_cell_ends_that_cell_and_none_of_the_others(self):
        def fault(game):
            if game.players[0].port == "other":
                raise ZeroDivisionError("planted")
            return right(game)

        right = Game.play
        with mock.patch.object(Game, "play", fault), open(os.devnull, "w") as silence, contextlib.redirect_stderr(silence):
            cells = play_all([RIGHT, OTHER], 5, "v1", lambda cell: None)
        self.assertEqual([cell.passed for cell in cells], [True, True, False, False])
        self.assertEqual((cells[2].foul.who, cells[2].foul.why), (HARNESS, "has failed: ZeroDivisionError: planted"))

    def test_a_process_that_is_killed_costs_its_own_cell(self):
        def die(game):
            if game.players[0].port == "other":
                os.kill(os.getpid(), signal.SIGKILL)
            return right(game)

        right = Game.play
        with mock.patch.object(Game, "play", die):
            cells = play_all([RIGHT, OTHER], 5, "v1", lambda cell: None)
        self.assertEqual([cell.passed for cell in cells], [True, True, False, False])
        self.assertEqual(cells[3].foul.why, "has lost the process that judged: it ended with signal 9 and without a result")

    def test_a_port_that_cannot_be_built_fails_in_its_own_cells(self):
        cells = play_all([RIGHT, OTHER.having(build=("false",))], 5, "v1", lambda cell: None)
        self.assertEqual([cell.passed for cell in cells], [True, False, False, False])
        self.assertEqual((cells[1].foul.who, cells[1].foul.what), ("other", "start"))
        self.assertIn("cannot be built: other: the build command ended with code 1", cells[1].foul.why)

    def test_ports_have_names(self):
        self.assertEqual(load_ports([path_of("reference")])[0].name, "reference")
        with self.assertRaisesRegex(UsageError, "there is no port cobol here; there are c, cpp"):
            path_of("cobol")


class TheCrew(unittest.TestCase):
    def test_the_order_is_that_of_the_items_whoever_is_first(self):
        first, second = os.pipe()

        def work(item):  # the last one lets the first one go on
            return os.read(first, 1) if item == 0 else os.write(second, b"x") if item == 2 else item

        self.assertEqual(list(crew.outcomes(work, [0, 1, 2], 3)), [b"x", 1, 1])
        for end in (first, second):
            os.close(end)

    def test_whoever_stops_listening_leaves_no_process_behind(self):
        def work(item):
            return os.getpid() if item == 0 else signal.pause()

        found = crew.outcomes(work, [0, 1, 2], 3)
        next(found)
        found.close()
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


class TheVerbs(unittest.TestCase):
    def test_list_and_explain_know_the_cases_of_pairs(self):
        done = harness_room.run_harness("list", "pair.*")
        self.assertEqual({line.split()[0] for line in done.stdout.splitlines()}, set(CASES))
        for case_id in CASES:
            done = harness_room.run_harness("explain", case_id)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"of pairs: two nodes, a and b, behind a proxy each; `sabir matrix A B --case {case_id}` plays it", done.stdout)

    def test_replay_plays_one_case_of_a_pair_with_its_transcript(self):
        done = harness_room.run_harness("replay", f"{harness_room.REFERENCE}:{harness_room.REFERENCE}#pair.ask@7")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("reference → reference pair.ask: passed", done.stdout)
        self.assertIn('a < {"type":"conf.Echo","target":"echo"', done.stdout)

    def test_replay_of_a_pair_needs_two_ports(self):
        done = harness_room.run_harness("replay", f"{harness_room.REFERENCE}#pair.ask@7")
        self.assertEqual(done.returncode, 2)
        self.assertIn("pair.ask is a case of pairs: say A.json:B.json#pair.ask@7", done.stderr)


class TheRing(unittest.TestCase):
    def test_it_is_whole_with_right_ports(self):
        self.assertIsNone(send_round([RIGHT, OTHER, RIGHT.having(name="third")], 1))

    def test_whoever_breaks_it_is_blamed(self):
        for mutant in ("forwards-as-another", "ascii-replace", "forwards-without-trace"):
            with self.subTest(mutant):
                self.assertEqual(send_round([RIGHT, wrong(mutant), OTHER], 1).who, "wrong")


class TheProxy(unittest.TestCase):
    def setUp(self):
        self.loop = Loop()
        self.addCleanup(self.loop.close)
        self.got = []
        self.node = Listener(self.loop, lambda _link, event: self.got.append(event.parts[0]) if isinstance(event, Message) else None)
        self.addCleanup(self.node.close)
        self.proxy = Proxy(self.loop, lambda parts: None, random.Random(1))
        self.addCleanup(self.proxy.close)
        self.proxy.connect((self.node.host, self.node.port))
        self.sender = links.connect(self.loop, self.proxy.listener.host, self.proxy.listener.port, Session("PUSH"), lambda *_event: None)
        self.addCleanup(self.sender.close)
        self.loop.run_until(lambda: self.sender.is_ready, 10)

    def send(self, *texts):
        for text in texts:
            self.sender.send((text,))

    def test_what_comes_is_passed_on_in_order(self):
        self.send(b"1", b"2", b"3")
        self.assertTrue(self.loop.run_until(lambda: self.got == [b"1", b"2", b"3"], 10))

    def test_bad_weather_delays_and_then_passes_on_all(self):
        self.proxy.set_weather(Weather(delay_s=0.2))
        self.send(b"1", b"2")
        self.assertFalse(self.loop.run_until(lambda: self.got, 0.1))
        self.assertTrue(self.loop.run_until(lambda: self.got == [b"1", b"2"], 10))

    def test_a_cut_loses_the_message_that_it_is_in_and_no_half_of_it_arrives(self):
        self.proxy.set_weather(Weather(cut_every_bytes=1))
        self.send(b"x" * 100)
        self.assertTrue(self.loop.run_until(lambda: self.proxy.cuts == 1 and not self.sender.is_open, 10))
        self.assertEqual(self.got, [])

    def test_what_comes_while_it_is_cut_is_not_taken_for_the_other_half(self):
        self.proxy.set_weather(Weather(cut_every_bytes=1))
        with mock.patch.object(links.Link, "is_flushed", False):  # as if the half were slow to leave
            self.loop.later(0.1, lambda: self.send(b"y" * 100))
            self.send(b"x" * 100)
            self.assertTrue(self.loop.run_until(lambda: self.proxy.cuts and not self.sender.is_open, 10))
        self.loop.run_until(lambda: self.got, 0.2)
        self.assertEqual(self.got, [])

    def test_a_node_that_comes_back_is_found_at_the_same_endpoint(self):
        endpoint = self.proxy.endpoint
        self.proxy.go_down()
        self.assertTrue(self.loop.run_until(lambda: not self.sender.is_open, 10))
        self.proxy.come_up((self.node.host, self.node.port))
        self.assertEqual(self.proxy.endpoint, endpoint)


if __name__ == "__main__":
    unittest.main()
