"""Names of organisations in plain words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from matcher.contacts import SURNAME
from matcher.speech import is_word, part_of_speech
from matcher.tagging import ORGANISATION, PERSON, PLACE, Tagged, tagged
from matcher.text.regions import Region, parse_region
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
_NO_HOUSE = re.compile(r"[省市县区镇乡村州旗科室]$|\d|的|[我你您他她就是]|[姓叫]|公开|名称")
_HOUSE_END = re.compile(
    r"(?:[厂社场站所院店馆园队矿局行庄坊铺部校村处]|中心|学校|公司|集团|企业|基地|实业|工厂|农场|林场|牧场|渔场|酒店|宾馆|饭店|电站|水厂|联社|家庭农场)$"
)
_MADE_UP = ("示例", "某", "某某")
# A house by what it is, not by its legal form: 合作社, 粮库, 修船坞, 锯业; and words that end so
# and are none.
_KIND = re.compile(
    r"(?:工作室|手作|五金|中心|医院|学校|[厂社场站所坊铺库矿店馆院坞园队局部处业])"
    r"(?![长员主内外里上下有面区门网址股集科公专农合])"
)
_NO_KIND = re.compile(
    r"(?:[现市广立磁电流温热操开出到入登当采]场|[内外全局底顶头尾根边端南北东西中]部|[社行]会|[厕处住]所|"
    r"[网车工]站|[工企专作行产毕就创商同开停职敬农林牧渔副各百]业|[数仓水车题]库|[商门网书药分]店|[住出入法庭两四]院|"
    r"[好用难到何此一坏四各妙长短深近远]处|[团排部军]队|[家校田公乐花]园|[高院母]校|[小老那这贵该本]厂|[水电工]厂|"
    r"[结布格当时]局|[不可同]行|[银外内]行|[干一大小]部|[酒饭商旅]店|合作社|该中心|[我本贵该的]中心|[我本贵该的]医院|"
    r"^.{0,2}(?:中心|医院|学校|五金))$"
)
# 皓齿科技（苏澄）有限公司
_GOES_ON = re.compile(rf"[（(][\u4e00-\u9fff]{{1,6}}[)）]{ORG_END}")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()·]{1,30}\Z")
# What leads in a name and is none of it.
_LEADING = re.compile(
    r"(全[称名]|名[称叫字]|(?:我[们司厂院所社场店站]?|俺们?|咱们?|敝[司厂])(?:这[边里]|那[边里])?就?[是叫]?|就叫|单位|公司是|厂子?是)"
)
_FORMAL = re.compile("(?:有限公司|责任公司|股份公司|集团)$")
_SHORTEST, _LONGEST = 4, 30
# Where a house stands whatever its name ends in: behind a label, in quotes behind what one is, as
# the answer to who one is, before what one does.
_RUN_OF_NAME = r"[\u4e00-\u9fffA-Za-z0-9（）()·“”\"]"
_NO_BEGINNING = (
    "[一做想要有在都也就还没不现去今前后已准打试家自会可能只用把给跟找希老是的主]|"
    "领导|老板|厂长|经理"
)
_PLACES = {
    "labelled": re.compile(
        r"^[^\S\n]*(?:[-–•·*●①-⑳]|[（(]?\d{1,2}[)）、.．]|[一二三四五六七八九十]、)?[^\S\n]*"
        r"[^:：\n，。]{0,8}?(?:单位|企业|公司|厂名|店名|对方|对象|来电|需求方|委托方|甲方|主体|我们是谁|"
        r"[Cc]ompany|Who|From)(?:名称|全称)?[^\S\n]*[:：][^\S\n]*"
        rf"(?P<name>{_RUN_OF_NAME}{{2,24}})", re.MULTILINE
    ),
    "quoted": re.compile(r"[“「\"『（(【](?P<name>[\u4e00-\u9fffA-Za-z0-9·]{3,20})[”」\"』）)】]"),
    "own": re.compile(
        r"(?:我们?|俺们?|咱们?|本人|敝司)(?:这[边里]|那[边里])?(?:[是叫在]|名叫|全名叫)"
        rf"(?!{_NO_BEGINNING})(?P<name>[\u4e00-\u9fff]{{3,20}}?)(?=[的管做，,。\s（(]|$)",
        re.MULTILINE,
    ),
    "doing": re.compile(
        rf"(?:我们|俺们?|咱们?)(?!{_NO_BEGINNING})(?P<name>[\u4e00-\u9fff]{{3,12}}?)"
        r"(?=是[做一个]|做的|专门?做)"
    ),
    "answered": re.compile(
        r"^[^\n]*(?:哪家|哪个(?:单位|公司|厂)|什么(?:单位|公司|厂)|单位名字|企业名|公司名|厂名|贵[司厂]|全称|"
        r"叫什么|[Cc]ompany|单位名称|请报)[^\n]{0,24}(?:[?？呀]|全称|登记|指标)[^\n]{0,24}\n"
        r"[^\S\n]*(?:[AaＡ答]\d{0,2}[:：.]?\s*)?"
        rf"(?P<name>{_RUN_OF_NAME}{{3,24}})", re.MULTILINE
    ),
    "signed": re.compile(rf"^[^\S\n]*(?P<name>{_RUN_OF_NAME}{{3,24}})[^\S\n]*$", re.MULTILINE),
}  # fmt: skip
_SENTENCE = re.compile("[是我你您他她]")
_SHORTEST_PLACED, _LONGEST_HEADLESS = 3, 12
_GENERIC = re.compile(
    r"^(?:(?:我|我们|俺|咱|本|贵|该|某|一家|有家|国内|国外|进口|别的|其他|外地|老|这家?|那家?|"
    r"几家|两家|"
    r"小|大|全|分|总|子|母|各|哪家)*)(?:集团|公司|厂|企业|医院|大学|研究所|研究院|电厂|药厂)+$|"
    r"^(?:技术|设备|生产|采购|研发|工程|质检|安全|销售|市场|业务)[部科处室]$|"
    r"[了吗呢]|有没有|吧$|设有?分?厂$|大学生|高校|(?:没有?|不能|成立|注册|离开|出)(?:了|个)?(?:公司|厂)$"
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
    >>> [one.name for one in organisations("单位：暮山手造")]
    ['暮山手造']
    """
    last, told = 0, _tagged(text)
    persons, places = _spans(text, PERSON), _spans(text, PLACE)
    placed = _placed(text)
    found: set[tuple[int, int]] = set()
    for ending in _endings(text):
        run = _RUN.search(text, max(last, ending.start() - _LONGEST), ending.start())
        wide = ending.re is _KIND
        last = last if wide else ending.end()
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
            if (
                led
                or _SENTENCE.search(name)
                or not _SHORTEST <= len(name) <= _LONGEST
                or _unlike_a_name(name)
                or _within_a_person(text, start - len(word), persons)
            ):
                continue
            span = (start - len(word), ending.end())
            if not _FORMAL.search(name) and _begins_with_a_person(name, span[0], persons):
                continue
            found.add(span)
            yield Organisation(name, *span, {
                **_looks(name, words[:at], words[at:]),
                **_as_tagged(name, whole.word if whole else ""),
                **placed.get(span, {}),
                "nickname": _NICKNAME.match(name) is not None,
                "surname_first": _named_first(text, span[0], words[at:]),
                **_by_tags(persons, places, *span), "wide": wide, f"head:{ending[0][-2:]}": wide,
            })  # fmt: skip
    rest = {(start, end): name for end, (name, _, start) in told.items()}
    rest |= {
        span: text[slice(*span)] for span, ways in placed.items()
        if span not in found and ways.keys() - {"signed", "quoted"}
    }  # fmt: skip
    for (start, end), name in sorted(rest.items()):
        shortest = _SHORTEST_PLACED if (start, end) in placed else _SHORTEST
        tag = end in told and told[end].start == start
        by_tags = _by_tags(persons, places, start, end)
        housed = _HOUSE_END.search(name) is not None
        doubtful = by_tags["person_inside"] or _NO_HOUSE.search(name)
        fits = housed if tag else not doubtful and len(name) <= _LONGEST_HEADLESS
        formal = _FORMAL.search(name) is not None
        fits = fits and (formal or not _begins_with_a_person(name, start, persons))
        named = shortest <= len(name) <= _LONGEST and not _unlike_a_name(name)
        if fits and named and (start, end) not in found and not _SENTENCE.search(name):
            yield Organisation(name, start, end, {
                **_looks(name, [], _words(name) or [name]), **placed.get((start, end), {}),
                "tagged": tag, "tagged_alone": tag, "headless": not housed, **by_tags,
            })  # fmt: skip


def _endings(text: str) -> Iterator[re.Match[str]]:
    """Where names of houses may end, in order; by its kind only at the end of a word."""
    found = [*_END.finditer(text)]
    taken = {at for one in found for at in range(one.start(), one.end())}
    for one in _KIND.finditer(text):
        begin = max(0, one.end() - 6)
        before = re.split(r"[^\u4e00-\u9fff]", text[begin : one.end()])[-1]
        goes_on = is_word(text[one.end() - 1 : one.end() + 1])
        if one.end() - 1 not in taken and not goes_on and not _NO_KIND.search(before):
            found.append(one)
    return iter(sorted(found, key=re.Match.end))


def _placed(text: str) -> dict[tuple[int, int], dict[str, float]]:
    """What stands where a house is named, and in which ways."""
    found: dict[tuple[int, int], dict[str, float]] = {}
    for place, pattern in _PLACES.items():
        for one in pattern.finditer(text):
            name = one["name"].rstrip("的（(")
            found.setdefault((one.start("name"), one.start("name") + len(name)), {})[place] = 1.0
    return found


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


_Spans = list[tuple[int, int]]


# 岑老二雾坪菌业专业合作社; 我马登富马家沟砂场: who speaks, then the house.
_NICKNAME = re.compile(rf"{SURNAME}(?:老[大二三四五六七幺]|师傅|厂长|总|工|叔|哥|姐)")
_LONGEST_PERSON = 3
_SURNAMED = re.compile(rf"{SURNAME}[\u4e00-\u9fff]{{1,2}}")


def _named_first(text: str, start: int, words: list[str]) -> bool:
    """Whether one who only said 我 may first have named himself, the house behind."""
    if not text.startswith("我", start - 1):
        return False
    name = "".join(words)
    ends = [sum(map(len, words[:number])) for number in (1, 2, 3)]
    person = _SURNAMED.match(name)
    return person is not None and person.end() in ends and not _region(name[:6]).province


def _within_a_person(text: str, start: int, persons: _Spans) -> bool:
    """Whether a place stands in the middle of somebody's name: 老二雾坪菌业 of 岑老二雾坪菌业."""
    at = bisect_left(persons, (start, 0)) - 1
    if at >= 0 and start < persons[at][1]:
        return True
    nicknames = (_NICKNAME.match(text, begin) for begin in range(max(0, start - 2), start))
    return any(one is not None and one.end() > start for one in nicknames)


def _begins_with_a_person(name: str, start: int, persons: _Spans) -> bool:
    """Whether the tagger takes the beginning of a name for somebody's: 马登富马家沟砂场."""
    at = bisect_left(persons, (start, 0))
    size = persons[at][1] - start if at < len(persons) and persons[at][0] == start else 0
    return 1 < size <= _LONGEST_PERSON and size < len(name) and _SURNAMED.match(name) is not None


def _spans(text: str, tag: str) -> _Spans:
    """Where the tagger takes words for persons or places."""
    return [(one.start, one.start + len(one.word)) for one in tagged(text) if one.tag == tag]


def _by_tags(persons: _Spans, places: _Spans, start: int, end: int) -> dict[str, float]:
    """Whether a person or a place is named in a name, or right before it:
    蒋大贵资中县金河湾饲料厂.
    """
    at = bisect_left(persons, (start, 0))
    inside = at < len(persons) and persons[at][1] < end
    here = bisect_left(places, (start, 0))
    return {
        "person_first": inside and persons[at][0] == start, "person_inside": inside,
        "behind_person": at > 0 and persons[at - 1][1] == start,
        "place_first": here < len(places) and places[here][0] == start,
        "behind_place": here > 0 and start <= places[here - 1][1] < end,
    }  # fmt: skip


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
    return brackets or name[0] in "（()）·" or "一家" in name or _GENERIC.search(name) is not None


_LONGEST_REGION = 12


@lru_cache(maxsize=4_096)
def _region(name: str) -> Region:
    return parse_region(name)


def _looks(name: str, before: list[str], words: list[str]) -> dict[str, float]:
    """What the words of a name say for it, and those of the same run that it leaves out."""
    region = _region(name[:_LONGEST_REGION])
    kinds = {part_of_speech(word)[0] for word in words}
    left = _region(before[-1][:_LONGEST_REGION]) if before else None
    return {
        "place": bool(region.province), "ranked": words[0][-1:] in "省市县区州旗",
        "place_left_out": bool(left and left.province),
        "from_the_edge": not before, "formal": _FORMAL.search(name) is not None,
        "left_out": min(3, len(before)),
        **{f"before_{part_of_speech(word)[0]}": 1 for word in before[-1:]},
        f"first_{part_of_speech(words[0])[0]}": 1, f"first:{words[0]}": 1,
        **{f"led:{word}": 1 for word in before[-1:]},
        **{f"inside_{kind}": 1 for kind in "rvpucd" if kind in kinds},
        "plant": name.endswith("厂"),
        "learned": re.search("大学|学院|研究|医院", name[-4:]) is not None,
        "go_between": re.search("中心|服务|转移|孵化|协会|局", name) is not None,
        "long": len(name) > 18, "short": len(name) < 7,
    }  # fmt: skip


def is_organisation(text: str) -> bool:
    """Whether a line is nothing but the name of an organisation."""
    return len(text) <= 30 and re.search(rf"{ORG_END}$", text.strip()) is not None
