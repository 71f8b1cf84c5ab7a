"""Challenge: what is asked for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from matcher.records.evidence import Indicator
from matcher.records.fields import Amount, Header, Identifier, Maturity, Source, Text, TextList
from matcher.records.reachable import ContactEmail, ContactName, ContactPhone, Reachable

ChallengeStage = Literal[
    "需求征集", "论证遴选", "发榜", "揭榜", "评审论证", "签约立项",
    "过程管理", "验收评价", "驳回", "流标", "取消",
]  # fmt: skip
_CLOSED = ("评审论证", "签约立项", "过程管理", "验收评价", "驳回", "流标", "取消")


class Challenge(Reachable):
    """One posted problem (榜单项目, 技术需求, 难题)."""

    free_texts: ClassVar[tuple[str, ...]] = (
        "title", "problem", "tech_difficulties", "research_content", "indicators_text",
        "existing_basis", "excluded_routes", "eligibility_text", "ip_terms",
    )  # fmt: skip

    challenge_id: Annotated[
        Identifier,
        Header(
            "榜单编号",
            "编号、序号、项目编号、需求编号、课题编号、榜单号、题目编号、赛题编号、榜题编号",
        ),
    ]
    title: Annotated[
        Text,
        Header(
            "项目名称",
            "榜单名称、榜单项目名称、课题名称、难题名称、技术需求名称、需求名称、"
            "名称、技术难题名称、攻关项目名称、榜题、题目、题目名称、赛题名称、赛题、"
            "榜题名称、任务名称",
        ),
    ] = ""
    demand_org: Annotated[
        Text,
        Header(
            "需求单位",
            "发榜方、发榜单位、企业名称、盟主、需求方、牵头企业、机构全称、单位全称、"
            "出题单位、命题单位、出题方、命题方、提出单位、需求企业、需求提出单位、"
            "企业全称、公司名称、单位名称、申报单位、申报企业、发布单位、张榜单位",
        ),
    ] = ""
    demand_org_uscc: Annotated[Text, Header("统一社会信用代码", "信用代码")] = ""
    industry: Annotated[
        Text, Header("所属行业", "行业、产业领域、所属产业、应用行业、需求技术应用行业")
    ] = ""
    tech_domain: Annotated[TextList, Header("技术领域", "领域、所属领域、专业领域")] = ()
    keywords: Annotated[TextList, Header("关键词", "关键字、主题词")] = ()
    search_terms: Annotated[TextList, Header("补充检索词", "补充关键词")] = ()
    problem: Annotated[
        Text,
        Header(
            "背景及主要问题",
            "背景、需求背景、主要问题、问题描述、需求描述、需求内容、技术需求、"
            "项目背景、难题描述、需求简介、现状及问题、技术难题、题目介绍、题目背景、"
            "赛题介绍、赛题背景、立项背景、背景意义、背景和意义、现状、存在问题",
        ),
    ] = ""
    tech_difficulties: Annotated[
        Text,
        Header(
            "技术难点",
            "难点、关键技术难点、卡点、关键技术问题、技术问题、技术瓶颈、技术关键、"
            "关键技术、关键科学问题、科学问题、关键问题",
        ),
    ] = ""
    research_content: Annotated[
        Text,
        Header(
            "攻关内容",
            "研究内容、主要研究内容、攻关任务、主要任务、研发内容、研究任务、"
            "任务要求、赛题任务、研发任务、榜单内容",
        ),
    ] = ""
    indicators_text: Annotated[
        Text,
        Header(
            "考核指标",
            "技术指标、主要指标、指标、预期指标、目标要求、攻关目标、预期目标、"
            "需求目标、研究目标、绩效目标、目标、答题要求、拟达到的技术指标",
        ),
    ] = ""
    indicators: Annotated[tuple[Indicator, ...], Header("指标明细")] = ()
    existing_basis: Annotated[Text, Header("已有基础", "现有基础、工作基础、企业基础")] = ""
    excluded_routes: Annotated[Text, Header("排除路线", "不接受的路线、排除技术路线")] = ""
    target_trl: Annotated[Maturity | None, Header("目标成熟度", "成熟度、目标TRL")] = None
    bounty_wan: Annotated[
        Amount | None,
        Header(
            "榜额(万元)",
            "榜额、榜金、悬赏金额(万元)、揭榜金额、金额、拟支付金额、拟支付费用、奖励金额",
        ),
    ] = None
    total_budget_wan: Annotated[
        Amount | None,
        Header(
            "总投入(万元)",
            "总投入、项目总投资(万元)、总投资、投资总额、拟投入资金、拟投入金额、"
            "拟投入经费、资金投入、研发投入、投入预算、经费预算、项目预算",
        ),
    ] = None
    fiscal_support_wan: Annotated[
        Amount | None,
        Header(
            "财政支持(万元)",
            "财政资金(万元)、财政支持、拟支持经费、申请财政资金、申请财政支持、财政、"
            "其中财政、财政经费",
        ),
    ] = None
    apply_deadline: Annotated[
        date | None, Header("揭榜截止", "截止日期、截止时间、申报截止、揭榜截止日期")
    ] = None
    duration_months: Annotated[
        int | None,
        Field(ge=0, le=600),
        Header(
            "完成时限(月)",
            "完成时限、实施周期、期限、完成期限、攻关期限、攻关周期、研发周期、"
            "项目周期、实施年限、支持年限、执行年限、执行期限、执行期、研究周期、"
            "实施期限、实施期、时间节点、时间要求、完成时间、期望完成时间、"
            "预期完成时间、要求完成时间",
        ),
    ] = None
    eligibility_text: Annotated[
        Text,
        Header(
            "揭榜条件",
            "申报条件、揭榜方条件、揭榜要求、资格要求、团队要求、揭榜团队要求、"
            "申报要求、有关说明、申报说明、参赛对象、参赛要求、揭榜方要求、"
            "对揭榜方要求、资格条件",
        ),
    ] = ""
    ip_terms: Annotated[Text, Header("产权归属", "知识产权归属、成果归属")] = ""
    cooperation_modes: Annotated[
        TextList, Header("合作方式", "合作模式、拟合作方式、技术需求解决方式、需求解决方式")
    ] = ()
    intended_partners: Annotated[TextList, Header("意向单位", "意向合作单位、拟合作单位")] = ()
    province: Annotated[
        Text, Header("省", "省份、所在省、所属省份、所在地、所在地区、地区、属地")
    ] = ""
    city: Annotated[Text, Header("市", "城市、所在市、地市")] = ""
    contact_name: ContactName = ""
    contact_phone: ContactPhone = ""
    contact_email: ContactEmail = ""
    stage: Annotated[ChallengeStage | None, Header("阶段", "状态、所处阶段")] = None
    source_url: Annotated[Text, Header("来源", "来源网址、链接、网址")] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return self.challenge_id

    @property
    def name(self) -> str:
        """What a person calls it: the title, or the beginning of the problem."""
        return self.title or self.problem[:40] or self.challenge_id

    def is_open(self, on: date) -> bool:
        """Whether a team may still bid on that day (no deadline counts as open)."""
        return self.stage not in _CLOSED and (
            self.apply_deadline is None or self.apply_deadline >= on
        )

    @classmethod
    def from_text(cls, text: str) -> Challenge:
        """A free text as a challenge: its first line, if short, is the title.

        >>> Challenge.from_text("海上风电齿轮箱轴承\\n轴承疲劳寿命不足").title
        '海上风电齿轮箱轴承'
        """
        # Lone surrogates come from undecodable bytes on a command line; no record may hold them.
        text = text.encode("utf-8", "replace").decode("utf-8")
        first, _, rest = text.strip().partition("\n")
        if len(first) > 60:
            return cls(challenge_id="文本", problem=text.strip())
        return cls(challenge_id="文本", title=first, problem=rest)
