"""The calculator without a client, and the client without a calculator."""

from __future__ import annotations

import pytest
from request_reply import Calculator, Client, Multiply, Product
from sabir.kit import Kit


def test_a_calculator_multiplies() -> None:
    with Kit() as kit:
        calculator, client = kit.manage("calculator", Calculator()), kit.probe("client")
        kit.start()
        calculator.send(Multiply(-3, 4), client.ref)
        client.expect(Product(-12))


def test_a_client_asks_when_it_starts_and_shows_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with Kit() as kit:
        calculator = kit.probe("calculator")
        client = kit.manage("client", Client(calculator.ref))
        kit.start()
        assert calculator.expect(Multiply(7, 6)).sender == client
        client.send(Product(42), calculator.ref)
        kit.rest()
    assert capsys.readouterr().out == "7 * 6 = 42\n"
