"""Posts to other systems: signed for programs, as group robots want them for people."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import quote

import httpx

from matcher.errors import InputError
from matcher.service.sending.addresses import target_of
from matcher.service.sending.outcome import InDoubtError, NotSentError
from matcher.service.settings import Settings
from matcher.service.store.deliveries import Delivery
from matcher.service.store.hooks import Hook

_SECONDS = 15.0
_LONGEST_ANSWER = 64 * 1024
# Robots take about two kilobytes of text; a Chinese character is three bytes.
_LONGEST_TEXT = 600


def send(settings: Settings, hook: Hook, delivery: Delivery) -> None:
    """Post a delivery.

    Raises:
        NotSentError: the system was not reached, or did not take it.
        InDoubtError: it was posted and no answer came.
    """
    address, headers, body = request_of(settings, hook, delivery, int(time.time()))
    try:
        target = target_of(address, settings.hook_networks)
    except InputError as error:
        raise NotSentError(f"{error.what}：{error.given}", again="查不到" in str(error.given)
                           ) from error  # fmt: skip
    sent = {**headers, "Host": target.host, "Content-Type": "application/json; charset=utf-8"}
    with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:
        request = client.build_request(
            "POST", target.url, headers=sent, content=body,
            extensions={"sni_hostname": target.name},
        )  # fmt: skip
        _judge(hook, *_answer(client, request))


def request_of(
    settings: Settings, hook: Hook, delivery: Delivery, moment: int
) -> tuple[str, dict[str, str], bytes]:
    """Address, headers and body of a post made at a moment (seconds)."""
    text = "\n".join([f"【{settings.title}】{delivery.title}", delivery.body])[:_LONGEST_TEXT]
    if settings.public_address:
        text = f"{text}\n{settings.public_address}{delivery.link}"
    if hook.style == "signed":
        return _signed(settings, hook, delivery, moment)
    if hook.style == "feishu":
        posted: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if hook.secret:
            mark = _mark(f"{moment}\n{hook.secret}".encode(), b"")
            posted = {"timestamp": str(moment), "sign": mark, **posted}
        return hook.address, {}, _json(posted)
    address = hook.address
    if hook.style == "dingtalk" and hook.secret:
        stamp = str(moment * 1000)
        mark = _mark(hook.secret.encode(), f"{stamp}\n{hook.secret}".encode())
        address = f"{address}&timestamp={stamp}&sign={quote(mark, safe='')}"
    return address, {}, _json({"msgtype": "text", "text": {"content": text}})


def signature(secret: str, moment: int, body: bytes) -> str:
    """How a program knows that a post is ours: over its time and its body."""
    signed = str(moment).encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _signed(
    settings: Settings, hook: Hook, delivery: Delivery, moment: int
) -> tuple[str, dict[str, str], bytes]:
    body = _json(
        {"id": delivery.message_id, "kind": delivery.kind, "title": delivery.title,
         "text": delivery.body, "link": f"{settings.public_address}{delivery.link}",
         "at": delivery.created}
    )  # fmt: skip
    headers = {
        "X-Matcher-Delivery": delivery.message_id,
        "X-Matcher-Timestamp": str(moment),
        "X-Matcher-Signature": signature(hook.secret, moment, body),
    }
    return hook.address, headers, body


def _answer(client: httpx.Client, request: httpx.Request) -> tuple[int, bytes]:
    try:
        response = client.send(request, stream=True)
        try:
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _LONGEST_ANSWER:
                    break
        finally:
            response.close()
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NotSentError(f"连不上对方（{type(error).__name__}）") from error
    except httpx.HTTPError as error:
        raise InDoubtError(f"已发给对方，没有等到答复（{type(error).__name__}）") from error
    return response.status_code, body


def _judge(hook: Hook, status: int, body: bytes) -> None:
    """Whether the other side took it; robots say in the body that they did not."""
    if not 200 <= status < 300:
        raise NotSentError(f"对方没有接受（{status}）", again=status >= 500 or status in (408, 429))
    if hook.style == "signed":
        return
    try:
        said = json.loads(body)
        code = said.get("errcode", said.get("code", said.get("StatusCode", 0)))
    except (ValueError, AttributeError):
        raise NotSentError("对方的答复看不懂，不像群机器人") from None
    if code != 0:
        raise NotSentError(f"群机器人没有接受（{str(code)[:20]}）")


def _mark(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
