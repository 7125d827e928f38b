"""grpcio: one stream of messages from a client in one process to a server in another; the payload is JSON, for there is no other schema.

grpcio_wire.py stream MESSAGES
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent import futures

import grpc
from rig import Pipe, arguments, fork, need, print_rate

METHOD = "/bench.Sink/Stream"


def receive(requests: Iterator[bytes], _context: grpc.ServicerContext) -> bytes:
    """Answers with the seconds from the first message to the last."""
    expected, begin = 0, 0.0
    for request in requests:
        if expected == 0:
            begin = time.perf_counter()
        if json.loads(request)["number"] != expected:
            need(False, "grpcio: another number came")
        expected += 1
    return json.dumps({"count": expected, "seconds": time.perf_counter() - begin}).encode()


def serve(pipe: Pipe) -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    handler = grpc.stream_unary_rpc_method_handler(receive)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Sink", {"Stream": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    pipe.put(f"127.0.0.1:{port}")
    pipe.get()  # the client is done
    server.stop(None)
    os._exit(0)


def main() -> None:
    _, total = arguments()
    pipe, join = fork(serve)
    with grpc.insecure_channel(pipe.get()) as channel:
        call = channel.stream_unary(METHOD)
        answer = json.loads(call(json.dumps({"number": number}).encode() for number in range(total)))
    need(answer["count"] == total, "grpcio: messages were lost")
    print_rate(total - 1, answer["seconds"])
    join()


if __name__ == "__main__":
    main()
