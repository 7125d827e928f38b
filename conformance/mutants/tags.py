"""Says what the application saw: every scalar as a string beside its kind, so that nothing is lost on the way back."""


def tagged(value):
    """The tagged form of a value as an application holds it."""
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": "true" if value else "false"}
    if isinstance(value, str):
        return {"t": "str", "v": value, "bytes": value.encode("utf-8", "surrogatepass").hex()}
    if isinstance(value, int):
        return {"t": "int", "v": str(value)}
    if isinstance(value, float):
        return {"t": "float", "v": repr(value)}
    if isinstance(value, dict):
        return {"t": "map", "v": {key: tagged(item) for key, item in value.items()}}
    return {"t": "list", "v": [tagged(item) for item in value]}
