"""Runs our programs and the peers' in turn, and says what came of it.

plan.py      what is measured, against whom, and the goals: the one place for all of them
peers.py     which peers are there, and how to get the others
program.py   one run of one program: its figures, processor seconds, context switches
rounds.py    a benchmark: A B C, A B C, ...
idle.py      what a process does that has nothing to do
figures.py   medians, spreads, ratios, and whether a goal is met
results.py   what is kept under build/bench
picture.py   one picture per benchmark
table.py     the terminal's table, and the one of docs/performance.md
"""
