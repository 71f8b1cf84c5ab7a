"""The verb: needs in, a diagnosis of each out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from matcher.corpora.duplicates.identity import find_duplicates
from matcher.diagnosis.completeness import completeness, missing
from matcher.diagnosis.conflicts import conflicts
from matcher.diagnosis.elements import elements
from matcher.diagnosis.finding import Diagnosis, Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.splitting import several_jobs
from matcher.diagnosis.wording import general_title, vague_targets
from matcher.records import Challenge
from matcher.text.dates import today as today_in_china


def diagnose(
    challenge: Challenge, against: Iterable[Challenge] = (), *, today: date | None = None
) -> Diagnosis:
    """What one need lacks or leaves unclear, with a question for each.

    Args:
        challenge: the need; contacts, names and ranks play no part.
        against: earlier challenges it may repeat.
        today: the day deadlines are judged by; today in China if not given.

    >>> found = diagnose(Challenge(challenge_id="1", title="轴承", problem="寿命不足"))
    >>> found.completeness.score, found.missing[:2]
    (15, ('工况', '指标'))
    """
    return diagnose_all((challenge,), against, today=today)[0]


def diagnose_all(
    challenges: Iterable[Challenge],
    against: Iterable[Challenge] = (),
    *,
    today: date | None = None,
) -> tuple[Diagnosis, ...]:
    """A diagnosis of each need of a list, in its order; repeats within the list are told too."""
    needs = tuple(challenges)
    day = today or today_in_china()
    repeats = _repeats(needs, tuple(against))
    return tuple(_diagnosis(need, repeats.get(need.challenge_id, ()), day) for need in needs)


def _diagnosis(need: Challenge, repeats: Iterable[Finding], day: date) -> Diagnosis:
    found = completeness(need)
    findings = (
        *conflicts(need, day),
        *missing(found),
        *vague_targets(need),
        *several_jobs(need),
        *general_title(need),
        *repeats,
    )
    return Diagnosis(need.challenge_id, need.title, findings, found, elements(need))


def _repeats(
    needs: tuple[Challenge, ...], against: tuple[Challenge, ...]
) -> dict[str, list[Finding]]:
    """By id of a need: the challenges that may be the same, with why."""
    names = {one.challenge_id: one.name for one in (*against, *needs)}
    mine = {need.challenge_id for need in needs}
    found: dict[str, list[Finding]] = defaultdict(list)
    for pair in find_duplicates(needs, against):
        ids = (pair.first_id, pair.second_id)
        for one, other in (ids, ids[::-1]):
            if one in mine:
                words = f"{other} {names[other]}（{pair.why}）"
                found[one].append(finding(FindingCode.NEAR_DUPLICATE, words))
    return found
