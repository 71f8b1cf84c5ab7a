"""``matcher messages``: whether mail can go out, what is stuck."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.console import say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from matcher.cli.serving import write_audit
from matcher.errors import InputError

messages = typer.Typer(
    name="messages", help="消息的发送：试发邮件，看没有发出的，重新发送。", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip


@messages.command("test")
def send_test(
    address: Annotated[str, typer.Argument(help="试发到哪个邮箱。")],
    config: Annotated[
        Path | None, typer.Option("--config", help="服务的设置文件（.toml），同 matcher serve。")
    ] = None,
) -> None:
    """按设置里的邮件服务器试发一封邮件。

    Python: matcher.service.sending.mail.send
    """
    from matcher.service.clock import now
    from matcher.service.sending import mail
    from matcher.service.sending.outcome import InDoubtError, NotSentError
    from matcher.service.settings import EMAIL, read_settings
    from matcher.service.store.deliveries import Delivery

    settings = read_settings(config)
    if not settings.sends_mail:
        raise InputError("没有配置邮件服务器", expected="设置 mail_host、mail_from、public_address",
                         remedy="写进设置文件，用 --config 指明")  # fmt: skip
    if not EMAIL.fullmatch(address):
        raise InputError("邮箱不对", given=address, expected="如 name@example.cn", remedy="改正")
    tried = Delivery(
        0, "mail", 0, "test", "desk", "测试消息", "收到它，就说明发得出去。", "/", "sending", 1, "",
        now(), now(),
    )  # fmt: skip
    try:
        mail.send(settings, mail.compose(settings, tried, "收信人", address, ""))
    except (NotSentError, InDoubtError) as error:
        raise InputError(
            "没有发出", given=error.reason, remedy="核对设置里 mail_ 开头的各项"
        ) from error
    say(f"邮件服务器已接受，请到 {address} 查收")


@messages.command("stuck")
def stuck(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """列出没有发出的、不知是否发出的，最近的在前。

    Python: matcher.service.store.deliveries.Deliveries.page
    """
    from matcher.service.store.database import Database
    from matcher.service.store.deliveries import DELIVERY_STATE_NAMES, Deliveries

    with closing(Database(_store(workspace))) as database:
        found, total = Deliveries(database).page(("dead", "doubt"), 1, 1000)
    if as_json:
        say_json([
            {"delivery_id": x.delivery_id, "channel": x.channel, "title": x.title,
             "state": x.state, "error": x.error, "updated": x.updated} for x in found
        ])  # fmt: skip
        return
    rows = [(str(x.delivery_id), x.title, DELIVERY_STATE_NAMES[x.state], x.error) for x in found]
    table(f"要处理的（共 {total} 条）", ("编号", "消息", "状态", "原因"), rows)


@messages.command("resend")
def resend(
    delivery_id: Annotated[int, typer.Argument(help="编号，见 matcher messages stuck。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """把一条放回队列；服务运行时随即发送，邮件的 Message-ID 不变。

    Python: matcher.service.store.deliveries.Deliveries.resend
    """
    from matcher.service.store.database import Database
    from matcher.service.store.deliveries import Deliveries

    with closing(Database(_store(workspace))) as database:
        Deliveries(database).resend(delivery_id)
    write_audit(workspace, "delivery.resend", str(delivery_id))
    say(f"已放回队列：{delivery_id}")


def _store(workspace: Path) -> Path:
    from matcher.workspace import STORE_FILE, Workspace

    Workspace(workspace, encoder=None).status()
    return workspace / STORE_FILE
