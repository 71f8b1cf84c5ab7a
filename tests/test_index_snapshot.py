"""The library on disk: made once, brought up to date, always what a fresh one would be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Matcher, Team
from matcher.encoding import Encoder
from matcher.index import library, snapshot
from matcher.matches import Ranking
from matcher.workspace import INDEX_FOLDER, Workspace

TOP = 15


@pytest.fixture
def workspace(
    tmp_path: Path, challenges: Sequence[Challenge], teams: Sequence[Team], encoder: Encoder
) -> Workspace:
    made = Workspace(tmp_path / "ws", encoder=encoder)
    made.put_challenges(challenges[:12])
    made.put_teams(teams[:300])
    return made


def answers(matcher: Matcher) -> list[list[tuple[str, float]]]:
    return [
        [(match.team.team_id, match.score) for match in ranking.matches]
        for ranking in matcher.match(top=TOP)
        if isinstance(ranking, Ranking)
    ]


def fresh(workspace: Workspace, encoder: Encoder) -> list[list[tuple[str, float]]]:
    """What a library made in memory from the same records answers."""
    return answers(
        Matcher.from_records(
            list(workspace.challenges().values()),
            list(workspace.teams().values()),
            encoder=encoder,
            ranker="fused",
        )
    )


def segments_of(workspace: Workspace) -> list[str]:
    content = json.loads((workspace.folder / INDEX_FOLDER / "snapshot.json").read_text("utf-8"))
    return list(content["segments"])


def reopened(workspace: Workspace, encoder: Encoder) -> Matcher:
    return Workspace(workspace.folder, encoder=encoder).matcher("fused")


@pytest.mark.slow
def test_what_is_opened_answers_as_what_was_made(workspace: Workspace, encoder: Encoder) -> None:
    expected = fresh(workspace, encoder)
    assert answers(workspace.matcher("fused")) == expected
    before = segments_of(workspace)
    assert answers(reopened(workspace, encoder)) == expected
    assert segments_of(workspace) == before


@pytest.mark.slow
def test_changes_are_added_and_struck_off(
    workspace: Workspace, encoder: Encoder, teams: Sequence[Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.matcher("fused")
    base = segments_of(workspace)
    monkeypatch.setattr(snapshot, "segments", Counting(snapshot.segments))
    changed = [team.model_copy(update={"profile": teams[-1 - n].profile + "轴承钢"})
               for n, team in enumerate(teams[:8])]  # fmt: skip
    workspace.put_teams([*changed, *teams[300:310]])
    workspace.delete_teams([team.team_id for team in teams[20:25]])
    assert answers(reopened(workspace, encoder)) == fresh(workspace, encoder)
    assert segments_of(workspace)[: len(base)] == base
    assert len(segments_of(workspace)) == len(base) + 1
    # What was not changed was not looked at again.
    assert snapshot.segments.documents == 18
    workspace.put_teams(teams[:8])
    assert answers(reopened(workspace, encoder)) == fresh(workspace, encoder)
    assert len(segments_of(workspace)) == len(base) + 2


@pytest.mark.slow
def test_vectors_that_stay_are_not_looked_at_again(
    workspace: Workspace, encoder: Encoder, teams: Sequence[Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.matcher("fused")
    workspace.put_teams([*teams[300:303], teams[3].model_copy(update={"profile": "轴承钢"})])
    workspace.delete_teams([teams[20].team_id])
    exact = fresh(workspace, encoder)

    def everything(*_: object) -> None:
        raise AssertionError("all vectors were read")

    monkeypatch.setattr(library, "dense_statistics", everything)
    assert answers(reopened(workspace, encoder)) == exact


class Counting:
    """Counts the documents that are indexed."""

    def __init__(self, made: object) -> None:
        self._made = made
        self.documents = 0

    def __call__(self, documents: Iterator[object]) -> object:
        return self._made(self._count(documents))  # type: ignore[operator]

    def _count(self, documents: Iterator[object]) -> Iterator[object]:
        for document in documents:
            self.documents += 1
            yield document


@pytest.mark.slow
def test_a_removal_alone_is_noticed(workspace: Workspace, encoder: Encoder) -> None:
    first = workspace.matcher("fused")
    gone = first.library.ids[3]
    workspace.delete_teams([gone])
    second = reopened(workspace, encoder)
    assert gone not in second.library.ids
    assert answers(second) == fresh(workspace, encoder)
    # The library that was open keeps what it had.
    assert gone in first.library.ids


@pytest.mark.slow
def test_a_change_of_the_other_side_leaves_the_segments(
    workspace: Workspace, encoder: Encoder, challenges: Sequence[Challenge]
) -> None:
    workspace.matcher("fused")
    before = sorted(path.name for path in (workspace.folder / INDEX_FOLDER).iterdir())
    workspace.put_challenges(challenges[12:14])
    assert answers(reopened(workspace, encoder)) == fresh(workspace, encoder)
    assert sorted(path.name for path in (workspace.folder / INDEX_FOLDER).iterdir()) == before


@pytest.mark.slow
def test_a_large_change_makes_all_anew(
    workspace: Workspace, encoder: Encoder, teams: Sequence[Team]
) -> None:
    workspace.matcher("fused")
    before = segments_of(workspace)
    workspace.put_teams(teams)
    assert answers(reopened(workspace, encoder)) == fresh(workspace, encoder)
    assert not set(before) & set(segments_of(workspace))
    assert not any((workspace.folder / INDEX_FOLDER / name).exists() for name in before)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["no list", "half a list", "no segment", "short array"])
def test_a_damaged_snapshot_is_made_again(
    workspace: Workspace, encoder: Encoder, damage: str
) -> None:
    expected = answers(workspace.matcher("fused"))
    folder = workspace.folder / INDEX_FOLDER
    if damage == "no list":
        (folder / "snapshot.json").unlink()
    elif damage == "half a list":
        (folder / "snapshot.json").write_text('{"format": 1, ', encoding="utf-8")
    elif damage == "no segment":
        shutil.rmtree(folder / segments_of(workspace)[0])
    else:
        array = folder / segments_of(workspace)[0] / "codes.npy"
        array.write_bytes(array.read_bytes()[:200])
    assert answers(reopened(workspace, encoder)) == expected


@pytest.mark.slow
def test_a_snapshot_of_another_workspace_is_not_used(
    workspace: Workspace, encoder: Encoder, teams: Sequence[Team], tmp_path: Path
) -> None:
    workspace.matcher("fused")
    other = Workspace(tmp_path / "other", encoder=encoder)
    other.put_challenges(list(workspace.challenges().values()))
    other.put_teams(teams[100:400])
    shutil.copytree(workspace.folder / INDEX_FOLDER, other.folder / INDEX_FOLDER)
    assert answers(other.matcher("fused")) == fresh(other, encoder)


@pytest.mark.slow
@pytest.mark.parametrize("then", [0, 3])
def test_a_workspace_set_back_to_an_older_copy_is_not_confused(
    workspace: Workspace, encoder: Encoder, teams: Sequence[Team], tmp_path: Path, then: int
) -> None:
    workspace.matcher("fused")
    file = workspace.folder / "workspace.sqlite"
    workspace._store.close()
    shutil.copy(file, tmp_path / "copy")
    later = Workspace(workspace.folder, encoder=encoder)
    later.put_teams(teams[300:306])
    later.matcher("fused")
    later._store.close()
    for left in workspace.folder.glob("workspace.sqlite*"):
        left.unlink()
    shutil.copy(tmp_path / "copy", file)
    back = Workspace(workspace.folder, encoder=encoder)
    for number in range(then):
        back.put_teams(teams[310 + number : 311 + number])
    assert answers(back.matcher("fused")) == fresh(back, encoder)
    assert len(back.matcher("fused").library.ids) == 300 + then


def test_arrays_stay_on_disk(workspace: Workspace) -> None:
    segment = workspace.matcher("fused").library.source.segments[0]
    assert segment.vectors is not None
    assert isinstance(segment.vectors.codes.base, np.memmap)
    assert isinstance(segment.postings.passages.base, np.memmap)


def contents(workspace: Workspace) -> list[dict[str, bytes]]:
    """The files of each segment, in order."""
    folder = workspace.folder / INDEX_FOLDER
    return [
        {path.name: path.read_bytes() for path in sorted((folder / name).iterdir())}
        for name in segments_of(workspace)
    ]


@pytest.mark.slow
def test_segments_written_side_by_side_are_those_of_one_process(
    workspace: Workspace, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "SEGMENT_PASSAGES", 120)
    apart: list[int] = []
    written = snapshot.shared

    def counted(function: object, blocks: Sequence[object]) -> Iterator[object]:
        apart.append(len(blocks))
        return written(function, blocks)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "shared", counted)
    made = {}
    for count in (1, 2):
        monkeypatch.setattr(snapshot, "processors", lambda count=count: count)
        shutil.rmtree(workspace.folder / INDEX_FOLDER, ignore_errors=True)
        found = answers(reopened(workspace, encoder))
        made[count] = contents(workspace), found
    assert apart == [len(made[1][0])]
    assert len(made[1][0]) > 3
    assert made[1] == made[2]


def test_a_segment_is_not_written_of_a_store_that_changed_meanwhile(
    workspace: Workspace, teams: Sequence[Team], tmp_path: Path
) -> None:
    store = workspace._store
    (within,) = store.stretches("team", 10**9)
    stretch = snapshot._Stretch(store.path, workspace.state, "team", within, tmp_path, "s")
    assert snapshot._written_apart(stretch)
    # As if a process had been killed over it: written again.
    (tmp_path / "s" / "years.npy").write_bytes(b"")
    assert snapshot._written_apart(stretch)
    assert (tmp_path / "s" / "years.npy").stat().st_size
    workspace.put_teams(teams[300:301])
    assert not snapshot._written_apart(stretch)
