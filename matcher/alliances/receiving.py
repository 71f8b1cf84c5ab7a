"""Who received each sum of an alliance, whose money it was, and under which cap it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.alliances.members import named_in, organisation_of
from matcher.alliances.organisations import Organisations
from matcher.alliances.totals import total_of
from matcher.policy import (
    Claim,
    Level,
    PolicyPack,
    claims_of_list,
    counts,
    payer_level,
    shipped_pack,
    shipped_pack_ids,
)
from matcher.policy.amounts import plain, sum_of, wan
from matcher.policy.rules import AmountRange, Programme, ShareCap, YearlyCap
from matcher.policy.working import share_of
from matcher.records import Challenge, Outcome
from matcher.records.alliance import Alliance, Grant
from matcher.text.amounts import parse_money

_LEAD = frozenset({"盟主", "盟主提出", "牵头企业", "盟主企业", "牵头单位"})
_WHOLE = frozenset({"联盟", "联盟全体", "全体成员"})
_LEAST_NAME = 4
_LEAST_PART = 6
_LEAST_NEAR = 4
NO_RECEIVER = "没有写明收款单位"
UNNAMED = "没有写拨给哪家"
"""The doubts of a sum of which nobody says who received it, or which of the alliance."""
_ORIGINAL = "（原文）"


@dataclass(frozen=True, slots=True)
class Sum:
    """A grant as it is counted.

    Attributes:
        receiver: the organisation it went to; the alliance itself, or its members, in words.
        level: whose money it is; "" where nobody says.
        note: which yearly cap it counts under, or why under none.
    """

    grant: Grant
    receiver: str
    level: Level
    note: str


def sums_of(
    pack: PolicyPack, alliance: Alliance, known: Organisations | None = None
) -> tuple[Sum, ...]:
    """Every sum of an alliance with who received it, whose it was, and what it counts for.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", lead_org="甲公司", members=["乙大学"], grants=[
    ...     Grant(year=2021, amount_wan=90, payer="鞍山市", receiver="盟主"),
    ...     Grant(year=2021, amount_wan=70, payer="省科技厅", receiver="乙大学")])
    >>> [(s.receiver, s.level, s.note) for s in sums_of(shipped_pack("liaoning-2021"), one)]
    [('甲公司', '市', '不是省级资金，不计入年度上限'), \
('乙大学', '省', '给乙大学，不计入盟主的年度上限')]
    """
    caps = [rule for rule in pack.funding if isinstance(rule, YearlyCap)]
    organisations = known or Organisations.of([alliance])
    made = []
    for number, grant in enumerate(alliance.all_grants, 1):
        claim = _claim(pack, alliance, grant, number, organisations)
        note = _note(caps, alliance, grant, claim, organisations)
        made.append(Sum(grant, claim.receiver, claim.level, note))
    return tuple(made)


def claims_of_alliances(
    pack: PolicyPack, alliances: Iterable[Alliance], known: Organisations | None = None
) -> tuple[Claim, ...]:
    """Money that was given for alliances, or that they ask for, each sum to who receives it.

    It counts before anything a list asks for; a grant for a challenge has the challenge's key, so
    that the list does not count it again.
    """
    kept = list(alliances)
    organisations = known or Organisations.of(kept)
    return tuple(claim for one in kept for claim in _claims_of(pack, one, organisations))


def _claims_of(pack: PolicyPack, alliance: Alliance, known: Organisations) -> Iterator[Claim]:
    back = _given_back(pack, alliance)
    for number, grant in enumerate(alliance.all_grants, 1):
        if grant.standing != "退回":
            claim = _claim(pack, alliance, grant, number, known, back.get(number, ()))
            if claim.receiver:
                yield claim


def given_back_of_nothing(pack: PolicyPack, alliance: Alliance) -> tuple[str, ...]:
    """Sums that were given back, of which no row says when they came: where they stand."""
    return tuple(_back_words(alliance, *one) for one in _given_back(pack, alliance).get(0, ()))


Numbered = tuple[int, Grant]


def _given_back(pack: PolicyPack, alliance: Alliance) -> dict[int, list[Numbered]]:
    """By number of the row in which it came, what was given back of it; of none under nought."""
    numbered = list(enumerate(alliance.all_grants, 1))
    found: dict[int, list[Numbered]] = {}
    for number, grant in numbered:
        if grant.standing != "退回":
            continue
        came = [
            (other.year != grant.year, i) for i, other in numbered
            if other.standing == "已得" and _for_the_same(pack, alliance, grant, other)
        ]  # fmt: skip
        found.setdefault(min(came)[1] if came else 0, []).append((number, grant))
    return found


def _for_the_same(pack: PolicyPack, alliance: Alliance, one: Grant, other: Grant) -> bool:
    def meant(grant: Grant) -> tuple[object, ...]:
        receiver, *_ = _receiver(pack, alliance, grant)
        level = payer_level(grant.payer, pack.pack.region)
        return receiver, level, programme_of(pack, grant.programme), grant.challenge_id

    return meant(one) == meant(other)


def _back_words(alliance: Alliance, number: int, grant: Grant) -> str:
    amount = "金额未填写" if grant.amount_wan is None else f"{plain(wan(grant.amount_wan))} 万元"
    when = f"{grant.year} 年" if grant.year else "没有写年度，"
    return f"{when}退回 {amount}（{_where(alliance, grant, number)}）"


def all_claims(
    pack: PolicyPack, alliances: Iterable[Alliance], challenges: Sequence[Challenge],
    outcomes: Iterable[Outcome] = (),
) -> tuple[Claim, ...]:  # fmt: skip
    """What was given for alliances, what outcomes say was given, what is asked for.

    A lead that the list names short is known by the alliance that carries the challenge; one that
    is written in several ways, by its credit code.
    """
    kept = list(alliances)
    organisations = Organisations.of(kept, challenges)
    carriers = {key: one for one in kept for key in one.challenges}
    posted = {one.challenge_id: one for one in challenges}

    def limited(claim: Claim, came: float) -> Claim:
        most = _most_of_project(pack, claim, posted.get(claim.key))
        if most is None or claim.given:
            return claim
        return replace(claim, most_wan=max(0.0, float(wan(most) - wan(came))))

    def known(claim: Claim) -> Claim:
        carrier = carriers.get(claim.key)
        full = organisation_of(carrier, claim.receiver) if carrier else ""
        receiver = full or claim.receiver
        return replace(claim, receiver=receiver, same_as=organisations.several(receiver))

    listed = map(known, claims_of_list(challenges, outcomes))
    whole = (*claims_of_alliances(pack, kept, organisations), *listed)
    came = _surely_came(pack, whole)
    return tuple(limited(claim, came.get(claim.key, 0.0)) for claim in whole)


def _surely_came(pack: PolicyPack, claims: Iterable[Claim]) -> dict[str, float]:
    """By key of a challenge, what surely came of it of the level that gives its programmes."""
    own = {p.payers[0] for p in pack.programme if p.subject == "榜单项目" and p.payers}
    plans = {p.id for p in pack.programme if p.subject == "榜单项目"}
    came: dict[str, float] = {}
    for claim in claims:
        mine = claim.origin == "联盟已得" and claim.level in own and claim.programme in ("", *plans)
        if mine and not claim.doubt and claim.amount_wan is not None:
            came[claim.key] = float(wan(came.get(claim.key, 0.0)) + wan(claim.amount_wan))
    return came


def _claim(
    pack: PolicyPack, alliance: Alliance, grant: Grant, number: int, known: Organisations,
    back: Sequence[Numbered] = (),
) -> Claim:  # fmt: skip
    level = payer_level(grant.payer, pack.pack.region)
    receiver, told, named = _receiver(pack, alliance, grant)
    stranger = (
        bool(grant.receiver)
        and receiver == grant.receiver
        and not organisation_of(alliance, receiver)
        and not known.same(receiver, alliance.lead_org)
    )
    programme = programme_of(pack, grant.programme)
    doubts = [] if level else ["没有写明出资方"]
    doubts += [] if told else [NO_RECEIVER]
    doubts += ["它不是盟主也不是成员，请核对是哪一家"] if stranger else []
    doubts += [] if named else [UNNAMED]
    if grant.programme and programme is None and level in ("", *_own_levels(pack)):
        near = near_programme(pack, grant.programme)
        strange = f"计划写作“{grant.programme}”，不是这里列的计划，条文没有写计不计"
        doubts += [strange + (f"；{near}" if near else "")]
    first = pack.pack.year
    early = programme is not None and grant.year is not None and grant.year < first
    doubts += [f"年度 {grant.year} 早于这项计划（{first} 年设立）"] if early else []
    nought = grant.standing == "已得" and grant.amount_wan == 0
    doubts = [] if nought else doubts  # whoever gave it, nothing came
    least, written = _as_written(grant)
    if back and grant.amount_wan is not None:
        sums = [given.amount_wan for _, given in back]
        gone = wan(grant.amount_wan) if None in sums else sum_of(sums)
        least = max(0.0, float(wan(grant.amount_wan if least is None else least) - gone))
        told_back = "、".join(_back_words(alliance, *one) for one in back)
        written = [*written, f"其中 {told_back}，条文没有写退回的还算不算"]
    return Claim(
        receiver, grant.challenge_id or f"{alliance.alliance_id}#{number}",
        "联盟已得" if grant.standing == "已得" else "联盟申请", grant.amount_wan, grant.year,
        alliance.group, level, assumed=not (nought or (told and level)),
        programme=programme.id if programme else "", entered_for=alliance.lead_org,
        stranger=stranger, doubt="；".join([*doubts, *written]), least_wan=least,
        where=_where(alliance, grant, number), same_as=known.several(receiver),
        plan="" if programme else grant.programme, called=_shortened(programme, grant.programme),
        unnamed=not named,
        most_wan=_most_of(pack, programme),
    )  # fmt: skip


def _most_of(pack: PolicyPack, programme: Programme | None) -> float | None:
    rule = pack.funding_rule(programme.amount) if programme and programme.amount else None
    if isinstance(rule, AmountRange):
        return rule.max_wan
    return rule.cap_wan if isinstance(rule, ShareCap) else None


def _most_of_project(pack: PolicyPack, claim: Claim, challenge: Challenge | None) -> float | None:
    """The share of a challenge's own total, as far as its list is known; a range's upper end."""
    total = None if challenge is None else total_of(challenge)["total_wan"]
    if total is None:
        return None
    for programme in pack.programme:
        mine = programme.subject == "榜单项目" and claim.programme in ("", programme.id)
        rule = pack.funding_rule(programme.amount) if mine and programme.amount else None
        if isinstance(rule, ShareCap):
            part = share_of(rule, wan(total))
            return float(part if rule.cap_wan is None else min(part, wan(rule.cap_wan)))
    return None


def _own_levels(pack: PolicyPack) -> frozenset[str]:
    """Whose money the pack's programmes are of."""
    return frozenset(p.payers[0] for p in pack.programme if p.payers)


def _as_written(grant: Grant) -> tuple[float | None, list[str]]:
    """The lower end of a range, and what of the words a figure does not hold."""
    words = {k.removesuffix(_ORIGINAL): v for k, v in grant.extra.items() if k.endswith(_ORIGINAL)}
    least, told = None, []
    for name, text in words.items():
        if name == "年度":
            told += [f"年度写作“{text}”"] if text.strip() != f"{grant.year}年" else []
        elif name.startswith("金额") and grant.amount_wan is None and text.strip():
            told.append(f"金额写作“{text}”，没有换算成万元")
        elif name.startswith("金额") and (money := parse_money(str(text))) is not None:
            if money.low != money.high:
                least = money.low
            if money.low != money.high or not money.exact:
                told.append(f"金额写作“{text}”")
    return least, told


def _where(alliance: Alliance, grant: Grant, number: int) -> str:
    """Where a person finds it: the row of a sheet, the column of a list."""
    row = f"第 {grant.source.row} 行" if grant.source and grant.source.row else ""
    if column := grant.extra.get("栏"):
        return f"联盟 {alliance.alliance_id}，联盟表{row}「{column}」栏"
    sheet = "资金表" if row else "资金"
    return f"联盟 {alliance.alliance_id}，{sheet}{row or f'第 {number} 笔'}"


def _receiver(pack: PolicyPack, alliance: Alliance, grant: Grant) -> tuple[str, bool, bool]:
    """Who received it; whether the grant or its programme says so; whether that is a name."""
    programme = programme_of(pack, grant.programme)
    told = grant.receiver or (programme.receiver if programme else "")
    if told in _LEAD or not told:
        return alliance.lead_org, bool(told), True
    if told in _WHOLE:
        return f"联盟 {alliance.alliance_id}", True, False
    if told in ("成员单位", "完成人"):
        return f"联盟 {alliance.alliance_id} 的{told}", True, False
    return named_in(alliance, told) or told, True, True


def programme_of(pack: PolicyPack, name: str) -> Programme | None:
    """The programme meant by its id, a part of its name, or its name with words left out."""
    if len(name) < _LEAST_NAME:
        return None
    bare = _bare(name)
    for programme in pack.programme:
        full = _bare(programme.name)
        if name == programme.id or bare in full or full in bare:
            return programme
    short = bare.removesuffix("计划")
    alike = [p for p in pack.programme if _left_out(short, _bare(p.name))]
    return alike[0] if len(alike) == 1 and len(short) >= _LEAST_PART else None


def _shortened(programme: Programme | None, name: str) -> str:
    """A name with words of the programme's left out in its midst; a part of it is plain."""
    if programme is None or name == programme.id:
        return ""
    full, bare = _bare(programme.name), _bare(name)
    return "" if bare in full or full in bare else name


def near_programme(pack: PolicyPack, name: str) -> str:
    """The one programme a name may be meant for, in words; empty where none or several may be."""
    short = _bare(name).removesuffix("项目").removesuffix("计划")
    alike = [
        p for p in pack.programme if len(short) >= _LEAST_NEAR and _left_out(short, _bare(p.name))
    ]
    if len(alike) != 1:
        return ""
    return f"名称与“{alike[0].name}”相近，是的话请照写（资金表「支持计划」栏）"


def strange_programmes(alliances: Iterable[Alliance]) -> dict[str, tuple[str, ...]]:
    """Names of programmes that no shipped pack knows, each with the alliances it stands with.

    Of the province's money, or of nobody's by name: the state's and the cities' have others.
    """
    written: dict[str, list[str]] = {}
    for one in alliances:
        ours = [g for g in one.all_grants if payer_level(g.payer) in ("省", "")]
        for name in dict.fromkeys(grant.programme for grant in ours if grant.programme):
            written.setdefault(name, []).append(one.alliance_id)
    packs = [shipped_pack(pack_id) for pack_id in shipped_pack_ids()] if written else []
    return {
        name: tuple(ids)
        for name, ids in written.items()
        if not any(programme_of(pack, name) for pack in packs)
    }


def _left_out(short: str, full: str) -> bool:
    """Whether a name is another with words left out: 中试基地后补助 of 中试基地奖励性后补助计划."""
    rest = iter(full)
    return all(letter in rest for letter in short)


def _bare(name: str) -> str:
    return name.translate(str.maketrans("", "", '“”"‘’ 　'))


def _note(
    caps: Sequence[YearlyCap], alliance: Alliance, grant: Grant, claim: Claim, known: Organisations
) -> str:
    if grant.standing == "退回":
        return "退回的，条文没有写还算不算，两种都算给出"
    if grant.standing != "已得" or not caps:
        return ""
    cap = caps[0]
    if not counts(cap, claim):
        return f"不是{cap.payer}级资金，不计入年度上限"
    if not known.same(claim.receiver, alliance.lead_org):
        who = "，它不是盟主也不是成员，请核对是哪一家" if claim.stranger else ""
        return f"给{claim.receiver}，不计入盟主的年度上限{who}"
    if grant.year is None:
        return "年度未填写，没有计入"
    words = f"计入盟主 {grant.year} 年的上限"
    if grant.receiver not in ("", claim.receiver, *_LEAD):
        words += f"（收款单位写作{grant.receiver}，认作{claim.receiver}）"
    return words + ("（没有写明出资方或收款单位，先按计入）" if claim.assumed else "")
