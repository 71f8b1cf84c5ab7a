"""What importing a file into a workspace holds in memory, as the file grows.

python benchmarks/import_memory.py 100000 400000 [--format csv] [--read-only]

Teams are made up (short texts, so that rows and not texts count) and imported without an encoder
by the command a person would run; with ``--read-only`` they are only read.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIELDS = {
    "team_id": "团队编号", "team_name": "团队名称", "org_name": "单位", "province": "省",
    "research_directions": "研究方向", "profile": "简介",
}  # fmt: skip
_SUBJECTS = (
    "轴承钢", "高温合金", "靶材", "光刻胶", "齿轮箱", "锂电池", "碳纤维", "机器视觉", "铸造",
    "轧制", "焊接", "涂层",
)  # fmt: skip
_DEEDS = (
    "洁净度控制", "疲劳寿命", "缺陷检测", "数值模拟", "成套装备", "工艺优化", "在线监测",
    "失效分析",
)  # fmt: skip


def teams(count: int) -> Iterator[dict[str, Any]]:
    """Nothing of it is real; the names differ as real ones do."""
    chosen = random.Random(7)
    for number in range(1, count + 1):
        about = [f"{chosen.choice(_SUBJECTS)}{chosen.choice(_DEEDS)}" for _ in range(3)]
        yield {
            "team_id": f"T{number:07d}", "team_name": f"{about[0]}与{about[1]}{number}课题组",
            "org_name": f"第{number % 900}大学", "province": "辽宁省",
            "research_directions": "；".join(about), "profile": f"从事{about[2]}{number}的研究。",
        }  # fmt: skip


def write(path: Path, count: int) -> None:
    """A file of so many teams, by the suffix of its name."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.writer(file)
            table.writerow(FIELDS.values())
            table.writerows(team.values() for team in teams(count))
        else:
            for team in teams(count):
                team["research_directions"] = team["research_directions"].split("；")
                file.write(json.dumps(team, ensure_ascii=False) + "\n")


def measure(path: Path, folder: Path, count: int, reading: bool) -> None:
    """Import in a process of its own; its memory and that of its helpers."""
    if reading:
        program = "import sys; from matcher.corpora import read_any; read_any(sys.argv[1])"
        command = [sys.executable, "-c", program, str(path)]
    else:
        program = "from matcher.cli import main; main()"
        command = [sys.executable, "-c", program, "import", str(path), "--encoder", "none"]
        command += ["-w", str(folder / path.stem)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        peak = max([peak, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))])
        time.sleep(0.2)
    if process.returncode:
        sys.exit(f"没有导入: 退出码 {process.returncode}")
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = done.ru_utime + done.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{path.suffix} {count} 行, {path.stat().st_size / 1e6:.0f} MB: "
        f"峰值 {peak / 1024:.0f} MB, 处理器 {cpu:.0f} s, 共 {time.perf_counter() - started:.0f} s",
        flush=True,
    )


def main() -> None:
    """Each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--format", choices=("csv", "jsonl"), default="jsonl")
    parser.add_argument("--read-only", action="store_true")
    asked = parser.parse_args()
    for count in asked.counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"团队{count}.{asked.format}"
            write(path, count)
            measure(path, Path(folder), count, asked.read_only)


if __name__ == "__main__":
    main()
