"""The trading example as its two nodes: what the market prints is what is computed here once more, without actors."""
import os
import subprocess
import unittest

from support import BUILD, ROOT, SABIR

TRADING = ROOT / "examples/trading"
TIMEOUT_S = 120
LOT, SHOWN, MASK = 10, 5, 2**64 - 1


def stream(state):
    """splitmix64 from `state` on."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        yield z ^ z >> 31


def prices(instrument, rounds, seed):
    numbers = stream(seed * 1000003 + instrument)
    cents = 1000 + next(numbers) % 9000
    for _ in range(rounds):
        move = cents * (next(numbers) % 41 - 20)
        cents += abs(move) // 1000 * (1 if move > 0 else -1)  # C rounds towards 0
        yield cents


def trade(instrument, rounds, seed, limit):
    """An instrument's row: prices, orders, accepted, refused, position, value, largest exposure."""
    position = accepted = refused = largest = 0
    reference = None
    for cents in prices(instrument, rounds, seed):
        reference = reference or cents
        quantity = LOT if cents * 100 <= reference * 98 else -LOT if cents * 100 >= reference * 102 else 0
        if not quantity:
            continue
        reference = cents
        exposure = abs((position + quantity) * cents)
        if exposure > limit:
            refused += 1
            continue
        position, accepted, largest = position + quantity, accepted + 1, max(largest, exposure)
    return rounds, accepted + refused, accepted, refused, position, position * cents, largest


def the_day(instruments, rounds, seed, limit):
    """Every line that the market prints about it."""
    rows = [trade(instrument, rounds, seed, limit) for instrument in range(instruments)]
    *sums, exposures = zip(*rows, strict=True)
    total = (*map(sum, sums), max(exposures))
    return [
        "instrument prices orders accepted refused position value cents most exposed",
        *(" ".join([f"i{number:03}", *map(str, row)]) for number, row in enumerate(rows[:SHOWN])),
        " ".join(["all", *map(str, total)]),
        f"exposure: at most {total[6]} of {limit} cents",
        f"answers: {total[1]} for {total[1]} orders that risk has seen",
        f"books: {instruments} of {instruments} positions are the same at risk",
        f"prices: {instruments} of {instruments} instruments saw the pricer's last",
    ]


def run(**settings):
    environment = {**os.environ, "SABIR_BUILD": str(BUILD), **{f"TRADING_{name}": str(value) for name, value in settings.items()}}
    return subprocess.run([str(SABIR), "run", "--until", "market", str(TRADING / "trading.json")], env=environment, timeout=TIMEOUT_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def lines_of_market(done):
    return [line.removeprefix("market | ") for line in done.stdout.splitlines() if line.startswith("market | ")]


class TradingDay(unittest.TestCase):
    maxDiff = None

    def shown(self, done):
        """The table and what follows it, blanks squeezed; what the threads say of themselves comes before."""
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = lines_of_market(done)
        first = next(number for number, line in enumerate(lines) if line.startswith("instrument "))
        return lines[:first], lines[first:]

    def check_threads(self, lines):
        """Each is on its CPU, or a line of the log says why it is not."""
        for who, cpu in (("pricer", 0), ("router", 1)):
            self.assertTrue(f"{who}: on CPU {cpu}" in lines or any("CPU affinity" in line and who in line for line in lines), lines)

    def test_it_prints_what_its_readme_says(self):
        before, table = self.shown(run())
        self.check_threads(before)
        self.assertEqual("\n".join(table) + "\n", (TRADING / "expected.txt").read_text())
        self.assertEqual([" ".join(line.split()) for line in table], the_day(300, 40, 1, 100000))

    def test_other_days_have_other_sums_and_they_are_right(self):
        for settings in ({"INSTRUMENTS": 20, "ROUNDS": 300, "SEED": 2, "LIMIT_CENTS": 70000},
                         {"INSTRUMENTS": 1000, "ROUNDS": 25, "SEED": 3}):
            with self.subTest(**settings):
                _, table = self.shown(run(**settings))
                day = the_day(settings["INSTRUMENTS"], settings["ROUNDS"], settings["SEED"], settings.get("LIMIT_CENTS", 100000))
                self.assertEqual([" ".join(line.split()) for line in table], day)
                refused = int(day[1 + SHOWN].split()[4])
                self.assertGreater(refused, 0)  # a limit that is never met would prove nothing

    def test_a_size_that_is_none_is_said(self):
        for settings, most in (({"ROUNDS": "many"}, 200), ({"INSTRUMENTS": "1001"}, 1000), ({"SEED": "0"}, 2147483647)):
            with self.subTest(**settings):
                (name, value), done = next(iter(settings.items())), run(**settings)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"market: TRADING_{name} is '{value}'; it must be a number from 1 to {most}", lines_of_market(done))

    def test_a_market_without_risk_says_so_and_fails(self):
        done = subprocess.run([str(BUILD / "examples/trading/c/market")], env={**os.environ, "SABIR_BIND": "tcp://127.0.0.1:*"},
                              timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("risk", done.stderr)


if __name__ == "__main__":
    unittest.main()
