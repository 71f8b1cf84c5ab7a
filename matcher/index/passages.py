"""Passages: the pieces of text that are searched. One piece of evidence is one passage.

Prestige-blind by construction: names of organisations and people, titles, ranks and honours never
become part of a passage, so nothing downstream can score them. Neither do telephone numbers and
addresses of mail that somebody wrote into a text.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from matcher.contacts import hide_contacts
from matcher.records import Challenge, Evidence, Team
from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.facets import facets
from matcher.text.normalise import clean

PROFILE = "方向"
# What is left standing when the word of honour between or behind it is gone.
_EMPTY_BRACKETS = re.compile(r"[(（\[【〔《“\"][\s,，、;；]*[)）\]】〕》”\"]")
_DANGLING = " ,，、:：;；·—-"
_Piece = tuple[str, str, str, int | None]
_SHORTEST, _LONGEST, _MOST = 2, 200, 40
# Passages whose phrases are not cut again.
_CUT = 20_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A searchable piece of one record.

    ``kind`` is the kind of evidence (论文, 专利, …), ``方向`` for a team's own description, or the
    facet's label for a challenge. ``title`` is what a reader is shown, ``text`` what is searched.
    """

    document_id: str
    number: int
    kind: str
    title: str
    text: str
    year: int | None = None


@cache
def _rank_pattern() -> re.Pattern[str]:
    words = read_word_list(data_path(f"{DICTIONARY_FOLDER}/rank_words.txt"))
    # By first character: most places of a text are left after one look, in a third of the time.
    rests = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        rests[word[0]].append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(c)}(?:{'|'.join(r)})" for c, r in rests.items()))


def without_rank(text: str) -> str:
    """Text without words of rank and honour (国家重点实验室, 一等奖, 院士 …).

    >>> without_rank("轧制技术国家重点实验室")
    '轧制技术'
    """
    bare = clean(_EMPTY_BRACKETS.sub(" ", _rank_pattern().sub(" ", text)))
    return bare.strip(_DANGLING)


def boasts(text: str) -> bool:
    """Whether a text holds a word of rank or honour.

    >>> boasts("轧制技术国家重点实验室"), boasts("轧制技术研究室")
    (True, False)
    """
    return _rank_pattern().search(text) is not None


def subject_of_name(team: Team) -> str:
    """The subject words of a team's name: without its organisation, leader and rank."""
    name = team.team_name
    for part in (team.org_name, *team.org_aliases, team.leader_name):
        if len(part) > 1:
            name = name.replace(part, " ")
    return without_rank(name)


def team_passages(team: Team) -> tuple[Passage, ...]:
    """The description first, then one passage a piece of evidence; empty ones are left out, and
    those of the same kind and text but for the first.
    """
    described = (
        subject_of_name(team),
        *team.research_directions,
        *team.core_capabilities,
        *team.application_domains,
        *team.tech_domain,
        team.profile,
        *team.facilities,
    )
    profile = without_rank(_joined(described))
    texts: list[_Piece] = [(PROFILE, "研究方向与能力", profile, None)]
    texts += [(e.kind, clean(e.title), _evidence_text(e), e.year) for e in team.evidence]
    return _numbered(team.team_id, texts)


@lru_cache(_CUT)
def phrases_of(passage: Passage) -> tuple[str, ...]:
    """What a passage of a team says, phrase by phrase: each direction and capability of its
    description, the title of its evidence.

    >>> phrases_of(Passage("t", 0, "方向", "", "控轧控冷。超快冷。轧"))
    ('控轧控冷', '超快冷')
    """
    # The title as it is searched, without words of rank and honour.
    parts = passage.text.split("。")[: _MOST if passage.kind == PROFILE else 1]
    return tuple(part[:_LONGEST] for part in parts if len(part) >= _SHORTEST)


def challenge_passages(challenge: Challenge) -> tuple[Passage, ...]:
    """One passage a facet, and one of the keywords."""
    texts: list[_Piece] = [(f.label, f.text[:60], f.text, None) for f in facets(challenge)]
    texts.append(("关键词", "关键词", _joined(challenge.keywords), None))
    return _numbered(challenge.challenge_id, texts)


def content_hash(passages: tuple[Passage, ...]) -> str:
    """Changes when anything that is searched or shown changes."""
    digest = hashlib.sha256()
    for passage in passages:
        digest.update(repr((passage.kind, passage.title, passage.text, passage.year)).encode())
    return digest.hexdigest()


def _numbered(document_id: str, texts: list[_Piece]) -> tuple[Passage, ...]:
    # A piece that was entered twice proves nothing twice: the first one stands for both.
    first = {(kind, text): number for number, (kind, _, text, _) in reversed([*enumerate(texts)])}
    return tuple(
        Passage(document_id, number, kind, hide_contacts(title), hide_contacts(text), year)
        for number, (kind, title, text, year) in enumerate(texts)
        if text and first[kind, text] == number
    )


def _evidence_text(evidence: Evidence) -> str:
    parts = (evidence.title, *evidence.keywords, evidence.abstract, evidence.indicators)
    return without_rank(_joined(parts))


def _joined(parts: tuple[str, ...]) -> str:
    return "。".join(part for part in (clean(p) for p in parts) if part)
