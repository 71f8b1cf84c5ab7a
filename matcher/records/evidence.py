"""What shows that a team can do something: pieces of evidence, and the values they tell."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from matcher.contacts import hide_contacts
from matcher.records.fields import (
    Amount,
    Finite,
    Header,
    Maturity,
    Record,
    Source,
    Text,
    TextList,
    Year,
)

EvidenceKind = Literal["论文", "专利", "项目", "奖励", "标准", "转化", "平台", "其他"]
IndicatorOperator = Literal["≥", "≤", ">", "<", "=", "区间", "±", "有"]
IndicatorChange = Literal["increase_by", "decrease_by", "increase_to", "decrease_to"]

EVIDENCE_KINDS: tuple[str, ...] = get_args(EvidenceKind)


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


class Evidence(Record):
    """One dated, typed piece of proof of what a team can do."""

    kind: Annotated[EvidenceKind, Header("类型", "成果类型、类别、成果类别")] = "其他"
    title: Annotated[Text, Header("名称", "成果名称、题名、标题、论文题目、专利名称")] = ""
    abstract: Annotated[Text, Header("摘要", "内容、简介、成果简介、主要内容")] = ""
    keywords: Annotated[TextList, Header("关键词", "关键字、主题词")] = ()
    year: Annotated[
        Year | None,
        Header("年份", "年度、发表年份、授权年份、时间、完成时间、发表时间、授权时间、取得时间"),
    ] = None
    role: Annotated[Text, Header("角色", "承担角色、排名、作者位次")] = ""
    partner_org: Annotated[Text, Header("合作单位", "合作企业、应用单位")] = ""
    amount_wan: Annotated[Amount | None, Header("金额(万元)", "经费(万元)、合同额(万元)、金额")] = (
        None
    )
    trl: Annotated[Maturity | None, Header("成熟度", "技术成熟度、TRL")] = None
    indicators: Annotated[Text, Header("实测指标", "技术指标、指标、达到指标")] = ""
    source_url: Annotated[Text, Header("来源", "链接、网址、URL")] = ""
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
    names it once and for all: a grant number, a patent number, a DOI. ``only_for`` are the
    organisations of which alone teams are built from it; none: of whichever is named on it.
    """

    contributors: tuple[Contributor, ...] = ()
    organisations: TextList = ()
    number: Text = ""
    only_for: TextList = ()
