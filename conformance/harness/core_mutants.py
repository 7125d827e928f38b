"""Faults in the C core: each is the source with one place written differently, linked to a library of its own that the C port plays with.

`mutants/core.json` says which text of which file becomes what, and which cases have to notice. Nothing of it is in the sources, so that
nothing of it can be shipped; a text that is not found exactly once fails, so that no mutant is the right core in disguise.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import case as cases
from . import manifest as manifests
from .errors import RunError, UsageError
from .suite import Suite, why_no_kill

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "conformance" / "mutants" / "core.json"
PORT = ROOT / "interop" / "ports" / "c" / "port.json"


@dataclass(frozen=True)
class CoreMutant:
    """A place in a source of the core, and what stands there instead."""

    name: str
    file: str
    old: str
    new: str
    cases: tuple
    include: str = ""

    def source(self):
        """The file with the fault in it."""
        path = ROOT / "core" / "src" / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise UsageError(f"{LIST.name}: {self.name}: its text stands {text.count(self.old)} times in {self.file}; say it anew")
        head = f"#include <{self.include}>\n" if self.include else ""
        return head + f'#line 1 "{path}"\n' + text.replace(self.old, self.new)


def load():
    """The mutants by name."""
    found = {}
    for name, value in manifests.read_object(LIST).items():
        if not {"file", "from", "to", "cases", "why"} <= value.keys() <= {"file", "from", "to", "cases", "why", "include"}:
            raise UsageError(f"{LIST}: {name} needs file, from, to, cases and why")
        found[name] = CoreMutant(name, value["file"], value["from"], value["to"], tuple(value["cases"]), value.get("include", ""))
    return found


def hunt(mutant, build):
    """(case id, None or why it is no kill) for each case that has to notice; `build` is the folder that make builds in."""
    library = Path(build).resolve() / "core-mutants" / mutant.name / "libsabir.so.1"
    done = subprocess.run(["make", "-s", "-C", ROOT, f"BUILD={build}", f"{build}/core-mutants/{mutant.name}/libsabir.so.1"],
                          env={**os.environ, "MAKEFLAGS": ""}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise UsageError(f"{mutant.name} cannot be built:\n{done.stdout}")
    port = manifests.load(PORT)
    port = port.having(env=(*port.env, ("LD_LIBRARY_PATH", str(library.parent))))
    known = cases.load_all()
    try:
        run = Suite(port, [known[case_id] for case_id in mutant.cases], preflight=False).run()
    except RunError as error:
        return [(case_id, f"the run ended before it: {error}") for case_id in mutant.cases]
    return [(result.case.id, why_no_kill(result)) for result in run.results]
