"""The referee of ping_pong.json: has each ping play with each pong of the peers file, and says how it went."""
import sys

import sabir

LANGUAGES = ("c", "cpp", "rust", "python")
ROUNDS = 1000
GAME_TIMEOUT_S = 30.0


@sabir.message
class PlayPing:
    name: str
    endpoint: str
    rounds: int
    dialect: str | None = None


@sabir.message
class Played:
    rounds: int
    errors: int


def play(manager: sabir.Manager, ping: str, pong: str) -> bool:
    """Whether one game went well."""
    opponent = manager.find(f"pong@pong_{pong}")
    assert opponent.endpoint is not None  # every node of the peers file has one
    game = PlayPing(opponent.name, opponent.endpoint, ROUNDS)
    try:
        played = manager.find(f"ping@ping_{ping}").ask(game, timeout=GAME_TIMEOUT_S)
    except sabir.SabirError as error:
        print(f"{ping} -> {pong}: {error}")
        return False
    print(f"{ping} -> {pong}: {played.rounds} rounds, {played.errors} errors")
    return (played.rounds, played.errors) == (ROUNDS, 0)


def main() -> int:
    with sabir.Manager.from_env() as manager:
        manager.start()
        manager.ready()
        results = [play(manager, ping, pong) for ping in LANGUAGES for pong in LANGUAGES]
    print(f"{sum(results)} of {len(results)} pairs passed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
