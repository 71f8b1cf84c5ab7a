"""Whose an income is, where an alliance's note says plainly that it is the enterprise's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.alliances.members import RESEARCH, kind_of_member, members_of
from matcher.policy import Fact
from matcher.records.alliance import Alliance

_CLAUSE = re.compile(r"[。；;\n]")
_ABOUT = re.compile("收入|利润|成果|专利|作价|入股")
# Words for what may be a public institution.
_RESEARCH = "(?:高校|高等院校|大学|学院|院所|研究院|研究所|科院|科学院|科研|学校|实验室|中心|政府)"
# 不是高校的, 与浙江大学无关: no holder is named by that.
_DENIED = re.compile(
    f"(?:不是|并非|不属于|不归)[^，,]{{0,12}}?{_RESEARCH}|非{_RESEARCH}"
    f"|(?:没有|不含|不涉及)[^，,]{{0,6}}?{_RESEARCH}"
    f"|(?:与|和|同|跟)[^，,]{{0,12}}?{_RESEARCH}[^，,]{{0,4}}无关"
)
_OWN = (
    "(?:自己(?:的|所有|所得|$|[，,）)])|自有(?:的|专利|成果|技术|知识产权|$)|独有"
    "|所有(?:的|$|[，,）)])|自主研发)"
)
_NOT_OWN = re.compile(f"(?:不是|并非|不属于|不归|非|没有|无)[^，,]{{0,12}}?{_OWN}")
_UNSURE = re.compile(
    "是不是|是否|可能|也许|大概|或许|或者|还是|待|未定|拟|计划|预计|部分|一半|其中|共有|共同"
    "|合作|联合|委托|受让|购|买|授权|参与|完成|但|原|曾|职务|争议|老师|教授|教师|个人|团队|[?？]"
)
# 浙工大, 宁波材料所: a university or an institute by its short name.
_SHORT = re.compile("(?<![重最扩较])大(?!型|量|幅)|所(?!有|得|属|以|述|持)")
_WHOSE = re.compile("[是归属由为校]|来自")
# What a clause speaks of where it names one kind of income alone.
_KINDS = {
    "许可": "转让许可",
    "转让": "转让许可",
    "净收入": "转让许可",
    "利润": "利润",
    "投产": "利润",
}
_WHOLE = "收入是企业自己的，条文只管政府设立的研究开发机构、高等院校的职务科技成果，不适用"


def own_income(alliance: Alliance) -> dict[str, Fact]:
    """That no public institution holds the results, where every clause that tells of them says so.

    What is doubtful, mixed, or tells of one of two incomes alone decides nothing.

    >>> note = "许可净收入是盟主（民营企业）自己的专利的，不是高校的"
    >>> own_income(Alliance(alliance_id="A", lead_org="甲公司", note=note))["public_holder"].holds
    False
    >>> own_income(Alliance(alliance_id="A", lead_org="甲公司", note="净收入是与某大学共有的"))
    {}
    """
    told = [c.strip() for c in _CLAUSE.split(alliance.note) if _ABOUT.search(c)]
    if not told or not all(_is_own(clause, alliance) for clause in told):
        return {}
    if not _covers(told, alliance):
        return {}
    basis = f"备注写“{'；'.join(told)}”；{_WHOLE}；备注写错的话改正再看"
    return {"public_holder": Fact(False, basis)}


def _is_own(clause: str, alliance: Alliance) -> bool:
    """Whether it names an enterprise and says that it is its own, and nobody else."""
    bare = _DENIED.sub("", clause)
    if re.search(_RESEARCH, bare) or _UNSURE.search(bare) or _NOT_OWN.search(bare):
        return False
    firms = "|".join(map(re.escape, _firms(alliance)))
    others = [part for part in re.split("[，,]", bare) if not re.search(firms, part)]
    if _SHORT.search(re.sub(firms, "", bare)) or any(map(_WHOSE.search, others)):
        return False
    return bool(firms) and bool(
        re.search(f"(?:{firms})[^，,]{{0,14}}?{_OWN}", bare)
        or (bare != clause and re.search(f"(?:是|归|属于)(?:{firms})[^，,]{{0,8}}?的", bare))
    )


def _firms(alliance: Alliance) -> Iterator[str]:
    """Words for an enterprise of the alliance: by name, and as what it is."""
    named = [m.organisation for m in members_of(alliance) if m.kind not in RESEARCH]
    lead = kind_of_member(alliance.lead_org) if alliance.lead_org else ""
    if lead and lead not in RESEARCH:
        yield from ("盟主企业", "盟主", alliance.lead_org)
    yield from ("民营企业", "民企", "企业", "公司", *named)


def _covers(told: list[str], alliance: Alliance) -> bool:
    """Whether it tells of every income that is filled in."""
    kinds = {kind for clause in told for word, kind in _KINDS.items() if word in clause}
    filled = {"转让许可": alliance.licence_income_wan, "利润": alliance.profit_wan}
    return not kinds or all(kind in kinds for kind, sum_ in filled.items() if sum_)
