"""Faults in the C core: a list that says where, and a text that has to be there."""

import unittest

import harness_room  # noqa: F401
from harness import case as cases
from harness.core_mutants import CoreMutant, load
from harness.errors import UsageError


class TheList(unittest.TestCase):
    def test_every_mutant_names_cases_that_there_are(self):
        known = cases.load_all()
        self.assertEqual([case_id for mutant in load().values() for case_id in mutant.cases if case_id not in known], [])
        self.assertGreaterEqual(len(load()), 10)

    def test_the_source_is_the_core_s_with_one_place_changed(self):
        mutant = CoreMutant("m", "seq.c", "#include \"seq.h\"", "#include \"seq.h\" /* here */", ("ord.seq",), "string.h")
        lines = mutant.source().splitlines()
        self.assertEqual((lines[0], lines[1].split()[0], lines[2]), ("#include <string.h>", "#line", "#include \"seq.h\" /* here */"))

    def test_a_text_that_is_gone_is_no_mutant(self):
        with self.assertRaisesRegex(UsageError, "stands 0 times in seq.c"):
            CoreMutant("m", "seq.c", "nobody wrote this", "", ("ord.seq",)).source()


if __name__ == "__main__":
    unittest.main()
