"""The optional language model: off by default, told little, asked once, never evidence."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from matcher import Challenge
from matcher.errors import InputError, ModelError
from matcher.language_model import FILE, PREFIX, LanguageModel, TermCache, configured
from matcher.workspace import Workspace

from .conftest import Cli
from .service import Caller, make_app

ASKED = Challenge(
    challenge_id="C", title="连铸坯中心偏析", problem="鞍山某钢厂芯部开裂，联系张三 13900001111",
    demand_org="鞍山某钢厂", contact_name="张三", contact_phone="024-88881111",
    contact_email="zhang@example.com", bounty_wan=4321, intended_partners=("东海大学",),
)  # fmt: skip
TERMS = ["凝固末端轻压下", "macrosegregation", "中心偏析"]


class Answering:
    """An OpenAI-compatible server on this computer that says what it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.status, self.content = 200, f"好的：\n```json\n{json.dumps(TERMS)}\n```"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, dict(self.headers.items()), body))
                answer = json.dumps({"choices": [{"message": {"content": outer.content}}]})
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_words_come_back_marked_as_the_models(server: Answering, tmp_path: Path) -> None:
    model = LanguageModel(server.address, "m", TermCache(tmp_path / "c.sqlite"), key="k-1")
    found = model.ask(ASKED)
    assert [(s.term, s.origin, s.of) for s in found] == [
        ("凝固末端轻压下", "语言模型", "m"), ("macrosegregation", "语言模型", "m"),
    ]  # fmt: skip
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer k-1"
    assert body["model"] == "m"
    assert "k-1" not in repr(model)


def test_contacts_names_and_money_are_never_sent(server: Answering, tmp_path: Path) -> None:
    LanguageModel(server.address, "m", TermCache(tmp_path / "c.sqlite")).ask(ASKED)
    _, headers, body = server.asked[0]
    assert "Authorization" not in headers
    sent = json.dumps(body, ensure_ascii=False)
    assert "芯部开裂" in sent
    for private in ("鞍山某钢厂", "张三", "13900001111", "88881111", "zhang@", "4321", "东海大学"):
        assert private not in sent


def test_a_question_is_asked_once(server: Answering, tmp_path: Path) -> None:
    cache = TermCache(tmp_path / "c.sqlite")
    first = LanguageModel(server.address, "m", cache).ask(ASKED)
    again = LanguageModel(server.address, "m", TermCache(tmp_path / "c.sqlite"))
    assert again.known(ASKED) == again.ask(ASKED) == first
    assert len(server.asked) == 1
    other = ASKED.model_copy(update={"title": "电渣重熔"})
    assert again.known(other) == ()
    assert len(server.asked) == 1
    again.ask(other)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (500, "[]", "HTTP 500"),
        (302, "[]", "HTTP 302"),
        (200, "我不知道", "无法理解"),
        (200, "[1, {", "无法理解"),
        (200, "x" * 70_000, "字节"),
    ],
)
def test_a_bad_answer_is_told_and_not_kept(
    server: Answering, tmp_path: Path, status: int, content: str, told: str
) -> None:
    server.status, server.content = status, content
    cache = TermCache(tmp_path / "c.sqlite")
    with pytest.raises(ModelError, match=told):
        LanguageModel(server.address, "m", cache, "k-1").ask(ASKED)
    assert len(cache) == 0


def test_a_server_that_is_not_there_is_told_without_the_key(tmp_path: Path) -> None:
    gone = LanguageModel("http://127.0.0.1:9/v1", "m", TermCache(tmp_path / "c.sqlite"), "k-1")
    with pytest.raises(ModelError, match="没有给出回答") as refused:
        gone.ask(ASKED)
    assert "k-1" not in str(refused.value)


def test_it_is_off_unless_set_and_a_file_serves_too(tmp_path: Path) -> None:
    assert configured(tmp_path, {}) is None
    (tmp_path / "m.toml").write_text('address = "https://a.cn/v1/"\nname = "n"\nkey = "k"\n')
    of_file = configured(tmp_path, {FILE: str(tmp_path / "m.toml")})
    assert of_file is not None
    assert (of_file.address, of_file.name, of_file.key) == ("https://a.cn/v1", "n", "k")
    both = configured(tmp_path, {FILE: str(tmp_path / "m.toml"), f"{PREFIX}NAME": "other"})
    assert both is not None
    assert both.name == "other"
    for wrong in ({f"{PREFIX}KEY": "k"}, {f"{PREFIX}ADDRESS": "ftp://x", f"{PREFIX}NAME": "n"}):
        with pytest.raises(InputError, match="不完整"):
            configured(tmp_path, wrong)
    with pytest.raises(InputError, match="设置文件"):
        configured(tmp_path, {FILE: str(tmp_path / "none.toml")})


def test_the_command_asks_only_when_told(
    cli: Cli, server: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Workspace(tmp_path / "ws", encoder=None).put_challenges([ASKED])
    base = ("terms", "C", "-w", "ws", "--encoder", "none")
    cli(*base, "--ask").refused("没有设定语言模型", f"{PREFIX}ADDRESS")
    monkeypatch.setenv(f"{PREFIX}ADDRESS", server.address)
    monkeypatch.setenv(f"{PREFIX}NAME", "m")
    cli(*base)
    assert server.asked == []
    said = cli(*base, "--ask", "--json").json
    assert {"term": "凝固末端轻压下", "origin": "语言模型", "of": "m"} in said["suggested"]
    assert said["search_terms"] == []


def test_ticked_words_are_kept_with_the_challenge_and_can_go_again(
    tmp_path: Path, server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(tmp_path)
    somebody = Caller(app, "enterprise")
    made = somebody.post("/api/v1/drafts", json={"title": ASKED.title, "problem": ASKED.problem})
    where = f"/drafts/{made.json()['draft_id']}"
    page = somebody.get(where).text
    assert 'name="suggested" value="电磁搅拌" form="draft"' in page
    assert 'value="ask"' not in page

    def save(**fields: Any) -> str:
        version = re.search(r'name="version" value="(\w+)"', somebody.get(where).text)
        assert version
        form = {"title": ASKED.title, "problem": ASKED.problem, "version": version[1], **fields}
        answer = somebody.post(where, data=form, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def kept() -> list[str]:
        found = somebody.get(f"/api/v1{where}").json()["fields"]["search_terms"]
        return [str(term) for term in found]

    save(suggested=["电磁搅拌", "轻压下"], search_terms="自填的词")
    assert kept() == ["自填的词", "电磁搅拌", "轻压下"]
    save(search_terms="自填的词；轻压下")
    assert kept() == ["自填的词", "轻压下"]
    monkeypatch.setenv(f"{PREFIX}ADDRESS", server.address)
    monkeypatch.setenv(f"{PREFIX}NAME", "m")
    assert 'value="ask"' in somebody.get(where).text
    assert server.asked == []
    asked = save(then="ask", search_terms="轻压下")
    assert 'value="macrosegregation" form="draft"' in asked
    assert "（语言模型）" in asked
    assert kept() == ["轻压下"]
    server.status = 503
    version = re.search(r'name="version" value="(\w+)"', somebody.get(where).text)
    assert version
    other = {"title": "电渣重熔", "version": version[1], "then": "ask"}
    failed = somebody.post(where, data=other)
    assert failed.status_code == 422
    assert "语言模型没有给出回答" in failed.text
