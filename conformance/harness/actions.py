"""What each step of a case does (what concerns many messages at once stands in `bulk.py`).

A step that judges raises Failure; a step that cannot be done, CaseError.
"""

import time

from .bulk import do_burst, do_descriptors, number  # noqa: F401  (ACTIONS finds what begins with do_)
from .errors import NotReady
from .instance import Instance
from .jsontext import Number
from .ledger import SENT
from .match import envelope_difference
from .pair_steps import do_cuts, do_fall, do_overlook, do_rise, do_weather, do_wire  # noqa: F401
from .steps import ECHO, REJECT
from .stimulus import seeded_doubles, with_numbers
from .testee import STOP_S
from .trial import PATIENCE_S, Failure
from .zmtp import ping


def run_steps(trial, steps):
    """Run steps in order; a Failure carries the step that it came from."""
    for step in steps:
        try:
            ACTIONS[step["do"]](trial, step)
        except Failure as failure:
            failure.step = failure.step or step
            raise


# Connections

def do_open(trial, step):
    peer = trial.peer(step["peer"], step.get("host", "127.0.0.1"))
    if "node" in step:
        peer.instance = trial.instance(step["node"])
    if step.get("listener"):
        return peer.listener.listen()
    if "pings" in step:
        peer.takes_pings = step["pings"] != "none"
        return None
    if "host" in step:
        return None  # a place to be spoken of, not one that speaks
    peer.connect(step.get("socket", "PUSH"), number(step, "minor", 1), step.get("plain", False))
    # A refusal is an outcome here, not yet a fault: the steps that follow say which one is right.
    trial.loop.run_until(lambda: peer.link.is_ready or not peer.link.is_open or peer.link.session is None, PATIENCE_S)


def do_close(trial, step):
    peer = trial.peer(step["peer"])
    if step.get("listener"):
        return peer.listener.go_deaf()
    trial.flush(peer)
    peer.link.close()


def do_reset(trial, step):
    peer = trial.peer(step["peer"])
    trial.flush(peer)
    peer.link.reset()


def do_proxy(trial, step):
    trial.connected(step["peer"]).forwards = True


def do_settle(trial, step):
    """Wait until the testee has read all that was sent on this connection, or has closed it."""
    peer = trial.peer(step["peer"])
    context = trial.rng.randbytes(8)
    peer.link.raw(ping(context))
    timeout_s, _kind = _deadline(step)
    done = trial.loop.run_until(lambda: context in peer.pongs or not peer.link.is_open, timeout_s)
    if step.get("pong"):
        trial.hold(context in peer.pongs, f"no PONG with the context {context.hex()} came to {peer.name}, "
                                          f"but {[pong.hex() for pong in peer.pongs]}")
    trial.hold(done, f"{peer.name} got neither a PONG nor the end of its connection")


# Stimuli

def do_send(trial, step):
    names = step["peer"] if isinstance(step["peer"], list) else [step["peer"]]
    malformed = trial.fill(step.get("malformed"))
    lossy = step.get("lossy", False)
    for index in range(number(step, "repeat", 1)):
        trial.names.words["i"] = str(index)
        for name in names:
            trial.names.words["peer"] = name
            peer = trial.peer(name) if lossy else trial.connected(name)
            trial.send(peer, trial.parts(step, peer.sender), malformed, lossy)
        if index % 256 == 255:
            trial.flush(peer)
    trial.flush(peer)


def do_raw(trial, step):
    peer = trial.peer(step["peer"])
    data = b"".join(trial.parts(step, peer.sender))
    trial.ledger.note(f"{len(data)} raw bytes: {data[:64].hex()}", SENT, peer.name, f"{len(data)} raw bytes")
    if "slow_ms" in step:
        return _drip(trial, peer, data, number(step, "slow_ms", 0) / 1000)
    peer.link.raw(data)
    trial.flush(peer)


def _drip(trial, peer, data, pause_s):
    """Send one byte after the other while the case goes on."""
    if data and peer.link.is_open:
        peer.link.raw(data[:1])
        trial.loop.later(pause_s, lambda: _drip(trial, peer, data[1:], pause_s))


def do_pause(trial, step):
    """Part of a stimulus (a peer that is away for a while); never proof that nothing happened."""
    trial.loop.run_until(lambda: False, number(step, "ms", 0) / 1000)


def do_each(trial, step):
    values = step["values"]
    if isinstance(values, dict):
        values = seeded_doubles(number(values, "doubles", 0), trial.rng)
    for value in values:
        trial.names.words["each"] = value.token if isinstance(value, Number) else trial.fill(value)
        run_steps(trial, step["steps"])


# Expectations

def do_canary(trial, step):
    peer = trial.connected(step["peer"])
    for path in step.get("via", [ECHO]):
        fresh = trial.rng.randbytes(8).hex()
        type_, target, payload, answer = _canary(path, fresh, peer, trial)
        trial.send_envelope(peer, type_, target, payload)
        expect_frame(trial, peer, [{"type": answer[0], "payload": answer[1]}], *_deadline(step))


def _canary(path, fresh, peer, trial):
    """What is sent down one path of the testee, and the answer that must come back."""
    number = Number("7")
    if path == REJECT:
        target = f"nobody-{fresh}"
        return "conf.Echo", target, {}, ("Reject", _reject_pattern("unknown_target", "conf.Echo", target, peer))
    if path == "probe":
        return "conf.Describe", "probe", {"c": fresh}, ("conf.Description", {
            "seen": {"$seen": {"c": fresh}}, "sender": dict(peer.sender), "type": "conf.Describe"})
    if path == "typed":
        fields = {"i": number, "f": Number("0.5"), "s": fresh, "b": True, "l": [number]}
        seen = {"i": {"$int": "7"}, "f": {"$float": "0.5"}, "s": fresh, "b": True, "l": [{"$int": "7"}]}
        return "conf.Typed", "typed", fields, ("conf.TypedReply", {k: {"$seen": v} for k, v in seen.items()})
    if path == "sink":
        return "conf.Report", "sink", {"from": fresh}, ("conf.Reported", _report_pattern({"count": "0"}))
    if path == "slow":
        return "conf.Sleep", "slow", {"ms": Number("0")}, ("conf.Slept", {})
    return "conf.Echo", "echo", {"c": fresh}, ("conf.EchoReply", {"c": fresh})


def _reject_pattern(code, type_, target, peer):
    return {"code": code, "reason": {"$re": ".*"}, "message_type": type_, "target": target,
            "rejected_by": peer.instance.ready.endpoint}


def do_expect(trial, step):
    peer = trial.peer(step["peer"])
    common = {key: item for key, item in step.items() if key not in _NO_PATTERN}
    for index in range(number(step, "count", 1)):
        trial.names.words["i"] = str(index)
        patterns = [trial.fill({**common, **outcome}) for outcome in step.get("accept", [{}])]
        seen = expect_frame(trial, peer, patterns, *_deadline(step), among=step.get("among", False))
        if "keep" in step:
            trial.keep(step["keep"], seen.envelope)


_NO_PATTERN = {"do", "peer", "within_ms", "count", "among", "accept", "keep"}


def expect_frame(trial, peer, patterns, timeout_s=PATIENCE_S, kind="silence", among=False):
    """Claim and return the next message at `peer`, which has to fit one of the patterns.

    With `among` it is the first one that fits, in whatever order messages came.
    """
    patterns = [_completed(pattern, peer) for pattern in patterns]

    def fits(seen):
        return any(envelope_difference(pattern, seen.envelope) is None for pattern in patterns)

    seen = trial.next_frame(peer, timeout_s, kind, fits if among else None)
    trial.hold(fits(seen), envelope_difference(patterns[0], seen.envelope), seen.data)
    return seen


def _completed(pattern, peer):
    """What is not said about an envelope is not left open: to this peer, in v1, without id, re and trace."""
    sender = None if pattern["type"] == "Reject" else {"$any": True}
    return {"dialect": "v1", "target": peer.sender["name"], "sender": sender, "id": None, "re": None, "trace": None,
            **pattern}


def do_quiet(trial, step):
    trial.nothing_left(step["peer"])


def do_idle(trial, step):
    """How much a node works while nobody asks it to; the time is a measurement, not a wait."""
    testee = trial.instance(step["node"]).testee
    before = testee.cpu_ms()
    trial.loop.run_until(lambda: False, number(step, "ms", 0) / 1000)
    used = testee.cpu_ms() - before
    trial.hold(used <= number(step, "max_cpu_ms", 0), f"{step['node']} used {used} ms of CPU in {step['ms']} ms of rest")


def do_connections(trial, step):
    """How many connections the testee has made to this peer's listener."""
    accepted = trial.peer(step["peer"]).listener.accepted
    trial.hold(str(accepted) == step["count"],
               f"the testee connected to {step['peer']} {accepted} times, expected {step['count']}")


def do_report(trial, step):
    peer = trial.connected(step["peer"])
    wanted = trial.fill(step)
    pattern = _report_pattern(wanted)
    payload = {"from": wanted["from"]} if "from" in wanted else {}
    deadline = time.monotonic() + 2 * PATIENCE_S
    while True:
        trial.send_envelope(peer, "conf.Report", "sink", payload)
        # What is counted may be a hundred thousand messages, all of them in front of this question.
        seen = trial.next_frame(peer, 4 * PATIENCE_S)
        found = envelope_difference({"type": "conf.Reported", "payload": pattern}, seen.envelope)
        # Mail of another connection may still be under way: then the count has not been reached yet.
        is_short = seen.envelope and seen.envelope.payload.get("count") != wanted["count"]
        if found is None or not (step.get("until") and is_short) or time.monotonic() > deadline:
            return trial.hold(found is None, found, seen.data)


def _report_pattern(wanted):
    return {"count": wanted["count"], "in_order": wanted.get("in_order", True),
            "last": wanted.get("last", {"$any": True}), "digest": wanted.get("digest", {"$any": True})}


def do_collect(trial, step):
    """What else has come to the testee's sink since it was reset; more of it may still be under way."""
    peer = trial.connected(step["peer"])
    items = trial.fill(step["items"])
    pattern = {"type": "conf.Collected", "payload": {"items": items}}
    deadline = time.monotonic() + 2 * PATIENCE_S
    while True:
        trial.send_envelope(peer, "conf.Collect", "sink", {})
        seen = trial.next_frame(peer)
        found = envelope_difference(pattern, seen.envelope)
        is_short = seen.envelope and len(seen.envelope.payload.get("items", items)) < len(items)
        if found is None or not is_short or time.monotonic() > deadline:
            return trial.hold(found is None, found, seen.data)


def do_drive(trial, step):
    """Let the testee's driver send something; what it sends is expected by later steps."""
    peer = trial.connected(step["peer"])
    payload = with_numbers(trial.fill({key: step[key] for key in ("type", "payload", "as", "special") if key in step}))
    payload = {"to": trial.fill(step.get("to", peer.sender)), "type": "conf.Note", "payload": {}, "as": "driver",
               "repeat": Number(step.get("repeat", "1")), **payload}
    trial.send_envelope(peer, "conf.Send", "driver", payload)
    seen = trial.next_frame(peer, wanted=_answers_drive)
    ok, errors = Number(step["ok"]), step.get("errors", [])
    found = envelope_difference({"type": "conf.Sent", "payload": {"ok": {"$int": ok.token}, "errors": errors}},
                                seen.envelope)
    trial.hold(found is None, found, seen.data)


def _answers_drive(seen):
    envelope = seen.envelope
    return envelope and (envelope.type in ("conf.Sent", "conf.Unsupported")
                         or (envelope.type == "Reject" and envelope.payload.get("message_type") == "conf.Send"))


# Processes

def do_start(trial, step):
    env = trial.fill(step.get("env", {}))
    testee = trial.launcher.spawn(env, trial.fill(step.get("peers")))
    if step.get("ready", True):
        return _start_ready(trial, step["node"], testee, env)
    within_s = number(step, "within_ms", 2000) / 1000
    ended = testee.wait_exit(within_s)
    trial.add_process_event(f"{step['node']}: {ended}")
    trial.hold(not testee.has_said_ready, f"{step['node']} said READY, but must not")
    trial.hold(str(ended.code) == step["code"], f"{step['node']} ended with {ended}, expected code {step['code']}")


def _start_ready(trial, node, testee, env):
    try:
        ready = testee.wait_ready()
        trial.hold(env.get("SABIR_ADVERTISE", ready.endpoint) == ready.endpoint,
                   f"{node} was told to advertise {env.get('SABIR_ADVERTISE')}, READY says {ready.endpoint}")
        trial.add_instance(node, Instance(testee))
    except NotReady as error:
        testee.close()
        raise Failure("process", str(error)) from None
    trial.add_process_event(f"{node} is ready, process {testee.pid}")


def do_stop(trial, step):
    testee = trial.instance(step["node"]).testee
    within_s = number(step, "within_ms", int(STOP_S * 1000)) / 1000
    ended = testee.stop(step["how"])
    trial.add_process_event(f"{step['node']} after {step['how']}: {ended}")
    code = step.get("code", "0")
    if ended.seconds > within_s:
        raise Failure("process", f"{step['node']} still ran {within_s:g} s after {step['how']}")
    if str(ended.code) != code:
        raise Failure("process", f"{step['node']} ended with {ended}, expected code {code}")
    trial.hold(not ended.leftovers, f"{step['node']} left processes behind: {ended.leftovers}")


def do_kill(trial, step):
    trial.add_process_event(f"{step['node']} killed: {trial.instance(step['node']).testee.kill()}")


def do_restart(trial, step):
    """Kill an instance and start another one on the same TCP port."""
    old = trial.instance(step["node"])
    do_kill(trial, step)
    env = {"SABIR_BIND": old.names["bound"]}
    _start_ready(trial, step["node"], trial.launcher.spawn(env), env)


def _deadline(step):
    """The deadline that the step states, which makes being late a fault of its own kind."""
    if "within_ms" in step:
        return number(step, "within_ms", 0) / 1000, "deadline"
    return PATIENCE_S, "silence"


ACTIONS = {name[len("do_"):]: action for name, action in list(globals().items()) if name.startswith("do_")}
