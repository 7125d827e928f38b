"""Tests the tests: the right port is green, every wrong one is caught by the cases that say so, and no
expectation holds whatever happens.
"""

import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from mutants.faults import FAULTS

from . import case as cases
from . import kill_matrix
from . import manifest as manifests
from . import pair as pairs
from .clauses import CLAUSES
from .coverage import faults
from .errors import PASSED, RunError
from .game import HARNESS
from .invert import peers_of, variants
from .kill_matrix import Kill
from .suite import Suite, why_no_kill
from .zoo import endings

REFERENCE = Path(__file__).resolve().parent.parent / "mutants" / "port.json"

_HUNTS_AT_ONCE = 4
_PEERS_PER_RUN = 300


@dataclass
class Proof:
    """One statement about the suite, how often it was tried, and where it did not hold."""

    name: str
    tried: int = 0
    broken: list = field(default_factory=list)

    def add(self, holds, sentence):
        self.tried += 1
        if not holds:
            self.broken.append(sentence)

    def __str__(self):
        return f"{self.name}: {self.tried - len(self.broken)} of {self.tried}"


def prove(is_quick, say):
    """All proofs, each announced through `say` when it is done."""
    manifest, all_cases = manifests.load(REFERENCE), cases.load_all()
    for proof in (_cases_cover_the_protocol, _right_port_is_green, _mutants_are_killed, _kills_are_as_before, _pairs_blame_the_wrong_one,
                  _pair_kills_are_as_before, _inversions_fail, _pair_inversions_fail, _zoo_ends_right):
        found = proof(manifest, all_cases, is_quick)
        say(found)
        yield found


def _cases_cover_the_protocol(_manifest, all_cases, _is_quick):
    proof = Proof("every clause has a case or a reason, every mutant a case", tried=len(CLAUSES) + len(FAULTS))
    proof.broken += faults(all_cases)
    return proof


def _right_port_is_green(manifest, all_cases, _is_quick):
    proof = Proof("the right port passes every case")
    run = Suite(manifest, list(all_cases.values())).run()
    for result in run.results:
        proof.add(result.verdict == "pass", f"{result.case.id}: {result.verdict}: {result.why}")
    proof.add(run.exit_code == PASSED, f"exit code {run.exit_code}: {run.faults + run.gaps}")
    return proof


def _mutants_are_killed(_manifest, _all_cases, is_quick):
    proof = Proof("every mutant is killed by the cases that name it")
    for kill in hunts(is_quick):
        proof.add(kill.why_not is None, f"{kill.mutant} survives {kill.case}: {kill.why_not}")
    return proof


def _kills_are_as_before(_manifest, _all_cases, is_quick):
    proof = Proof("every kill has the reason that the golden file says")
    kills, golden = hunts(is_quick), kill_matrix.load()
    proof.tried = sum(kill.why_not is None for kill in kills)
    proof.broken = list(kill_matrix.faults(kills, golden, is_quick))
    return proof


def _pairs_blame_the_wrong_one(_manifest, _all_cases, is_quick):
    proof = Proof("a wrong port in a pair is blamed, and never the other")
    for (case_id, mutant), fouls in pair_fouls(is_quick).items():
        seen = [foul for foul in fouls.values() if foul]
        proof.add(seen and all(foul.who == _WRONG for foul in seen),
                  f"{mutant} in {case_id}: {'; '.join(map(str, seen)) or 'nobody noticed'}")
    return proof


def _pair_kills_are_as_before(_manifest, _all_cases, is_quick):
    proof = Proof("every kill in a pair has the reason that the golden file says")
    kills, golden = list(pair_kills(is_quick)), kill_matrix.load(kill_matrix.PAIRS)
    proof.tried = sum(kill.why_not is None for kill in kills)
    proof.broken = list(kill_matrix.faults(kills, golden, is_quick, kill_matrix.PAIRS.name))
    return proof


_WRONG = "wrong"


@functools.cache
def pair_fouls(is_quick):
    """{(case, mutant): {seat of the mutant: what came of the case, a Foul or None}}; most faults show in one of the seats."""
    right = manifests.load(REFERENCE)
    hunted = [(case, name) for case in pairs.load_all().values() for name in (case.kills[:1] if is_quick else case.kills)]

    def hunt(case, name):
        wrong = right.having(name=_WRONG, cmd=(*right.cmd, "--mutant", name))
        return {seat: _foul(seats, case) for seat, seats in (("a", (wrong, right)), ("b", (right, wrong)))}

    with ThreadPoolExecutor(_HUNTS_AT_ONCE) as pool:
        return dict(zip(((case.id, name) for case, name in hunted), pool.map(lambda pair: hunt(*pair), hunted)))


def _foul(seats, case):
    return next((foul for _case_id, foul in pairs.Pair(*seats, seed=0).play([case]) if foul), None)


def pair_kills(is_quick):
    """The Kill of each case of pairs, in each seat where the mutant was noticed; the golden file calls it `CASE as SEAT`."""
    for (case_id, mutant), fouls in pair_fouls(is_quick).items():
        for seat, foul in fouls.items():
            if foul:
                signature, _colon, message = foul.reason.partition(": ")
                yield Kill(mutant, f"{case_id} as {seat}", signature, message, None if foul.what == case_id else f"it fell to {foul}")


@functools.cache
def hunts(is_quick):
    """The kills of a round, hunted once for all who ask."""
    manifest, all_cases = manifests.load(REFERENCE), cases.load_all()

    def hunt(name):
        hunters = [case for case in all_cases.values() if name in case.kills]
        return _hunt(manifest, name, hunters[:1] if is_quick else hunters)

    # Most of the time goes by in waiting for what a mutant does not do.
    with ThreadPoolExecutor(_HUNTS_AT_ONCE) as pool:
        return [kill for kills in pool.map(hunt, FAULTS) for kill in kills]


def _hunt(manifest, name, hunters):
    """The Kill of each case that names the mutant."""
    try:
        # Without the preflight: it would stop many mutants before a case has seen them.
        run = Suite(manifest, hunters, preflight=False, extra_args=("--mutant", name)).run()
    except RunError as error:
        return [Kill(name, case.id, why_not=f"the run ended before it: {error}") for case in hunters]
    return [Kill(name, result.case.id, result.signature or "", result.message, why_no_kill(result)) for result in run.results]


def _inversions_fail(manifest, all_cases, is_quick):
    proof = Proof("every expectation fails when it is turned around")
    inverted = _inverted(all_cases, is_quick, proof)
    for some in _batches(inverted):
        run = Suite(manifest, [changed for _what, changed in some]).run()
        for (what, _changed), result in zip(some, run.results):
            proof.add(result.verdict in ("fail", "warn"), f"{result.case.id}, {what}: {result.verdict} {result.why}")
    return proof


def _pair_inversions_fail(manifest, _all_cases, is_quick):
    proof = Proof("every expectation of a pair fails when it is turned around")
    inverted = _inverted(pairs.load_all(), is_quick, proof)
    seats = manifest, manifest.having(name="other")
    with ThreadPoolExecutor(_HUNTS_AT_ONCE) as pool:
        for (what, changed), foul in zip(inverted, pool.map(lambda named: _foul(seats, named[1]), inverted)):
            proof.add(foul and foul.what == changed.id and foul.who != HARNESS, f"{changed.id}, {what}: {foul or 'passed'}")
    return proof


def _inverted(all_cases, is_quick, proof):
    """(what was turned around, the case with it) for every expectation, or one of each case; each case needs one."""
    found = []
    for case in all_cases.values():
        of_case = list(variants(case))
        proof.add(of_case, f"{case.id} has nothing that could be turned around")
        found += of_case[:1] if is_quick else of_case
    return found


def _batches(inverted):
    """The same in several runs: each keeps the TCP ports of all its peers, and most machines allow a process 1024 descriptors."""
    batch, peers = [], 0
    for what, changed in inverted:
        needed = len(peers_of(changed))
        if batch and peers + needed > _PEERS_PER_RUN:
            yield batch
            batch, peers = [], 0
        batch.append((what, changed))
        peers += needed
    yield batch


def _zoo_ends_right(manifest, all_cases, _is_quick):
    proof = Proof("every null port ends with the right exit code, for the right reason")
    for ending in endings(manifest, all_cases):
        proof.add(ending.is_right, str(ending))
    return proof
