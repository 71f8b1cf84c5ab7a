"""Sign-in by an OpenID Connect provider: code flow with PKCE, state and nonce, all checked."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from matcher.errors import InputError
from matcher.service.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

_SECONDS = 10.0
_KEPT_SECONDS = 3600.0
_CLOCKS_APART = 60
# Signed with a key of the provider's own: a shared secret or none would prove nothing.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "ES384", "ES512"]


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in under way at the provider: what of it must come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at a provider."""

    issuer: str
    subject: str


class Provider:
    """The provider of the settings; what it says of itself is asked when first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: tuple[float, dict[str, Any], KeySet] | None = None

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return bool(self._settings.openid_issuer)

    def begin(self, redirect: str) -> Flow:
        """Where somebody is sent to sign in. Raises: InputError: the provider does not answer."""
        described, _ = self._described()
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        with self._client(redirect) as client:
            address, state = client.create_authorization_url(
                described["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        return Flow(address, state, nonce, verifier)

    def finish(self, redirect: str, code: str, nonce: str, verifier: str) -> Identity:
        """Who came back with a code.

        Raises:
            InputError: the provider does not know the code, or what it says proves nothing.
        """
        from authlib.common.errors import AuthlibBaseError

        described, keys = self._described()
        try:
            with self._client(redirect) as client:
                answer = client.fetch_token(
                    described["token_endpoint"], code=code, code_verifier=verifier
                )
            token = jwt.decode(str(answer["id_token"]), keys, algorithms=_ALGORITHMS)
            self._check(token.claims, nonce)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, ValueError) as error:
            # A key may have been changed since it was asked for.
            self._known = None
            raise InputError(
                "统一身份认证没有通过", given=type(error).__name__, remedy="重新登录一次"
            ) from error
        return Identity(str(token.claims["iss"]), str(token.claims["sub"]))

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        client_id = self._settings.openid_client_id
        jwt.JWTClaimsRegistry(
            leeway=_CLOCKS_APART,
            iss={"essential": True, "value": self._settings.openid_issuer},
            aud={"essential": True, "value": client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        if claims.get("azp", client_id) != client_id:
            raise ValueError("the token was made for another program")

    def _described(self) -> tuple[dict[str, Any], KeySet]:
        """What the provider says of itself, and its keys; asked once an hour."""
        if self._known is not None and time.monotonic() - self._known[0] < _KEPT_SECONDS:
            return self._known[1], self._known[2]
        issuer = self._settings.openid_issuer
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
                path = "/.well-known/openid-configuration"
                answer = client.get(f"{issuer.rstrip('/')}{path}").raise_for_status()
                described = answer.json()
                if described["issuer"] != issuer:
                    raise ValueError("another issuer")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    if urlsplit(described[name]).scheme != urlsplit(issuer).scheme:
                        raise ValueError("not as safe as the issuer")
                keys = client.get(described["jwks_uri"]).raise_for_status().json()
            found = KeySet.import_key_set(keys)
        except (httpx.HTTPError, JoseError, KeyError, ValueError, TypeError) as error:
            raise InputError(
                "统一身份认证暂时不能用", given=type(error).__name__,
                remedy="用账号和密码登录，或请管理人员核对设置 openid_issuer",
            ) from error  # fmt: skip
        self._known = (time.monotonic(), described, found)
        return described, found

    def _client(self, redirect: str) -> OAuth2Client:
        # Importing it sets a filter of warnings: not before there is a provider.
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self._settings.openid_client_id, self._settings.openid_client_secret.get_secret_value(),
            scope="openid", redirect_uri=redirect, code_challenge_method="S256",
            timeout=_SECONDS, trust_env=False,
        )  # fmt: skip
