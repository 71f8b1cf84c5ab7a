"""Teams and the evidence that a table of its own holds: which piece is whose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from matcher.corpora.headers.kinds import TeamEvidence
from matcher.corpora.layout.selecting import EVIDENCE_SHEETS
from matcher.corpora.reading import Reject, unread_note
from matcher.corpora.rows.collecting import Collected
from matcher.corpora.spool import Spool
from matcher.records import Evidence, Source, Team


def companion(path: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The evidence file beside a CSV of teams, and words on further ones that are not read."""
    found = [
        beside
        for suffix in EVIDENCE_SHEETS
        if (beside := path.with_name(f"{path.stem}_{suffix}.csv")).is_file()
    ]
    unread = tuple(f"成果文件 {other.name} 没有读取" for other in found[1:])
    return (found[0] if found else None), unread


def attach(teams: Collected[Team], rows: Collected[TeamEvidence]) -> Collected[Team]:
    """Teams with the evidence of a separate table, in its order, after what they had."""
    by_team: dict[str, list[Evidence]] = defaultdict(list)
    known = _owners(teams.records)
    rejects: Spool[Reject] = Spool()
    rejects.extend(teams.rejects)
    rejects.extend(rows.rejects)
    for row in rows.records:
        owner = known.get(row.team_id)
        if owner is not None:
            values = {field: getattr(row, field) for field in Evidence.model_fields}
            by_team[owner].append(Evidence.model_construct(**values))
        else:
            rejects.append(_stray(row, rows, row.team_id in teams.refused_ids))
    records: Spool[Team] = Spool()
    for team in teams.records:
        more = by_team.get(team.team_id)
        evidence = (*team.evidence, *(more or ()))
        records.append(team.model_copy(update={"evidence": evidence}) if more else team)
    nested = {f"成果.{column}": f"evidence.{field}" for column, field in rows.mapping.items()}
    unread = (unread_note(sheet) for sheet in rows.unread)
    return replace(
        teams, records=records.kept(), rejects=rejects.kept(), mapping=teams.mapping | nested,
        guesses=teams.guesses | {f"成果.{c}": guess for c, guess in rows.guesses.items()},
        unknown=(*teams.unknown, *(f"成果.{column}" for column in rows.unknown)),
        notes=(*teams.notes, *(f"成果: {text}" for text in (*rows.notes, *unread))),
        omitted=teams.omitted + rows.omitted, count=teams.count + rows.count,
    )  # fmt: skip


def _owners(teams: Sequence[Team]) -> dict[str, str]:
    """What evidence may call its team: the id, or a name that only one team has."""
    names = Counter(team.team_name for team in teams if team.team_name)
    owners = {team.team_name: team.team_id for team in teams if names[team.team_name] == 1}
    return owners | {team.team_id: team.team_id for team in teams}


def _stray(row: TeamEvidence, rows: Collected[TeamEvidence], refused: bool) -> Reject:
    column = next((c for c, field in rows.mapping.items() if field == "team_id"), None)
    source = row.source or Source(file=rows.source.name)
    return Reject(
        file=rows.source.name,
        sheet=source.sheet,
        row=source.row,
        column=column,
        value=row.team_id,
        reason="所属团队的那一行被拒收" if refused else "团队库中没有这个编号",
        expected="团队表中已有的团队编号",
        remedy="先修好该团队的那一行" if refused else "改正编号, 或在团队表中补上该团队",
        original={c: getattr(row, field) for c, field in rows.mapping.items()} | row.extra,
    )
