"""Teams put without their vectors: answers at once, the same answers as ever when completed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from matcher.encoding.sentence import SentenceEncoder
from matcher.errors import ModelError
from matcher.index.collection import Collection
from matcher.records import Challenge, Team
from matcher.workspace import Workspace
from tests.conftest import TINY, CountingEncoder


class DraftingEncoder(CountingEncoder):
    """Drafts are the exact vectors, somewhat off."""

    def draft(self, texts: Sequence[str]) -> np.ndarray:
        """See `matcher.encoding.token_table.TokenTable.draft`."""
        exact = self._encoder.encode_passages(texts)
        off = np.random.default_rng(0).standard_normal(exact.shape[1]).astype(np.float32)
        return exact + off / 100


@pytest.fixture
def drafting_encoder() -> DraftingEncoder:
    made = DraftingEncoder(SentenceEncoder(TINY))
    made.centring = True
    return made


def vectors_of(opened: Workspace) -> np.ndarray:
    found = Collection.whole(opened._library()).vectors
    assert found is not None
    return found


def test_teams_put_later_answer_at_once_and_end_as_ever(
    tmp_path: Path,
    drafting_encoder: DraftingEncoder,
    challenges: Sequence[Challenge],
    teams: Sequence[Team],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some, asked = list(islice(teams, 40)), list(islice(challenges, 3))
    at_once = Workspace(tmp_path / "now", encoder=drafting_encoder)
    at_once.put([("challenge", asked), ("team", some)])
    drafting_encoder.encoded.clear()
    opened = Workspace(tmp_path / "later", encoder=drafting_encoder, later=True)
    opened.put([("challenge", asked), ("team", some)])
    pieces = opened.status().team_passages
    assert opened.status().pending == pieces > 40
    assert len(drafting_encoder.encoded) == opened.status().challenge_passages
    (ranking,) = opened.matcher("fused").match([asked[0].challenge_id], top=5)
    assert len(ranking.matches) == 5
    # All 40 could be among the best, so they were read exactly; and all say by what to compare.
    (exact,) = at_once.matcher("fused").match([asked[0].challenge_id], top=5)
    assert ranking == exact

    seen: list[tuple[int, int]] = []
    monkeypatch.setattr("matcher.workspace.BLOCK", 24)
    reader = Workspace(tmp_path / "later", encoder=drafting_encoder)

    def look(done: int, of: int) -> None:
        """Somebody else reads while vectors are made."""
        seen.append((done, of))
        if done == of:
            return
        assert len(reader.matcher("fused").rank(asked[0].challenge_id, 5).matches) == 5

    opened.complete(look)
    assert len(seen) == 3
    assert opened.status().pending == 0
    assert seen[0][0] == opened.status().challenge_passages
    assert seen[-1][0] == seen[-1][1]
    np.testing.assert_array_equal(vectors_of(opened), vectors_of(at_once))
    mine, other = (
        list(one.matcher("fused").match(top=10, explained=2)) for one in (opened, at_once)
    )
    assert mine == other


def test_what_is_done_stays_done_and_what_changed_meanwhile_is_kept(
    tmp_path: Path, drafting_encoder: DraftingEncoder, teams: Sequence[Team],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("matcher.workspace.BLOCK", 8)
    opened = Workspace(tmp_path, encoder=drafting_encoder, later=True)
    opened.put_teams(list(islice(teams, 24)))
    whole = opened.status().pending

    class StoppedError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done:
            raise StoppedError

    with pytest.raises(StoppedError):
        opened.complete(stop)
    left = opened.status().pending
    assert 0 < left < whole
    changed = sorted(teams[:24], key=lambda team: team.team_id)[-1]
    changed = changed.model_copy(update={"profile": "低温电池热管理"})

    def change(done: int, of: int) -> None:
        if changed.team_id not in _changed(opened):
            opened.put_teams([changed])

    opened.complete(change)
    assert opened.status().pending == 0
    assert opened.teams()[changed.team_id].profile == "低温电池热管理"


def test_an_encoder_without_drafts_refuses_before_anything_is_written(
    tmp_path: Path, counting: CountingEncoder, teams: Sequence[Team]
) -> None:
    opened = Workspace(tmp_path, encoder=counting, later=True)
    with pytest.raises(ModelError, match="不能先粗算"):
        opened.put_teams(list(islice(teams, 3)))
    assert opened.status().teams == 0


def _changed(opened: Workspace) -> set[str]:
    return {i for i, team in opened.teams().items() if team.profile == "低温电池热管理"}


def test_only_the_best_by_drafts_are_read(
    tmp_path: Path,
    drafting_encoder: DraftingEncoder,
    challenges: Sequence[Challenge],
    teams: Sequence[Team],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matcher.pipeline.READ", 5)
    some, asked = list(islice(teams, 40)), challenges[0]
    opened = Workspace(tmp_path, encoder=drafting_encoder, later=True)
    opened.put([("challenge", [asked]), ("team", some)])
    matcher = opened.matcher("fused")
    assert matcher._standard.count > 40  # what all are compared by is read once
    drafting_encoder.encoded.clear()
    (ranking,) = matcher.match(top=3)
    assert len(ranking.matches) == 3
    known = {p.text: p.document_id for p in matcher.library.passages}
    read = {known[text] for text in drafting_encoder.encoded if text in known}
    assert {m.team_id for m in ranking.matches} <= read
    assert len(read) <= 5
    (longer,) = matcher.match(top=12)
    assert len(longer.matches) == 12
