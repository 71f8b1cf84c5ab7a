"""The title of a need told in plain words: the best of all clauses and of what is cut from them.

Every clause is a candidate, and so is what stands behind each word of asking in it, and each
stretch of words that are likely ones of a title (`matcher.text.salience`). A story names its thing
and what is wanted of it apart: of the best candidates two may stand together. What speaks for a
candidate and for two of them, how much each counts was fitted on labelled needs
(`benchmarks/titles.py`), and stands in ``models/titles.json``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from matcher.contacts import SURNAME, part_contacts
from matcher.learnt import learnt
from matcher.speech import part_of_speech
from matcher.text.candidates import Candidate, best
from matcher.text.clauses import (
    AS_TOPIC,
    ASKING,
    COMPLAINT,
    MADE,
    SEEK,
    SMALL_TALK,
    Clause,
    clauses,
    kind_of,
)
from matcher.text.demander import ORG_END, is_organisation
from matcher.text.salience import is_naming, salience, words_of
from matcher.text.stated import organisation_in
from matcher.text.tokenise import default_tokenizer
from matcher.text.wanted import HEAD, WANTED_END, trimmed

CHOICE = "titles"
_SHORTEST, _LONGEST = 3, 40
_SEEKS_FIRST = re.compile(rf"(?:公开|对外|现|兹|特|请|共同|联合)*(?:{SEEK})")
# What stands between a word of asking and what is asked.
_BETWEEN = re.compile(
    r"^(?:\s|[:：]|[成出好了下过的]|一?[个种套款批条台项家位](?!人)|一下|一起|联合|合作|共同|帮忙?|人|"
    r"团队|老师|专家|高校|(?:an? )?partners?|to |for )+"
)
_MEASURE = re.compile(r"一?[个种套款批条台项]")
_PERSONS = re.compile(r"我们?|[您你贵俺咱]|老[师板]|的话|[他她]们|领导|员工|工人")
_SLACK = re.compile("[那这]个")
_NUMBER = re.compile(r"\d|百分之|[一二两三四五六七八九十][成万千百个天年月块把]")
_SAYS = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]|[A-Za-z]{3}")
# What is measured, and what is wrong with a thing, are not the thing.
_NO_TOPIC = re.compile(
    rf"^[老小阿]{SURNAME}$|[率度量值力]$|系数|成本|时间|祝|{ORG_END}|{COMPLAINT.pattern}|{SMALL_TALK.pattern}"
)
_HOUSE = re.compile(ORG_END)
# One of a list of things, wherever it stands; a target has a number.
_ITEM = re.compile(
    r"(?:^|[\s:：,，;；。])(?:[一二三四五]是|[(（]?[1-5一二三四五][)）、.．](?!\d)|[①-⑤])"
    r"(?=[^，,。；;\n%≥≤<>\d]{4,}(?:[，,。；;\n]|$))"
)
# What is named as a title is.
_NAMED_FOR_SURE = (
    "label_sure", "label_first", "label_likely", "label_quoted", "announced", "alone_early",
)  # fmt: skip
_MOST_WORTH, _READ = 5, 20_000  # words, characters
# Texts of which the title is still known: the whole, and what is left of it without its labels.
_REMEMBERED = 2
# Stretches of likely words: how long, how likely at their edges, how many of a clause.
_SPAN_WORDS, _LONGEST_SPAN, _AT_EDGES, _OF_A_CLAUSE = 9, 18, 0.12, 4
_JOINS = frozenset("的与和及、")
_NO_SPAN = re.compile(r"[0-9０-９]{2}|[。！？!?；;]")
# What the name of a house says of its trade: 云垣老坛头醋业有限公司.
_LEGAL = re.compile(rf"(?:[（(][^（()）]*[)）]|专业|农民|股份|责任|科技|实业)*(?:{ORG_END}).*$")
_GENERAL = re.compile(
    "科技|技术|信息|实业|集团|装备|设备|机械|材料|新材|工业|管理|服务|发展|控股|贸易|工程|制造|制品|"
    "环保|电子|农业|生物|智能|商贸|产业|企业|经营|股份|公司|运营|养殖|种植|专业|开发|系统|软件"
)
# How many of the best may stand together, how long both may be, and how much alike.
_BEST, _LONGEST_PAIR, _ALIKE = 12, 32, 0.6
JOINING = "："
_PARTED = re.compile("[，：,:]")


class Weights(NamedTuple):
    """What counts how much: of a word, of a candidate, of one or two together."""

    words: Mapping[str, float]
    ends: Mapping[str, float]
    titles: Mapping[str, float]
    together: Mapping[str, float]


def title_of(lines: list[str]) -> str:
    """What the text asks for most plainly.

    >>> title_of(["我们是示例泵业有限公司的，轴承老是抱死", "想找个团队一起做熔盐泵轴承材料"])
    '熔盐泵轴承材料'
    >>> title_of(["张局您好", "要做的东西：无铜陶瓷刹车片", "铜含量<0.5%"])
    '无铜陶瓷刹车片'
    """
    return _title_of(tuple(_first(lines)))


@lru_cache(_REMEMBERED)
def _title_of(lines: tuple[str, ...]) -> str:
    """A pasted text is read whole, and once more without what its labels say: often the same."""
    weights = Weights(**learnt(CHOICE))
    about = About(list(lines), weights)
    found = best(about.together(about.candidates()), weights.together)
    return str(found.value)[:_LONGEST] if found else ""


def is_title(lines: list[str], title: str) -> bool:
    """Whether `title_of` gives it; what no line holds is ruled out without weighing any.

    >>> is_title(["张局您好", "要做的东西：无铜陶瓷刹车片"], "无铜陶瓷刹车片")
    True
    >>> is_title(["刹车片响，磨损快", "要做的东西：无铜陶瓷刹车片"], "刹车片")
    False
    """
    text = "\n".join(lines)
    return all(part in text for part in title.split(JOINING)) and title_of(lines) == title


def _first(lines: list[str]) -> list[str]:
    """The lines that begin within what a title is looked for in: a need says early what it wants,
    and a book of a million characters is not weighed clause by clause.
    """
    ends = accumulate(map(len, lines))
    return [line[:_READ] for line, end in zip(lines, ends, strict=True) if end - len(line) < _READ]


def _named_in(clause: Clause) -> Iterator[tuple[str, dict[str, float]]]:
    """The clause, and what stands behind each word of asking in it."""
    sought = False
    for asking in (None, *ASKING.finditer(clause.text)):
        behind = clause.text[asking.end() :] if asking else clause.text
        between = _BETWEEN.match(behind) if asking else None
        named = trimmed(behind[between.end() :] if between else behind)
        kind = asking.lastgroup or "" if asking else "whole"
        if len(named) >= _SHORTEST and _SAYS.search(named) and not _SEEKS_FIRST.match(named):
            yield named, {
                kind: 1, f"sought_{kind}": sought,
                "measured": between is not None and _MEASURE.search(between[0]) is not None,
            }  # fmt: skip
        sought = sought or kind == "seek"
    for topic in AS_TOPIC.finditer(clause.text):
        named = trimmed(_SLACK.sub("", topic["what"]))
        if len(named) >= _SHORTEST and _SAYS.search(named):
            yield named, {"as_topic": 1}


def _spans_in(clause: Clause, chances: Mapping[str, float]) -> Iterator[str]:
    """The stretches of a clause that are made of likely words most."""
    words = default_tokenizer().cut(clause.text)
    found = []
    for first, word in enumerate(words):
        if chances.get(word, 0.0) <= _AT_EDGES:
            continue
        worth, known = 0.0, set[str]()
        for last in range(first, min(len(words), first + _SPAN_WORDS)):
            one = words[last]
            text = "".join(words[first : last + 1])
            if len(text) > _LONGEST_SPAN:
                break
            if one in chances:
                worth += (0.0 if one in known else chances[one]) - 0.05
                known.add(one)
            else:
                worth -= 0.15 if one in _JOINS else 0.3
            if chances.get(one, 0.0) > _AT_EDGES and len(text) > 1 and not _NO_SPAN.search(text):
                found.append((worth, text))
    kept: list[str] = []
    for _, text in sorted(found, key=lambda one: -one[0]):
        if len(kept) < _OF_A_CLAUSE and not any(text in one for one in kept):
            kept.append(text)
    yield from kept


def _looks(title: str) -> dict[str, float]:
    """What the words of a title say of it."""
    size = len(title)
    head = HEAD.search(title) is not None
    return {
        "head": head,
        "thing": WANTED_END.search(title) is not None,
        "complaint": COMPLAINT.search(title) is not None,
        "asking_inside": not head and ASKING.search(title) is not None,
        "small_talk": SMALL_TALK.search(title) is not None,
        "persons": _PERSONS.search(title) is not None,
        "number": _NUMBER.search(title) is not None,
        "organisation": is_organisation(title),
        "house": _HOUSE.search(title) is not None,
        **{f"under_{limit}": size < limit for limit in (5, 6)},
        **{f"over_{limit}": size > limit for limit in (20, 28)},
        "size": min(size, 20) / 10,
    }


class About:
    """What the text speaks of: words that come again, how rare they are, and how likely each is
    one of its title.
    """

    def __init__(self, lines: list[str], weights: Weights) -> None:
        self._lines = lines
        self._tokenizer = default_tokenizer()
        self.clauses = list(clauses(lines))
        text = "\n".join(part_contacts(line).rest for line in lines)
        house = organisation_in(text)
        self.words = words_of(self.clauses, text, house, weights.ends)
        self.weigh(weights)
        if house:
            text = text.replace(house, "")
        self._trade = _trade_of(house)
        self._house = {"".join(pair) for pair in pairwise(house)}
        self._counts = Counter(self._tokenizer.words(text))
        worth = sorted(map(self._worth, self._counts), reverse=True)
        self._most = sum(worth[:_MOST_WORTH]) or 1.0
        self.lists = len(_ITEM.findall(text)) > 1
        made = (found["thing"] for found in MADE.finditer(text))
        self._made = [thing for thing in made if _is_thing(thing)][:_MOST_WORTH]

    def weigh(self, weights: Weights) -> None:
        """Count by these from now on."""
        self._weights = weights
        self.salience = salience(self.words, weights.words)

    def candidates(self) -> list[Candidate]:
        """All that may be the title, in the order of the text."""
        found: dict[str, dict[str, float]] = {}
        for clause in self.clauses:
            named = list(_named_in(clause))
            spans = ((text, {"span": 1.0}) for text in _spans_in(clause, self.salience.chances))
            for title, told in (*named, *spans):
                if title not in found:
                    late = clause.place / len(self._lines)
                    found[title] = {"late": late, **self.features(title), **_looks(title)}
                elif "span" in told:
                    continue
                known = found[title]  # what stands twice: all that is said of it
                for name, value in (*clause.features.items(), *told.items()):
                    known[name] = max(value, known.get(name, 0))
        if self._trade and self._trade not in found:
            found[self._trade] = {
                "trade": 1.0, "late": 0.0, **self.features(self._trade), **_looks(self._trade),
            }  # fmt: skip
        return [Candidate(title, title, told) for title, told in found.items()]

    def together(self, found: list[Candidate]) -> list[Candidate]:
        """The best candidates, each alone and behind each other one."""
        scored = sorted(
            ((one.score(self._weights.titles), one) for one in found), key=lambda one: -one[0]
        )[:_BEST]
        made: dict[str, Candidate] = {}
        for rank, (score, one) in enumerate(scored):
            alone = {"single": 1.0, "first": not rank, "loose": _loose(one.value),
                     "sure": _is_sure(one), "main": score - scored[0][0]}  # fmt: skip
            made.setdefault(one.value, self._told(one.value, one.value, alone))
            for other_score, other in scored:
                title = f"{one.value}{JOINING}{other.value}"
                if _adds(one.value, other.value) and title not in made:
                    both = sorted((score - scored[0][0], other_score - scored[0][0]))
                    made[title] = self._told(title, other.words, {
                        "second": both[0], "main": both[1], **self._pair(one, other),
                    })  # fmt: skip
        return list(made.values())

    def _told(self, title: str, words: str, features: dict[str, float]) -> Candidate:
        size = len(title)
        return Candidate(title, words, {
            **features, **self.salience.covered(title), "size": min(size, 28) / 10,
            **{f"over_{limit}": size > limit for limit in (16, 20, 24, 28)},
        })  # fmt: skip

    def _pair(self, thing: Candidate, wanted: Candidate) -> dict[str, float]:
        """What speaks for a thing with what is wanted of it behind."""
        return {
            "pair": 1.0, "any_sure": _is_sure(thing) or _is_sure(wanted), "lists": self.lists,
            "thing_nominal": thing.features["nominal"], "thing_size": len(thing.value) / 10,
            "thing_long": len(thing.value) > 10, "thing_made": thing.features["names_made"],
            "thing_trade": "trade" in thing.features,
            "thing_loose": _loose(thing.value), "thing_first": thing.features.get("first_noun", 0),
            "thing_sought": _is_sought(thing), "wanted_sought": _is_sought(wanted),
            "wanted_loose": _loose(wanted.value), "wanted_complaint": wanted.features["complaint"],
            "wanted_head": wanted.features["head"] or wanted.features["thing"],
            "wanted_verb": any(f"last_{kind}" in wanted.features for kind in _DOING),
            "in_order": thing.features["late"] <= wanted.features["late"],
        }  # fmt: skip

    def _worth(self, word: str) -> float:
        return math.log(self._counts[word] + 0.5) * self._tokenizer.rarity(word)

    def features(self, title: str) -> dict[str, float]:
        """How much of what the text speaks of a title holds, and what it is made of."""
        known = set(self._tokenizer.words(title))
        rare = [self._tokenizer.rarity(word) for word in sorted(known)]
        words = [word for word in self._tokenizer.cut(title) if word.strip()]
        kinds = [kind_of(word) for word in words]
        counts = Counter(kind for kind in kinds if kind != "noun")
        return {
            "names_made": any(word in title for word in self._made),
            "about": sum(map(self._worth, sorted(known & self._counts.keys()))) / self._most,
            "of_house": sum("".join(pair) in self._house for pair in pairwise(title)) / len(title),
            "rare": sum(rare) / len(title),
            "nominal": sum(len(word) for word in words if _is_noun(word)) / len(title),
            **self.salience.covered(title),
            **{f"has_{kind}": min(count, 2) for kind, count in counts.items()},
            **{f"first_{kind}": 1 for kind in kinds[:1]},
            **{f"last_{kind}": 1 for kind in kinds[-1:]},
        }


def _trade_of(house: str) -> str:
    """What a house deals with by its name; "" where that says nothing.

    >>> _trade_of("云垣老坛头醋业有限公司"), _trade_of("示例科技有限公司")
    ('醋', '')
    """
    words = default_tokenizer().cut(_LEGAL.sub("", house))
    telling = [word for word in words[1:] if is_naming(word) and not _GENERAL.fullmatch(word)]
    trade = telling[-1] if telling and telling[-1] in words[-2:] else ""
    return trade[:-1] if len(trade) > 1 and trade.endswith("业") else trade


_DOING = ("verb", "action", "quality")


def _is_sure(one: Candidate) -> bool:
    return any(one.features.get(name) for name in _NAMED_FOR_SURE)


def _is_sought(one: Candidate) -> bool:
    return any(one.features.get(name) for name in ("make", "do", "seek"))


def _loose(title: str) -> int:
    """How many words of a title only carry speech on."""
    kinds = ("pronoun", "adverb", "particle", "preposition", "conjunction")
    return min(3, sum(kind_of(word) in kinds for word in default_tokenizer().cut(title)))


def _adds(thing: str, wanted: str) -> bool:
    """Whether two titles say different things, and both are no more than a title."""
    parted = _PARTED.search(thing) or _PARTED.search(wanted)
    alike = len(set(thing) & set(wanted)) > _ALIKE * min(len(thing), len(wanted))
    short = len(thing) + len(wanted) <= _LONGEST_PAIR
    return bool(short and not parted and not alike and thing not in wanted and wanted not in thing)


def _is_thing(words: str) -> bool:
    """Whether it names something, and no house or measure."""
    cut = [word for word in default_tokenizer().cut(words) if word.strip()]
    named = bool(cut) and _is_noun(cut[-1]) and not _NO_TOPIC.search(words)
    return named and len(cut) <= _MOST_WORTH and kind_of(cut[0]) == "noun"


def _is_noun(word: str) -> bool:
    return part_of_speech(word) in ("n", "vn", "g")
