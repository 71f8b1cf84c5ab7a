"""How long importing takes and what it holds: 100,000 rows of .xlsx and .csv.

python benchmarks/importing.py [rows] [--against another/checkout]

With ``--against`` each file is read by both in turn, and the ratio of processor time is printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "序号", "项目名称", "需求单位", "技术领域", "背景及主要问题", "考核指标", "榜额", "截止时间",
    "所在省", "联系人",
)  # fmt: skip
CORPORA = Path(__file__).resolve().parents[1] / "corpora"
LISTS = ("silver/problems", "demo/challenges", "demo/chokepoints35")


def _rows(count: int) -> Iterator[list[str | int]]:
    """Rows put together from the sentences and targets of the shipped lists, drawn anew for each:
    what is read once and remembered is no measure of a list that somebody wrote.
    """
    told = [json.loads(line) for name in LISTS
            for line in (CORPORA / f"{name}.jsonl").read_text("utf-8").splitlines()]  # fmt: skip
    said = [one for row in told for one in re.findall("[^。；;]{6,}[。；;]", row["problem"])]
    targets = [one for row in told for one in re.split("[；;。]", row.get("indicators_text") or "")
               if one]  # fmt: skip
    draw = random.Random(0)
    for n in range(1, count + 1):
        yield [
            n, f"{draw.choice(told)['title']}（{n}）", f"某某重工{n % 500}有限公司", "新材料；航空",
            "".join(draw.sample(said, 3)), "；".join(draw.sample(targets, 3)),
            f"{draw.randint(50, 900)}万元", "2026年3月底前", "辽宁省大连市", "王工",
        ]  # fmt: skip


def make(folder: Path, count: int) -> list[Path]:
    """The files to be read, with a title above the header and a total below."""
    import openpyxl

    rows: list[list[str | int]] = [["2026年揭榜挂帅榜单"], list(HEADER)]
    rows += _rows(count)
    rows.append(["合计", "", "", "", "", "", count])
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("榜单")
    for row in rows:
        page.append(row)
    book.save(folder / "榜单.xlsx")
    with (folder / "榜单.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([*row, *[""] * (len(HEADER) - len(row))] for row in rows)
    return [folder / "榜单.xlsx", folder / "榜单.csv"]


def read(path: Path) -> None:
    """Read one file and print time and memory; runs in a process of its own."""
    from matcher.corpora import read_challenges

    started, busy = time.perf_counter(), time.process_time()
    reading = read_challenges(path)
    seconds, mine = time.perf_counter() - started, time.process_time() - busy
    # Helper processes are counted with all they use, their start included.
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = mine + helpers.ru_utime + helpers.ru_stime
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{path.name}: {len(reading.records)} 条, 拒收 {len(reading.rejects)}, "
        f"未交代 {reading.count.unaccounted} 行; {seconds:.1f} s, 本进程 {mine:.1f} s, "
        f"{peak:.0f} MB (其他进程各 {helpers.ru_maxrss / 1024:.0f} MB), 处理器 {cpu:.1f} s"
    )


def read_by(checkout: Path, path: Path) -> float:
    """Read a file with the code of a checkout, in a fresh process; its processor time."""
    command = [sys.executable, __file__, "--read", str(path)]
    # As the command line sets it.
    more = {"PYTHONPATH": str(checkout), "OPENBLAS_THREAD_TIMEOUT": "20"}
    environment = {**os.environ, **more}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    print(f"{checkout.name} {done.stdout.strip()}")
    return float(done.stdout.rpartition("处理器 ")[2].partition(" s")[0])


def main() -> None:
    """Make the files and read each in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--against", type=Path, help="另一份代码的目录")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read is not None:
        read(asked.read)
        return
    here = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        for path in make(Path(folder), asked.rows):
            mine = read_by(here, path)
            if asked.against is not None:
                other = read_by(asked.against.resolve(), path)
                print(f"{path.name}: 处理器时间之比 {mine / other:.2f}")


if __name__ == "__main__":
    main()
