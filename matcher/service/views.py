"""View objects: what leaves the service, on a page or as JSON. No contacts unless they are due.

And what comes in, of which nothing unknown is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field

from matcher.diagnosis.finding import Element
from matcher.ranking.grades import UNVERIFIED, Band, Coverage
from matcher.records import EvidenceKind, Indicator

T = TypeVar("T")
CoverageWord = Literal[Coverage.COVERED, Coverage.PARTLY, Coverage.UNSEEN]


_MADE_ID = re.compile(r"(?:TD|XQ|LM)-[0-9a-f]{10}(?:-\d+|-[0-9a-f]{8})?|draft-[0-9a-f]{16}")
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
PageSize = Annotated[int, Field(ge=1, le=100)]


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """Base of what is asked for: what no field knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Filled(Asked):
    """Base of what people fill in: blanks around it are none of it."""

    model_config = ConfigDict(str_strip_whitespace=True)


class Page(View, Generic[T]):
    """A page of a list."""

    items: list[T]
    total: Annotated[int, Field(description="全部条数", examples=[150])]
    page: Annotated[int, Field(description="第几页，从 1 起", examples=[1])]
    size: Annotated[int, Field(description="每页条数", examples=[20])]

    @classmethod
    def of(cls, items: Sequence[T], page: int, size: int) -> Self:
        """Page number ``page`` of all items; beyond the last one there is nothing."""
        low = (page - 1) * size
        return cls(items=list(items[low : low + size]), total=len(items), page=page, size=size)

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))


def numbered(record_id: str) -> str:
    """A number as a list gave it; one that was made of a hash tells nobody anything.

    >>> numbered("KB-18"), numbered("XQ-0123456789"), numbered("draft-6f1c6f1c6f1c6f1c")
    ('KB-18', '', '')
    """
    return "" if _MADE_ID.fullmatch(record_id) else record_id


def challenge_page(challenge_id: str) -> str:
    """The path of the page of a challenge; its id may hold a slash."""
    return f"/challenges/{quote(challenge_id, safe='')}"


def pair_page(challenge_id: str, team_id: str) -> str:
    """The path of the page of a pair."""
    return f"/pairs/one?{urlencode({'challenge_id': challenge_id, 'team_id': team_id})}"


class Option(View):
    """A value of a filter and how many records have it."""

    value: str
    count: int


class Contacts(View):
    """Whom to call; only for the organisation itself and staff."""

    name: str = ""
    phone: str = ""
    email: str = ""


class ChallengeLine(View):
    """A challenge in a list."""

    challenge_id: Annotated[str, Field(examples=["KB-18"])]
    title: Annotated[str, Field(examples=["高端轴承钢"])]
    demand_org: str = ""
    industry: str = ""
    tech_domain: list[str] = []
    province: str = ""
    city: str = ""
    bounty_wan: float | None = None
    negotiable: Annotated[bool, Field(description="榜额写明面议；没有填写的不算")] = False
    apply_deadline: date | None = None
    eligibility_text: Annotated[str, Field(description="揭榜条件")] = ""
    stage: str | None = None
    open: Annotated[bool, Field(description="今天仍可揭榜")] = True
    state: Annotated[
        str, Field(description="待发布、已发布、截止、撤榜；草稿为空", examples=["已发布"])
    ] = ""
    published: Annotated[bool, Field(description="已发布；未发布的只有本单位和管理人员看得到")] = (
        True
    )


class Hit(View):
    """Why a record stands in a list that was searched."""

    excerpt: Annotated[str, Field(description="最相关的一句；没有查找的词时为空")] = ""
    terms: Annotated[list[str], Field(description="要标出的词")] = []
    weak: Annotated[
        bool, Field(description="相关性低：没有写全所查的词，意思也不够近；排在其他的后面")
    ] = False


class ChallengeHit(ChallengeLine, Hit):
    """A challenge in a list, with why it was found."""


class FacetView(View):
    """A part of a challenge a team must answer."""

    label: Annotated[str, Field(examples=["攻关内容2"])]
    text: str


class Corrected(View):
    """That a published challenge was corrected, and why."""

    at: str
    reason: str
    changed: Annotated[
        list[str], Field(description="改了哪几栏", examples=[["榜额（万元） 200 → 250"]])
    ] = []


class ChallengeView(ChallengeLine):
    """A challenge in full."""

    problem: str = ""
    tech_difficulties: str = ""
    research_content: str = ""
    indicators_text: str = ""
    existing_basis: str = ""
    excluded_routes: str = ""
    ip_terms: str = ""
    keywords: list[str] = []
    search_terms: list[str] = []
    cooperation_modes: list[str] = []
    intended_partners: list[str] = []
    target_trl: int | None = None
    total_budget_wan: float | None = None
    fiscal_support_wan: float | None = None
    duration_months: int | None = None
    source_url: str = ""
    facets: list[FacetView] = []
    indicators: list[Indicator] = []
    elements: Annotated[
        list[Element], Field(description="五要素：材料、方法、功效、产品、应用，各有哪些词")
    ] = []
    corrections: Annotated[list[Corrected], Field(description="公开以后的更正，新的在前")] = []
    extra: dict[str, Any] = {}
    contacts: Contacts | None = None


class TeamLine(View):
    """A team in a list."""

    team_id: Annotated[str, Field(examples=["L0001"])]
    team_name: str
    org_name: str = ""
    org_type: str = ""
    province: str = ""
    city: str = ""
    tech_domain: list[str] = []
    research_directions: list[str] = []
    evidence: Annotated[int, Field(description="成果条数")] = 0
    kinds: Annotated[list[str], Field(description="有哪几类成果")] = []
    latest_year: int | None = None


class TeamHit(TeamLine, Hit):
    """A team in a list, with why it was found."""


class EvidenceView(View):
    """A piece of proof as the team gave it."""

    kind: str
    title: str
    abstract: str = ""
    keywords: list[str] = []
    year: int | None = None
    role: str = ""
    partner_org: str = ""
    amount_wan: float | None = None
    trl: int | None = None
    indicators: str = ""
    source_url: str = ""
    cited: Annotated[str, Field(description="来文里的写法：刊名、卷期、专利号、项目编号")] = ""


class TeamView(TeamLine):
    """A team in full. Leader and title are shown and never scored."""

    department: str = ""
    leader_name: str = ""
    leader_title: str = ""
    members: list[str] = []
    core_capabilities: list[str] = []
    application_domains: list[str] = []
    profile: str = ""
    facilities: list[str] = []
    trl_range: str = ""
    cooperation_modes: list[str] = []
    max_challenges: int | None = None
    active_challenges: int = 0
    credit_status: str = ""
    source_url: str = ""
    provenance: str = ""
    pieces: list[EvidenceView] = []
    extra: dict[str, Any] = {}
    contacts: Contacts | None = None


class ProofView(View):
    """A piece of evidence that made a match."""

    kind: str
    title: str
    year: int | None
    terms: Annotated[list[str], Field(description="与需求共有的用词，最强的在前")]
    snippet: str

    @property
    def claimed(self) -> bool:
        """Whether it is what a team says of itself, and no achievement."""
        return self.kind not in get_args(EvidenceKind)


class CoverageView(View):
    """Whether a team shows anything on one part of the challenge, and where."""

    label: str
    text: str
    status: CoverageWord
    evidence_title: str
    evidence_kind: str
    note: Annotated[str, Field(description="还要核实什么；没有时为空")] = ""

    @property
    def near(self) -> bool:
        """Whether only the direction is shown: no value of what an indicator asks for."""
        return self.status == Coverage.PARTLY and self.note == UNVERIFIED

    @property
    def claimed(self) -> bool:
        """Whether only the team's own description says so."""
        return self.status != Coverage.UNSEEN and self.evidence_kind not in get_args(EvidenceKind)


class PartView(View):
    """A named share of a score."""

    name: str
    label: str
    value: float


class FactsView(View):
    """What records say of a pair beside the match; never part of a score."""

    earlier_work: Annotated[list[str], Field(description="既往合作：成果里有需求单位的")] = []
    conversions: Annotated[list[str], Field(description="转化记录：已转化的成果")] = []
    maturity: Annotated[int | None, Field(description="团队写明的最高成熟度；没有写为空")] = None
    target_trl: Annotated[int | None, Field(description="要求的成熟度")] = None
    maturity_gap: Annotated[int | None, Field(description="比要求差几级；一边不知道为空")] = None
    told: Annotated[dict[str, str], Field(description="上面各项的说法，没有的不列")] = {}


class MatchView(View):
    """A pair of challenge and team with its proof; which of the two is listed depends on the list.

    ``score`` compares within one list only; ``band`` says what it means.
    """

    rank: int
    band: Annotated[str, Field(examples=["强"])]
    score: float
    challenge_id: str
    team_id: str
    terms: list[str] = []
    proof: list[ProofView] = []
    coverage: list[CoverageView] = []
    parts: list[PartView] = []
    facts: FactsView = FactsView()
    decision: Annotated[str, Field(description="管理人员的决定及理由（只有管理人员看得到）")] = ""
    marked: Annotated[str, Field(description="团队或管理人员标记为不匹配的理由")] = ""

    @property
    def covered(self) -> int:
        """How many parts of the challenge are covered."""
        return sum(c.status == Coverage.COVERED for c in self.coverage)

    @property
    def missing(self) -> list[str]:
        """Labels of the parts on which the team shows nothing."""
        return [c.label for c in self.coverage if c.status == Coverage.UNSEEN]

    @property
    def told(self) -> str:
        """Why it stands here, in one sentence."""
        if not self.proof:
            return ""
        best = self.proof[0]
        year = f"，{best.year}" if best.year else ""
        source = f"{best.kind}《{best.title}》{year}"
        if best.claimed:
            source = "自述的研究方向" if best.kind else "团队简介"
        shared = f"与需求共有“{'”“'.join(self.terms[:2])}”" if self.terms else "意思相近"
        if not self.coverage:
            return f"{source}，{shared}。"
        near = sum(c.near for c in self.coverage)
        claimed = sum(c.claimed and c.status == Coverage.COVERED for c in self.coverage)
        counts = (
            (self.covered, f"条有依据{f'（{claimed} 条只凭自述）' if claimed else ''}"),
            (self.partly - near, "条部分有依据"),
            (near, "条只是方向相关"),
            (len(self.missing), "条未见"),
        )
        answered = "、".join(f"{n} {words}" for n, words in counts if n)
        return f"{source}，{shared}；{len(self.coverage)} 条要求中 {answered}。{self.apart}"

    @property
    def partly(self) -> int:
        """How many parts of the challenge are shown in part."""
        return len(self.coverage) - self.covered - len(self.missing)

    @property
    def apart(self) -> str:
        """What to do where the band, read off the whole, and the requirements do not agree."""
        shown = self.covered + sum(
            c.status == Coverage.PARTLY and not c.near for c in self.coverage
        )
        if self.band == Band.STRONG and not self.covered:
            return "整体与难题很接近，但没有一条要求依据齐全：先请团队补充。"
        if self.band == Band.WEAK and 2 * shown >= len(self.coverage) > 0:
            return "有对得上的要求，但整体与难题不够接近：先核对是不是同一个问题。"
        return ""


class TeamMatch(MatchView):
    """A team for a challenge."""

    team: TeamLine


class ChallengeMatch(MatchView):
    """A challenge for a team."""

    challenge: ChallengeLine


class TeamsView(View):
    """The teams for one challenge, best first."""

    challenge: ChallengeLine
    verdict: Annotated[str, Field(examples=["有合适团队"])]
    advice: Annotated[str, Field(description="结论的意思，一句话")]
    matches: list[TeamMatch]
    candidates: Annotated[int, Field(description="参加比较的团队数")]


class ChallengesView(View):
    """The challenges for one team, best first."""

    team: TeamLine
    matches: list[ChallengeMatch]
    candidates: Annotated[int, Field(description="参加比较的需求数")]


class ComparisonView(View):
    """Up to four teams side by side for one challenge."""

    challenge: ChallengeLine
    facets: list[FacetView]
    teams: list[TeamMatch]


class ConsortiumMember(View):
    """A team of a consortium and what it answers for."""

    team: TeamLine
    role: str
    facets: list[str]


class ConsortiumView(View):
    """The fewest teams that together cover what can be covered."""

    challenge: ChallengeLine
    facets: Annotated[list[FacetView], Field(description="要求；其余各处只写名称")]
    members: list[ConsortiumMember]
    coverage: Annotated[float, Field(description="合起来覆盖的份额，0 至 1；部分覆盖记 0.5")]
    single: TeamLine | None
    single_coverage: float
    open: Annotated[list[str], Field(description="本组合未覆盖的要求")]
    unmet: list[str]
