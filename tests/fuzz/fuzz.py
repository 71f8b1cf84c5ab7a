"""Any bytes under any name: no crash, no hang, no row lost."""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["matcher"]):
    from matcher.corpora import read_any_of
    from matcher.errors import InputError

NAMES = ("a.csv", "a.txt", "a.xlsx", "a.html", "a.docx", "a.jsonl", "a.bib", "a.zip", "a.pdf")
FOLDER = Path(tempfile.mkdtemp())


def one_input(data: bytes) -> None:
    """Read one input; the first byte chooses the name."""
    path = FOLDER / NAMES[data[0] % len(NAMES) if data else 0]
    path.write_bytes(data[1:])
    with suppress(InputError):
        for found in read_any_of(path):
            for reading in found.readings:
                assert reading.count.unaccounted == 0


def main() -> None:
    """Run until told to stop."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
