"""What an import would do: every file held against the workspace and against the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from matcher.alliances import held_against, strange_programmes
from matcher.corpora import FileContent, Reading, Reject
from matcher.corpora.duplicates.reconciling import Reconciled, reconcile, with_evidence
from matcher.corpora.headers.kinds import READABLE, Kind, KindName
from matcher.corpora.headers.listing import ListedAchievement
from matcher.errors import InputError
from matcher.garbage import collected_seldom
from matcher.index.store import Side
from matcher.intake.expected import Expected
from matcher.records import Challenge, Team
from matcher.records.alliance import Alliance
from matcher.workspace import Change, Workspace

_SHOWN = 20
_STRAYS_SHOWN = 10
_LOOKED_AT = 100_000


@dataclass(frozen=True)
class Part:
    """What a file holds of one kind, and how it goes in.

    Attributes:
        kind: of the records read.
        reading: what the file gave.
        records: as they are stored: with ids of their own, merged; of evidence, its teams.
        side: where they are stored; None for outcomes and alliances.
        identity: which of them are, or may be, others in disguise.
        unknown: what is named and is not there, by what it is called.
        strays: the teams that evidence names and nobody has.
        change: what it would change, of what is not kept with challenges and teams.
        doubts: what may be there already, in words.
    """

    kind: Kind
    reading: Reading[Any]
    records: Sequence[Any] = ()
    side: Side | None = None
    identity: Reconciled[Any] = field(default_factory=lambda: Reconciled(()))
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    change: Change | None = None
    doubts: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to look at before it goes in, in words."""
        unknown = (_unknown(what, ids) for what, ids in self.unknown.items())
        return (*self.identity.notes, *unknown, *self.doubts)


@dataclass(frozen=True)
class FilePreview:
    """A file, its parts, and whether rows that cannot be used keep it out."""

    content: FileContent
    parts: tuple[Part, ...] = ()
    refused: bool = False

    @property
    def rejects(self) -> tuple[Sequence[Reject], ...]:
        """The rejects of each reading that has any."""
        return tuple(r.rejects for r in self.content.readings if r.rejects)


@dataclass(frozen=True)
class Preview:
    """All files of one import."""

    files: tuple[FilePreview, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What goes in, in the order it does: teams before their evidence."""
        accepted = [part for file in self.files if not file.refused for part in file.parts]
        return tuple(sorted(accepted, key=lambda part: _turn(part.kind)))

    @property
    def alliances(self) -> tuple[Alliance, ...]:
        """The alliances that are new or changed, as they are to be kept."""
        parts = (part for part in self.parts if part.kind.record is Alliance)
        return tuple(record for part in parts for record in part.records)

    @property
    def obstacle(self) -> InputError | None:
        """What keeps everything out, if anything does."""
        listing = next((p for p in self.parts if p.kind.record is ListedAchievement), None)
        if listing is not None:
            return _is_listing(listing.reading)
        strays = dict.fromkeys(stray for part in self.parts for stray in part.strays)
        if not strays:
            return None
        return InputError(
            "成果所属的团队不在工作区里", given="、".join(list(strays)[:_STRAYS_SHOWN]),
            expected="已导入的团队编号", remedy="先导入团队库，或改正团队编号",
        )  # fmt: skip

    @collected_seldom()
    def changes(self, workspace: Workspace) -> dict[int, Change]:
        """What each part would change, by its ``id``; evidence and outcomes are not compared."""
        compared = [part for part in self.parts if part.side is not None and part.kind.makes_ids]
        found = workspace.changes([(_side(part), part.records) for part in compared])
        told = {id(part): part.change for part in self.parts if part.change is not None}
        return {**told, **dict(zip(map(id, compared), found, strict=True))}


@collected_seldom()
def look(
    workspace: Workspace, contents: Iterable[FileContent], *, merging: bool = False,
    partial: bool = True, alliances: Sequence[Alliance] = (),
) -> Preview:  # fmt: skip
    """Hold what files contain against the workspace, and against each other. Nothing is written.

    Args:
        workspace: need not be there yet.
        contents: as `matcher.corpora.read_any_of` gives them.
        merging: whether records that surely are others are merged with them.
        partial: whether a file goes in without its rows that cannot be used, or not at all.
        alliances: those that are kept.
    """
    plan = _Plan(workspace, merging, alliances)
    files = list(contents)
    kept_out = [not partial and any(r.rejects for r in file.readings) for file in files]
    parts: dict[int, dict[Kind, Part]] = {number: {} for number in range(len(files))}
    for kind in sorted(READABLE, key=_turn):
        for number, file in enumerate(files):
            reading = file.by_kind.get(kind.name)
            if reading is not None:
                way = _only_shown if kept_out[number] else _WAYS[kind.name]
                parts[number][kind] = way(plan, kind, reading)
    return Preview(
        tuple(
            FilePreview(file, tuple(made[kind] for kind in READABLE if kind in made), refused)
            for file, made, refused in zip(files, parts.values(), kept_out, strict=True)
        )
    )


class _Plan:
    """The workspace as it will be, part by part."""

    def __init__(self, workspace: Workspace, merging: bool, alliances: Sequence[Alliance]) -> None:
        there = workspace.exists
        self.merging = merging
        self.alliances = {one.alliance_id: one for one in alliances}
        self.challenges: Expected[Challenge] = Expected(workspace.challenges() if there else {})
        self.teams: Expected[Team] = Expected(workspace.teams() if there else {})


def _challenges(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    found = reconcile(reading.records, plan.challenges, merging=plan.merging)
    plan.challenges.add(found.records)
    return Part(kind, reading, found.records, "challenge", found)


def _teams(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    found = reconcile(reading.records, plan.teams, merging=plan.merging)
    plan.teams.add(found.records)
    return Part(kind, reading, found.records, "team", found)


def _evidence(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    changed, strays = with_evidence(plan.teams, reading.records)
    plan.teams.add(changed)
    return Part(kind, reading, changed, "team", strays=tuple(strays))


def _outcomes(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    """Outcomes may come before what they are about; a slip in an id looks just the same."""
    stated = reading.records
    named = {
        "榜单编号": (o.challenge_id for o in stated if o.challenge_id not in plan.challenges),
        "团队编号": (o.team_id for o in stated if o.team_id not in plan.teams),
    }
    unknown = {what: tuple(dict.fromkeys(ids)) for what, ids in named.items()}
    return Part(kind, reading, stated, unknown={k: v for k, v in unknown.items() if v})


def _alliances(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    found = held_against(reading.records, tuple(plan.alliances.values()))
    records = (*found.added, *found.changed)
    plan.alliances |= {one.alliance_id: one for one in records}
    change = Change(len(found.added), len(found.changed), found.unchanged)
    doubts = tuple(
        f"疑似重复：{one} 与 {'、'.join(others)}，请核对" for one, others in found.suspects.items()
    )
    strange = tuple(
        f"没有认出是哪项计划：{name}（{'、'.join(ids)}），请照政策写计划全称"
        for name, ids in strange_programmes(records).items()
    )
    return Part(kind, reading, records, change=change, doubts=(*doubts, *strange))


def _is_listing(reading: Reading[Any]) -> InputError:
    """Papers, patents or projects of many people are neither challenges nor teams."""
    kinds = Counter(work.kind for work in islice(reading.records, _LOOKED_AT))
    held = "、".join(f"{kind} {count} 项" for kind, count in kinds.most_common())
    return InputError(
        "这是成果清单，不是榜单，也不是团队库", given=f"{reading.file}：{held}",
        expected="榜单、团队库、结果，或写明团队编号的成果",
        remedy="用 matcher library build 由清单建立团队库；都属于一个团队的，用 --team 团队编号；"
        "确是榜单的，用 --as challenges",
    )  # fmt: skip


# How each kind goes in; later ones may need earlier ones.
_WAYS: dict[KindName, Callable[[_Plan, Kind, Reading[Any]], Part]] = {
    "teams": _teams, "evidence": _evidence, "challenges": _challenges, "outcomes": _outcomes,
    "achievements": lambda plan, kind, reading: Part(kind, reading), "alliances": _alliances,
}  # fmt: skip


def _turn(kind: Kind) -> int:
    return list(_WAYS).index(kind.name)


def _only_shown(plan: _Plan, kind: Kind, reading: Reading[Any]) -> Part:
    return Part(kind, reading)


def _side(part: Part) -> Side:
    assert part.side is not None
    return part.side


def _unknown(what: str, ids: Sequence[str]) -> str:
    more = f" 等 {len(ids)} 个" if len(ids) > _SHOWN else ""
    return f"{what}不在工作区里：{'、'.join(ids[:_SHOWN])}{more}；写错的改正后再导入"
