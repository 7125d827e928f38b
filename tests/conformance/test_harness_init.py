"""`sabir conform init`: every skeleton reaches level 0 as it was written, where its language's toolchain is installed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness_room
from harness import skeleton

# What a skeleton needs beyond its first program: a header for those on libzmq.
LIBZMQ = '#include <zmq.h>\n'


def lacks(language):
    """Why a skeleton cannot be tried on this machine; nothing if it can."""
    programs = {"c": ["cc"], "cpp": ["c++"], "go": ["go"], "java": ["javac", "java"], "js": ["node"], "python": ["python3"],
                "rust": ["cargo", "rustc"]}[language]
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        return f"{', '.join(missing)} is not installed"
    if language in ("c", "cpp"):
        done = subprocess.run([programs[0], "-E", "-x", {"c": "c", "cpp": "c++"}[language], "-"], input=LIBZMQ, text=True,
                              capture_output=True)
        return "" if done.returncode == 0 else "libzmq's header is not installed"
    return ""


def tried(language, folder):
    """Write the skeleton of a language and run level 0; the two finished processes and the run's record."""
    target, record = folder / f"my-{language}", folder / f"{language}.json"
    written = harness_room.run_harness("conform", "init", "--lang", language, target)
    # The build must need nothing from outside: whatever would be fetched is refused.
    env = {**os.environ, "PYTHONPATH": str(harness_room.ROOM), "GOPROXY": "off", "GOFLAGS": "-mod=mod", "CARGO_NET_OFFLINE": "true"}
    command = [sys.executable, "-m", "harness", "conform", str(target), "--level", "L0", "--json", str(record)]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    return target, written, done, json.loads(record.read_text()) if record.exists() else {}


class Skeletons(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """All are tried at once, two at a time: most of it is waiting for compilers."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        pool = ThreadPoolExecutor(2)
        cls.addClassCleanup(pool.shutdown)
        cls.lacks = {language: lacks(language) for language in skeleton.LANGUAGES}
        cls.runs = {language: pool.submit(tried, language, Path(folder.name))
                    for language, reason in cls.lacks.items() if not reason}

    def reaches_level_0(self, language):
        if self.lacks[language]:
            self.skipTest(self.lacks[language])
        target, written, done, record = self.runs[language].result()
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertIn(f"next    sabir conform {target} --level L0", written.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([result["verdict"] for result in record["results"]], ["pass"] * 5)

    def test_c_reaches_level_0(self):
        self.reaches_level_0("c")

    def test_cpp_reaches_level_0(self):
        self.reaches_level_0("cpp")

    def test_go_reaches_level_0(self):
        self.reaches_level_0("go")

    def test_java_reaches_level_0(self):
        self.reaches_level_0("java")

    def test_javascript_reaches_level_0(self):
        self.reaches_level_0("js")

    def test_python_reaches_level_0(self):
        self.reaches_level_0("python")

    def test_rust_reaches_level_0(self):
        self.reaches_level_0("rust")

    def test_there_is_a_skeleton_per_language_and_a_test_per_skeleton(self):
        self.assertEqual(sorted(path.name for path in skeleton.TEMPLATES.iterdir()), list(skeleton.LANGUAGES))
        tests = [name for name in dir(self) if name.endswith("_reaches_level_0")]
        self.assertEqual(len(tests), len(skeleton.LANGUAGES))


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refuses(self, word, *arguments):
        done = harness_room.run_harness("conform", "init", *arguments)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn(word, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_nothing_is_overwritten(self):
        (self.folder / "mine.txt").write_text("mine")
        self.refuses("is not empty", "--lang", "js", self.folder)
        self.assertEqual(os.listdir(self.folder), ["mine.txt"])

    def test_a_folder_that_cannot_be_made_is_named(self):
        (self.folder / "file").write_text("")
        self.refuses(str(self.folder / "file"), "--lang", "js", self.folder / "file")

    def test_a_language_or_a_name_that_is_none_is_refused(self):
        self.refuses("cobol", "--lang", "cobol", self.folder / "x")
        self.refuses("--name", "--lang", "js", self.folder / "My Port")
        self.refuses("--name", "--lang", "js", "--name", 'a"b', self.folder / "x")
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_name_stands_in_the_manifest_and_in_the_program(self):
        harness_room.run_harness("conform", "init", "--lang", "python", "--name", "boa", self.folder / "x")
        self.assertEqual(json.loads((self.folder / "x/port.json").read_text())["name"], "boa")
        self.assertIn('"port": "boa"', (self.folder / "x/testee.py").read_text())

    def test_a_missing_toolchain_is_said(self):
        env = {"PATH": str(self.folder), "PYTHONPATH": str(harness_room.ROOM)}
        done = subprocess.run([sys.executable, "-m", "harness", "init", "--lang", "rust", str(self.folder / "x")], env=env,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, "missing cargo" in done.stdout), (0, True), done.stderr)


if __name__ == "__main__":
    unittest.main()
