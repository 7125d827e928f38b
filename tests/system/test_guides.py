"""A program that a guide shows under its file's name is that file, so that what people copy is what the tests run."""
import re
import unittest

from support import ROOT

GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))
SHOWN = re.compile(r"<!-- (\S+) -->\n```\w+\n(.*?)```", re.S)


class Guides(unittest.TestCase):
    maxDiff = None

    def test_each_shown_program_is_the_file_as_it_is(self):
        count = 0
        for guide in GUIDES:
            for name, text in SHOWN.findall(guide.read_text()):
                with self.subTest(guide=guide.name, program=name):
                    self.assertEqual(text, (ROOT / name).read_text())
                count += 1
        self.assertGreater(count, 0)

    def test_the_guides_of_the_runner_and_of_c_and_cpp_show_programs(self):
        for name in ("running.md", "c.md", "cpp.md", "one-process.md"):
            self.assertTrue(SHOWN.search((ROOT / "docs/guide" / name).read_text()), name)


if __name__ == "__main__":
    unittest.main()
