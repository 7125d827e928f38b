"""Ping-pong in one process, then between two nodes over TCP: the actors are the same, only the ref differs."""

import sabir

ROUNDS = 1000


@sabir.message
class Ping:
    count: int


@sabir.message
class Pong:
    count: int


class PongActor(sabir.Actor):
    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        return Pong(env.msg.count)


class PingActor(sabir.Actor):
    rounds = 0

    def __init__(self, pong: sabir.ActorRef) -> None:
        self.pong = pong

    def on_start(self) -> None:
        self.pong.send(Ping(0), self)

    def on_pong(self, env: sabir.Envelope[Pong]) -> None:
        self.rounds += 1
        if self.rounds == ROUNDS:
            self.manager.terminate()
        else:
            self.pong.send(Ping(env.msg.count + 1), self)


def local() -> int:
    with sabir.Manager() as manager:
        ping = PingActor(manager.manage("pong", PongActor()))
        manager.manage("ping", ping)
        manager.start()
        manager.run()
    return ping.rounds


def remote() -> int:
    node = sabir.NodeConfig(bind="tcp://127.0.0.1:*")
    with sabir.Manager(node) as far, sabir.Manager(node) as near:
        far.manage("pong", PongActor())
        far.start()
        assert far.endpoint is not None  # it is bound
        ping = PingActor(near.remote("pong", far.endpoint))
        near.manage("ping", ping)
        near.start()
        near.run()
    return ping.rounds


if __name__ == "__main__":
    print(f"local: {local()} rounds")
    print(f"remote: {remote()} rounds")
