"""Team: who may answer."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator

from matcher.records.evidence import Evidence
from matcher.records.fields import (
    Header,
    Identifier,
    Source,
    Text,
    TextList,
)
from matcher.records.reachable import ContactEmail, ContactName, ContactPhone, Reachable

OrgType = Literal["高校", "科研院所", "企业", "其他"]
CreditStatus = Literal["正常", "异常", "失信", "未知"]

_LEVELS = re.compile(r"[1-9]")

ORG_TYPES: tuple[str, ...] = get_args(OrgType)


class Team(Reachable):
    """A candidate: a laboratory, a research group, a platform; belongs to an organisation."""

    team_id: Annotated[Identifier, Header("团队编号", "编号、序号、团队ID")]
    team_name: Annotated[Text, Header("团队名称", "名称、实验室名称、课题组、平台名称、团队")] = ""
    org_name: Annotated[
        Text,
        Header(
            "单位",
            "单位名称、所在单位、所属单位、依托单位、高校院所、机构名称、工作单位、任职单位、现工作单位",
        ),
    ] = ""
    org_aliases: Annotated[TextList, Header("单位别名", "单位简称、曾用名")] = ()
    org_type: Annotated[OrgType, Header("单位类型", "单位性质、机构类型")] = "其他"
    department: Annotated[
        Text, Header("院系/平台", "院系、学院、部门、所在院系、所在部门、现所在部门")
    ] = ""
    leader_name: Annotated[
        Text,
        Header(
            "负责人",
            "团队负责人、带头人、学术带头人、首席、负责人姓名、团队带头人、姓名、"
            "专家姓名、导师姓名、教师姓名、主要负责人、专家名称、实验室主任、主任、name",
        ),
    ] = ""
    leader_title: Annotated[
        Text, Header("职称", "负责人职称、职务职称、职称/职务、专业技术职称")
    ] = ""
    members: Annotated[TextList, Header("成员", "团队成员、主要成员、骨干成员")] = ()
    research_directions: Annotated[
        TextList, Header("研究方向", "主要研究方向、研究领域、方向、具体研究方向")
    ] = ()
    core_capabilities: Annotated[
        TextList, Header("核心能力", "核心技术、技术优势、优势能力、专业特长")
    ] = ()
    application_domains: Annotated[TextList, Header("应用领域", "应用方向、服务行业")] = ()
    tech_domain: Annotated[
        TextList,
        Header(
            "技术领域",
            "领域、所属领域、学科领域、研究方向大类、研究方向中类、专业领域、从事专业、擅长领域",
        ),
    ] = ()
    profile: Annotated[
        Text, Header("简介", "团队简介、团队介绍、实验室简介、个人简介、专家简介")
    ] = ""
    evidence: Annotated[
        tuple[Evidence, ...],
        Header(
            "成果", "代表性成果、代表成果、主要成果、科研成果、标志性成果、成果清单、相关研究成果"
        ),
    ] = ()
    facilities: Annotated[TextList, Header("设备条件", "仪器设备、科研条件、设备")] = ()
    trl_range: Annotated[Text, Header("成熟度范围", "技术成熟度范围")] = ""
    cooperation_modes: Annotated[TextList, Header("合作偏好", "合作方式、合作意向")] = ()
    max_challenges: Annotated[
        int | None,
        Field(ge=0),
        Header("可承担数", "可承担项目数、最大承担数、可揭榜数、可揭榜项目数"),
    ] = None
    active_challenges: Annotated[int, Field(ge=0), Header("在研数", "在研项目数")] = 0
    province: Annotated[
        Text, Header("省", "省份、所在省、所在地、所在地区、地区、属地、所属地域、所在地域")
    ] = ""
    city: Annotated[Text, Header("市", "城市、所在市")] = ""
    affiliated_orgs: Annotated[TextList, Header("关联单位", "关联企业、控股参股企业")] = ()
    credit_status: Annotated[CreditStatus, Header("信用状态", "信用情况")] = "未知"
    contact_name: ContactName = ""
    contact_phone: ContactPhone = ""
    contact_email: ContactEmail = ""
    source_url: Annotated[
        Text, Header("来源", "来源网址、链接、网址、主页、个人主页、个人页面")
    ] = ""
    provenance: Annotated[Text, Header("资料依据", "依据")] = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return self.team_id

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.team_name or self.org_name or self.team_id

    @property
    def maturity(self) -> int | None:
        """The highest level of readiness (1 to 9) that its records show, if any does.

        >>> Team(team_id="T", trl_range="4-6级").maturity
        6
        """
        levels = [piece.trl for piece in self.evidence if piece.trl is not None]
        levels += [int(level) for level in _LEVELS.findall(self.trl_range)]
        return max(levels, default=None)

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
