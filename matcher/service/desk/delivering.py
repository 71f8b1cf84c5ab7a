"""One delivery sent: to whom it goes now, and what came of it."""

from __future__ import annotations

import logging
from dataclasses import replace

from matcher.errors import NotFoundError
from matcher.service.context import Service
from matcher.service.sending import hooks, mail
from matcher.service.sending.outcome import InDoubtError, NotSentError
from matcher.service.store.deliveries import DELAYS, Delivery
from matcher.service.store.messages import CONFIRMING, FORGOTTEN

_log = logging.getLogger("matcher.service")
UNSUBSCRIBE = "unsubscribe"


def deliver(
    service: Service, delivery: Delivery, delays: tuple[float, ...] = DELAYS
) -> None:  # fmt: skip
    """Send a claimed delivery and note what came of it."""
    queue, number = service.deliveries, delivery.delivery_id
    try:
        unwanted = _send(service, delivery)
    except NotSentError as error:
        _log.warning("not delivered", extra={"channel": delivery.channel})
        if error.again:
            queue.put_off(delivery, error.reason, delays)
        else:
            queue.note(number, "dead", error.reason)
    except InDoubtError as error:
        queue.note(number, "doubt", error.reason)
    except Exception as error:
        # Whatever it was: nobody knows how far it came.
        _log.exception("delivery failed", extra={"channel": delivery.channel})
        queue.note(number, "doubt", f"程序内部错误：{type(error).__name__}")
    else:
        queue.note(number, "dropped" if unwanted else "sent", unwanted)


def _send(service: Service, delivery: Delivery) -> str:
    """Send it; why it is not wanted any more, or nothing."""
    if delivery.channel == "hook":
        try:
            hook = service.hooks.get(delivery.target)
        except NotFoundError:
            return "外发地址已删除"
        hooks.send(service.settings, hook, delivery)
        return ""
    account = service.accounts.by_id(delivery.target)
    confirming = delivery.kind == CONFIRMING
    if account is None or account.disabled or not account.email:
        return "账号已停用，或没有邮箱"
    if not (account.email_confirmed or confirming):
        return "邮箱还没有确认"
    if delivery.kind in service.messages.unwanted(account.account_id):
        return "本人不要这一类邮件"
    if not service.settings.sends_mail:
        raise NotSentError("没有配置邮件服务器")
    if delivery.kind == FORGOTTEN:
        delivery = replace(delivery, link=service.links.make(account.account_id))
    token = service.signing.token(UNSUBSCRIBE, account.account_id, delivery.kind)
    refusable = delivery.kind not in (CONFIRMING, FORGOTTEN)
    path = f"/unsubscribe/{delivery.kind}/{token}" if refusable else ""
    written = mail.compose(service.settings, delivery, account.name, account.email, path)
    mail.send(service.settings, written)
    return ""
