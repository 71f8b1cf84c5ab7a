"""``matcher serve | backup | restore | accounts``: the service, its data, who may use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, StorageError

if TYPE_CHECKING:
    from matcher.service.store.accounts import Accounts

accounts = typer.Typer(
    name="accounts", help="网页和接口的账号。", no_args_is_help=True, rich_markup_mode=None
)
_Name = Annotated[str, typer.Argument(help="账号名。")]
_Stdin = Annotated[bool, typer.Option("--stdin", help="从标准输入读密码（一行），不提问。")]


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="设置文件（.toml）。")] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", envvar="MATCHER_WORKSPACE", help="工作区目录。"),
    ] = None,
    encoder: Annotated[
        str | None, typer.Option("--encoder", envvar="MATCHER_ENCODER", help="语义模型。")
    ] = None,
    ranker: Annotated[
        str | None, typer.Option("--ranker", help="排序方法；不写则用工作区选用的。")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="监听地址；默认只听本机。")] = None,
    port: Annotated[int | None, typer.Option("--port", "-p", help="端口。")] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="在同一工作区已有的服务旁边再开一个进程。")
    ] = False,
) -> None:
    """在工作区上开网页和接口，直到收到停止信号。

    Python: matcher.service.serving.serve
    """
    # Matchings share the cores among themselves; threads of the matrix library within each would
    # spin for a core that another one has. Read when that library is loaded, which is below.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from matcher.service.serving import serve as run
    from matcher.service.settings import read_settings

    settings = read_settings(
        config, workspace=workspace, encoder=encoder, ranker=ranker, host=host, port=port,
        beside=beside or None,
    )  # fmt: skip
    address = f"http://{settings.host}:{settings.port}/"
    note(f"工作区 {settings.workspace}；打开 {address}（Ctrl-C 停止）")
    run(settings)


def backup(
    target: Annotated[Path, typer.Argument(help="备份写到哪个文件。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """把工作区备份成一个文件：某一时刻的全部内容，写好并核对之后才出现。

    服务运行时也可以备份。

    Python: matcher.index.backup.backup
    """
    from matcher.index.backup import backup as copy
    from matcher.workspace import STORE_FILE, Workspace

    Workspace(workspace, encoder=None).status()
    size = copy(workspace / STORE_FILE, target)
    say(f"已备份：{target} ({size / 1e6:.1f} MB)")
    try:
        write_audit(workspace, "backup", target.name)
    except StorageError as error:  # what is on a disk that fails is to be saved all the more
        note(f"审计没有记下这次备份：{error}")


def restore(
    source: Annotated[Path, typer.Argument(help="matcher backup 写的文件。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    yes: Annotated[bool, typer.Option("--yes", help="不再确认。")] = False,
) -> None:
    """用备份替换工作区的全部内容，要么全部，要么不动；网页的登录随之结束。

    Python: matcher.index.backup.restore
    """
    from matcher.index.backup import restore as put_back
    from matcher.workspace import STORE_FILE

    store = workspace / STORE_FILE
    if store.exists() and not yes:
        typer.confirm(f"将替换 {workspace} 的全部内容，继续?", abort=True)
    put_back(source, store)
    write_audit(workspace, "restore", source.name)
    say(f"已恢复：{workspace}")


@accounts.command("add")
def add(
    name: _Name,
    role: Annotated[
        str, typer.Option("--role", help="staff、local、broker、expert、enterprise 或 university。")
    ],
    organisation: Annotated[str, typer.Option("--organisation", help="单位全称。")] = "",
    stdin: _Stdin = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """新增账号；密码当场输入两次，或从标准输入读，从不写在命令行上。

    Python: matcher.service.store.accounts.Accounts.add
    """
    opened = _accounts(workspace, encoder)
    made = opened.add(name, role, organisation, _password(stdin))  # type: ignore[arg-type]
    write_audit(workspace, "account.add", made.name)
    say(f"已新增账号 {made.name} ({made.role})")


@accounts.command("list")
def list_all(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """列出账号。

    Python: matcher.service.store.accounts.Accounts.all
    """
    from dataclasses import asdict

    found = _accounts(workspace, encoder).all()
    if as_json:
        say_json([asdict(account) for account in found])
        return
    rows = [(a.name, a.role, a.organisation, "停用" if a.disabled else "正常") for a in found]
    table("账号", ("账号", "角色", "单位", "状态"), rows)


@accounts.command("password")
def password(
    name: _Name,
    stdin: _Stdin = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """改密码，并结束这个账号的全部登录；锁定的账号随之解锁。

    Python: matcher.service.store.accounts.Accounts.set_password
    """
    opened = _accounts(workspace, encoder)
    opened.set_password(opened.get(name).name, _password(stdin))
    write_audit(workspace, "account.password", name)
    say(f"已改密码：{name}")


@accounts.command("disable")
def disable(
    name: _Name,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """停用账号：登录和接口密钥立刻失效。

    Python: matcher.service.store.accounts.Accounts.set_disabled
    """
    _set_disabled(name, True, workspace, encoder)
    say(f"已停用：{name}")


@accounts.command("enable")
def enable(
    name: _Name,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """重新启用账号。

    Python: matcher.service.store.accounts.Accounts.set_disabled
    """
    _set_disabled(name, False, workspace, encoder)
    say(f"已启用：{name}")


def _set_disabled(name: str, disabled: bool, workspace: Path, encoder: str) -> None:
    _accounts(workspace, encoder).set_disabled(name, disabled)
    write_audit(workspace, "account.disable" if disabled else "account.enable", name)


def _accounts(workspace: Path, encoder: str) -> Accounts:
    from matcher.service.store.accounts import Accounts
    from matcher.service.store.database import Database
    from matcher.workspace import STORE_FILE, Workspace

    Workspace(workspace, encoder=encoder).make()
    return Accounts(Database(workspace / STORE_FILE))


def write_audit(workspace: Path, action: str, target: str) -> None:
    """What is done beside the service is in its audit log too."""
    from contextlib import closing

    from matcher.service.access import COMMAND_LINE
    from matcher.service.store.audit import Audit
    from matcher.service.store.database import Database
    from matcher.workspace import STORE_FILE

    with closing(Database(workspace / STORE_FILE)) as database:
        Audit(database).write(COMMAND_LINE, action, target)


def _password(stdin: bool) -> str:
    from getpass import getpass

    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("密码：")
    if getpass("再输一次：") != first:
        raise InputError("两次输入的密码不一样", remedy="重新运行，两次输入相同的密码")
    return first
