"""One actor asks another: the reply is a message like any other, and goes to whoever is named as the sender."""

import sabir


@sabir.message
class Multiply:
    a: int
    b: int


@sabir.message
class Product:
    value: int


class Calculator(sabir.Actor):
    def on_multiply(self, env: sabir.Envelope[Multiply]) -> Product:
        return Product(env.msg.a * env.msg.b)  # what a handler returns is its reply


class Client(sabir.Actor):
    def __init__(self, calculator: sabir.ActorRef) -> None:
        self.calculator = calculator

    def on_start(self) -> None:
        self.calculator.send(Multiply(7, 6), self)

    def on_product(self, env: sabir.Envelope[Product]) -> None:
        print(f"7 * 6 = {env.msg.value}")
        self.manager.terminate()


def main() -> None:
    with sabir.Manager() as manager:
        calculator = manager.manage("calculator", Calculator())
        manager.manage("client", Client(calculator))
        manager.start()
        manager.run()


if __name__ == "__main__":
    main()
