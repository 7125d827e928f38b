import sabir


@sabir.message
class Greet:
    name: str


@sabir.message
class Greeting:
    text: str


class Greeter(sabir.Actor):
    def on_greet(self, env: sabir.Envelope[Greet]) -> Greeting:
        return Greeting(f"Hello, {env.msg.name}!")


with sabir.Manager() as manager:
    greeter = manager.manage("greeter", Greeter())
    manager.start()
    print(greeter.ask(Greet("Sabir"), timeout=1).text)
