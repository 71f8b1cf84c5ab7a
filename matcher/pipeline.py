"""`Matcher`: the few verbs everyone calls. The CLI, reports and pages are thin faces over it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.contest import Contest, Contests, Standing
from matcher.corpora import read_challenges, read_teams
from matcher.encoding import DEFAULT_ENCODER, Encoder
from matcher.errors import InputError, NotFoundError
from matcher.explanation import Explanation, Part, explanations, facet_probe
from matcher.index.collection import Collection
from matcher.index.documents import Filter, document_facts
from matcher.index.indexing import entries
from matcher.index.library import Library
from matcher.index.statistics import DenseStatistics
from matcher.matches import Failure, Match, Ranking
from matcher.models import (
    DEFAULT_RANKER,
    RankerChoice,
    background,
    calibration_for,
    open_encoder,
    open_ranker,
    passage_centre,
    piece_reader,
    query_centre,
    shipped_coverage,
)
from matcher.progress import Progress
from matcher.ranking.additive import reads_clauses
from matcher.ranking.calibration import Calibration
from matcher.ranking.candidates import CANDIDATES, looked_at
from matcher.ranking.coverage import PieceReader
from matcher.ranking.fused import FusedRanker
from matcher.ranking.grades import Verdict
from matcher.ranking.query import Query, queries, with_text
from matcher.ranking.scored import Scored
from matcher.ranking.search import (
    READ,
    Neighbourhood,
    Reading,
    neighbourhoods,
    sampled_statistics,
)
from matcher.ranking.stages import SCORE_DECIMALS, Stage
from matcher.records import Challenge, Team
from matcher.text.tokenise import Tokenizer, default_tokenizer

RecordT = TypeVar("RecordT")
EVERYONE = Filter()
_ID_LIKE = re.compile(r"[A-Za-z0-9][\w.-]{1,39}", re.ASCII)
# Challenges encoded together in a batch.
_BLOCK = 128
_NO_TEXT = "没有可匹配的文字：题目、问题、攻关内容都为空"


@dataclass
class Matcher:
    """Challenges and teams ready to be matched, both ways.

    Make one with `from_files`, `from_records`, or `matcher.workspace.Workspace.matcher`.

    Attributes:
        challenges, teams: records by id.
        library: the teams' passages.
        tokenizer: made the library's tokens.
        encoder: made the library's vectors; None for lexical matching only.
        ranker: orders the candidates.
        calibration: puts matches and challenges into words; None leaves them 未定.
        contests: of the challenges, kept for this library and ranker; None to keep none.
    """

    challenges: Mapping[str, Challenge]
    teams: Mapping[str, Team]
    library: Collection
    tokenizer: Tokenizer
    encoder: Encoder | None
    ranker: Stage = field(default_factory=FusedRanker)
    calibration: Calibration | None = None
    contests: Contests | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_files(
        cls,
        challenges: str | Path,
        teams: str | Path,
        *,
        encoder: Encoder | str | None = DEFAULT_ENCODER,
        ranker: Stage | RankerChoice | str = DEFAULT_RANKER,
        calibrated: bool = True,
    ) -> Matcher:
        """Read a challenge list and a team library (.jsonl, .csv, .xlsx) and index them in memory.

        Args:
            challenges, teams: the files.
            encoder: a name or folder, an `Encoder`, or None for lexical matching only.
            ranker: see `open_ranker`.
            calibrated: give bands and verdicts, where the encoder has a calibration.

        Raises:
            InputError: a file cannot be read, or holds rows that cannot be used.
            ModelError: the encoder is not installed.
        """
        lists = read_challenges(challenges), read_teams(teams)
        for reading in lists:
            if reading.rejects:
                raise InputError(
                    f"{reading.file} 有 {len(reading.rejects)} 行无法使用",
                    given=reading.rejects[0].message,
                    remedy="改正后重试，或用 matcher match，它会列出不能用的行并继续",
                )
        return cls.from_records(
            lists[0].records,
            lists[1].records,
            encoder=encoder,
            ranker=ranker,
            calibrated=calibrated,
        )

    @classmethod
    def from_records(
        cls,
        challenges: Sequence[Challenge],
        teams: Sequence[Team],
        *,
        encoder: Encoder | str | None = DEFAULT_ENCODER,
        ranker: Stage | RankerChoice | str = DEFAULT_RANKER,
        calibrated: bool = True,
        tokenizer: Tokenizer | None = None,
        progress: Progress | None = None,
    ) -> Matcher:
        """Index records in memory; arguments as `from_files`.

        Raises:
            InputError: two records share an id.
            ModelError: the encoder is not installed.
        """
        _check_unique(challenges, "榜单项目")
        _check_unique(teams, "团队")
        tokenizer = tokenizer or default_tokenizer()
        model = open_encoder(encoder)
        made = list(entries(teams, tokenizer, model, progress))
        library = Collection.from_entries(made, passage_centre(model))
        chosen = open_ranker(ranker, model)
        return cls(
            {c.challenge_id: c for c in challenges},
            {t.team_id: t for t in teams},
            library,
            tokenizer,
            model,
            chosen,
            calibration_for(chosen, model) if calibrated else None,
        )

    def find_teams(
        self, challenge: str | Challenge, top: int = 10, where: Filter = EVERYONE
    ) -> tuple[Match, ...]:
        """The best teams for one challenge: its id, a `Challenge`, or its text.

        Raises:
            InputError: there is no text to match.
        """
        return self.rank(challenge, top, where).matches

    def rank(self, challenge: str | Challenge, top: int = 10, where: Filter = EVERYONE) -> Ranking:
        """As `find_teams`, with the verdict whether anybody fits.

        Raises:
            InputError: there is no text to match.
        """
        ranking = next(self.rankings([self._challenge(challenge)], top, where))
        if isinstance(ranking, Failure):
            raise ranking.error
        return ranking

    def rankings(
        self, challenges: Sequence[Challenge], top: int = 10, where: Filter = EVERYONE
    ) -> Iterator[Ranking | Failure]:
        """`rank` for several challenges together, in order: the library is looked through once."""
        return self._rank(challenges, top, top, where)

    def find_challenges(
        self,
        team_id: str,
        top: int = 10,
        where: Filter = EVERYONE,
        beside: Sequence[str] = (),
    ) -> tuple[Match, ...]:
        """The challenges a team fits best, with the same score as `find_teams` gives the pair.

        Those of a higher band come first, then those where the team is further above what others
        bring (`Contest.standings`): a challenge that many nearly fit is not first for all of them.

        Args:
            team_id, top, where: of whom, how many, which.
            beside: teams that will be asked for next: their scores are made along.

        Raises:
            NotFoundError: no such team.
            InputError: nothing is known of what the team does.
        """
        team = self.team(team_id)
        if self.library.source.number(team_id) < 0:
            raise InputError(
                "该团队没有可匹配的内容", given=team.name, remedy="补充研究方向或成果后重新导入"
            )
        return self.find_challenges_of([team_id], top, where, beside)[team_id]

    def find_challenges_of(
        self,
        team_ids: Sequence[str],
        top: int = 10,
        where: Filter = EVERYONE,
        beside: Sequence[str] = (),
    ) -> dict[str, tuple[Match, ...]]:
        """`find_challenges` for several teams in the time of one: what costs is the library.

        Teams of which nothing is known to search are left out.

        Args:
            team_ids, top, where: as `find_challenges`.
            beside: teams that will be asked for next; their scores are made and kept along.
        """
        both = dict.fromkeys([*team_ids, *beside])
        known = [team_id for team_id in both if self.library.source.number(team_id) >= 0]
        ids = [team_id for team_id in dict.fromkeys(team_ids) if team_id in known]
        if not ids:
            return {}
        asked = list(self.standings(known, where))
        best = {}
        for team_id in ids:
            place = known.index(team_id)
            keys = [(*(-v for v in row[place]), c.challenge_id) for c, _, row in asked]
            best[team_id] = sorted(range(len(keys)), key=keys.__getitem__)[:top]
        # A challenge is made ready to be explained once, for all teams it is listed for.
        listed: dict[tuple[str, int], Match] = {}
        for number, (challenge, one, _) in enumerate(asked):
            fitting = [team_id for team_id, order in best.items() if number in order]
            if fitting:
                made = self._fitting(challenge, one, fitting)
                listed.update(((m.team_id, number), m) for m in made)
        return {
            team_id: tuple(replace(listed[team_id, n], rank=r) for r, n in enumerate(order, 1))
            for team_id, order in best.items()
        }

    def standings(
        self, team_ids: Sequence[str], where: Filter = EVERYONE
    ) -> Iterator[tuple[Challenge, Contest, list[Standing]]]:
        """Each challenge that has text, and how it stands among those of each of some teams."""
        wanted = [c for c in self.challenges.values() if where.accepts(document_facts(c))]
        for challenge, one in zip(wanted, self._contests(wanted), strict=True):
            if one is not None:
                yield challenge, one, one.standings(team_ids, self.calibration)

    def scored_along(self, team_ids: Sequence[str], where: Filter) -> Iterator[None]:
        """Have the scores ready that `find_challenges` will ask for; a step a challenge."""
        known = [i for i in team_ids if self.library.source.number(i) >= 0]
        for _ in self.standings(known, where):
            yield

    def _fitting(
        self, challenge: Challenge, contest: Contest, team_ids: Sequence[str]
    ) -> tuple[Match, ...]:
        """Some teams for a challenge, in that order."""
        scored = contest.holding(team_ids)
        places = np.array([scored.places[team_id] for team_id in team_ids], dtype=np.int64)
        verdict, _ = contest.scored.verdict(self.calibration)
        return self._listing(challenge, scored, places, len(team_ids), verdict)

    def _contests(self, challenges: Sequence[Challenge]) -> Iterator[Contest | None]:
        """Of challenges in turn, kept or made now; None without text."""
        kept = self.contests or Contests(len(challenges))
        return kept.of(challenges, lambda some: self._queries(some, explained=1), self._made)

    def _made(self, asked: Sequence[Query]) -> Iterator[Contest | None]:
        """Contests made now."""
        near = self._near(asked, CANDIDATES, None)
        for query in asked:
            if not query.facets:
                yield None
                continue
            scored = Scored.of(self.ranker, query, next(near), CANDIDATES)
            yield Contest(scored.slim, self.searched, self.centre)

    def match(
        self,
        challenge_ids: Sequence[str] | None = None,
        *,
        top: int = 100,
        explained: int = 0,
        where: Filter = EVERYONE,
        progress: Progress | None = None,
    ) -> Iterator[Ranking | Failure]:
        """Rank the teams for every challenge (or those named), in the order of the list.

        Args:
            challenge_ids: which; None for all.
            top: teams per challenge.
            explained: how many of them carry an explanation.
            where: which teams may be candidates.
            progress: called with (challenges done, challenges in all).
        """
        ids = list(self.challenges) if challenge_ids is None else list(challenge_ids)
        for low in range(0, len(ids), _BLOCK):
            block = [self.challenge(i) for i in ids[low : low + _BLOCK]]
            for done, ranking in enumerate(self._rank(block, top, explained, where), low + 1):
                yield ranking
                if progress:
                    progress(done, len(ids))

    def judge(self, challenge: str | Challenge, team_ids: Sequence[str]) -> tuple[Match, ...]:
        """Named teams for one challenge, best first among themselves, scored as in any ranking.

        Teams of which nothing is known to search are left out.

        Raises:
            NotFoundError: no such challenge.
        """
        wanted = challenge if isinstance(challenge, Challenge) else self.challenge(challenge)
        known = [i for i in dict.fromkeys(team_ids) if self.library.source.number(i) >= 0]
        (contest,) = self._contests([wanted])
        if not known or contest is None:
            return ()
        scored = contest.entered(known)
        verdict, _ = contest.scored.verdict(self.calibration)
        order = scored.best(len(known))
        return self._listing(wanted, scored, order, len(known), verdict)

    def challenge(self, challenge_id: str) -> Challenge:
        """One challenge. Raises: NotFoundError."""
        return _found(self.challenges, challenge_id, "榜单项目")

    def team(self, team_id: str) -> Team:
        """One team. Raises: NotFoundError."""
        return _found(self.teams, team_id, "团队")

    def over(
        self, challenges: Mapping[str, Challenge], teams: Mapping[str, Team] | None = None
    ) -> Matcher:
        """The same over other challenges, or with the records of some teams only; the library that
        is searched stays whole.
        """
        made = replace(self, challenges=challenges, teams=self.teams if teams is None else teams)
        made.centre = self.centre
        made.reader = self.reader
        return made

    @cached_property
    def centre(self) -> FloatArray | None:
        """Mean vector of queries, where the encoder wants vectors centred."""
        if self.encoder is None or not self.encoder.centring:
            return None
        return query_centre(self.encoder)

    @property
    def searched(self) -> Library:
        """The library as the ranker sees it."""
        return self.compared if reads_clauses(self.ranker) else self.library.source

    @cached_property
    def compared(self) -> Library:
        """The library, one of few teams against a background of what laboratories do: what is rare
        and near in general, the more so the fewer they are.
        """
        source = self.library.source
        if not source.few or self.encoder is None or self.centre is None:
            return source
        return source.against(background(self.encoder, self.tokenizer))

    @cached_property
    def reader(self) -> PieceReader:
        """Holds requirements against what teams say; it remembers what it has read."""
        return piece_reader(self.encoder, self.tokenizer)

    @cached_property
    def _standard(self) -> DenseStatistics:
        """What exact vectors of a library with drafts are compared by."""
        assert self.encoder is not None
        return sampled_statistics(self.searched, self.encoder.encode_passages)

    def _challenge(self, wanted: str | Challenge) -> Challenge:
        if isinstance(wanted, Challenge):
            return wanted
        known = self.challenges.get(wanted)
        if known is not None:
            return known
        # A mistyped id must not be taken for a text: nobody describes a problem in one such word.
        if _ID_LIKE.fullmatch(wanted) and get_close_matches(wanted, list(self.challenges), 1, 0.7):
            return self.challenge(wanted)
        return Challenge.from_text(wanted)

    def _queries(self, challenges: Sequence[Challenge], explained: int) -> tuple[Query, ...]:
        """Queries with the vectors of all that ranking and explaining them will read."""
        return queries(
            challenges,
            self.tokenizer,
            self.encoder,
            by_clause=reads_clauses(self.ranker),
            by_facet=bool(explained) and self.reader.encoder is not None,
        )

    def _rank(
        self, challenges: Sequence[Challenge], depth: int, explained: int, where: Filter
    ) -> Iterator[Ranking | Failure]:
        if where == EVERYONE and self._are_kept(challenges, depth):
            for challenge, one in zip(challenges, self._contests(challenges), strict=True):
                yield (
                    Failure(challenge, _NO_TEXT)
                    if one is None
                    else self._ranking(challenge, one.scored, depth, explained)
                )
            return
        mask = None if where == EVERYONE else self.library.source.accepted(where)
        asked = self._queries(challenges, explained)
        near = self._near(asked, depth, mask, read=True)
        yield from self.rank_near(asked, near, depth, explained)

    def _are_kept(self, challenges: Sequence[Challenge], depth: int) -> bool:
        """Whether contests are kept of these, and say all that a list will: of the list's own
        challenges, not of what somebody types; where drafts are read anew, each list has its own.
        """
        if self.contests is None or depth > CANDIDATES or self.library.source.has_drafts:
            return False
        return all(c.challenge_id in self.challenges for c in challenges)

    def rank_near(
        self, asked: Sequence[Query], near: Iterator[Neighbourhood], top: int, explained: int
    ) -> Iterator[Ranking | Failure]:
        """Rank queries whose surroundings in the library are known.

        Args:
            asked: the queries.
            near: the surroundings of each that has any text, in order; as many documents as
                `looked_at` says at least.
            top, explained: as `match`.
        """
        for query in asked:
            if not query.facets:
                yield Failure(query.challenge, _NO_TEXT)
                continue
            scored = Scored.of(self.ranker, query, next(near), top)
            yield self._ranking(query.challenge, scored, top, explained)

    def _ranking(self, challenge: Challenge, scored: Scored, top: int, explained: int) -> Ranking:
        verdict, chance = scored.verdict(self.calibration)
        matches = self._listing(challenge, scored, scored.best(top), explained, verdict)
        # A filter: what is said is of those it lets through; where it lets nobody through, it says
        # nothing of the library.
        if scored.near.mask is not None and matches:
            verdict, chance = scored.verdict(self.calibration, listed=True)
        return Ranking(challenge, matches, verdict, chance, scored.query.too_short)

    def _near(
        self, asked: Sequence[Query], depth: int, mask: BoolArray | None, read: bool = False
    ) -> Iterator[Neighbourhood]:
        """The surroundings of each query with text.

        Args:
            asked: the queries.
            depth: of the list.
            mask: over the library's documents.
            read: read the best exactly where the library has drafts of their vectors.
        """
        reading = None
        if read and self.encoder is not None and self.library.source.has_drafts:
            reading = Reading(self.encoder.encode_passages, max(depth, READ), self._standard)
        return neighbourhoods(
            with_text(asked), self.searched, self.centre, looked_at(depth), mask, reading
        )

    def _listing(
        self, challenge: Challenge, scored: Scored, order: IntArray, explained: int,
        verdict: Verdict,
    ) -> tuple[Match, ...]:  # fmt: skip
        """The candidates at some places, in that order."""
        explanations = self._explanations(scored, order[:explained])
        bands = scored.bands(self.calibration, order, verdict)
        return tuple(
            Match(
                rank,
                challenge,
                scored.ids[place],
                round(float(scored.scores[place]), SCORE_DECIMALS),
                bands[rank - 1][0],
                explanations[rank - 1] if rank <= explained else None,
                bands[rank - 1][1],
                self.teams,
            )
            for rank, place in enumerate(order, 1)
        )

    def _explanations(self, scored: Scored, places: IntArray) -> list[Explanation]:
        if not len(places):
            return []
        view = scored.pool.view
        rule = shipped_coverage()
        bounds = rule.by_meaning if self.reader.encoder else rule.by_words
        probe = facet_probe(view, places.tolist(), self.reader, bounds)
        parts = scored.added.parts(places)
        labels = [self.ranker.labels.get(name, name) for name in parts.names]
        added = [tuple(map(Part, parts.names, labels, row)) for row in parts.values.tolist()]
        return explanations(view, places.tolist(), added, probe)


def _check_unique(records: Sequence[Challenge | Team], what: str) -> None:
    seen: set[str] = set()
    for record in records:
        if record.record_id in seen:
            raise InputError(
                f"{what}编号重复", given=record.record_id, expected="每个编号只出现一次",
                remedy="改正编号；若确是同一项，去掉其中一个",
            )  # fmt: skip
        seen.add(record.record_id)


def _found(records: Mapping[str, RecordT], record_id: str, what: str) -> RecordT:
    record = records.get(record_id)
    if record is None:
        near = get_close_matches(record_id, list(records)[:100_000], n=3)
        hint = f"是否指 {'、'.join(near)}; " if near else ""
        raise NotFoundError(
            f"没有这个{what}", given=record_id, remedy=f"{hint}用 matcher status 查看已有内容"
        )
    return record
