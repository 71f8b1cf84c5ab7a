"""Alliances in numbers: lists, sums and programmes of 10,000, and the report of a year.

    python benchmarks/alliances.py --count 10000

Alliances are made (leads, members, fields, money of several years); nothing of them is real.
Seconds are of this process, not of the clock on the wall.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any

from matcher.alliances import (
    Alliance,
    Grant,
    Records,
    advice_for,
    claims_of_alliances,
    overlaps,
    year_report,
)
from matcher.policy import accounts, shipped_pack
from matcher.report.faces.tables import write_tables
from matcher.report.tables.alliances import year_tables
from matcher.service.access import Principal
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.steps import Act
from matcher.workspace import STORE_FILE, Workspace

_CITIES = ("沈阳", "大连", "鞍山", "抚顺", "本溪", "丹东", "锦州", "营口")
_FIRMS = 40
_FIELDS = ("钢铁", "石化", "装备制造", "新材料", "电子信息", "医药")


def made(count: int, seed: int = 0) -> Iterator[Alliance]:
    """Made alliances: a tenth of the leads have several."""
    chance = random.Random(seed)
    for number in range(count):
        lead = chance.randrange(max(1, count * 9 // 10))
        year = 2021 + chance.randrange(5)
        city = chance.choice(_CITIES)
        yield Alliance(
            alliance_id=f"LM{number:06}", name=f"第{number}联盟", lead_org=f"第{lead}制造有限公司",
            members=tuple(f"第{chance.randrange(300)}大学" for _ in range(1 + chance.randrange(3))),
            tech_domain=(chance.choice(_FIELDS),), province="辽宁", city=city,
            formed_on=date(year, 1 + chance.randrange(12), 1), technologies=chance.randrange(4),
            grants=tuple(
                Grant(year=year, amount_wan=chance.choice((None, 100.0, 300.0, 900.0)),
                      programme="试点示范激励计划")
                for _ in range(chance.randrange(3))
            ),
        )  # fmt: skip


def p95(run: Callable[[], Any], times: int = 40) -> float:
    """The 95th percentile of a run, in milliseconds of processor time."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        run()
        spent.append(1e3 * (time.process_time() - began))
    return quantiles(spent, n=20)[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    count = parser.parse_args().count
    pack = shipped_pack("liaoning-2021")
    cap = next(f for f in pack.funding if f.kind == "yearly_cap")
    with tempfile.TemporaryDirectory() as folder:
        Workspace(folder, encoder=None).make()
        database = Database(Path(folder) / STORE_FILE)
        store = Alliances(database, Audit(database))
        began = time.process_time()
        store.put(made(count), Act(Principal("staff", 1, "厅"), "staff"))
        print(f"写入 {count} 个联盟: {time.process_time() - began:.1f} 秒")
        kept = store.all()
        claims = claims_of_alliances(pack, kept)
        firms = cycle(kept[:: max(1, count // _FIRMS)])
        runs: dict[str, Callable[[], Any]] = {
            "列表的一页": lambda: store.page(7, 20),
            "一个状态的一页": lambda: store.page(1, 20, "组建中"),
            "一个单位的": lambda: store.page(1, 20, organisation="第7大学"),
            "按词查找": lambda: store.page(1, 20, words="第77"),
            "一家的计划和余额": lambda: advice_for(pack, next(firms), 2022, claims),
            "全部台账": lambda: accounts(cap, claims),
        }
        for name, run in runs.items():
            print(f"{p95(run):8.1f} 毫秒 p95  {name}")
        began = time.process_time()
        report = year_report(pack, Records(store.all()), 2022)
        write_tables("进度", year_tables(report), Path(folder) / "进度.xlsx")
        print(f"{time.process_time() - began:8.1f} 秒  一年的进度（读出、计数、写工作簿）")
        began = time.process_time()
        overlaps(kept)
        print(f"{time.process_time() - began:8.1f} 秒  重复与重叠")
        database.close()


if __name__ == "__main__":
    main()
