"""What a person is asked about who is who: two groups of mentions, with what speaks for and against
their being one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from matcher.linking.identity import Doubt, Persons
from matcher.linking.mentions import Mention
from matcher.records import Achievement
from matcher.text.person_names import parse_name

_TITLES, _PEOPLE = 3, 6


class Side(BaseModel):
    """One of the two, as whoever may know them is shown it."""

    model_config = ConfigDict(frozen=True)

    where: tuple[str, ...]
    years: str
    people: tuple[str, ...]
    titles: tuple[str, ...]
    pieces: int

    def __str__(self) -> str:
        told = "、".join(self.where) or "单位未注明"
        more = f"等 {self.pieces} 项" if self.pieces > len(self.titles) else ""
        text = f"{told}：{'；'.join(self.titles)}{more}"
        text += f"，{self.years}" if self.years else ""
        return text + (f"；合作者 {'、'.join(self.people)}" if self.people else "")


class Question(BaseModel):
    """Two persons who may be one.

    Attributes:
        one_key, other_key: mentions of the two, see `matcher.linking.register.mention_key`.
        chance: that they are one.
        joined: what is done until somebody says otherwise.
        speaks_for, against: the evidence in words.
    """

    model_config = ConfigDict(frozen=True)

    one_key: str
    other_key: str
    name: str
    one: Side
    other: Side
    chance: float
    joined: bool
    speaks_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def pair(self) -> tuple[str, str]:
        """The two keys in the order in which they are kept."""
        first, second = sorted((self.one_key, self.other_key))
        return first, second

    def names(self, name: str) -> bool:
        """Whether a person is asked about, or named beside those who are."""
        person = parse_name(name)
        told = (self.name, *self.one.people, *self.other.people)
        return person is not None and any(
            (found := parse_name(text)) is not None and found.key == person.key for text in told
        )


def mention_key(work: str, mention: Mention) -> str:
    """What names a mention in a table of questions: the piece and the name on it."""
    return f"{work}#{mention.name.key}"


def questions(
    persons: Persons, works: Sequence[Achievement], keys: Sequence[str],
    decided: Sequence[tuple[int, int, bool]] = (),
) -> tuple[Question, ...]:  # fmt: skip
    """The doubts that no decision about two mentions has settled; ``keys`` names the works."""
    beside: dict[int, list[str]] = {}
    for mention in persons.mentions:
        beside.setdefault(mention.work, []).append(mention.printed)
    return tuple(
        _question(doubt, persons, works, keys, beside) for doubt in _open(persons.doubts, decided)
    )


def _open(doubts: Iterable[Doubt], decided: Sequence[tuple[int, int, bool]]) -> Iterator[Doubt]:
    known = {frozenset((a, b)) for a, b, _ in decided}
    touched = {mention for pair in known for mention in pair}
    for doubt in doubts:
        ones = touched.intersection(doubt.one)
        others = touched.intersection(doubt.other) if ones else set()
        if not any(frozenset((a, b)) in known for a in ones for b in others):
            yield doubt


def _question(
    doubt: Doubt, persons: Persons, works: Sequence[Achievement], keys: Sequence[str],
    beside: dict[int, list[str]],
) -> Question:  # fmt: skip
    one, other = (_side(group, persons, works, beside) for group in (doubt.one, doubt.other))
    first, second = persons.mentions[doubt.one[0]], persons.mentions[doubt.other[0]]
    told = [(_words(what, value > 0, one, other), value) for what, value in doubt.parts if value]
    return Question(
        one_key=mention_key(keys[first.work], first),
        other_key=mention_key(keys[second.work], second),
        name=first.printed, one=one, other=other, chance=round(doubt.chance, 4),
        joined=doubt.joined,
        speaks_for=tuple(text for text, value in told if value > 0),
        against=tuple(text for text, value in told if value < 0),
    )  # fmt: skip


def _side(
    group: Sequence[int], persons: Persons, works: Sequence[Achievement],
    beside: dict[int, list[str]],
) -> Side:  # fmt: skip
    mentions = [persons.mentions[i] for i in group]
    numbers = sorted({m.work for m in mentions})
    years = sorted(year for n in numbers if (year := works[n].year))
    own = {m.printed for m in mentions}
    people = Counter(name for n in numbers for name in beside[n] if name not in own)
    where = dict.fromkeys(
        f"{a.organisation}{a.department}" for m in mentions for a in m.affiliations
    )
    return Side(
        where=tuple(name for name in where if name),
        years="" if not years else str(years[0]) if years[0] == years[-1]
        else f"{years[0]}—{years[-1]}",
        people=tuple(name for name, _ in people.most_common(_PEOPLE)),
        titles=tuple(works[n].title for n in numbers[:_TITLES]), pieces=len(numbers),
    )  # fmt: skip


def _words(what: str, agrees: bool, one: Side, other: Side) -> str:
    if what == "合作者" and agrees:
        both = [name for name in one.people if name in other.people]
        return f"共同的合作者：{'、'.join(both)}" if both else "有共同的合作者"
    if what == "单位" and agrees:
        return "单位相同" if one.where and other.where else "两边都没有写单位"
    return _SAID[what, agrees]


_SAID = {
    ("姓名", True): "少见的姓名", ("姓名", False): "常见的姓名",
    ("单位", False): "单位不同，或院系不同",
    ("年代", False): "年代相隔很久", ("合作者", False): "没有共同的合作者",
    ("内容", True): "内容接近", ("内容", False): "内容不接近",
    ("编号", True): "人员编号相同", ("编号", False): "人员编号不同",
    ("缩写", False): "只写了缩写",
}  # fmt: skip
