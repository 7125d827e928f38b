"""A port that is right, on the harness's own ZMTP and JSON, and the same port with one fault at a time.

It exists to test the tests: the right one has to pass every case, and each wrong one has to be caught by
the cases that name its fault.
"""
