"""How to settle a close call: what of the records sets two teams apart, and what to ask each.

Nothing here says who is better. How often a clue in the records was right is measured
(docs/evaluation.md), which of two teams with nearly the same fit was better is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.ranking.grades import LIKELY, Coverage
from matcher.report.model import EvidenceLine, RequirementLine, TeamLine

_FOUND = {Coverage.COVERED: "成果", Coverage.PARTLY: "线索"}
_FORMER, _LATTER = "前者", "后者"
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Settling:
    """What sets the planned team (前者) and the other candidate (后者) apart.

    Attributes:
        differs: the one requirement or achievement that tells them apart most, and how many more
            there are on either side.
        former, latter: what to ask each.
    """

    differs: str
    former: str
    latter: str


def settling(former: TeamLine | None, latter: TeamLine | None) -> Settling | None:
    """How to settle it between two teams of one list; None where either is not on it."""
    if former is None or latter is None:
        return None
    pairs = list(zip(former.requirements, latter.requirements, strict=True))
    apart = [pair for pair in pairs if _gap(pair)]
    if apart:
        return _by_requirement(max(apart, key=_telling), apart)
    own = _indicators(former)
    asked = f"{_named(own[0])}实测多少" if own else "这项需求以前做到哪一步"
    found = [_closest(team) for team in (former, latter)]
    if any(found) and found[0] != found[1]:
        told = f"{_FORMER}{_achieved(found[0])}，{_LATTER}{_achieved(found[1])}"
        return Settling(
            f"各条要求记录相同；与需求有共同用词的登记成果：{told}",
            _of_piece(found[0], asked), _of_piece(found[1], asked),
        )  # fmt: skip
    return Settling("各条要求和登记成果都看不出差别", asked, asked)


def _gap(pair: tuple[RequirementLine, RequirementLine]) -> int:
    """How many levels the planned team is ahead on a requirement."""
    former, latter = map(_level, pair)
    return former - latter


def _level(line: RequirementLine) -> int:
    """By how often it is right: shown, likely spoken of, any other clue, nothing."""
    if line.status == Coverage.PARTLY:
        return 2 if LIKELY in line.evidence else 1
    return 3 if line.status == Coverage.COVERED else 0


def _telling(pair: tuple[RequirementLine, RequirementLine]) -> tuple[bool, int, int, bool]:
    """What can be asked for, not the problem as a whole; the surer what one shows, the wider the
    gap; work to be done before targets.
    """
    shown = pair[0] if _gap(pair) > 0 else pair[1]
    return shown.label != "问题", _level(shown), abs(_gap(pair)), not shown.demonstrated


def _by_requirement(
    pair: tuple[RequirementLine, RequirementLine],
    apart: list[tuple[RequirementLine, RequirementLine]],
) -> Settling:
    former, latter = pair
    ahead = _gap(pair) > 0
    (who, shown), (other, bare) = (
        ((_FORMER, former), (_LATTER, latter)) if ahead else ((_LATTER, latter), (_FORMER, former))
    )
    clue = f"{other}只有线索“{bare.evidence}”"
    less = clue if bare.status == Coverage.PARTLY else f"{other}没有记录"
    more = [one for one in apart if one is not pair]
    counted = [
        (f"{name} {n} 条") for name, n in (
            (_FORMER, sum(_gap(one) > 0 for one in more)),
            (_LATTER, sum(_gap(one) < 0 for one in more)),
        ) if n
    ]  # fmt: skip
    also = f"；另外记录较多的：{'、'.join(counted)}" if counted else ""
    text = f"{_named(shown)}：{who}有{_FOUND[shown.status]}“{shown.evidence}”，{less}{also}"
    measured = "、实测值" if shown.demonstrated else ""
    proof = f"“{_short(_bare(shown.evidence))}”的材料"
    of_bare = "这条要求实测多少" if bare.demonstrated else "这条要求做过没有，有什么成果"
    asked = (f"{proof}{measured}", of_bare)
    return Settling(text, *(asked if ahead else asked[::-1]))


def _named(line: RequirementLine) -> str:
    return f"{line.label}“{_short(line.text)}”"


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _bare(evidence: str) -> str:
    """Evidence without what is said of how sure it is."""
    return evidence.split("（", maxsplit=1)[0] if evidence.endswith("待核实）") else evidence


def _indicators(team: TeamLine) -> list[RequirementLine]:
    return [line for line in team.requirements if line.demonstrated]


def _closest(team: TeamLine) -> EvidenceLine | None:
    """The first achievement that shares words with the challenge."""
    own = (piece for piece in team.evidence if piece.kind != "方向" and piece.terms)
    return next(own, None)


def _achieved(piece: EvidenceLine | None) -> str:
    if piece is None:
        return "没有"
    year = f"（{piece.year}）" if piece.year else ""
    return f"“[{piece.kind}] {piece.title}{year}”"


def _of_piece(piece: EvidenceLine | None, asked: str) -> str:
    return (
        f"{asked}；有什么相关成果" if piece is None else f"{asked}；“{_short(piece.title)}”的材料"
    )
