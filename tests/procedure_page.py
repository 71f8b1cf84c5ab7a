"""The procedures as they stand in docs/procedure.md: a diagram and a table of every move."""

from __future__ import annotations

from matcher.procedure.moves import NOTHING, PARTIES, PARTY_NAMES, Move, Procedure

_HEAD = "| 步骤 | 谁 | 从 | 到 | 理由 | 告知 | 可撤销 | 收不回的 | 训练结果 |"


def diagram(procedure: Procedure) -> str:
    """A state diagram for Mermaid; moves between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in procedure:
        for source in (NOTHING, *procedure.states):
            if source in move.sources:
                arrows.setdefault((source, move.target), []).append(move.name)
    lines = [
        f"    {source or '[*]'} --> {target}: {'、'.join(names)}"
        for (source, target), names in arrows.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def table(procedure: Procedure) -> str:
    """Every move on a line of its own."""
    rows = [_row(procedure, move) for move in procedure]
    return "\n".join([_HEAD, "|---" * (_HEAD.count("|") - 1) + "|", *rows])


def _row(procedure: Procedure, move: Move) -> str:
    who = "、".join(PARTY_NAMES[party] for party in PARTIES if party in move.who)
    sources = [state for state in procedure.states if state in move.sources]
    if NOTHING in move.sources:
        sources.insert(0, "（尚未开始）")
    told = "、".join(PARTY_NAMES[party] for party in PARTIES if party in move.told)
    cells = (
        move.name, who, "、".join(sources), move.target, "须写" if move.needs_reason else "",
        told, "是" if move.undoable else "否", move.kept, move.outcome or "",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
