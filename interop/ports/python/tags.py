"""What the application saw, every scalar as a tagged string, so that nothing is lost on the way back."""

from __future__ import annotations

from typing import Any


def tagged(value: Any) -> dict[str, Any]:
    """`value` as the suite's TAGGED."""
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": "true" if value else "false"}
    if isinstance(value, int):
        return {"t": "int", "v": str(value)}
    if isinstance(value, float):
        return {"t": "float", "v": repr(value)}
    if isinstance(value, str):
        return {"t": "str", "v": value, "bytes": value.encode().hex()}
    if isinstance(value, list):
        return {"t": "list", "v": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"t": "map", "v": {key: tagged(item) for key, item in value.items()}}
    raise TypeError(f"no tag for {type(value).__name__}")
