"""The faults, one class each: a subclass of what the right port is made of, with one thing wrong."""

from . import answers, flat, framing, life, output, shape, text, values  # noqa: F401  (they fill FAULTS)
from .fault import FAULTS
from .null import NULL_PORTS

__all__ = ["FAULTS", "NULL_PORTS"]
