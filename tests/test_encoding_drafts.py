"""Drafts of vectors: near the exact ones, and made of the encoder alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from matcher.encoding import token_table
from matcher.encoding.cache import CachedEncoder
from matcher.encoding.sentence import SentenceEncoder
from matcher.encoding.token_table import TABLE_FILE, distilled, drafting
from matcher.errors import ModelError

FIXTURE = Path(__file__).parent / "fixtures/tiny-encoder"
TEXTS = ["热轧带钢板形控制", "低温电池热管理", "热轧带钢的板形"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    folder = tmp_path_factory.mktemp("drafts") / "tiny"
    shutil.copytree(FIXTURE, folder)
    made = SentenceEncoder(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_table, "_EVERY", 50)
        table = distilled(folder, made.encode_passages, made.token_vectors(), made.max_length)
    table.save(folder / TABLE_FILE)
    return made


def test_drafts_are_nearer_to_their_own_exact_vector_than_chance(encoder: SentenceEncoder) -> None:
    texts = token_table._shipped_texts()[1::211]
    exact, drafts = encoder.encode_passages(texts), encoder.draft(texts)
    assert drafts.shape == exact.shape
    np.testing.assert_allclose(np.linalg.norm(drafts, axis=1), 1, atol=1e-5)
    exact, drafts = exact - exact.mean(axis=0), drafts - drafts.mean(axis=0)
    cosines = (drafts @ exact.T) / np.outer(*(np.linalg.norm(v, axis=1) for v in (drafts, exact)))
    own = np.diag(cosines)
    assert own.mean() > 0.5
    assert np.mean(cosines.argmax(axis=1) == np.arange(len(texts))) > 0.5


def test_a_draft_does_not_depend_on_its_neighbours(encoder: SentenceEncoder) -> None:
    together = encoder.draft(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(encoder.draft([text])[0], row)
    assert np.isfinite(encoder.draft([""])).all()
    assert encoder.draft([]).shape == (0, encoder.dimension)


def test_every_token_is_encoded_by_itself(encoder: SentenceEncoder) -> None:
    vectors = encoder.token_vectors()
    assert vectors.shape[1] == encoder.dimension
    assert len(vectors) > 100
    assert np.isfinite(vectors).all()


def test_who_makes_no_drafts_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models build"):
        SentenceEncoder(FIXTURE).draft(["钢"])
    with pytest.raises(ModelError, match="later"):
        drafting(object())
    cached = CachedEncoder(SentenceEncoder(FIXTURE), tmp_path / "v.sqlite")
    with pytest.raises(ModelError, match="models build"):
        cached.draft(["钢"])
