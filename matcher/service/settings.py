"""What the service is told: a file, the environment, the command line; checked before it starts."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError
from matcher.models import RankerChoice

PREFIX = "MATCHER_SERVICE_"
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项设置",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "literal_error": "不是可选的值之一",
    "string_pattern_mismatch": "写法不对",
    "ip_any_network": "应为网段，如 10.1.0.0/16",
    "tuple_type": "应为列表，如 [\"a\", \"b\"]",
}  # fmt: skip


class Settings(BaseSettings):
    """Settings of a running service; environment variables are ``MATCHER_SERVICE_`` + the name.

    Attributes:
        workspace: the folder served.
        encoder, ranker, reranker: as for the command line; without them, what the workspace uses.
        beside: answer beside another service over the same workspace, and leave to that one what is
            done in the background: jobs, messages, the work of the day.
        host, port: where to listen. A host that others reach needs `tls` or `plain_http`.
        hosts: names under which browsers reach the service; others are refused.
        tls: a TLS proxy stands in front: cookies are Secure, HSTS is sent.
        plain_http: listen to others without TLS all the same (a closed network).
        proxies: addresses whose ``X-Forwarded-For`` and ``-Proto`` are believed.
        title: shown at the head of every page.
        public_lists: published challenges may be read without an account.
        registration: whoever wants an account may ask for one on a page; staff decide.
        upload_mb, upload_seconds: the largest request body, and how long it may take to arrive; an
            answer may lie as long before some more of it is taken.
        header_seconds: how long the headers of a request may take to arrive.
        session_hours, idle_minutes: how long a sign-in lasts, at most and without use.
        attempts, lockout_minutes: wrong passwords for a name before it is locked, and how long.
        requests_per_minute: for each account or key; anonymous callers by address.
        team_approval: what a university writes of its teams counts when staff have approved it.
        keep_days: how long finished jobs, their files and uploads are kept.
        matching_threads: how many matchings run at once.
        warm_rankings: challenges whose teams are computed before anybody asks; 0: none, and no
            university's teams either.
        warm_teams: teams whose directions are read before anybody asks, and then kept on disk; not
            where ``warm_rankings`` is 0, nor by a service that stands `beside` another.
        log_level: of the log on stderr.
        public_address: under which people open the service: links in mails begin with it.
        mail_host, mail_port, mail_security, mail_user, mail_password: the server that takes mail;
            without a host none is sent.
        mail_from: whom mails come from.
        openid_issuer, openid_client_id, openid_client_secret: an OpenID Connect provider by which
            people may sign in; `openid_title` is what it is called on the page.
        hook_networks: private networks that webhooks may reach; others are refused.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    workspace: Path = Path("workspace")
    encoder: str = DEFAULT_ENCODER
    ranker: str = ""
    reranker: str = ""
    beside: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    hosts: tuple[str, ...] = ()
    tls: bool = False
    plain_http: bool = False
    proxies: tuple[str, ...] = ()
    title: str = "揭榜挂帅匹配"
    public_lists: bool = False
    registration: bool = False
    upload_mb: Annotated[int, Field(ge=1, le=1024)] = 20
    upload_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 60
    header_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 15
    session_hours: Annotated[float, Field(ge=0.1, le=720)] = 12
    idle_minutes: Annotated[float, Field(ge=1, le=43200)] = 120
    attempts: Annotated[int, Field(ge=1, le=100)] = 5
    lockout_minutes: Annotated[float, Field(ge=0.01, le=1440)] = 15
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    team_approval: bool = True
    keep_days: Annotated[float, Field(ge=1, le=36500)] = 90
    matching_threads: Annotated[int, Field(ge=1, le=64)] = 2
    warm_rankings: Annotated[int, Field(ge=0, le=100_000)] = 200
    warm_teams: Annotated[int, Field(ge=0, le=10_000_000)] = 100_000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    public_address: Annotated[str, Field(pattern=r"^(https?://[^/\s]+)?$")] = ""
    mail_host: str = ""
    mail_port: Annotated[int, Field(ge=1, le=65535)] = 587
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_from: str = ""
    openid_issuer: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+)?$")] = ""
    openid_client_id: str = ""
    openid_client_secret: SecretStr = SecretStr("")
    openid_title: str = "统一身份认证"
    hook_networks: tuple[IPvAnyNetwork, ...] = ()

    @model_validator(mode="after")
    def _others_need_tls(self) -> Settings:
        if not (_is_loopback(self.host) or self.tls or self.plain_http):
            raise ValueError(
                "监听对外地址须在 TLS 代理之后 (tls = true)；封闭网络里可设 plain_http = true"
            )
        return self

    @model_validator(mode="after")
    def _mail_needs_more(self) -> Settings:
        if self.mail_host and not (EMAIL.fullmatch(self.mail_from) and self.public_address):
            raise ValueError(
                "发邮件 (mail_host) 还须写发件地址 mail_from 和别人打开本站的网址 public_address"
            )
        return self

    @model_validator(mode="after")
    def _providers_are_safe(self) -> Settings:
        if not self.openid_issuer:
            return self
        parts = urlsplit(self.openid_issuer)
        if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
            raise ValueError("openid_issuer 须以 https:// 开头")
        if not self.openid_client_id:
            raise ValueError("写了 openid_issuer 还须写 openid_client_id")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether mail is configured."""
        return bool(self.mail_host)

    @property
    def choice(self) -> RankerChoice:
        """Of the ranker."""
        return RankerChoice(self.ranker, self.reranker)

    @property
    def all_hosts(self) -> list[str]:
        """Names under which the service answers."""
        own = [self.host] if self.host not in ("0.0.0.0", "::") else []
        return list(dict.fromkeys([*self.hosts, *own, "127.0.0.1", "localhost", "[::1]"]))

    @property
    def upload_bytes(self) -> int:
        """`upload_mb` in bytes."""
        return self.upload_mb * 1024 * 1024


def read_settings(file: Path | None = None, **given: Any) -> Settings:
    """Settings from the command line (``given``, None left out), the environment, a TOML file.

    Earlier ones win.

    Raises:
        InputError: a file that cannot be read, an unknown name, a value out of range.
    """
    if file is not None and not file.is_file():
        raise InputError("找不到设置文件", given=file, remedy="核对路径，或去掉 --config")

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            sought = (init_settings, env_settings)
            return sought if file is None else (*sought, TomlConfigSettingsSource(cls, file))

    stated = {name: value for name, value in given.items() if value is not None}
    try:
        return FromFile(**stated)
    except ValidationError as error:
        raise _refused(error, file) from error
    except (SettingsError, ValueError) as error:
        raise InputError(
            "设置读不了", given=f"{file or '环境变量'}: {error}",
            expected="TOML 文件；环境变量里的列表写成 [\"a\", \"b\"]", remedy="改正后重试",
        ) from error  # fmt: skip


def _refused(error: ValidationError, file: Path | None) -> InputError:
    lines = []
    for fault in error.errors():
        name = ".".join(map(str, fault["loc"]))
        words = _WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        bounds = fault.get("ctx", {})
        limits = [str(bounds[k]) for k in ("ge", "le", "expected") if k in bounds]
        given = "" if not name else f"（实际：{str(fault['input'])[:80]}）"
        lines.append(f"{name + ': ' if name else ''}{words}{' ' + ' '.join(limits)}{given}")
    return InputError(
        "服务的设置不能用",
        given="; ".join(lines),
        expected="见 docs/service.md 的设置一览",
        remedy=f"改正 {file or '命令行'} 或环境变量 {PREFIX}*",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
