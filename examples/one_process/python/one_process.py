"""One process, three languages: C and Rust actors from libraries, and Python's own, talk to each other by name."""

import os
from pathlib import Path

import sabir

BUILD = Path(os.environ.get("SABIR_BUILD", Path(__file__).resolve().parents[3] / "build"))
LIBRARIES = {
    "c": BUILD / "examples/one_process/c/libone_process.so",
    "rust": BUILD / "rust/release/libone_process.so",
}


@sabir.message
class Double:
    value: int


@sabir.message
class Doubled:
    value: int


@sabir.message
class Quadruple:
    value: int
    by: str


@sabir.message
class Quadrupled:
    value: int


class Doubler(sabir.Actor):
    def on_double(self, env: sabir.Envelope[Double]) -> Doubled:
        return Doubled(2 * env.msg.value)


def main() -> None:
    with sabir.Manager() as manager:
        for language, library in LIBRARIES.items():
            manager.load(library, prefix=f"{language}.")
        manager.manage("python.doubler", Doubler())
        manager.start()
        for language in ("c", "rust", "python"):
            print(f"{language} doubles 21: {manager.find(f'{language}.doubler').ask(Double(21)).value}")
        # C and Rust call each other with structs on the stack; only what goes to or comes from Python is converted.
        for asked, helper in (("c", "rust"), ("rust", "c"), ("c", "python"), ("rust", "python")):
            answer = manager.find(f"{asked}.quadrupler").ask(Quadruple(10, f"{helper}.doubler"))
            print(f"{asked} quadruples 10 with the help of {helper}: {answer.value}")


if __name__ == "__main__":
    main()
