"""Pairs and the ring: right ports pass, a wrong one in either seat is the one that is blamed, the proxy is the network it is told to be."""

import random
import unittest

import harness_room
from harness import link as links
from harness import manifest as manifests
from harness.errors import UsageError
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

    def test_ports_have_names(self):
        self.assertEqual(load_ports([path_of("reference")])[0].name, "reference")
        with self.assertRaisesRegex(UsageError, "there is no port cobol here; there are c, cpp"):
            path_of("cobol")


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

    def test_a_node_that_comes_back_is_found_at_the_same_endpoint(self):
        endpoint = self.proxy.endpoint
        self.proxy.go_down()
        self.assertTrue(self.loop.run_until(lambda: not self.sender.is_open, 10))
        self.proxy.come_up((self.node.host, self.node.port))
        self.assertEqual(self.proxy.endpoint, endpoint)


if __name__ == "__main__":
    unittest.main()
