"""Words of the laboratory by a language model behind any OpenAI-compatible address: off by default.

Without a setting nothing leaves this computer. With one, what is sent is the technical text of the
challenge alone: no contacts, no names of organisations or people, no money. What comes back is a
suggestion like any other, kept so that a question is asked once, and never evidence.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matcher.contacts import hide_contacts
from matcher.content_cache import ContentCache
from matcher.errors import InputError, ModelError
from matcher.ranking.suggestions import SuggestedTerm
from matcher.records import Challenge
from matcher.text.normalise import clean, normalise

PREFIX = "MATCHER_LANGUAGE_MODEL_"
FILE = f"{PREFIX}FILE"
CACHE = "language-model.sqlite"
_NAMES = ("address", "name", "key")
_TASK = (
    "你熟悉中国各行业的科研用语。下面是企业提出的一项技术难题，请写出研究这类问题的实验室在论文、专利里会用的"
    "检索词：技术、方法、材料、机理、设备，中文 10 个以内、英文 4 个以内，不写机构、人名、地名。"
    '只输出一个 JSON 字符串数组，例如 ["电磁搅拌", "center segregation"]。'
)
_SECONDS = 60.0
_LONGEST_SENT = 4000
_LONGEST_ANSWER = 64 * 1024
_MOST = 14
_SHORTEST, _LONGEST = 2, 40
_ARRAY = re.compile(r"\[[^\[\]]*\]", re.DOTALL)


class TermCache(ContentCache[list[str]]):
    """Answers by what was asked of whom."""

    name = "语言模型回答"
    column = "answer"

    def pack(self, value: list[str]) -> bytes:
        """As JSON."""
        return json.dumps(value, ensure_ascii=False).encode()

    def unpack(self, packed: Mapping[bytes, bytes]) -> dict[bytes, list[str]]:
        """The terms again."""
        found = {}
        for key, answer in packed.items():
            with suppress(ValueError, TypeError):
                found[key] = [str(term) for term in json.loads(answer)]
        return found


@dataclass(frozen=True)
class LanguageModel:
    """A model behind an address.

    Attributes:
        address: up to what precedes ``/chat/completions``.
        name: of the model, as the address knows it.
        key: sent as a bearer token; "" for none. Never shown.
        cache: answers that were given.
    """

    address: str
    name: str
    cache: TermCache
    key: str = field(default="", repr=False)

    def known(self, challenge: Challenge) -> tuple[SuggestedTerm, ...]:
        """What it has answered before; asks nobody."""
        mark = self._mark(sent_text(challenge))
        return self._suggested(self.cache.get([mark]).get(mark, ()), challenge)

    def ask(self, challenge: Challenge) -> tuple[SuggestedTerm, ...]:
        """Its words for a challenge, asked for once.

        Raises:
            InputError: the challenge says nothing.
            ModelError: no answer, or none that can be understood.
        """
        text = sent_text(challenge)
        if not text:
            raise InputError("没有可问的内容", remedy="先填写题目或问题")
        mark = self._mark(text)
        terms = self.cache.get([mark]).get(mark)
        if terms is None:
            terms = _terms_in(self._post(text))
            self.cache.put({mark: terms})
        return self._suggested(terms, challenge)

    def _suggested(self, terms: Sequence[str], challenge: Challenge) -> tuple[SuggestedTerm, ...]:
        said = normalise("。".join([_technical(challenge), *challenge.search_terms]))
        new = [term for term in terms if normalise(term) not in said]
        return tuple(SuggestedTerm(term, "语言模型", self.name) for term in new)

    def _mark(self, text: str) -> bytes:
        asked = json.dumps([self.address, self.name, _TASK, text])
        return hashlib.sha256(asked.encode()).digest()

    def _post(self, text: str) -> str:
        import httpx

        asked = {
            "model": self.name, "temperature": 0,
            "messages": [{"role": "system", "content": _TASK}, {"role": "user", "content": text}],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:
                answer = client.post(
                    f"{self.address}/chat/completions", json=asked, headers=headers
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._silent(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise self._silent(f"HTTP {answer.status_code}")
        if len(answer.content) > _LONGEST_ANSWER:
            raise self._silent(f"回答 {len(answer.content)} 字节")
        try:
            return str(answer.json()["choices"][0]["message"]["content"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise self._silent("不是约定的格式") from error

    def _silent(self, why: str) -> ModelError:
        return ModelError(
            "语言模型没有给出回答", given=f"{self.address}（{why}）",
            expected="OpenAI 兼容的 /chat/completions",
            remedy="检查地址、模型名称和密钥；没有它，其余功能照常",
        )  # fmt: skip


def configured(folder: Path, environment: Mapping[str, str] = os.environ) -> LanguageModel | None:
    """The model that is set, None where none is.

    Set by ``MATCHER_LANGUAGE_MODEL_ADDRESS``, ``_NAME``, ``_KEY``, or by a TOML file with address,
    name, key whose path is in ``MATCHER_LANGUAGE_MODEL_FILE``; the environment goes before it.

    Args:
        folder: the workspace, where answers are kept.
        environment: where the settings are looked for.

    Raises:
        InputError: a setting is incomplete, or the file cannot be used.
    """
    given = _of_file(environment.get(FILE, ""))
    given |= {n: v for n in _NAMES if (v := environment.get(f"{PREFIX}{n.upper()}", ""))}
    if not given:
        return None
    address = given.get("address", "").rstrip("/")
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", address) or not given.get("name"):
        raise InputError(
            "语言模型的设置不完整",
            given=f"地址 {address or '空'}，模型 {given.get('name') or '空'}",
            expected=f"{PREFIX}ADDRESS（http:// 或 https:// 开头）和 {PREFIX}NAME",
            remedy="补全，或都去掉",
        )  # fmt: skip
    return LanguageModel(address, given["name"], TermCache(folder / CACHE), given.get("key", ""))


def _of_file(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        content: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "语言模型的设置文件无法读取", given=path, expected="TOML: address、name、key",
            remedy=f"检查 {FILE} 所指的文件",
        ) from error  # fmt: skip
    return {name: str(content[name]) for name in _NAMES if content.get(name)}


def sent_text(challenge: Challenge) -> str:
    """All that leaves: the technical text, without contacts and without names."""
    text = hide_contacts(_technical(challenge))
    for name in (challenge.demand_org, challenge.contact_name, *challenge.intended_partners):
        if len(name or "") > 1:
            text = text.replace(name, "某方")
    return text[:_LONGEST_SENT]


def _technical(challenge: Challenge) -> str:
    parts = (challenge.title, challenge.problem, challenge.tech_difficulties,
             challenge.research_content, challenge.indicators_text,
             "、".join(challenge.keywords))  # fmt: skip
    return clean("\n".join(filter(None, parts)))


def _terms_in(answer: str) -> list[str]:
    """The strings of the array in an answer, each once, of a sensible length."""
    found = _ARRAY.search(answer)
    try:
        items = json.loads(found[0]) if found else None
    except ValueError:
        items = None
    if not isinstance(items, list):
        raise ModelError(
            "语言模型的回答无法理解", given=clean(answer)[:80], expected="JSON 字符串数组",
            remedy="换一个模型，或再试一次",
        )  # fmt: skip
    terms = (hide_contacts(clean(item)) for item in items if isinstance(item, str))
    return [t for t in dict.fromkeys(terms) if _SHORTEST <= len(t) <= _LONGEST][:_MOST]
