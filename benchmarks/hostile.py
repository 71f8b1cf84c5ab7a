"""Pages and sign-in while hostile files are uploaded: a real service, its attackers and its people.

    python benchmarks/hostile.py WORKSPACE --uploads 50 --seconds 120

First people alone, then the same people while ``--uploads`` uploads of files that cost the most to
read stand at every moment, from ``--accounts`` accounts. People sign in (a password each time) and
open pages of the demonstration. Prints their 50th and 95th percentile and what the uploads met.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
from service import serving, spent, staff

from matcher.workspace import Workspace

_PAGES = ("/", "/challenges", "/teams", "/sign-in", "/healthz")
_PEOPLE = 5
_THINK = 2.0  # mean seconds between what a person does; more sign-ins a minute are refused
_PDF_HEAD = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
)


def many_tables() -> bytes:
    """A small archive of 3,000 tables."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3000):
            archive.writestr(f"{number}.csv", f"题目,单位\n难题{number},某厂\n" * 20)
    return out.getvalue()


def many_keys() -> bytes:
    """A record of 50,000 fields."""
    return json.dumps([{f"字段{n}": n for n in range(50_000)}]).encode()


def many_states() -> bytes:
    """A page that saves and restores its state two million times."""
    content = b"q Q\n" * 2_000_000
    return (
        _PDF_HEAD + b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
        b"/Contents 4 0 R>>endobj\n4 0 obj<</Length %d>>stream\n" % len(content)
        + content + b"endstream endobj\ntrailer<</Root 1 0 R>>\n"
    )  # fmt: skip


def far_row() -> bytes:
    """A workbook of one cell in row 4,294,967,295."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="4294967295"><c r="A4294967295"><v>1</v></c></row></sheetData></worksheet>'
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/><Override '
        'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="a" sheetId="1" r:id="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        'package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def deep_page() -> bytes:
    """Tables in tables, 5,000 deep."""
    return ("<table><tr><td>" * 5000 + "题目").encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a.zip": many_tables, "a.json": many_keys, "a.pdf": many_states, "a.xlsx": far_row,
    "a.html": deep_page,
}  # fmt: skip


async def attacker(
    client: httpx.AsyncClient, files: dict[str, bytes], key: str, number: int, until: float,
    met: Counter[str],
) -> None:  # fmt: skip
    """One upload after the other."""
    names = list(files)
    turn = number
    while time.monotonic() < until:
        name = names[turn % len(names)]
        turn += 1
        try:
            answer = await client.post(
                "/api/v1/imports", files={"file": (name, files[name])},
                headers={"Authorization": f"Bearer {key}"},
            )  # fmt: skip
            met[f"{name} {answer.status_code}"] += 1
            if answer.status_code == 429:
                await asyncio.sleep(1)
        except httpx.HTTPError as error:
            met[f"{name} {type(error).__name__}"] += 1


async def person(
    address: str, account: tuple[str, str], pages: list[str], number: int, until: float,
    times: dict[str, list[float]], errors: Counter[str],
) -> None:  # fmt: skip
    """Signs in, opens pages, signs in again."""
    drawn = random.Random(number)
    while time.monotonic() < until:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            began = time.perf_counter()
            token = re.search('name="csrf" value="(.*?)"', (await client.get("/sign-in")).text)
            form = {"name": account[0], "password": account[1], "csrf": token[1] if token else ""}
            answer = await client.post("/sign-in", data=form)
            times["sign-in"].append(time.perf_counter() - began)
            if answer.status_code != 303:
                errors[f"sign-in {answer.status_code}"] += 1
            for page in drawn.sample(pages, 4):
                await asyncio.sleep(drawn.random() * 2 * _THINK)
                began = time.perf_counter()
                answer = await client.get(page)
                times["pages"].append(time.perf_counter() - began)
                if answer.status_code != 200:
                    errors[f"{page} {answer.status_code}"] += 1


async def run(
    address: str, process: int, accounts: list[tuple[str, str, str]], pages: list[str],
    files: dict[str, bytes], uploads: int, seconds: float,
) -> None:  # fmt: skip
    """People, beside so many uploads; prints what they met."""
    until = time.monotonic() + seconds
    times: dict[str, list[float]] = {"sign-in": [], "pages": []}
    errors: Counter[str] = Counter()
    met: Counter[str] = Counter()
    before = spent(process)
    limits = httpx.Limits(max_connections=uploads + 1)
    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:
        attackers = [attacker(client, files, accounts[n % len(accounts)][2], n, until, met)
                     for n in range(uploads)]  # fmt: skip
        people = [person(address, accounts[0][:2], pages, n, until, times, errors)
                  for n in range(_PEOPLE)]  # fmt: skip
        tasks = [asyncio.create_task(one) for one in attackers]
        await asyncio.gather(*people)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(f"{uploads} uploads at once, {seconds:.0f} s, service {spent(process) - before:.0f} s")
    for what, found in times.items():
        p50, p95 = np.percentile(found, [50, 95]) * 1000
        print(f"    {what}: {len(found)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
              f"worst {max(found) * 1000:.0f} ms")  # fmt: skip
    print("    errors:", dict(errors) or "none")
    if met:
        print("    uploads:", dict(sorted(met.items())))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--accounts", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    options = parser.parse_args()
    ids = list(Workspace(options.workspace, encoder=None).challenges())[:20]
    pages = [*_PAGES, *(f"/challenges/{one}" for one in ids)]
    files = {name: make() for name, make in HOSTILE.items()}
    accounts = [staff(options.workspace) for _ in range(options.accounts)]
    with serving(options.workspace, options.encoder) as (address, process):
        for uploads in (0, options.uploads):
            seconds = options.seconds if uploads else min(30.0, options.seconds)
            asyncio.run(run(address, process, accounts, pages, files, uploads, seconds))


if __name__ == "__main__":
    main()
