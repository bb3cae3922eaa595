"""Whether an ONNX file would have the runtime read weights from other files, which no signature covers."""

from collections.abc import Iterator

INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
"""Which field of which message holds which message, on the way to a tensor (onnx.proto, IR version 10)."""

EXTERNAL_DATA, DATA_LOCATION = 13, 14
"""The fields of a tensor that say its values lie elsewhere."""

Field = tuple[int, memoryview | int]


def needs_other_files(model: bytes) -> bool:
    """Whether any tensor of the model lies in another file. Raises ValueError (these bytes are no ONNX model)."""
    waiting = [("model", memoryview(model))]
    while waiting:
        kind, data = waiting.pop()
        for number, value in _fields(data):
            if kind == "tensor":
                if number == EXTERNAL_DATA or (number == DATA_LOCATION and value != 0):
                    return True
            elif number in INSIDE[kind]:
                if isinstance(value, int):
                    raise ValueError("a number where a message should be")
                waiting.append((INSIDE[kind][number], value))
    return False


def _fields(data: memoryview) -> Iterator[Field]:
    """The fields of one protobuf message (wire types 0, 1, 2 and 5). Raises ValueError (cut or malformed)."""
    at = 0
    while at < len(data):
        tag, at = _number(data, at)
        wire, size = tag & 7, {1: 8, 5: 4}.get(tag & 7, 0)
        if wire == 0:
            number, at = _number(data, at)
            yield tag >> 3, number
            continue
        if wire == 2:
            size, at = _number(data, at)
        elif not size:
            raise ValueError("an unknown kind of field")
        if at + size > len(data):
            raise ValueError("cut short")
        yield tag >> 3, data[at : at + size]
        at += size


def _number(data: memoryview, at: int) -> tuple[int, int]:
    """A varint, and where the next field begins."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number is cut short")
