"""What the terminal shows: tables, progress on stderr, JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from matcher.progress import Progress

# Whether what is said for people goes aside, because a program reads the result.
_for_program: ContextVar[bool] = ContextVar("for_program", default=False)


def for_program(wanted: bool) -> None:
    """Keep stdout for one JSON text: `say` and `table` go aside from now on, or no longer."""
    _for_program.set(wanted)


def note(text: str) -> None:
    """A line for the person at the terminal; never mixed with results on stdout."""
    print(text, file=sys.stderr)  # noqa: T201


def announce(encoder: str) -> None:
    """Say aloud that there is no encoder, when none was asked for."""
    if encoder == "none":
        note("注意：未使用语义模型，只按用词匹配；说法不同的团队可能漏掉。")


def say(text: str) -> None:
    """A line of the result."""
    print(text, file=sys.stderr if _for_program.get() else sys.stdout)


def say_json(value: Any) -> None:
    """The result for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A progress bar on stderr, shown only when the work is worth one and a person is there."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    # Where nobody watches, a bar would leave an empty line.
    bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def table(
    title: str, headers: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, aside: bool = False
) -> None:
    """A table on stdout; ``aside`` puts it with the notes."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
    for header in headers:
        drawn.add_column(header, overflow="fold")
    for row in rows:
        # Cells are data: square brackets in a title are not markup.
        drawn.add_row(*(_plain(cell) for cell in row))
    Console(stderr=aside or _for_program.get()).print(drawn)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
