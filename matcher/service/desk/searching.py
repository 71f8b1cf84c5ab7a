"""Search as a principal may use it: in the order of relevance, counted by facets, suggested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.service.context import Caller
from matcher.service.live.searching import Found, search
from matcher.service.showing import is_in_hand, may_see
from matcher.service.views import Asked, ChallengeLine, Option, TeamLine, View
from matcher.text.normalise import normalise

LineT = TypeVar("LineT", ChallengeLine, TeamLine)
Side = Literal["challenge", "team"]
_WORDS: Mapping[Side, str] = {"challenge": "难题", "team": "团队"}
_MOST, _MOST_OPTIONS = 10, 40


class SuggestionQuery(Asked):
    """What has been typed so far."""

    q: Annotated[str, Field(min_length=1, max_length=100, description="已经输入的字")]
    records: Annotated[bool, Field(description="只要记录，不要用词（供选择难题或团队）")] = False
    size: Annotated[int, Field(ge=1, le=20)] = 8


class Suggestion(View):
    """A record, or a word of the field."""

    value: Annotated[str, Field(description="编号；用词则为它自己", examples=["KB-18"])]
    label: Annotated[str, Field(examples=["高端轴承钢"])]
    note: Annotated[str, Field(description="单位；用词为空")] = ""
    kind: Literal["难题", "团队", "用词"]


def found(caller: Caller, side: Side, text: str) -> Found:
    """What a search finds, whoever may see it; remembered as long as nothing changes."""

    snapshot = caller.snapshot

    def work() -> Found:
        if side == "challenge":
            return search(text, snapshot.challenges, snapshot.challenge_library, snapshot.matcher)
        return search(text, snapshot.teams, snapshot.matcher.library.source, snapshot.matcher)

    # A hundredth of a second: it does not stand behind matchings.
    return snapshot.results.get(("search", side, text), work)


def suggest(caller: Caller, side: Side, asked: SuggestionQuery) -> list[Suggestion]:
    """Records whose name or number holds what was typed, and words of the field."""
    snapshot = caller.snapshot
    if side == "challenge":
        catalogue, suggester = snapshot.challenges, snapshot.challenge_suggester
        places = suggester.records(
            asked.q, asked.size, lambda n: _sees(caller, snapshot.challenges.lines[n])
        )
        made = [_of_challenge(catalogue.lines[place]) for place in places]
    else:
        suggester = snapshot.team_suggester
        places = suggester.records(
            asked.q, asked.size, lambda n: is_in_hand(caller.principal, snapshot.teams.lines[n])
        )
        made = [_of_team(snapshot.teams.lines[place]) for place in places]
    if asked.records:
        return made
    half = asked.size // 2
    spoken = [
        Suggestion(value=word, label=word, kind="用词")
        for word in suggester.spoken(asked.q, asked.size)
    ]
    kept = spoken[: max(half, asked.size - len(made))]
    return [*kept, *made[: asked.size - len(kept)]]


def named(caller: Caller, side: Side, given: str) -> str:
    """The number of the record that was meant: its number, or its whole name if only one has it.

    Raises:
        NotFoundError: none, or several; says which come near.
    """
    text = given.strip()
    snapshot = caller.snapshot
    records = snapshot.matcher.challenges if side == "challenge" else snapshot.matcher.teams
    if text in records:
        return text
    near = suggest(caller, side, SuggestionQuery(q=text[:100] or "-", records=True, size=_MOST))
    same = [one for one in near if normalise(one.label) == normalise(text)]
    if len(same) == 1:
        return same[0].value
    told = "；".join(f"{one.label}（{one.value}，{one.note}）" for one in near[:5])
    raise NotFoundError(
        f"没有认出是哪个{_WORDS[side]}",
        given=text or "空", expected="编号，或完整的名称",
        remedy=f"是否指：{told}；填编号" if told else f"在{_PLACES[side]}里查到编号再填",
    )  # fmt: skip


_PLACES: Mapping[Side, str] = {"challenge": "榜单", "team": "团队库"}


def counted(
    lines: Iterable[LineT],
    tests: Mapping[str, Callable[[LineT], bool]],
    values: Mapping[str, Callable[[LineT], Iterable[object]]],
) -> dict[str, list[Option]]:
    """The values of each facet among the lines that pass all filters but the facet's own.

    Args:
        lines: found by the words that were typed.
        tests: what each filter that is set wants of a line, by the name of its facet.
        values: of a line, by facet.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in values}
    for line in lines:
        failed = [name for name, test in tests.items() if not test(line)]
        if len(failed) > 1:
            continue
        for name in failed if failed else values:
            if name in values:
                counts[name].update({str(value) for value in values[name](line) if value})
    return {name: _options(found) for name, found in counts.items()}


def kept(lines: Sequence[LineT], tests: Mapping[str, Callable[[LineT], bool]]) -> list[LineT]:
    """The lines that pass all filters."""
    return [line for line in lines if all(test(line) for test in tests.values())]


def _options(found: Counter[str]) -> list[Option]:
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Option(value=value, count=count) for value, count in ordered[:_MOST_OPTIONS]]


def _sees(caller: Caller, line: ChallengeLine) -> bool:
    return may_see(caller.principal, line, caller.service.settings.public_lists)


def _of_challenge(line: ChallengeLine) -> Suggestion:
    return Suggestion(value=line.challenge_id, label=line.title, note=line.demand_org, kind="难题")


def _of_team(line: TeamLine) -> Suggestion:
    return Suggestion(value=line.team_id, label=line.team_name, note=line.org_name, kind="团队")
