"""`build_report`: from a matcher, decisions of staff and rules to the report as data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from matcher.assignment import sensitivity
from matcher.errors import InputError
from matcher.index.documents import Filter
from matcher.index.indexing import record_hash
from matcher.pipeline import EVERYONE, Matcher
from matcher.policy import PolicyPack
from matcher.procedure import Award, settled
from matcher.progress import Progress
from matcher.records import Challenge, Outcome, Team
from matcher.records.alliance import Alliance
from matcher.report.cards import CardMaker, file_name
from matcher.report.comparing import changes_between
from matcher.report.demonstration import demonstration
from matcher.report.identity import Identity, identity_of
from matcher.report.method import method_lines, notes
from matcher.report.model import Contender, RankedChallenge, Report
from matcher.report.overrides import Pair, decisions
from matcher.report.plan_lines import AwardLine
from matcher.report.planning import Planning, pair_findings, with_parted
from matcher.report.programmes import programme_lines
from matcher.report.ranked import ranked_challenge, team_line
from matcher.report.resume import Kept, NothingKept, ResultKey, setting_of
from matcher.report.rulebook import rulebook
from matcher.report.sections import Sections
from matcher.report.settings import ReportSettings
from matcher.report.standing import Standing, standing_of
from matcher.report.sureness import checked
from matcher.report.topics import topic_map


@dataclass(frozen=True)
class ReportInputs:
    """What a report is made from.

    Attributes:
        outcomes: those of the stages 人工推荐 and 人工排除 are honoured, others passed over.
        pack: rules for conflicts and amounts; None for none.
        where: which teams may be candidates.
        before: an earlier report this one is compared with; None for none.
        alliances: of the workspace: who carries which challenge, what was given.
        awards: which challenges were given to whom; these seek nobody any more.
        parted: pairs that came to nothing, each with how; they are not proposed anew.
    """

    matcher: Matcher
    outcomes: tuple[Outcome, ...] = ()
    pack: PolicyPack | None = None
    settings: ReportSettings = field(default_factory=ReportSettings)
    where: Filter = EVERYONE
    before: Standing | None = None
    alliances: tuple[Alliance, ...] = ()
    awards: tuple[Award, ...] = ()
    parted: Mapping[Pair, str] = field(default_factory=dict)

    @cached_property
    def listed(self) -> dict[str, Challenge]:
        """The challenges asked for, in the order of the list: those that are open, or given away.

        Raises:
            NotFoundError: `only` names one that is not there.
        """
        settings = self.settings
        ids = settings.only or tuple(self.matcher.challenges)
        chosen = {i: self.matcher.challenge(i) for i in ids}
        day = settings.since
        if day is None:
            return chosen
        given = {award.challenge_id for award in settled(chosen, self.awards)}
        return {i: c for i, c in chosen.items() if i in given or c.is_open(day)}

    @cached_property
    def given(self) -> tuple[Award, ...]:
        """The awards of challenges asked for that seek nobody any more."""
        return settled(self.listed, self.awards)

    @cached_property
    def challenges(self) -> dict[str, Challenge]:
        """The challenges that seek a team.

        Raises:
            NotFoundError: `only` names one that is not there.
            InputError: none is left.
        """
        given, day = {award.challenge_id for award in self.given}, self.settings.since
        chosen = {i: c for i, c in self.listed.items() if i not in given}
        if not chosen:
            none = "榜单是空的" if day is None else f"{day} 仍可揭榜的一个也没有"
            raise InputError(
                "没有可报告的技术需求", given=f"{len(given)} 项都已立项" if given else none,
                remedy="先导入榜单，或放宽 --only、--since",
            )  # fmt: skip
        return chosen

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The library by id; read once. Raises: InputError: it is empty."""
        teams = dict(self.matcher.teams)
        if not teams:
            raise InputError("团队库是空的", remedy="先导入团队，或检查 --teams 文件")
        return teams

    @cached_property
    def identity(self) -> Identity:
        """Hashes of all of it."""
        listed = list(self.listed.values())
        return identity_of(
            self.matcher, listed, self.outcomes, self.pack, self.alliances, self.awards, self.parted
        )

    def standing(self, report: Report) -> Standing:
        """How things stand in the report made from these, for the one after it."""
        settings = self.settings
        decisive = {"top": settings.top, "contenders": settings.contenders,
                    "where": str(self.where), **settings.plan.model_dump(mode="json")}  # fmt: skip
        written = json.dumps(decisive, ensure_ascii=False, sort_keys=True)
        return standing_of(
            report, self.challenges, self.teams, self.outcomes, self.identity, written
        )

    @cached_property
    def newest(self) -> int:
        """The year of the newest evidence of the library; 0 where none bears a year."""
        years = [p.year for p in self.matcher.library.passages if p.year is not None]
        return max(years, default=0)

    @property
    def old_before(self) -> int:
        """Evidence that stops before this year is old; measured from the library, not today."""
        return self.newest - self.settings.old_after


def build_report(
    inputs: ReportInputs, kept: Kept | None = None, progress: Progress | None = None
) -> Report:
    """Rank, plan and put together; the same inputs give the same report.

    Args:
        inputs: records, model, rules, settings.
        kept: results of earlier runs, see `matcher.report.resume`.
        progress: called with (challenges done, challenges in all).

    Raises:
        InputError: nothing to report, or settings that contradict each other.
        NotFoundError: a challenge asked for is not there.

    >>> from matcher import Challenge, Matcher, Team
    >>> teams = [Team(team_id="T1", research_directions=["轴承钢夹杂物控制"])]
    >>> wanted = [Challenge(challenge_id="C1", title="高端轴承钢的洁净度")]
    >>> made = build_report(ReportInputs(Matcher.from_records(wanted, teams, encoder=None)))
    >>> [(card.challenge_id, card.teams[0].team_id) for card in made.cards]
    [('C1', 'T1')]
    """
    planning = build_planning(inputs, kept, progress)
    plan, infeasible = planning.solve()
    firmness = None
    if inputs.settings.draws and plan.assigned and not infeasible:
        firmness = sensitivity(planning.problem, draws=inputs.settings.draws, base=plan)
    cards = CardMaker(planning, plan, inputs.pack, tuple(inputs.outcomes)).cards()
    home = inputs.pack.pack.region if inputs.pack else ""
    parts = Sections(planning, plan, infeasible, firmness, cards, home)
    awarded = _award_lines(inputs)
    made = Report(
        title=inputs.settings.title,
        cards=cards,
        plan=parts.plan_summary(),
        conflicts=parts.conflicts(),
        teams=parts.team_views(),
        spread=parts.spread(),
        firmness=parts.firmness(),
        overrides=parts.overrides(),
        notes=(
            *demonstration(inputs.challenges.values(), inputs.teams.values()),
            *notes(inputs.matcher, plan, infeasible, cards, awarded),
        ),
        method=method_lines(inputs.matcher, inputs.pack, inputs.settings, inputs.identity),
        rulebook=None if inputs.pack is None else rulebook(inputs.pack, cards, inputs.challenges),
        programmes=()
        if inputs.pack is None
        else programme_lines(
            inputs.pack,
            list(inputs.listed.values()),
            inputs.outcomes,
            inputs.alliances,
            inputs.challenges,
        ),
        library=len(inputs.teams),
        newest=inputs.newest,
        checked=checked(
            inputs.matcher.calibration, [c.problem for c in inputs.challenges.values()]
        ),
        home=home,
        awarded=awarded,
        topics=topic_map(inputs.matcher, cards),
        dated=inputs.settings.dated.isoformat() if inputs.settings.dated else "",
        lists=_files(inputs.challenges.values()),
        libraries=_files(inputs.teams.values()),
    )
    if inputs.before is None:
        return made
    return replace(made, changes=changes_between(inputs.before, inputs.standing(made)))


def build_planning(
    inputs: ReportInputs, kept: Kept | None = None, progress: Progress | None = None
) -> Planning:
    """The first half: rankings, findings and decisions, ready to be solved. Raises: as above."""
    made = decisions(inputs.outcomes)
    ranked = tuple(_ranked(inputs, kept or NothingKept(), progress))
    pins: dict[str, list[str]] = {}
    for challenge_id, team_id in sorted(made.pinned):
        pins.setdefault(challenge_id, []).append(team_id)
    ranked = tuple(_with_pins(inputs, one, pins.get(one.challenge_id, ())) for one in ranked)
    findings = pair_findings(inputs.pack, ranked, inputs.challenges, inputs.teams)
    findings = with_parted(findings, ranked, inputs.parted)
    return Planning(
        ranked, inputs.listed, inputs.teams, inputs.settings.plan, made, findings, inputs.awards
    )


def result_setting(inputs: ReportInputs) -> str:
    """The hash of library, model and depth: what the kept results of a run share."""
    settings = inputs.settings
    depth: dict[str, object] = {"top": settings.top, "contenders": settings.contenders,
                                "old_before": inputs.old_before}  # fmt: skip
    if inputs.where != EVERYONE:
        depth["where"] = str(inputs.where)
    return setting_of({**inputs.identity.model, **depth})


def _ranked(
    inputs: ReportInputs, kept: Kept, progress: Progress | None
) -> Iterator[RankedChallenge]:
    """In the order of the list; what was kept is not computed again."""
    setting = result_setting(inputs)
    keys = {i: ResultKey(setting, i, record_hash(c)) for i, c in inputs.challenges.items()}
    known = {i: found for i, key in keys.items() if (found := kept.get(key)) is not None}
    missing = [i for i in keys if i not in known]
    done = len(known)
    if progress:
        progress(done, len(keys))
    settings = inputs.settings
    depth = max(settings.top, settings.contenders)
    for result in inputs.matcher.match(
        missing, top=depth, explained=settings.top, where=inputs.where
    ):
        one = ranked_challenge(result, settings.top, inputs.old_before)
        kept.put(keys[one.challenge_id], one)
        known[one.challenge_id] = one
        done += 1
        if progress:
            progress(done, len(keys))
    kept.finish(setting)
    return iter([known[i] for i in keys])


def _files(records: Iterable[Challenge | Team]) -> tuple[tuple[str, int], ...]:
    """How many came from which file; none where a record does not say."""
    files = [file_name(one.source) for one in records]
    return tuple(Counter(files).items()) if all(files) else ()


def _award_lines(inputs: ReportInputs) -> tuple[AwardLine, ...]:
    def line(award: Award) -> AwardLine:
        team = inputs.teams.get(award.team_id) or Team(team_id=award.team_id)
        title = inputs.listed[award.challenge_id].name
        return AwardLine(
            award.challenge_id, title, award.team_id, team.name, team.org_name, award.state
        )

    return tuple(map(line, inputs.given))


def _with_pins(
    inputs: ReportInputs, ranked: RankedChallenge, team_ids: Sequence[str]
) -> RankedChallenge:
    """Teams that staff recommend are judged and shown even where no ranking reached them."""
    shown = {t.team_id for t in ranked.teams}
    wanted = [t for t in team_ids if t not in shown and t in inputs.teams]
    if not wanted:
        return ranked
    places = {c.team_id: c.rank for c in ranked.contenders}
    lines = [
        replace(team_line(match, inputs.old_before), rank=places.get(match.team_id, 0))
        for match in inputs.matcher.judge(ranked.challenge_id, wanted)
    ]
    fresh = tuple(
        Contender(line.team_id, line.rank, line.score, line.band, line.chance)
        for line in lines
        if line.team_id not in places
    )
    return replace(ranked, teams=(*ranked.teams, *lines), contenders=(*ranked.contenders, *fresh))
