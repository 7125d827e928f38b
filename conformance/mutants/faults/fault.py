"""How a fault is named and put into a kit."""

from dataclasses import dataclass

FAULTS = {}


@dataclass(frozen=True)
class Fault:
    """A class that takes the place of the kit's `slot`, or of the actor of that name."""

    name: str
    slot: str
    replacement: type

    def apply(self, kit):
        if self.slot in kit.actors:
            kit.actors[self.slot] = self.replacement
        else:
            setattr(kit, self.slot, self.replacement)


def fault(name, slot):
    """Class decorator: this class is the fault `name`, put in the place of `slot`."""
    def register(replacement):
        FAULTS[name] = Fault(name, slot, replacement)
        return replacement
    return register
