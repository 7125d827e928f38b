"""The greeter of greeting.json: a node with one actor."""
import os
import sys

import sabir


@sabir.message
class Greet:
    name: str


@sabir.message
class Greeting:
    text: str


class Greeter(sabir.Actor):
    def on_greet(self, env: sabir.Envelope[Greet]) -> Greeting:
        return Greeting(f"{os.environ['GREETING']}, {env.msg.name}!")


def build(manager: sabir.Manager) -> None:
    manager.manage("greeter", Greeter())


if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
