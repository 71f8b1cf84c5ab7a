"""Write the lock files of this folder: every package at one version, with the hashes of its files.

    python requirements/lock.py            # keeps the versions there are, as far as they still fit
    python requirements/lock.py --upgrade  # takes the newest that fit pyproject.toml

``product.txt`` is what an installed ``matcher`` needs, ``develop.txt`` what ``make demo`` and
``make test`` need, both but for torch: that is either ``torch-cpu.txt``, its build for the CPU, or
``torch.txt``, its build of the registry with the libraries for graphics cards that it asks for.
``uv`` must be installed. The files name no registry: they hold wherever pip finds its packages.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

# torch's builds for the CPU, which are not in the registry uv asks: file → sha256.
CPU_BUILDS = {
    "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl": (
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"
    ),
}
_TORCH = re.compile(r"torch==|(nvidia|cuda)-|triton==")
_ENTRY = re.compile(r"^(?=\S)(?!#)", re.MULTILINE)


def main() -> None:
    """Work out the four files; all of them or none is written."""
    develop = _compiled("develop.txt", "--extra", "dev")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as versions:
        versions.write("".join(entry.splitlines()[0].rstrip("\\ ") + "\n" for entry in develop))
        versions.flush()
        product = _compiled("product.txt", "--constraint", versions.name)
    torch = [entry for entry in product if _TORCH.match(entry)]
    for name, entries in {
        "torch-cpu.txt": [_cpu_build(next(one for one in torch if one.startswith("torch==")))],
        "torch.txt": torch,
        "product.txt": [entry for entry in product if entry not in torch],
        "develop.txt": [entry for entry in develop if entry not in torch],
    }.items():
        (FOLDER / name).write_text("".join(entries), encoding="utf-8")


def _compiled(name: str, *options: str) -> list[str]:
    """What uv resolves for every platform, one text a package."""
    kept = FOLDER / name
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / name
        if kept.exists() and "--upgrade" not in sys.argv:
            output.write_bytes(kept.read_bytes() + (FOLDER / "torch.txt").read_bytes())
        command += [*options, "--output-file", str(output), "pyproject.toml"]
        subprocess.run(command, check=True, cwd=FOLDER.parent)
        return [entry for entry in _ENTRY.split(output.read_text(encoding="utf-8")) if entry]


def _cpu_build(torch: str) -> str:
    """The pin of the same version built for the CPU."""
    version = torch.split(maxsplit=1)[0].removeprefix("torch==") + "+cpu"
    hashes = [hash for name, hash in CPU_BUILDS.items() if name.startswith(f"torch-{version}-")]
    if not hashes:
        raise SystemExit(f"torch {version}: give its files' hashes in CPU_BUILDS")
    return f"torch=={version}" + "".join(f" \\\n    --hash=sha256:{hash}" for hash in hashes) + "\n"


if __name__ == "__main__":
    main()
