"""Names of organisations in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from matcher.text.regions import parse_region
from matcher.text.speech import is_word, part_of_speech
from matcher.text.tagging import ORGANISATION, PLACE, Tagged, tagged
from matcher.text.tokenise import default_tokenizer

ORG_END = (
    r"(?:(?:集团|股份|科技|责任)*有限(?:责任)?公司|集团公司|股份公司|总公司|集团|合作社|研究院|"
    r"研究所|设计院|"
    r"大学|医院|(?:[机电钢水铸锻药铁铝纸糖酒印纺化轮热件泵阀车船材料具器料业械瓷门璃灯锁缆线管砖染革毯鞋服镜齿链簧焊模]|化工|电子|"
    r"水泥)厂|分公司|公司)"
)
# 某研究院有限公司 and 某集团（大连）有限公司 end where the company does.
_END = re.compile(
    rf"{ORG_END}(?![长房区门网址]|[（(][^）)]{{1,6}}[)）]{ORG_END}|(?<!公司)[\u4e00-\u9fff]{{0,6}}有限)"
)
# What else the name of a house may end in, where the tagger says that it is one.
_HOUSE_END = re.compile(
    r"(?:[厂社场站所院店馆园队矿局行庄坊铺部校村处]|中心|学校|公司|集团|企业|基地|实业|工厂|农场|林场|牧场|渔场|酒店|宾馆|饭店|电站|水厂|联社|家庭农场)$"
)
_MADE_UP = ("示例", "某", "某某")
# 皓齿科技（苏澄）有限公司
_GOES_ON = re.compile(rf"[（(][\u4e00-\u9fff]{{1,6}}[)）]{ORG_END}")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()·]{1,30}\Z")
# What leads in a name and is none of it.
_LEADING = re.compile(r"(全[称名]|名[称叫字]|我[们司]?是?|单位|公司是|厂子?是)")
_FORMAL = re.compile("(?:有限公司|责任公司|股份公司|集团)$")
_SHORTEST, _LONGEST = 4, 30
_GENERIC = re.compile(
    r"^(?:(?:我|我们|俺|咱|本|贵|该|某|一家|有家|国内|国外|进口|别的|其他|外地|老|这家?|那家?|"
    r"几家|两家|"
    r"小|大|全|分|总|子|母|各|哪家)*)(?:集团|公司|厂|企业|医院|大学|研究所|研究院|电厂|药厂)+$|"
    r"大学生|高校|(?:没有?|不能|成立|注册|离开|出)(?:了|个)?(?:公司|厂)$"
)


class Organisation(NamedTuple):
    """A name that may be an organisation's, where it stands, and what the name says of itself."""

    name: str
    start: int
    end: int
    features: Mapping[str, float]


def organisations(text: str) -> Iterator[Organisation]:
    """All names in a text that may be of an organisation, begun at every word before their end.

    >>> [one.name for one in organisations("今天去示例泵业有限公司")]
    ['今天去示例泵业有限公司', '去示例泵业有限公司', '示例泵业有限公司', '泵业有限公司']
    """
    last, told = 0, _tagged(text)
    for ending in _END.finditer(text):
        run = _RUN.search(text, max(last, ending.start() - _LONGEST), ending.start())
        last = ending.end()
        whole = told.pop(ending.end(), None)
        words = _words(run[0]) if run else []
        start = ending.start() - sum(map(len, words))
        inside = whole and start < whole.start < ending.start()
        if whole and inside and not is_word(text[whole.start - 1 : whole.start + 1]):
            words = [
                *_words(text[start : whole.start]),
                *_words(text[whole.start : ending.start()]),
            ]
        for at, word in enumerate(words):
            name = text[start : ending.end()]
            start += len(word)
            led = any(_LEADING.fullmatch(word) for word in words[at:])
            if led or not _SHORTEST <= len(name) <= _LONGEST or _unlike_a_name(name):
                continue
            yield Organisation(name, start - len(word), ending.end(), {
                **_looks(name, words[:at], words[at:]),
                **_as_tagged(name, whole.word if whole else ""),
            })  # fmt: skip
    for end, (name, _, start) in told.items():
        named = _SHORTEST <= len(name) <= _LONGEST and not _unlike_a_name(name)
        if named and _HOUSE_END.search(name):
            features = {**_looks(name, [], _words(name)), "tagged": 1, "tagged_alone": 1}
            yield Organisation(name, start, end, features)


def _tagged(text: str) -> dict[int, Tagged]:
    """What the tagger takes for organisations, by where they end, a place before them included."""
    found = {}
    before = Tagged("", "", 0)
    for one in tagged(text):
        if one.tag == ORGANISATION:
            word = one.word.rsplit(" ", 1)[-1].strip("，。、：:；;🏠")
            start = one.start + one.word.rindex(word)
            if word.startswith("厂") and text[start - 1 : start] in ("们", "我", "俺", "咱"):
                word, start = word[1:], start + 1  # 我们厂某某乐器有限公司
            near = before.tag == PLACE or before.word in _MADE_UP
            if near and before.start + len(before.word) == start and word == one.word:
                word, start = before.word + word, before.start
            if ending := _GOES_ON.match(text, start + len(word)):
                word += ending[0]
            found[start + len(word)] = Tagged(word, one.tag, start)
        before = one
    return found


def _as_tagged(name: str, whole: str) -> dict[str, float]:
    """How a name compares with what the tagger takes for the name that ends with it."""
    if not whole:
        return {"untagged": 1}
    longer = len(name) - len(whole)
    return {"tagged": longer == 0, "tagged_less": longer > 0, "tagged_more": longer < 0}


def _words(run: str) -> list[str]:
    cut = default_tokenizer().cut
    return [
        word
        for part in _LEADING.split(run)
        for word in ([part] if _LEADING.fullmatch(part) else cut(part))
    ]


def _unlike_a_name(name: str) -> bool:
    brackets = name.count("（") + name.count("(") != name.count("）") + name.count(")")
    return brackets or name[0] in "（()）·" or _GENERIC.search(name) is not None


def _looks(name: str, before: list[str], words: list[str]) -> dict[str, float]:
    """What the words of a name say for it, and those of the same run that it leaves out."""
    region = parse_region(name)
    kinds = {part_of_speech(word)[0] for word in words}
    left = parse_region("".join(before[-1:])) if before else None
    return {
        "place": bool(region.province), "ranked": words[0][-1:] in "省市县区州旗",
        "place_left_out": bool(left and left.province),
        "from_the_edge": not before, "formal": _FORMAL.search(name) is not None,
        "left_out": min(3, len(before)),
        **{f"before_{part_of_speech(word)[0]}": 1 for word in before[-1:]},
        f"first_{part_of_speech(words[0])[0]}": 1,
        **{f"inside_{kind}": 1 for kind in "rvpucd" if kind in kinds},
        "plant": name.endswith("厂"),
        "learned": re.search("大学|学院|研究|医院", name[-4:]) is not None,
        "go_between": re.search("中心|服务|转移|孵化|协会|局", name) is not None,
        "long": len(name) > 18, "short": len(name) < 7,
    }  # fmt: skip


def is_organisation(text: str) -> bool:
    """Whether a line is nothing but the name of an organisation."""
    return len(text) <= 30 and re.search(rf"{ORG_END}$", text.strip()) is not None
