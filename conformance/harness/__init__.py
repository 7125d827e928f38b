"""Judges whether a port speaks the Sabir protocol, without sharing a line with what it judges.

The package depends on the Python standard library only: it has its own ZMTP, its own strict JSON and
its own event loop. `python3 -m harness conform PORT.json` runs the suite against one port,
`python3 -m harness matrix` lets every pair of ports play, `python3 -m harness mutants` tests the tests.
"""

SUITE = 1
