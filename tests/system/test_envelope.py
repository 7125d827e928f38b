"""`sabir envelope`: the wire's verdict on bytes from a file or a pipe, for people and for machines."""
import json
import os
import pty
import re
import subprocess
import unittest
from pathlib import Path

from support import ROOT, SABIR, SystemTest

V1 = b'{"type":"Ping","target":"pong","sender":{"name":"ping","endpoint":"tcp://127.0.0.1:5001"},"payload":{"count":42}}'
FLAT = b'{"sender_actor":null,"receiver":"pong","message_type":"Ping","message":null}'


class EnvelopeTest(SystemTest):
    def judge(self, data, *options):
        return subprocess.run([str(SABIR), "envelope", *options], cwd=self.folder, input=data, capture_output=True, timeout=20)

    def lines(self, data, *options, code=1):
        done = self.judge(data, *options)
        self.assertEqual((done.returncode, done.stderr), (code, b""), done)
        return done.stdout.decode().splitlines()

    def verdict(self, data, *options, code=1):
        done = self.judge(data, "--json", *options)
        self.assertEqual((done.returncode, done.stderr), (code, b""), done)
        return json.loads(done.stdout)

    def assert_misused(self, sentence, *options):
        done = self.judge(b"", *options)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done)
        self.assertEqual(done.stderr.decode(), f"sabir envelope: {sentence}\nsee: sabir help envelope\n")


class Accepted(EnvelopeTest):
    def test_an_envelope_is_shown_in_parts(self):
        self.assertEqual(self.lines(V1, code=0), [
            "accepted: an envelope",
            "  dialect  v1",
            "  type     Ping",
            "  target   pong",
            "  sender   ping at tcp://127.0.0.1:5001",
            f"  size     {len(V1)} bytes (payload 12)"])

    def test_a_flat_envelope_is_shown_as_flat(self):
        self.assertEqual(self.lines(FLAT, code=0), [
            "accepted: an envelope",
            "  dialect  flat",
            "  type     Ping",
            "  target   pong",
            "  sender   none",
            f"  size     {len(FLAT)} bytes (payload 2)"])

    def test_machines_get_one_object(self):
        self.assertEqual(self.verdict(V1[:-1] + b',"id":"i:1","re":"r"}', code=0), {
            "accepted": True, "judged": "envelope", "size_bytes": len(V1) + 20, "dialect": "v1", "type": "Ping", "target": "pong",
            "sender": {"name": "ping", "endpoint": "tcp://127.0.0.1:5001"}, "id": "i:1", "re": "r", "payload_bytes": 12})
        self.assertEqual(self.verdict(FLAT, code=0), {
            "accepted": True, "judged": "envelope", "size_bytes": len(FLAT), "dialect": "flat", "type": "Ping", "target": "pong",
            "sender": None, "id": None, "re": None, "payload_bytes": 2})

    def test_a_name_cannot_draw_on_the_terminal(self):
        lines = self.lines('{"type":"a\u202eb","target":"\u200bx e\u0301","payload":{}}'.encode(), code=0)
        self.assertIn("  type     a\\u202eb", lines)
        self.assertIn("  target   \\u200bx e\u0301", lines)

    def test_any_text_is_judged_when_asked(self):
        self.assertEqual(self.lines(b" [1] ", "--text", code=0), ["accepted: JSON text", "  size     5 bytes"])
        self.assertEqual(self.verdict(b"7", "--text", code=0), {"accepted": True, "judged": "text", "size_bytes": 1})


class Malformed(EnvelopeTest):
    def test_the_place_is_shown_with_a_caret(self):
        self.assertEqual(self.lines(b'{"type":"T",\n "target":"t",\n "payload":[]}\n'), [
            "malformed: ENV-8: payload must be an object",
            "  at byte 39, line 3, column 12",
            '     3 |  "payload":[]}',
            "       |            ^",
            "see docs/protocol.md#ENV-8"])

    def test_machines_get_the_place_too(self):
        self.assertEqual(self.verdict(b'{"a":1,\r\n"\\u0061":2}', "--text"), {
            "accepted": False, "judged": "text", "size_bytes": 20, "clause": "ENV-4", "reason": "the object has this key already",
            "offset_bytes": 9, "line": 2, "column": 1, "excerpt": '"\\u0061":2}', "caret": 0})

    def caret(self, data):
        """The shown line and what stands above the caret."""
        lines = self.lines(data, "--text")
        at = lines[3].index("^")
        return lines[2][9:], lines[2][at:]

    def test_control_bytes_are_shown_as_escapes(self):
        self.assertEqual(self.caret(b'["\x00\x1b[31m"]'), ('["\\0\\x1b[31m"]', '\\0\\x1b[31m"]'))
        self.assertEqual(self.caret(b'["a\tb"]'), ('["a\\tb"]', '\\tb"]'))
        self.assertEqual(self.caret(b'["a\nb"]'), ('["a\\n', "\\n"))
        self.assertEqual(self.caret(b"\xff\xfe[\x00"), ("\\xff\\xfe[\\0", "\\xff\\xfe[\\0"))

    def test_the_caret_stands_below_its_character(self):
        self.assertEqual(self.caret('["e\u0301", x]'.encode())[0], '["e\u0301", x]')
        lines = self.lines('["e\u0301", x]'.encode(), "--text")  # a combining mark takes no column
        self.assertEqual(lines[3], "       | " + " " * 6 + "^")
        lines = self.lines('["日本", x]'.encode(), "--text")  # each of these takes two
        self.assertEqual(lines[3], "       | " + " " * 9 + "^")
        self.assertEqual(lines[1], "  at byte 11, line 1, column 8")

    def test_a_long_line_is_cut_around_the_place(self):
        shown, above = self.caret(b'["' + b"a" * 3000 + b'", x, "' + b"b" * 3000 + b'"]')
        self.assertTrue(shown.startswith("...aaa"), shown)
        self.assertTrue(above.startswith("x, \"bbb"), shown)
        self.assertTrue(shown.endswith("bbb..."), shown)
        self.assertLess(len(shown), 90)
        shown, _ = self.caret(b'["' + "\u0301".encode() * 100000 + b'", x]')
        self.assertLess(len(shown), 1000)

    def test_the_end_of_the_text_is_a_place(self):
        self.assertEqual(self.lines(b"")[:2], ["malformed: ENV-2: there is no text", "  at byte 0, line 1, column 1"])
        self.assertEqual(self.lines(b"[1,\n2", "--text")[1:4], ["  at byte 5, line 2, column 2", "     2 | 2", "       |  ^"])
        self.assertEqual(self.lines(b"[1,\n", "--text")[1:4], ["  at byte 4, line 2, column 1", "     2 | ", "       | ^"])

    def test_more_than_the_limit_is_malformed(self):
        done = self.lines(b" " * (2 << 20) + V1)
        self.assertEqual(done[:2], ["malformed: LIM-1: an envelope has at most 2 MiB", "  at byte 2097152, line 1, column 2097153"])
        self.assertEqual(self.lines(b"[" + b" " * (4 << 20) + b"]", "--text", code=0)[0], "accepted: JSON text")


class Input(EnvelopeTest):
    def test_a_file_is_read_by_its_name(self):
        (self.folder / "e.json").write_bytes(V1)
        self.assertEqual(self.lines(b"", "e.json", code=0)[0], "accepted: an envelope")
        self.assertEqual(self.lines(b"", "--json", "--", "e.json", code=0)[0][:16], '{"accepted":true')
        self.assertEqual(self.lines(V1, "-", code=0)[0], "accepted: an envelope")

    def test_what_cannot_be_read_is_said(self):
        self.assert_misused("nowhere.json cannot be opened: No such file or directory", "nowhere.json")
        self.assert_misused(". cannot be read: Is a directory", ".")
        self.assert_misused("one file at a time, not also b", "a", "b")

    def test_options_are_checked(self):
        self.assert_misused('there is no option --jsn; did you mean "--json"?', "--jsn")
        self.assert_misused("there is no option --frobnicate", "--frobnicate")
        self.assert_misused("there is no option -x", "-x")
        self.assert_misused("--json takes no value", "--json=1")

    def test_help_is_printed(self):
        for options in (["--help"], ["-h"], ["--json", "--help"]):
            done = self.judge(b"", *options)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"usage: sabir envelope [--json] [--text] [FILE]", done.stdout)

    def test_a_verdict_that_cannot_be_written_is_no_verdict(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(SABIR), "envelope"], input=V1, stdout=full, stderr=subprocess.PIPE, timeout=20)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"cannot be written: No space left", done.stderr)

    def test_whoever_types_is_told_how_to_end(self):
        ours, theirs = pty.openpty()
        child = subprocess.Popen([str(SABIR), "envelope"], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(theirs)
        os.write(ours, V1 + b"\n\x04")
        out, err = child.communicate(timeout=20)
        os.close(ours)
        self.assertIn(b"Ctrl-D", err)
        self.assertTrue(out.startswith(b"accepted"), out)


class Corpus(EnvelopeTest):
    def judge_all(self, folder, code):
        documents = sorted((ROOT / "tests/unit/data/json" / folder).iterdir())
        for document in documents:
            done = self.judge(b"", "--text", "--json", str(document))
            self.assertEqual(done.returncode, code, document.name)
            verdict = json.loads(done.stdout)
            self.assertEqual(verdict["accepted"], code == 0, document.name)
            self.assertEqual(verdict["size_bytes"], Path(document).stat().st_size)
        return len(documents)

    def test_must_accept_documents_are_accepted(self):
        self.assertGreaterEqual(self.judge_all("y", 0), 90)

    def test_must_reject_documents_are_refused(self):
        self.assertGreaterEqual(self.judge_all("n", 1), 180)


class Page(EnvelopeTest):
    """docs/reference/envelope.md says what the command does."""
    TEXT = (ROOT / "docs/reference/envelope.md").read_text()

    def test_its_dialogue_is_true(self):
        dialogue = re.search(r"```console\n(.*?)```", self.TEXT, re.S).group(1)
        steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", dialogue, re.M)
        self.assertEqual(len(steps), 2)
        for command, answer in steps:
            path = f"{SABIR.parent}:{os.environ['PATH']}"
            done = subprocess.run(["sh", "-c", command], env={"PATH": path}, capture_output=True, timeout=20)
            self.assertEqual(done.stdout.decode().rstrip(), answer.rstrip())

    def test_its_objects_have_the_members_that_the_command_writes(self):
        accepted, malformed = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", self.TEXT, re.S))
        self.assertEqual(list(accepted), list(self.verdict(V1, code=0)))
        self.assertEqual(malformed, self.verdict(b'{"type":"Ping",\n "target":"pong", "payload":{"n":1,"n":2}}'))

    def test_its_clauses_are_in_the_protocol(self):
        protocol = (ROOT / "docs/protocol.md").read_text()
        for clause in re.findall(r"protocol\.md#([A-Z]+-\d+)", self.TEXT):
            self.assertIn(f'<a id="{clause}"></a>', protocol)


if __name__ == "__main__":
    unittest.main()
