"""Where in the bytes of an envelope a value stands, so that a caret can be put under it.

A place is written as a difference writes it: `payload.l[2].name`, in the words of v1, also for a flat envelope.
"""

from .jsontext import JsonError, Reader

# A part of the envelope may have another name in flat; the two halves of a flat sender are no object there.
_FLAT = {"type": "message_type", "target": "receiver", "payload": "message", "sender.name": "sender_actor",
         "sender.endpoint": "sender_endpoint", "sender": "sender_actor"}
_DEPTH = 200


class _Places(Reader):
    """A reader that notes where each value begins, by its place."""

    def __init__(self):
        super().__init__(_DEPTH)
        self.found = {}
        self._at = [""]

    def value(self, at, depth):
        place = self._at[-1]
        self.found.setdefault(place, at)
        if self.text[at:at + 1] == "[":
            self._at.append(f"{place}[0]")
            value = super().value(at, depth)
            self._at.pop()
            return value
        return super().value(at, depth)

    def member(self, found, at, depth):
        key, _end = self.string(at) if self.text[at:at + 1] == '"' else ("", at)
        place = self._at[-1]
        self._at.append(f"{place}.{key}" if place else key)
        end = super().member(found, at, depth)
        self._at.pop()
        return end

    def separator(self, at, closing):
        if closing == "]":
            place, _bracket, index = self._at[-1].rpartition("[")
            self._at[-1] = f"{place}[{int(index[:-1]) + 1}]"
        return super().separator(at, closing)


def offset_of(data, place):
    """The byte at which the value of `place` begins; of what is nearest around it if it is not there; 0 if nothing is."""
    places = _Places()
    try:
        places.read(data)
    except JsonError:
        pass  # what stands before the fault has been noted
    while place:
        for name in (place, _in_flat(place)):
            if name in places.found:
                return len(places.text[:places.found[name]].encode("utf-8"))
        place = place[:max(place.rfind("."), place.rfind("["), 0)]
    return 0


def _in_flat(place):
    for name, flat in _FLAT.items():
        if place == name or place.startswith((name + ".", name + "[")):
            return flat + place[len(name):]
    return place
