"""An alliance (实质性产学研联盟) as a record: who leads, who belongs, what was agreed and given."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from matcher.contacts import hide_contacts
from matcher.records.fields import (
    Amount,
    Header,
    Identifier,
    Record,
    Source,
    Text,
    TextList,
    Year,
    as_list,
    headers,
)

Told = Literal["是", "否", "未知"]
MemberKind = Literal["企业", "高校", "科研院所", "金融", "中介", "其他"]
MatchBand = Literal["强", "中", "弱", "未定", ""]
Standing = Literal["已得", "申请", "退回"]


def _unknown(value: object) -> object:
    return "未知" if value in (None, "") else value


def _blank(value: object) -> object:
    return "" if value is None else value


YesNo = Annotated[Told, BeforeValidator(_unknown)]
Count = Annotated[int | None, Field(ge=0)]
Percent = Annotated[float | None, Field(ge=0, le=100)]
Way = Annotated[
    Literal[
        "转让",
        "许可",
        "转让或许可",
        "作价投资",
        "自行实施",
        "合作实施",
        "技术开发",
        "技术咨询",
        "技术服务",
        "按份共有",
        "共同共有",
        "使用权",
        "",
    ],
    BeforeValidator(_blank),
]
"""How a result is put to use, or what of it is given to who made it."""
HolderKind = Annotated[
    Literal[
        "政府设立的高校",
        "政府设立的科研机构",
        "民办高校",
        "民办科研机构",
        "政府和社会共同举办的院所",
        "改制为企业的科研机构",
        "其他事业单位",
        "国有企业",
        "民营企业",
        "其他企业",
        "",
    ],
    BeforeValidator(_blank),
]
Service = Annotated[
    Literal["是", "执行单位任务", "主要利用单位物质技术条件", "两样都不是", "否", ""],
    BeforeValidator(_blank),
]
AgreedBy = Annotated[Literal["没有", "单位规定", "与人员约定", ""], BeforeValidator(_blank)]
TitleGiven = Annotated[
    Literal["没有", "得了份额，没有要求比例奖励", "得了份额，要求比例奖励", "不接受份额", ""],
    BeforeValidator(_blank),
]


def _hidden(value: object) -> object:
    """Texts, and those of lists, without contacts."""
    if isinstance(value, str):
        return hide_contacts(value)
    if isinstance(value, list | tuple):
        return tuple(hide_contacts(item) if isinstance(item, str) else item for item in value)
    return value


class _WithoutContacts(Record):
    """A record that has no field for contacts; in its texts they are blotted out."""

    # What may look like a number to call: ids.
    _ids: ClassVar[frozenset[str]]

    @model_validator(mode="before")
    @classmethod
    def _without_contacts(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {
            name: value if name in cls._ids else _hidden(value) for name, value in values.items()
        }


Ask = Literal[
    "能不能申请或承担",
    "最多给多少",
    "是不是应当给",
    "什么时候给",
    "谁出钱给谁",
    "计不计入年度上限",
    "奖励应给多少还差多少",
    "奖励谁有份",
    "净收入怎么算",
    "收入归谁余下怎么用",
    "奖励算不算工资总额",
    "合作怎么约定怎么分",
    "份额或使用权行不行",
    "失信与追回",
    "课题算不算省级项目",
    "这些规定管不管",
]
"""What may be asked of a record: a closed list, several at once."""
CreditOf = Annotated[Literal["申报人本人", "申报单位", "单位的别人", ""], BeforeValidator(_blank)]


class Grant(_WithoutContacts):
    """Money of one year from one source to one receiver, given, asked for or given back.

    ``challenge_id`` says which challenge it belongs to, so that a list does not count it again; of
    a plan without a list, which project, by its name.
    """

    _ids: ClassVar[frozenset[str]] = frozenset({"alliance_id", "challenge_id"})

    year: Annotated[Year | None, Header("年度", "资金年度、支持年度、年份、到账年度")] = None
    amount_wan: Annotated[
        Amount | None, Header("金额(万元)", "资金(万元)、经费(万元)、金额、支持资金(万元)")
    ] = None
    payer: Annotated[Text, Header("出资方", "出资单位、资金来源、拨款单位、来源")] = ""
    receiver: Annotated[Text, Header("收款单位", "接收单位、到账单位、受益单位")] = ""
    programme: Annotated[Text, Header("支持计划", "计划、计划名称、资金计划")] = ""
    standing: Annotated[Standing, Header("资金情况", "情况、已得或申请、已得、申请或退回")] = "已得"
    challenge_id: Annotated[Text, Header("榜单编号", "承担榜单、项目编号、承担项目、项目名称")] = ""
    by_fraud: Annotated[YesNo, Header("骗取的", "是否骗取")] = "未知"
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def came_wan(self) -> float | None:
        """What came of it, 万元: less than nothing where it was given back; None if nothing did."""
        if self.standing == "申请" or self.amount_wan is None:
            return None
        return self.amount_wan if self.standing == "已得" else -self.amount_wan


class Income(_WithoutContacts):
    """What one result brought in once, or in one year; what was agreed on it, and what was paid.

    Days are kept as exactly as they are written: to the day, the month or the year.
    """

    _ids: ClassVar[frozenset[str]] = frozenset({"alliance_id"})

    result: Annotated[Text, Header("成果", "成果名称、科技成果")] = ""
    way: Annotated[Way, Header("转化方式", "方式、收益方式")] = ""
    holder: Annotated[Text, Header("完成单位", "成果完成单位、持有单位、单位")] = ""
    holder_kind: Annotated[HolderKind, Header("单位性质", "完成单位性质")] = ""
    reformed: Annotated[Text, Header("改制日期", "改制为企业的日期")] = ""
    service: Annotated[Service, Header("职务成果", "是否职务成果、怎样完成")] = ""
    signed: Annotated[Text, Header("合同日期", "签约日期、签订日期、协议日期")] = ""
    received: Annotated[Text, Header("到账日期", "收款日期、取得日期")] = ""
    started: Annotated[Text, Header("投产日期", "成功投产日期")] = ""
    year: Annotated[Year | None, Header("年份", "年度、收益年份")] = None
    price_wan: Annotated[Amount | None, Header("成交额(万元)", "合同成交额(万元)")] = None
    cost_wan: Annotated[Amount | None, Header("成本(万元)", "扣除的成本(万元)")] = None
    public_cost_wan: Annotated[Amount | None, Header("成本里的财政资金(万元)")] = None
    tax_wan: Annotated[Amount | None, Header("税金(万元)", "税费(万元)")] = None
    net_wan: Annotated[Amount | None, Header("净收入(万元)", "转让许可净收入(万元)")] = None
    profit_wan: Annotated[Amount | None, Header("营业利润(万元)", "实施成果营业利润(万元)")] = None
    equity_wan: Annotated[Amount | None, Header("股份作价(万元)", "作价金额(万元)")] = None
    equity_percent: Annotated[Percent, Header("股份占公司(%)", "成果形成的股份(%)")] = None
    capital_wan: Annotated[Amount | None, Header("公司注册资本(万元)", "注册资本(万元)")] = None
    own_percent: Annotated[Percent, Header("本单位分得(%)", "分得比例(%)")] = None
    own_wan: Annotated[Amount | None, Header("本单位分得(万元)", "分得金额(万元)")] = None
    agreed: Annotated[AgreedBy, Header("奖励规定或约定", "规定或约定")] = ""
    agreed_percent: Annotated[Percent, Header("约定奖励比例(%)", "规定奖励比例(%)")] = None
    agreed_transfer_percent: Annotated[
        Percent, Header("其中约定给转移和管理人员(%)", "其中约定给转化人员(%)")
    ] = None
    agreed_wan: Annotated[Amount | None, Header("约定奖励金额(万元)", "规定奖励金额(万元)")] = None
    agreed_years: Annotated[Count, Header("约定奖励年数", "规定奖励年数")] = None
    paid_wan: Annotated[Amount | None, Header("已付奖励(万元)", "已发奖励(万元)")] = None
    paid_main_wan: Annotated[Amount | None, Header("其中主要贡献人员(万元)")] = None
    paid_transfer_wan: Annotated[Amount | None, Header("其中转移和管理人员(万元)")] = None
    paid_percent: Annotated[Percent, Header("已给股份占公司(%)")] = None
    offered_percent: Annotated[Percent, Header("拟给或要求的比例(%)", "拟给比例(%)")] = None
    offered_wan: Annotated[Amount | None, Header("拟给或要求的金额(万元)", "拟给金额(万元)")] = None
    title: Annotated[TitleGiven, Header("权属份额奖励", "给过权属份额")] = ""
    maker_percent: Annotated[Percent, Header("完成人份额(%)", "完成人持有份额(%)")] = None
    use_years: Annotated[Count, Header("使用权年限", "使用权年数")] = None
    public_percent: Annotated[Percent, Header("财政资金占比(%)", "财政性资金占比(%)")] = None
    great_interest: Annotated[YesNo, Header("影响国家安全和重大公共利益")] = "未知"
    note: Annotated[Text, Header("备注", "说明")] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None


class Alliance(_WithoutContacts):
    """One alliance. What nobody filled in is None, empty or 未知; never nought.

    Attributes:
        match_band: how likely the match it came of was an answer; empty where it came of none.
        match_proof: the titles that showed the advantage of the research member.
    """

    _ids: ClassVar[frozenset[str]] = frozenset({"alliance_id", "lead_uscc"})

    alliance_id: Annotated[Identifier, Header("联盟编号", "编号、序号、备案号")]
    name: Annotated[Text, Header("联盟名称", "名称、联盟全称、实质性产学研联盟名称")] = ""
    lead_org: Annotated[
        Text, Header("盟主企业", "盟主、牵头企业、盟主单位、牵头单位、企业名称、盟主名称")
    ] = ""
    lead_uscc: Annotated[Text, Header("统一社会信用代码", "信用代码")] = ""
    lead_legal_person: Annotated[YesNo, Header("独立法人", "是否独立法人")] = "未知"
    lead_is_small: Annotated[YesNo, Header("科技型中小企业", "是否科技型中小企业")] = "未知"
    lead_is_eaglet: Annotated[YesNo, Header("雏鹰企业", "是否雏鹰企业")] = "未知"
    lead_is_high_tech: Annotated[YesNo, Header("高新技术企业", "是否高新技术企业")] = "未知"
    lead_is_large: Annotated[YesNo, Header("规模以上企业", "是否规模以上企业")] = "未知"
    lead_rd_wan: Annotated[
        Amount | None, Header("研发经费(万元)", "研发投入(万元)、研发经费投入、研发投入")
    ] = None
    lead_sales_wan: Annotated[
        Amount | None, Header("销售收入(万元)", "营业收入(万元)、主营业务收入(万元)")
    ] = None
    required_rd_percent: Annotated[
        Percent, Header("要求的研发占比(%)", "按有关规定应达到的研发占比(%)")
    ] = None
    society_rd_wan: Annotated[
        Amount | None, Header("全社会研发经费(万元)", "全社会研究开发经费(万元)")
    ] = None
    gdp_wan: Annotated[Amount | None, Header("生产总值(万元)", "国内生产总值(万元)")] = None
    group: Annotated[Text, Header("所属集团", "集团、集团公司")] = ""
    members: Annotated[
        TextList,
        Header("成员单位", "联盟成员、成员、参加单位、合作单位、合作高校院所、高校院所、参与单位"),
    ] = ()
    tech_domain: Annotated[TextList, Header("技术领域", "领域、所属领域、产业领域")] = ()
    chain: Annotated[Text, Header("产业链", "所属产业链、链条、所属行业、行业")] = ""
    province: Annotated[Text, Header("省", "省份、注册省份")] = ""
    city: Annotated[Text, Header("市", "城市、所在市、地市、属地、地区")] = ""
    operates_here: Annotated[YesNo, Header("实地经营", "是否实地经营")] = "未知"
    member_cities: Annotated[TextList, Header("成员所在市", "成员城市")] = ()
    formed_on: Annotated[date | None, Header("组建日期", "组建时间、成立日期、成立时间")] = None
    agreed_on: Annotated[
        date | None, Header("协议日期", "签约日期、协议签订日期、签订时间、签约时间")
    ] = None
    registered_on: Annotated[date | None, Header("备案日期", "备案时间、认定日期")] = None
    batch: Annotated[Text, Header("公布批次", "批次、名单批次")] = ""
    model_on: Annotated[date | None, Header("典型认定日期", "典型联盟认定日期")] = None
    ended_on: Annotated[date | None, Header("结束日期", "终止日期、解散日期")] = None
    market_goal: Annotated[Text, Header("市场目标", "市场化目标、产业化目标")] = ""
    technical_targets: Annotated[
        Text, Header("技术目标", "技术创新目标、考核指标、技术指标、攻关目标")
    ] = ""
    benefit_mechanism: Annotated[Text, Header("利益机制", "利益分配、利益联结机制")] = ""
    challenges: Annotated[TextList, Header("承担榜单", "榜单编号、承担榜单编号")] = ()
    projects: Annotated[TextList, Header("承担项目", "项目、项目名称、联合攻关项目")] = ()
    research_kind: Annotated[Text, Header("攻关类别", "技术类别、攻关技术类别、属于哪一类")] = ""
    confirmed: Annotated[TextList, Header("盟主确认课题", "盟主确认的课题、确认课题")] = ()
    grants: Annotated[tuple[Grant, ...], Header("资金", "资金明细")] = ()
    given_wan: Annotated[
        Amount | None, Header("已得资金(万元)", "支持资金(万元)、已获支持(万元)、财政支持(万元)")
    ] = None
    province_wan: Annotated[
        Amount | None,
        Header(
            "已得省级资金(万元)", "省级资金(万元)、省级支持(万元)、省财政(万元)、省级财政(万元)"
        ),
    ] = None
    city_wan: Annotated[
        Amount | None,
        Header(
            "已得市级资金(万元)", "市级资金(万元)、市级配套(万元)、市财政(万元)、市级财政(万元)"
        ),
    ] = None
    own_wan: Annotated[
        Amount | None,
        Header("已投企业自筹(万元)", "企业自筹(万元)、自筹资金(万元)、企业出资(万元)"),
    ] = None
    asked_wan: Annotated[Amount | None, Header("申请资金(万元)", "拟申请资金(万元)")] = None
    money_year: Annotated[Year | None, Header("资金年度", "年度、支持年度")] = None
    money_payer: Annotated[Text, Header("出资方", "资金来源、出资单位、拨款单位")] = ""
    money_receiver: Annotated[Text, Header("收款单位", "资金接收单位、到账单位")] = ""
    money_programme: Annotated[Text, Header("支持计划", "资金计划、计划名称")] = ""
    technologies: Annotated[Count, Header("攻克技术(项)", "攻克技术、突破技术数")] = None
    products: Annotated[Count, Header("新产品和零部件(个)", "新产品(个)、开发新产品、新产品数")] = (
        None
    )
    talents: Annotated[Count, Header("引进人才(人)", "引进人才、引进人才数")] = None
    talent_origin: Annotated[Text, Header("人才来处", "引进人才来源地、人才来源")] = ""
    talent_kind: Annotated[Text, Header("引进人才类别", "人才类别、引进人才说明、引进团队")] = ""
    conversions: Annotated[Count, Header("转化成果(项)", "成果转化数、转化成果数")] = None
    own_ip: Annotated[YesNo, Header("自主知识产权", "有无自主知识产权")] = "未知"
    is_major: Annotated[
        YesNo, Header("较大经济规模和较强竞争力", "可形成较大经济规模、较强竞争力")
    ] = "未知"
    platforms: Annotated[TextList, Header("平台", "创新平台、共建平台、中试基地")] = ()
    conversion_leads: Annotated[
        TextList,
        Header(
            "成果转化及中试基地牵头单位",
            "中试基地牵头单位、成果转化牵头单位、转化牵头单位、基地牵头单位",
        ),
    ] = ()
    licence_income_wan: Annotated[
        Amount | None, Header("转让许可净收入(万元)", "成果转让收入(万元)")
    ] = None
    profit_wan: Annotated[Amount | None, Header("成果营业利润(万元)", "实施成果营业利润(万元)")] = (
        None
    )
    income_of: Annotated[Text, Header("收入归属", "成果归属、收入是谁的、成果持有单位")] = ""
    reward_agreed: Annotated[Text, Header("奖励约定", "奖励规定或约定、约定的奖励比例")] = ""
    equity_share: Annotated[Text, Header("作价投资股份", "作价入股、作价投资所得股份")] = ""
    incomes: Annotated[tuple[Income, ...], Header("成果收益", "成果收益明细")] = ()
    credit_on: Annotated[date | None, Header("记入诚信档案日期", "失信记录日期")] = None
    credit_of: Annotated[CreditOf, Header("记入的是谁", "失信记录对象")] = ""
    filed_on: Annotated[date | None, Header("申报日期", "拟申报日期、申请日期")] = None
    asks: Annotated[tuple[Ask, ...], BeforeValidator(as_list), Header("问哪几样", "所问事项")] = ()
    question: Annotated[Text, Header("想问什么", "问题、要问的、咨询事项")] = ""
    match_band: Annotated[MatchBand, Header("匹配档次")] = ""
    match_proof: Annotated[TextList, Header("匹配依据")] = ()
    note: Annotated[Text, Header("备注", "说明")] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @field_validator("members", "tech_domain", "projects", "challenges", mode="after")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for value in values if value))

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return self.alliance_id

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.name or (f"{self.lead_org}联盟" if self.lead_org else self.alliance_id)

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        """Money by year, payer and receiver, that of a list's columns included.

        Such a sum says in ``extra`` which column it stands in (``栏``), and what is written there.
        """
        columns: tuple[tuple[str, str, Standing], ...] = (
            ("given_wan", self.money_payer, "已得"), ("province_wan", "省", "已得"),
            ("city_wan", "市", "已得"), ("own_wan", "企业自筹", "已得"), ("asked_wan", "", "申请"),
        )  # fmt: skip
        more = (
            Grant(
                year=self.money_year, amount_wan=amount, payer=payer, standing=standing,
                receiver=self.money_receiver, programme=self.money_programme, source=self.source,
                extra={"栏": _COLUMNS[field]} | self._as_written(field),
            )
            for field, payer, standing in columns
            if (amount := getattr(self, field)) is not None
        )  # fmt: skip
        return (*self.grants, *more)

    def _as_written(self, field: str) -> dict[str, str]:
        """The words of the list a sum and its year were read from, named as a grant's are."""
        named = {_COLUMNS[field]: "金额(万元)", _COLUMNS["money_year"]: "年度"}
        return {
            f"{to}（原文）": self.extra[f"{name}（原文）"]
            for name, to in named.items()
            if f"{name}（原文）" in self.extra
        }


_COLUMNS = {field: mark.name for field, mark in headers(Alliance)}


class Mark(Record):
    """What one evaluator gives one alliance for one indicator; a conflict leaves it out."""

    alliance_id: Annotated[Identifier, Header("联盟编号", "编号")]
    indicator_id: Annotated[Identifier, Header("指标编号", "指标号")]
    evaluator: Annotated[Identifier, Header("评委", "专家、评委姓名、专家姓名")]
    organisation: Annotated[Text, Header("评委单位", "专家单位")] = ""
    score: Annotated[Amount | None, Header("得分", "分数、评分")] = None
    conflict: Annotated[Text, Header("利益冲突", "回避、回避理由")] = ""
    reason: Annotated[Text, Header("理由", "意见、评语")] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def record_id(self) -> str:
        """One mark of one evaluator."""
        return "\t".join((self.alliance_id, self.indicator_id, self.evaluator))
