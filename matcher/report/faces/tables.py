"""Declared tables alone, without a report around them: a workbook or a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from matcher.atomic import atomic_path
from matcher.errors import InputError
from matcher.report.faces.sheets import Page, Shown, write_pages
from matcher.report.tables.table import Table, Value

_STYLE = (
    "body{font:14px/1.6 'Microsoft YaHei',sans-serif;margin:24px;color:#1d2b3a}"
    "h1{font-size:22px}h2{font-size:17px;margin-top:28px}p{color:#55606b}"
    "div{overflow-x:auto}table{border-collapse:collapse;min-width:100%}"
    "th,td{border:1px solid #ccd4dc;padding:4px 8px;text-align:left;vertical-align:top}"
    "th{background:#eef3f8}td.n{text-align:right;font-variant-numeric:tabular-nums}"
)


def write_tables(title: str, tables: Sequence[Table[Any]], path: Path) -> None:
    """Write tables as .xlsx or .html; the same tables give the same file.

    Raises:
        InputError: another ending. StorageError: the disk refuses.
    """
    if path.suffix.lower() not in (".xlsx", ".html"):
        raise InputError("只写成 .xlsx 或 .html", given=path.name, remedy="改扩展名")
    with atomic_path(path) as temporary:
        if path.suffix.lower() == ".html":
            temporary.write_text(page_of(title, tables), encoding="utf-8", newline="\n")
        else:
            write_pages(title, [_sheet(table) for table in tables], temporary)


def page_of(title: str, tables: Sequence[Table[Any]]) -> str:
    """The page as text: self-contained, everything of the records escaped."""
    parts = "".join(table_html(table) for table in tables)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{parts}</body></html>"
    )


def table_html(table: Table[Any]) -> str:
    """One table with its name and note."""
    heads = "".join(f'<th scope="col">{escape(h)}</th>' for h in table.headers("html"))
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return (
        f"<h2>{escape(table.name)}</h2>{note}<div><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(table: Table[Any], row: Any) -> str:
    return "".join(
        f"<td{' class=n' if column.look.number else ''}>{escape(column.text(row))}</td>"
        for column in table.on("html")
    )


def _sheet(table: Table[Any]) -> Page:
    rows = tuple(tuple(map(_shown, values)) for values in table.values("xlsx"))
    return Page(table, rows, table.printed)


def _shown(value: Value) -> Shown:
    return value if value is None or isinstance(value, str | int | float) else str(value)
