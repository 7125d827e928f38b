"""Our envelope by hand: pyzmq's PUSH and PULL between two processes, written and read with json or orjson.

pyzmq_wire.py json|orjson MESSAGES
"""

import json
import time
from typing import Any

import zmq
from rig import Pipe, arguments, fork, need, print_rate


def codec(name: str) -> tuple[Any, Any]:
    if name == "json":
        return lambda value: json.dumps(value).encode(), json.loads
    import orjson

    return orjson.dumps, orjson.loads


def envelope(number: int) -> dict[str, Any]:
    sender = {"name": "source", "endpoint": "tcp://127.0.0.1:5001"}
    return {"type": "Note", "target": "sink", "sender": sender, "payload": {"number": number}}


def send_all(pipe: Pipe, name: str, total: int) -> None:
    dumps, _ = codec(name)
    with zmq.Context() as context, context.socket(zmq.PUSH) as out:
        out.connect(pipe.get())
        for number in range(total):
            out.send(dumps(envelope(number)))


def main() -> None:
    name, total = arguments()
    _, loads = codec(name)
    pipe, join = fork(lambda pipe: send_all(pipe, name, total))
    with zmq.Context() as context, context.socket(zmq.PULL) as into:
        pipe.put(f"tcp://127.0.0.1:{into.bind_to_random_port('tcp://127.0.0.1')}")
        begin = 0.0
        for number in range(total):
            seen = loads(into.recv())
            if number == 0:
                begin = time.perf_counter()
            if seen["target"] != "sink" or seen["payload"]["number"] != number:
                need(False, "pyzmq: another number came")
        print_rate(total - 1, time.perf_counter() - begin)
        join()


if __name__ == "__main__":
    main()
