"""The zoo of null ports: the right exit code alone is not enough."""

import unittest

import harness_room
from harness import manifest as manifests
from harness.errors import FAILED, NOT_READY
from harness.zoo import Ending, _end


class Endings(unittest.TestCase):
    def test_both_exit_code_and_reason_have_to_be_right(self):
        wanted = (NOT_READY, "without a READY line")
        self.assertTrue(Ending("true", NOT_READY, "port: ended with code 0 without a READY line", *wanted).is_right)
        self.assertFalse(Ending("true", FAILED, "port: ended with code 0 without a READY line", *wanted).is_right)
        self.assertFalse(Ending("true", NOT_READY, "port: cannot be started", *wanted).is_right)

    def test_what_a_run_ends_with_is_code_and_sentence(self):
        manifest = manifests.load(harness_room.REFERENCE).having(cmd=("false",))
        self.assertEqual(_end(manifest, []), (NOT_READY, "reference: ended with code 1 without a READY line"))


if __name__ == "__main__":
    unittest.main()
