"""The matrix: right ports pass, and a wrong one in either seat is the one that is blamed."""

import json
import unittest

import harness_room
from harness import manifest as manifests
from harness.errors import UsageError
from harness.game import Foul, Game
from harness.loop import Loop
from harness.matrix import load_ports

RIGHT = manifests.load(harness_room.REFERENCE)


def wrong(mutant):
    """The reference port under another name, with a fault in both of its roles."""
    return RIGHT.having(name="wrong", ping=(*RIGHT.ping, "--mutant", mutant), pong=(*RIGHT.pong, "--mutant", mutant))


def play(ping, pong, rounds=20, dialect="v1"):
    loop = Loop()
    try:
        return Game(loop, ping, pong, rounds, dialect).play()
    finally:
        loop.close()


class Playing(unittest.TestCase):
    def test_two_right_ports_play_to_the_end_in_both_dialects(self):
        for dialect in ("v1", "flat"):
            self.assertEqual(play(RIGHT, RIGHT, 20, dialect), 40)

    def test_the_wrong_one_is_blamed_in_either_seat(self):
        for mutant, about in (("extra-out-key", "envelope"), ("bom-out", "envelope"), ("two-frames", "envelope"),
                              ("wrong-sender-name", "envelope"), ("exit-1-on-stop", "stop"), ("noise-on-stdout", "start"),
                              ("advertise-wildcard", "start")):
            for seats in ((wrong(mutant), RIGHT), (RIGHT, wrong(mutant))):
                with self.subTest(mutant=mutant, ping=seats[0].name), self.assertRaises(Foul) as caught:
                    play(*seats)
                self.assertEqual((caught.exception.who, caught.exception.what), ("wrong", about))

    def test_a_pong_too_many_is_a_foul_of_order(self):
        with self.assertRaises(Foul) as caught:
            play(RIGHT, wrong("double-reply"))
        self.assertEqual((caught.exception.who, caught.exception.what), ("wrong", "order"))

    def test_a_count_in_another_spelling_is_a_foul_of_values(self):
        with self.assertRaises(Foul) as caught:
            play(RIGHT, wrong("ints-as-doubles"))
        self.assertEqual((caught.exception.who, caught.exception.what), ("wrong", "values"))
        self.assertIn("**wrong** emitted", str(caught.exception))

    def test_a_port_that_does_not_start_is_blamed(self):
        with self.assertRaises(Foul) as caught:
            play(RIGHT, RIGHT.having(name="wrong", pong=("false",)))
        self.assertEqual((caught.exception.who, caught.exception.what), ("wrong", "start"))


class Command(unittest.TestCase):
    def test_the_last_line_counts_the_pairs(self):
        done = harness_room.run_harness("matrix", harness_room.REFERENCE, "--rounds", "10")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "1 of 1 pairs passed"))

    def test_json_tells_every_cell(self):
        done = harness_room.run_harness("matrix", harness_room.REFERENCE, "--rounds", "10", "--json", "-")
        record = json.loads(done.stdout)
        self.assertEqual((record["pairs"], record["passed"], record["cells"][0]["messages"]), (1, 1, 20))

    def test_ports_without_roles_or_with_one_name_are_refused(self):
        with self.assertRaisesRegex(UsageError, "two of the ports"):
            load_ports([harness_room.REFERENCE] * 2)
        self.assertEqual(harness_room.run_harness("matrix", harness_room.REFERENCE, "--rounds", "0").returncode, 2)


if __name__ == "__main__":
    unittest.main()
