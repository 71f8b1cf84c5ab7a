"""How long importing takes and what it holds: 100,000 rows of .xlsx and .csv.

python benchmarks/importing.py [rows] [--against another/checkout]

With ``--against`` each file is read by both in turn, and the ratio of processor time is printed.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = (
    "序号", "项目名称", "需求单位", "技术领域", "背景及主要问题", "考核指标", "榜额", "截止时间",
    "所在省", "联系人",
)  # fmt: skip
PROBLEM = "单晶叶片合格率低，杂晶与再结晶缺陷难以控制，需要成套工艺。" * 3


def _row(n: int) -> list[str | int]:
    return [
        n, f"高温合金涡轮叶片精密铸造技术{n}", f"某某重工{n % 500}有限公司", "新材料；航空",
        f"{PROBLEM}第{n}批试验件合格率{n % 97}%。",
        f"合格率≥{n % 90}%；1100℃持久寿命≥{n}h", f"{n % 900 + 100}万元",
        "2026年3月底前",
        "辽宁省大连市", "王工",
    ]  # fmt: skip


def make(folder: Path, count: int) -> list[Path]:
    """The files to be read, with a title above the header and a total below."""
    import openpyxl

    rows: list[list[str | int]] = [["2026年揭榜挂帅榜单"], list(HEADER)]
    rows += [_row(n) for n in range(1, count + 1)]
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
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
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
