"""Links that say by themselves what they are for: signed, so that nobody can make one up."""

from __future__ import annotations

import hashlib
import hmac
import re

from matcher.errors import NotFoundError
from matcher.service.store.database import Database
from matcher.service.store.sessions import own_secret

NUMBER = re.compile(r"[0-9]{1,17}")


class Signing:
    """Signs what a link stands for. Such a link does not end and may be followed again."""

    def __init__(self, database: Database) -> None:
        self._secret = own_secret(database)

    def token(self, purpose: str, account_id: int, about: str) -> str:
        """What stands for an account and something about it."""
        return f"{account_id}.{self._mark(purpose, account_id, about)}"

    def account_of(self, purpose: str, token: str, about: str) -> int:
        """The account a token stands for. Raises: NotFoundError: it is none of ours."""
        number, _, mark = token.partition(".")
        if NUMBER.fullmatch(number):
            expected = self._mark(purpose, int(number), about)
            if hmac.compare_digest(expected.encode(), mark.encode("utf-8", "replace")):
                return int(number)
        raise NotFoundError("这个链接不能用", remedy="从邮件里完整地复制，或登录后再办")

    def _mark(self, purpose: str, account_id: int, about: str) -> str:
        text = "\0".join(("link", purpose, str(account_id), about))
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:40]
