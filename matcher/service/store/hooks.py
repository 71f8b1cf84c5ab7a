"""Other systems that are told what happens: programs with a signature, robots of group chats."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from matcher.errors import InputError, NotFoundError
from matcher.service.clock import now
from matcher.service.store.database import Database

HookStyle = Literal["signed", "wecom", "dingtalk", "feishu"]
HOOK_STYLE_NAMES: dict[HookStyle, str] = {
    "signed": "程序接口（带签名）", "wecom": "企业微信群机器人", "dingtalk": "钉钉群机器人",
    "feishu": "飞书群机器人",
}  # fmt: skip
MOST_HOOKS = 20


@dataclass(frozen=True, slots=True)
class Hook:
    """One such system.

    Attributes:
        address: whoever knows that of a robot may write to its group: it is a secret.
        kinds: of messages it gets.
    """

    hook_id: int
    name: str
    style: HookStyle
    address: str
    secret: str
    kinds: tuple[str, ...]
    created: str


class Hooks:
    """Those of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, name: str, style: HookStyle, address: str, secret: str, kinds: tuple[str, ...]
    ) -> Hook:
        """A new one. Raises: InputError: too many."""
        if len(self.all()) >= MOST_HOOKS:
            raise InputError("外发地址太多", given=f"{MOST_HOOKS} 个", remedy="先删除不用的")
        with self._database.writing() as connection:
            made = connection.execute(
                """INSERT INTO hooks (name, style, address, secret, kinds, created)
                VALUES (?, ?, ?, ?, ?, ?)""",
                (name, style, address, secret, ",".join(kinds), now()),
            ).lastrowid
        assert made is not None
        return self.get(made)

    def all(self) -> tuple[Hook, ...]:
        """All of them, oldest first."""
        return tuple(map(_hook, self._database.rows("SELECT * FROM hooks ORDER BY id")))

    def get(self, hook_id: int) -> Hook:
        """One of them. Raises: NotFoundError."""
        row = self._database.row("SELECT * FROM hooks WHERE id = ?", (hook_id,))
        if row is None:
            raise NotFoundError("没有这个外发地址", given=hook_id, remedy="刷新列表")
        return _hook(row)

    def delete(self, hook_id: int) -> None:
        """Tell it no more; what waits for it is dropped. Raises: NotFoundError."""
        self.get(hook_id)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM hooks WHERE id = ?", (hook_id,))
            connection.execute(
                """UPDATE deliveries SET state = 'dropped', error = '外发地址已删除'
                WHERE channel = 'hook' AND target = ? AND state != 'sent'""",
                (hook_id,),
            )


def _hook(row: sqlite3.Row) -> Hook:
    fields = dict(row)
    kinds = tuple(filter(None, fields.pop("kinds").split(",")))
    return Hook(hook_id=fields.pop("id"), kinds=kinds, **fields)
