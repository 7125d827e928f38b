"""NumPy arrays as fields: exact there and back, and hostile bytes refused."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import sabir
from support import run_python

numpy = pytest.importorskip("numpy")


@sabir.message("test.Holder")
class Holder:
    array: sabir.Array


DECLARED: Any = vars(Holder)["__sabir__"]


def there_and_back(array: Any) -> Any:
    return DECLARED.decode(sabir.encode(Holder(array))).array


def decode_bytes(data: bytes) -> Any:
    return DECLARED.decode(b'{"array":"' + base64.b64encode(data) + b'"}')


ARRAYS = [
    numpy.array(5),
    numpy.array([]),
    numpy.zeros((0, 3), "i2"),
    numpy.arange(24, dtype="<f4").reshape(2, 3, 4),
    numpy.asfortranarray(numpy.arange(6).reshape(2, 3)),
    numpy.arange(10)[::3],
    numpy.array([1.5, float("nan"), float("-inf"), -0.0]),
    numpy.array([True, False]),
    numpy.array([1 + 2j], "c16"),
    numpy.array(["a", "äöü"]),
    numpy.array([(1, 2.5)], dtype=[("n", "i4"), ("x", ">f8")]),
    numpy.array(["2026-11-21"], "M8[D]"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_an_array_comes_back_the_same(array: Any) -> None:
    back = there_and_back(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


def test_what_numpy_makes_an_array_of_is_taken() -> None:
    assert there_and_back([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]


def test_objects_do_not_travel() -> None:
    with pytest.raises(sabir.BadPayloadSabirError, match=r"Holder\.array: the array cannot travel"):
        sabir.encode(Holder(numpy.array([object()])))


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an array",
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", b"\0" * 8),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False}"),
        npy("__import__('os').system('true')"),
        npy("{'descr': '|V0', 'fortran_order': False, 'shape': (9,)}"),
        b"\x93NUMPY\x07\x00" + b"\0" * 20,
    ],
)
def test_bytes_that_are_no_array_are_refused(data: bytes) -> None:
    with pytest.raises((sabir.BadPayloadSabirError, ValueError)):
        decode_bytes(data)


def test_a_file_that_numpy_saved_is_read() -> None:
    file = io.BytesIO()
    numpy.save(file, numpy.arange(3))
    assert decode_bytes(file.getvalue()).array.tolist() == [0, 1, 2]


def test_without_numpy_everything_else_works() -> None:
    code = """
        import sys
        sys.modules["numpy"] = None  # as if it were not installed
        import sabir

        @sabir.message
        class Block:
            samples: sabir.Array
            name: str

        @sabir.message
        class Name:
            name: str

        print(sabir.encode(Name("x")).decode())
        try:
            Block.__sabir__.decode(b'{"samples":"AAAA","name":"x"}')
        except sabir.BadPayloadSabirError as error:
            print(error)
    """
    done = run_python(code)
    assert done.stdout == '{"name":"x"}\nthe field is an Array, which needs NumPy; it is not installed\n', done.stderr
