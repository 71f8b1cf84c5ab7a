"""Sign-in by OpenID Connect, against a real provider on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from matcher.errors import InputError
from matcher.service.openid import Provider
from matcher.service.settings import Settings

from .service import Caller, make_app, service_of

oidc_provider_mock = pytest.importorskip("oidc_provider_mock")
SUBJECT = "gov-0001"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def app(tmp_path: Path, issuer: str) -> FastAPI:
    return make_app(
        tmp_path, openid_issuer=issuer, openid_client_id="matcher", openid_client_secret="s"
    )


def at_the_provider(address: str, subject: str = SUBJECT) -> str:
    """Sign in there; the path one is sent back to."""
    answer = httpx.post(address, data={"sub": subject}, trust_env=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def sent(somebody: Caller, path: str = "/sign-in/openid") -> str:
    answer = somebody.get(path)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def bound(app: FastAPI, name: str = "enterprise") -> None:
    somebody = Caller(app, name)
    assert somebody.get(at_the_provider(sent(somebody))).headers["location"] == "/account"


def test_who_bound_an_account_gets_in_by_the_provider(app: FastAPI) -> None:
    bound(app)
    assert "已绑定" in Caller(app, "enterprise").get("/account").text
    visitor = Caller(app)
    assert "用统一身份认证登录" in visitor.get("/sign-in").text
    back = at_the_provider(sent(visitor, "/sign-in/openid?next=/drafts"))
    answer = visitor.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/drafts")
    assert "enterprise" in visitor.get("/account").text
    acts = [line.action for line in service_of(app).audit.lines(account="enterprise")[0]]
    assert acts[0] == "sign-in"


def test_an_identity_nobody_bound_opens_nothing(app: FastAPI) -> None:
    visitor = Caller(app)
    answer = visitor.get(at_the_provider(sent(visitor), "stranger"))
    assert answer.status_code == 422
    assert "还没有绑定账号" in answer.text
    assert visitor.get("/account").status_code == 303


def test_a_closed_account_is_not_opened(app: FastAPI) -> None:
    bound(app)
    service_of(app).accounts.set_disabled("enterprise", True)
    visitor = Caller(app)
    assert visitor.get(at_the_provider(sent(visitor))).status_code == 422


def test_an_identity_opens_one_account(app: FastAPI) -> None:
    bound(app)
    other = Caller(app, "university")
    answer = other.get(at_the_provider(sent(other)))
    assert "已绑定别的账号" in answer.text
    assert not service_of(app).identities.bound(
        service_of(app).accounts.get("university").account_id
    )


def test_what_is_unbound_opens_nothing_any_more(app: FastAPI) -> None:
    bound(app)
    assert Caller(app, "enterprise").post("/account/identity/removal").status_code == 303
    visitor = Caller(app)
    assert visitor.get(at_the_provider(sent(visitor))).status_code == 422


def test_a_sign_in_comes_back_to_the_browser_that_began_it_and_once(app: FastAPI) -> None:
    bound(app)
    attacker, victim = Caller(app), Caller(app)
    back = at_the_provider(sent(attacker))
    assert victim.get(back).status_code == 422
    assert attacker.get(back).status_code == 303
    assert attacker.get(back).status_code == 422


def test_a_sign_in_ends_with_time(app: FastAPI) -> None:
    bound(app)
    visitor = Caller(app)
    back = at_the_provider(sent(visitor))
    service_of(app).database.write("UPDATE sign_in_flows SET created = created - 601")
    assert "已经过期" in visitor.get(back).text


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied&state=x"])
def test_whatever_comes_back_without_a_beginning_is_refused(app: FastAPI, query: str) -> None:
    assert Caller(app).get(f"/sign-in/openid/return{query}").status_code == 422


def test_what_is_asked_of_the_provider(app: FastAPI) -> None:
    query = parse_qs(urlsplit(sent(Caller(app))).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert query["scope"] == ["openid"]
    assert query["nonce"]
    assert query["redirect_uri"] == ["http://testserver/sign-in/openid/return"]


def test_without_a_provider_nothing_is_offered(tmp_path: Path) -> None:
    visitor = Caller(make_app(tmp_path))
    assert "统一身份认证" not in visitor.get("/sign-in").text
    assert visitor.get("/sign-in/openid").status_code == 422


def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    app = make_app(tmp_path, openid_issuer="http://localhost:1", openid_client_id="matcher")
    assert "暂时不能用" in Caller(app).get("/sign-in/openid").text


@pytest.mark.parametrize(
    "given",
    [{"openid_issuer": "http://sso.example.cn", "openid_client_id": "x"},
     {"openid_issuer": "https://sso.example.cn"}],
)  # fmt: skip
def test_settings_that_are_not_safe(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="openid"):
        Settings(**given)  # type: ignore[arg-type]


KEY = RSAKey.generate_key(2048, {"kid": "1"})
OTHER = RSAKey.generate_key(2048, {"kid": "1"})
GOOD = {"iss": "https://sso.example.cn", "aud": "matcher", "sub": "1", "nonce": "n"}


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [({"iss": "https://evil.example"}, KEY, "RS256"), ({"aud": "other"}, KEY, "RS256"),
     ({"nonce": "other"}, KEY, "RS256"), ({"exp": 1}, KEY, "RS256"), ({"azp": "x"}, KEY, "RS256"),
     ({"sub": None}, KEY, "RS256"), ({}, OTHER, "RS256"), ({}, None, "none")],
)  # fmt: skip
def test_a_token_that_proves_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], key: RSAKey | None, algorithm: str
) -> None:
    told = {**GOOD, "iat": int(time.time()), "exp": int(time.time()) + 60, **change}
    claims = {name: value for name, value in told.items() if value is not None}
    provider = Provider(
        Settings(openid_issuer="https://sso.example.cn", openid_client_id="matcher")
    )
    monkeypatch.setattr(
        provider, "_described",
        lambda: ({"token_endpoint": "https://sso.example.cn/token"}, KeySet([KEY])),
    )  # fmt: skip
    token = (
        jwt.encode({"alg": algorithm, "kid": "1"}, claims, key) if key
        else "eyJhbGciOiJub25lIn0." + jwt.encode({"alg": "RS256"}, claims, KEY).split(".")[1] + "."
    )  # fmt: skip
    monkeypatch.setattr(
        "authlib.integrations.httpx_client.OAuth2Client.fetch_token",
        lambda *_, **__: {"id_token": token},
    )
    with pytest.raises(InputError, match="没有通过"):
        provider.finish("https://x/", "code", "n", "v")


def test_the_same_token_unchanged_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {**GOOD, "iat": int(time.time()), "exp": int(time.time()) + 60}
    provider = Provider(
        Settings(openid_issuer="https://sso.example.cn", openid_client_id="matcher")
    )
    monkeypatch.setattr(provider, "_described", lambda: ({"token_endpoint": "x"}, KeySet([KEY])))
    token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)
    monkeypatch.setattr(
        "authlib.integrations.httpx_client.OAuth2Client.fetch_token",
        lambda *_, **__: {"id_token": token},
    )
    assert provider.finish("https://x/", "code", "n", "v").subject == "1"
