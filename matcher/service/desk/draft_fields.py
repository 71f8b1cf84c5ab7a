"""The fields of a draft: those of a challenge, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from matcher.corpora.headers.originals import as_columns, original_words
from matcher.records import Challenge, ChallengeStage, Indicator, headers
from matcher.withholding import CLEARED, WITHHELD, lines_of

_Line = Annotated[str, Field(max_length=500)]
_Text = Annotated[str, Field(max_length=50_000)]
LONGEST_ITEM = 200
_List = Annotated[list[Annotated[str, Field(max_length=LONGEST_ITEM)]], Field(max_length=50)]
MOST_INDICATORS = 50
_CHANGES = {"increase_by": "提高", "decrease_by": "降低", "increase_to": "提高到",
            "decrease_to": "降低到"}  # fmt: skip
_Amount = Annotated[float | None, Field(ge=0, le=1e9, allow_inf_nan=False)]


class DraftFields(BaseModel):
    """What may be written in a draft; the fields of a challenge."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {"title": "高端轴承钢", "problem": "洁净度不足，疲劳寿命短",
                 "indicators_text": "总氧≤6ppm；疲劳寿命提高50%以上", "bounty_wan": 500}
            ]
        },
    )  # fmt: skip

    title: _Line = ""
    demand_org: _Line = ""
    industry: _Line = ""
    tech_domain: _List = []
    keywords: _List = []
    search_terms: _List = []
    problem: _Text = ""
    tech_difficulties: _Text = ""
    research_content: _Text = ""
    indicators_text: _Text = ""
    indicators: Annotated[
        list[Indicator],
        Field(max_length=MOST_INDICATORS, description="逐条的指标；不写则由考核指标的文字读出"),
    ] = []
    existing_basis: _Text = ""
    excluded_routes: _Text = ""
    eligibility_text: _Text = ""
    ip_terms: _Text = ""
    cooperation_modes: _List = []
    target_trl: Annotated[int | None, Field(ge=1, le=9)] = None
    bounty_wan: _Amount = None
    total_budget_wan: _Amount = None
    apply_deadline: date | None = None
    duration_months: Annotated[int | None, Field(ge=0, le=600)] = None
    province: _Line = ""
    city: _Line = ""
    contact_name: _Line = ""
    contact_phone: _Line = ""
    contact_email: _Line = ""
    withheld: Annotated[
        _Text, Field(description="似有联系方式或人名、没有公开的话，一行一句：栏目：话")
    ] = ""
    cleared: Annotated[_Text, Field(description="看过、可以公开的话，一行一句")] = ""
    original_words: Annotated[
        dict[str, _Line],
        Field(max_length=20, description="栏目的值读自来文的哪几个字；改错了可对照"),
    ] = {}
    source_words: Annotated[
        dict[Annotated[str, Field(max_length=50)], _Text],
        Field(max_length=30, description="识别时来文的原话，不随栏目改动；只在草稿里，不公开"),
    ] = {}

    @classmethod
    def of(cls, challenge: Challenge) -> DraftFields:
        """The same fields of a challenge: longer texts are cut, amounts beyond reason left out."""
        values = challenge.model_dump(include=set(cls.model_fields))
        cut = {name: _cut(v, cls.model_fields[name]) for name, v in values.items()}
        cut |= {n: str(challenge.extra.get(column, "")) for n, column in _COLUMNS.items()}
        words = original_words(challenge)
        cut["original_words"] = {n: w[:500] for n, w in words.items() if n in cls.model_fields}
        try:
            return cls.model_validate(cut)
        except ValidationError as error:
            refused = {fault["loc"][0] for fault in error.errors()}
            return cls.model_validate({n: v for n, v in cut.items() if n not in refused})

    def with_source(self, sentences: Mapping[str, str]) -> DraftFields:
        """The same, keeping beside each field what the source said there.

        Args:
            sentences: of fields whose value was picked out of a sentence; any other text that was
                read says what the source says.
        """
        told = {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}
        return self.model_copy(
            update={"source_words": {**told, **self.original_words, **sentences}}
        )

    def with_targets_told(self) -> DraftFields:
        """The same, where only single indicators are given with their words as the text, a line
        each: the text is what makes each of them a requirement of its own.
        """
        if self.indicators_text:
            return self
        words = dict.fromkeys(map(_in_words, self.indicators))
        return self.model_copy(update={"indicators_text": "\n".join(words)})

    def challenge(self, challenge_id: str, stage: ChallengeStage | None = None) -> Challenge:
        """As a challenge."""
        values = self.with_targets_told().model_dump(exclude={"original_words", "source_words"})
        words = {n: w for n, w in self.original_words.items() if n in values}
        extra = as_columns(words) | columns_kept(values)
        return Challenge(challenge_id=challenge_id, stage=stage, extra=extra, **values)

    def opened(self, number: int) -> DraftFields:
        """The same, one of the sentences that were kept back before the public: it goes to the end
        of its field.
        """
        lines = list(lines_of(self.withheld))
        if not 0 <= number < len(lines):
            return self
        line = lines.pop(number)
        label, _, said = line.partition("：")
        name = _FIELDS.get(label, "problem")
        text = getattr(self, name)
        text = f"{text}；" if text and text[-1].isalnum() else text
        return self.model_copy(
            update={
                name: f"{text}{said if label in _FIELDS else line}",
                "withheld": "\n".join(lines),
                "cleared": "\n".join((*lines_of(self.cleared), said)),
            }
        )


_COLUMNS = {"withheld": WITHHELD, "cleared": CLEARED}
_TEXTS = tuple(
    name for name, field in DraftFields.model_fields.items()
    if field.annotation is str and name not in _COLUMNS
)  # fmt: skip
_FIELDS = {header.name: name for name, header in headers(Challenge) if name in _TEXTS}


def columns_kept(values: dict[str, Any]) -> dict[str, str]:
    """What was kept back and what was cleared, taken out of values as the columns that hold it."""
    return {column: said for name, column in _COLUMNS.items() if (said := values.pop(name, ""))}


def _in_words(one: Indicator) -> str:
    """An indicator as it was written; one that was entered by its parts in the usual form."""
    if one.text or one.value is None:
        return one.text or one.name
    values = f"{one.value:g}" if one.high is None else f"{one.value:g}~{one.high:g}"
    change = _CHANGES.get(one.change or "", "")
    sign = "" if one.operator == "区间" else one.operator
    return f"{one.name}{change}{sign}{values}{one.unit}"


def _cut(value: object, field: FieldInfo) -> object:
    """A value no longer than its field may be, which the field itself says."""
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        return list(value[: _most(field)])
    if isinstance(value, tuple):
        return [str(item)[:LONGEST_ITEM] for item in value[: _most(field)]]
    return value[: _most(field)] if isinstance(value, str) else value


def _most(field: FieldInfo) -> int | None:
    limits = (part.max_length for part in field.metadata if isinstance(part, MaxLen))
    return next(limits, None)
