"""A port of the Sabir protocol in Python that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.

It needs nothing but the standard library: what it knows of ZeroMQ (ZMTP 3.0, mechanism NULL) stands in `wire.py`; pyzmq can take its
place. `json` is enough to begin with and wrong for level 1: it takes equal keys, NaN and lone surrogates (docs/protocol.md). Replies
go to 127.0.0.1 only, until RTE-4 is there.
"""

import json
import os
import re
import signal
import sys
import threading

import wire

CANNOT_START = 10
LOOPBACK = re.compile(r"tcp://127\.0\.0\.1:(\*|[0-9]{1,5})\Z")


class Node:
    def __init__(self, bind):
        self.listener = wire.listen(bind)
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.ways = wire.Ways()

    def serve(self):
        while True:
            connection, _address = self.listener.accept()
            threading.Thread(target=wire.receive, args=(connection, self.take), daemon=True).start()

    def take(self, frame):
        try:
            envelope = json.loads(frame)
            type_, target, payload = envelope["type"], envelope["target"], envelope["payload"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # malformed: dropped, never answered
        if not isinstance(payload, dict) or type_ == "Reject":
            return
        if target != "echo":
            self.reject(envelope, "unknown_target", "there is no such actor")
        elif type_ != "conf.Echo":
            self.reject(envelope, "unknown_type", "echo has no handler for it")
        else:
            self.answer(envelope, "conf.EchoReply", {"name": "echo", "endpoint": self.endpoint}, payload)

    def reject(self, cause, code, reason):
        self.answer(cause, "Reject", None, {"code": code, "reason": reason, "message_type": cause["type"],
                                            "target": cause["target"], "rejected_by": self.endpoint})

    def answer(self, cause, type_, sender, payload):
        to = cause.get("sender")
        if not isinstance(to, dict) or not LOOPBACK.match(str(to.get("endpoint"))):
            return
        envelope = {"type": type_, "target": to["name"], "sender": sender, "payload": payload}
        if cause.get("id") is not None:
            envelope["re"] = cause["id"]
        self.ways.send(to["endpoint"], json.dumps(envelope, ensure_ascii=False).encode())


def main():
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    told = LOOPBACK.match(os.environ.get("SABIR_BIND", "tcp://127.0.0.1:*"))
    try:
        if not told:
            raise OSError("it is like tcp://127.0.0.1:* here")
        node = Node(0 if told.group(1) == "*" else int(told.group(1)))
    except (OSError, OverflowError) as error:
        print(f"SABIR_BIND={os.environ.get('SABIR_BIND')} cannot be bound: {error}", file=sys.stderr)
        return CANNOT_START
    threading.Thread(target=node.serve, daemon=True).start()
    ready = {"endpoint": node.endpoint, "bound": node.endpoint, "port": "@NAME@", "version": "0.1", "suite": 1,
             "limits": {"bytes": wire.LIMIT_BYTES, "depth": 64}, "features": []}
    print("READY " + json.dumps(ready), flush=True)
    while os.read(0, 4096):
        pass
    os._exit(0)  # threads that wait for a peer must not hold up the end


if __name__ == "__main__":
    sys.exit(main())
