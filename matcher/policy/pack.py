"""Policy packs: rules and amounts as data with their sources, read from TOML and validated."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matcher.errors import InputError, NotFoundError
from matcher.records import CreditStatus
from matcher.resources import data_path

Severity = Literal["禁止", "提示"]
Words = Annotated[str, Field(min_length=1)]
Wan = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]

_FOLDER = "corpora/policy"
_FAULTS = {
    "missing": ("缺少这个键", "补上它"),
    "extra_forbidden": ("不认识这个键", "改正拼写或删去"),
    "union_tag_invalid": ("kind 不是已知的种类", "改成 docs/policy.md 所列的一种"),
    "union_tag_not_found": ("缺少 kind", "补上规则种类"),
    "literal_error": ("不是允许的值", "改成允许的值"),
    "string_too_short": ("不能为空", "写明内容"),
}


class _Part(BaseModel):
    """Base: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class PolicySource(_Part):
    """The document a rule is taken from.

    ``verified``: somebody compared the rule with the document or its public report.
    """

    name: Words
    date: date
    verified: bool = False
    note: str = ""
    url: str = ""

    @property
    def citation(self) -> str:
        """Name and date as shown beside every figure."""
        return f"{self.name}, {self.date.isoformat()}{'' if self.verified else ' (原文待核)'}"


class _Rule(_Part):
    id: Words
    text: Words
    source: Words


class Principle(_Rule):
    """Something to keep in mind; nothing is computed from it."""


class _Check(_Rule):
    severity: Severity


class DemandOrgCheck(_Check):
    """The demand unit may not bid for its own challenge."""

    kind: Literal["demand_org_not_bidder"]


class AffiliatedOrgCheck(_Check):
    """Nor may its affiliates."""

    kind: Literal["affiliated_org"]


class CreditCheck(_Check):
    """Credit states that bar a team, and states to be looked into."""

    kind: Literal["credit_record"]
    barred: tuple[CreditStatus, ...]
    doubtful: tuple[CreditStatus, ...] = ()


class LeaderLimitCheck(_Check):
    """Most challenges one leader may hold, the new one included."""

    kind: Literal["leader_limit"]
    limit: Annotated[int, Field(ge=1)]


class RegionCheck(_Check):
    """A regional condition, only where the notice's text has one of the phrases and no waiver."""

    kind: Literal["region_stated"]
    phrases: Annotated[tuple[Words, ...], Field(min_length=1)]
    waivers: tuple[Words, ...] = ()


class EarlierWorkCheck(_Check):
    """Earlier work with the demand organisation: told (or barred), or required."""

    kind: Literal["earlier_work"]
    required: bool = False


class MaturityCheck(_Check):
    """How many levels of readiness a team may be short of the target."""

    kind: Literal["maturity_gap"]
    limit: Annotated[int, Field(ge=0, le=8)]


CheckRule = Annotated[
    DemandOrgCheck
    | AffiliatedOrgCheck
    | CreditCheck
    | LeaderLimitCheck
    | RegionCheck
    | EarlierWorkCheck
    | MaturityCheck,
    Field(discriminator="kind"),
]


class _Funding(_Rule):
    name: Words


class ShareCap(_Funding):
    """Support is at most ``share`` of the total investment and at most ``cap_wan`` 万元."""

    kind: Literal["share_cap"]
    share: Share
    cap_wan: Wan | None = None


class YearlyCap(_Funding):
    """One receiver gets at most ``cap_wan`` 万元 a year."""

    kind: Literal["yearly_cap"]
    cap_wan: Wan


class AmountRange(_Funding):
    """An amount lies between the two, 万元."""

    kind: Literal["amount_range"]
    min_wan: Wan
    max_wan: Wan

    @model_validator(mode="after")
    def _ordered(self) -> AmountRange:
        if self.min_wan > self.max_wan:
            raise ValueError(f"min_wan {self.min_wan:g} 大于 max_wan {self.max_wan:g}")
        return self


class OwnFundsRatio(_Funding):
    """The enterprise's own money is at least ``ratio`` times the fiscal support."""

    kind: Literal["own_funds_ratio"]
    ratio: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class LeastShare(_Funding):
    """At least ``share`` of a grant is paid to the bidding team."""

    kind: Literal["least_share"]
    share: Share


FundingRule = Annotated[
    ShareCap | YearlyCap | AmountRange | OwnFundsRatio | LeastShare, Field(discriminator="kind")
]


class ConditionItem(_Part):
    """One fact a condition asks for."""

    key: Words
    text: Words


class Condition(_Rule):
    """A condition of an alliance and the facts that make it true."""

    items: Annotated[tuple[ConditionItem, ...], Field(min_length=1)]


class Aspect(_Part):
    """One aspect staff score by hand."""

    id: Words
    name: Words
    source: Words
    ask: str = ""


class Evaluation(_Part):
    """The score sheet: aspects and the marks of each."""

    full_marks: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    note: str = ""
    aspect: tuple[Aspect, ...] = ()


class PackHead(_Part):
    """What the pack is. ``kind`` 示例 is a template, not the policy of any place."""

    id: Words
    name: Words
    kind: Literal["政策", "示例"]
    region: str = ""
    year: Annotated[int, Field(ge=1949, le=2100)]
    note: str = ""


class PolicyPack(_Part):
    """A whole pack. Every rule names one of ``sources``."""

    pack: PackHead
    sources: dict[str, PolicySource]
    principle: tuple[Principle, ...] = ()
    check: tuple[CheckRule, ...] = ()
    funding: tuple[FundingRule, ...] = ()
    condition: tuple[Condition, ...] = ()
    evaluation: Evaluation = Evaluation()

    def cite(self, rule: _Rule | Aspect) -> str:
        """Source and date of a rule, as shown beside everything it says."""
        return self.sources[rule.source].citation

    def rules(self) -> Iterator[tuple[str, _Rule | Aspect]]:
        """All rules with the table they stand in."""
        yield from (("principle", rule) for rule in self.principle)
        yield from (("check", rule) for rule in self.check)
        yield from (("funding", rule) for rule in self.funding)
        yield from (("condition", rule) for rule in self.condition)
        yield from (("evaluation.aspect", rule) for rule in self.evaluation.aspect)


def read_pack(path: str | Path) -> PolicyPack:
    """Read and validate a pack.

    Raises:
        InputError: the file is missing, no TOML, or holds something unknown; names the key and
            the remedy.
    """
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            "打不开规则包", given=f"{file} ({error.strerror})", remedy="检查路径和权限"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file.name} 不是 UTF-8 的 TOML", given=str(error), remedy="按所示行列改正"
        ) from None
    try:
        pack = PolicyPack.model_validate(data)
    except ValidationError as error:
        raise _refused(file, list(_faults(error, data))) from None
    wrong = list(_inconsistencies(pack))
    if wrong:
        raise _refused(file, wrong)
    return pack


def shipped_pack_ids() -> tuple[str, ...]:
    """Ids of the packs that come with the software."""
    return tuple(sorted(path.stem for path in data_path(_FOLDER).glob("*.toml")))


def shipped_pack(pack_id: str) -> PolicyPack:
    """A pack that comes with the software.

    Raises:
        NotFoundError: no such pack.

    >>> shipped_pack("liaoning-2021").pack.region
    '辽宁'
    """
    if pack_id not in shipped_pack_ids():
        raise NotFoundError(
            "没有这个规则包", given=pack_id, expected="、".join(shipped_pack_ids()),
            remedy="用其中一个, 或写自己的规则包文件 (.toml)",
        )  # fmt: skip
    return read_pack(data_path(_FOLDER) / f"{pack_id}.toml")


def _refused(file: Path, faults: list[str]) -> InputError:
    return InputError(
        f"规则包 {file.name} 有 {len(faults)} 处不能用",
        given="; ".join(faults[:10]),
        remedy="改正后重试; 写法见 docs/policy.md",
    )


def _faults(error: ValidationError, data: dict[str, Any]) -> Iterator[str]:
    for fault in error.errors():
        what, remedy = _FAULTS.get(fault["type"], ("值不对", "改成所要的数值或文字"))
        place = _place(fault["loc"], data)
        if fault["type"] in ("missing", "extra_forbidden", "union_tag_not_found"):
            yield f"{place}: {what}, {remedy}"
        elif fault["type"] == "value_error":
            yield f"{place}: {fault['ctx']['error']}"
        else:
            allowed = fault.get("ctx", {}).get("expected") or fault.get("ctx", {}).get(
                "expected_tags", ""
            )
            hint = f" (允许: {allowed})" if allowed else ""
            yield f"{place} = {_shown(fault['input'])}: {what}, {remedy}{hint}"


def _shown(value: object) -> str:
    return repr(value.get("kind")) if isinstance(value, dict) else repr(value)


def _place(location: tuple[int | str, ...], data: dict[str, Any]) -> str:
    """check 第 2 条 (credit) 的 limit: the table, the rule's number and id, the key."""
    words: list[str] = []
    inside: Any = data
    for step in location:
        if isinstance(step, int):
            inside = inside[step] if isinstance(inside, list) and step < len(inside) else None
            name = inside.get("id") or inside.get("key") if isinstance(inside, dict) else None
            words.append(f"第 {step + 1} 条" + (f" ({name})" if name else ""))
        elif isinstance(inside, dict) and inside.get("kind") == step and step not in inside:
            continue  # the tag of a union is no key of the file
        else:
            words.append(step)
            inside = inside.get(step) if isinstance(inside, dict) else None
    return " ".join(words)


def _inconsistencies(pack: PolicyPack) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for table, rule in pack.rules():
        if rule.source not in pack.sources:
            known = "、".join(pack.sources) or "(没有)"
            yield f"{table} {rule.id} 的 source = {rule.source!r}: 没有这个出处, 已有: {known}"
        if (table, rule.id) in seen:
            yield f"{table} {rule.id}: 编号重复, 每条规则用不同的 id"
        seen.add((table, rule.id))
