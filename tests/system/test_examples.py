"""Every example, in every language that it is written in, does what its README says: it prints expected.txt."""
import subprocess
import unittest

from support import BUILD, ROOT

EXAMPLES = ROOT / "examples"
PYTHON = ROOT / ".venv/bin/python"
TIMEOUT_S = 60

# Those that are one language's own, or are several languages in one.
LANGUAGES = {"numpy_pipeline": {"python"}, "one_process": {"c", "rust", "python"}, "trading": {"c", "python"}}
EVERY = {"c", "cpp", "rust", "python"}
ARGUMENTS = {"word_count": ["input.txt"]}


def command(example, language):
    """How one variant is started; None for a library that another variant loads, and for a node that `sabir run` starts."""
    if example == "trading":
        return None  # test_trading_day.py
    if language == "python":
        return [str(PYTHON), str(EXAMPLES / example / "python" / f"{example}.py")]
    if example == "one_process":
        return None
    program = BUILD / "rust/release" / example if language == "rust" else BUILD / "examples" / example / language / example
    return [str(program)]


def run(example, language, *arguments, **more):
    return subprocess.run([*command(example, language), *arguments], cwd=EXAMPLES / example, capture_output=True, text=True,
                          timeout=TIMEOUT_S, **more)


def examples():
    return sorted(path.parent.name for path in EXAMPLES.glob("*/expected.txt"))


class Examples(unittest.TestCase):
    maxDiff = None

    def test_each_is_there_in_every_language(self):
        for example in examples():
            with self.subTest(example):
                there = {path.name for path in (EXAMPLES / example).iterdir() if path.is_dir()}
                self.assertEqual(there - {"__pycache__"}, LANGUAGES.get(example, EVERY))

    def test_each_has_a_readme(self):
        for example in examples():
            self.assertTrue((EXAMPLES / example / "README.md").is_file(), example)

    def test_those_that_people_know_are_there(self):
        self.assertLessEqual({"counter", "key_value", "word_count", "logger", "request_reply", "ping_pong"}, set(examples()))


def make_test(example, language):
    def test(self):
        done = run(example, language, *ARGUMENTS.get(example, []), stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, (EXAMPLES / example / "expected.txt").read_text())
    return test


# One test for each variant, so that a report names the one that failed.
for _example in examples():
    for _language in sorted(LANGUAGES.get(_example, EVERY)):
        if command(_example, _language):
            setattr(Examples, f"test_{_example}_in_{_language}", make_test(_example, _language))


class OwnTests(unittest.TestCase):
    """What an example's folders hold of tests in C and C++; those in Rust and Python are run with the others of these languages."""

    def test_each_passes(self):
        sources = sorted(path for language in ("c", "cpp") for path in EXAMPLES.glob(f"*/{language}/*_test.{language}"))
        self.assertTrue(sources)
        for source in sources:
            with self.subTest(source.relative_to(EXAMPLES)):
                done = subprocess.run([str(BUILD / source.relative_to(ROOT).with_suffix(""))], capture_output=True, text=True,
                                      timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


class WordCount(unittest.TestCase):
    def test_standard_input_is_read_when_no_file_is_named(self):
        for language in sorted(EVERY):
            with self.subTest(language):
                done = run("word_count", language, input="b a\tb\n\nä b\n")
                self.assertEqual((done.returncode, done.stdout), (0, "3 b\n1 a\n1 ä\n"))

    def test_several_files_are_one_text(self):
        for language in sorted(EVERY):
            with self.subTest(language):
                done = run("word_count", language, "input.txt", "input.txt")
                expected = [line.split(" ") for line in (EXAMPLES / "word_count/expected.txt").read_text().splitlines()]
                self.assertEqual(done.stdout.splitlines(), [f"{2 * int(count)} {word}" for count, word in expected])

    def test_a_file_that_cannot_be_read_is_said(self):
        for language in sorted(EVERY):
            with self.subTest(language):
                done = run("word_count", language, "no-such-file")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn("no-such-file", done.stderr)


if __name__ == "__main__":
    unittest.main()
