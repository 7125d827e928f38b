"""The visitor of greeting.json: asks the greeter, wherever it is, and ends."""
import sabir


@sabir.message
class Greet:
    name: str


@sabir.message
class Greeting:
    text: str


with sabir.Manager.from_env() as manager:
    manager.start()
    manager.ready()
    greeter = manager.find("greeter")  # the peers file says at which node
    print(greeter.ask(Greet("Sabir"), timeout=10).text)
