"""Namesakes: whom building the library could not tell apart, shown with the evidence for staff to
decide. Answers are kept as those of the table that is handed back (`matcher library review`).
"""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Literal

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.linking.questions import Question
from matcher.linking.register import Answer, Register
from matcher.linking.review import MEANS
from matcher.service.context import Caller
from matcher.service.views import Asked, Page, PageNumber, PageSize, View
from matcher.workspace import STORE_FILE

State = Literal["待定", "是", "否", "拿不准", "全部"]
_MOST = 200
_Key = Annotated[str, Field(min_length=1, max_length=300)]


class NamesakeQuery(Asked):
    """Which of the questions are wanted."""

    q: Annotated[str, Field(max_length=100, description="姓名、单位、成果里的词")] = ""
    state: State = "待定"
    page: PageNumber = 1
    size: PageSize = 20


class NamesakeView(View):
    """A question with its answer."""

    question: Question
    answer: Annotated[Answer, Field(description="空：还没有人答")]


class Told(Asked):
    """An answer: are the two one person?"""

    one: _Key
    other: _Key
    same: Literal["是", "否", "拿不准"]


class TellAsked(Asked):
    """Some answers."""

    answers: Annotated[list[Told], Field(min_length=1, max_length=_MOST)]


def browse(caller: Caller, query: NamesakeQuery) -> Page[NamesakeView]:
    """A page of the questions, the most doubtful first."""
    words = query.q.split()
    with closing(Register.open(caller.service.settings.workspace / STORE_FILE)) as register:
        asked = register.questions()
    found = [
        NamesakeView(question=question, answer=answer)
        for question, answer in asked
        if query.state in ("全部", answer or "待定")
        if all(word in f"{question.name} {question.one} {question.other}" for word in words)
    ]
    return Page[NamesakeView].of(found, query.page, query.size)


def tell(caller: Caller, asked: TellAsked) -> int:
    """Remember answers, all or none; how many. Teams follow when the library is built anew.

    Raises:
        NotFoundError: this was not asked, or is asked no more.
    """
    with caller.service.database.writing() as connection:
        register = Register(connection)
        known = {question.pair for question, _ in register.questions()}
        for told in asked.answers:
            if tuple(sorted((told.one, told.other))) not in known:
                raise NotFoundError(
                    "没有这个问题", given=told.one[-40:], remedy="刷新页面，清单可能刚重新建过"
                )
        register.decide((told.one, told.other, MEANS[told.same]) for told in asked.answers)
        caller.note("namesakes.tell", "", answers=len(asked.answers))
    return len(asked.answers)
