"""The page in a real browser: opened, a failing cell clicked, its transcript read, the cases filtered; wide, narrow and in the dark.

Needs chromium and chromium-driver; where they are not installed every test here is skipped, with the command that installs them.
SABIR_SCREENSHOTS=FOLDER keeps a picture of each view.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from browser import CHROMIUM, DRIVER, Browser

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
MUTANT, CASE = "exponent-for-ints", "num.usec-timestamp"

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no browser: apt-get install chromium chromium-driver")

MATRIX = {
    "rounds": 10,
    "dialect": "v1",
    "pairs": 4,
    "passed": 3,
    "ring": {"ports": ["reference", "wrong"], "foul": {"blamed": "wrong", "about": "ring", "why": "changed <i>it</i>"}},
    "cells": [
        {"ping": "reference", "pong": "reference", "passed": True, "ms": 12, "messages": 20, "foul": None},
        {"ping": "reference", "pong": "wrong", "passed": True, "ms": 13, "messages": 20, "foul": None},
        {
            "ping": "wrong",
            "pong": "reference",
            "passed": False,
            "ms": 3,
            "messages": 1,
            "cases": ["pair.values"],
            "foul": {"blamed": "wrong", "about": "values", "why": "emitted <b>1.0e+0</b>"},
        },
        {"ping": "wrong", "pong": "wrong", "passed": True, "ms": 11, "messages": 20, "foul": None},
    ],
}


def harness(*arguments):
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    return subprocess.run(command, cwd=CONFORMANCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def run_of(folder, name, *arguments):
    """The stored result of a port of that name: the reference port, with a fault if there are arguments."""
    manifest = json.loads((CONFORMANCE / "mutants/port.json").read_text())
    (folder / "port.json").write_text(json.dumps({**manifest, "cmd": ["python3", str(CONFORMANCE / "mutants/port.py"), *arguments]}))
    path = folder / f"{name}.json"
    done = harness("conform", folder, "--case", "num.*", "--case", "env.m*", "--case", "life.kill-restart", "--seed", "7", "--json", path)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    path.write_text(json.dumps({**json.loads(path.read_text()), "port": name}))
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "matrix.json").write_text(json.dumps(MATRIX))
    stored = [run_of(folder, "wrong", "--mutant", MUTANT), run_of(folder, "reference"), folder / "matrix.json"]
    made = harness("conform", "report", *stored, "--html", folder / "page.html")
    assert made.returncode == 0, made.stderr
    return folder / "page.html"


@pytest.fixture(scope="module")
def chromium():
    with Browser.start() as browser:
        yield browser


@pytest.fixture
def browser(chromium, page):
    """The page, just opened on a wide, light screen."""
    chromium.size(1280, 900)
    chromium.colours("light")
    chromium.open("about:blank")
    chromium.requests(), chromium.complaints()
    chromium.open(page.as_uri())
    return chromium


def keep(browser, name):
    folder = os.environ.get("SABIR_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.screenshot(Path(folder) / f"{name}.png")


def cell(port, case=CASE):
    return f'button[data-case="{case}"][data-port="{port}"]'


def rows(browser):
    return browser.count("#grid th[scope=row]")


def opened(browser):
    return browser.wait("const d = document.querySelector('#detail'); return d.open && d.innerText")


def fits(browser):
    """Is there nothing to scroll to the side, except within a part that says so?"""
    return browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_opens_without_a_complaint_and_asks_nobody_for_anything(browser, page):
    keep(browser, "wide")
    assert browser.text("h1") == "Sabir conformance"
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []
    assert fits(browser)


def test_levels_and_what_did_not_pass_come_first(browser):
    assert "wrong: 2 did not pass: num.int-boundaries num.usec-timestamp" in browser.text("#troubles").strip()
    assert browser.count("#levels .card") == 2
    assert browser.count(".fail[data-case]") == 2


def test_a_click_on_a_failing_cell_shows_what_was_expected_the_bytes_and_the_conversation(browser):
    browser.click(cell("wrong"))
    text = opened(browser)
    keep(browser, "failure")
    for words in ("NUM-1", "the token 1785000000000000", "1.7850000000000000e+15", "sabir conform replay", "^^", "conf.EchoReply"):
        assert words in text
    assert browser.count("#detail svg.sequence line.sent") == 1
    assert browser.count("#detail svg.sequence line.received") == 1
    assert browser.count("#detail ol.transcript li") == 2
    assert browser.text("#detail mark") == "31"
    assert browser.run("return location.hash") == f"#wrong/{CASE}"
    browser.click("#close")
    browser.wait("return !document.querySelector('#detail').open && location.hash === ''")


def test_processes_and_several_peers_are_in_the_picture(browser, page):
    browser.open(page.as_uri() + "#reference/life.kill-restart")
    assert "killed" in opened(browser)
    assert browser.count("#detail svg.sequence circle.note") >= 3


def test_search_and_filters_leave_what_fits(browser):
    every = rows(browser)
    browser.type("#search", "cjson micro")
    assert (rows(browser), browser.text("#count")) == (1, f"1 of {every} cases")
    browser.type("#search", " nothing-like-this")
    assert rows(browser) == 0
    browser.click("#reset")
    assert rows(browser) == every
    browser.click('#verdicts button[data-verdict="pass"]')
    assert rows(browser) == 2
    assert browser.count(cell("wrong")) == 1
    browser.click('#verdicts button[data-verdict="pass"]')
    browser.type("#category", "envelope")
    assert 0 < rows(browser) < every


def test_a_pair_that_failed_says_who_is_to_blame_and_what_a_testee_says_is_text(browser):
    browser.click('button[data-pair="wrong/reference"]')
    text = opened(browser)
    assert "emitted <b>1.0e+0</b>" in text
    assert "ping-pong, pair.values" in text
    assert "to blame\nwrong" in browser.text("#detail")
    assert "ring: wrong changed <i>it</i>" in browser.run("return document.querySelector('#pairs p').innerText")


def test_it_can_be_read_on_a_phone_in_the_dark(browser, page):
    browser.size(390, 844)
    browser.colours("dark")
    browser.open(page.as_uri())
    keep(browser, "phone-dark")
    assert fits(browser)
    shade = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)"
    assert browser.run(shade) < 150
    browser.type("#search", "usec")
    browser.click(cell("wrong"))
    opened(browser)
    keep(browser, "phone-failure")
    assert fits(browser)
    assert browser.run("return document.querySelector('#detail').getBoundingClientRect().width") == 390
    assert browser.run("const d = document.querySelector('#detail'); return d.scrollWidth <= d.clientWidth")
    assert browser.run("const p = document.querySelector('pre.bytes'); return p.scrollWidth <= p.clientWidth")
