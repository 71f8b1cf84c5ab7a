"""Records and the rows they own in a table of its own: which piece is whose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from matcher.corpora.headers.kinds import OWNED, Owned
from matcher.corpora.reading import Reject, unread_note
from matcher.corpora.rows.collecting import Collected
from matcher.corpora.spool import Spool
from matcher.records import Record, Source, Team

T = TypeVar("T", bound=Record)


def companion(path: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The evidence file beside a CSV of teams, and words on further ones that are not read."""
    found = [
        beside
        for suffix in OWNED[Team][0].sheets
        if (beside := path.with_name(f"{path.stem}_{suffix}.csv")).is_file()
    ]
    unread = tuple(f"成果文件 {other.name} 没有读取" for other in found[1:])
    return (found[0] if found else None), unread


def attach(owners: Collected[T], rows: Collected[Any], owned: Owned) -> Collected[T]:
    """Records with the rows of a separate table, in its order, after what they had."""
    by_owner: dict[str, list[Record]] = defaultdict(list)
    known = _owners(owners.records, owned)
    rejects: Spool[Reject] = Spool()
    rejects.extend(owners.rejects)
    rejects.extend(rows.rejects)
    for row in rows.records:
        named = getattr(row, owned.owner_id)
        if named in known:
            values = {field: getattr(row, field) for field in owned.part.model_fields}
            by_owner[known[named]].append(owned.part.model_construct(**values))
        else:
            rejects.append(_stray(row, rows, owned, named in owners.refused_ids))
    records: Spool[T] = Spool()
    for record in owners.records:
        more = by_owner.get(getattr(record, owned.owner_id))
        parts = (*getattr(record, owned.field), *(more or ()))
        records.append(record.model_copy(update={owned.field: parts}) if more else record)
    label = owned.label
    nested = {
        f"{label}.{column}": f"{owned.field}.{field}" for column, field in rows.mapping.items()
    }
    unread = (unread_note(sheet) for sheet in rows.unread)
    return replace(
        owners, records=records.kept(), rejects=rejects.kept(), mapping=owners.mapping | nested,
        guesses=owners.guesses | {f"{label}.{c}": guess for c, guess in rows.guesses.items()},
        unknown=(*owners.unknown, *(f"{label}.{column}" for column in rows.unknown)),
        notes=(*owners.notes, *(f"{label}：{text}" for text in (*rows.notes, *unread))),
        omitted=owners.omitted + rows.omitted, count=owners.count + rows.count,
    )  # fmt: skip


def _owners(records: Sequence[Record], owned: Owned) -> dict[str, str]:
    """What rows may call their owner: the id, or a name that only one has."""
    ids = [(getattr(r, owned.name), getattr(r, owned.owner_id)) for r in records]
    names = Counter(name for name, _ in ids if name)
    owners = {name: owner for name, owner in ids if names[name] == 1}
    return owners | {owner: owner for _, owner in ids}


def _stray(row: Any, rows: Collected[Any], owned: Owned, refused: bool) -> Reject:
    column = next((c for c, field in rows.mapping.items() if field == owned.owner_id), None)
    source, owner = row.source or Source(file=rows.source.name), owned.owner
    return Reject(
        file=rows.source.name,
        sheet=source.sheet,
        row=source.row,
        column=column,
        value=getattr(row, owned.owner_id),
        reason=f"所属{owner}的那一行被拒收" if refused else f"{owner}库中没有这个编号",
        expected=f"{owner}表中已有的{owner}编号",
        remedy=f"先修好该{owner}的那一行" if refused else f"改正编号，或在{owner}表中补上该{owner}",
        original={c: getattr(row, field) for c, field in rows.mapping.items()} | row.extra,
    )
