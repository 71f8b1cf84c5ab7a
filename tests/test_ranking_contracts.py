"""The contract of every retriever and ranker: lexical, dense and fused keep the same promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest

from matcher import Challenge, Evidence, Filter, Matcher, Team, Workspace
from matcher.contest import Contests
from matcher.errors import InputError
from matcher.matches import Failure, Match, Ranking
from matcher.pipeline import EVERYONE

TOPIC = "高端轴承钢夹杂物控制"


def listed(matches: tuple[Match, ...]) -> list[tuple[str, float]]:
    return [(match.team.team_id, match.score) for match in matches]


def ranked(
    matcher: Matcher, wanted: Challenge | str, top: int = 10_000, where: Filter = EVERYONE
) -> list[tuple[str, float]]:
    """As `Matcher.find_teams`, without the explanations, which take most of the time."""
    challenge = Challenge.from_text(wanted) if isinstance(wanted, str) else wanted
    with patch.object(matcher, "challenges", {challenge.challenge_id: challenge}):
        (ranking,) = matcher.match(top=top, where=where)
    assert isinstance(ranking, Ranking)
    return listed(ranking.matches)


# By whether there is an encoder, and the records: nothing of a matcher changes.
_libraries: dict[tuple[bool, str], Matcher] = {}


def rebuilt(matcher: Matcher, challenges: list[Challenge], teams: list[Team]) -> Matcher:
    """The same kind of matcher over other records, whose library is made once for all rankers."""
    written = "".join(record.model_dump_json() for record in (*challenges, *teams))
    key = (matcher.encoder is not None, sha256(written.encode()).hexdigest())
    if key not in _libraries:
        _libraries[key] = Matcher.from_records(challenges, teams, encoder=matcher.encoder)
    return replace(_libraries[key], ranker=matcher.ranker)


@pytest.mark.slow
def test_a_batch_gives_what_single_questions_give(matcher: Matcher) -> None:
    wanted = list(matcher.challenges)[:70]  # more than are encoded together
    for ranking in list(matcher.match(wanted, top=20))[::7]:
        assert isinstance(ranking, Ranking)
        assert ranked(matcher, ranking.challenge, 20) == listed(ranking.matches)


def test_one_question_gives_what_a_batch_gives_and_explains_it(matcher: Matcher) -> None:
    challenge_id = next(iter(matcher.challenges))
    (ranking,) = matcher.match([challenge_id], top=5, explained=2)
    assert isinstance(ranking, Ranking)
    found = matcher.find_teams(challenge_id, 5)
    assert listed(found) == listed(ranking.matches)
    assert [m.explanation for m in found[:2]] == [m.explanation for m in ranking.matches[:2]]
    assert [m.explanation is None for m in ranking.matches] == [False, False, True, True, True]


def test_a_batch_keeps_the_order_of_the_list_and_tells_its_progress(matcher: Matcher) -> None:
    told: list[tuple[int, int]] = []
    wanted = list(matcher.challenges)[:3][::-1]
    found = list(matcher.match(wanted, top=1, progress=lambda *done: told.append(done)))
    assert [ranking.challenge.challenge_id for ranking in found] == wanted
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_teams_judged_by_name_get_the_scores_of_the_whole_ranking(matcher: Matcher) -> None:
    wanted = next(iter(matcher.challenges))
    whole = listed(matcher.find_teams(wanted, 60))
    chosen = [whole[place] for place in (40, 3, 59, 12)]
    found = matcher.judge(wanted, [*(team_id for team_id, _ in chosen), "不在库里"])
    assert [m.team.team_id for m in found] == [t for t, _ in sorted(chosen, key=whole.index)]
    assert [m.score for m in found] == pytest.approx(
        [s for _, s in sorted(chosen, key=whole.index)]
    )
    assert matcher.judge(wanted, ["不在库里"]) == ()


def test_asking_twice_gives_the_same_list(matcher: Matcher) -> None:
    assert ranked(matcher, TOPIC) == ranked(matcher, TOPIC)


def test_scores_fall_and_ranks_count_from_one(matcher: Matcher) -> None:
    found = matcher.find_teams(TOPIC, 30)
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    assert [match.rank for match in found] == list(range(1, 31))


def test_a_short_list_is_the_beginning_of_a_long_one(matcher: Matcher) -> None:
    assert ranked(matcher, TOPIC, 5) == ranked(matcher, TOPIC, 100)[:5]


def test_asking_for_more_than_there_are_gives_all(matcher: Matcher) -> None:
    found = ranked(matcher, TOPIC, 10_000)
    assert len(found) == len(matcher.library.documents)
    assert {team_id for team_id, _ in found} == set(matcher.library.ids)


@pytest.mark.slow
def test_ties_go_by_id_whatever_the_order_of_the_records(matcher: Matcher) -> None:
    same = [Team(team_id=i, research_directions=["轴承钢夹杂物控制"]) for i in ("b", "c", "a")]
    other = Team(team_id="0", research_directions=["合唱指挥"])
    for teams in ([*same, other], [other, *same[::-1]]):
        found = rebuilt(matcher, [], teams).find_teams(TOPIC, 4)
        assert [match.team.team_id for match in found] == ["a", "b", "c", "0"]
        assert len({match.score for match in found[:3]}) == 1


@pytest.mark.slow
def test_the_order_of_the_records_does_not_matter(matcher: Matcher) -> None:
    backwards = rebuilt(matcher, [], list(matcher.teams.values())[::-1])
    assert ranked(backwards, TOPIC) == ranked(matcher, TOPIC)


@pytest.mark.parametrize("text", ["zzzqqq", "的", "😀", "\ud800坏字", "饕餮魑魅", "?" * 500])
def test_unknown_words_are_ranked_like_any(matcher: Matcher, text: str) -> None:
    assert len(ranked(matcher, text, 5)) == 5


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b", "\x00"])
def test_a_text_without_a_character_is_refused_with_a_remedy(matcher: Matcher, text: str) -> None:
    with pytest.raises(InputError, match="处理"):
        matcher.find_teams(text)


@pytest.mark.slow
def test_a_challenge_without_text_fails_alone(matcher: Matcher) -> None:
    empty = Challenge(challenge_id="空", industry="冶金")
    full = Challenge(challenge_id="有", title=TOPIC)
    found = list(rebuilt(matcher, [empty, full], list(matcher.teams.values())).match(top=3))
    assert isinstance(found[0], Failure)
    assert "没有可匹配的文字" in found[0].reason
    assert isinstance(found[1], Ranking)


@pytest.mark.slow
def test_a_text_of_a_million_characters_survives(matcher: Matcher) -> None:
    text = "一、轴承钢夹杂物；\n" * 100_000
    names = ("title", "problem", "research_content", "indicators_text")
    fields = dict.fromkeys(names, text[: len(text) // len(names)])
    huge = Challenge(challenge_id="长", **fields)
    assert len(ranked(matcher, huge, 3)) == 3
    assert len(matcher.find_teams(text, 1)) == 1


@pytest.mark.slow
def test_a_team_of_a_million_characters_survives(matcher: Matcher) -> None:
    huge = Team(team_id="长", profile="轴承钢夹杂物控制" * 125_000)
    other = Team(team_id="短", research_directions=["合唱指挥"])
    found = rebuilt(matcher, [], [huge, other]).find_teams(TOPIC)
    assert [match.team.team_id for match in found] == ["长", "短"]


def test_an_empty_library_gives_an_empty_list(matcher: Matcher) -> None:
    assert rebuilt(matcher, [], []).find_teams(TOPIC) == ()


def test_teams_without_any_text_are_left_out(matcher: Matcher) -> None:
    silent = Team(team_id="无", org_name="某大学", leader_name="某人")
    speaking = Team(team_id="有", profile="轴承")
    found = rebuilt(matcher, [], [silent, speaking]).find_teams(TOPIC)
    assert [match.team.team_id for match in found] == ["有"]


def test_one_team_with_one_piece_is_found(matcher: Matcher) -> None:
    only = Team(team_id="1", evidence=[Evidence(kind="论文", title="轴承钢夹杂物")])
    # Nobody stands out in a library of one; a stage that reads finds six of the ten letters.
    expected = 0.6 if matcher.ranker.name.endswith("reader") else 0.0
    assert listed(rebuilt(matcher, [], [only]).find_teams(TOPIC)) == [("1", expected)]


Stored = Callable[[Matcher], Matcher]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The records of a matcher from a workspace on disk, made once with an encoder and once
    without.
    """
    made: dict[tuple[bool, int], Path] = {}

    def of(matcher: Matcher) -> Matcher:
        kind = matcher.encoder is not None, len(matcher.challenges)
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp("stored")
            workspace = Workspace(made[kind], encoder=matcher.encoder)
            workspace.put_teams(list(matcher.teams.values()))
            workspace.put_challenges(list(matcher.challenges.values()))
        opened = Workspace(made[kind], encoder=matcher.encoder)
        return replace(opened.matcher(), ranker=matcher.ranker)

    return of


@pytest.mark.slow
def test_a_workspace_gives_the_same_ranks_and_scores(matcher: Matcher, stored: Stored) -> None:
    from_disk = stored(matcher)
    wanted = list(matcher.challenges)[:20]
    first, second = list(matcher.match(wanted, top=1000)), list(from_disk.match(wanted, top=1000))
    for one, other in zip(first, second, strict=True):
        assert isinstance(one, Ranking)
        assert isinstance(other, Ranking)
        assert listed(other.matches) == listed(one.matches)
    assert from_disk.find_teams(TOPIC, 3) == matcher.find_teams(TOPIC, 3)


FILTERS = [
    Filter(province="辽宁"),
    Filter(province="辽宁省"),
    Filter(province="内蒙古自治区"),
    Filter(city="沈阳"),
    Filter(city="沈阳市"),
    Filter(org_type="企业"),
    Filter(tech_domain="冶金"),
    Filter(since_year=2015),
    Filter(least_trl=6),
    Filter(province="辽宁", org_type="高校", tech_domain="装备"),
    Filter(province="海外"),
]


def passes(team: Team, where: Filter) -> bool:
    """The filters said once more, from the record itself."""
    years = [piece.year for piece in team.evidence if piece.year]
    levels = [piece.trl for piece in team.evidence if piece.trl]
    levels += [int(level) for level in team.trl_range if level in "123456789"]
    return (
        where.province.removesuffix("省").removesuffix("自治区") in ("", team.province)
        and where.city.removesuffix("市") in ("", team.city)
        and where.org_type in ("", team.org_type)
        and (not where.tech_domain or any(where.tech_domain in d for d in team.tech_domain))
        and (where.since_year is None or max(years, default=0) >= where.since_year)
        and (where.least_trl is None or max(levels, default=0) >= where.least_trl)
    )


def test_a_filter_keeps_the_scores_of_those_who_pass(matcher: Matcher) -> None:
    everyone = ranked(matcher, TOPIC)
    for where in FILTERS:
        wanted = [(i, score) for i, score in everyone if passes(matcher.teams[i], where)]
        assert ranked(matcher, TOPIC, 10_000, where) == wanted, where
    assert ranked(matcher, TOPIC, 7, FILTERS[0]) == ranked(matcher, TOPIC, 100, FILTERS[0])[:7]


def test_filters_give_the_same_from_a_store(lexical: Matcher, stored: Stored) -> None:
    from_disk = stored(lexical)
    for where in FILTERS:
        assert ranked(from_disk, TOPIC, 500, where) == ranked(lexical, TOPIC, 500, where)


def deadlines() -> list[Challenge]:
    return [
        Challenge(challenge_id="过", title=TOPIC, apply_deadline=date(2026, 3, 30)),
        Challenge(challenge_id="当天", title=TOPIC, apply_deadline=date(2026, 3, 31)),
        Challenge(challenge_id="后", title=TOPIC, apply_deadline=date(2026, 4, 1)),
        Challenge(challenge_id="未定", title=TOPIC),
        Challenge(challenge_id="已签", title=TOPIC, stage="签约立项"),
    ]


@pytest.mark.slow
def test_open_challenges_are_those_that_still_take_bids(
    matcher: Matcher, teams: tuple[Team, ...], stored: Stored
) -> None:
    in_memory = rebuilt(matcher, deadlines(), list(teams))
    for chosen in (in_memory, stored(in_memory)):
        found = chosen.find_challenges("L0001", where=Filter(open_on=date(2026, 3, 31)))
        assert {match.challenge.challenge_id for match in found} == {"当天", "后", "未定"}
        assert len(chosen.find_challenges("L0001")) == 5


@pytest.mark.slow
@pytest.mark.parametrize("team_id", ["L0001", "L0300"])
def test_both_directions_give_a_pair_the_same_score(matcher: Matcher, team_id: str) -> None:
    matcher = replace(matcher, challenges=dict(list(matcher.challenges.items())[::4]))
    found = matcher.find_challenges(team_id, 4)
    assert [match.rank for match in found] == list(range(1, 5))
    for match in found:
        assert match.score == dict(ranked(matcher, match.challenge))[team_id]
    stand = [(row[0], one.challenge_id) for one, _, row in matcher.standings([team_id])]
    expected = sorted(stand, key=lambda one: (-one[0][0], -one[0][1], one[1]))
    assert [match.challenge.challenge_id for match in found] == [i for _, i in expected[:4]]


@pytest.mark.slow
def test_a_challenge_stands_by_how_far_a_team_is_above_the_best_of_others(matcher: Matcher) -> None:
    matcher = replace(matcher, challenges=dict(list(matcher.challenges.items())[::12]))
    team_id = matcher.find_teams(next(iter(matcher.challenges)), 1)[0].team_id
    proven = 0
    for _, contest, ((level, above),) in matcher.standings([team_id]):
        (score,) = contest.scores([team_id])
        best = sorted(contest.scored.scores.tolist(), reverse=True)[:30]
        assert above == pytest.approx(score - 0.4 * sum(best) / len(best), abs=1e-4)
        place = contest.scored.places.get(team_id)
        if place is not None:
            # More proof lifts the mean of the best as well, but never by as much.
            raised = contest.scored.scores.copy()
            raised[place] += 1.0
            scored = replace(contest.scored, added=replace(contest.scored.added, values=raised))
            ((higher, further),) = replace(contest, scored=scored).standings([team_id], None)
            assert (higher, further) > (level, above)
            proven += 1
    assert proven


@pytest.mark.slow
def test_several_teams_get_what_each_gets_alone(matcher: Matcher) -> None:
    wanted = list(matcher.challenges.items())
    matcher = replace(matcher, challenges=dict(wanted[::4]))
    ids = ["L0300", "L0001", "L0007"]
    together = matcher.find_challenges_of([*ids, "没有"], 4)
    assert list(together) == ids
    for team_id in ids:
        alone = matcher.find_challenges(team_id, 4)
        for one, other in zip(together[team_id], alone, strict=True):
            assert (one.rank, one.challenge, one.team) == (other.rank, other.challenge, other.team)
            assert (one.score, one.band) == (other.score, other.band)
            assert one.explanation is not None
            assert other.explanation is not None
            assert one.explanation.evidence == other.explanation.evidence
            assert one.explanation.covered == other.explanation.covered
    assert matcher.find_challenges_of(["没有"]) == {}


@pytest.mark.slow
def test_what_is_kept_of_a_library_is_what_would_be_worked_out_anew(matcher: Matcher) -> None:
    chosen = list(matcher.challenges.values())[::20]
    matcher = replace(matcher, challenges={c.challenge_id: c for c in chosen})
    kept = replace(matcher, contests=Contests())
    ids = ["L0300", "L0001", "L0007"]
    for team_id in ids * 2:
        assert kept.find_challenges(team_id, 4, beside=ids) == matcher.find_challenges(team_id, 4)
    assert list(kept.rankings(chosen, 5)) == list(matcher.rankings(chosen, 5))
    assert kept.judge(chosen[0], ids) == matcher.judge(chosen[0], ids)
    contests = list(kept._contests(chosen))
    best = [one.scored.places for one in contests if one is not None]
    assert any(team_id not in places for places in best for team_id in ids)
    closed = chosen[0].model_copy(update={"stage": "签约立项"})
    assert next(kept._contests([closed])) is contests[0]
    assert next(kept.rankings([closed])).challenge is closed
