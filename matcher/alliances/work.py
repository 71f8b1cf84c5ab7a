"""What an alliance has done, as its list says it; what is planned, begun or denied is not there.

Which kind of research it is and who leads a base are read from their columns, or else from the
names of projects and from notes; the authority recognises them, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from matcher.alliances.members import named_in, organisation_of
from matcher.alliances.talent import TALENTS
from matcher.alliances.wording import CLAUSE, NO_ALLIANCE, PLANNED
from matcher.corpora.headers.originals import ORIGINAL
from matcher.policy import Fact
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.text.amounts import is_nothing

Stage = Literal["建成", "没有建成", "没有开工", "没有写明"]
_NOT_DONE = re.compile("(?:未|没有?|尚未)(?:正式)?(?:开始)?(?:实施|启动|开展|转化)")
_BUILT = re.compile("建成|已建|投入|投产|投用|运行|运营|启用|竣工|验收|挂牌|授牌")
_NOT_STARTED = re.compile("(?:未|没有?|尚未)(?:开工|动工|开建|开始)")
_NOT_BEGUN = re.compile(
    f"(?<![虚模])拟|规划|(?<![自统])筹(?![资款措集])|计划建|准备建|打算|计划[^，,。；;]{{0,12}}(?:开工|动工)|待建|即将|将[建于]|{_NOT_STARTED.pattern}"
)
# Begun one day, by what is planned.
_TO_BEGIN = re.compile(
    "(?:计划|拟|预计|将于?|打算|准备|到)[^，,。；;]{0,12}(?:开工|动工|开建)|\\d月[底初中]?旬?(?:开工|动工|开建)"
)
_BEGUN = re.compile("在建|开工|动工|建设中|正在建")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_AFTER = "“后补助”是做在先、给在后，不能先拿"
_CLAUSE = re.compile(r"[，,；;。（）()\n]")
_LED = re.compile(r"([^由、\s]{2,40}?)牵头")
_NO_MODEL = re.compile(
    "(?<!如果)(?<!要是)(?<!若)(?:(?:没有?|未)被?(?:认定|确定|评)(?:为|作|开展)[^，,。；;]{0,4}(?:典型|试点示范)"
    "|(?:还没有?|尚未|没有|未)(?:参加|经过|进行)过?评估(?:评价)?|不是典型联盟)"
)
_DENIED = re.compile("不[是属算]|并非|非(?=关键|前沿|卡)|未(?!来)|没|^[否无]$")
_KINDS = re.compile("卡脖子|前沿引领|关键共性")
_WORK = re.compile("中试|转化|基地")
_BASE = re.compile(
    "^(?:(?>.*?中试基地).*(?:建成|在建|拟建|开工|动工|筹建|建设中|投用|投产)|"
    "(?>.*?(?:建成|在建|拟建|筹建)).*中试基地)"
)
_OWN_WORDS = "自己写的，由主管部门认定"
_LEADS, _KIND, _TALENT = "成果转化及中试基地牵头单位", "攻关类别", "引进人才类别"


def stage_of(text: str, year: int | None) -> Stage:
    """How far what is named has come, by its own words; built after the year is not yet built.

    >>> [stage_of(t, 2021) for t in ("2020年建成", "拟建，2023年建成", "2023年建成", "中试基地")]
    ['建成', '没有开工', '没有建成', '没有写明']
    >>> stage_of("未动工，计划2021年10月动工", 2021), stage_of("打算建，2021年10月动工", 2021)
    ('没有开工', '没有开工')
    >>> stage_of("2022年5月建成运行，由研究所牵头、自筹900万元建设", 2022), stage_of("在筹", 2022)
    ('建成', '没有开工')
    """
    if _NOT_BEGUN.search(text) and not _BEGUN.search(_NOT_STARTED.sub("", _TO_BEGIN.sub("", text))):
        return "没有开工"
    later = year is not None and any(int(told) > year for told in _YEAR.findall(text))
    if later or PLANNED.search(text):
        return "没有建成"
    return "建成" if _BUILT.search(text) else "没有写明"


def of_work(alliance: Alliance, carried: Iterable[Challenge], year: int | None) -> dict[str, Fact]:
    """What is known of research, conversion and talent, by key of the programmes' items."""
    projects = (*alliance.projects, *alliance.challenges)
    return {
        "is_model": Fact(True, f"认定日期 {recognised_on(alliance)}") if alliance.model_on
        else _not_recognised(alliance)
        or Fact(None, f"典型认定日期未填写{_of_batch(alliance)}"),
        "self_formed": _self_formed(alliance),
        "has_project": Fact(True, f"承担 {'、'.join(projects)}") if projects
        else Fact(None, "承担项目未填写"),
        "key_technology": _key_technology(alliance, carried),
        "has_conversion": Fact(None, "转化成果未填写") if alliance.conversions is None
        else Fact(alliance.conversions > 0, f"联盟表：转化成果 {alliance.conversions} 项"),
        "conversion_or_pilot_base": _converted(alliance, year),
        "in_industries": _industries(alliance),
        "led_by_member": _led_by_member(alliance),
        "talent_recognised": _talent(alliance),
    }  # fmt: skip


def recognised_on(alliance: Alliance) -> str:
    """The day it was recognised, as exactly as it was written."""
    return str(alliance.extra.get(f"典型认定日期{ORIGINAL}") or alliance.model_on)


def _industries(alliance: Alliance) -> Fact:
    """What the columns say of it; which industry that is, is for the authority."""
    columns = {"产业链": alliance.chain, "技术领域": "、".join(alliance.tech_domain)}
    told = "；".join(f"联盟表：{name}={value}" for name, value in columns.items() if value)
    turns = "属于的话可以提出，不属于的话条文不管"
    what = alliance.chain or "、".join(alliance.tech_domain)
    if not told:
        ask = "请盟主写明做哪个产业（联盟表「产业链」「技术领域」栏），由主管部门明确属于哪一类"
        return Fact(None, f"产业链、技术领域未填写；{turns}", ask)
    return Fact(None, f"{told}；{turns}", f"请主管部门明确“{what}”属于哪一类产业")


def _not_recognised(alliance: Alliance) -> Fact | None:
    """That it is no model alliance, where a note or what is asked says so."""
    for where, text in (("备注", alliance.note), ("想问什么", alliance.question)):
        if said := _NO_MODEL.search(text):
            return Fact(False, f"{where}写“{said[0]}”{_of_batch(alliance)}")
    return None


def _of_batch(alliance: Alliance) -> str:
    """To be on a published list is not said to be the recognition that is meant."""
    if not alliance.batch:
        return ""
    open_ = "列入公布的名单不等于典型联盟，不当作认定"
    return f"；公布批次写作“{alliance.batch}”，{open_}"


def _self_formed(alliance: Alliance) -> Fact:
    """All alliances are formed by their own will; whether a model one still counts, is not said."""
    if alliance.model_on is None:
        return Fact(True, tacit=True)
    both = "条文没有写典型联盟算不算“自发组建”的，算就符合，不算就不符合"
    return Fact(
        None,
        f"{recognised_on(alliance)} 认定为典型联盟；{both}",
        "请主管部门明确典型联盟算不算自发组建",
    )


def _converted(alliance: Alliance, year: int | None) -> Fact:
    """Results converted, or a base that stands; of one not built yet the source does not say."""
    converted, told = alliance.conversions, ""
    written = str(alliance.extra.get("转化成果(项)（原文）", ""))
    if converted and PLANNED.search(written):
        converted, told = None, f"转化成果写作“{written}”，还没有转化"
    if not converted and not told and (said := _not_begun(alliance)):
        told = f"{said}，还没有转化"
    stages: dict[Stage, list[str]] = {}
    bases, where = _named_bases(alliance), "平台写"
    if not bases and (noted := _bases_in(alliance.note)):
        bases, where = noted, "备注写"
    for base in bases:
        stages.setdefault(stage_of(base, year), []).append(base)
    if converted or "建成" in stages:
        return _there(alliance, converted or 0, stages)
    if stages and "没有写明" not in stages:
        return _unbuilt(where, stages)
    if bare := stages.get("没有写明"):
        turns = "建成了的话可以申请；没有建成的话，条文没有写算不算"
        ask = "请成员单位写明中试基地建成没有、哪年建成（联盟表「平台」栏）"
        return Fact(None, f"{where}{_quoted(bare)}，没有写建成没有：{turns}", ask)
    if told:
        ask = "转化了再申请；已经转化的在联盟表「转化成果(项)」栏写明几项"
        turns = "条文没有写转化以前能不能先报、转化以后再给：能的话可以先报，不能的话不符合"
        return Fact(None, f"{told}；{_AFTER}；{turns}", ask)
    if converted == 0 and alliance.platforms:
        named = "、".join(alliance.platforms)
        return Fact(False, f"转化成果 0 项；平台{named}，没有写明中试基地")
    return Fact(None, "转化成果 0 项，平台未填写" if converted == 0 else "转化成果未填写")


def _not_begun(alliance: Alliance) -> str:
    """What the column of who leads, or a note, says of a conversion that has not begun."""
    places = [(f"联盟表：{_LEADS}", name) for name in alliance.conversion_leads]
    places += [("备注", clause) for clause in CLAUSE.split(alliance.note)]
    for where, text in places:
        for part in _CLAUSE.split(text) if "转化" in text else ():
            if _NOT_DONE.search(part):
                return f"{where}写“{part.strip()}”"
    return ""


def _named_bases(alliance: Alliance) -> list[str]:
    """The bases of the column, one by one: several may stand in one cell."""
    pieces = (piece.strip() for cell in alliance.platforms for piece in re.split("[；;]", cell))
    return [piece for piece in pieces if "中试" in piece]


def _unbuilt(where: str, stages: Mapping[Stage, list[str]]) -> Fact:
    """Of bases that do not stand: under way it is open, not begun there is nothing to make up."""
    if begun := stages.get("没有建成"):
        both = f"{_AFTER}；条文写“建设的中试基地”，没有写要不要建成"
        turns = "没有建成也算的话可以申请，要建成的话现在不符合，建成以后再申请"
        ask = "请主管部门明确没有建成的算不算；请写明已经建成的哪年建成（联盟表「平台」栏）"
        short = f"{_AFTER}；{turns}，条文没有写"
        return Fact(None, f"{where}{_quoted(begun)}；{both}：{turns}", ask, short=short)
    told = f"{where}{_quoted(stages['没有开工'])}，还没有开工；{_AFTER}：开工以前不符合"
    ask = (
        "开工、建成以后再申请（条文没有写要不要建成）；"
        "请问主管部门能不能先报、建成以后再给；请把已经建成的写进联盟表「平台」栏"
    )
    return Fact(False, told, ask, short=f"还没有开工，{_AFTER}")


def _bases_in(note: str) -> list[str]:
    """What a note says of a base that it names, a sentence each."""
    return [part.strip() for part in CLAUSE.split(note) if _BASE.search(part)]


def _there(alliance: Alliance, converted: int, stages: Mapping[Stage, list[str]]) -> Fact:
    """Of results and bases that are there; a base that is not built is another's to ask for."""
    built = stages.get("建成", [])
    planned = stages.get("没有开工", [])
    rest = [*stages.get("没有建成", ()), *stages.get("没有写明", ()), *planned]
    who = _asking_for_a_base(alliance)
    if who and not any(who in base for base in built) and any(who in base for base in rest):
        built, rest = [], [base for base in rest if who in base]
        planned = [base for base in planned if who in base]
    if rest and rest == planned and not built and who:
        told = f"申请写给的{who}只牵头中试基地；平台写{_quoted(rest)}，还没有开工；{_AFTER}"
        turns = "给它的现在不符合；给牵头转化成果的不受影响"
        ask = "请改写给牵头转化成果的，或建成以后再申请；请问主管部门能不能先报"
        return Fact(None, f"转化成果 {converted} 项，{told}：{turns}", ask)
    if rest and not built and who:
        turns = "没有建成也算的话可以给它，要建成的话给它的现在不符合；给牵头转化成果的不受影响"
        ask = f"请主管部门明确没有建成的中试基地算不算（{who}申请的）"
        told = f"申请写给的{who}只牵头中试基地；平台写{_quoted(rest)}，没有写建成"
        return Fact(None, f"转化成果 {converted} 项，{told}：{turns}", ask)
    bases = f"，建成的中试基地 {len(built)} 个" + (f"：{_quoted(built)}" if built else "")
    begun = [base for base in rest if base not in planned]
    open_ones = f"；平台写{_quoted(begun)}，没有写建成，算不算条文没有写" if begun else ""
    if planned:
        open_ones += f"；平台写{_quoted(planned)}，还没有开工：{_AFTER}，给它的现在不符合"
    return Fact(True, f"转化成果 {converted} 项{bases}{open_ones}")


def _asking_for_a_base(alliance: Alliance) -> str:
    """Who asks for conversion's money and leads, as it is written, a base and no result."""
    led = [base for base in _named_bases(alliance) if "牵头" in base]
    bases = [*(name for name in alliance.conversion_leads if "基地" in name), *led]
    others = [name for name in alliance.conversion_leads if "基地" not in name]
    asking = dict.fromkeys(
        grant.receiver for grant in alliance.all_grants
        if grant.standing == "申请" and grant.receiver and _WORK.search(grant.programme)
    )  # fmt: skip
    return "、".join(
        name for name in asking
        if any(name in led for led in bases) and not any(name in led for led in others)
    )  # fmt: skip


def _led_by_member(alliance: Alliance) -> Fact:
    """Who leads the conversion or the base, and whether that is one of the alliance."""
    leads = [name for name in alliance.conversion_leads if not is_nothing(name)]
    if leads:
        return _led_by(alliance, leads)
    for where, text in (*(("平台", p) for p in alliance.platforms), ("备注", alliance.note)):
        for part in _CLAUSE.split(text) if _WORK.search(text) else ():
            for name in _LED.findall(part) if not PLANNED.search(part) else ():
                if (known := _member_in(alliance, name)) and known == alliance.lead_org:
                    return _led_by_lead(f"{where}写“{part}”")
                if known:
                    return Fact(True, f"{where}写“{part}”；{known}是联盟成员单位")
    ask = f"请成员单位写明由谁牵头（联盟表「{_LEADS}」栏）"
    turns = "成员单位牵头的话可以申请，别家牵头的话不符合"
    return Fact(None, f"联盟表里没有由谁牵头；{turns}", ask)


def _led_by(alliance: Alliance, leads: list[str]) -> Fact:
    """The same by the column for it."""
    strange = [name for name in leads if not named_in(alliance, name)]
    told = f"联盟表：{_LEADS}={'、'.join(leads)}"
    outside = [c for c in _CLAUSE.split(alliance.note) if NO_ALLIANCE.search(c)]
    if outside and not alliance.members:
        words = f"{told}；备注写“{outside[0].strip()}”，不是联盟成员单位"
        return Fact(False, words, f"请改由成员单位牵头，填错的请改正（联盟表「{_LEADS}」栏）")
    if not strange and all(_is_of_lead(alliance, name) for name in leads):
        return _led_by_lead(told)
    if not strange:
        return Fact(True, told)
    if not alliance.members:
        return Fact(None, f"{told}；成员单位未填写", "请盟主写明成员（联盟表「成员单位」栏）")
    remedy = f"请改由成员单位牵头，填错的请改正（联盟表「{_LEADS}」栏）"
    words = f"{told}；{'、'.join(strange)}不是盟主也不是成员"
    return Fact(False if len(strange) == len(leads) else None, words, remedy)


def _led_by_lead(told: str) -> Fact:
    """Whether 联盟成员单位 is the lead too, no clause says."""
    turns = "盟主也算“联盟成员单位”的话可以申请，只指盟主以外的成员的话不符合，条文没有写"
    ask = "请主管部门明确盟主牵头的算不算"
    return Fact(None, f"{told}，是盟主自己；{turns}", ask, short=turns)


def _is_of_lead(alliance: Alliance, name: str) -> bool:
    """Whether who leads is the lead itself, and no other member is named beside it."""
    lead = bool(alliance.lead_org) and alliance.lead_org in name
    return (lead or "盟主" in name) and not any(m in name for m in alliance.members if m)


def _member_in(alliance: Alliance, words: str) -> str:
    """The one of an alliance that is named, in full or at the end of the words."""
    full = organisation_of(alliance, words)
    ends = (n for n in (alliance.lead_org, *alliance.members) if n and words.endswith(n))
    return full or next(ends, "")


def _key_technology(alliance: Alliance, carried: Iterable[Challenge]) -> Fact:
    """Of which of the three kinds the research is, by its own words."""
    ask = f"请盟主写明属于哪一类（联盟表「{_KIND}」栏：“卡脖子”、前沿引领或关键共性技术）"
    kind = alliance.research_kind
    if kind and _KINDS.search(_bare(kind)) and not _DENIED.search(kind):
        return Fact(True, f"联盟表：{_KIND}={kind}；{_OWN_WORDS}")
    if kind:
        told = f"联盟表：{_KIND}={kind}"
        return Fact(False if _DENIED.search(kind) else None, told, ask)
    places = [("承担项目", name) for name in alliance.projects] + [("备注", alliance.note)]
    places += [
        (f"榜单 {c.challenge_id} ", text)
        for c in carried for text in (c.title, c.problem, c.tech_difficulties, c.research_content)
    ]  # fmt: skip
    for where, part in _clauses_of(places, _KINDS):
        return Fact(True, f"{where}写“{part}”；{_OWN_WORDS}")
    return Fact(None, "联盟表里没有；是的话可以申请，不是的话不符合", ask)


def _talent(alliance: Alliance) -> Fact:
    """Whether those who came are of the kinds the clause names, by the alliance's own words."""
    kind = alliance.talent_kind
    turns = "条文没有写怎样算，按具体情况一事一议：认定的话可以申请，不认定的话不符合"
    if kind and TALENTS.search(kind) and not PLANNED.search(kind) and not _DENIED.search(kind):
        return Fact(True, f"联盟表：{_TALENT}={kind}；{_OWN_WORDS}")
    if kind:
        ask = f"请主管部门认定“{kind}”是不是科技领军人才或高水平创新团队"
        return Fact(None, f"联盟表：{_TALENT}={kind}；{turns}", ask)
    for where, part in _clauses_of([("备注", alliance.note)], TALENTS):
        if not PLANNED.search(part):
            return Fact(True, f"{where}写“{part}”；{_OWN_WORDS}")
    ask = f"请盟主写明引进的是谁、做什么，由主管部门认定（联盟表「{_TALENT}」栏）"
    return Fact(None, turns, ask)


def _clauses_of(
    places: Iterable[tuple[str, str]], pattern: re.Pattern[str]
) -> Iterator[tuple[str, str]]:
    """The clauses that say a thing and do not deny it, each with where it stands."""
    for where, text in places:
        for part in _CLAUSE.split(text or ""):
            if pattern.search(_bare(part)) and not _DENIED.search(part):
                yield where, part.strip()


def _bare(text: str) -> str:
    return text.translate(str.maketrans("", "", "“”\"'‘’「」"))


def _quoted(texts: Iterable[str]) -> str:
    return "、".join(f"“{text}”" for text in texts)
