"""`sabir check`: every mistake in a topology file is said with its place, what is wrong and what to do."""
import json
import os
import re
import subprocess
import unittest

from support import ROOT, SABIR, SystemTest


class CheckTest(SystemTest):
    def check(self, text, *options, env=None):
        file = self.folder / "t.json"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([str(SABIR), "check", *options, "t.json"], cwd=self.folder, capture_output=True, timeout=20,
                              env={**os.environ, **(env or {})})

    def errors(self, text, env=None):
        done = self.check(text, env=env)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode().splitlines()

    def assert_error(self, text, expected, env=None):
        """Exactly this one: `line:column: sentence`."""
        self.assertEqual(self.errors(text, env), [f"t.json:{expected}"])


def node(members='"run": ["true"]', top=""):
    """A topology with one node; the node's members begin at line 3, column 3."""
    return f'{{"topology": "t", {top}"nodes": {{\n "a": {{\n  {members}}}}}}}'


class Syntax(CheckTest):
    CASES = {
        "": '1:1: the file ends here, but a value is missing',
        "{": '1:2: the file ends here, but a key in double quotes or "}" is missing',
        "[1, 2": '1:6: the file ends here, but "," or "]" is missing',
        '{"topology" "t"}': '1:13: expected ":" behind the key, not """',
        "{topology: 1}": '1:2: expected a key in double quotes or "}", not "t"',
        '{"a": shop}': '1:7: "shop" is no JSON value; a text stands in double quotes',
        '{"a": 01}': '1:7: "01" is no JSON value; a text stands in double quotes',
        '{"a": 1.}': '1:7: "1." is no JSON value; a text stands in double quotes',
        '{"a": 1e}': '1:7: "1e" is no JSON value; a text stands in double quotes',
        '{"a": "x}': '1:7: the string that begins here does not end',
        '{"a": "x\n"}': '1:9: the string does not end on its line',
        '{"a": "\t"}': '1:8: a control character must be written as an escape',
        '{"a": "\\q"}': '1:8: unknown escape: JSON knows \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
        '{"a": "\\u12"}': '1:12: expected four hexadecimal digits behind \\u, not """',
        '{"a": "\\ud800"}': '1:8: \\ud800 is half of a surrogate pair',
        '{"a": "\\udc00\\ud800"}': '1:8: \\udc00 is half of a surrogate pair',
        '{"a": "x\\u0000"}': '1:9: \\u0000 cannot stand in a string of this file',
        '{"a": 1,\n "b": 2,\n "a": 3}': '3:2: the key "a" stands here a second time; the first is on line 1',
        '{"a": 1,\n "\\u0061": 3}': '2:2: the key "a" stands here a second time; the first is on line 1',
        '{} {}': '1:4: expected the end of the file, not "{"',
        '{"a": /* x }': '1:7: the comment that begins here does not end',
        '{,}': '1:2: expected a key in double quotes or "}", not ","',
        '["ä", "a" "b"]': '1:11: expected "," or "]", not """',
        "[" * 33 + "]" * 33: '1:33: nested deeper than 32 levels',
        "[" + "0," * 5000 + "]": '1:8194: more than 4096 values in one place',
        '{"a": \x00}': '1:7: expected a value, not the byte 0x00',
    }

    def test_each_mistake_has_its_place_and_sentence(self):
        for text, expected in self.CASES.items():
            with self.subTest(text[:40]):
                self.assert_error(text, expected)

    def test_what_is_not_utf_8_is_refused_where_it_stands(self):
        self.assert_error(b'{"a": "\xc3\xa4\xff"}', "1:9: the byte 0xff is not UTF-8")
        self.assert_error(b'{"a": "\xc0\xaf"}', "1:8: the byte 0xc0 is not UTF-8")
        self.assert_error(b'{"a": "\xed\xa0\x80"}', "1:8: the byte 0xed is not UTF-8")

    def test_comments_trailing_commas_and_a_byte_order_mark_are_no_mistake(self):
        text = '\ufeff// one\n{"topology": "t", /* two\n */ "nodes": {"a": {"run": ["true",],},}, // three\n}\n'
        self.assertEqual(self.check(text).returncode, 0)

    def test_a_slash_inside_a_string_is_no_comment(self):
        self.assertEqual(self.check(node('"run": ["true", "http://x/*y*/"]')).returncode, 0)

    def test_a_file_that_cannot_be_read_is_said(self):
        self.assertEqual(subprocess.run([str(SABIR), "check", "none.json"], cwd=self.folder, capture_output=True).stderr,
                         b"none.json: cannot be opened: No such file or directory\n")
        self.assertEqual(subprocess.run([str(SABIR), "check", "."], cwd=self.folder, capture_output=True).stderr,
                         b".: cannot be read: Is a directory\n")
        self.assertEqual(self.errors(" " * (1 << 20) + "{}"),
                         ["t.json: is larger than 1048576 bytes, the limit of a topology file"])


class Shape(CheckTest):
    TOP = {
        "[]": "1:1: a topology must be an object, not an array",
        '{"topology": "t"}': '1:1: "nodes" is missing: an object with at least one node',
        '{"nodes": {"a": {"run": ["true"]}}}': '1:1: "topology" is missing: the name of the system',
        '{"topology": 1, "nodes": {"a": {"run": ["true"]}}}': '1:14: "topology" must be a string, not a number',
        '{"topology": "a b", "nodes": {"a": {"run": ["true"]}}}':
            '1:14: "topology" must be 1 to 64 letters, digits, "_", "-" or "."',
        '{"topology": "t", "nodes": {}}': '1:28: "nodes" must hold 1 to 256 nodes, not 0',
        '{"topology": "t", "nodes": []}': '1:28: "nodes" must be an object, not an array',
        '{"topology": "t", "nodes": {"a": 1}}': '1:34: a node must be an object, not a number',
        '{"topology": "t", "nodes": {"a@b": {"run": ["true"]}}}':
            '1:29: a node\'s name must be 1 to 64 letters, digits, "_", "-" or ".", not "a@b"',
        '{"topology": "t", "nodes": {"a": {}}}':
            '1:29: the node "a" has no "run": the program to start and its arguments',
        '{"topology": "t", "node": 1, "nodes": {"a": {"run": ["true"]}}}':
            '1:19: a topology has no key "node"; did you mean "nodes"?',
        '{"topology": "t", "xyz": 1, "nodes": {"a": {"run": ["true"]}}}': '1:19: a topology has no key "xyz"',
    }
    NODE = {
        '"rum": ["true"], "run": ["true"]': '3:3: a node has no key "rum"; did you mean "run"?',
        '"Run": ["true"], "run": ["true"]': '3:3: a node has no key "Run"; did you mean "run"?',
        '"run": "true -x"': '3:10: "run" is an array of arguments, not a line for a shell: ["python3", "-u", "node.py"]',
        '"run": []': '3:10: "run" is empty: name the program to start',
        '"run": [""]': '3:11: the first item of "run" is empty: name the program to start',
        '"run": ["true", 1]': '3:19: each item of "run" must be a string, not a number',
        '"run": ["no-such-program-anywhere"]': '3:11: the program "no-such-program-anywhere" of node "a" is in no folder of PATH',
        '"run": ["/no/such"]': '3:11: the program /no/such of node "a" cannot be run: No such file or directory',
        '"run": ["/etc/passwd"]': '3:11: the program /etc/passwd of node "a" cannot be run: it is not executable',
        '"run": ["/tmp"]': '3:11: the program /tmp of node "a" cannot be run: it is a folder',
        '"run": ["true"], "lang": 3': '3:28: "lang" must be a string, not a number',
        '"run": ["true"], "actors": "x"': '3:30: "actors" must be an array, not a string',
        '"run": ["true"], "actors": ["x", "x"]': '3:36: the actor "x" is listed twice',
        '"run": ["true"], "actors": [""]': "3:31: an actor's name is empty",
        '"run": ["true"], "actors": ["a\\u0007b"]': "3:31: an actor's name holds a control character",
        '"run": ["true"], "actors": ["a\\u0085b"]': "3:31: an actor's name holds a control character",
        '"run": ["true"], "actors": ["' + "x" * 256 + '"]': "3:31: an actor's name is longer than 255 bytes",
        '"run": ["true"], "actors": ["sabir.ask"]':
            '3:31: an actor\'s name "sabir.ask" is reserved: names that begin with "sabir." belong to the protocol',
        '"run": ["true"], "tcp_port": 0': '3:32: "tcp_port" must be a whole number from 1 to 65535, not 0',
        '"run": ["true"], "tcp_port": 65536': '3:32: "tcp_port" must be a whole number from 1 to 65535, not 65536',
        '"run": ["true"], "tcp_port": 80.5': '3:32: "tcp_port" must be a whole number from 1 to 65535, not 80.5',
        '"run": ["true"], "tcp_port": "80"': '3:32: "tcp_port" must be a number, not a string',
        '"run": ["true"], "after": ["a"]': '3:30: the node "a" cannot start after itself',
        '"run": ["true"], "after": ["b"]': '3:30: there is no node "b" to start after',
        '"run": ["true"], "restart": "always"': '3:31: "restart" must be an object, not a string',
        '"run": ["true"], "restart": {}': '3:31: "restart" needs "when": "never", "failure" or "always"',
        '"run": ["true"], "restart": {"when": "failures"}':
            '3:40: "when" must be "never", "failure" or "always", not "failures"; did you mean "failure"?',
        '"run": ["true"], "restart": {"when": "failure", "mx": 1}': '3:51: "restart" has no key "mx"; did you mean "max"?',
        '"run": ["true"], "restart": {"when": "failure", "max": -1}':
            '3:58: "max" must be a whole number from 0 to 1000000, not -1',
        '"run": ["true"], "restart": {"when": "failure", "backoff": "5"}':
            '3:62: "backoff" must be a whole number with its unit, like "500ms", "2s" or "1m", at most a day, not "5"',
        '"run": ["true"], "restart": {"when": "failure", "backoff": 5}': '3:62: "backoff" must be a string, not a number',
        '"run": ["true"], "env": {"A B": "x"}': '3:28: "A B" is no name of an environment variable',
        '"run": ["true"], "env": {"1A": "x"}': '3:28: "1A" is no name of an environment variable',
        '"run": ["true"], "env": {"A": 1}': '3:33: A must be a string, not a number',
        '"run": ["true"], "env": {"SABIR_BIND": "x"}':
            "3:28: SABIR_BIND is told to every node by sabir run and cannot be set here",
        '"run": ["true"], "env": {"A": "${NOT_SET_ANYWHERE}"}':
            "3:33: A: the environment has no NOT_SET_ANYWHERE; set it or write ${NOT_SET_ANYWHERE:-default}",
        '"run": ["true"], "env": {"A": "${A-B}"}':
            "3:33: A: a variable is written ${NAME} or ${NAME:-default}, and a plain $ as $$",
        '"run": ["true"], "env": {"A": "${A"}':
            "3:33: A: a variable is written ${NAME} or ${NAME:-default}, and a plain $ as $$",
        '"run": ["true"], "secrets": {"A": "hunter2"}':
            '3:37: the secret A must say where it comes from: "file:PATH" or "env:NAME"',
        '"run": ["true"], "secrets": {"A": "env:NOT_SET_ANYWHERE"}':
            "3:37: the secret A: the environment has no NOT_SET_ANYWHERE",
        '"run": ["true"], "secrets": {"A": "file:/no/such"}':
            "3:37: the secret A: /no/such cannot be read: No such file or directory",
        '"run": ["true"], "dir": "/no/such"':
            '3:27: the folder /no/such of node "a" cannot be entered: No such file or directory',
        '"run": ["true"], "dir": "/etc/passwd"': "3:27: /etc/passwd is not a folder",
        '"run": ["true"], "ready": {"by": "magic"}': '3:36: "by" must be "told", "line", "notify" or "start", not "magic"',
        '"run": ["true"], "ready": {"timeout": "0s"}':
            '3:41: "timeout" must be a whole number with its unit, like "500ms", "2s" or "1m", at most a day, not "0s"',
        '"run": ["true"], "stop": {"signal": "SIGKILL"}':
            '3:39: "signal" must be "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1" or "SIGUSR2", not "SIGKILL"',
        '"run": ["true"], "stop": {"timeout": "25h"}':
            '3:40: "timeout" must be a whole number with its unit, like "500ms", "2s" or "1m", at most a day, not "25h"',
        '"run": ["true"], "dialect": "v2"': '3:31: "dialect" must be "v1" or "flat", not "v2"; did you mean "v1"?',
        '"run": ["true"], "count": 3': '3:20: "count" is not built yet: this release runs each node once, on this machine',
        '"run": ["true"], "image": "x"': '3:20: "image" is not built yet: this release runs each node once, on this machine',
        '"run": ["true"], "on": "host"': '3:20: "on" is not built yet: this release runs each node once, on this machine',
    }

    def test_the_top_level(self):
        for text, expected in self.TOP.items():
            with self.subTest(text):
                self.assert_error(text, expected)

    def test_a_node(self):
        for members, expected in self.NODE.items():
            with self.subTest(members[:60]):
                self.assert_error(node(members), expected)

    def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(self):
        lines = self.errors('{"topology": 1,\n "nodes": {\n "a": {"rnu": ["true"]},\n "b": {"run": [],\n "tcp_port": 0}}}')
        self.assertEqual([line.split(":")[1] for line in lines], ["1", "3", "3", "4", "5"])

    def test_a_secret_is_never_shown(self):
        env = {"HIDDEN": "hunter2"}
        text = node('"run": ["true"], "secrets": {"A": "env:HIDDEN"}')
        for options in ((), ("--json",)):
            done = self.check(text, *options, env=env)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn(b"hunter2", done.stdout + done.stderr)
        self.assertNotIn("hunter2", self.errors(node('"run": ["true"], "secrets": {"A": "hunter2"}'))[0])


class Names(CheckTest):
    TWO = '"nodes": {"a": {"run": ["true"], "actors": ["x", "both"]}, "b": {"run": ["true"], "actors": ["yy", "both"]}}'

    def test_sends_lead_from_known_actors_to_known_actors(self):
        good = '["x", "yy", "T"], ["x", "yy", "T?"], ["both@a", "both@b", "T"]'
        self.assertEqual(self.check(f'{{"topology": "t", {self.TWO}, "sends": [{good}]}}').returncode, 0)

    def test_sends_that_lead_nowhere_are_refused(self):
        for entry, expected in {
            '["z", "yy", "T"]': 'no node lists an actor "z"',
            '["x", "y", "T"]': 'no node lists an actor "y"; did you mean "yy"?',
            '["x", "both", "T"]': '2 nodes have an actor "both": write both@NODE',
            '["x", "yy@a", "T"]': 'the node "a" lists no actor "yy"',
            '["x", "yy@c", "T"]': 'there is no node "c"',
            '["x", "yy"]': 'an entry of "sends" is [FROM, TO, TYPE], three strings',
            '["x", "yy", "sabir.x"]':
                'a message type "sabir.x" is reserved: names that begin with "sabir." belong to the protocol',
            '"x"': 'an entry of "sends" must be an array, not a string',
        }.items():
            with self.subTest(entry):
                lines = self.errors(f'{{"topology": "t", {self.TWO}, "sends": [\n{entry}]}}')
                self.assertRegex(lines[0], "^t.json:2:\\d+: " + re.escape(expected))

    def test_a_cycle_is_told_in_its_order(self):
        nodes = ", ".join(f'"{name}": {{"run": ["true"], "after": ["{after}"]}}' for name, after in
                          (("lead", "a"), ("a", "b"), ("b", "c"), ("c", "a")))
        (line,) = self.errors(f'{{"topology": "t", "nodes": {{{nodes}}}}}')
        self.assertRegex(line, "none of these could start first: a after b after c after a$")

    def test_a_tcp_port_belongs_to_one_node(self):
        self.assert_error('{"topology": "t", "nodes": {"a": {"run": ["true"], "tcp_port": 7001},\n'
                          ' "b": {"run": ["true"], "tcp_port": 7001}}}',
                          '2:37: the TCP port 7001 is that of the node "a" already')


class Answer(CheckTest):
    GOOD = ('{"topology": "shop", "nodes": {"ledger": {"lang": "c", "run": ["true"], "actors": ["ledger"], "tcp_port": 7001},'
            '"risk": {"run": ["true"], "actors": ["risk", "limits"], "after": ["ledger"], "dialect": "flat"}},'
            '"sends": [["risk", "ledger", "Post?"]]}')

    def test_a_good_file_is_summed_up(self):
        done = self.check(self.GOOD)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout.decode(), "shop: 2 nodes\n"
                         "  ledger       c        tcp 7001   actors ledger\n"
                         "  risk         -        tcp any    actors risk, limits  after ledger\n")

    def test_json_for_machines(self):
        answer = json.loads(self.check(self.GOOD, "--json").stdout)
        self.assertEqual((answer["ok"], answer["errors"], answer["topology"]), (True, [], "shop"))
        self.assertEqual([n["tcp_port"] for n in answer["nodes"]], [7001, None])
        self.assertEqual([n["dialect"] for n in answer["nodes"]], ["v1", "flat"])
        self.assertEqual(answer["sends"], [{"from": "risk", "to": "ledger", "type": "Post", "wants_reply": True}])
        done = self.check('{"topology": "t",\n "nodes": {}}', "--json")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(json.loads(done.stdout), {"ok": False, "file": "t.json", "errors": [
            {"line": 2, "column": 11, "message": '"nodes" must hold 1 to 256 nodes, not 0'}]})

    def test_misuse_is_said(self):
        for arguments, sentence in (([], "which topology file?"), (["a", "b"], "one file at a time, not also b"),
                                    (["--jsn", "a"], "there is no option --jsn")):
            done = subprocess.run([str(SABIR), "check", *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(sentence, done.stderr)


class Schema(unittest.TestCase):
    """The schema that editors use says the same words as the reader."""

    def test_the_keys_of_the_schema_are_those_that_the_reader_takes(self):
        schema = json.loads((ROOT / "interop/topologies/topology.schema.json").read_text())
        reader = (ROOT / "interop/cli/topology_node.c").read_text()
        known = set(re.findall(r'\{"(\w+)", read_\w+\}', reader))
        self.assertEqual(set(schema["$defs"]["node"]["properties"]), known)
        top = re.search(r"TOPOLOGY_KEYS\[\] = \{([^}]*)\}", (ROOT / "interop/cli/topology_read.c").read_text()).group(1)
        self.assertEqual(set(schema["properties"]), set(re.findall(r'"([^"]+)"', top)))


if __name__ == "__main__":
    unittest.main()
