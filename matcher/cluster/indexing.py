"""A workspace indexed anew in blocks: tokens and vectors made by many, written by one."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.cluster.blocks import Engine, run_blocks, software_version
from matcher.errors import InputError
from matcher.index.documents import DocumentFacts
from matcher.index.indexing import entries
from matcher.index.passages import Passage
from matcher.index.store import Entry, Side
from matcher.progress import Progress
from matcher.workspace import Workspace

BLOCK = 1024


@dataclass(frozen=True, slots=True)
class IndexBlock:
    """Some records of a workspace to be tokenised and encoded.

    Attributes:
        workspace: its folder, the same on all machines.
        state: the workspace's when the run began.
    """

    name: str
    workspace: str
    encoder: str
    state: str
    version: str
    side: Side
    record_ids: tuple[str, ...]

    def run(self, target: Path) -> None:
        """Make the entries and write them. Raises: InputError."""
        opened = Workspace(self.workspace, encoder=self.encoder)
        if (self.version, self.state) != (software_version(), opened.state):
            raise InputError(
                "计算节点上的软件版本不同，或工作区在运行期间被更新",
                given=f"{software_version()} / {opened.state}",
                expected=f"{self.version} / {self.state}",
                remedy="所有节点安装同一版本，不加 --resume 重新运行",
            )
        records = opened.teams() if self.side == "team" else opened.challenges()
        wanted = [records[record_id] for record_id in self.record_ids]
        made = entries(wanted, opened.tokenizer, opened.encoder, by_phrase=True)
        write_entries(target, made)


def rebuild_in_blocks(
    workspace: Workspace,
    folder: Path,
    engine: Engine,
    *,
    encoder: str,
    size: int = BLOCK,
    progress: Progress | None = None,
) -> None:
    """As `Workspace.rebuild`, made in blocks.

    Args:
        workspace: on storage that all workers share.
        folder: for the blocks' files, likewise; removed when the index is written.
        engine: where to run.
        encoder: name or folder, the same on all workers.
        size: records in a block.
        progress: called with (blocks done, blocks in all).

    Raises:
        InputError, ClusterError: see `run_blocks`.
        WorkspaceError: another process changed the workspace meanwhile.
    """
    sides: tuple[tuple[Side, Sequence[str]], ...] = (
        ("challenge", list(workspace.challenges())), ("team", list(workspace.teams())),
    )  # fmt: skip
    place, state = str(workspace.folder.resolve()), workspace.state
    blocks = [
        IndexBlock(
            f"{side}-{low // size:06}.zip", place, encoder, state, software_version(), side,
            tuple(ids[low : low + size]),
        )
        for side, ids in sides
        for low in range(0, len(ids), size)
    ]  # fmt: skip
    decisive = {"kind": "index", "state": state, "encoder": encoder, "size": size}
    settings = decisive | {"version": software_version()}
    files = run_blocks([blocks], folder, settings, engine, progress)
    done = list(zip(blocks, files, strict=True))
    made = {side: _of_side(done, side) for side, _ in sides}
    workspace.replace_index(made, state)
    shutil.rmtree(folder, ignore_errors=True)


def _of_side(done: Sequence[tuple[IndexBlock, Path]], side: Side) -> Iterator[Entry]:
    for block, file in done:
        if block.side == side:
            yield from read_entries(file)


def write_entries(target: Path, made: Iterator[Entry]) -> None:
    """Entries as lines of JSON and two arrays of vectors, in a zip file."""
    lines: list[str] = []
    vectors: list[NDArray[np.float16]] = []
    phrases: list[NDArray[np.float16]] = []
    for entry in made:
        content: dict[str, Any] = {
            "id": entry.record_id, "content": entry.content, "hash": entry.hash,
            "facts": asdict(entry.facts), "passages": [asdict(p) for p in entry.passages],
            "tokens": [" ".join(tokens) for tokens in entry.tokens],
            "vectors": entry.vectors is not None,
            "phrases": None if entry.phrases is None else [len(own) for own in entry.phrases],
        }  # fmt: skip
        lines.append(json.dumps(content, ensure_ascii=False))
        if entry.vectors is not None:
            vectors.append(entry.vectors.astype(np.float16))
        phrases += entry.phrases or ()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("entries.jsonl", "\n".join(lines))
        for name, rows in (("vectors", vectors), ("phrases", phrases)):
            if rows:
                written = io.BytesIO()
                np.save(written, np.concatenate(rows))
                archive.writestr(f"{name}.npy", written.getvalue())


def read_entries(file: Path) -> Iterator[Entry]:
    """What `write_entries` wrote."""
    with zipfile.ZipFile(file) as archive:
        lines = archive.read("entries.jsonl").decode().splitlines()
        vectors, phrases = (
            np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
            if name in archive.namelist()
            else None
            for name in ("vectors.npy", "phrases.npy")
        )
    row = phrase = 0
    for line in lines:
        content = json.loads(line)
        facts = content["facts"]
        facts["tech_domain"] = tuple(facts["tech_domain"])
        passages = tuple(Passage(**passage) for passage in content["passages"])
        own = None
        if content["vectors"] and vectors is not None:
            own = vectors[row : row + len(passages)].astype(np.float32)
        row += len(passages)
        said = None
        if content["phrases"] is not None and phrases is not None:
            bounds = phrase + np.cumsum([0, *content["phrases"]])
            said = tuple(phrases[low:high] for low, high in itertools.pairwise(bounds))
            phrase = int(bounds[-1])
        yield Entry(
            content["id"], content["content"], content["hash"], DocumentFacts(**facts), passages,
            tuple(tuple(tokens.split()) for tokens in content["tokens"]), own, said,
        )  # fmt: skip
