"""On what page one stands, in full: beside the method, where whoever doubts a figure looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from matcher.ranking.grades import Coverage
from matcher.report.brief import CLOSE, FIRM, FLAGGED, UNASSIGNED, WEAK, fates_of, worth_calling
from matcher.report.limits import conditions, requirements_held, rules_read
from matcher.report.model import Report
from matcher.report.plan_lines import FIRMNESS
from matcher.report.spreading import concentration, served

_SORTED = (
    f"{FIRM}：等级“强”、总体判断“有合适团队”，有登记成果，没有见到缺联盟条件；"
    f"{FLAGGED}：同上，但团队只有自述，或缺联盟条件；"
    f"{WEAK}：等级“中”，或总体判断不是“有合适团队”；"
    f"{CLOSE}：随机变动里一半以上的次数换了团队；"
    f"{UNASSIGNED}：没有团队够最低等级，或名额已满。每项需求只在一类"
)


def grounds(report: Report) -> Iterator[tuple[str, str]]:
    """(what, how) of the figures of page one."""
    yield "首页的五类", f"{_SORTED}{_single(report)}"
    told = {
        "分配规则": report.plan.rule,
        "约几个值得联系": _worth(report), "谁判、判了什么": _judged(report),
        "方案稳不稳": _firm(report), "要求有多少依据": _covered(report),
        "最多的单位": concentration(report), "省内的团队": served(report),
        "规则核对": _ruled(report),
    }  # fmt: skip
    yield from ((what, how) for what, how in told.items() if how)


def _single(report: Report) -> str:
    """What the records of those without a warning may still lack."""
    single = sum(
        any(caution.kind == "单一依据" for caution in line.cautions)
        for card in fates_of(report)[FIRM] for line in card.teams if line.role == "主"
    )  # fmt: skip
    return f"。{FIRM}的有 {single} 项团队只有一条依据，联系时请多要几件" if single else ""


def _worth(report: Report) -> str:
    worth = worth_calling(report)
    if worth is None:
        return ""
    return (
        f"“强”“中”的个数各乘检验里值得联系的比例，合计 {worth}；比例是对全部“强”“中”的配对测的，"
        "没有单测拟指派的，所以只是推算"
    )


def _judged(report: Report) -> str:
    found = report.checked
    if not found.basis:
        return ""
    nobody = f"，另 {found.others} 项没有人判定过" if found.others else ""
    here = f"。本榜单 {found.known} 项在其中，排序从它们学过（比例是交叉检验的）{nobody}"
    return f"{found.by}。{found.basis}{here if found.known else ''}"


def _firm(report: Report) -> str:
    firm = report.firmness
    if firm is None:
        return ""
    stays, mostly, seldom = (dict(firm.counts)[word] for word in FIRMNESS)
    moved = {flip.challenge_id for flip in firm.flips}
    bare = sum(not c.alternates for c in report.cards if c.assigned and c.challenge_id not in moved)
    why = f"（其中 {bare} 项没有备选，没有别的团队可换）" if bare else ""
    return (
        f"各契合度随机变动 {report.moved} 重算 {firm.draws} 次：{stays} 项几乎不变{why}，"
        f"{mostly} 项多数不变，{seldom} 项多数换了团队，即{CLOSE}的。"
        "说的是方案随契合度变不变，不是团队行不行"
    )


def _covered(report: Report) -> str:
    asked = requirements_held(report)
    n = Counter(r.status for r in asked)
    return (
        f"拟指派的团队对 {len(asked)} 条要求：覆盖（有依据说到）{n[Coverage.COVERED]} 条，"
        f"部分（相近或说不准）{n[Coverage.PARTLY]} 条，未见 {n[Coverage.UNSEEN]} 条"
    ) if asked else ""  # fmt: skip


def _ruled(report: Report) -> str:
    book = report.rulebook
    if book is None:
        return ""
    checks = "；".join(rule.text for rule in book.rules if rule.table == "资格与冲突")
    each = sorted((i for i in book.items if i.missing), key=lambda i: -i.missing)
    lacking = "、".join(f"{item.text} {item.missing} 项" for item in each)
    told = "".join((*rules_read(report), *conditions(report)))
    return (
        f"按“{book.name}”。资格规则：{checks or '没有'}。{told}"
        f"{f'缺的：{lacking}。' if lacking else ''}"
    )
