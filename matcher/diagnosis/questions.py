"""What to ask about each finding, and how an answer may look."""

from __future__ import annotations

from typing import NamedTuple

from matcher.diagnosis.finding import Finding, FindingCode, FindingKind


class _Question(NamedTuple):
    kind: FindingKind
    field: str
    told: str
    question: str
    example: str


_MISSING, _CONFLICT = FindingKind.MISSING, FindingKind.CONFLICT
_QUESTIONS = {
    FindingCode.NO_CURRENT_STATE: _Question(
        _MISSING, "problem", "没有写现状与差距",
        "现在用什么办法？做到什么程度？差在哪里？",
        "现用真空脱气工艺，轴承钢总氧约15ppm，进口产品为5ppm，疲劳寿命只有进口的三分之一。",
    ),
    FindingCode.NO_CONDITIONS: _Question(
        _MISSING, "problem", "没有写使用工况",
        "在什么温度、压力、载荷、介质、环境下使用？连续运行多久？",
        "海上盐雾环境，-20~60℃，变载荷，每年运行不少于5000小时。",
    ),
    FindingCode.NO_TARGETS: _Question(
        _MISSING, "indicators_text", "没有带数值的考核指标",
        "哪几个量要达到多少？单位是什么？在什么条件下测？",
        "总氧≤6ppm；疲劳寿命≥20万小时；批次合格率≥98%。",
    ),
    FindingCode.NO_ACCEPTANCE: _Question(
        _MISSING, "indicators_text", "没有写验收方式",
        "由谁、按什么标准或办法验收？样机还是批量？试多久？",
        "由有资质的第三方按国家标准检测并出具报告，样机在现场连续运行3个月。",
    ),
    FindingCode.NO_BUDGET: _Question(
        _MISSING, "bounty_wan", "没有写榜额或投入",
        "榜额是多少万元？未定的写“面议”，并写出总投入的范围。",
        "榜额500万元，项目总投入2000万元，其中企业自筹1500万元。",
    ),
    FindingCode.NO_DURATION: _Question(
        _MISSING, "duration_months", "没有写完成时限",
        "从签约起多少个月完成？有没有必须赶上的节点？",
        "签约后24个月完成，第12个月交付首台样机。",
    ),
    FindingCode.NO_EXCLUDED_ROUTES: _Question(
        _MISSING, "excluded_routes", "没有写排除路线",
        "哪些办法已经试过、不行或不能接受？没有就写“无”。",
        "不接受加入铅的配方；电镀路线已试过，结合力不够。",
    ),
    FindingCode.VAGUE_TARGET: _Question(
        FindingKind.VAGUE, "indicators_text", "目标没有数值，无法考核：{words}",
        "现在是多少？要达到多少？与谁比？",
        "不写“大幅提高寿命”，写“寿命由8000小时提高到20000小时”。",
    ),
    FindingCode.TARGETS_CONFLICT: _Question(
        _CONFLICT, "indicators_text", "同一个量的两个目标不能同时成立：{words}",
        "哪一个是对的？如果条件不同，各是什么条件？",
        "25℃时强度≥600MPa；800℃时强度≥300MPa。",
    ),
    FindingCode.DEADLINE_PASSED: _Question(
        _CONFLICT, "apply_deadline", "揭榜截止已经过去：{words}",
        "是否延期？新的截止日期是哪一天？", "2027年6月30日",
    ),
    FindingCode.FISCAL_ABOVE_TOTAL: _Question(
        _CONFLICT, "fiscal_support_wan", "财政支持多于总投入：{words}",
        "两个数各是多少万元？单位有没有写错（元、万元）？",
        "总投入2000万元，其中财政支持600万元。",
    ),
    FindingCode.BOUNTY_ABOVE_TOTAL: _Question(
        _CONFLICT, "bounty_wan", "榜额多于总投入：{words}",
        "两个数各是多少万元？单位有没有写错（元、万元）？",
        "总投入2000万元，榜额500万元。",
    ),
    FindingCode.SEVERAL_JOBS: _Question(
        FindingKind.SEVERAL, "research_content", "像是几件不同的事：{words}",
        "能否由一个团队完成？不能的话，是否拆成几个榜单项目？",
        "拆为“齿轮箱轴承长寿命制造”和“塔筒防腐涂料”两项，各写指标和榜额。",
    ),
    FindingCode.TITLE_TOO_GENERAL: _Question(
        FindingKind.GENERAL, "title", "题目太宽，说不出是什么对象：{words}",
        "要解决的是什么产品、什么材料、什么工序的什么问题？",
        "不写“智能制造关键技术研究”，写“汽车覆盖件冲压模具磨损在线监测”。",
    ),
    FindingCode.NEAR_DUPLICATE: _Question(
        FindingKind.DUPLICATE, "title", "与已有的榜单项目相近：{words}",
        "是同一件事吗？以前的结果怎样？这次有什么不同？",
        "上一期揭榜的样机已验收，本次要解决批量生产的一致性。",
    ),
}  # fmt: skip


def finding(code: FindingCode, *words: str) -> Finding:
    """A finding with its question; ``words`` are those of the need it concerns."""
    asked = _QUESTIONS[code]
    return Finding(
        code=code, kind=asked.kind, field=asked.field, words=words,
        told=asked.told.format(words="；".join(words)),
        question=asked.question, example=asked.example,
    )  # fmt: skip
