"""Two reports held against each other: what moved, and what of the inputs bears on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from matcher.report.changes import CHANGE_KINDS, Change, ChangeKind, Changes
from matcher.report.standing import ChallengeStanding, Standing, TeamStanding

NOBODY = "无人"
_NOT_LISTED = "未列入"
# What decides every rank, by name of `Identity`.
_MODEL: dict[str, str] = {
    "code": "软件有改动", "tokenizer": "分词换了", "encoder": "语义模型换了",
    "ranker": "排序模型换了", "calibration": "校准换了",
}  # fmt: skip
_PLAN: dict[str, str] = {"pack": "规则包换了"}
_RECORDS: dict[str, str] = {
    "challenges": "榜单有更改", "teams": "团队库有更改", "outcomes": "有新的人工决定或结果",
    "awards": "有新的立项", "parted": "有团队退出或落选",
}  # fmt: skip
_SETTINGS = "报告的设置不同"


def changes_between(then: Standing, now: Standing) -> Changes:
    """What moved from one report to the next, the weightiest kind first."""
    both = [i for i in now.challenges if i in then.challenges]
    moves = chain.from_iterable(_Moves(then, now, i).all() for i in both)
    fresh = (
        Change("新增需求", i, now.challenges[i].title, (), "", now.challenges[i].verdict, ())
        for i in now.challenges
        if i not in then.challenges
    )
    gone = (
        Change("不再列入", i, old.title, (), old.verdict, "", _given(now.awarded.get(i, "")))
        for i, old in then.challenges.items()
        if i not in now.challenges
    )
    lines = sorted(chain(moves, fresh, gone), key=lambda c: CHANGE_KINDS.index(c.kind))
    return Changes(then.against, tuple(_inputs(then, now)), tuple(lines))


def _given(words: str) -> tuple[str, ...]:
    return (f"已立项：{words}",) if words else ()


def _inputs(then: Standing, now: Standing) -> Iterator[str]:
    for name, words in (_MODEL | _PLAN | _RECORDS).items():
        if then.inputs.get(name, "") != now.inputs.get(name, ""):
            yield words
    if then.settings != now.settings:
        yield _SETTINGS


class _Moves:
    """The moves of one challenge that is in both reports."""

    def __init__(self, then: Standing, now: Standing, challenge_id: str) -> None:
        self.then, self.now, self.id = then, now, challenge_id
        self.old, self.new = then.challenges[challenge_id], now.challenges[challenge_id]

    def all(self) -> Iterator[Change]:
        """Assignment, verdict, first place, bands, other places, who came and went."""
        old, new = self.old, self.new
        if set(old.assigned) != set(new.assigned):
            yield self._change("指派", old.assigned, new.assigned)
        if old.verdict != new.verdict:
            teams = [team for team, _ in (*old.teams[:1], *new.teams[:1])]
            yield self._made("总体判断", teams, old.verdict, new.verdict)
        if old.teams[:1] and new.teams[:1] and old.teams[0][0] != new.teams[0][0]:
            yield self._change("第一名", (old.teams[0][0],), (new.teams[0][0],))
        yield from self._bands()
        yield from self._places()
        came, went = _ids(new) - _ids(old), _ids(old) - _ids(new)
        if came or went:
            yield self._change("进出名单", _ordered(old, went), _ordered(new, came))

    def _bands(self) -> Iterator[Change]:
        old = dict(self.old.teams)
        for team, band in self.new.teams:
            if team in old and old[team] != band:
                name = self._name(team)
                yield self._made("等级", (team,), f"{name} {old[team]}", f"{name} {band}")

    def _places(self) -> Iterator[Change]:
        """In one line, places counted among the teams that both reports list."""
        both = _ids(self.old) & _ids(self.new)
        before = _places(self.old, both)
        after = _places(self.new, both)
        moved = [team for team in after if before[team] != after[team]]
        if moved:
            yield self._made(
                "名次", moved,
                "、".join(f"{self._name(t)} 第 {before[t]}" for t in moved),
                "、".join(f"{self._name(t)} 第 {after[t]}" for t in moved),
            )  # fmt: skip

    def _change(self, kind: ChangeKind, before: Sequence[str], now: Sequence[str]) -> Change:
        """Between teams."""
        none = _NOT_LISTED if kind == "进出名单" else NOBODY
        told = ["、".join(map(self._name, ids)) or none for ids in (before, now)]
        return self._made(kind, dict.fromkeys((*before, *now)), *told)

    def _made(self, kind: ChangeKind, teams: Iterable[str], before: str, now: str) -> Change:
        ids = tuple(teams)
        why = tuple(dict.fromkeys(self._why(kind, ids)))
        return Change(kind, self.id, self.new.title, ids, before, now, why)

    def _why(self, kind: ChangeKind, teams: Sequence[str]) -> Iterator[str]:
        """What is nearest first: a decision, the challenge, the teams; then what bears on all."""
        near = [*self._parted(teams), *self._decisions(teams), *self._texts(teams)]
        yield from near
        yield from (
            words
            for name, words in (_MODEL | (_PLAN if kind == "指派" else {})).items()
            if self.then.inputs.get(name) != self.now.inputs.get(name)
        )
        if self.then.settings != self.now.settings:
            yield _SETTINGS
        if not near and self._library_changed():
            yield "团队库里其他团队有更改"
        if not near and kind == "指派":
            yield "方案整体重新求解"

    def _decisions(self, teams: Sequence[str]) -> Iterator[str]:
        made = set(self.now.decisions) ^ set(self.then.decisions)
        for challenge, team, words in sorted(made):
            if challenge == self.id and team in teams:
                taken_back = (challenge, team, words) in self.then.decisions
                yield f"{self._name(team)}：{'撤回' if taken_back else ''}{words}"

    def _parted(self, teams: Sequence[str]) -> Iterator[str]:
        for challenge, team, words in sorted(set(self.now.parted) - set(self.then.parted)):
            if challenge == self.id and team in teams:
                yield f"{self._name(team)}：{words}"

    def _texts(self, teams: Sequence[str]) -> Iterator[str]:
        if self.old.text != self.new.text:
            yield "需求内容有更改"
        for team in teams:
            old, new = self.then.teams.get(team), self.now.teams.get(team)
            # A team that was not listed then may have come only because others moved.
            known = old is not None and new is not None
            words = _team_change(old, new) if known or self._library_changed() else ""
            if words:
                yield f"{self._name(team)}：{words}"

    def _library_changed(self) -> bool:
        return self.then.inputs.get("teams") != self.now.inputs.get("teams")

    def _name(self, team: str) -> str:
        known = self.now.teams.get(team) or self.then.teams.get(team)
        return known.name if known else team


def _team_change(old: TeamStanding | None, new: TeamStanding | None) -> str:
    """What differs of a team's record; the manifest knows those that were listed."""
    if old is None or new is None:
        return "新入库，或资料有更新" if old is None else "资料有更新，或已不在库"
    had, has = Counter(old.evidence), Counter(new.evidence)
    told = [
        f"{words} {count} 条"
        for words, count in (
            ("新增成果", (has - had).total()), ("删去成果", (had - has).total()),
        )
        if count
    ]  # fmt: skip
    if old.profile != new.profile:
        told.append("简介、方向等资料有更改")
    return "，".join(told)


def _ids(standing: ChallengeStanding) -> set[str]:
    return {team for team, _ in standing.teams}


def _ordered(standing: ChallengeStanding, chosen: set[str]) -> list[str]:
    return [team for team, _ in standing.teams if team in chosen]


def _places(standing: ChallengeStanding, chosen: set[str]) -> dict[str, int]:
    return {team: n for n, team in enumerate(_ordered(standing, chosen), 1)}
