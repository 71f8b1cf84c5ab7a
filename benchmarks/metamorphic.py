"""What must not matter: the same challenges and teams written otherwise, and what changes then.

    python benchmarks/metamorphic.py [--challenges 60] [--strangers TEAMS.jsonl] [--write]

On the shipped judged benchmark. Each line changes one thing that says nothing about who fits; kept
should be the first place, the top five, the bands of the top ten and the verdict. Deterministic.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tables import put, table

from matcher import Challenge, Matcher, Team, read_challenges, read_teams
from matcher.matches import Ranking
from matcher.resources import data_path

_FOLDER = "corpora/benchmark"
_DOCUMENT = Path(__file__).parent.parent / "docs" / "evaluation.md"
_FIVE, _TEN, _STRANGERS = 5, 10, 600
_NOTICE = (
    "申报单位应为在省内注册、具有独立法人资格的企事业单位，具有较强的研发能力和良好的信用记录，近三年无重大"
    "违法违规行为。揭榜方不受地域限制，须具备相应的研发条件，鼓励产学研联合揭榜。项目实施期限不超过三年，"
    "财政资金支持不超过项目总投入的30%，自筹资金应及时到位，知识产权归属由双方协商约定。"
)
_CONTACTS = (
    "联系人：王经理，联系电话：024-23456789，13900001111\n电子邮箱：wang@example.cn\n"
    "地址：沈阳市浑南区创新路195号，邮编：110169"
)
_EVERY = 12  # characters between two line breaks a scanner made
_TYPO_EVERY = 40  # characters between two that changed places
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
OfChallenge = Callable[[Challenge], Challenge]
OfTeams = Callable[[Sequence[Team]], Sequence[Team]]


@dataclass(frozen=True)
class Kept:
    """How much of the rankings stayed the same, over ``n`` challenges.

    Attributes:
        first: challenges with another first place.
        verdicts: challenges with another verdict.
        five: mean share of the top five that is still among them.
        bands: share of the old top ten that has another band, or is not in the new one.
    """

    n: int
    first: int
    verdicts: int
    five: float
    bands: float


def rewritten(change: Callable[[str], str]) -> OfChallenge:
    """A challenge with its title and its problem changed."""
    return lambda c: c.model_copy(update={"title": change(c.title), "problem": change(c.problem)})


def with_problem(change: Callable[[str], str]) -> OfChallenge:
    """A challenge with its problem changed."""
    return lambda c: c.model_copy(update={"problem": change(c.problem)})


def spaced(challenge: Challenge) -> Challenge:
    """Spaces between the letters of the title, line breaks in the problem."""
    problem = challenge.problem
    lines = [problem[low : low + _EVERY] for low in range(0, len(problem), _EVERY)]
    return challenge.model_copy(
        update={"title": " ".join(challenge.title), "problem": "\n".join(lines)}
    )


def traditional() -> OfChallenge:
    """All in traditional script."""
    import opencc

    return rewritten(opencc.OpenCC("s2t").convert)


def mistyped(text: str) -> str:
    """Two neighbours changed places, every few words."""
    letters = list(text)
    for place in range(_TYPO_EVERY // 2, len(letters) - 1, _TYPO_EVERY):
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)


def thrice(teams: Sequence[Team]) -> Sequence[Team]:
    """Every piece of evidence entered three times."""
    return [team.model_copy(update={"evidence": team.evidence * 3}) for team in teams]


def reversed_order(teams: Sequence[Team]) -> Sequence[Team]:
    """Directions and capabilities in the opposite order."""
    return [
        team.model_copy(
            update={
                "research_directions": team.research_directions[::-1],
                "core_capabilities": team.core_capabilities[::-1],
            }
        )
        for team in teams
    ]


def challenge_changes() -> Mapping[str, OfChallenge]:
    """Changes of challenges by what they are called."""
    return {
        "问题后加通知套话": with_problem(lambda text: f"{text}\n{_NOTICE}"),
        "问题后加联系方式": with_problem(lambda text: f"{text}\n{_CONTACTS}"),
        "题目字间空格、问题每 12 字换行": spaced,
        "繁体": traditional(),
        "全角字母和数字": rewritten(lambda text: text.translate(_FULL_WIDTH)),
        "每 40 字一处前后颠倒的错字": with_problem(mistyped),
    }


def team_changes(strangers: Sequence[Team]) -> Mapping[str, OfTeams]:
    """Changes of the library by what they are called."""
    made: dict[str, OfTeams] = {
        "成果各录入三次": thrice,
        "研究方向与能力倒序": reversed_order,
    }
    if strangers:
        made[f"加入 {len(strangers)} 个无关团队"] = lambda teams: [*teams, *strangers]
    return made


def ranked(
    challenges: Sequence[Challenge], teams: Sequence[Team], matcher: Matcher | None = None
) -> list[Ranking]:
    """The best ten of every challenge."""
    matcher = matcher or Matcher.from_records(challenges, teams)
    found = matcher.rankings(challenges, _TEN)
    return [ranking for ranking in found if isinstance(ranking, Ranking)]


def kept(before: Sequence[Ranking], after: Sequence[Ranking]) -> Kept:
    """What stayed the same."""
    first = verdicts = moved = shown = 0
    five = 0.0
    for old, new in zip(before, after, strict=True):
        ids, others = [m.team_id for m in old.matches], [m.team_id for m in new.matches]
        first += ids[0] != others[0]
        verdicts += old.verdict != new.verdict
        five += len({*ids[:_FIVE]} & {*others[:_FIVE]}) / _FIVE
        bands = {m.team_id: m.band for m in new.matches}
        moved += sum(bands.get(m.team_id) != m.band for m in old.matches)
        shown += len(ids)
    n = len(before)
    return Kept(n, first, verdicts, five / max(n, 1), moved / max(shown, 1))


def measured(count: int, strangers: Sequence[Team]) -> Iterator[tuple[str, Kept]]:
    """Every change with what it leaves."""
    folder = data_path(_FOLDER)
    challenges = list(read_challenges(folder / "challenges.jsonl").records)[:count]
    teams = list(read_teams(folder / "teams.jsonl").records)
    matcher = Matcher.from_records(challenges, teams)
    before = ranked(challenges, teams, matcher)
    for name, change in challenge_changes().items():
        yield name, kept(before, ranked([change(c) for c in challenges], teams, matcher))
    for name, others in team_changes(strangers).items():
        yield name, kept(before, ranked(challenges, others(teams)))


def shown(lines: Sequence[tuple[str, Kept]]) -> str:
    """The lines as a table."""
    head = ["改动", "n", "第一名变了", "结论变了", "前五保留", "前十的档次变了"]
    rows = [
        [name, str(k.n), str(k.first), str(k.verdicts), f"{k.five:.3f}", f"{k.bands:.1%}"]
        for name, k in lines
    ]
    return table(head, rows)


def main() -> None:
    """Print the table; with ``--write`` put it into docs/evaluation.md."""
    parser = argparse.ArgumentParser(description="不该有影响的改动: 结果变了多少")
    parser.add_argument("--challenges", type=int, default=60)
    parser.add_argument("--strangers", type=Path, help=f"无关团队的文件, 取前 {_STRANGERS} 个")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true", help="数字写成 JSON")
    options = parser.parse_args()
    strangers = (
        list(read_teams(options.strangers).records)[:_STRANGERS] if options.strangers else []
    )
    lines = list(measured(options.challenges, strangers))
    print(json.dumps({n: vars(k) for n, k in lines}, ensure_ascii=False) if options.json
          else shown(lines))  # fmt: skip
    if options.write:
        put(_DOCUMENT, "metamorphic", shown(lines))


if __name__ == "__main__":
    main()
