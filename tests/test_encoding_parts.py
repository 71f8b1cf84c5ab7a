"""Parts of a text read within it: the same alone, in a batch and from the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.encoding import Encoder, encode_with_parts, resolve_encoder
from matcher.encoding.cache import CachedEncoder
from matcher.ranking.query import Query, clauses, queries
from matcher.records import Challenge
from matcher.text.tokenise import default_tokenizer
from tests.conftest import TINY, CountingEncoder

TEXT = "热轧带钢板形控制。冷轧时边浪严重，需要研究板形闭环控制，缺陷检出率≥98%"
PARTS = ["热轧带钢板形控制", "冷轧时边浪严重", "需要研究板形闭环控制", "缺陷检出率≥98%"]


def test_the_text_itself_is_as_without_parts(encoder: Encoder) -> None:
    (found,) = encode_with_parts(encoder, [TEXT], [PARTS])
    assert found.shape == (5, encoder.dimension)
    np.testing.assert_allclose(found[0], encoder.encode_queries([TEXT])[0], atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_a_part_knows_what_stands_around_it(encoder: Encoder) -> None:
    (found,) = encode_with_parts(encoder, [TEXT], [PARTS])
    (other,) = encode_with_parts(encoder, [f"水稻病虫害防治。{PARTS[2]}"], [[PARTS[2]]])
    alone = encoder.encode_queries(PARTS)
    assert (found[1:] * alone).sum(axis=1).max() < 0.9999
    assert float(found[3] @ other[1]) < 0.9999
    # But it is that part: nearer to itself alone than to what stands beside it.
    assert ((found[1:] @ alone.T).argmax(axis=1) == np.arange(4)).mean() >= 0.75


def test_neighbours_in_a_batch_change_nothing(encoder: Encoder) -> None:
    many = [TEXT, "短", TEXT * 3, f"{TEXT}。再加一句"]
    together = encode_with_parts(encoder, many, [PARTS, ["短"], PARTS[:1], PARTS])
    for text, parts, found in zip(many, (PARTS, ["短"], PARTS[:1], PARTS), together, strict=True):
        (alone,) = encode_with_parts(encoder, [text], [parts])
        np.testing.assert_allclose(found, alone, atol=2e-5)


@pytest.mark.parametrize("text", [TEXT, "高温合金。" * 400 + PARTS[0]])
def test_what_is_not_read_in_the_text_is_read_by_itself(encoder: Encoder, text: str) -> None:
    part = "不在里面的一句" if text == TEXT else PARTS[0]
    (found,) = encode_with_parts(encoder, [text], [[part]])
    np.testing.assert_array_equal(found[1], encoder.encode_queries([part])[0])


def test_spelling_does_not_hide_a_part(encoder: Encoder) -> None:
    (found,) = encode_with_parts(encoder, ["熱軋帶鋼 板形　控制。ＡＢＣ"], [["热轧带钢 板形 控制"]])
    alone = encoder.encode_queries(["热轧带钢 板形 控制"])[0]
    assert not np.array_equal(found[1], alone)
    assert float(found[1] @ alone) > 0.5


def test_an_encoder_without_the_means_reads_each_part_by_itself(encoder: Encoder) -> None:
    counting = CountingEncoder(encoder)
    found = encode_with_parts(counting, [TEXT, "短"], [PARTS, PARTS[:1]])
    assert counting.encoded == [TEXT, *PARTS, "短"]
    np.testing.assert_array_equal(found[1][1], found[0][1])


def test_the_cache_keeps_a_part_with_its_text(tmp_path: Path) -> None:
    place = tmp_path / "vectors.sqlite"
    first = CachedEncoder(resolve_encoder(TINY), place)
    found = encode_with_parts(first, [TEXT, f"另一项。{TEXT}"], [PARTS, PARTS])
    assert not np.array_equal(found[0][1:], found[1][1:])
    again = CachedEncoder(_Deaf(resolve_encoder(TINY)), place)
    back = encode_with_parts(again, [f"另一项。{TEXT}", TEXT], [PARTS, PARTS])
    np.testing.assert_array_equal(np.stack(back[::-1]), np.stack(found))
    np.testing.assert_array_equal(again.encode_queries([TEXT])[0], found[0][0])


def test_a_query_reads_in_its_text_its_clauses_and_what_is_most_of_it(encoder: Encoder) -> None:
    asked = Challenge(
        challenge_id="1",
        title=PARTS[0],
        problem="，".join([*PARTS[1:3], "并在产线上连续运行一个月"]),
        indicators_text=PARTS[3],
    )
    (along,) = queries([asked], default_tokenizer(), encoder, by_clause=True, by_facet=True)
    (later,) = queries([asked], default_tokenizer(), encoder)
    deaf = _Deaf(encoder)
    for read in (Query.clause_vectors, Query.facet_vectors):
        np.testing.assert_array_equal(read(along, deaf), read(later, encoder))
    told = clauses(along.facets)
    assert told == [*PARTS[1:3], "并在产线上连续运行一个月", PARTS[3]]
    (inside,) = encode_with_parts(encoder, [along.whole], [told])
    np.testing.assert_array_equal(along.clause_vectors(deaf), inside[1:])
    title, most, small = along.facets
    assert len(most.text) > len(along.whole) / 2 > len(small.text)
    read = along.facet_vectors(deaf)
    alone = encoder.encode_queries([title.text, small.text])
    np.testing.assert_allclose(read[[0, 2]], alone, atol=2e-5)
    (inside,) = encode_with_parts(encoder, [along.whole], [[most.text]])
    np.testing.assert_array_equal(read[1], inside[1])


class _Deaf(CountingEncoder):
    """Fails when anything is read."""

    def encode_queries(self, texts, *, progress=None):  # type: ignore[no-untyped-def]
        raise AssertionError(texts)

    def encode_with_parts(self, texts, parts):  # type: ignore[no-untyped-def]
        raise AssertionError(texts)
