"""`sabir VERB`: one command for people, whatever a verb is written in."""
import os
import shutil
import subprocess
import unittest

from support import BUILD, SABIR, SystemTest


class VerbTest(SystemTest):
    def setUp(self):
        super().setUp()
        # A copy in a prefix of its own: what lies beside the real one is not the test's business.
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.sabir = self.bin / "sabir"
        shutil.copy(SABIR, self.sabir)
        if (BUILD / "lib").is_dir():
            (self.folder / "lib").symlink_to((BUILD / "lib").resolve())

    def add(self, folder, name, text="echo $0 $# \"$@\"; exit 7"):
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / f"sabir-{name}"
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
        return program

    def sabir_(self, *arguments, path="/usr/bin:/bin"):
        return subprocess.run([str(self.sabir), *arguments], capture_output=True, text=True, timeout=20,
                              env={**os.environ, "PATH": path})

    def test_version(self):
        done = self.sabir_("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^sabir \d+\.\d+\.\d+\n$")

    def test_help_lists_the_verbs_and_those_beside(self):
        self.add(self.bin, "conform")
        for word in ("--help", "-h", "help"):
            done = self.sabir_(word)
            self.assertEqual(done.returncode, 0)
            for line in ("  check ", "  run ", "  conform    (a program of its own: sabir-conform)"):
                self.assertIn(line, done.stdout)

    def test_nothing_said_is_misuse_with_the_help_on_standard_error(self):
        done = self.sabir_()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("usage: sabir VERB", done.stderr)

    def test_help_of_a_verb_both_ways(self):
        self.assertEqual(self.sabir_("help", "run").stdout, self.sabir_("run", "--help").stdout)
        self.assertIn("usage: sabir run ", self.sabir_("help", "run").stdout)

    def test_help_of_an_external_verb_asks_that_program(self):
        program = self.add(self.bin, "hello")
        self.assertEqual(self.sabir_("help", "hello").stdout, f"{program} 1 --help\n")

    def test_a_verb_is_found_beside_then_in_libexec_then_in_path(self):
        in_path = self.add(self.folder / "path", "hello")
        path = f"{self.folder / 'path'}:/usr/bin:/bin"
        done = self.sabir_("hello", "a b", "", path=path)
        self.assertEqual((done.stdout, done.returncode), (f"{in_path} 2 a b \n", 7))
        in_libexec = self.add(self.folder / "libexec" / "sabir", "hello")
        self.assertIn(os.path.relpath(in_libexec, self.bin), self.sabir_("hello", path=path).stdout)
        beside = self.add(self.bin, "hello")
        self.assertEqual(self.sabir_("hello", path=path).stdout, f"{beside} 0\n")

    def test_a_link_to_the_command_finds_the_verbs_beside_the_real_one(self):
        beside = self.add(self.bin, "hello")
        link = self.folder / "link"
        link.symlink_to(self.sabir)
        self.sabir = link
        self.assertEqual(self.sabir_("hello").stdout, f"{beside} 0\n")

    def test_a_verb_of_its_own_cannot_be_replaced(self):
        self.add(self.bin, "check")
        self.assertEqual(self.sabir_("check").returncode, 2)

    def test_relative_folders_of_path_are_not_searched(self):
        self.add(self.folder / "path", "hello")
        os.chdir(self.folder)
        self.assertEqual(self.sabir_("hello", path="path:/usr/bin:/bin").returncode, 2)

    def test_an_unknown_verb_is_refused_with_the_nearest(self):
        self.add(self.bin, "conform")
        for wrong, near in (("chekc", "check"), ("rnu", "run"), ("confrom", "conform"), ("hlep", "help")):
            done = self.sabir_(wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr, f'sabir: there is no verb "{wrong}"; did you mean "{near}"?\nsee: sabir --help\n')
        self.assertEqual(self.sabir_("zzzzzz").stderr, 'sabir: there is no verb "zzzzzz"\nsee: sabir --help\n')
        self.assertEqual(self.sabir_("../hello").returncode, 2)

    def test_a_verb_that_cannot_be_run_is_126(self):
        self.add(self.bin, "broken").write_text("#!/no/such/interpreter\n")
        done = self.sabir_("broken")
        self.assertEqual(done.returncode, 126)
        self.assertIn("sabir-broken cannot be run: No such file or directory", done.stderr)


if __name__ == "__main__":
    unittest.main()
