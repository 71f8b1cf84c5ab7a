"""Coverage-guided fuzzing: any bytes under any name, any text. No crash, no hang, no row lost.

python -m tests.fuzz.fuzz [options of libFuzzer] folder

The folder is filled with the hostile files and the findings of earlier runs, from which new inputs
are bred. An input that crashes is written to the working directory; it belongs into
``tests/fuzz/findings`` once its cause is mended.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["matcher"]):
    from tests.fuzz.targets import as_input, one_input

FINDINGS = Path(__file__).parent / "findings"
_LARGEST_SEED = 20_000


def seed(folder: Path) -> None:
    """Write the inputs to begin with."""
    from tests.hostile.make_files import all_cases

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        for case in all_cases():
            path = Path(temporary) / case.name
            case.make(path)
            content = path.read_bytes()
            if len(content) <= _LARGEST_SEED:
                (folder / f"seed-{case.name}").write_bytes(as_input(case.name, content))
    for finding in FINDINGS.iterdir():
        (folder / finding.name).write_bytes(finding.read_bytes())


def lose_nothing(data: bytes) -> None:
    """What the fuzzer runs: a row lost without a word is a finding like a crash."""
    assert one_input(data) == 0


def main() -> None:
    """Run until told to stop."""
    folder = Path(sys.argv[-1])
    if len(sys.argv) > 1 and not folder.is_file() and not sys.argv[-1].startswith("-"):
        seed(folder)
    atheris.Setup(sys.argv, lose_nothing)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
