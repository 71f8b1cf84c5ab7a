"""What a table must hold to give records of a type."""

from __future__ import annotations

from typing import Annotated

from matcher.records import Challenge, Evidence, Header, Identifier, Outcome, Record, Team, headers


class _OwnedByTeam(Record):
    team_id: Annotated[
        Identifier, Header("团队编号", ("团队ID", "所属团队", "团队名称", "团队", "所属团队编号"))
    ]


class TeamEvidence(Evidence, _OwnedByTeam):
    """A row of an evidence table: a piece of evidence and the team it belongs to."""


# Of each group of fields, every record (and so every table) needs one.
_REQUIRED: dict[type[Record], tuple[tuple[str, ...], ...]] = {
    Challenge: (("challenge_id",), ("title", "problem")),
    Team: (("team_id",), ("team_name", "org_name")),
    Outcome: (("challenge_id",), ("team_id",), ("stage",)),
    TeamEvidence: (("team_id",),),
}


def required_groups(record_type: type[Record]) -> tuple[tuple[str, ...], ...]:
    """The groups of fields of which at least one must be filled in."""
    return _REQUIRED.get(record_type, ())


def field_labels(record_type: type[Record]) -> dict[str, str]:
    """Field → Chinese header."""
    return {name: mark.name for name, mark in headers(record_type)}


def id_field(record_type: type[Record]) -> str | None:
    """The field of the id that can be made from the content where a table has none."""
    return _REQUIRED[record_type][0][0] if record_type in (Challenge, Team) else None
