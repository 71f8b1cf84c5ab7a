"""Clauses that still seem to name somebody or to say how to reach him, once contacts are out.

`matcher.contacts` takes out what has a form. Whatever else people write is judged clause by clause
by what was learnt of many such ways (`matcher.clues`, ``models/disclosing.safetensors``); in doubt
a clause does not go before the public. It is kept as it stands, and whoever has a right to says
with one click that it may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple
from zlib import crc32

from matcher.clues import Clues, plain_clues, tagged_clues
from matcher.contacts import half_width
from matcher.errors import ModelError
from matcher.learnt import learnt
from matcher.resources import data_path

CHOICE, WEIGHTS = "disclosing", "models/disclosing.safetensors"
WITHHELD = "未公开的话（似有联系方式或人名）"
"""The column of a record that keeps what is not shown: a line each, 栏目：话."""
CLEARED = "可以公开的话（看过，没有联系方式或人名）"
"""The column that keeps what somebody said may be shown, a line each."""
_ENDS = "。！!？?；;，,…\n\t"
_CLAUSE = re.compile(f"[^{_ENDS}]*[{_ENDS}]*")
SIGNS = f"{_ENDS}：: "
"""What may stand around a clause and says nothing."""
# A bare figure or sign in a column says nothing of anybody.
_SAYS = re.compile("[\u4e00-\u9fff][^\u4e00-\u9fff]*[\u4e00-\u9fff]")
# Nobody pauses in what is dictated: then what is judged and kept is some of it.
_LONGEST, _LAP = 48, 6
_SHORTEST_REST = 8


class Parted(NamedTuple):
    """A text as it may be shown, and the clauses that were taken out of it, as they stood."""

    rest: str
    withheld: tuple[str, ...] = ()


def may_disclose(text: str) -> bool:
    """Whether it is worth looking closer; quick, for it is asked of every text.

    >>> may_disclose("私信找我"), may_disclose("总氧≤6ppm"), may_disclose("2000-3000万")
    (True, False, False)
    """
    return bool(_SAYS.search(text)) and _cues().stand_in(text)


def part_disclosing(text: str, cleared: Collection[str] = ()) -> Parted:
    """A text without the clauses that seem to disclose somebody, but for those that are cleared.

    >>> part_disclosing("浇口改了三版没用。这事归蒲建业管，求新办法。")
    Parted(rest='浇口改了三版没用。求新办法。', withheld=('这事归蒲建业管，',))
    """
    if not may_disclose(text):
        return Parted(text)
    judge = _judge()
    parts = list(clauses(text))
    plain = [half_width(part) for part in parts]
    around = ["", *plain, ""]
    kept, withheld = [], []
    for at, part in enumerate(parts):
        before, behind = around[at], around[at + 2]
        if _is_cleared(part, cleared) or not judge.discloses(plain[at], before, behind):
            kept.append(part)
            continue
        said, rest = _smallest(judge, part, before, behind)
        if _is_cleared(said, cleared):
            kept.append(part)
            continue
        withheld.append(said.strip())
        kept.append(rest or ("\n" if "\n" in part else ""))
    if not withheld:
        return Parted(text)
    return Parted("".join(kept).strip(), tuple(withheld))


def lines_of(column: object) -> tuple[str, ...]:
    """What a column of lines holds.

    >>> lines_of("备注：找老缑\\n\\n题目：老缑的泵")
    ('备注：找老缑', '题目：老缑的泵')
    """
    return tuple(filter(None, map(str.strip, str(column or "").splitlines())))


def _is_cleared(part: str, cleared: Collection[str]) -> bool:
    bare = part.strip(SIGNS)
    return any(bare in " ".join(one.split()) for one in cleared)


def _smallest(judge: _Judge, part: str, before: str, behind: str) -> tuple[str, str]:
    """What of a clause is kept back, and what may stay: 副总… 提出：, and what they say."""
    head, sign, rest = part.replace(":", "：").partition("：")
    if sign and len(rest.strip()) >= _SHORTEST_REST:
        who = part[: len(head) + 1]
        if not judge.discloses(half_width(rest), half_width(who), behind) and judge.discloses(
            half_width(who), before, half_width(rest)
        ):
            return who, part[len(head) + 1 :]
    return part, ""


def clauses(text: str) -> Iterator[str]:
    """All of a text in clauses; what has no pause in pieces."""
    for found in _CLAUSE.finditer(text):
        clause = found[0]
        while len(clause) > _LONGEST + _LAP:
            gap = clause.rfind(" ", _LAP, _LONGEST)
            cut = gap + 1 if gap > 0 else _LONGEST
            yield clause[:cut]
            clause = clause[cut:]
        if clause:
            yield clause


class _Judge:
    """What was learnt: the weight of every clue by its place, from which score on a clause is kept
    back, and from which on it is worth asking the tagger.
    """

    def __init__(self, weights: list[int], least: int, worth_tagging: int) -> None:
        self._weights = weights
        self._least, self._worth_tagging = least, worth_tagging

    def discloses(self, clause: str, before: str, behind: str) -> bool:
        """Whether more speaks for it than is to be borne."""
        if not _cues().stand_in(clause):
            return False
        plain = self.score(plain_clues(clause, before, behind))
        if plain <= self._worth_tagging:
            return False
        return plain + self.score(tagged_clues(clause)) > self._least

    def score(self, clues: Clues) -> int:
        """In whole numbers, the same on every machine."""
        return sum(
            value * self._weights[place_of(name, len(self._weights))]
            for name, value in clues.items()
        )


def place_of(clue: str, places: int) -> int:
    """Where the weight of a clue stands; several share one."""
    return crc32(clue.encode("utf-8", "replace")) % places


class Cues:
    """Runs of characters of which one must stand in a clause for it to be judged; 0 is any digit.

    Single characters, words and what has a digit are looked for apart, words by what they may
    begin with, digits by what may stand before: that is twice as quick as all at once.

    >>> cues = Cues(["找我", "缑", "转00"])
    >>> [cues.stand_in(text) for text in ("找我们", "老缑", "转17", "转速", "找人")]
    [True, True, True, False, False]
    """

    def __init__(self, cues: Collection[str]) -> None:
        words = [cue for cue in cues if "0" not in cue]
        longer = [word for word in words if len(word) > 1]
        figures = [cue.partition("0") for cue in cues if "0" in cue]
        alone = [_told(rest) for before, _, rest in figures if not before]
        led = [f"(?<={_told(before)}[0-9]){_told(rest)}" for before, _, rest in figures if before]
        leads = _class(before[-1] for before, _, _ in figures if before)
        self._searches = (
            _search(_class(word for word in words if len(word) == 1)),
            _search(
                f"(?={_class(word[0] for word in longer)}{_class(word[1] for word in longer)})"
                f"(?:{'|'.join(map(re.escape, longer))})"
            ),
            _search(f"[0-9](?:{'|'.join(alone)})" if alone else _NEVER),
            _search(f"[0-9](?<={leads}[0-9])(?:{'|'.join(led)})"),
        )

    def stand_in(self, text: str) -> bool:
        """Whether one does."""
        return any(search(text) for search in self._searches)


_NEVER = "(?!)"


def _class(characters: Iterable[str]) -> str:
    """One of these characters."""
    escaped = "".join(map(re.escape, sorted(set(characters))))
    return f"[{escaped}]" if escaped else _NEVER


def _search(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).search


def _told(cue: str) -> str:
    return re.escape(cue).replace("0", "[0-9]")


@cache
def _cues() -> Cues:
    return Cues(learnt(CHOICE)["cues"])


@cache
def _judge() -> _Judge:
    from safetensors import SafetensorError, safe_open

    path = data_path(WEIGHTS)
    try:
        with safe_open(path, "numpy") as kept:
            weights = kept.get_tensor("weights").tolist()
    except (SafetensorError, OSError) as error:
        raise ModelError("模型读不出来", given=str(path), remedy="重新安装") from error
    told = learnt(CHOICE)
    return _Judge(weights, told["least"], told["worth_tagging"])
