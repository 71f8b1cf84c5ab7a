"""A pasted text or an uploaded file as a challenge, and what of it was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matcher.corpora import FileContent, ReadOptions, RowAllowance, read_any_of
from matcher.corpora.pasted import challenge_from_text, check_length, source_sentences
from matcher.diagnosis import CompletenessPart, Diagnosis, Element, Finding, diagnose_all
from matcher.errors import InDoubtError, InputError
from matcher.language_model import LanguageModel, configured
from matcher.ranking.query import queries
from matcher.ranking.suggestions import SuggestedTerm, suggested_terms
from matcher.records import Challenge, Indicator
from matcher.service.context import Caller
from matcher.service.desk.draft_fields import MOST_INDICATORS, DraftFields
from matcher.service.desk.uploads import MOST_ROWS, as_file, safe_name
from matcher.service.showing import facet_views, may_see
from matcher.service.views import FacetView, View
from matcher.text.indicators import targets_of
from matcher.text.needs import targets_in
from matcher.text.normalise import clean
from matcher.withholding import lines_of

MOST_FROM_A_FILE = 20
_TERMS = 12
_UNSEEN_LETTERS = 2
_KEPT_BACK = "这一句似有联系方式或人名，没有公开"
_NONE: Mapping[str, str] = {}


class DiagnosisView(View):
    """What a need lacks or leaves unclear; it informs, and nothing is refused by it."""

    score: Annotated[int, Field(description="完整度 0-100，只供参考，不作门槛", examples=[69])]
    parts: Annotated[list[CompletenessPart], Field(description="完整度的各要素和依据的原话")]
    findings: Annotated[list[Finding], Field(description="缺少的、含糊的、矛盾的，各附要问的")]
    elements: Annotated[list[Element], Field(description="材料、方法、功效、产品、应用")]

    @classmethod
    def of(cls, diagnosis: Diagnosis) -> DiagnosisView:
        """A diagnosis as it is shown."""
        return cls(
            score=diagnosis.completeness.score,
            parts=list(diagnosis.completeness.parts),
            findings=list(diagnosis.findings),
            elements=list(diagnosis.elements),
        )


class Understood(View):
    """A challenge as it was understood; ``fields`` can be corrected and saved as a draft."""

    fields: DraftFields
    facets: Annotated[list[FacetView], Field(description="逐条对照的要求")]
    indicators: Annotated[list[Indicator], Field(description="识别出的指标")]
    terms: Annotated[list[str], Field(description="主要检索词")]
    suggested: Annotated[
        list[SuggestedTerm], Field(description="可加入的补充检索词：是建议，不是依据")
    ]
    model_name: Annotated[str, Field(description="设定的语言模型；没有设定为空")] = ""
    diagnosis: Annotated[DiagnosisView, Field(description="需求诊断")]


class Reading(View):
    """What a text or a file gave."""

    challenges: list[Understood]
    notes: Annotated[list[str], Field(description="没有用上的行和需要留意的地方")]


def understand(caller: Caller, challenge: Challenge) -> Understood:
    """The parts, the indicators, the telling words of a challenge, and what it lacks."""
    return _understood(caller, (challenge,))[0]


def _understood(caller: Caller, challenges: Sequence[Challenge]) -> list[Understood]:
    """The same of several; whether they repeat what the caller may see is looked up once."""
    listed = caller.snapshot.matcher.challenges.values()
    public = caller.service.settings.public_lists
    visible = (one for one in listed if may_see(caller.principal, one, public))
    found = diagnose_all(challenges, visible)
    return [_one(caller, *pair) for pair in zip(challenges, found, strict=True)]


def _one(caller: Caller, challenge: Challenge, diagnosis: Diagnosis) -> Understood:
    indicators = targets_of(challenge)
    if not indicators:
        # Stated in passing: only what is surely a target.
        indicators, _ = targets_in(f"{challenge.title}\n{challenge.problem}")
    fields = (
        DraftFields.of(challenge)
        .model_copy(update={"indicators": list(indicators)[:MOST_INDICATORS]})
        .with_targets_told()
    )
    told = challenge.model_copy(update={"indicators_text": fields.indicators_text})
    return Understood(
        fields=fields,
        facets=facet_views(told),
        indicators=list(indicators),
        terms=key_terms(caller, challenge),
        suggested=_suggested(caller, challenge),
        model_name=getattr(_language_model(caller), "name", ""),
        diagnosis=DiagnosisView.of(diagnosis),
    )


def read_text(caller: Caller, text: str) -> Reading:
    """A pasted text: a form or table is read as one, anything else as title and problem.

    Raises:
        InputError: there is nothing in it, or too much.
    """
    tidy = clean(text)
    if not tidy:
        raise InputError("没有文字", remedy="粘贴技术需求的文字，或上传文件")
    check_length(tidy)
    try:
        found = read_file(caller, "粘贴的文字.txt", text.encode("utf-8", "replace"))
    except InputError:  # not a form: the text itself is the challenge
        found = Reading(challenges=[], notes=[])
    if not found.challenges:
        read = [_sourced(understand(caller, challenge_from_text(tidy)))]
        found = Reading(challenges=read, notes=[])
    if len(found.challenges) > 1:  # which sentence is of which is not known
        return found
    (one,) = found.challenges
    sentences = source_sentences(tidy, one.fields.challenge("-"))
    kept = [f"{_KEPT_BACK}：{line}" for line in lines_of(one.fields.withheld)]
    return Reading(challenges=[_sourced(one, sentences)], notes=[*found.notes, *kept])


def read_file(caller: Caller, name: str, content: bytes) -> Reading:
    """An uploaded file of any known format.

    Raises:
        InputError: it cannot be read, or holds no challenge.
    """
    made: list[Challenge] = []
    notes: list[str] = []
    with as_file(name, content) as path:
        for part in _contents(path):
            _take(part, made, notes)
    if not made:
        raise InputError(
            "文件里没有技术需求", given=safe_name(name), expected="至少有题目或问题的榜单或填报表",
            remedy="换一个文件，或把文字粘贴进来",
        )  # fmt: skip
    if len(made) > MOST_FROM_A_FILE:
        notes.append(f"文件里有 {len(made)} 项，只取前 {MOST_FROM_A_FILE} 项")
    kept = made[:MOST_FROM_A_FILE]
    return Reading(challenges=[_sourced(one) for one in _understood(caller, kept)], notes=notes)


def _sourced(understood: Understood, sentences: Mapping[str, str] = _NONE) -> Understood:
    """As it was read just now: the words of the source are kept beside its fields."""
    fields = understood.fields.with_source(sentences)
    return understood.model_copy(update={"fields": fields})


def _contents(path: Path) -> list[FileContent]:
    """What a file holds; one that may be a list or a library is a list here."""
    try:
        return list(read_any_of(path, None, options=ReadOptions(rows=RowAllowance(MOST_ROWS))))
    except InDoubtError:
        options = ReadOptions(rows=RowAllowance(MOST_ROWS))
        return list(read_any_of(path, "challenges", options=options))


def key_terms(caller: Caller, challenge: Challenge) -> list[str]:
    """The challenge's words that set teams apart: rare in the library, rarest first."""
    matcher = caller.snapshot.matcher
    text = "。".join([*(f.text for f in facet_views(challenge)), *challenge.keywords])
    words = dict.fromkeys(matcher.tokenizer.words(text))
    lexical = matcher.library.lexical
    known = [w for w in words if len(w) >= _UNSEEN_LETTERS and lexical.document_frequency(w)]
    return sorted(known, key=lambda w: (-lexical.idf(w), w))[:_TERMS]


def _suggested(caller: Caller, challenge: Challenge) -> list[SuggestedTerm]:
    """Words of the laboratory that are not among the search terms yet."""
    tokenizer = caller.snapshot.matcher.tokenizer
    (query,) = queries([challenge], tokenizer, None)
    model = _language_model(caller)
    found = suggested_terms(query, tokenizer)
    said = () if model is None else model.known(challenge)
    return [s for s in (*found, *said) if s.term not in challenge.search_terms]


def ask_model(caller: Caller, challenge: Challenge) -> None:
    """Ask the language model that is set, so that its words stand among the suggestions.

    Raises:
        InputError: none is set, or the challenge says nothing.
        ModelError: no answer.
    """
    model = _language_model(caller)
    if model is None:
        raise InputError("没有设定语言模型", remedy="由管理人员设定")
    model.ask(challenge)


def _language_model(caller: Caller) -> LanguageModel | None:
    return configured(caller.service.settings.workspace)


def _take(part: FileContent, made: list[Challenge], notes: list[str]) -> None:
    notes.extend(part.unread)
    if part.challenges is not None:
        made.extend(part.challenges.records)
        notes.extend(reject.message for reject in part.challenges.rejects)
        notes.extend(part.challenges.warnings)
    elif part.notice is not None:
        text = "\n".join([part.notice.title, *part.notice.body])
        if clean(text):
            made.append(challenge_from_text(clean(text)))
