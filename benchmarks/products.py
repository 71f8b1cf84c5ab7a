"""The dense part of search against the machine's own peaks and against the plain product.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/products.py [--passages 200000] [--rounds 5]

Processor seconds of one thread, so that other load on the machine falls on all lines alike.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import alternating

from matcher.index.vectors import CodedQueries, coded

_DIMENSION = 384
# Codes held against the queries at once, as in `matcher.ranking.scan`.
_BLOCK = 1024
_COPY, _PEAK = "复制内存 (float32)", "矩阵乘 2048 x 2048"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="向量乘积: 与本机峰值之比")
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("先设 OMP_NUM_THREADS=1: 比的是一个线程")
    random = np.random.default_rng(0)
    exact = random.standard_normal((options.passages, _DIMENSION), dtype=np.float32)
    codes, _, _ = coded(exact)
    copy, code_copy = np.empty_like(exact), np.empty_like(codes)
    square = random.standard_normal((2048, 2048), dtype=np.float32)

    def by_codes(queries: CodedQueries) -> None:
        for low in range(0, len(codes), _BLOCK):
            queries.products(codes[low : low + _BLOCK])

    runs: dict[str, Callable[[], Any]] = {
        _COPY: lambda: np.copyto(copy, exact),
        "复制内存 (编码)": lambda: np.copyto(code_copy, codes),
        _PEAK: lambda: square @ square,
    }
    work = {_PEAK: 2 * 2048**3}
    for count in (1, 16, 64, 128):
        asked = random.standard_normal((count, _DIMENSION), dtype=np.float32)
        packed = CodedQueries(asked)
        operations = 2 * count * exact.size
        runs[f"编码, {count} 个查询"] = lambda packed=packed: by_codes(packed)  # type: ignore[misc]
        runs[f"float32, {count} 个查询"] = lambda asked=asked: asked @ exact.T  # type: ignore[misc]
        work |= {f"编码, {count} 个查询": operations, f"float32, {count} 个查询": operations}
    seconds = alternating(runs, options.rounds, time.process_time)
    bandwidth = 2 * exact.nbytes / seconds[_COPY] / 1e9
    peak = work[_PEAK] / seconds[_PEAK]
    print(f"复制内存 {bandwidth:.1f} GB/s (读加写), float32 矩阵乘峰值 {peak / 1e9:.1f} GFLOP/s")
    for name, operations in work.items():
        speed = operations / seconds[name]
        read = (codes if name.startswith("编码") else exact).nbytes / seconds[name] / 1e9
        reading = "" if name == _PEAK else f"\t读 {read:.1f} GB/s, 复制的 {read / bandwidth:.0%}"
        print(f"  {name}\t{speed / 1e9:7.1f} G/s\t峰值的 {speed / peak:.0%}{reading}")


if __name__ == "__main__":
    main()
