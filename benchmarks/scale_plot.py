"""Draw and tabulate how cost grows, from the results of `benchmarks.scale`.

    python benchmarks/scale_plot.py [--results output/scale.jsonl]

Writes docs/scale.svg and the table in docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tables import put, table

_DOCS = Path(__file__).parent.parent / "docs"
Lines = Sequence[Mapping[str, Any]]


def rows(lines: Lines) -> list[list[str]]:
    """The table's."""
    return [
        [
            f"{line['teams_alive']:,}", f"{line['passages']:,}",
            "–" if line.get("built_from") else _shown(line, "build_seconds"),
            _shown(line, "statistics_seconds"),
            f"{line['disk_gb']:.2f}", f"{line['memory']['resident_gb']:.1f}",
            _two(line["single"]), _two(line["filtered"]), _two(line["single_plain"]),
            f"{line['single_search']['processor_p50']:.3f}",
            f"{line['batch_per_query']:.3f} ({line['batch_processor']:.3f})",
            f"{line['batch_search_processor']:.3f}", f"{line['processes_per_query']:.3f}",
            " / ".join(f"{ratio:.1f}" for ratio in _speedups(line)),
        ]
        for line in lines
    ]  # fmt: skip


_HEAD = [
    "团队", "成果段", "建段 秒", "均值和矩 秒", "盘 GB", "常驻 GB",
    "单个查询 p50 / p95 秒 (处理器 p95)", "2% 筛选", "不附依据", "其中检索 (处理器)",
    "成批每项 秒 (处理器)", "其中检索 (处理器)", "每核一个进程, 每项 秒",
    "成批吞吐: 单个查询的几倍 / 不附依据的几倍",
]  # fmt: skip


def _speedups(line: Mapping[str, Any]) -> list[float]:
    """A batch, which explains nothing, against queries one by one, explained and not."""
    alone = (line["single"], line["single_plain"])
    return [times["mean"] / line["batch_per_query"] for times in alone]


def _shown(line: Mapping[str, Any], name: str) -> str:
    return f"{line[name]:.1f}" if name in line else "–"


def _two(times: Mapping[str, float]) -> str:
    return f"{times['p50']:.2f} / {times['p95']:.2f} ({times['processor_p95']:.2f})"


def drawn(lines: Lines, target: Path) -> None:
    """The same as curves, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    # Bytes that do not change from day to day.
    plt.rcParams |= {"svg.hashsalt": "scale", "font.size": 9}
    curves = {
        "one query, processor s": [line["single"]["processor_p50"] for line in lines],
        "its search, processor s": [line["single_search"]["processor_p50"] for line in lines],
        "in a batch, processor s": [line["batch_processor"] for line in lines],
        "resident GB": [line["memory"]["resident_gb"] for line in lines],
        "disk GB": [line["disk_gb"] for line in lines],
        "index, s": [
            float("nan") if line.get("built_from") else line.get("build_seconds", float("nan"))
            for line in lines
        ],
    }
    teams = [line["teams_alive"] for line in lines]
    figure, axes = plt.subplots(figsize=(8, 4.2))
    for name, values in curves.items():
        axes.loglog(teams, values, marker="o", label=name)
    axes.set(xlabel="teams", ylabel="s, GB")
    axes.grid(True, which="major", linewidth=0.4)
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Take the last result of every size."""
    parser = argparse.ArgumentParser(description="规模: 表和图")
    parser.add_argument("--results", type=Path, default=Path("output/scale.jsonl"))
    options = parser.parse_args()
    content = options.results.read_text(encoding="utf-8").splitlines()
    latest = {line["teams"]: line for line in map(json.loads, content)}
    lines = [latest[size] for size in sorted(latest)]
    put(_DOCS / "performance.md", "scale", table(_HEAD, rows(lines)))
    drawn(lines, _DOCS / "scale.svg")


if __name__ == "__main__":
    main()
