"""How the report was made, in words: the method sheet, and what must be said aloud."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.assignment import CHANGE, Assignment
from matcher.models import shipped_coverage
from matcher.pipeline import Matcher
from matcher.plan_settings import PlanSettings
from matcher.policy import PolicyPack
from matcher.ranking.grades import LIKELY
from matcher.report.identity import Identity
from matcher.report.model import ChallengeCard, moved
from matcher.report.plan_lines import AwardLine
from matcher.report.settings import ReportSettings

_MOST_NAMED = 5
_WORDS = (
    ("等级", "按校准后的把握分强、中、弱，没有校准写未定；不是百分数，不看职称、级别和名气"),
    ("契合度", "值得联系的把握，0–1；只看内容，不看职称、级别和名气；没有校准时取名次的倒数"),
    ("得分", "只在同一需求内比较先后，不同需求之间不能比较"),
    ("实测指标", "团队成果里登记的数值中与考核指标同名的；没有登记写“未记录”"),
    ("流标风险", "高：没有团队可指派；中：总体判断不足或没有备选；低：有指派，有备选"),
    ("集中度", "HHI 为各单位占比平方之和，基尼系数含一无所获的单位；与只取各项第一名对照"),
    ("稳定性", f"每个契合度各自在 {moved(CHANGE)} 之内抽签变动，重新求解，看指派在几成抽签里不变："
               "稳 ≥ 80%，较稳 ≥ 50%，难分 < 50%；公式见 docs/assignment.md"),
)  # fmt: skip


def method_lines(
    matcher: Matcher, pack: PolicyPack | None, settings: ReportSettings, identity: Identity
) -> tuple[tuple[str, str], ...]:
    """(what, how), in the order a reader asks."""
    return (
        ("软件", f"jiebang-matcher {identity.version}，源码 {identity.code[:12]}"),
        ("语义模型", identity.encoder if matcher.encoder else "未使用，只按用词匹配"),
        ("排序模型", identity.ranker),
        ("校准", identity.calibration[:12] or "没有；等级和总体判断都写“未定”"),
        ("检验", "等级和总体判断怎样检验、数据和命令：docs/evaluation.md"),
        ("榜单", f"内容 {identity.challenges[:12]}"),
        ("团队库", f"{len(matcher.teams)} 个团队，内容 {identity.teams[:12]}"),
        ("人工决定", f"内容 {identity.outcomes[:12]}"),
        ("规则包", _pack_words(pack)),
        *_plan_lines(settings.plan),
        ("范围", _range(settings)),
        _coverage_words(matcher),
        *_WORDS,
        *_sources(pack),
    )


def _coverage_words(matcher: Matcher) -> tuple[str, str]:
    """What 覆盖, 部分 and 未见 mean, and how often they were right."""
    meaning = (
        "团队的一条依据说到了这条要求（覆盖），相近或说不准（部分），没有（未见）；不等于能否完成"
    )
    if matcher.encoder is None:
        return "覆盖程度", f"{meaning}。未使用语义模型：除达到的指标外不说覆盖，部分与未见只是粗分"
    m = shipped_coverage().measured
    share = {name: f"{value:.0%}" for name, value in m.items() if name != "pairs"}
    return "覆盖程度", (
        f"{meaning}。盲读 {m['pairs']:.0f} 对：说覆盖的 {share['covered']} 属实；"
        f"部分中注“{LIKELY}”的 {share['likely']} 说到了，"
        f"其余 {share['partly']} 说到，{share['related']} 至少有关；"
        f"未见的 {share['unseen']} 确与要求无关"
    )


def notes(
    matcher: Matcher, plan: Assignment, infeasible: str, cards: Sequence[ChallengeCard],
    awarded: Sequence[AwardLine] = (),
) -> tuple[str, ...]:  # fmt: skip
    """What a reader must be told before the first table."""
    said = []
    if matcher.encoder is None:
        said.append("未使用语义模型，只按用词匹配；说法不同的团队可能漏掉。")
    if matcher.calibration is None:
        said.append("没有校准：等级和总体判断都是“未定”；指派以名次的倒数代替契合度。")
        if not plan.assigned:
            said.append("“未定”低于最低等级，所以没有指派；确要按名次指派，设 --lowest-band 未定。")
    if infeasible:
        said.append(f"人工推荐之间互相矛盾，本方案没有采纳这些指定：{' '.join(infeasible.split())}")
    if not plan.optimal:
        said.append("指派在时限内没有证明最优，差距见方法与清单。")
    failed = [card.challenge_id for card in cards if card.failure]
    if failed:
        said.append(f"{len(failed)} 项没有可匹配的文字，没有排出团队：{'、'.join(failed[:10])}")
    if awarded:
        ids = "、".join(line.challenge_id for line in awarded[:_MOST_NAMED])
        more = f" 等 {len(awarded)} 项" if len(awarded) > _MOST_NAMED else ""
        said.append(f"已立项、不再指派团队的见“已立项”：{ids}{more}。")
    return tuple(said)


def _plan_lines(plan: PlanSettings) -> tuple[tuple[str, str], ...]:
    limits = {
        "每位负责人": plan.leader_limit,
        "每个单位": plan.org_limit,
        "未填写可承担数的团队": plan.default_capacity,
    }
    words = ", ".join(f"{k}最多 {'不限' if v is None else v}" for k, v in limits.items())
    kinds = "每项须有高校或科研院所；" if plan.research_member else ""
    return (
        ("最低等级", f"“{plan.lowest_band}”；低于它的团队不指派，无人揭榜也是答案（不强行指派）"),
        ("指派要求", f"每项 {plan.min_teams}–{plan.max_teams} 个团队，{words}；{kinds}"
                     f"备选 {plan.alternates} 个"),
        ("指派目标", f"先使答复的项目最多，再看契合度（校准后的把握）之和；最差项目权重 λ = "
                     f"{plan.worst_off:g}，集中度惩罚 μ = {plan.spread:g}"),
    )  # fmt: skip


def distribution_rule(plan: PlanSettings, calibrated: bool = True) -> str:
    """By which rule the plan was made, as it can be told to whoever complains.

    >>> distribution_rule(PlanSettings(org_limit=3)).split("；")[-1]
    '不优先省内，每个单位至多 3 项。'
    """
    fit = "契合度" if calibrated else "契合度（没有校准，取名次的倒数）"
    goals = [
        "先使得到团队的需求最多",
        f"再使{fit}之和最大",
        *([f"兼顾契合度最低的一项（λ = {plan.worst_off:g}）"] if plan.worst_off else []),
        *([f"同一单位多项的扣减（μ = {plan.spread:g}）"] if plan.spread else []),
    ]
    teams = f"{plan.min_teams}–{plan.max_teams}" if plan.max_teams > 1 else "1"
    capacity = plan.default_capacity
    limits = [
        f"每项 {teams} 个团队",
        *(["每项须有高校或科研院所"] if plan.research_member else []),
        *([f"没有填可承担数的团队至多 {capacity} 项"] if capacity is not None else []),
        *([f"每位负责人至多 {plan.leader_limit} 项"] if plan.leader_limit is not None else []),
    ]
    org = "没有设单位上限" if plan.org_limit is None else f"每个单位至多 {plan.org_limit} 项"
    return (
        f"{'，'.join(goals)}；{'，'.join(limits)}；等级低于“{plan.lowest_band}”的不指派；"
        f"不优先省内，{org}。"
    )


def _range(settings: ReportSettings) -> str:
    only = f"只报 {len(settings.only)} 项；" if settings.only else ""
    since = f"只报 {settings.since} 仍可揭榜的；" if settings.since else ""
    return f"{only}{since}每项列前 {settings.top} 名，指派从前 {settings.contenders} 名里选"


def _pack_words(pack: PolicyPack | None) -> str:
    if pack is None:
        return "没有使用；没有检查资格和冲突"
    return f"{pack.pack.id}: {pack.pack.name} ({pack.pack.kind}). {pack.pack.note}"


def _sources(pack: PolicyPack | None) -> tuple[tuple[str, str], ...]:
    if pack is None:
        return ()
    rules = (*pack.check, *pack.funding)
    return tuple((f"规则 {rule.id}", f"{rule.text} [{pack.cite(rule)}]") for rule in rules)
