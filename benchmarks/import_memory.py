"""What importing a file into a workspace holds in memory, as the file grows.

python benchmarks/import_memory.py 100000 400000 [--format csv] [--read-only | --rows-only]

Teams are made up (short texts, so that rows and not texts count) and imported without an encoder
by the command a person would run; with ``--read-only`` they are only read, with ``--rows-only`` as
rows of cells, before these are understood. Those of an .xlsx have
the columns and the texts of the demonstration's team list, drawn anew, and are written as Excel
writes them: every text once, cells refer to it.
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
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from timing import tree_memory

from matcher.resources import data_path

FIELDS = {
    "team_id": "团队编号", "team_name": "团队名称", "org_name": "单位", "province": "省",
    "research_directions": "研究方向", "profile": "简介",
}  # fmt: skip
WIDE = {
    "team_id": "团队编号", "team_name": "团队名称", "org_name": "单位", "org_type": "单位类型",
    "province": "省", "city": "市", "leader_name": "负责人", "research_directions": "研究方向",
    "core_capabilities": "核心能力", "tech_domain": "技术领域", "achievements": "代表性成果",
    "profile": "简介",
}  # fmt: skip
_READ = "import sys; from matcher.corpora import read_any; read_any(sys.argv[1])"
_ROWS = """
import sys
from matcher.corpora.formats.registry import inspect_file, read_file
print(sum(1 for grid in read_file(inspect_file(sys.argv[1])) for row in grid.rows))
"""
_LISTS = {"research_directions": 5, "core_capabilities": 3, "tech_domain": 1}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook MAIN xmlns:r="{_OFFICE}"><sheets><sheet name="团队库" '
    'sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
    f'Id="a" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
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


def wide_rows(count: int) -> Iterator[list[str]]:
    """Rows of a team list with all its columns, below their header."""
    lines = data_path("corpora/demo/teams.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    lists = {name: [said for team in known for said in team.get(name) or ()] for name in _LISTS}
    titles = [piece["title"] for team in known for piece in team.get("evidence") or ()]
    chosen = random.Random(7)
    yield [*WIDE.values()]
    for number in range(1, count + 1):
        team = chosen.choice(known)
        said = ["；".join(chosen.choices(lists[name], k=most)) for name, most in _LISTS.items()]
        yield [
            f"T{number:07d}", f"{team['team_name']}{number}", team["org_name"],
            team.get("org_type") or "", team.get("province") or "", team.get("city") or "",
            f"负责人{number % 9000}", *said, "；".join(chosen.choices(titles, k=3)),
            f"面向{said[0]}，承担{chosen.choice(titles)}等任务{number}项。",
        ]  # fmt: skip


def write_xlsx(path: Path, count: int) -> None:
    """A workbook of one sheet, row by row."""
    numbers: dict[str, int] = {}
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content.replace("MAIN", main))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"<worksheet {main}><sheetData>".encode())
            for row, texts in enumerate(wide_rows(count), 1):
                cells = "".join(
                    f'<c r="{chr(65 + column)}{row}" t="s"><v>'
                    f"{numbers.setdefault(text, len(numbers))}</v></c>"
                    for column, text in enumerate(texts) if text
                )  # fmt: skip
                sheet.write(f'<row r="{row}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f"<sst {main}>".encode())
            for text in numbers:
                strings.write(f"<si><t>{escape(text)}</t></si>".encode())
            strings.write(b"</sst>")


def write(path: Path, count: int) -> None:
    """A file of so many teams, by the suffix of its name."""
    if path.suffix == ".xlsx":
        write_xlsx(path, count)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.writer(file)
            table.writerow(FIELDS.values())
            table.writerows(team.values() for team in teams(count))
        else:
            for team in teams(count):
                team["research_directions"] = team["research_directions"].split("；")
                file.write(json.dumps(team, ensure_ascii=False) + "\n")


def measure(path: Path, folder: Path, count: int, program: str) -> None:
    """Import in a process of its own, or read as a program says; its memory and its helpers'."""
    if program:
        command = [sys.executable, "-c", program, str(path)]
    else:
        program = "from matcher.cli import main; main()"
        command = [sys.executable, "-c", program, "import", str(path), "--encoder", "none"]
        command += ["-w", str(folder / path.stem)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = together = 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        peak = max([peak, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))])
        together = max(together, tree_memory(process.pid))
        time.sleep(0.2)
    if process.returncode:
        sys.exit(f"没有导入: 退出码 {process.returncode}")
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = done.ru_utime + done.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{path.suffix} {count} 行, {path.stat().st_size / 1e6:.0f} MB: "
        f"峰值 {peak / 1024:.0f} MB, 连同帮手 {together / 1e6:.0f} MB, 处理器 {cpu:.0f} s, "
        f"共 {time.perf_counter() - started:.0f} s",
        flush=True,
    )


def main() -> None:
    """Each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--format", choices=("csv", "jsonl", "xlsx"), default="jsonl")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--read-only", dest="program", action="store_const", const=_READ, default="")
    only.add_argument("--rows-only", dest="program", action="store_const", const=_ROWS)
    asked = parser.parse_args()
    for count in asked.counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"团队{count}.{asked.format}"
            write(path, count)
            measure(path, Path(folder), count, asked.program)


if __name__ == "__main__":
    main()
