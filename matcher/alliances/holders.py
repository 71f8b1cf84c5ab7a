"""Whose an income of results is, by the words of a list: its column, or a note of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.alliances.agreed import REWARD_AGREED, Agreed, told_in
from matcher.alliances.members import RESEARCH, kind_of_member, organisation_of
from matcher.records.alliance import Alliance, HolderKind, MemberKind, Service
from matcher.text.amounts import is_nothing
from matcher.text.normalise import without_brackets

_BETWEEN = re.compile("[、，,；;/\n]|(?<=[司学院所])[和与](?=.{2})")
_PUBLIC = re.compile(
    "(?<!不是)(?<!并非)(?<!非)(?:政府|国家)设立|公办|公立|[省市县部]属(?!企业|国企|公司)"
)
_CLAIM = re.compile(
    "(?:(?:不是|并非|非)?(?:政府|国家)(?:设立|举办)|公办|公立|[省市县部]属|民办|私立|民营)"
    "[^，,。；;、（(]{0,8}?(?:高校|大学|学院|院校|学校|研究所|研究院|机构|科研院所)"
)
_SPEAKER = re.compile(
    "(?:^(?:（[^）]*）)?(?:某|一[家所])[^。；;，,]{0,16}?|(?:我们|我)在[^。；;，,]{0,20}?"
    "|(?:我们|我|本)(?:单位|学校|研究所|研究院|公司|企业|大学|校|所|院)?(?:原来|现在)?"
    "(?:是[^。；;，,]{0,24}?|(?:公办|民办|公立|[省市]属|国家设立的?|政府设立的?)))"
    "(高校|大学|学院|院校|研究所|研究院|研究开发机构|科研院所|企业|公司)"
    "(?:[^。；;？?]{0,30}(?:不是政府设立|没有政府出资|自然人出资|举办))?"
)
_STATE_OWNED = re.compile("国有")
_BOUGHT = re.compile("受让|购买|买来|买入|买了|引进了")
_SERVICE_ANY = re.compile("职务")
_SERVICE_RESULT = re.compile("职务(?:科技)?(?:成果|发明)")
_FIRMS = {"企业", "金融", "中介"}
_NOT_SERVICE = re.compile("(?:非|不是|并非|不属于?)职务")
_SERVICE = re.compile("职务(?!.{0,6}[否无])")
_DENIED = re.compile("不是|并非|非(?:政府|国家|职务)|没有政府|不属|民办|私立|民营")
_PRIVATE = re.compile("民办|私立|民营|(?:不是|并非|非)(?:政府|国家)|没有政府")
_NO_RULE = re.compile(
    "(?:没有?|未|无)(?:规定|约定)?(?:[、，,]?(?:也|又)?(?:没有?|未|无)(?:规定|约定))?"
)
_NO_RULE_TOLD = re.compile(
    "(?:没有?|未)(?:任何)?(?:规定|约定)[、，,]?(?:过)?[^。；;]{0,6}(?:也|又|都)?(?:没有?|未)[^。；;，,]{0,8}约定"
    "|(?:没有|未)(?:作|做)?(?:任何|别的|其他)?规定(?:和|或|或者|、)约定"
    "|(?:既|也)?(?:没有|未)[^。；;，,]{0,6}规定[，,、]?[^。；;]{0,4}(?:没有|未)[^。；;，,]{0,10}约定"
)
_INSTITUTE = re.compile("(?:院|所|大学|学校)$")
_LAST_WORDS: tuple[tuple[re.Pattern[str], MemberKind], ...] = (
    (re.compile("(?:高校|院校|高等学校|大学|学院|学校)$"), "高校"),
    (re.compile("(?:研究(?:开发)?机构|科研机构|科研院所|研究所|研究院)$"), "科研院所"),
    (re.compile("(?:企业|公司|集团|厂)$"), "企业"),
)
_WHOSE = "income_of"


def holder_read(alliance: Alliance) -> tuple[str, HolderKind, Service, str]:
    """Who holds it, of what kind, whether it is of the job, and the words that say so.

    >>> own = Alliance(alliance_id="A", income_of="浙江大学（政府设立，职务科技成果）")
    >>> holder_read(own)[:3]
    ('浙江大学', '政府设立的高校', '是')
    >>> note = "我们是杭州的一所公办高校。学校许可一项职务科技成果"
    >>> holder_read(Alliance(alliance_id="A", note=note))[1:3]
    ('政府设立的高校', '是')
    """
    alliance = _with_holder(alliance)
    text = alliance.income_of
    if not text or is_nothing(text):
        return "", "", _service(_of_service(alliance.note)), "备注"
    kinds = _kinds(alliance)
    college = "高校" in kinds
    kind: HolderKind = ""
    if kinds <= _FIRMS:
        kind = "国有企业" if _STATE_OWNED.search(text) else "其他企业"
    elif kinds <= set(RESEARCH) and _PRIVATE.search(text):
        kind = "民办高校" if college else "民办科研机构"
    elif kinds <= set(RESEARCH) and _PUBLIC.search(text):
        kind = "政府设立的高校" if college else "政府设立的科研机构"
    return "、".join(_holders(alliance)), kind, _service(text), told_in(alliance, _WHOSE)


def _service(text: str) -> Service:
    if _NOT_SERVICE.search(text):
        return "否"
    return "是" if _SERVICE.search(text) else ""


def _with_holder(alliance: Alliance) -> Alliance:
    """With what a note says of the one who speaks, where the column is blank or says less of it.

    A note names others too: only 我们是…, or the one word of its kind, tells of the holder.
    """
    note, written = alliance.note, alliance.income_of.strip()
    if not note or is_nothing(written):
        return alliance
    more = [_of_service(note)] if not _SERVICE_ANY.search(written) else []
    if not written:
        if not (speaker := _SPEAKER.search(note)) or _BOUGHT.search(note):
            return alliance
        written, more = f"某{speaker[1]}", [speaker[0].strip(), *more]
    elif not (_PUBLIC.search(written) or _DENIED.search(written)):
        claims = {found[0] for found in _CLAIM.finditer(note)}
        public = {bool(_PUBLIC.search(claim)) for claim in claims}
        more = [*claims, *more] if len(public) == 1 else more
    told = [re.sub("[（()）]", "", words) for words in more if words]
    if not told:
        return alliance
    return alliance.model_copy(update={"income_of": f"{written}（备注：{'；'.join(told)}）"})


def _of_service(note: str) -> str:
    return "职务科技成果" if _SERVICE_RESULT.search(note) and "非职务" not in note else ""


def _kinds(alliance: Alliance) -> set[str]:
    """The kinds of who is named; an institute by its last word, where the state set it up."""
    of_state = bool(_PUBLIC.search(alliance.income_of))
    kinds = {name: kind_of_member(name) for name in _holders(alliance)}
    return {
        "科研院所" if kind == "其他" and of_state and _INSTITUTE.search(name)
        else _by_last_word(name) if kind == "其他" else kind
        for name, kind in kinds.items()
    }  # fmt: skip


def _by_last_word(name: str) -> MemberKind:
    """What a name that is none (某公办高校, 某民营企业) says of its kind."""
    return next((kind for words, kind in _LAST_WORDS if words.search(name)), "其他")


def _holders(alliance: Alliance) -> Iterator[str]:
    for name in filter(None, map(str.strip, _BETWEEN.split(without_brackets(alliance.income_of)))):
        if name in ("盟主", "盟主企业", "企业", "公司"):
            yield alliance.lead_org if name.startswith("盟主") else "企业公司"
        else:
            yield organisation_of(alliance, name) or name


def own_rule_told(alliance: Alliance, agreed: Agreed | None) -> tuple[str, str]:
    """What of a rule or an agreement of its own is told, and where: in the column, or a note.

    没有 where that is what is written; empty where nothing is.
    """
    if written := alliance.reward_agreed.strip():
        none = is_nothing(written) or _NO_RULE.fullmatch(written)
        return "没有" if none else written, told_in(alliance, REWARD_AGREED)
    if denied := _NO_RULE_TOLD.search(alliance.note):
        return "没有", f"备注写“{denied[0]}”"
    if agreed is not None and agreed.words.startswith("备注"):
        return agreed.words.removeprefix("备注写"), agreed.words
    return "", ""
