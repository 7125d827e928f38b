"""The faults, one class each: a subclass of what the right port is made of, with one thing wrong."""

from .fault import FAULTS

__all__ = ["FAULTS"]
