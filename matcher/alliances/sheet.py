"""The sheet of an evaluation as data: indicators under the aspects, weights, own scales.

What records know is filled in beforehand with its source; marks are people's alone. No indicator
reads or names rank, titles, honours or fame.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matcher.alliances.members import members_of
from matcher.errors import InputError
from matcher.policy import PolicyPack
from matcher.records.alliance import Alliance, Mark
from matcher.resources import data_path

FAME = ("职称", "级别", "头衔", "荣誉", "名气", "排名", "院士", "双一流", "985", "211")
_Words = Annotated[str, Field(min_length=1)]
_Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Indicator(BaseModel):
    """One thing that is marked from 0 to ``scale``; ``reads`` names what is filled in before."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: _Words
    aspect: _Words
    text: _Words
    weight: _Weight = 1.0
    scale: _Weight = 10.0
    reads: str = ""


class SheetHead(BaseModel):
    """What a sheet is.

    ``reasons``: which marks need one before they are handed in: the lowest and the highest of a
    scale, all, or none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: _Words
    name: _Words
    pack: str = ""
    year: Annotated[int, Field(ge=1949, le=2100)]
    note: str = ""
    reasons: Literal["两端", "全部", "不要"] = "两端"


class Sheet(BaseModel):
    """A whole sheet; another year has another one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: SheetHead
    indicator: Annotated[tuple[Indicator, ...], Field(min_length=1)]

    @property
    def aspects(self) -> tuple[str, ...]:
        """In the order of the sheet."""
        return tuple(dict.fromkeys(one.aspect for one in self.indicator))

    def without_reason(self, marks: Iterable[Mark]) -> tuple[Indicator, ...]:
        """The indicators whose mark needs a reason and has none."""
        bare = {m.indicator_id: m.score for m in marks if m.score is not None and not m.reason}
        return tuple(
            one for one in self.indicator
            if one.id in bare and (
                self.sheet.reasons == "全部"
                or (self.sheet.reasons == "两端" and bare[one.id] in (0, one.scale))
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What records say about an indicator of one alliance, and where."""

    alliance_id: str
    indicator: Indicator
    words: str
    source: str


def read_sheet(path: str | Path, pack: PolicyPack | None = None) -> Sheet:
    """Read and check a sheet.

    Args:
        path: a TOML file.
        pack: whose aspects it has to cover, if any.

    Raises:
        InputError: no TOML, an unknown key, field or aspect, an id twice, or fame among the
            indicators; names the place and the remedy.
    """
    file = Path(path)
    try:
        sheet = Sheet.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("打不开评估表", given=f"{file} ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("评估表不是 UTF-8 的 TOML", given=f"{file}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        count = error.error_count()
        raise InputError(
            f"评估表 {file.name} 有 {count} 处不能用", given=f"{place}: {first['msg']}",
            remedy="改正后重试；写法见 docs/alliances.md",
        ) from None  # fmt: skip
    faults = _faults(sheet, pack)
    if faults:
        raise InputError(
            f"评估表 {file.name} 有 {len(faults)} 处不能用", given="；".join(faults),
            remedy="改正后重试；写法见 docs/alliances.md",
        )  # fmt: skip
    return sheet


def shipped_sheet(pack: PolicyPack) -> Sheet:
    """The sheet that comes with a pack. Raises: InputError: there is none."""
    return read_sheet(data_path("corpora/alliances") / f"{pack.pack.id}.toml", pack)


def prefill(sheet: Sheet, alliance: Alliance) -> tuple[Known, ...]:
    """What the record says under each indicator; 未填写 where it says nothing."""
    where = f"联盟 {alliance.alliance_id}"
    if alliance.source:
        where += f"，{alliance.source.file} 第 {alliance.source.row} 行"
    said = [(READS[i.reads](alliance) or "未填写", where) if i.reads else ("", "")
            for i in sheet.indicator]  # fmt: skip
    return tuple(
        Known(alliance.alliance_id, one, words, source)
        for one, (words, source) in zip(sheet.indicator, said, strict=True)
    )


def _number(name: str, unit: str) -> Callable[[Alliance], str]:
    def words(alliance: Alliance) -> str:
        value = getattr(alliance, name)
        return "" if value is None else f"{value:g} {unit}"

    return words


def _list(name: str) -> Callable[[Alliance], str]:
    return lambda alliance: "、".join(getattr(alliance, name))


def _research_money(alliance: Alliance) -> str:
    if alliance.lead_rd_wan is None:
        return ""
    words = f"研发经费 {alliance.lead_rd_wan:g} 万元"
    if alliance.lead_sales_wan:
        words += f"，占销售收入 {alliance.lead_rd_wan / alliance.lead_sales_wan:.2%}"
    return words


def _kinds(alliance: Alliance) -> str:
    return "、".join(f"{m.organisation}（{m.kind}）" for m in members_of(alliance)[1:])


def _solved(alliance: Alliance) -> str:
    told = [f"攻克技术 {alliance.technologies} 项"] if alliance.technologies is not None else []
    told += [f"新产品和零部件 {alliance.products} 个"] if alliance.products is not None else []
    return "，".join(told)


READS: Mapping[str, Callable[[Alliance], str]] = {
    "chain": lambda a: a.chain, "challenges": _list("challenges"),
    "benefit_mechanism": lambda a: a.benefit_mechanism,
    "technical_targets": lambda a: a.technical_targets, "market_goal": lambda a: a.market_goal,
    "match_proof": _list("match_proof"), "talents": _number("talents", "人"), "members": _kinds,
    "conversions": _number("conversions", "项"), "lead_rd_wan": _research_money,
    "platforms": _list("platforms"), "technologies": _solved,
    "licence_income_wan": _number("licence_income_wan", "万元"),
    "profit_wan": _number("profit_wan", "万元"),
}  # fmt: skip
"""What an indicator may have filled in: by name, how the record says it."""


def _faults(sheet: Sheet, pack: PolicyPack | None) -> list[str]:
    faults = []
    seen: set[str] = set()
    for one in sheet.indicator:
        if one.id in seen:
            faults.append(f"indicator {one.id}：编号重复")
        seen.add(one.id)
        if one.reads and one.reads not in READS:
            faults.append(f"indicator {one.id} reads = {one.reads!r}：只能是 {'、'.join(READS)}")
        named = [word for word in FAME if word in one.text]
        if named:
            faults.append(f"indicator {one.id}：不得评{'、'.join(named)}")
    if pack is not None:
        names = [aspect.name for aspect in pack.evaluation.aspect]
        strange = [a for a in sheet.aspects if a not in names]
        missing = [name for name in names if name not in sheet.aspects]
        faults += [f"规则包没有“{name}”这一方面" for name in strange]
        faults += [f"缺少方面“{name}”" for name in missing]
    return faults
