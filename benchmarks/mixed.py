"""People of every role reading and writing at once: a real service in one process, them in this.

    python benchmarks/mixed.py WORKSPACE --users 20 --seconds 600

Enterprises, universities and staff (in the ratio 7 : 8 : 5) are signed in at the pages of a copy of
the workspace. Each does one thing, thinks for a while (``--think``), does the next; four in five
are reading: lists, searches, a box typed in letter by letter, a challenge with its teams, a team
with its challenges, the inbox, the pairs, the desk. The others write: moves of pairs as their page
offers them (an award changes the record of a team), bids, drafts, comments, proposed teams; every
half minute staff take such a team in, so that all rankings are made anew. A move that somebody else
overtook (409, 412) is counted apart; every other answer that is no success is an error.

Printed are the times of each kind, the processor time of the service a request, and how much of the
machine other programs took meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from service import serving, signed_in, spent

from matcher.encoding import DEFAULT_ENCODER
from matcher.service.access import Role
from matcher.service.store.accounts import Accounts
from matcher.service.store.database import Database
from matcher.workspace import STORE_FILE, Workspace

_PASSWORD = "correct horse battery staple"
_ROLES: tuple[Role, ...] = ("enterprise",) * 7 + ("university",) * 8 + ("staff",) * 5
_OVERTAKEN = {409, 412}
# Of what staff do: so every half minute there is a new team, and all rankings are made anew.
_CHANGING = 0.01
_WORDS = (
    "电池低温",
    "轴承钢",
    "光刻胶",
    "机器人",
    "疫苗",
    "催化剂",
    "芯片",
    "焊接",
    "算法",
    "复合材料",
)
# What one of each role does with a pair; the page says which of these may be done now.
_MOVES: dict[str, tuple[str, ...]] = {
    "enterprise": ("列入候选", "移出候选", "邀请", "收回邀请", "同意互换（需求方）",
                   "也同意互换（需求方）", "选定", "签约"),
    "university": ("表示意向", "婉拒邀请", "同意互换（揭榜方）", "也同意互换（揭榜方）",
                   "撤回揭榜"),
    "staff": ("列入候选", "进入评审", "列为备选", "立项", "递补", "验收"),
}  # fmt: skip


@dataclass
class Met:
    """What was met by everybody."""

    times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    slowest: list[tuple[float, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    overtaken: Counter[str] = field(default_factory=Counter)


@dataclass
class Person:
    """Somebody signed in, with the records of their organisation."""

    client: httpx.AsyncClient
    met: Met
    drawn: random.Random
    role: Role
    challenges: list[str]
    teams: list[str]
    own: list[str]

    async def ask(self, kind: str, method: str, path: str, **more: Any) -> httpx.Response | None:
        """One request, timed; None where it failed or was overtaken."""
        began = time.perf_counter()
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.HTTPError as error:
            self.met.errors[f"{method} {path} {type(error).__name__}"] += 1
            return None
        taken = time.perf_counter() - began
        self.met.times[kind].append(taken)
        self.met.slowest = nlargest(8, [*self.met.slowest, (taken, f"{method} {path}")])
        if answer.status_code in _OVERTAKEN:
            self.met.overtaken[f"{more.get('json', {}).get('move', path)}"] += 1
            return None
        if answer.status_code >= 400:
            self.met.errors[f"{method} {path} {answer.status_code} {answer.text[:200]}"] += 1
            return None
        return answer

    async def page(self, path: str, **params: str) -> None:
        """Open a page."""
        await self.ask("pages", "GET", path, params=params)

    # Reading

    async def search(self) -> None:
        """Type into a box, letter by letter, and look."""
        side, words = self.drawn.choice(("challenges", "teams")), self.drawn.choice(_WORDS)
        for end in range(1, len(words) + 1):
            await self.ask("suggestions", "GET", f"/api/v1/{side}/suggestions",
                           params={"q": words[:end]})  # fmt: skip
        await self.page(f"/{side}", q=words)

    async def look(self) -> None:
        """Read one of the pages of the role."""
        challenge, team = self.drawn.choice(self.challenges), self.drawn.choice(self.teams)
        everybody = ["/", "/inbox", "/pairs", "/challenges", "/teams", f"/challenges/{challenge}",
                     f"/teams/{team}"]  # fmt: skip
        own: dict[str, list[str]] = {
            "enterprise": ["/drafts", f"/challenges/{self.drawn.choice(self.own)}/teams"],
            "university": ["/my-teams", f"/teams/{self.drawn.choice(self.own)}/challenges"],
            "staff": ["/staff", "/staff/progress", "/staff/audit", "/team-changes",
                      f"/challenges/{challenge}/teams"],
        }  # fmt: skip
        await self.page(self.drawn.choice(everybody + 2 * own[self.role]))

    # Writing

    async def write(self, path: str, content: dict[str, Any]) -> httpx.Response | None:
        """Post something."""
        return await self.ask("writing", "POST", f"/api/v1{path}", json=content)

    async def move(self) -> None:
        """Make one of the moves that the page of a pair offers."""
        pair = await self.pair()
        shown = await self.ask("pages", "GET", "/api/v1/pairs/one", params=pair)
        if shown is None:
            return
        offered = {one["name"] for one in shown.json()["pair"]["moves"]}
        fitting = [name for name in _MOVES[self.role] if name in offered]
        if self.role == "university" and "揭榜" in offered and self.drawn.random() < 0.5:
            bid = {"statement": "钙处理加电磁净化", "budget_wan": 300, "months": 24}
            await self.write("/pairs/bid", {**pair, "bid": bid})
        elif fitting:
            name = self.drawn.choice(fitting)
            await self.write("/pairs/move", {**pair, "move": name, "reason": "会商议定"})

    async def pair(self) -> dict[str, str]:
        """One that is under way, or, half of the time, a new one."""
        if self.drawn.random() < 0.5:
            kept = await self.ask("pages", "GET", "/api/v1/pairs", params={"size": "100"})
            if kept is not None and (items := kept.json()["items"]):
                one = self.drawn.choice(items)
                return {name: one[name] for name in ("challenge_id", "team_id")}
        own = {"enterprise": "challenge_id", "university": "team_id"}.get(self.role)
        pair = {"challenge_id": self.drawn.choice(self.challenges),
                "team_id": self.drawn.choice(self.teams)}  # fmt: skip
        return pair if own is None else {**pair, own: self.drawn.choice(self.own)}

    async def note(self) -> None:
        """Write what changes no record: a draft, a profile to be approved, a comment."""
        if self.role == "enterprise":
            await self.write("/drafts", {"title": "低温电池衰减", "problem": "零下 30 度容量不足"})
        elif self.role == "university":
            fields = {"team_name": "新组建的团队", "profile": f"研究{self.drawn.choice(_WORDS)}"}
            await self.write("/team-changes", fields)
        else:
            path = f"/challenges/{self.drawn.choice(self.challenges)}/comments"
            await self.write(path, {"text": "请核对指标"})

    async def change(self) -> None:
        """Take a proposed team into the library."""
        waiting = await self.ask("pages", "GET", "/api/v1/team-changes", params={"state": "待审核"})
        items = [] if waiting is None else waiting.json()["items"]
        if items:
            number = self.drawn.choice(items)["number"]
            await self.write(f"/team-changes/{number}/verdict", {"accept": True})


async def act(person: Person, until: float, think: float) -> None:
    """One person, until the time is over."""
    drawn = person.drawn
    writing = [person.move] * 6 + [person.note] * 2
    verbs: list[Callable[[], Coroutine[Any, Any, None]]] = [person.look] * 6 + [person.search] * 2
    await asyncio.sleep(drawn.random() * think)
    while time.monotonic() < until:
        if person.role == "staff" and drawn.random() < _CHANGING:
            await person.change()
        await drawn.choice([*verbs, drawn.choice(writing), drawn.choice(writing)])()
        await asyncio.sleep(drawn.random() * 2 * think)


def accounts_of(workspace: Path, users: int) -> list[tuple[str, Role, list[str]]]:
    """Accounts made for the run: name, role, the records of the organisation.

    The challenges of the demonstration say not whose they are: they are dealt out.
    """
    opened = Workspace(workspace, encoder=None)
    roles = [_ROLES[number % len(_ROLES)] for number in range(users)]
    firms = [f"示范企业{n}" for n, role in enumerate(roles) if role == "enterprise"]
    dealt: defaultdict[str, list[str]] = defaultdict(list)
    for number, challenge_id in enumerate(opened.challenges()):
        dealt[firms[number % len(firms)]].append(challenge_id)
    held: defaultdict[str, list[str]] = defaultdict(list)
    for team in opened.teams().values():
        held[team.org_name].append(team.team_id)
    schools = sorted(filter(None, held), key=lambda name: (-len(held[name]), name))
    left = {"enterprise": iter(firms), "university": iter(schools), "staff": repeat("")}
    made: list[tuple[str, Role, list[str]]] = []
    with closing(Database(workspace / STORE_FILE)) as database:
        for firm, ids in dealt.items():
            for challenge_id in ids:
                database.write(
                    "UPDATE records SET content = json_set(content, '$.demand_org', ?) "
                    "WHERE side = 'challenge' AND id = ?", (firm, challenge_id),
                )  # fmt: skip
        for number, role in enumerate(roles):
            name, organisation = f"{role}-{number}", next(left[role])
            Accounts(database).add(name, role, organisation, _PASSWORD)
            made.append((name, role, dealt[organisation] or held[organisation]))
    return made


def busy() -> float:
    """Processor seconds that all programs of the machine had so far."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft, *_ = map(int, fields)
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


async def arrived(address: str, name: str) -> httpx.AsyncClient:
    """Somebody's browser, signed in."""
    cookies = signed_in(address, name, _PASSWORD)
    client = httpx.AsyncClient(base_url=address, cookies=cookies, timeout=60)
    token = re.search('name="csrf" value="(.*?)"', (await client.get("/inbox")).text)
    assert token is not None, name
    client.headers["X-CSRF-Token"] = token[1]
    return client


async def run(
    address: str, process: int, workspace: Path, made: list[tuple[str, Role, list[str]]],
    seconds: float, think: float,
) -> None:  # fmt: skip
    """Everybody at once; prints what they met."""
    opened = Workspace(workspace, encoder=None)
    challenges, teams = list(opened.challenges()), list(opened.teams())
    met = Met()
    clients = [await arrived(address, name) for name, _, _ in made]
    people = [
        Person(client, met, random.Random(number), role, challenges, teams, own or challenges)
        for number, (client, (_, role, own)) in enumerate(zip(clients, made, strict=True))
    ]
    before = clock(process)
    await asyncio.gather(*(act(one, before[0] + seconds, think) for one in people))
    tell(met, *(b - a for a, b in zip(before, clock(process), strict=True)))
    for client in clients:
        await client.aclose()


def clock(process: int) -> tuple[float, float, float, float]:
    """Seconds now, and those of processor of the service, of this process, of the machine."""
    return time.monotonic(), spent(process), time.process_time(), busy()


def tell(met: Met, seconds: float, service: float, own: float, whole: float) -> None:
    """Print what was met, and what of the machine went where."""
    others = whole - service - own
    together = [one for times in met.times.values() for one in times]
    print(f"{len(together)} requests in {seconds:.0f} s, {len(together) / seconds:.1f}/s, service "
          f"{service / len(together) * 1000:.1f} ms of processor a request; of {os.cpu_count()} "
          f"cores service {service / seconds:.2f}, users {own / seconds:.2f}, other programs "
          f"{others / seconds:.2f}; load {os.getloadavg()[1]:.1f}")  # fmt: skip
    for kind, times in (("all", together), *met.times.items()):
        p50, p95, p99 = np.percentile(times, [50, 95, 99]) * 1000
        print(f"    {kind}: {len(times)}, p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, worst "
              f"{max(times) * 1000:.0f} ms")  # fmt: skip
    print("    slowest:", "; ".join(f"{path} {taken * 1000:.0f} ms" for taken, path in met.slowest))
    print(f"    overtaken: {met.overtaken.total()} {dict(met.overtaken.most_common(4))}")
    print(f"    errors: {met.errors.total()}")
    for error, count in met.errors.most_common(8):
        print("       ", count, error)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--think", type=float, default=1.0, help="mean seconds between two acts")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(shutil.copytree(options.workspace, Path(folder) / "workspace"))
        made = accounts_of(workspace, options.users)
        with serving(workspace, options.encoder) as (address, process):
            asyncio.run(run(address, process, workspace, made, options.seconds, options.think))


if __name__ == "__main__":
    main()
