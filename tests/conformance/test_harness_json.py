"""The strict reader against lists of good and bad texts, and the writer against the reader."""

import json
import random
import struct
import unittest
from pathlib import Path

import harness_room  # noqa: F401
from harness import jsontext
from harness.jsontext import JsonError, Number

TEXTS = json.loads(Path(__file__).with_name("json_texts.json").read_text(encoding="utf-8"))


def plain(value):
    """The value as Python's own json would give it."""
    if isinstance(value, Number):
        return int(value.token) if value.is_integer else float(value.token)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


class Reading(unittest.TestCase):
    def test_good_texts_give_what_python_reads(self):
        for text in TEXTS["accepted"]:
            with self.subTest(text):
                self.assertEqual(plain(jsontext.read(text.encode())), json.loads(text))

    def test_bad_texts_break_the_clause_that_they_should(self):
        for text, clause in TEXTS["refused"]:
            with self.subTest(text), self.assertRaises(JsonError) as caught:
                jsontext.read(text.encode("utf-8"))
            self.assertEqual(caught.exception.clause, clause, text)

    def test_bad_bytes_break_the_clause_that_they_should(self):
        for data, clause in TEXTS["refused_bytes"]:
            with self.subTest(data), self.assertRaises(JsonError) as caught:
                jsontext.read(bytes.fromhex(data))
            self.assertEqual(caught.exception.clause, clause, data)

    def test_the_offset_is_in_bytes(self):
        with self.assertRaises(JsonError) as caught:
            jsontext.read('{"é😀": x}'.encode())
        self.assertEqual(caught.exception.offset, len('{"é😀": '.encode()))

    def test_the_limit_of_depth_is_exact(self):
        self.assertIsInstance(jsontext.read(b"[" * 64 + b"]" * 64), list)
        with self.assertRaises(JsonError) as caught:
            jsontext.read(b"[" * 65 + b"]" * 65)
        self.assertEqual((caught.exception.clause, caught.exception.offset), ("LIM-1", 64))

    def test_a_hundred_thousand_levels_are_refused_like_65(self):
        with self.assertRaises(JsonError):
            jsontext.read(b"[" * 100_000)

    def test_numbers_keep_their_tokens(self):
        for token in ("-0", "-0.0", "1E2", "1.0", "18446744073709551616", "1e400"):
            self.assertEqual(jsontext.read(token.encode()), Number(token))
        self.assertNotEqual(Number("1"), Number("1.0"))


class Writing(unittest.TestCase):
    def test_what_is_written_reads_back_equal(self):
        seed = 20261121
        rng = random.Random(seed)
        for _ in range(500):
            value = random_value(rng, 4)
            self.assertEqual(plain(jsontext.read(jsontext.write(value).encode())), value, f"seed {seed}")

    def test_doubles_read_back_bit_for_bit(self):
        rng = random.Random(7)
        for _ in range(2000):
            value = struct.unpack(">d", rng.randbytes(8))[0]
            if value == value and abs(value) != float("inf"):
                token = jsontext.write(value)
                self.assertEqual(struct.pack(">d", float(token)), struct.pack(">d", value))
                self.assertFalse(Number(token).is_integer, token)

    def test_only_quote_backslash_and_controls_are_escaped(self):
        self.assertEqual(jsontext.write('a"\\\n\x01/é\x7f\u2028😀'), '"a\\"\\\\\\n\\u0001/é\x7f\u2028😀"')

    def test_what_json_cannot_carry_is_refused(self):
        for value in (float("nan"), float("inf"), -float("inf"), 2 ** 64, -2 ** 63 - 1, "\ud800", {"\udc00": 1}):
            with self.subTest(ascii(value)), self.assertRaises(ValueError):
                jsontext.write(value)


def random_value(rng, depth):
    kind = rng.randrange(7 if depth else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.randint(-2 ** 63, 2 ** 64 - 1)
    if kind == 2:
        return rng.uniform(-1e9, 1e9)
    if kind in (3, 4):
        return "".join(chr(rng.choice([rng.randint(0, 127), rng.randint(0xA0, 0xD7FF), rng.randint(0x10000, 0x10FFFF)]))
                       for _ in range(rng.randrange(6)))
    if kind == 5:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {str(n): random_value(rng, depth - 1) for n in range(rng.randrange(4))}


if __name__ == "__main__":
    unittest.main()
