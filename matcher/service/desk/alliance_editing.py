"""Correcting an alliance: what its lead knows of it, and for staff the money too.

Values are read as those of a list are, and refused in the same words. Days are of steps, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from matcher.corpora.cells import CellKind, cell_types, format_cell
from matcher.corpora.headers.kinds import field_labels
from matcher.corpora.reading import Row
from matcher.corpora.rows.building import RecordBuilder
from matcher.errors import InputError
from matcher.records import Source, headers
from matcher.records.alliance import Alliance, Grant, Income
from matcher.service.context import Caller
from matcher.service.desk import alliances
from matcher.service.errors import ConflictError
from matcher.service.store.steps import Act
from matcher.service.views import Asked, View

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "盟主": ("name", "lead_uscc", "lead_legal_person", "lead_is_small",
           "lead_is_eaglet", "lead_is_high_tech",
             "lead_is_large", "lead_rd_wan", "lead_sales_wan", "required_rd_percent", "group",
             "province", "city", "operates_here"),
    "成员与领域": ("members", "member_cities", "tech_domain", "chain", "projects",
                   "research_kind", "confirmed"),
    "目标与利益": ("market_goal", "technical_targets", "benefit_mechanism"),
    "成果": ("technologies", "products", "talents", "talent_origin", "talent_kind", "conversions",
             "own_ip", "is_major",
             "platforms", "conversion_leads", "licence_income_wan", "profit_wan",
             "income_of", "reward_agreed", "equity_share"),
    "申请与备注": ("asked_wan", "money_year", "filed_on", "credit_on", "credit_of",
                   "society_rd_wan", "gdp_wan", "asks", "question", "note"),
}  # fmt: skip
_STAFF_GROUPS: Mapping[str, tuple[str, ...]] = {
    "管理人员填": ("lead_org", "challenges", "match_band", "given_wan", "province_wan", "city_wan",
                   "own_wan", "money_payer", "money_receiver", "money_programme"),
}  # fmt: skip
_GRANT_FIELDS = tuple(name for name, _ in headers(Grant))
_INCOME_FIELDS = tuple(name for name, _ in headers(Income))
_LONG = frozenset({"market_goal", "technical_targets", "benefit_mechanism", "question", "note"})
_BLANK_ROWS = 2
_MOST_GRANTS = 200
Text = Annotated[str, Field(max_length=5000)]


class EditAsked(Asked):
    """What is to change: fields as they would stand in a list; an empty text empties one."""

    version: Annotated[str, Field(max_length=100, description="读到的版本")]
    values: Annotated[dict[str, Text], Field(examples=[{"market_goal": "替代进口"}])] = Field(
        default_factory=dict
    )
    grants: Annotated[
        list[dict[str, Text]] | None,
        Field(max_length=_MOST_GRANTS, description="全部资金，一笔一项；不写则不动"),
    ] = None
    incomes: Annotated[
        list[dict[str, Text]] | None,
        Field(max_length=_MOST_GRANTS, description="全部成果收益，一笔一项；不写则不动"),
    ] = None


class FieldView(View):
    """A field to fill in."""

    name: str
    label: str
    value: str
    choices: list[str]
    long: bool
    several: Annotated[bool, Field(description="可以选几项，用“；”隔开")] = False


class GroupView(View):
    """Fields that belong together."""

    title: str
    fields: list[FieldView]


class EditForm(View):
    """An alliance as a form, with the version that was read."""

    alliance_id: str
    title: str
    version: str
    groups: list[GroupView]
    grants: Annotated[list[list[FieldView]], Field(description="只给管理人员")]
    incomes: list[list[FieldView]]


def form(caller: Caller, alliance_id: str) -> EditForm:
    """The form of an alliance. Raises: NotFoundError; ConflictError: it has ended."""
    alliance, version = _open(caller, alliance_id)
    blank = [Grant() for _ in range(_BLANK_ROWS)]
    staff = caller.principal.is_staff
    return EditForm(
        alliance_id=alliance_id, title=alliance.title, version=version,
        groups=[GroupView(title=title, fields=[_field(alliance, name) for name in names])
                for title, names in _groups(caller).items()],
        grants=[[_field(grant, name) for name in _GRANT_FIELDS]
                for grant in (*alliance.grants, *blank)] if staff else [],
        incomes=[[_field(income, name) for name in _INCOME_FIELDS]
                 for income in (*alliance.incomes, Income())],
    )  # fmt: skip


def save(caller: Caller, alliance_id: str, asked: EditAsked) -> alliances.AllianceView:
    """Change it, where nobody has since it was read.

    Raises:
        NotFoundError: it is not the caller's matter.
        ConflictError, ChangedError: it has ended; somebody changed it meanwhile.
        InputError: a value that no list could have either, a field that is not the caller's.
    """
    alliance, _ = _open(caller, alliance_id)
    open_ = {name for names in _groups(caller).values() for name in names}
    strange = sorted(set(asked.values) - open_)
    if strange or (asked.grants is not None and not caller.principal.is_staff):
        raise InputError(
            "这些栏目不能在这里改", given="、".join(strange) or "资金",
            expected="日期由办步骤写入；资金由管理人员填", remedy="去掉这些栏目",
        )  # fmt: skip
    changed = _changed(alliance, asked.values)
    if asked.grants is not None:
        changed["grants"] = _rows(Grant, asked.grants, _GRANT_FIELDS, "standing", "资金")
    if asked.incomes is not None:
        changed["incomes"] = _rows(Income, asked.incomes, _INCOME_FIELDS, "", "成果收益")
    made = Alliance.model_validate({**alliance.model_dump(), **changed})
    act = Act(caller.principal, "staff" if caller.principal.is_staff else "demand")
    caller.service.alliances.change(made, act, asked.version)
    return alliances.view(caller, alliance_id)


def _open(caller: Caller, alliance_id: str) -> tuple[Alliance, str]:
    version = caller.service.alliances.version(alliance_id)
    alliance = alliances.led(caller, alliance_id)
    if alliance.ended_on is not None:
        raise ConflictError("联盟已结束，不能再改", given=alliance_id, remedy="先撤销结束")
    return alliance, version


def _groups(caller: Caller) -> Mapping[str, tuple[str, ...]]:
    return {**_GROUPS, **_STAFF_GROUPS} if caller.principal.is_staff else _GROUPS


def _field(record: Alliance | Grant | Income, name: str) -> FieldView:
    kind = cell_types(type(record))[name]
    return FieldView(
        name=name, label=field_labels(type(record))[name],
        value=str(format_cell(getattr(record, name))).removesuffix(".0"),
        choices=[c for c in kind.choices if c], long=name in _LONG,
        several=kind.kind is CellKind.LIST,
    )  # fmt: skip


def _changed(alliance: Alliance, values: Mapping[str, str]) -> dict[str, Any]:
    """The fields that are named, read as a row of a list."""
    labels = field_labels(Alliance)
    kept = {"alliance_id": alliance.alliance_id, "name": alliance.name or alliance.alliance_id}
    row = {labels[name]: text for name, text in {**kept, **values}.items() if text.strip()}
    read = _built(RecordBuilder(Alliance, Source(file="网页")), row)
    return {
        name: getattr(read, name) if values[name].strip()
        else Alliance.model_fields[name].get_default(call_default_factory=True)
        for name in values
    }  # fmt: skip


def _rows(
    part: type[Grant | Income], rows: list[dict[str, str]], fields: tuple[str, ...], alone: str,
    name: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Every row that is filled in; one that holds only what stands there anyway is none."""
    labels = field_labels(part)
    made = []
    for row in rows:
        if strange := sorted(set(row) - set(fields)):
            raise InputError(f"{name}没有这些栏目", given="、".join(strange))
        given = {labels[field]: text for field, text in row.items() if text.strip()}
        said = {field: text for field, text in row.items() if text.strip() not in ("", "未知")}
        if said.keys() - {alone}:
            made.append(_built(RecordBuilder(part, Source(file="网页")), given))
    return [one.model_dump(exclude={"source"}) for one in made]


def _built(builder: RecordBuilder[Any], row: dict[str, str]) -> Any:
    record = builder.build(Row(1, row))
    if record is None or builder.rejects:
        first = builder.rejects[0]
        raise InputError(
            f"{first.column}：{first.reason}", given=first.value, expected=first.expected,
            remedy=first.remedy,
        )  # fmt: skip
    return record
