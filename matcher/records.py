"""The records of the domain: Challenge, Team, Evidence, Outcome. Validated, frozen.

One list of fields for everything that reads, writes or shows them.

Every field carries its Chinese header and the synonyms under which it is met in real files
(`Header`), so that readers, writers, templates and pages all draw on this one list.
Columns that no field knows are kept in ``extra`` under their original header.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from matcher.contacts import hide_contacts, is_private_name, may_hold_contacts, part_contacts

OrgType = Literal["高校", "科研院所", "企业", "其他"]
EvidenceKind = Literal["论文", "专利", "项目", "奖励", "标准", "转化", "平台", "其他"]
ChallengeStage = Literal[
    "需求征集", "论证遴选", "发榜", "揭榜", "评审论证", "签约立项",
    "过程管理", "验收评价", "驳回", "流标", "取消",
]  # fmt: skip
OutcomeStage = Literal[
    "推荐", "联系", "揭榜", "评榜", "立项", "验收", "驳回", "人工推荐", "人工排除"
]
CreditStatus = Literal["正常", "异常", "失信", "未知"]
_CLOSED = ("评审论证", "签约立项", "过程管理", "验收评价", "驳回", "流标", "取消")
IndicatorOperator = Literal["≥", "≤", ">", "<", "=", "区间", "±", "有"]
IndicatorChange = Literal["increase_by", "decrease_by", "increase_to", "decrease_to"]

EVIDENCE_KINDS: tuple[str, ...] = get_args(EvidenceKind)
ORG_TYPES: tuple[str, ...] = get_args(OrgType)


@dataclass(frozen=True, slots=True)
class Header:
    """How a field is called in files: the Chinese header we write, other headers we understand."""

    name: str
    synonyms: tuple[str, ...] = ()
    private: bool = False


def _as_text(value: object) -> object:
    """Spreadsheets give numbers where a text is meant (an id such as 2021001)."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def _as_list(value: object) -> object:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return () if value is None else value


def _none_as_empty(value: object) -> object:
    return "" if value is None else _as_text(value)


Text = Annotated[str, BeforeValidator(_none_as_empty)]
Identifier = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=200)]
TextList = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
# In 万元; more than the whole country has is a slip, and its sums would end the report.
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Maturity = Annotated[int, Field(ge=1, le=9)]
Year = Annotated[int, Field(ge=1900, le=2100)]


class Record(BaseModel):
    """Base of all records: immutable, unknown fields refused (readers move them to ``extra``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(Record):
    """Where a record came from, so that any figure can be traced to a row of a file."""

    file: str
    sheet: str | None = None
    row: int | None = None
    sha256: str | None = None


class Indicator(Record):
    """One target or one demonstrated value: 总氧 ≤ 15 ppm (in bearing steel).

    ``change`` says that the value is one of change (寿命提高 50%) or what something is to be
    changed to (周期缩短到 6 个月); without it the value is what is measured.
    """

    name: str
    operator: IndicatorOperator = "="
    value: Finite | None = None
    high: Finite | None = None
    unit: str = ""
    condition: str = ""
    text: str = ""
    change: IndicatorChange | None = None


# What says where something is or which it is; digits there reach nobody.
_NO_TEXTS = frozenset(
    ("challenge_id", "team_id", "demand_org_uscc", "source_url", "source", "evidence")
)


def _keep_private(values: object) -> object:
    """The values of a record with the contacts of its texts moved to the fields for contacts."""
    if not isinstance(values, dict):
        return values
    found: dict[str, list[str]] = {"contact_name": [], "contact_phone": [], "contact_email": []}
    kept = {name: _parted(name, value, found) for name, value in values.items()}
    extra = kept.get("extra")
    if isinstance(extra, dict):
        kept["extra"] = _public_extra(extra, found)
    for name, more in found.items():
        if not more:
            continue
        given = str(kept.get(name) or "")
        new = [text for text in dict.fromkeys(more) if text not in given]
        if name == "contact_name":
            kept[name] = given or new[0]
        else:
            kept[name] = "；".join([given, *new] if given else new)
    return kept


def _parted(name: str, value: object, found: dict[str, list[str]]) -> object:
    if name in _NO_TEXTS or name in found or name == "extra":
        return value
    if isinstance(value, str):
        if not may_hold_contacts(value):
            return value
        contacts = part_contacts(value)
        found["contact_name"] += contacts.names
        found["contact_phone"] += contacts.numbers
        found["contact_email"] += contacts.emails
        return contacts.rest
    if name == "indicators" and isinstance(value, list | tuple):
        return [one for item in value if (one := _public_indicator(item)) is not None]
    if isinstance(value, list | tuple):
        parts = (_parted(name, item, found) if isinstance(item, str) else item for item in value)
        return [part for part in parts if part != ""]
    return value


def _public_indicator(indicator: object) -> object:
    """An indicator whose words hold no contact; None if its number is one of a telephone."""
    told = indicator.model_dump() if isinstance(indicator, Indicator) else indicator
    if not isinstance(told, dict) or not may_hold_contacts(str(told.get("text", ""))):
        return indicator
    rest = part_contacts(str(told["text"])).rest
    if rest == told["text"]:
        return indicator
    value = told.get("value")
    if value is not None and f"{value:g}" not in rest:
        return None
    hidden = {part: hide_contacts(str(told.get(part, ""))) for part in ("name", "condition")}
    return {**told, **hidden, "text": rest}


def _public_extra(extra: dict[str, Any], found: dict[str, list[str]]) -> dict[str, Any]:
    """Columns no field knows; those that hold contacts by their name are private as they are."""
    return {
        column: value if is_private_name(column) else _parted(column, value, found)
        for column, value in extra.items()
    }


class Evidence(Record):
    """One dated, typed piece of proof of what a team can do."""

    kind: Annotated[EvidenceKind, Header("类型", ("成果类型", "类别", "成果类别"))] = "其他"
    title: Annotated[
        Text, Header("名称", ("成果名称", "题名", "标题", "论文题目", "专利名称"))
    ] = ""  # fmt: skip
    abstract: Annotated[Text, Header("摘要", ("内容", "简介", "成果简介", "主要内容"))] = ""
    keywords: Annotated[TextList, Header("关键词", ("关键字", "主题词"))] = ()
    year: Annotated[
        Year | None,
        Header(
            "年份",
            (
                "年度",
                "发表年份",
                "授权年份",
                "时间",
                "完成时间",
                "发表时间",
                "授权时间",
                "取得时间",
            ),
        ),
    ] = None
    role: Annotated[Text, Header("角色", ("承担角色", "排名", "作者位次"))] = ""
    partner_org: Annotated[Text, Header("合作单位", ("合作企业", "应用单位"))] = ""
    amount_wan: Annotated[
        Amount | None, Header("金额(万元)", ("经费(万元)", "合同额(万元)", "金额"))
    ] = None
    trl: Annotated[Maturity | None, Header("成熟度", ("技术成熟度", "TRL"))] = None
    indicators: Annotated[Text, Header("实测指标", ("技术指标", "指标", "达到指标"))] = ""
    source_url: Annotated[Text, Header("来源", ("链接", "网址", "URL"))] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_contacts(cls, values: object) -> object:
        """A piece of evidence has no field for contacts; in its texts they are blotted out."""
        if not isinstance(values, dict):
            return values
        return {
            name: hide_contacts(value) if isinstance(value, str) and name != "source_url" else value
            for name, value in values.items()
        }

    @field_validator("kind", mode="before")
    @classmethod
    def _known_kind(cls, value: object) -> object:
        """成果 and other umbrella words say nothing about the kind."""
        return "其他" if value in (None, "", "成果") else value


class Contributor(Record):
    """A person named on an achievement, with the organisations printed beside the name.

    ``leads`` is true of who is declared responsible: the principal investigator of a project, the
    first of those who completed an award. Whoever is merely named first is not declared so.
    """

    name: Text
    organisations: TextList = ()
    leads: bool = False
    identifier: Text = ""


class Achievement(Evidence):
    """A piece of a list of papers, patents, projects or awards: whose it is has to be found out.

    ``organisations`` are those printed for the work as a whole, in their order; ``number`` is what
    names it once and for all: a grant number, a patent number, a DOI.
    """

    contributors: tuple[Contributor, ...] = ()
    organisations: TextList = ()
    number: Text = ""


class Challenge(Record):
    """One posted problem (榜单项目, 技术需求, 难题)."""

    challenge_id: Annotated[
        Identifier,
        Header(
            "榜单编号",
            (
                "编号",
                "序号",
                "项目编号",
                "需求编号",
                "课题编号",
                "榜单号",
                "题目编号",
                "赛题编号",
                "榜题编号",
            ),
        ),
    ]
    title: Annotated[
        Text,
        Header(
            "项目名称",
            ("榜单名称", "榜单项目名称", "课题名称", "难题名称", "技术需求名称", "需求名称", "名称",
             "技术难题名称", "攻关项目名称", "榜题", "题目", "题目名称", "赛题名称", "赛题",
             "榜题名称", "任务名称"),
        ),
    ] = ""  # fmt: skip
    demand_org: Annotated[
        Text,
        Header(
            "需求单位",
            (
                "发榜方",
                "发榜单位",
                "企业名称",
                "盟主",
                "需求方",
                "牵头企业",
                "机构全称",
                "单位全称",
                "出题单位",
                "命题单位",
                "出题方",
                "命题方",
                "提出单位",
                "需求企业",
                "需求提出单位",
                "企业全称",
                "公司名称",
                "单位名称",
                "申报单位",
                "申报企业",
                "发布单位",
                "张榜单位",
            ),
        ),
    ] = ""
    demand_org_uscc: Annotated[Text, Header("统一社会信用代码", ("信用代码",))] = ""
    industry: Annotated[
        Text, Header("所属行业", ("行业", "产业领域", "所属产业", "应用行业", "需求技术应用行业"))
    ] = ""
    tech_domain: Annotated[TextList, Header("技术领域", ("领域", "所属领域", "专业领域"))] = ()
    keywords: Annotated[TextList, Header("关键词", ("关键字", "主题词"))] = ()
    search_terms: Annotated[TextList, Header("补充检索词", ("补充关键词",))] = ()
    problem: Annotated[
        Text,
        Header(
            "背景及主要问题",
            ("背景", "需求背景", "主要问题", "问题描述", "需求描述", "需求内容", "技术需求",
             "项目背景", "难题描述", "需求简介", "现状及问题", "技术难题", "题目介绍", "题目背景",
             "赛题介绍", "赛题背景", "立项背景", "背景意义", "背景和意义", "现状", "存在问题"),
        ),
    ] = ""  # fmt: skip
    tech_difficulties: Annotated[
        Text,
        Header(
            "技术难点",
            (
                "难点",
                "关键技术难点",
                "卡点",
                "关键技术问题",
                "技术问题",
                "技术瓶颈",
                "技术关键",
                "关键技术",
                "关键科学问题",
                "科学问题",
                "关键问题",
            ),
        ),
    ] = ""
    research_content: Annotated[
        Text,
        Header(
            "攻关内容",
            (
                "研究内容",
                "主要研究内容",
                "攻关任务",
                "主要任务",
                "研发内容",
                "研究任务",
                "任务要求",
                "赛题任务",
                "研发任务",
                "榜单内容",
            ),
        ),
    ] = ""
    indicators_text: Annotated[
        Text,
        Header(
            "考核指标",
            (
                "技术指标",
                "主要指标",
                "指标",
                "预期指标",
                "目标要求",
                "攻关目标",
                "预期目标",
                "需求目标",
                "研究目标",
                "绩效目标",
                "目标",
                "答题要求",
                "拟达到的技术指标",
            ),
        ),
    ] = ""
    indicators: Annotated[tuple[Indicator, ...], Header("指标明细")] = ()
    existing_basis: Annotated[Text, Header("已有基础", ("现有基础", "工作基础", "企业基础"))] = ""
    excluded_routes: Annotated[Text, Header("排除路线", ("不接受的路线", "排除技术路线"))] = ""
    target_trl: Annotated[Maturity | None, Header("目标成熟度", ("成熟度", "目标TRL"))] = None
    bounty_wan: Annotated[
        Amount | None,
        Header(
            "榜额(万元)",
            (
                "榜额",
                "榜金",
                "悬赏金额(万元)",
                "揭榜金额",
                "金额",
                "拟支付金额",
                "拟支付费用",
                "奖励金额",
            ),
        ),
    ] = None
    total_budget_wan: Annotated[
        Amount | None,
        Header(
            "总投入(万元)",
            ("总投入", "项目总投资(万元)", "总投资", "投资总额", "拟投入资金", "拟投入金额",
             "拟投入经费", "资金投入", "研发投入", "投入预算", "经费预算", "项目预算"),
        ),
    ] = None  # fmt: skip
    fiscal_support_wan: Annotated[
        Amount | None,
        Header(
            "财政支持(万元)",
            (
                "财政资金(万元)",
                "财政支持",
                "拟支持经费",
                "申请财政资金",
                "申请财政支持",
                "财政",
                "其中财政",
                "财政经费",
            ),
        ),
    ] = None
    apply_deadline: Annotated[
        date | None, Header("揭榜截止", ("截止日期", "截止时间", "申报截止", "揭榜截止日期"))
    ] = None
    duration_months: Annotated[
        int | None,
        Field(ge=0, le=600),
        Header(
            "完成时限(月)",
            (
                "完成时限",
                "实施周期",
                "期限",
                "完成期限",
                "攻关期限",
                "攻关周期",
                "研发周期",
                "项目周期",
                "实施年限",
                "支持年限",
                "执行年限",
                "执行期限",
                "执行期",
                "研究周期",
                "实施期限",
                "实施期",
                "时间节点",
                "时间要求",
                "完成时间",
                "期望完成时间",
                "预期完成时间",
                "要求完成时间",
            ),
        ),
    ] = None
    eligibility_text: Annotated[
        Text,
        Header(
            "揭榜条件",
            (
                "申报条件",
                "揭榜方条件",
                "揭榜要求",
                "资格要求",
                "团队要求",
                "揭榜团队要求",
                "申报要求",
                "有关说明",
                "申报说明",
                "参赛对象",
                "参赛要求",
                "揭榜方要求",
                "对揭榜方要求",
                "资格条件",
            ),
        ),
    ] = ""
    ip_terms: Annotated[Text, Header("产权归属", ("知识产权归属", "成果归属"))] = ""
    cooperation_modes: Annotated[
        TextList, Header("合作方式", ("合作模式", "拟合作方式", "技术需求解决方式", "需求解决方式"))
    ] = ()
    intended_partners: Annotated[TextList, Header("意向单位", ("意向合作单位", "拟合作单位"))] = ()
    province: Annotated[
        Text, Header("省", ("省份", "所在省", "所属省份", "所在地", "所在地区", "地区", "属地"))
    ] = ""
    city: Annotated[Text, Header("市", ("城市", "所在市", "地市"))] = ""
    contact_name: Annotated[Text, Header("联系人", ("联系人姓名",), private=True)] = ""
    contact_phone: Annotated[
        Text,
        Header(
            "联系电话",
            (
                "电话",
                "手机",
                "联系方式",
                "联系人手机",
                "手机号码",
                "办公电话",
                "固定电话",
                "座机",
                "移动电话",
                "Tel",
                "Mobile",
                "Phone",
                "微信",
                "微信号",
                "QQ",
            ),
            private=True,
        ),
    ] = ""
    contact_email: Annotated[
        Text, Header("联系邮箱", ("邮箱", "E-mail", "mail", "电子信箱", "电子邮箱"), private=True)
    ] = ""
    stage: Annotated[ChallengeStage | None, Header("阶段", ("状态", "所处阶段"))] = None
    source_url: Annotated[Text, Header("来源", ("来源网址", "链接", "网址"))] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _contacts_apart(cls, values: object) -> object:
        """Whoever makes the record: contacts in its texts go to its private fields."""
        return _keep_private(values)

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
    def from_text(cls, text: str, challenge_id: str = "文本") -> Challenge:
        """A free text as a challenge: its first line, if short, is the title.

        >>> Challenge.from_text("海上风电齿轮箱轴承\\n轴承疲劳寿命不足").title
        '海上风电齿轮箱轴承'
        """
        # Lone surrogates come from undecodable bytes on a command line; no record may hold them.
        text = text.encode("utf-8", "replace").decode("utf-8")
        first, _, rest = text.strip().partition("\n")
        if len(first) > 60:
            return cls(challenge_id=challenge_id, problem=text.strip())
        return cls(challenge_id=challenge_id, title=first, problem=rest)


class Team(Record):
    """A candidate: a laboratory, a research group, a platform; belongs to an organisation."""

    team_id: Annotated[Identifier, Header("团队编号", ("编号", "序号", "团队ID"))]
    team_name: Annotated[
        Text, Header("团队名称", ("名称", "实验室名称", "课题组", "平台名称", "团队"))
    ] = ""
    org_name: Annotated[
        Text,
        Header("单位", ("单位名称", "所在单位", "所属单位", "依托单位", "高校院所", "机构名称")),
    ] = ""
    org_aliases: Annotated[TextList, Header("单位别名", ("单位简称", "曾用名"))] = ()
    org_type: Annotated[OrgType, Header("单位类型", ("单位性质", "机构类型"))] = "其他"
    department: Annotated[
        Text, Header("院系/平台", ("院系", "学院", "部门", "所在院系", "所在部门", "现所在部门"))
    ] = ""
    leader_name: Annotated[
        Text,
        Header(
            "负责人",
            (
                "团队负责人",
                "带头人",
                "学术带头人",
                "首席",
                "负责人姓名",
                "团队带头人",
                "姓名",
                "专家姓名",
                "导师姓名",
                "教师姓名",
                "主要负责人",
                "专家名称",
                "name",
            ),
        ),
    ] = ""
    leader_title: Annotated[
        Text, Header("职称", ("负责人职称", "职务职称", "职称/职务", "专业技术职称"))
    ] = ""
    members: Annotated[TextList, Header("成员", ("团队成员", "主要成员", "骨干成员"))] = ()
    research_directions: Annotated[
        TextList, Header("研究方向", ("主要研究方向", "研究领域", "方向", "具体研究方向"))
    ] = ()
    core_capabilities: Annotated[
        TextList, Header("核心能力", ("核心技术", "技术优势", "优势能力", "专业特长"))
    ] = ()
    application_domains: Annotated[TextList, Header("应用领域", ("应用方向", "服务行业"))] = ()
    tech_domain: Annotated[
        TextList,
        Header("技术领域", ("领域", "所属领域", "学科领域", "研究方向大类", "研究方向中类")),
    ] = ()
    profile: Annotated[
        Text, Header("简介", ("团队简介", "团队介绍", "实验室简介", "个人简介", "专家简介"))
    ] = ""
    evidence: Annotated[
        tuple[Evidence, ...],
        Header(
            "成果",
            (
                "代表性成果",
                "代表成果",
                "主要成果",
                "科研成果",
                "标志性成果",
                "成果清单",
                "相关研究成果",
            ),
        ),
    ] = ()
    facilities: Annotated[TextList, Header("设备条件", ("仪器设备", "科研条件", "设备"))] = ()
    trl_range: Annotated[Text, Header("成熟度范围", ("技术成熟度范围",))] = ""
    cooperation_modes: Annotated[TextList, Header("合作偏好", ("合作方式", "合作意向"))] = ()
    max_challenges: Annotated[
        int | None,
        Field(ge=0),
        Header("可承担数", ("可承担项目数", "最大承担数", "可揭榜数", "可揭榜项目数")),
    ] = None
    active_challenges: Annotated[int, Field(ge=0), Header("在研数", ("在研项目数",))] = 0
    province: Annotated[
        Text,
        Header(
            "省", ("省份", "所在省", "所在地", "所在地区", "地区", "属地", "所属地域", "所在地域")
        ),
    ] = ""
    city: Annotated[Text, Header("市", ("城市", "所在市"))] = ""
    affiliated_orgs: Annotated[TextList, Header("关联单位", ("关联企业", "控股参股企业"))] = ()
    credit_status: Annotated[CreditStatus, Header("信用状态", ("信用情况",))] = "未知"
    contact_name: Annotated[Text, Header("联系人", ("联系人姓名",), private=True)] = ""
    contact_phone: Annotated[
        Text,
        Header(
            "联系电话",
            (
                "电话",
                "手机",
                "联系方式",
                "联系人手机",
                "手机号码",
                "办公电话",
                "固定电话",
                "座机",
                "移动电话",
                "Tel",
                "Mobile",
                "Phone",
                "微信",
                "微信号",
                "QQ",
            ),
            private=True,
        ),
    ] = ""
    contact_email: Annotated[
        Text, Header("联系邮箱", ("邮箱", "E-mail", "mail", "电子信箱", "电子邮箱"), private=True)
    ] = ""
    source_url: Annotated[
        Text, Header("来源", ("来源网址", "链接", "网址", "主页", "个人主页", "个人页面"))
    ] = ""
    provenance: Annotated[Text, Header("资料依据", ("依据",))] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _contacts_apart(cls, values: object) -> object:
        """Whoever makes the record: contacts in its texts go to its private fields."""
        return _keep_private(values)

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return self.team_id

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.team_name or self.org_name or self.team_id

    @field_validator("org_type", mode="before")
    @classmethod
    def _unknown_org_type(cls, value: object) -> object:
        return "其他" if value in (None, "") else value

    @field_validator("credit_status", mode="before")
    @classmethod
    def _unknown_credit(cls, value: object) -> object:
        return "未知" if value in (None, "") else value

    @field_validator("active_challenges", mode="before")
    @classmethod
    def _no_active(cls, value: object) -> object:
        return 0 if value in (None, "") else value


class Outcome(Record):
    """What became of a pair: a label to learn from, or an override by staff."""

    challenge_id: Annotated[Identifier, Header("榜单编号", ("编号", "项目编号"))]
    team_id: Annotated[Identifier, Header("团队编号", ("团队ID",))]
    stage: Annotated[OutcomeStage, Header("阶段", ("环节", "结果"))]
    grade: Annotated[int | None, Field(ge=0, le=3), Header("等级", ("评级", "分级"))] = None
    reason: Annotated[Text, Header("理由", ("原因", "说明"))] = ""
    who: Annotated[Text, Header("操作人", ("经办人",))] = ""
    when: Annotated[date | None, Header("日期", ("时间", "操作日期"))] = None
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return "\t".join((self.challenge_id, self.team_id, self.stage))


def headers(record_type: type[BaseModel]) -> Iterator[tuple[str, Header]]:
    """Field names with their `Header`, in the order of declaration.

    >>> dict(headers(Team))["org_name"].name
    '单位'
    """
    for name, field in record_type.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Header):
                yield name, mark


def private_fields(record_type: type[BaseModel]) -> frozenset[str]:
    """Fields that hold personal contacts: never indexed, logged or shown to outsiders."""
    return frozenset(name for name, header in headers(record_type) if header.private)
