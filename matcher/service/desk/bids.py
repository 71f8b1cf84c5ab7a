"""Bids, what is confidential, and days to come back on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import InputError, NotFoundError
from matcher.procedure import IDLE, NOTHING, PAIR, READABLE
from matcher.service.clock import now, shown_moment
from matcher.service.context import Caller
from matcher.service.desk import appraising, cases, contracts, moving, pairs
from matcher.service.desk.appraising import AppraisalView
from matcher.service.desk.cases import Case, Named
from matcher.service.desk.pairs import PairView
from matcher.service.desk.uploads import attachments, safe_name
from matcher.service.errors import ConflictError
from matcher.service.showing import is_own
from matcher.service.store.dossier import Consent, Secret
from matcher.service.store.pairs import Pair
from matcher.service.views import FacetView, Filled, View

_AGREEING = "也同意互换（揭榜方）"
_Line = Annotated[str, Field(max_length=200)]
_Long = Annotated[str, Field(max_length=20_000)]


class BidFields(BaseModel):
    """What a team proposes."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    statement: Annotated[_Long, Field(min_length=1, description="怎么解决")]
    answers: Annotated[
        list[Annotated[str, Field(max_length=2000)]],
        Field(max_length=200, description="对每条要求承诺的指标，按要求的次序"),
    ] = []
    partners: Annotated[_Line, Field(description="合作单位")] = ""
    consortium: Annotated[
        str, Field(max_length=2000, description="联合体：各方分工；单独揭榜不填")
    ] = ""
    budget_wan: Annotated[float | None, Field(ge=0, le=1e7, allow_inf_nan=False)] = None
    months: Annotated[int | None, Field(ge=1, le=600)] = None


class BidAsked(Named):
    """A bid that somebody hands in or writes anew; files of the last version are kept."""

    bid: BidFields
    removed: list[Annotated[str, Field(max_length=64)]] = Field(
        default=[], max_length=100, description="上一版的哪些附件不再附上"
    )
    agree: Annotated[
        bool,
        Field(
            description="需求方已同意互换联系方式的，揭榜之前也同意；揭榜之后到立项之前不能再互换"
        ),
    ] = False
    version: Annotated[int | None, Field(ge=0)] = None
    key: Annotated[str, Field(max_length=64)] = ""


class FileView(View):
    """A file of a bid."""

    file_id: str
    name: str


class BidView(View):
    """A version of a bid."""

    content: BidFields
    account: str
    at: str
    files: list[FileView]


class SecretAsked(Filled):
    """Confidential detail of a challenge and the terms under which a team sees it."""

    challenge_id: Annotated[str, Field(min_length=1, max_length=200)]
    detail: Annotated[_Long, Field(min_length=1)]
    terms: Annotated[_Long, Field(min_length=1)]


class ConsentAsked(Named):
    """That a team's organisation agrees to the terms it was shown."""

    terms: _Long


class ConsentView(View):
    """Who agreed to what, and when."""

    organisation: str
    account: str
    terms: str
    at: str


class SecretView(View):
    """What is confidential, as far as it may be seen."""

    terms: str
    detail: Annotated[str | None, Field(description="同意条款之后才有")]
    consents: list[ConsentView]


class FollowAsked(Named):
    """A day to come back on, or one that is done."""

    due: date | None = None
    note: _Line = ""
    done: Annotated[int | None, Field(ge=1, description="办完的那一条")] = None


class FollowView(View):
    """A day to come back on."""

    number: int
    due: str
    note: str
    done: bool


class Dossier(View):
    """All that belongs to a pair, as one side of it or staff see it."""

    pair: PairView
    requirements: list[FacetView]
    bids: Annotated[list[BidView], Field(description="揭榜书，新的在前")]
    secret: SecretView | None
    appraisals: list[AppraisalView]
    mean: Annotated[float | None, Field(description="没有利害关系的专家的平均分")]
    follow_ups: list[FollowView]
    contract: contracts.ContractView | None


def dossier(caller: Caller, challenge_id: str, team_id: str) -> Dossier:
    """A pair with its papers. Raises: NotFoundError."""
    case = cases.find(caller, challenge_id, team_id)
    kept = caller.service.dossier
    pair_id = 0 if case.pair is None else case.pair.pair_id
    appraised = appraising.appraisals(caller, case)
    return Dossier(
        pair=pairs.view(caller, challenge_id, team_id),
        requirements=contracts.requirements(case.challenge),
        bids=_bids(caller, case),
        secret=secret(caller, case),
        appraisals=appraised,
        mean=appraising.mean_of(appraised),
        follow_ups=[
            FollowView(number=f.number, due=f.due, note=f.note, done=f.done is not None)
            for f in (kept.follow_ups(pair_id, _place(caller)) if case.parties else ())
        ],
        contract=contracts.contract(caller, case),
    )


def place(caller: Caller, asked: BidAsked, files: Sequence[tuple[str, bytes]] = ()) -> PairView:
    """Hand in a bid, or write it anew as long as it is not under evaluation.

    Raises:
        NotFoundError: there is no such pair for this caller.
        ConflictError: the table of moves does not allow it, the list is closed, the team is full.
        ChangedError: somebody has made a move since.
        InputError: too many files, or some that cannot be filed.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    fresh = {safe_name(file) for file, _ in files}
    stay = [one.file_id for bid in _bids(caller, case)[:1] for one in bid.files
            if one.file_id not in asked.removed and one.name not in fresh]  # fmt: skip
    kept = attachments(files, len(stay))
    name = "修改揭榜书" if case.state == "已揭榜" else "揭榜"
    if asked.key and caller.service.pairs.was_done(asked.key):
        return pairs.view(caller, asked.challenge_id, asked.team_id)

    def along(pair: Pair) -> None:
        caller.service.dossier.add_bid(
            pair.pair_id, asked.bid.model_dump(), caller.principal.name, kept, stay
        )

    version = asked.version
    if asked.agree and case.state in PAIR[_AGREEING].sources:
        agreed = moving.acting(caller, case, _AGREEING, "", {}, "")
        moving.make(caller, case, _AGREEING, agreed, version)
        case, version = cases.find(caller, asked.challenge_id, asked.team_id), None
    act = moving.bidding_act(caller, case, name, asked.key)
    moving.make(caller, case, name, act, version, along=along)
    return pairs.view(caller, asked.challenge_id, asked.team_id)


def file(caller: Caller, named: Named, file_id: str) -> tuple[str, bytes]:
    """A file of a bid. Raises: NotFoundError."""
    case = cases.find(caller, named.challenge_id, named.team_id)
    if not _may_read_bid(case):
        raise _no_file(file_id)
    return file_of(caller, case, file_id)


def file_of(caller: Caller, case: Case, file_id: str) -> tuple[str, bytes]:
    """A file of a bid that the caller may read. Raises: NotFoundError: there is none."""
    pair = case.pair
    found = None if pair is None else caller.service.dossier.file(pair.pair_id, file_id)
    if found is None:
        raise _no_file(file_id)
    caller.note("export.bid", " ".join(case.key))
    return found


def _no_file(file_id: str) -> NotFoundError:
    return NotFoundError("没有这个附件", given=file_id[:100], remedy="在揭榜书里查找")


def keep_secret(caller: Caller, asked: SecretAsked) -> None:
    """Keep the confidential detail of a challenge; only its own organisation and staff may.

    Raises:
        NotFoundError: no such challenge of the caller's.
    """
    owned_challenge(caller, asked.challenge_id)
    with caller.service.database.writing():
        caller.service.dossier.keep_secret(
            asked.challenge_id, Secret(asked.detail, asked.terms), caller.principal.name
        )
        caller.note("secret.keep", asked.challenge_id)


def secret_of(caller: Caller, challenge_id: str) -> SecretView | None:
    """The confidential detail for who wrote it. Raises: NotFoundError."""
    owned_challenge(caller, challenge_id)
    kept = caller.service.dossier.secret(challenge_id)
    return None if kept is None else SecretView(
        terms=kept.terms, detail=kept.detail, consents=_consents(caller, challenge_id)
    )  # fmt: skip


def owned_challenge(caller: Caller, challenge_id: str) -> str:
    """The name of a challenge of the caller's own, or of any for staff. Raises: NotFoundError."""
    challenge = caller.snapshot.matcher.challenges.get(challenge_id)
    who = caller.principal
    if challenge is None or not (who.is_staff or is_own(who, challenge)):
        raise NotFoundError("本单位没有这项难题", given=challenge_id, remedy="核对编号")
    return challenge.name


def consent(caller: Caller, asked: ConsentAsked) -> None:
    """Agree to the terms of a challenge, word by word as they were shown.

    Raises:
        NotFoundError: there is no such pair for this caller, or nothing is confidential.
        ConflictError: the caller is not of the team; the terms have been changed; nothing began.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    kept = caller.service.dossier.secret(asked.challenge_id)
    if kept is None:
        raise NotFoundError("这项难题没有保密内容", given=asked.challenge_id)
    if "team" not in case.parties or not _in_touch(case):
        raise ConflictError("由揭榜方在受邀、表示意向或揭榜之后同意", remedy="先表示意向")
    if asked.terms.split() != kept.terms.split():
        raise ConflictError("条款在你打开之后有改动", remedy="刷新页面，看过现在的条款再同意")
    agreed = Consent(caller.principal.organisation, caller.principal.name, kept.terms, now())
    with caller.service.database.writing():
        caller.service.dossier.consent(asked.challenge_id, agreed)
        caller.note("secret.consent", " ".join(case.key))


def secret(caller: Caller, case: Case) -> SecretView | None:
    """What is confidential of a challenge, as far as the caller may see it."""
    kept = caller.service.dossier.secret(case.key[0])
    if kept is None or not case.parties:
        return None
    consents = _consents(caller, case.key[0])
    if "team" not in case.parties:
        return SecretView(terms=kept.terms, detail=kept.detail, consents=consents)
    if not _in_touch(case):
        return None
    own = [c for c in consents if caller.principal.belongs_to(c.organisation)]
    agreed = any(c.terms == kept.terms for c in own)
    return SecretView(terms=kept.terms, detail=kept.detail if agreed else None, consents=own)


def follow(caller: Caller, asked: FollowAsked) -> None:
    """Note a day to come back on, or that one is done; each organisation sees its own.

    Raises:
        NotFoundError: no such pair, or no such day.
        InputError: no day is given.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    if case.pair is None:
        raise InputError("还没有开始对接", remedy="先列入候选、邀请或表示意向")
    kept, own = caller.service.dossier, _place(caller)
    if asked.done is not None:
        if not kept.followed(case.pair.pair_id, own, asked.done):
            raise NotFoundError("没有这条跟进", given=asked.done)
    elif asked.due is None:
        raise InputError("没有写跟进的日期", remedy="选一个日期")
    else:
        kept.follow(case.pair.pair_id, own, asked.due.isoformat(), asked.note,
                    caller.principal.name)  # fmt: skip
    caller.note("pair.follow", " ".join(case.key))


def _place(caller: Caller) -> str:
    """Under which name an organisation's own notes are kept; staff share theirs."""
    return "" if caller.principal.is_staff else caller.principal.organisation_key


def _in_touch(case: Case) -> bool:
    return case.state not in IDLE | {NOTHING}


def _may_read_bid(case: Case) -> bool:
    if case.parties == ("demand",):
        return case.state in READABLE
    return bool(case.parties)


def _bids(caller: Caller, case: Case) -> list[BidView]:
    if case.pair is None or not _may_read_bid(case):
        return []
    return versions(caller, case.pair)


def versions(caller: Caller, pair: Pair) -> list[BidView]:
    """The versions of a bid, the last first, for who may read it."""
    return [
        BidView(
            content=BidFields.model_validate(bid.content), account=bid.account,
            at=shown_moment(bid.at),
            files=[FileView(file_id=number, name=name) for number, name in bid.files],
        )
        for bid in reversed(caller.service.dossier.bids(pair.pair_id))
    ]  # fmt: skip


def _consents(caller: Caller, challenge_id: str) -> list[ConsentView]:
    return [
        ConsentView(
            organisation=c.organisation, account=c.account, terms=c.terms, at=shown_moment(c.at)
        )
        for c in caller.service.dossier.consents(challenge_id)
    ]
