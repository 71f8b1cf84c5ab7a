"""Many accounts from one table: shown first, with every row that cannot be used; then made."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matcher.corpora.formats.format import Objects, Works
from matcher.corpora.formats.registry import inspect_file, read_file
from matcher.corpora.grid import Grid, GridRow
from matcher.corpora.reading import Reject
from matcher.errors import InputError
from matcher.report.faces.tables import write_tables
from matcher.report.tables.table import Column, Table
from matcher.service.access import ROLE_NAMES, Role
from matcher.service.context import Caller
from matcher.service.desk.accounts import PasswordLink, charge, make_link
from matcher.service.desk.uploads import as_file, keep_upload, kept_upload, safe_name
from matcher.service.store.accounts import Account, Details, check_account
from matcher.service.store.grants import stated_region
from matcher.service.views import View

MOST_ROWS = 2000
# The first of each is what the page asks for.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("账号", "账号名", "用户名"),
    "role": ("角色", "类别", "账号类型"),
    "organisation": ("单位", "单位全称", "单位名称"),
    "region": ("所在省市", "地区", "省市"),
    "email": ("邮箱", "电子邮箱", "邮件"),
    "organisation_admin": ("单位管理员", "管理员"),
}
_ROLES: Mapping[str, Role] = {
    **{name: role for role, name in ROLE_NAMES.items() if role != "public"},
    "高校": "university", "科研院所": "university", "经纪人": "broker", "专家": "expert",
    **{role: role for role in ROLE_NAMES if role != "public"},
}  # fmt: skip
_YES = frozenset({"是", "√", "y", "yes", "1", "true"})


class BulkRow(View):
    """An account that would be made."""

    row: int
    name: str
    role: str
    organisation: str
    region: str
    email: str
    organisation_admin: bool


class BulkPreview(View):
    """What a table of accounts would do; nothing is written yet."""

    upload_id: str
    file: str
    rows: list[BulkRow]
    rejects: Annotated[list[str], Field(description="不能用的行：哪一格，原因，应为，处理")]


class BulkMade(View):
    """The accounts that were made, each with the link that opens it, told this once."""

    made: list[PasswordLink]
    rejects: list[str]


@dataclass(frozen=True, slots=True)
class _Row:
    shown: BulkRow
    details: Details


class _BadCellError(Exception):
    """A cell that cannot be used."""

    def __init__(self, column: str, value: str, reason: str, expected: str, remedy: str) -> None:
        self.column, self.value = column, value
        self.reason, self.expected, self.remedy = reason, expected, remedy
        super().__init__(reason)


def upload(caller: Caller, name: str, content: bytes) -> BulkPreview:
    """Keep a table and show what it would do. Raises: InputError: it cannot be read."""
    shown = safe_name(name)
    _read(caller, shown, content)
    upload_id = secrets.token_hex(8)
    keep_upload(caller, upload_id, shown, content)
    return preview(caller, upload_id)


def preview(caller: Caller, upload_id: str) -> BulkPreview:
    """The same table against the accounts there are now. Raises: NotFoundError; InputError."""
    name, content = kept_upload(caller.service, upload_id)
    rows, rejects = _read(caller, name, content)
    return BulkPreview(
        upload_id=upload_id, file=name, rows=[row.shown for row in rows],
        rejects=[reject.message for reject in rejects],
    )  # fmt: skip


def commit(caller: Caller, upload_id: str) -> BulkMade:
    """Make the accounts of the rows that can be used, all or none. Raises: as `preview`."""
    name, content = kept_upload(caller.service, upload_id)
    rows, rejects = _read(caller, name, content)
    if not rows:
        raise InputError("没有一行能用", given=name, remedy="改好以后重新上传")
    with caller.service.database.writing():
        made = [make_link(caller, _add(caller, row)) for row in rows]
        caller.note("account.import", upload_id, accounts=len(made))
    return BulkMade(made=made, rejects=[reject.message for reject in rejects])


def _add(caller: Caller, row: _Row) -> Account:
    role: Role = _ROLES[row.shown.role]
    made = caller.service.accounts.add(
        row.shown.name, role, row.shown.organisation, None, row.details
    )
    charge(caller, made)
    return made


def blank() -> bytes:
    """A table of accounts to be filled in."""
    roles = tuple(name for role, name in ROLE_NAMES.items() if role != "public")
    columns = tuple(
        Column[None](names[0], lambda _: "", xlsx=36 if field == "organisation" else 18)
        for field, names in HEADERS.items()
    )
    note = f"角色写：{'、'.join(roles)}。所在省市如 辽宁大连。单位管理员写“是”，别的不填。"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "账号.xlsx"
        write_tables("账号", [Table("账号", columns, (), note=note, printed=True)], path)
        return path.read_bytes()


def _read(caller: Caller, name: str, content: bytes) -> tuple[list[_Row], list[Reject]]:
    """The rows that can be used, and the others. Raises: InputError."""
    taken = {account.name: "账号名已有人用" for account in caller.service.accounts.all()}
    rows: list[_Row] = []
    rejects: list[Reject] = []
    with as_file(name, content) as path:
        held = read_file(inspect_file(path))
        grids = [] if isinstance(held, Objects | Works) else held
        for grid in (part for part in grids if isinstance(part, Grid)):
            for row, columns in _rows_of(grid):
                cells = {field: _text(row, place) for field, place in columns.items()}
                try:
                    found = _row(row.number, cells, taken)
                except _BadCellError as error:
                    at = HEADERS[error.column][0]
                    rejects.append(Reject(
                        name, grid.sheet, row.number, at, error.value, error.reason,
                        error.expected, error.remedy,
                    ))  # fmt: skip
                    continue
                taken[found.shown.name] = "与上面一行的账号名相同"
                rows.append(found)
    if not (rows or rejects):
        raise InputError(
            "没有认出账号的表", given=name, remedy="表头里要有“账号”“角色”“单位”",
            expected="、".join(names[0] for names in HEADERS.values()),
        )  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise InputError("行太多", given=f"{len(rows)} 行", expected=f"不超过 {MOST_ROWS} 行",
                         remedy="分成几个文件")  # fmt: skip
    return rows, rejects


def _rows_of(grid: Grid) -> Iterator[tuple[GridRow, dict[str, int]]]:
    """The rows below the header, each with where the fields are; none without a header."""
    columns: dict[str, int] = {}
    for row in grid.rows:
        if not columns:
            columns = _columns(row)
        elif any(_text(row, place) for place in columns.values()):
            yield row, columns


def _columns(row: GridRow) -> dict[str, int]:
    texts = ["".join(str(cell or "").split()) for cell in row.cells]
    found = {
        field: texts.index(known)
        for field, names in HEADERS.items()
        for known in names
        if known in texts
    }
    return found if {"name", "role"} <= found.keys() else {}


def _row(number: int, cells: Mapping[str, str], taken: Mapping[str, str]) -> _Row:
    role = _ROLES.get(cells["role"].lower())
    if role is None:
        known = "、".join(name for role, name in ROLE_NAMES.items() if role != "public")
        raise _BadCellError("role", cells["role"] or "空", "不认识的角色", known, "改正")
    name, organisation = cells["name"], cells.get("organisation", "")
    if name in taken:
        raise _BadCellError("name", name, taken[name], "没有人用的名字", "换一个名字，或删掉这一行")
    region, email = cells.get("region", ""), cells.get("email", "")
    admin = cells.get("organisation_admin", "").lower() in _YES
    try:
        place = stated_region(region) if region else ("", "")
    except InputError as error:
        raise _bad("region", error) from error
    details = Details(email, bool(email), *place, admin)
    for field, tried in (("name", (name, role, "x", Details())),
                         ("organisation", (name, role, organisation, Details())),
                         ("email", (name, role, organisation, Details(email))),
                         ("organisation_admin", (name, role, organisation, details))):  # fmt: skip
        try:
            check_account(*tried)
        except InputError as error:
            raise _bad(field, error) from error
    shown = BulkRow(row=number, name=name, role=role, organisation=organisation,
                    region="".join(dict.fromkeys(place)), email=email,
                    organisation_admin=admin)  # fmt: skip
    return _Row(shown, details)


def _bad(field: str, error: InputError) -> _BadCellError:
    given = "空" if error.given is None else str(error.given)
    return _BadCellError(field, given, error.what, error.expected or "", error.remedy or "改正")


def _text(row: GridRow, place: int) -> str:
    cell = row.cells[place] if place < len(row.cells) else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split()) if cell is not None else ""
