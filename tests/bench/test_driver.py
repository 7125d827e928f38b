"""The driver of the benchmarks, with programs that are written here: what it counts, compares and refuses."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from driver import document, figures, idle, peers, plan, program, results, rounds, table  # noqa: E402
from driver.plan import Benchmark, Count, Peer  # noqa: E402


def script(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)
    return str(path)


def printing(folder: Path, name: str, value: float, **others: float) -> str:
    return script(folder, name, f"print('''{json.dumps({'value': value, **others})}''')")


def session(folder: Path, **options: object) -> rounds.Session:
    return rounds.Session(peers.Places(HERE, folder, folder / "rust"), **{"rounds": 3, **options})  # type: ignore[arg-type]


def lower(ours: str, *against: Peer, **options: object) -> Benchmark:
    return Benchmark(1, "b", "a benchmark", "ns", (ours,), against, **options)  # type: ignore[arg-type]


# ---- Figures


def test_less_is_better_for_times_and_more_for_rates():
    times, rates = Benchmark(1, "t", "t", "ns", ()), Benchmark(1, "r", "r", "M/s", ())
    assert figures.ratio(times, 50.0, 200.0) == 4.0
    assert figures.ratio(rates, 50.0, 200.0) == 0.25


def test_what_is_below_the_resolution_counts_as_the_resolution():
    switches = Benchmark(1, "s", "s", "switches", (), resolution=1)
    assert figures.ratio(switches, 0.0, 0.0) == 1.0
    assert figures.ratio(switches, 0.0, 500.0) == 500.0
    assert figures.ratio(switches, 3.0, 0.0) == pytest.approx(1 / 3)


def test_a_goal_of_a_factor_and_a_sum_follows_from_what_the_other_costs():
    peer = Peer("the C core", 0.0, allowed=(1.1, 5.0))
    times = Benchmark(1, "t", "t", "ns", ())
    assert figures.entry(times, peer, 115.0, 100.0)["met"] is True
    assert figures.entry(times, peer, 115.2, 100.0)["met"] is False
    rates = Benchmark(1, "r", "r", "M/s", ())
    assert figures.entry(rates, Peer("c", 0.0, allowed=(1.1, 0.0)), 9.1, 10.0)["met"] is True
    assert figures.entry(rates, Peer("c", 0.0, allowed=(1.1, 0.0)), 9.0, 10.0)["met"] is False


def test_an_entry_has_the_keys_that_others_read():
    entry = figures.entry(Benchmark(3, "k", "streaming", "M/s", ()), Peer("CAF", 3.0), 12.34567, 4.0)
    expected = {"what": "streaming", "peer": "CAF", "ours": 12.35, "theirs": 4.0, "unit": "M/s", "ratio": 3.086, "goal": 3.0, "met": True}
    assert entry == expected


def test_the_steepest_slope_is_1_on_a_straight_line_and_more_at_a_knee():
    assert figures.steepest([10, 100, 1000], [5.0, 50.0, 500.0], per_item=False) == pytest.approx(1.0)
    assert figures.steepest([10, 100, 1000], [7.0, 7.0, 7.0], per_item=True) == pytest.approx(1.0)
    assert figures.steepest([10, 100, 1000], [7.0, 7.0, 70.0], per_item=True) == pytest.approx(2.0)
    assert figures.steepest([0, 10, 100], [900.0, 1.0, 10.0], per_item=False) == pytest.approx(1.0)


# ---- Programs


def test_a_run_tells_its_figures_its_processor_time_and_its_switches(tmp_path):
    busy = script(
        tmp_path, "busy", "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nprint('{\"value\": 4}')"
    )
    run = program.run([busy])
    assert run.figures == {"value": 4.0}
    assert 0.2 <= run.cpu_s < 60
    assert run.switches >= 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import sys; sys.stderr.write('order was lost'); sys.exit(1)", "exit code 1: order was lost"),
        ("print('all is well')", "is no line of figures"),
        ("pass", "printed no figures"),
        ("print('[1]')", "is no line of figures"),
        ("import os; os.abort()", "exit code -6"),
    ],
)
def test_a_program_that_fails_or_says_nothing_is_a_fault_and_no_figure(tmp_path, text, words):
    with pytest.raises(program.Wrong, match=words):
        program.run([script(tmp_path, "wrong", text)])


def test_a_program_that_does_not_end_is_ended(tmp_path):
    begin = time.monotonic()
    with pytest.raises(program.Wrong, match="did not end within 0.5 s"):
        program.run([script(tmp_path, "sleeps", "import time; time.sleep(600)")], timeout_s=0.5)
    assert time.monotonic() - begin < 60


def test_whatever_a_program_has_forked_is_ended_with_it(tmp_path):
    text = "import os, time\nchild = os.fork()\nif child: os.write(1, b'%d\\n' % child)\ntime.sleep(600)"
    process = program.start([script(tmp_path, "forks", text)])
    assert process.stdout is not None
    assert process.stderr is not None
    child = int(process.stdout.readline())
    program.kill(process)
    process.wait(60)
    process.stdout.close()
    process.stderr.close()
    until = time.monotonic() + 10
    while alive(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


# ---- Rounds


def test_rounds_are_taken_in_turn_and_the_median_counts(tmp_path):
    order: list[str] = []
    values = {"ours": iter([10.0, 90.0, 12.0]), "theirs": iter([40.0, 48.0, 500.0])}

    def run(command: list[str]) -> program.Run:
        name = Path(command[0]).name
        order.append(name)
        return program.Run({"value": next(values[name])}, 0.1, 5, 0.1)

    ours, theirs = printing(tmp_path, "ours", 0), printing(tmp_path, "theirs", 0)
    outcome = session(tmp_path, run=run).measure(lower(ours, Peer("a peer", 4.0, (theirs,))))
    assert order == ["ours", "theirs"] * 3
    assert [(entry["ours"], entry["theirs"], entry["ratio"], entry["met"]) for entry in outcome.entries] == [(12.0, 48.0, 4.0, True)]


def test_a_peer_that_is_not_installed_is_named_and_left_out(tmp_path):
    outcome = session(tmp_path).measure(
        lower(printing(tmp_path, "ours", 1), Peer("CAF", 4.0, ("{peers}/caf",)), Peer("limit", 1.0, limit=2.0))
    )
    assert outcome.missing == {"CAF": "caf"}
    assert outcome.faults == []
    assert [entry["peer"] for entry in outcome.entries] == ["limit"]


def test_a_python_package_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(peers.PACKAGES, "pykka_actor.py", ("no_such_package",))
    command = peers.fill(plan.python("pykka_actor.py", "ping", Count(10)), session(tmp_path).places, 1.0, 3)
    assert peers.missing(command) == "Python's no_such_package"


def test_ours_that_is_not_built_is_a_fault(tmp_path):
    outcome = session(tmp_path).measure(lower("{tests}/ping_pong", Peer("limit", 1.0, limit=2.0)))
    assert outcome.faults == ["ping_pong is not built"]
    assert outcome.entries == []


def test_a_peer_with_a_wrong_result_is_a_fault_and_has_no_entry(tmp_path):
    wrong = script(tmp_path, "wrong", "import sys; sys.exit('a message was lost')")
    outcome = session(tmp_path).measure(lower(printing(tmp_path, "ours", 1), Peer("bad", 4.0, (wrong,)), Peer("limit", 1.0, limit=2.0)))
    assert len(outcome.faults) == 1
    assert "a message was lost" in outcome.faults[0]
    assert [entry["peer"] for entry in outcome.entries] == ["limit"]


def test_another_figure_of_the_same_runs_runs_nothing_again(tmp_path):
    counted = script(tmp_path, "counted", f"open(r'{tmp_path}/runs', 'a').write('x')\nprint('{{\"value\": 8, \"bytes\": 300}}')")
    here = session(tmp_path)
    here.measure(lower(counted, Peer("limit", 1.0, limit=4.0)))
    shared = Benchmark(6, "memory", "memory", "B", (counted,), (Peer("limit", 1.0, limit=400.0),), figure="bytes", shares="b")
    outcome = here.measure(shared)
    assert (tmp_path / "runs").read_text() == "xxx"
    assert [(entry["ours"], entry["met"]) for entry in outcome.entries] == [(300.0, True)]


def test_a_program_that_takes_turns_itself_is_asked_once_and_judged_by_the_goal_of_the_plan(tmp_path):
    line = {"what": "w", "unit": "M/s", "goal": 0.1, "ours": 4.0, "ours_least": 3.0, "ours_greatest": 5.0}
    line |= {"theirs": 5.0, "theirs_least": 4.0, "theirs_greatest": 6.0, "met": True}
    turns = script(tmp_path, "turns", f"import sys\nopen(r'{tmp_path}/runs', 'a').write(sys.argv[1])\nprint('''{json.dumps(line)}''')")
    benchmark = Benchmark(9, "wire", "remote streaming", "M/s", (turns, "{rounds}"), (Peer("libzmq", 0.85),), kind="compares")
    outcome = session(tmp_path, rounds=5).measure(benchmark)
    assert (tmp_path / "runs").read_text() == "5"
    assert [(entry["peer"], entry["ratio"], entry["goal"], entry["met"]) for entry in outcome.entries] == [("libzmq", 0.8, 0.85, False)]


def test_growth_is_one_entry_and_a_knee_misses_it(tmp_path):
    sizes = tuple((size, (printing(tmp_path, f"at{size}", cost),)) for size, cost in ((10, 5.0), (100, 5.0), (1000, 25.0)))
    benchmark = Benchmark(
        14, "growth", "growth: actors", "ns", (), (Peer("straight line", 0.75, limit=1.0),), kind="growth", slope=1, sizes=sizes
    )
    outcome = session(tmp_path).measure(benchmark)
    assert [(entry["ours"], entry["unit"], entry["met"]) for entry in outcome.entries] == [(1.699, "slope", False)]


# ---- Idling


RESTS = "import sys\nprint('{\"value\": 1}')\nprint('READY', flush=True)\nsys.stdin.read()"
FIDGETS = "import select, sys\nprint('READY', flush=True)\nwhile not select.select([sys.stdin], [], [], 0.01)[0]: pass"


def test_whoever_rests_makes_no_switches_and_whoever_fidgets_is_seen(tmp_path):
    rests, fidgets = script(tmp_path, "rests", RESTS), script(tmp_path, "fidgets", FIDGETS)
    quiet, busy = idle.watch([[rests], [fidgets]], idle_s=1.0, settle_s=0.2)
    assert isinstance(quiet, program.Run)
    assert isinstance(busy, program.Run)
    assert quiet.figures["switches"] == 0
    assert busy.figures["switches"] >= 2


def test_whoever_does_not_get_ready_is_a_fault(tmp_path):
    (gone,) = idle.watch([[script(tmp_path, "gone", "pass")]], idle_s=0.1, settle_s=0.1)
    assert isinstance(gone, program.Wrong)
    assert "did not get ready" in str(gone)


# ---- Results, tables, the document


def test_what_is_kept_is_every_round_and_the_summary_is_all_entries_in_the_order_of_the_plan(tmp_path, monkeypatch):
    first = lower(printing(tmp_path, "ours", 2), Peer("a peer", 4.0, (printing(tmp_path, "theirs", 9),)))
    second = Benchmark(2, "c", "another", "ns", first.ours, (Peer("limit", 1.0, limit=1.0),))
    monkeypatch.setattr(plan, "BENCHMARKS", (first, second))
    here = session(tmp_path)
    for benchmark in (second, first):
        results.keep(tmp_path, here.measure(benchmark), here)
    assert json.loads((tmp_path / "runs/b.json").read_text())["contenders"][1]["values"] == [9.0, 9.0, 9.0]
    summary = results.summarise(tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    assert [(entry["what"], entry["peer"], entry["met"]) for entry in summary] == [
        ("a benchmark", "a peer", True),
        ("another", "limit", False),
    ]


def test_the_tables_say_what_is_missed():
    entries = [
        {"what": "ping-pong", "peer": "CAF", "ours": 120.0, "theirs": 31000.0, "unit": "ns", "ratio": 258.0, "goal": 20.0, "met": True},
        {"what": "ping-pong", "peer": "kanal", "ours": 120.0, "theirs": 90.0, "unit": "ns", "ratio": 0.75, "goal": 1.0, "met": False},
    ]
    lines = table.terminal(entries).splitlines()
    assert [lines[2].split()[-1], lines[3].split()[-1]] == ["met", "MISSED"]
    assert "31 000" in lines[2]
    assert table.markdown(entries).splitlines()[3] == "|  | kanal | 120 | 90 | ns | 0.75× | 1× | **missed** |"


def test_only_what_stands_between_the_marks_is_written():
    text = f"before\n{document.BEGIN}\nold\n{document.END}\nafter\n"
    assert document.replace(text, "new") == f"before\n{document.BEGIN}\n\nnew\n\n{document.END}\nafter\n"
    for wrong in ("no marks", f"{document.END} {document.BEGIN}", text + text):
        with pytest.raises(ValueError, match="two lines"):
            document.replace(wrong, "new")


def test_the_document_of_the_project_has_the_marks():
    document.replace((HERE.parents[1] / "docs/performance.md").read_text(), "new")


# ---- The plan


def test_the_plan_names_each_benchmark_once_and_shares_only_what_came_before():
    keys = [benchmark.key for benchmark in plan.BENCHMARKS]
    assert len(set(keys)) == len(keys)
    for benchmark in plan.BENCHMARKS:
        assert not benchmark.shares or benchmark.shares in keys[: keys.index(benchmark.key)]
        assert benchmark.peers, benchmark.key


def test_all_benchmarks_of_the_issue_are_in_the_plan():
    assert {benchmark.number for benchmark in plan.BENCHMARKS} == set(range(1, 15))


def test_counts_are_scaled_and_other_numbers_are_not(tmp_path):
    command = peers.fill(("{tests}/ring", 100, Count(1000), "{rounds}"), session(tmp_path).places, 0.1, 7)
    assert command[1:] == ["100", "100", "7"]
    assert peers.fill((Count(3),), session(tmp_path).places, 0.001, 7) == ["1"]


# ---- The command


def test_an_unknown_benchmark_is_an_error_with_a_way_out(tmp_path):
    command = [sys.executable, "-m", "driver", "--build", str(tmp_path), "run", "--only", "nonsense"]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert "there is no benchmark with 'nonsense'; `list` names them" in run.stderr


def test_the_document_is_not_written_from_nothing(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "driver", "--build", str(tmp_path), "docs"], cwd=HERE, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert "nothing is measured" in run.stderr


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib comes with make bench-setup")
def test_a_picture_is_drawn_of_bars_and_of_growth(tmp_path):
    from driver import picture

    bars = lower(printing(tmp_path, "ours", 2), Peer("a peer", 4.0, (printing(tmp_path, "theirs", 900),)), Peer("limit", 1.0, limit=3.0))
    sizes = tuple((size, (printing(tmp_path, f"at{size}", 5.0),)) for size in (0, 10, 100))
    grows = Benchmark(14, "growth", "growth", "ns", (), (Peer("straight line", 0.75, limit=1.0),), kind="growth", sizes=sizes)
    here = session(tmp_path, rounds=2)
    for benchmark in (bars, grows):
        drawn = picture.draw(tmp_path, results.record(here.measure(benchmark), here))
        assert drawn is not None
        assert drawn.read_bytes()[:4] == b"\x89PNG"
