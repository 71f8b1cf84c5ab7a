"""Messages: every inbox once, mail to a real SMTP server, posts to a real receiver, kill -9."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from fastapi import FastAPI

from matcher.errors import InputError
from matcher.procedure import Party
from matcher.service.context import Caller as Asker
from matcher.service.context import Service
from matcher.service.courier import Courier
from matcher.service.desk import digests, messages
from matcher.service.desk.challenges import ChallengeQuery
from matcher.service.desk.delivering import deliver
from matcher.service.desk.notices import tell_events
from matcher.service.desk.subscriptions import SavedAsked, save
from matcher.service.sending.addresses import target_of
from matcher.service.settings import Settings
from matcher.service.store.accounts import Details
from matcher.service.store.messages import Told
from matcher.service.store.steps import Act

from .conftest import Cli
from .service import ENTERPRISE, UNIVERSITY, Caller, make_app, service_of

API = "/api/v1"
SITE = "https://jbgs.example.cn"
AT_ONCE = (0.0, 0.0)


class Mailbox:
    """What an SMTP server does with what it is sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: str = ""

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refused:
            return self.refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "hang up":
            server.transport.close()
            return "250 OK"
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return answer


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox(port)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box
    server.stop()


def mail_settings(mailbox: Mailbox) -> dict[str, Any]:
    return {
        "mail_host": "127.0.0.1", "mail_port": mailbox.port, "mail_security": "none",
        "mail_from": "noreply@jbgs.example.cn", "public_address": SITE,
    }  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with records and accounts, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    service_of(make_app(folder)).close()
    return folder


@pytest.fixture
def app(tmp_path: Path, filled: Path, mailbox: Mailbox) -> Iterator[FastAPI]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    made = make_app(tmp_path, **mail_settings(mailbox), hook_networks=("127.0.0.0/8",))
    yield made
    service_of(made).close()


@pytest.fixture
def service(app: FastAPI) -> Service:
    return service_of(app)


def has_mailbox(service: Service, name: str) -> int:
    made = service.accounts.change(name, Details(f"{name}@example.cn", True))
    return made.account_id


def told(key: str = "k1", **changes: Any) -> Told:
    given = {"kind": "case", "title": "邀请：高端轴承钢", "body": "需求方：邀请", "link": "/x"}
    return Told(**{"key": key, **given, **changes})


def send_all(service: Service, delays: tuple[float, ...] = AT_ONCE) -> None:
    while (delivery := service.deliveries.claim()) is not None:
        deliver(service, delivery, delays)


def test_a_mail_says_what_happened_and_how_to_refuse_it(service: Service, mailbox: Mailbox) -> None:
    account = has_mailbox(service, "enterprise")
    service.messages.post(told(), [account])
    send_all(service)
    (mail,) = mailbox.mails
    assert mail["To"].addresses[0].addr_spec == "enterprise@example.cn"
    assert mail["Subject"] == "【揭榜挂帅匹配】邀请：高端轴承钢"
    assert re.fullmatch("<[0-9a-f]{32}@jbgs.example.cn>", mail["Message-ID"])
    text = mail.get_content()
    assert f"查看：{SITE}/x" in text
    link = mail["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{SITE}/unsubscribe/case/")
    assert link in text
    assert service.deliveries.counted()["sent"] == 1


def test_nobody_is_told_twice(service: Service, mailbox: Mailbox) -> None:
    account = has_mailbox(service, "enterprise")
    assert service.messages.post(told(), [account, account]) == 1
    assert service.messages.post(told(), [account]) == 0
    send_all(service)
    assert (len(mailbox.mails), service.messages.unread(account)) == (1, 1)


def test_contacts_somebody_wrote_are_blotted_out_everywhere(
    service: Service, mailbox: Mailbox
) -> None:
    account = has_mailbox(service, "enterprise")
    body = "理由：请打王工 13900001111，或写 wang@example.org"
    service.messages.post(told(body=body), [account])
    send_all(service)
    kept = service.messages.page(account, False, 1, 10)[0][0].body
    for text in (kept, mailbox.mails[0].get_content()):
        assert "13900001111" not in text
        assert "wang@example.org" not in text


@pytest.mark.parametrize("change", ["unconfirmed", "unwanted", "disabled", "none"])
def test_who_does_not_want_mail_gets_none_but_has_it_in_the_inbox(
    service: Service, mailbox: Mailbox, change: str
) -> None:
    account = has_mailbox(service, "enterprise")
    if change == "unconfirmed":
        service.accounts.change("enterprise", Details("enterprise@example.cn", False))
    elif change == "unwanted":
        service.messages.set_unwanted(account, ["case"])
    elif change == "disabled":
        service.accounts.set_disabled("enterprise", True)
    else:
        service.accounts.change("enterprise", Details())
    service.messages.post(told(), [account])
    send_all(service)
    assert (mailbox.mails, service.messages.unread(account)) == ([], 1)


def test_what_was_refused_meanwhile_is_not_sent(service: Service, mailbox: Mailbox) -> None:
    account = has_mailbox(service, "enterprise")
    service.messages.post(told(), [account])
    service.messages.set_unwanted(account, ["case"])
    send_all(service)
    assert (mailbox.mails, service.deliveries.counted()["dropped"]) == ([], 1)


def test_a_server_that_is_busy_is_tried_again_with_the_same_message_id(
    service: Service, mailbox: Mailbox
) -> None:
    mailbox.answers = ["451 later", "451 later", "250 OK"]
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    first = service.deliveries.claim()
    assert first is not None
    deliver(service, first, AT_ONCE)
    waiting = service.deliveries.get(first.delivery_id)
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert "451" in waiting.error
    send_all(service)
    assert mailbox.mails[0]["Message-ID"] == f"<{first.message_id}@jbgs.example.cn>"


def test_tries_back_off_and_end(service: Service, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 later"] * 9
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    send_all(service, (3600.0,))  # the next try is not due
    (row,) = service.database.rows("SELECT state, due FROM deliveries")
    assert row["state"] == "waiting"
    assert 3500 < row["due"] - time.time() <= 3600
    service.database.write("UPDATE deliveries SET due = 0")
    send_all(service, (0.0,))
    assert service.deliveries.counted()["dead"] == 1


def test_a_mailbox_that_is_not_there_is_not_tried_again(service: Service, mailbox: Mailbox) -> None:
    mailbox.refused = "550 no such user"
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    send_all(service)
    assert service.deliveries.counted()["dead"] == 1
    mailbox.refused = ""
    (found,), _ = service.deliveries.page(("dead",), 1, 10)
    messages.resend(Asker(service), found.delivery_id)
    send_all(service)
    assert len(mailbox.mails) == 1


def test_no_answer_after_the_mail_was_handed_over_is_a_doubt(
    service: Service, mailbox: Mailbox
) -> None:
    mailbox.answers = ["hang up"]
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    send_all(service)
    assert service.deliveries.counted()["doubt"] == 1
    assert service.deliveries.claim() is None  # people decide


def test_a_server_that_is_away_loses_nothing(service: Service, mailbox: Mailbox) -> None:
    account = has_mailbox(service, "enterprise")
    away = service.settings.model_copy(update={"mail_port": 1})
    broken = Service(**{**service.__dict__, "settings": away})
    service.messages.post(told(), [account])
    delivery = service.deliveries.claim()
    assert delivery is not None
    deliver(broken, delivery, AT_ONCE)
    assert service.deliveries.get(delivery.delivery_id).state == "waiting"
    send_all(service)
    assert len(mailbox.mails) == 1


def test_without_configuration_nothing_is_queued(tmp_path: Path) -> None:
    service = service_of(make_app(tmp_path))
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    assert sum(service.deliveries.counted().values()) == 0


def test_a_link_in_a_mail_ends_that_kind_only(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    account = has_mailbox(service, "enterprise")
    service.messages.post(told(), [account])
    send_all(service)
    path = mailbox.mails[0]["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    reader = Caller(app)
    assert "退订" in reader.get(path).text
    assert service.messages.unwanted(account) == frozenset()  # a look changes nothing
    # As a mail program sends it by itself: without cookie or form token (RFC 8058).
    form = {"List-Unsubscribe": "One-Click"}
    assert Caller(app).client.post(path, data=form).status_code == 200
    assert service.messages.unwanted(account) == {"case"}
    other = path.replace("/case/", "/account/")
    assert reader.client.post(other).status_code == 404
    assert reader.client.post(path[:-1] + "0" * 2).status_code == 404


def test_an_address_gets_mail_once_its_reader_says_it_is_theirs(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    enterprise = Caller(app, "enterprise")
    wishes = {"email": "new@example.cn", "wanted": ["case"]}
    assert enterprise.post("/inbox/settings", data=wishes).status_code == 303
    account = service.accounts.get("enterprise")
    service.messages.post(told(), [account.account_id])
    send_all(service)
    (mail,) = mailbox.mails
    assert mail["Subject"].endswith("确认邮箱")
    found = re.search(f"{SITE}(/confirm-email/\\S+)", mail.get_content())
    assert found is not None
    reader = Caller(app)
    assert "new@example.cn" in reader.get(found[1]).text
    assert not service.accounts.get("enterprise").email_confirmed
    assert reader.post(found[1]).status_code == 200
    assert service.accounts.get("enterprise").email_confirmed
    assert service.messages.unwanted(account.account_id) == {
        "challenge", "account", "desk", "digest", "team"
    }  # fmt: skip
    enterprise.post("/inbox/settings", data={"email": "other@example.cn"})
    assert reader.post(found[1]).status_code == 404
    assert not service.accounts.get("enterprise").email_confirmed


def test_an_inbox_is_read_by_its_owner_only(app: FastAPI, service: Service) -> None:
    account = service.accounts.get("enterprise").account_id
    service.messages.post(told(), [account])
    enterprise, university = Caller(app, "enterprise"), Caller(app, "university")
    (one,) = enterprise.get(f"{API}/inbox").json()["items"]
    assert university.get(f"{API}/inbox").json()["total"] == 0
    number = one["message_id"]
    assert university.post(f"{API}/inbox/{number}/read").json() == {"read": 0}
    assert enterprise.post(f"{API}/inbox/{number}/read").json() == {"read": 1}
    assert enterprise.get(f"{API}/inbox?unread=true").json()["total"] == 0
    assert "高端轴承钢" in enterprise.get("/inbox").text


class Receiver(BaseHTTPRequestHandler):
    posts: ClassVar[list[tuple[str, dict[str, str], bytes]]]
    answer: ClassVar[tuple[int, bytes]]
    address: ClassVar[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posts.append((self.path, dict(self.headers), body))
        status, said = self.answer
        if not status:
            self.connection.close()
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def receiver() -> Iterator[type[Receiver]]:
    class Own(Receiver):
        posts: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []
        answer = (200, b'{"errcode": 0}')

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Own.address = f"http://127.0.0.1:{server.server_port}"
    yield Own
    server.shutdown()
    server.server_close()


def hooked(service: Service, receiver: Any, style: str, secret: str = "") -> str:
    new = messages.HookNew(
        name="接收方", style=style, address=f"{receiver.address}/in?token=t", secret=secret,  # type: ignore[arg-type]
        kinds=["case"],
    )  # fmt: skip
    made = messages.add_hook(Asker(service), new).secret
    service.messages.post_outside(told())
    service.messages.post_outside(told(key="k2", kind="desk"))
    send_all(service)
    return made


def test_a_program_can_tell_that_a_post_is_ours(service: Service, receiver: Any) -> None:
    secret = hooked(service, receiver, "signed")
    ((path, headers, body),) = receiver.posts
    assert path == "/in?token=t"
    signed = f"{headers['X-Matcher-Timestamp']}.".encode() + body
    mark = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Matcher-Signature"] == f"sha256={mark}"
    posted = json.loads(body)
    assert posted["id"] == headers["X-Matcher-Delivery"]
    assert (posted["title"], posted["link"]) == ("邀请：高端轴承钢", f"{SITE}/x")


def test_robots_get_the_json_they_want(service: Service, receiver: Any) -> None:
    hooked(service, receiver, "wecom")
    posted = json.loads(receiver.posts[0][2])
    assert posted["msgtype"] == "text"
    assert f"{SITE}/x" in posted["text"]["content"]


def test_a_robot_of_dingtalk_is_signed_in_its_address(service: Service, receiver: Any) -> None:
    hooked(service, receiver, "dingtalk", "SEC1")
    query = parse_qs(urlsplit(receiver.posts[0][0]).query)
    text = f"{query['timestamp'][0]}\nSEC1".encode()
    expected = base64.b64encode(hmac.new(b"SEC1", text, hashlib.sha256).digest()).decode()
    assert (query["sign"], query["token"]) == ([expected], ["t"])
    assert abs(int(query["timestamp"][0]) / 1000 - time.time()) < 60


def test_a_robot_of_feishu_is_signed_in_its_body(service: Service, receiver: Any) -> None:
    receiver.answer = (200, b'{"code": 0}')
    hooked(service, receiver, "feishu", "S2")
    posted = json.loads(receiver.posts[0][2])
    key = f"{posted['timestamp']}\nS2".encode()
    assert posted["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert posted["msg_type"] == "text"


@pytest.mark.parametrize(
    ("answer", "state"),
    [((503, b""), "waiting"), ((404, b""), "dead"), ((302, b""), "dead"), ((0, b""), "doubt"),
     ((200, b'{"errcode": 45009}'), "waiting"), ((200, b"<html>"), "waiting")],
)  # fmt: skip
def test_what_a_receiver_answers_decides(
    service: Service, receiver: Any, answer: tuple[int, bytes], state: str
) -> None:
    receiver.answer = answer
    messages.add_hook(
        Asker(service),
        messages.HookNew(name="x", style="wecom", address=receiver.address, kinds=["case"]),
    )
    service.messages.post_outside(told())
    delivery = service.deliveries.claim()
    assert delivery is not None
    deliver(service, delivery, (60.0,))
    assert service.deliveries.get(delivery.delivery_id).state == state


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/",
     "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
     "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://0x7f.1/", "https://0/",
     "https://2130706433/", "https://224.0.0.1/", "https://100.64.0.1/", "ftp://1.1.1.1/",
     "https://u:p@1.1.1.1/", "http://1.1.1.1/", "https:///x", "https://1.1.1.1:99999/",
     "https://[fe80::1]/", "nothing"],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(InputError, match="外发地址不能用"):
        target_of(address, ())


def test_a_public_address_and_an_allowed_network_are_not_refused() -> None:
    target = target_of("https://1.1.1.1/in?x=1", ())
    assert (target.url, target.host) == ("https://1.1.1.1:443/in?x=1", "1.1.1.1")
    networks = Settings(hook_networks=("10.0.0.0/8",)).hook_networks  # type: ignore[arg-type]
    assert target_of("http://10.2.3.4:8080/a", networks).url == "http://10.2.3.4:8080/a"
    with pytest.raises(InputError):
        target_of("http://192.168.0.1/", networks)


def test_a_name_is_asked_once_and_its_number_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that first points outside and then inside gains nothing."""
    answers: list[str] = ["1.1.1.1", "127.0.0.1"]

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    target = target_of("https://hook.example.cn/a", ())
    assert (target.url, target.name) == ("https://1.1.1.1:443/a", "hook.example.cn")
    assert len(answers) == 1


def invited(service: Service) -> None:
    who = service.accounts.get("enterprise").principal
    service.events.add("邀请", ("K1", "T1"), 0, (who.name, "demand"), [ENTERPRISE, UNIVERSITY])


def test_an_event_is_told_to_those_concerned_once(app: FastAPI, service: Service) -> None:
    invited(service)
    assert tell_events(service) == 1
    assert tell_events(service) == 0
    unread = {
        account.name: service.messages.unread(account.account_id)
        for account in service.accounts.all()
    }
    # Not who did it, nor who was given nothing.
    assert {name for name, count in unread.items() if count} == {"university", "staff"}
    assert unread["university"] == unread["staff"] == 1
    one = service.messages.page(service.accounts.get("staff").account_id, False, 1, 1)[0][0]
    assert one.title == "邀请：高端轴承钢洁净度（K1）（轴承钢团队）"
    assert one.link == "/pairs/one?challenge_id=K1&team_id=T1"


def test_whoever_was_given_a_challenge_learns_of_it(app: FastAPI, service: Service) -> None:
    broker, local = (service.accounts.get(name).account_id for name in ("broker", "local"))
    for account in (broker, local):
        service.grants.add(account, "challenge", "K1")
    invited(service)
    tell_events(service)
    # A broker does not learn of a team that it was not given.
    assert (service.messages.unread(broker), service.messages.unread(local)) == (0, 1)
    service.grants.add(broker, "team", "T1")
    invited(service)
    tell_events(service)
    assert service.messages.page(broker, True, 1, 1)[0][0].link == "/challenges/K1"


def test_a_move_of_a_pair_is_told_with_its_state_and_reason(service: Service) -> None:
    demand = service.accounts.get("enterprise").principal
    act = Act(demand, "demand", "对口，请打 13900001111")
    sides: dict[Party, str] = {"demand": ENTERPRISE, "team": UNIVERSITY}
    service.pairs.move(("K1", "T1"), "邀请", act, sides)
    tell_events(service)
    account = service.accounts.get("university").account_id
    (one,), _ = service.messages.page(account, False, 1, 5)
    assert "现在的状态：已邀请" in one.body
    assert "理由：对口，请打 ***" in one.body


def test_a_draft_is_told_by_its_title_and_never_by_its_hash(app: FastAPI, service: Service) -> None:
    enterprise = Caller(app, "enterprise")
    made = enterprise.post(f"{API}/drafts", json={"title": "高温合金", "problem": "裂纹"}).json()
    address = f"{API}/drafts/{made['draft_id']}/submission"
    assert enterprise.post(address, headers={"If-Match": "*"}).status_code == 200
    tell_events(service)
    (one,), _ = service.messages.page(service.accounts.get("staff").account_id, False, 1, 1)
    assert one.title == "提交：高温合金"
    assert "draft-" not in one.title + one.body
    assert one.link == f"/drafts/{made['draft_id']}"
    assert service.messages.unread(service.accounts.get("university").account_id) == 0


CHINA = ZoneInfo("Asia/Shanghai")


def test_a_digest_tells_what_is_new_and_once(app: FastAPI, service: Service) -> None:
    account = service.accounts.get("university")
    caller = Asker(service, account.principal)
    saved = save(caller, SavedAsked(name="全部", query=ChallengeQuery()))
    digests.set_digest(caller, saved.saved_id, digests.DigestAsked(every="daily"))
    tomorrow = datetime.now(CHINA) + timedelta(days=1, hours=1)
    assert digests.send_digests(service, tomorrow) == 0  # nothing new
    service.database.write("DELETE FROM digested WHERE challenge_id = 'K2'")
    assert digests.send_digests(service, tomorrow) == 0  # not due any more
    later = tomorrow + timedelta(days=1)
    assert digests.send_digests(service, later) == 1
    assert digests.send_digests(service, later) == 0
    (one,), total = service.messages.page(account.account_id, False, 1, 5)
    assert (one.title, total) == ("订阅“全部”新增 1 项难题", 1)
    assert "光刻胶树脂合成（K2）" in one.body
    digests.set_digest(caller, saved.saved_id, digests.DigestAsked(every="never"))
    assert service.database.rows("SELECT 1 FROM digests") == []


def test_staff_see_what_is_stuck_and_decide(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    mailbox.answers = ["554 no", "hang up"]
    account = has_mailbox(service, "enterprise")
    service.messages.post(told(), [account])
    service.messages.post(told(key="k2", title="另一条"), [account])
    send_all(service)
    staff = Caller(app, "staff")
    page = staff.get("/staff/messages").text
    assert "没有接受（554）" in page
    assert "enterprise@example.cn" not in page
    items = staff.get(f"{API}/messages/deliveries").json()["items"]
    assert {one["state"] for one in items} == {"dead", "doubt"}
    for one in items:
        address = f"{API}/messages/deliveries/{one['delivery_id']}/resending"
        assert staff.post(address).status_code == 200
        assert staff.post(address).status_code == 409
    send_all(service)
    assert len(mailbox.mails) == 2


def test_a_test_button_tries_the_real_server(
    app: FastAPI, service: Service, mailbox: Mailbox, receiver: Any
) -> None:
    staff = Caller(app, "staff")
    assert "没有邮箱" in staff.post("/staff/messages/test").text
    has_mailbox(service, "staff")
    assert "已接受测试邮件" in staff.post("/staff/messages/test").text
    assert mailbox.mails[0]["Subject"].endswith("测试消息")
    mailbox.refused = "550 no"
    assert "没有接受（550）" in staff.post("/staff/messages/test").text
    form = {"name": "群", "style": "wecom", "address": receiver.address, "kinds": "case"}
    assert staff.post("/staff/messages/hooks", data=form).status_code == 200
    assert "已收到测试消息" in staff.post("/staff/messages/hooks/1/test").text
    page = staff.get("/staff/messages").text
    assert receiver.address.removeprefix("http://") in page
    bad = {**form, "address": "https://169.254.169.254/"}
    assert "指向内部网络" in staff.post("/staff/messages/hooks", data=bad).text
    assert staff.post("/staff/messages/hooks/1/deletion").status_code == 303


def test_mail_needs_a_sender_and_an_address_of_the_site() -> None:
    with pytest.raises(ValueError, match="mail_from"):
        Settings(mail_host="mail.example.cn")


def waited(until: Callable[[], bool]) -> bool:
    for _ in range(200):
        if until():
            return True
        time.sleep(0.05)
    return False


def test_the_courier_sends_what_happens(service: Service, mailbox: Mailbox) -> None:
    has_mailbox(service, "university")
    courier = Courier(
        service.deliveries, lambda: tell_events(service), lambda x: deliver(service, x)
    )
    courier.start()
    try:
        invited(service)
        service.deliveries.called.set()
        assert waited(lambda: len(mailbox.mails) == 1)
    finally:
        courier.stop()


KILLED = """
import os, signal, sys
from pathlib import Path
from matcher.service.context import Service
from matcher.service.settings import Settings
from matcher.service.desk import delivering, notices
from matcher.service.sending import mail
from matcher.service.store.messages import Messages
folder, port, moment = sys.argv[1:]
service = Service.open(Settings(workspace=Path(folder), encoder="none", mail_host="127.0.0.1",
    mail_port=int(port), mail_security="none", mail_from="noreply@jbgs.example.cn",
    public_address="https://jbgs.example.cn"))
service.live.reopen()
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
real_send = mail.send
def send_and_die(*given):
    real_send(*given)
    die()
if moment == "while told":
    Messages.set_told_up_to = die
if moment == "before sending":
    mail.send = die
if moment == "after sending":
    mail.send = send_and_die
notices.tell_events(service)
while (one := service.deliveries.claim()) is not None:
    delivering.deliver(service, one)
die()
"""


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize(
    ("moment", "sent", "doubt"),
    [("while told", 0, 0), ("before sending", 0, 1), ("after sending", 1, 1)],
)
def test_a_killed_process_loses_nothing_and_tells_nobody_twice(
    tmp_path: Path, service: Service, mailbox: Mailbox, moment: str, sent: int, doubt: int
) -> None:
    university = has_mailbox(service, "university")
    invited(service)
    given = [str(tmp_path), str(mailbox.port), moment]
    ended = subprocess.run([sys.executable, "-c", KILLED, *given], check=False, timeout=120)
    assert ended.returncode == -9
    assert len(mailbox.mails) == sent
    # The next start: what was on its way is in doubt, the rest goes on.
    service.deliveries.recover()
    tell_events(service)
    assert service.messages.unread(university) == 1
    assert service.deliveries.counted()["doubt"] == doubt
    send_all(service)
    found, _ = service.deliveries.page(("doubt",), 1, 9)
    for one in found:
        messages.resend(Asker(service), one.delivery_id)
    send_all(service)
    # In doubt and sent again is the same mail again, by its Message-ID.
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert len(mailbox.mails) == 1 + sent
    assert service.messages.unread(university) == 1


def test_a_restored_backup_sends_nothing_by_itself(
    tmp_path: Path, service: Service, mailbox: Mailbox
) -> None:
    from matcher.index.backup import backup, restore

    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    backup(service.database.path, tmp_path / "kept.backup")
    send_all(service)
    restore(tmp_path / "kept.backup", service.database.path)
    send_all(service)
    assert len(mailbox.mails) == 1
    assert service.deliveries.counted()["doubt"] == 1


def test_the_service_starts_and_stops_with_its_courier(app: FastAPI, mailbox: Mailbox) -> None:
    from starlette.testclient import TestClient

    service = service_of(app)
    account = has_mailbox(service, "enterprise")
    with TestClient(app):
        service.messages.post(told(), [account])
        assert waited(lambda: len(mailbox.mails) == 1)


def test_from_the_command_line(cli: Cli, mailbox: Mailbox, tmp_path: Path) -> None:
    cli("messages", "test", "a@example.cn").refused("没有配置邮件服务器")
    config = tmp_path / "service.toml"
    lines = (f"{name} = {json.dumps(value)}" for name, value in mail_settings(mailbox).items())
    config.write_text("\n".join(lines), "utf-8")
    cli("messages", "test", "a", "--config", str(config)).refused("邮箱不对")
    assert "已接受" in cli("messages", "test", "a@example.cn", "--config", str(config)).out
    assert mailbox.mails[0]["To"] == "收信人 <a@example.cn>"
    mailbox.refused = "550 no"
    cli("messages", "test", "a@example.cn", "--config", str(config)).refused("550")


def test_what_is_stuck_on_the_command_line(service: Service, cli: Cli) -> None:
    service.messages.post(told(), [has_mailbox(service, "enterprise")])
    delivery = service.deliveries.claim()
    assert delivery is not None
    service.deliveries.recover()
    folder = ("-w", str(service.settings.workspace))
    assert cli("messages", "stuck", "--json", *folder).json[0]["state"] == "doubt"
    assert "不知是否发出" in cli("messages", "stuck", *folder).out
    assert cli("messages", "resend", "1", *folder).code == 0
    cli("messages", "resend", "1", *folder).refused("现在不能这样处理")
    assert service.deliveries.counted()["waiting"] == 1


def test_a_forgotten_password_is_set_by_a_mailed_link(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    has_mailbox(service, "enterprise")
    visitor = Caller(app)
    assert "忘了密码" in visitor.get("/sign-in").text
    answers = {
        visitor.post(f"{API}/set-password", json={"name": name}).text
        for name in ("enterprise", "university", "没有的人")
    }
    assert len(answers) == 1  # nobody learns who has an account
    visitor.post("/set-password", data={"name": "enterprise"})  # within ten minutes: one mail
    send_all(service)
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe"] is None
    found = re.search(f"{SITE}(/set-password/\\S+)", mail.get_content())
    assert found is not None
    rows = service.database.rows("SELECT * FROM deliveries")
    assert found[1] not in str([tuple(row) for row in rows])
    assert visitor.post(found[1], data={"password": "another good password"}).status_code == 303
    Caller(app).sign_in("enterprise", "another good password")


def test_without_mail_no_link_can_be_asked_for(tmp_path: Path) -> None:
    visitor = Caller(make_app(tmp_path))
    assert visitor.get("/set-password").status_code == 404
    assert visitor.post(f"{API}/set-password", json={"name": "staff"}).status_code == 404
    assert "忘了密码" not in visitor.get("/sign-in").text


def test_an_address_nobody_vouched_for_is_asked_first(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    details = Details(organisation_admin=True)
    service.accounts.add("管账号的", "enterprise", ENTERPRISE, "another good password", details)
    admin = Caller(app)
    admin.sign_in("管账号的", "another good password")
    admin.post("/colleagues", data={"name": "新同事", "email": "new@example.cn"})
    send_all(service)
    assert [mail["To"].addresses[0].addr_spec for mail in mailbox.mails] == ["new@example.cn"]
    staff = Caller(app, "staff")
    form = {"email": "new@example.cn", "region": "辽宁大连"}
    assert staff.post("/staff/accounts/one/新同事", data=form).status_code == 303
    assert not service.accounts.get("新同事").email_confirmed  # staff changed something else
    staff.post("/staff/accounts/one/新同事", data={**form, "email": "other@example.cn"})
    assert service.accounts.get("新同事").email_confirmed
