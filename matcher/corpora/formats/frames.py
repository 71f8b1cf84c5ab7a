"""What goes between this process and the one that reads a file: bytes with a kind before them.

What comes back was made from a stranger's file by a process that may have been taken over by it, so
nothing but texts, numbers, dates and tuples, lists and dicts of them is made of it.
"""

from __future__ import annotations

import io
import pickle
import socket
import struct
from typing import Any, Literal

Kind = Literal[b"v", b"b", b"e", b"."]
VALUE: Kind = b"v"
BLOCK: Kind = b"b"
ERROR: Kind = b"e"
END: Kind = b"."
_HEAD = struct.Struct("!cI")
_LARGEST = 1 << 30
_DATES = frozenset({"date", "datetime", "time", "timedelta", "timezone"})


class BrokenFrameError(Exception):
    """The other side is gone, or says what makes no sense."""


def send(stream: socket.socket, kind: Kind, body: bytes = b"") -> None:
    """Send one frame. Raises: OSError: nobody listens."""
    stream.sendall(_HEAD.pack(kind, len(body)))
    stream.sendall(body)


def receive(stream: socket.socket) -> tuple[bytes, bytes]:
    """Kind and body of the next frame. Raises: BrokenFrameError: there is none."""
    kind, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if length > _LARGEST:
        raise BrokenFrameError(f"a frame of {length} bytes")
    return kind, _exactly(stream, length)


def packed(value: Any) -> bytes:
    """A value as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def value_of(body: bytes) -> Any:
    """The value of `packed` bytes, of plain types only. Raises: BrokenFrameError: it is none."""
    try:
        return _Plain(io.BytesIO(body)).load()
    except Exception as error:  # whatever a made-up pickle makes the library stumble over
        raise BrokenFrameError(str(error)) from error


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in _DATES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _exactly(stream: socket.socket, length: int) -> bytes:
    body = bytearray(length)
    view, got = memoryview(body), 0
    while got < length:
        try:
            count = stream.recv_into(view[got:])
        except OSError as error:
            raise BrokenFrameError(str(error)) from error
        if not count:
            raise BrokenFrameError("the other side is gone")
        got += count
    return bytes(body)
