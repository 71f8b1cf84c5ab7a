"""Contracts of pairs, their milestones and their acceptance."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body

from matcher.service.access import PAIRED, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import contracts
from matcher.service.routing import CurrentCaller

router = api_router("pairs", "对接")


@router.post("/contract", status_code=204)
@allow(PAIRED)
def sign(caller: CurrentCaller, asked: Annotated[contracts.ContractAsked, Body()]) -> None:
    """签约，登记合同；已签约的是更改合同，写明理由（附件在网页上传）。"""
    contracts.sign(caller, asked)


@router.post("/milestone", status_code=204)
@allow(PAIRED)
def reach(caller: CurrentCaller, asked: Annotated[contracts.MilestoneAsked, Body()]) -> None:
    """登记一个里程碑完成。"""
    contracts.reach(caller, asked)


@router.post("/handing-in", status_code=204)
@allow(PAIRED)
def hand_in(caller: CurrentCaller, asked: Annotated[contracts.HandingInAsked, Body()]) -> None:
    """提请验收（材料在网页上传）。"""
    contracts.hand_in(caller, asked)


@router.post("/acceptance", status_code=204)
@allow(STAFF)
def accept(caller: CurrentCaller, asked: Annotated[contracts.AcceptanceAsked, Body()]) -> None:
    """验收，逐条写达到了什么。"""
    contracts.accept(caller, asked)
