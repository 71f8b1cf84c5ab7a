"""Challenge → teams under load: a real service in one process, its users in this one.

    python benchmarks/service.py WORKSPACE --users 20 --seconds 60

Each user asks for the teams of a challenge of the list, reads for a while (``--think``), asks for
the next; one request in three carries a filter. One user alone, in the same run, gives the ratio.
``--fresh`` asks with a pasted text of its own every time, the title of one challenge over the
problem of another and a number no run had before, so that nothing was computed or kept before.
``--after`` lets the service run for some seconds before anybody asks. ``--cache`` is a folder for
what is kept between runs, the encoder's vectors among it: an empty one for a first start.
Give ``--page`` to ask for the page instead of its JSON twin (signs in as a person). With
``--processes`` several services answer over the workspace, each user asking one of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import httpx
import numpy as np
from first_index import fresh_environment

from matcher.records import Challenge
from matcher.service.store.accounts import Accounts
from matcher.service.store.database import Database
from matcher.service.store.keys import Keys
from matcher.workspace import STORE_FILE, Workspace

_FILTERS: tuple[dict[str, str], ...] = ({}, {}, {}, {}, {"org_type": "高校"}, {"province": "辽宁"})
_START_SECONDS = 300.0


@contextmanager
def serving(
    workspace: Path, encoder: str, beside: bool = False, cache: Path | None = None
) -> Iterator[tuple[str, int]]:
    """``matcher serve`` over a workspace; gives its address and the number of the process."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {} if cache is None else fresh_environment(cache.resolve())
    environment = {**os.environ, **kept, "MATCHER_SERVICE_REQUESTS_PER_MINUTE": "1000000",
                   "MATCHER_SERVICE_LOG_LEVEL": "warning"}  # fmt: skip
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "serve", "-w",
               str(workspace), "--encoder", encoder, "--port", str(port),
               *(["--beside"] if beside else [])]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"{address}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def spent(process: int) -> float:
    """Processor seconds of a process so far: what a busy machine does not change."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def staff(workspace: Path) -> tuple[str, str, str]:
    """An account made for the run: name, password, API key."""
    name, password = f"压测-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    with closing(Database(workspace / STORE_FILE)) as database:
        account = Accounts(database).add(name, "staff", "", password)
        _, key = Keys(database).add(account.account_id, "压测", ["read", "write"])
    return name, password, key


def signed_in(address: str, name: str, password: str) -> dict[str, str]:
    """The cookies of a person."""
    with httpx.Client(base_url=address) as client:
        token = re.search('name="csrf" value="(.*?)"', client.get("/sign-in").text)
        assert token is not None
        form = {"name": name, "password": password, "csrf": token[1]}
        client.post("/sign-in", data=form)
        return dict(client.cookies)


async def user(
    client: httpx.AsyncClient, options: argparse.Namespace, asked: Sequence[Challenge], number: int,
    until: float, times: list[float], errors: list[str],
) -> None:  # fmt: skip
    """One user, until the time is over."""
    drawn, fresh = random.Random(number), random.Random()
    await asyncio.sleep(drawn.random() * options.think)
    while time.monotonic() < until:
        one, where = drawn.choice(asked), drawn.choice(_FILTERS)
        began = time.perf_counter()
        try:
            if options.fresh:
                problem = fresh.choice(asked).problem
                text = {"title": f"{one.title} {fresh.random()}", "problem": problem}
                answer = await client.post("/api/v1/challenges/teams", params=where, json=text)
            elif options.page:
                answer = await client.get(f"/challenges/{one.challenge_id}/teams", params=where)
            else:
                path = f"/api/v1/challenges/{one.challenge_id}/teams"
                answer = await client.get(path, params=where)
            if answer.status_code != 200:
                errors.append(f"{answer.status_code} {answer.text[:100]}")
        except httpx.HTTPError as error:
            errors.append(type(error).__name__)
        times.append(time.perf_counter() - began)
        await asyncio.sleep(drawn.random() * 2 * options.think)


async def load(
    addresses: Sequence[str], processes: Sequence[int], access: dict[str, dict[str, str]],
    options: argparse.Namespace, asked: Sequence[Challenge], users: int, seconds: float,
) -> float:  # fmt: skip
    """Some users for some seconds; prints what they met, gives the 95th percentile."""
    times: list[float] = []
    errors: list[str] = []
    before = sum(map(spent, processes))
    until = time.monotonic() + seconds
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=address, timeout=60, **access)  # type: ignore[arg-type]
            )
            for address in addresses
        ]
        await asyncio.gather(
            *(
                user(clients[n % len(clients)], options, asked, n, until, times, errors)
                for n in range(users)
            )
        )
    took = sum(map(spent, processes)) - before
    p50, p95, p99 = np.percentile(times, [50, 95, 99]) * 1000
    print(
        f"{users:>4} users {seconds:.0f} s: {len(times)} requests, {len(times) / seconds:.1f}/s, "
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, errors {len(errors)}, "
        f"processor {took / len(times) * 1000:.0f} ms a request"
    )
    for error in sorted(set(errors))[:5]:
        print("     ", error)
    return float(p95)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=1.0, help="mean seconds between requests")
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--after", type=float, default=0.0)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    asked = list(Workspace(options.workspace, encoder=None).challenges().values())
    name, password, key = staff(options.workspace)
    with ExitStack() as stack:
        found = [
            stack.enter_context(
                serving(options.workspace, options.encoder, number > 0, options.cache)
            )
            for number in range(options.processes)
        ]
        time.sleep(options.after)
        addresses, processes = zip(*found, strict=True)
        if options.page:
            access = {"cookies": signed_in(addresses[0], name, password)}
        else:
            access = {"headers": {"Authorization": f"Bearer {key}"}}
        met = partial(load, addresses, processes, access, options, asked)
        alone = asyncio.run(met(1, min(10.0, options.seconds)))
        many = asyncio.run(met(options.users, options.seconds))
        print(f"p95 of {options.users} users / of one: {many / alone:.1f}")


if __name__ == "__main__":
    main()
