"""`Matcher`: the verbs everyone calls, what they refuse and how they say so."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import matcher as package
from matcher import Challenge, Filter, Matcher, Team, read_challenges, read_teams
from matcher.encoding import DEFAULT_ENCODER, Encoder, resolve_encoder
from matcher.errors import InputError, ModelError, NotFoundError
from matcher.models import mean_of_passages, open_encoder, passage_centre, query_centre
from matcher.ranking.query import queries
from matcher.ranking.scoring import score_passages
from matcher.resources import data_path

from .conftest import INSTALLED_ENCODER, TINY, CountingEncoder

DEMO = "corpora/demo"


@pytest.mark.slow
def test_files_are_matched_as_records_are(fused: Matcher, encoder: Encoder) -> None:
    files = [data_path(f"{DEMO}/{name}.jsonl") for name in ("challenges", "teams")]
    from_files = Matcher.from_files(*files, encoder=encoder, ranker="fused")
    assert from_files.find_teams("GF2-001", 3) == fused.find_teams("GF2-001", 3)


def test_files_with_rows_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "榜单.csv"
    bad.write_text("榜单编号,项目名称\n1,轴承\n1,光刻胶\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"1 行无法使用(?s:.)*编号重复(?s:.)*matcher match"):
        Matcher.from_files(bad, data_path(f"{DEMO}/teams.jsonl"), encoder=None)


def test_records_with_the_same_id_are_refused() -> None:
    twice = [Team(team_id="1", profile="轴承"), Team(team_id="1", profile="光刻胶")]
    with pytest.raises(InputError, match="团队编号重复"):
        Matcher.from_records([], twice, encoder=None)
    with pytest.raises(InputError, match="榜单项目编号重复"):
        Matcher.from_records([Challenge(challenge_id="1", title="轴承")] * 2, [], encoder=None)


def test_a_number_a_list_gave_is_not_taken_for_a_made_one(tmp_path: Path) -> None:
    rows = ["编号,项目名称,主要问题", "XQ-04,抛光垫,要抛光垫", "XQ-04,焊接机器人,焊缝开裂"]
    path = tmp_path / "榜单.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = read_challenges(path)
    assert [one.challenge_id for one in found.records] == ["XQ-04"]
    assert "编号重复" in found.rejects[0].message


def test_the_id_of_a_challenge_its_record_and_its_text_are_the_same_question(
    lexical: Matcher,
) -> None:
    challenge = lexical.challenges["GF2-001"]
    by_id = lexical.find_teams("GF2-001", 5)
    assert lexical.find_teams(challenge, 5) == by_id
    text = f"{challenge.title}\n{challenge.problem}"
    free = lexical.find_teams(text, 5)
    assert {m.team.team_id for m in free} & {m.team.team_id for m in by_id}


@pytest.mark.parametrize("verb", ["find_challenges", "team", "challenge"])
def test_unknown_ids_are_refused_with_near_ones(lexical: Matcher, verb: str) -> None:
    near = {"challenge": ("GF2-0011", "GF2-001")}.get(verb, ("L00010", "L0001"))
    with pytest.raises(NotFoundError, match=f"是否指 .*{near[1]}"):
        getattr(lexical, verb)(near[0])
    with pytest.raises(NotFoundError, match="处理"):
        list(lexical.match(["没有这一项"]))


def test_a_team_of_which_nothing_is_known_cannot_be_matched() -> None:
    silent = Team(team_id="1", team_name="国家重点实验室", org_name="某大学")
    matcher = Matcher.from_records(
        [Challenge(challenge_id="1", title="轴承")], [silent], encoder=None
    )
    with pytest.raises(InputError, match="补充研究方向或成果"):
        matcher.find_challenges("1")


def test_challenges_without_text_are_no_match_for_a_team() -> None:
    challenges = [Challenge(challenge_id="空"), Challenge(challenge_id="有", title="轴承")]
    matcher = Matcher.from_records(challenges, [Team(team_id="1", profile="轴承")], encoder=None)
    assert [m.challenge.challenge_id for m in matcher.find_challenges("1")] == ["有"]


def test_no_open_challenge_gives_an_empty_list(lexical: Matcher) -> None:
    assert lexical.find_challenges("L0001", where=Filter(province="西藏")) == ()


def test_a_missing_model_is_an_error_with_the_command_that_mends_it(
    challenges: tuple[Challenge, ...], teams: tuple[Team, ...]
) -> None:
    with pytest.raises(ModelError, match="matcher models build"):
        Matcher.from_records(challenges, teams)
    with pytest.raises(ModelError, match="找不到编码器"):
        Matcher.from_records(challenges, teams, encoder="没有这个模型")


def test_no_encoder_has_two_names(encoder: Encoder) -> None:
    assert open_encoder(None) is None
    assert open_encoder("none") is None
    assert open_encoder(encoder) is encoder


def test_an_encoder_by_name_keeps_its_vectors(own_home: Path, teams: tuple[Team, ...]) -> None:
    first = Matcher.from_records([], teams[:20], encoder=str(TINY))
    assert first.encoder is not None
    assert (own_home / "vectors.sqlite").exists()
    again = Matcher.from_records([], teams[:20], encoder=str(TINY))
    assert again.find_teams("轴承", 3) == first.find_teams("轴承", 3)


@pytest.mark.slow
def test_the_mean_of_queries_does_not_depend_on_the_batch(fused: Matcher, encoder: Encoder) -> None:
    assert query_centre(encoder).tolist() == query_centre(encoder).tolist()
    everyone = list(fused.teams.values())
    alone = Matcher.from_records([], everyone, encoder=encoder, ranker="fused")
    (first,) = alone.find_teams(fused.challenges["GF2-001"], 1)
    assert first == fused.find_teams("GF2-001", 1)[0]


def test_a_cosine_does_not_depend_on_who_else_is_there(encoder: Encoder) -> None:
    own = [Team(team_id=f"a{n}", profile=f"{text}轧制") for n, text in enumerate("热冷温控精快")]
    others = [Team(team_id=f"b{n}", profile=f"敦煌壁画{n}的年代") for n in range(40)]
    found = []
    for library in (own, [*own, *others]):
        made = Matcher.from_records([], library, encoder=encoder, ranker="fused")
        (query,) = queries([Challenge(challenge_id="1", title="板带轧制")], made.tokenizer, encoder)
        cosines = score_passages(query, made.library, made.centre).cosine
        found.append(cosines[: len(own)].tolist())
    assert found[0] == found[1]
    assert len(set(found[0])) > 1


def test_the_centre_of_the_shipped_encoder_is_kept_and_is_the_one_described() -> None:
    path = data_path("models/encoders/multilingual-e5-small-zh.centre.json")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == ("332ac617f004a219940897d42401479a0ae175bcdaa4114081844b5bb3558d5e")

    class Shipped:
        identity, dimension, centring = f"{DEFAULT_ENCODER}@any", 384, True

    centre = passage_centre(Shipped())  # type: ignore[arg-type]
    assert centre is not None
    assert centre.shape == (384,)
    assert 0.5 < np.linalg.norm(centre) < 1
    assert centre.tolist() == centre.round(4).tolist()


@pytest.mark.slow
@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="the default encoder is not built here")
def test_the_kept_centre_is_near_that_of_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    default = resolve_encoder(DEFAULT_ENCODER)
    kept, some = passage_centre(default), mean_of_passages(default, every=40)
    assert kept is not None
    assert np.linalg.norm(kept - some) < 0.15


def test_each_challenge_is_encoded_once_a_batch(
    counting: CountingEncoder, challenges: tuple[Challenge, ...], teams: tuple[Team, ...]
) -> None:
    for ranker, clauses in (("fused", 0), ("default", 25)):
        matcher = Matcher.from_records(challenges[:5], teams[:30], encoder=counting, ranker=ranker)
        # The mean of queries and the phrases of teams are encoded on first use.
        list(matcher.match(top=1))
        counting.encoded.clear()
        assert len(list(matcher.match(top=3))) == 5
        # A title and a whole text each; the clauses where phrases are read. Two of the 27 clauses
        # are another challenge's too.
        assert len(counting.encoded) == 10 + clauses
        assert len(counting.encoded) == len(set(counting.encoded))
        counting.encoded.clear()
        # What explanations read is encoded along, and nothing of it a second time.
        list(matcher.match(top=3, explained=2))
        assert len(counting.encoded) == len(set(counting.encoded))


def test_public_names_are_few_and_all_there() -> None:
    assert len(package.__all__) <= 12
    assert all(getattr(package, name) is not None for name in package.__all__)
    assert package.read_challenges is read_challenges
    assert package.read_teams is read_teams
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.__getattr__("nothing")


def test_a_mistyped_id_is_not_taken_for_a_text(fused: Matcher) -> None:
    with pytest.raises(NotFoundError) as refused:
        fused.find_teams("GF2-0003")
    assert "GF2-003" in refused.value.message
    assert fused.find_teams("PEMFC", 1)


def test_a_ranking_is_a_frame_and_shows_itself_in_a_notebook(fused: Matcher) -> None:
    ranking = fused.rank(next(iter(fused.challenges)), 5)
    frame = ranking.to_frame()
    assert list(frame["team_id"]) == [match.team_id for match in ranking.matches]
    assert frame["score"].dtype.kind == "f"
    assert not [name for name in frame.columns if "contact" in name]
    shown = ranking._repr_html_()
    assert f"{ranking.challenge.name}：{ranking.verdict}" in shown
    assert ranking.matches[0].team.name in shown
    nasty = replace(ranking, challenge=Challenge(challenge_id="X", title="<script>alert(1)"))
    assert "<script>" not in nasty._repr_html_()
