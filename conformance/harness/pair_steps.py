"""The steps that only a pair has: what passes between two nodes, who dies, and what the network is like."""

import functools

from .bulk import number
from .match import envelope_difference
from .proxy import FAIR, Weather
from .trial import CaseError, Failure

# A flow may be long on a busy machine; what must not happen is that nothing happens.
STALL_S = 10.0


def do_wire(trial, step):
    """Claim the next messages that a node has sent to the other, which have to look like this."""
    name, count = step["from"], number(step, "count", 1)
    _wait_for(trial, name, count)
    trial.raise_violation()
    pattern = {key: step[key] for key in ("type", "payload", "target", "sender", "re", "dialect") if key in step}
    for index, seen in enumerate(trial.ledger.unclaimed(name)[:count]):
        trial.names.words["i"] = str(index)
        found = envelope_difference(trial.fill(pattern), seen.envelope)
        trial.hold(found is None, f"emitted something else: {found}", seen.data)
        trial.ledger.claim(seen)


def _wait_for(trial, name, count):
    """Until so many messages wait to be claimed; a node that sends nothing for a while is at fault."""
    seat, claimed = _seat(trial, {"do": "wire", "node": name}), trial.emitted[name] - len(trial.ledger.unclaimed(name))

    def has_news(before):
        return trial.emitted[name] > before or trial.ledger.violations or not seat.instance.testee.is_alive

    while trial.emitted[name] - claimed < count:
        before = trial.emitted[name]
        trial.loop.run_until(functools.partial(has_news, before), STALL_S)
        if trial.ledger.violations:
            return
        if trial.emitted[name] == before:
            raise Failure("silence", f"sent {before - claimed} messages, and then nothing for {STALL_S:g} s; {count} were expected")


def do_overlook(trial, step):
    """What has been sent until now, or until something with these words, may have been sent: nobody can say how much gets through."""
    if "until" in step:
        words, name = trial.fill(step["until"]).encode(), step["from"]
        if not trial.loop.run_until(lambda: any(words in seen.data for seen in trial.ledger.unclaimed(name)), 2 * STALL_S):
            raise Failure("silence", f"did not send what carries {words.decode()} within {2 * STALL_S:g} s")
    trial.settle()
    for seen in trial.ledger.unclaimed(step["from"]):
        trial.ledger.claim(seen)


def do_fall(trial, step):
    trial.add_process_event(f"{step['node']} killed: {_seat(trial, step).fall()}")


def do_rise(trial, step):
    seat = _seat(trial, step)
    seat.rise()
    trial.add_instance(step["node"], seat.instance)
    trial.add_process_event(f"{step['node']} is ready again, process {seat.instance.testee.pid}")


def do_weather(trial, step):
    """What the way to a node is like from now on; without more words it is fair."""
    weather = Weather(number(step, "delay_ms", 0) / 1000, number(step, "bytes_per_s", 0) or FAIR.bytes_per_s,
                      number(step, "cut_every_bytes", 0))
    _seat(trial, step).proxy.set_weather(weather)


def do_cuts(trial, step):
    """Was the connection really cut? Else the case has shown nothing. It is cut by what is sent: as long as that moves, there is hope."""
    proxy, wanted = _seat(trial, step).proxy, number(step, "at_least", 1)

    def has_news(before):
        return proxy.cuts >= wanted or proxy.passed > before

    while proxy.cuts < wanted:
        before = proxy.passed
        if not trial.loop.run_until(functools.partial(has_news, before), 2 * STALL_S):
            raise Failure("silence", f"sent {before} messages to {step['node']} and then nothing for {2 * STALL_S:g} s, "
                                     f"so that its way was cut {proxy.cuts} times only")


def _seat(trial, step):
    if not hasattr(trial, "seats"):
        raise CaseError(f"{step['do']}: only a case of a pair has it")
    return trial.seats[step["node"]]

