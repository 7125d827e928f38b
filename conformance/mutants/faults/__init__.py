"""The faults, one class each: a subclass of what the right port is made of, with one thing wrong."""

from . import answers, asking, burdens, flat, framing, life, output, sequence, shape, text, values, watching  # noqa: F401  (they fill FAULTS)
from .fault import FAULTS
from .null import NULL_PORTS

__all__ = ["FAULTS", "NULL_PORTS"]
