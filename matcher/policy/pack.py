"""Policy packs: rules and amounts as data with their sources, read from TOML and validated."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matcher.errors import InputError, NotFoundError
from matcher.policy.names import region_key
from matcher.policy.rules import (
    AmountRange,
    Aspect,
    CheckRule,
    Condition,
    ConditionItem,
    Evaluation,
    FundingRule,
    Guard,
    LeastShare,
    PackHead,
    Part,
    PolicySource,
    Principle,
    Programme,
    Rule,
    ShareCap,
    Synonym,
    Target,
    Topic,
    YearlyCap,
)
from matcher.resources import data_path

_FOLDER = "corpora/policy"
_FAULTS = {
    "missing": ("缺少这个键", "补上它"),
    "extra_forbidden": ("不认识这个键", "改正拼写或删去"),
    "union_tag_invalid": ("kind 不是已知的种类", "改成 docs/policy.md 所列的一种"),
    "union_tag_not_found": ("缺少 kind", "补上规则种类"),
    "literal_error": ("不是允许的值", "改成允许的值"),
    "string_too_short": ("不能为空", "写明内容"),
}


class PolicyPack(Part):
    """A whole pack. Every rule names one of ``sources``."""

    pack: PackHead
    sources: dict[str, PolicySource]
    principle: tuple[Principle, ...] = ()
    check: tuple[CheckRule, ...] = ()
    funding: tuple[FundingRule, ...] = ()
    condition: tuple[Condition, ...] = ()
    programme: tuple[Programme, ...] = ()
    topic: tuple[Topic, ...] = ()
    synonym: tuple[Synonym, ...] = ()
    target: tuple[Target, ...] = ()
    guard: tuple[Guard, ...] = ()
    evaluation: Evaluation = Evaluation()

    def cite(self, rule: Rule | Aspect) -> str:
        """Source and date of a rule, as shown beside everything it says."""
        return self.sources[rule.source].citation

    def quote(self, rule: Rule) -> str:
        """The clause a rule is taken from, with the sentence that is there; else what it says."""
        clause = rule.clause or "条文"
        if rule.original:
            told = "据报道" if self.sources[rule.source].kind == "报道" else "原文"
            return f"{clause}（{told}）：{_quoted(rule.original)}"
        return f"{clause}（大意）：{rule.text}"

    @property
    def items(self) -> Iterator[ConditionItem]:
        """What the programmes ask for, one after the other."""
        return (item for programme in self.programme for item in programme.items)

    def rules(self) -> Iterator[tuple[str, Rule | Aspect]]:
        """All rules with the table they stand in."""
        yield from (("principle", rule) for rule in self.principle)
        yield from (("check", rule) for rule in self.check)
        yield from (("funding", rule) for rule in self.funding)
        yield from (("condition", rule) for rule in self.condition)
        yield from (("programme", rule) for rule in self.programme)
        yield from (("topic", rule) for rule in self.topic)
        yield from (("target", rule) for rule in self.target)
        yield from (("guard", rule) for rule in self.guard)
        yield from (("evaluation.aspect", rule) for rule in self.evaluation.aspect)

    def funding_rule(self, rule_id: str) -> FundingRule:
        """A funding rule by its id. Raises: NotFoundError."""
        for rule in self.funding:
            if rule.id == rule_id:
                return rule
        raise NotFoundError(
            "规则包没有这条资金规则", given=rule_id, expected="、".join(f.id for f in self.funding),
            remedy="改用其中一个",
        )  # fmt: skip


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
            remedy="用其中一个，或写自己的规则包文件 (.toml)",
        )  # fmt: skip
    return read_pack(data_path(_FOLDER) / f"{pack_id}.toml")


def packs_at(province: str, city: str) -> tuple[PolicyPack, ...]:
    """The packs that come with the software for a place: its province's, and its own city's.

    >>> [one.pack.id for one in packs_at("浙江省", "舟山市")]
    ['zhejiang-2021', 'zhoushan-2019']
    >>> packs_at("吉林", "长春")
    ()
    """
    return tuple(
        one for one in _local_packs()
        if region_key(one.pack.region) == region_key(province)
        and (not one.pack.city or one.pack.city in city)
    )  # fmt: skip


@lru_cache(maxsize=1)
def programme_names() -> Mapping[str, tuple[str, ...]]:
    """By name of a pack that ships, the programmes money may be entered under.

    >>> programme_names()["上海市科学技术进步条例"]
    ('创新联合体关键核心技术攻关',)
    """
    packs = [shipped_pack(pack_id) for pack_id in shipped_pack_ids()]
    named = {
        pack.pack.name: tuple(p.name for p in pack.programme if p.payers or p.encouraged)
        for pack in packs
    }
    return {name: names for name, names in named.items() if names}


@lru_cache(maxsize=1)
def _local_packs() -> tuple[PolicyPack, ...]:
    packs = [shipped_pack(pack_id) for pack_id in shipped_pack_ids()]
    return tuple(one for one in packs if one.pack.region)


def _quoted(original: str) -> str:
    """Of several places, which are lines of their own, each is a quotation of its own."""
    return "；".join(f"“{part.strip()}”" for part in original.splitlines() if part.strip())


def _refused(file: Path, faults: list[str]) -> InputError:
    return InputError(
        f"规则包 {file.name} 有 {len(faults)} 处不能用",
        given="; ".join(faults[:10]),
        remedy="改正后重试；写法见 docs/policy.md",
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
            hint = f"（允许：{allowed}）" if allowed else ""
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
            known = "、".join(pack.sources) or "（没有）"
            yield f"{table} {rule.id} 的 source = {rule.source!r}：没有这个出处，已有：{known}"
        if (table, rule.id) in seen:
            yield f"{table} {rule.id}：编号重复，每条规则用不同的 id"
        seen.add((table, rule.id))
    yield from _dangling(pack)


def _worded(pack: PolicyPack) -> Iterator[Rule]:
    return (rule for _, rule in pack.rules() if isinstance(rule, Rule))


def _dangling(pack: PolicyPack) -> Iterator[str]:
    """Programmes that name an amount or a yearly cap nobody wrote."""
    amounts = {f.id for f in pack.funding if isinstance(f, AmountRange | LeastShare | ShareCap)}
    caps = {f.id for f in pack.funding if isinstance(f, YearlyCap)}
    plans = {programme.id for programme in pack.programme}
    for topic in pack.topic:
        for plan in topic.by_plan:
            if plan not in plans:
                yield (
                    f"topic {topic.id} 的 by_plan 里的 {plan!r}：programme 里没有这项计划，"
                    f"已有：{'、'.join(sorted(plans)) or '（没有）'}"
                )
    for one in pack.synonym:
        said = "".join("".join((r.text, r.original, *r.further)) for r in _worded(pack))
        for part in one.means.split("，"):
            if part not in said:
                yield f"synonym {one.words} 的 means 里的 {part!r}：规则的原句和大意里没有这几个字"
    for programme in pack.programme:
        if programme.amount and programme.amount not in amounts:
            known = "、".join(sorted(amounts)) or "（没有）"
            yield (
                f"programme {programme.id} 的 amount = {programme.amount!r}："
                f"funding 里没有这条数额规则，已有：{known}"
            )
        for cap in (*programme.capped_by, *programme.perhaps_capped_by):
            if cap not in caps:
                known = "、".join(sorted(caps)) or "（没有）"
                yield (
                    f"programme {programme.id} 的 capped_by = {cap!r}："
                    f"funding 里没有这条年度上限，已有：{known}"
                )
