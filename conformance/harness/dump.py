"""Bytes for people: rows of hexadecimal and text, with a caret under the one that matters."""

_ROW = 16
_ROWS_BEFORE, _ROWS = 3, 9


def rows(data, first, offset, total):
    """Lines that show `data`, which begins at byte `first` of `total`; a caret stands under byte `offset`, if it is not 0."""
    begin = max(first, offset // _ROW * _ROW - _ROWS_BEFORE * _ROW)
    end = min(first + len(data), begin + _ROWS * _ROW)
    if begin:
        yield f"        … {begin} bytes before"
    for start in range(begin, end, _ROW):
        row = data[start - first:min(start + _ROW, end) - first]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{start:6x}  {row.hex(' '):{3 * _ROW}} {text}"
        if offset and start <= offset < start + _ROW:
            yield f"        {' ' * (3 * (offset - start))}^^{' ' * (3 * _ROW - 3 * (offset - start) - 1 + offset - start)}^"
    if end < total:
        yield f"        … {total} bytes in all"
