"""The report as one self-contained HTML file: no outside request, opens offline."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from matcher.report.brief import brief_of
from matcher.report.charts import figures
from matcher.report.charts.coverage import SIGNS, CoverageMatrix, coverage_matrix
from matcher.report.charts.drawing import ASIDE, ON_PAGE, bars, flow_chart, strip
from matcher.report.charts.flow import flow_of
from matcher.report.charts.plane import topic_chart
from matcher.report.charts.svg import paint, svg
from matcher.report.charts.tiles import elsewhere, tiles
from matcher.report.model import ChallengeCard, FactLine, Report, TeamLine
from matcher.report.profiles import DEFAULT_PROFILE, PROFILES, Part, Profile
from matcher.report.tables import brief as of_brief
from matcher.report.tables import challenges, forms, plan, whole
from matcher.report.tables.table import Choice, Lines, Many, Soft, Table, To, Web, Where, Word
from matcher.report.words import COLOURS, TONES

_WEB_ADDRESS = re.compile(r"https?://\S+\Z")
# In which part of the page a challenge, a team or a rule stands in full.
_PART_OF: Mapping[Where, Part] = {
    "overview": "overview", "challenge": "cards", "team": "teams", "rule": "forms",
}  # fmt: skip
# Where the element of a part has another name.
_SECTIONS: Mapping[str, str] = {"cards": "rankings", "forms": "rules"}


def write_page(report: Report, path: Path, profile: Profile = PROFILES[DEFAULT_PROFILE]) -> None:
    """Write the page; the same report gives the same bytes."""
    path.write_text(page(report, profile), encoding="utf-8", newline="\n")


def page(report: Report, profile: Profile = PROFILES[DEFAULT_PROFILE]) -> str:
    """The page as text. Everything of the records is escaped."""
    context = _context(report, profile.parts)
    return _environment().get_template("page.html").render(context, parts=profile.parts)


def _context(report: Report, parts: Collection[Part]) -> dict[str, Any]:
    high = sum(card.risk.level == "高" for card in report.cards)
    named = ("指派方案", "只按排序取第一")
    brief = brief_of(report)
    return {
        "report": report,
        "tiles": (
            (report.plan.challenges, "技术需求"), (report.plan.answered, "有指派"),
            (high, "流标风险高"), (len(report.teams), "上榜团队"),
            (len(report.conflicts), "冲突与提示"),
        ),
        "brief": brief,
        "fates": strip(of_brief.fates(brief), ON_PAGE.width),
        "verdicts": strip(of_brief.found(brief), ON_PAGE.width),
        "found_title": of_brief.FOUND,
        "steps": of_brief.steps(brief),
        "choices": of_brief.choices(brief),
        "choices_title": of_brief.choices_title(brief),
        "answers": of_brief.answers(brief, parts),
        "brief_orgs": bars(brief.orgs, named[:1], ASIDE, brief.longest),
        "brief_provinces": bars(brief.provinces, named[:1], ASIDE, brief.longest),
        "changes": whole.changes(report),
        "overview": challenges.overview(report),
        "plan": plan.plan(report),
        "proof": plan.proof(report),
        "open_calls": plan.open_calls(report),
        "close_calls": of_brief.close_calls(brief),
        "settling": of_brief.settling(brief, report),
        "close_note": of_brief.close_note(report),
        "awarded": plan.awarded(report),
        "overrides": plan.overrides(report),
        "risks": challenges.risks(report),
        "conflicts": plan.conflicts(report.conflicts),
        "teams": whole.teams(report),
        "measures": whole.measures(report),
        "programmes": forms.programmes(report),
        "rules": whole.rules(report),
        "checked": whole.checked(report),
        "method": whole.method(report),
        "heat": figures.heat_map(report),
        "most_bars": figures.MOST_BARS,
        "organisations": bars(figures.organisations(report), named),
        "provinces": tiles([row[:2] for row in figures.provinces(report)], "拟指派的团队所在省份"),
        "elsewhere": elsewhere([row[:2] for row in figures.provinces(report)]),
        "flow_chart": flow_chart(flow_of(report)),
        "topics": whole.topics(report),
        "topic_chart": topic_chart(report.topics),
    }  # fmt: skip


@cache
def _environment() -> Environment:
    """The templates; everything is escaped, a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(colours=COLOURS, signs=SIGNS, part_of=_PART_OF)
    kinds = {"target": To, "many": Many, "web": Web, "lines": Lines, "coloured": Word, "soft": Soft}
    made.tests.update({name: _is_a(kind) for name, kind in kinds.items()})
    made.tests["plain"] = _is_plain
    made.tests["web_address"] = _WEB_ADDRESS.match
    made.filters.update(
        anchor=_anchor, zip=zip, card_anchor=_card_anchor, rule=_rule, team=_team,
        tone=_tone, values=_values, svg=svg, paint=paint, requirements=challenges.team_requirements,
        known_facts=_known_facts, matrix=_matrix,
    )  # fmt: skip
    return made


def _is_a(kind: type) -> Any:
    return lambda value: isinstance(value, kind)


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _anchor(target: To) -> str:
    """The id of the element where something stands in full."""
    if target.where == "part":
        return _SECTIONS.get(target.key, target.key)
    return f"{target.where[0]}-{target.key}".replace(" ", "_")


def _card_anchor(challenge_id: str) -> str:
    return _anchor(To("challenge", challenge_id))


def _rule(rule: str) -> To:
    return To("rule", rule)


def _team(line: TeamLine) -> To:
    return To("team", line.team_id, line.team_name)


def _tone(word: str) -> str:
    return f"w-{TONES[word]}" if word in TONES else ""


def _values(table: Table[Any], choice: Choice[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(choice.value, table.rows)))


def _matrix(card: ChallengeCard) -> CoverageMatrix | None:
    return coverage_matrix((t.rank, t.team_name, t.requirements) for t in card.teams)


def _known_facts(card: ChallengeCard) -> Mapping[str, FactLine]:
    return {fact.key: fact for fact in card.facts}
