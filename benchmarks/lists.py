"""From lists to a library: streaming, identity and teams, with time, memory and growth.

    python benchmarks/lists.py --works 10000 100000
    python benchmarks/lists.py --stream 1000000
    python benchmarks/lists.py --damaged 10000
    python benchmarks/lists.py --killed 1000000    # the command itself, kill -9 on the way

Works are made (names by the frequencies of real surnames, organisations, co-workers who stay
together, subjects by team), so that they look like OpenAlex; nothing of them is real.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from matcher.corpora import read_any
from matcher.linking.identity import identify
from matcher.linking.register import Register, work_key
from matcher.linking.teams import build_teams
from matcher.records import Achievement
from matcher.workspace import STORE_FILE

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰志新建国文斌鹏飞晓海燕波辉宁"
_SUBJECTS = (
    "高速主轴轴承", "油气润滑", "球墨铸铁", "连铸结晶器", "锂离子电池正极", "质子交换膜",
    "钙钛矿电池", "光纤光栅", "激光熔覆", "搅拌摩擦焊", "故障诊断", "数值模拟", "疲劳寿命",
    "腐蚀行为", "热处理工艺", "催化加氢", "膜分离", "水处理", "机器人关节", "永磁电机",
    "电力变换器", "真空断路器", "图像识别", "联邦学习", "知识图谱", "数控系统", "盾构刀具",
    "混凝土徐变", "钢轨打磨", "水稻育种", "小麦条锈病", "猪瘟疫苗", "肿瘤影像", "骨科机器人",
)  # fmt: skip


def works(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Made works in the shape of OpenAlex: about one team for twelve works."""
    random.seed(seed)
    chosen = random.Random(seed)
    teams = max(1, count // 12)
    for number in range(count):
        own = random.Random(chosen.randrange(teams))
        people = [_name(own) for _ in range(6)]
        place = f"第{own.randrange(max(2, teams // 8))}理工大学"
        subject = own.sample(_SUBJECTS, 3)
        named = chosen.sample(people, chosen.randint(2, 5))
        manner = chosen.choice(("的影响因素", "试验研究", "优化", "机理"))
        manner = chosen.choice(("的影响因素", "试验研究", "优化", "机理"))
        title = f"{chosen.choice(subject)}{manner}{number % 977}"
        yield {
            "id": f"https://openalex.org/W{number}", "title": title, "type": "article",
            "publication_year": 2005 + chosen.randrange(20),
            "abstract_inverted_index": {word: [i] for i, word in enumerate(subject)},
            "keywords": [{"display_name": word} for word in subject[:2]],
            "authorships": [
                {"author": {"id": "", "display_name": name},
                 "institutions": [{"display_name": place}]}
                for name in named
            ],
        }  # fmt: skip


def _name(own: random.Random) -> str:
    return own.choice(_SURNAMES) + "".join(own.choices(_GIVEN, k=own.choice((1, 2, 2))))


def _written(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for work in works(count):
            file.write(json.dumps(work, ensure_ascii=False) + "\n")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def linked(count: int) -> None:
    """Read, identify and build; seconds of processor time each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "works.jsonl"
        _written(path, count)
        start = time.process_time()
        reading = read_any(path).achievements
        assert reading is not None
        pieces: list[Achievement] = list(reading.records)
        read = time.process_time()
        persons = identify(pieces)
        told = time.process_time()
        built = build_teams(pieces, persons)
        end = time.process_time()
    print(
        f"{count:>9,} works  read {read - start:6.1f} s  identity {told - read:6.1f} s  "
        f"teams {end - told:6.1f} s  {len(set(persons.of)):,} persons  {len(built.teams):,} teams  "
        f"peak {_peak():.2f} GB"
    )


def streamed(count: int) -> None:
    """Read into a register, block by block; works a second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "works.jsonl"
        _written(path, count)
        start = time.process_time()
        register = Register.temporary()
        reading = read_any(path).achievements
        assert reading is not None
        added = register.add(reading.records)
        took = time.process_time() - start
    print(
        f"{count:>9,} works streamed: {count / took:,.0f} a second, {added.new:,} kept, "
        f"peak {_peak():.2f} GB"
    )


def damaged(count: int) -> None:
    """The same works as tables and archives that went wrong: what was used, refused and said."""
    rows = [_row(number, work) for number, work in enumerate(works(count))]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "论文.csv"
        _table(whole, rows, list(rows[0]))
        turned = Path(folder) / "列序变了.csv"
        _table(turned, rows, list(reversed(rows[0])))
        mixed = Path(folder) / "中英混排.csv"
        _table(mixed, [_in_english(row) if n % 2 else row for n, row in enumerate(rows)],
               list(rows[0]))  # fmt: skip
        packed = Path(folder) / "works.jsonl.gz"
        _written(Path(folder) / "works.jsonl", count)
        content = gzip.compress((Path(folder) / "works.jsonl").read_bytes())
        packed.write_bytes(content[: len(content) * 2 // 3])
        first = None
        for path in (whole, turned, mixed, packed):
            start = time.process_time()
            reading = read_any(path).achievements
            assert reading is not None
            keys = [work_key(work) for work in reading.records]
            first = first or keys
            told = reading.rejects[0].message[:120] if reading.rejects else ""
            print(
                f"{path.name}: {reading.count.total:,} rows, {reading.count.used:,} used, "
                f"{reading.count.rejected} refused, as the whole list: {keys == first}, "
                f"{time.process_time() - start:.1f} s, peak {_peak():.2f} GB. {told}"
            )


def killed(count: int) -> None:
    """Build a library in a workspace by the command, by words; killed once and run again."""
    with tempfile.TemporaryDirectory() as folder:
        path, store = Path(folder) / "works.jsonl.gz", Path(folder) / "ws" / STORE_FILE
        with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
            for work in works(count):
                file.write(json.dumps(work, ensure_ascii=False) + "\n")
        command = [sys.executable, "-c", "from matcher.cli import main; main()", "library", "build",
                   str(path), "-w", str(store.parent), "--encoder", "none"]  # fmt: skip
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while first.poll() is None and _kept(store) < 0.4 * count:
            time.sleep(0.02)
        first.kill()
        first.wait()
        there = _kept(store)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        with closing(sqlite3.connect(store)) as database:
            teams = database.execute("SELECT count(*) FROM built_teams").fetchone()[0]
        print(
            f"{count:>9,} works: killed with {there:,} kept; again {took:.0f} s of processor, "
            f"peak {after.ru_maxrss / 1e6:.2f} GB, {_kept(store):,} works, {teams:,} teams"
        )


def _kept(store: Path) -> int:
    """How many works a workspace keeps by now."""
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM achievements").fetchone()[0])
    except sqlite3.Error:
        return 0


def _row(number: int, work: dict[str, Any]) -> dict[str, str]:
    return {
        "题名": work["title"],
        "作者": ";".join(a["author"]["display_name"] for a in work["authorships"]),
        "机构": ";".join(
            dict.fromkeys(
                i["display_name"] for a in work["authorships"] for i in a["institutions"]
            )
        ),
        "关键词": ";".join(k["display_name"] for k in work["keywords"]),
        "发表年": str(work["publication_year"]), "DOI": f"10.9999/made.{number}",
    }  # fmt: skip


def _in_english(row: dict[str, str]) -> dict[str, str]:
    number = row["DOI"].rpartition(".")[2]
    english = {"题名": f"Study {number} on bearings", "作者": "Zhang, Yi; Li, Er"}
    return row | english | {"机构": "Dalian Univ Technol, Dalian 116024, Peoples R China"}


def _table(path: Path, rows: Sequence[dict[str, str]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, nargs="*", default=[])
    parser.add_argument("--stream", type=int, nargs="*", default=[])
    parser.add_argument("--damaged", type=int, nargs="*", default=[])
    parser.add_argument("--killed", type=int, nargs="*", default=[])
    given = parser.parse_args()
    for count in given.damaged:
        damaged(count)
    for count in given.killed:
        killed(count)
    for count in given.works:
        linked(count)
    for count in given.stream:
        streamed(count)


if __name__ == "__main__":
    main()
