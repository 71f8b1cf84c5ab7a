"""The yearly evaluation of alliances: an evaluator's own marks, and for staff the whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from pydantic import Field

from matcher.service.access import SIGNED_IN, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import evaluating
from matcher.service.desk.evaluating import EvaluationOverview, MarkForm, OwnMarks, Year
from matcher.service.routing import CurrentCaller

router = api_router("evaluations", "联盟评估")
AllianceId = Annotated[str, Field(max_length=200, examples=["LM-K1"])]


@router.get("/{year}")
@allow(STAFF)
def get_evaluation(caller: CurrentCaller, year: Year) -> EvaluationOverview:
    """一年的评委、进度和结果：名次、梯次、区间、一致性。"""
    return evaluating.overview(caller, year)


@router.post("/{year}/evaluators")
@allow(STAFF)
def ask_evaluator(
    caller: CurrentCaller, year: Year, asked: Annotated[evaluating.EvaluatorAsked, Body()]
) -> EvaluationOverview:
    """请一个账号做评委。"""
    return evaluating.ask(caller, year, asked)


@router.delete("/{year}/evaluators/{account_id}")
@allow(STAFF)
def release_evaluator(caller: CurrentCaller, year: Year, account_id: int) -> EvaluationOverview:
    """不再请他；已打的分还在。"""
    return evaluating.release(caller, year, account_id)


@router.post("/{year}/evaluators/{account_id}/give-back")
@allow(STAFF)
def give_marks_back(caller: CurrentCaller, year: Year, account_id: int) -> EvaluationOverview:
    """退回评委交的分，让他再改。"""
    return evaluating.give_back(caller, year, account_id)


@router.get("/{year}/marks")
@allow(SIGNED_IN)
def list_marks(caller: CurrentCaller, year: Year) -> OwnMarks:
    """评委自己要评的联盟，各评到哪里，交了没有。"""
    return evaluating.mine(caller, year)


@router.post("/{year}/hand-in")
@allow(SIGNED_IN)
def hand_in_marks(caller: CurrentCaller, year: Year) -> OwnMarks:
    """评委交这一年的分；交了不能再改，要改请管理人员退回。"""
    return evaluating.hand_in(caller, year)


@router.get("/{year}/marks/{alliance_id:path}")
@allow(SIGNED_IN)
def get_marks(caller: CurrentCaller, year: Year, alliance_id: AllianceId) -> MarkForm:
    """一个联盟的评估表：记录里已有的，评委自己的分；看不到别人的。"""
    return evaluating.form(caller, year, alliance_id)


@router.put("/{year}/marks/{alliance_id:path}")
@allow(SIGNED_IN)
def put_marks(
    caller: CurrentCaller, year: Year, alliance_id: AllianceId,
    asked: Annotated[evaluating.MarksAsked, Body()],
) -> MarkForm:  # fmt: skip
    """打分，或声明利益冲突；替换自己原来的。"""
    return evaluating.save(caller, year, alliance_id, asked)
