"""Results as JUnit XML, as most CI systems read it.

Nothing that is not a pass looks like one: known failures, flaky and unsupported cases are `skipped` with their reason, what could not be
judged is an `error`, and so is a run that was not complete.
"""

import re
import xml.etree.ElementTree as ElementTree

from . import failure

_FAILURES = ("fail", "xpass")
_ERRORS = ("error", "not-run")
_SKIPPED = ("xfail", "flaky", "unsupported")
# What XML 1.0 cannot carry at all, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(runs, matrix):
    """The document."""
    root = ElementTree.Element("testsuites", name="sabir")
    for run in runs:
        root.append(_run_suite(run))
    if matrix:
        root.append(_matrix_suite(matrix))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name)) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _run_suite(run):
    suite = ElementTree.Element("testsuite", name=f"sabir.conform.{run['port']}", time=_seconds(run["ms"]))
    properties = ElementTree.SubElement(suite, "properties")
    for key in ("port", "version", "seed", "profile", "level", "exit_code"):
        ElementTree.SubElement(properties, "property", name=key, value=_clean(str(run[key])))
    for result in run["results"]:
        suite.append(_case(run, result))
    suite.append(_whole(run))
    return _counted(suite)


def _case(run, result):
    case = ElementTree.Element("testcase", classname=f"{run['port']}.{result['category']}", name=result["case"],
                               time=_seconds(result["ms"]))
    verdict, why = result["verdict"], _clean(result.get("why", ""))
    if verdict in _FAILURES + _ERRORS:
        what = ElementTree.SubElement(case, "failure" if verdict in _FAILURES else "error", type=verdict, message=why or verdict)
        what.text = _clean("\n".join(failure.lines(result)))
    elif verdict in _SKIPPED:
        ElementTree.SubElement(case, "skipped", type=verdict, message=f"{verdict}: {why}")
    elif verdict == "warn":
        ElementTree.SubElement(case, "system-out").text = _clean("\n".join(["warning", *failure.lines(result)]))
    return case


def _whole(run):
    """A case for what no case is to blame for, so that it cannot be overlooked; it is always there."""
    case = ElementTree.Element("testcase", classname=run["port"], name="the run as a whole", time="0.000")
    for fault in run["faults"]:
        ElementTree.SubElement(case, "failure", type="run", message=_clean(fault))
    gaps = [*([run["refusal"]] if run["refusal"] else []), *run["gaps"]]
    if not gaps and not run["planned"] == run["executed"] == run["judged"]:
        gaps = [f"planned {run['planned']}, executed {run['executed']}, judged {run['judged']}"]
    if not gaps and run["exit_code"] not in (0, 1):
        gaps = [f"the run ended with exit code {run['exit_code']}"]
    for gap in gaps:
        ElementTree.SubElement(case, "error", type="incomplete", message=_clean(gap))
    return case


def _matrix_suite(matrix):
    suite = ElementTree.Element("testsuite", name="sabir.matrix")
    for cell in matrix["cells"]:
        case = ElementTree.SubElement(suite, "testcase", classname=f"matrix.{cell['ping']}", name=f"{cell['ping']} → {cell['pong']}",
                                      time=_seconds(cell["ms"]))
        if not cell["passed"]:
            _foul(case, cell["foul"])
    if matrix.get("ring"):
        case = ElementTree.SubElement(suite, "testcase", classname="matrix", name="ring through all ports", time="0.000")
        if matrix["ring"]["foul"]:
            _foul(case, matrix["ring"]["foul"])
    return _counted(suite)


def _foul(case, foul):
    ElementTree.SubElement(case, "failure", type=foul["about"], message=_clean(f"{foul['blamed']} {foul['why']}"))


def _counted(suite):
    cases = suite.findall("testcase")
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("tests", str(len(cases)))
    return suite


def _seconds(ms):
    return f"{ms / 1000:.3f}"


def _clean(words):
    return _NOT_XML.sub("\ufffd", words)
