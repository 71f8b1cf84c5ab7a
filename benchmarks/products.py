"""The dense part of search against the machine's own peaks and against the plain product.

    nice -n 5 python benchmarks/products.py [--passages 200000] [--rounds 5]

One thread, so that other load on the machine falls on all lines alike.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import alternating

from matcher.ranking.search import _BLOCK, _libraries

_DIMENSION = 384


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="向量乘积: 与本机峰值之比")
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    exact = random.standard_normal((options.passages, _DIMENSION), dtype=np.float32)
    codes = np.rint(exact * 30).clip(-127, 127).astype(np.int8)
    copy = np.empty_like(exact)
    square = random.standard_normal((2048, 2048), dtype=np.float32)

    def by_codes(queries: Any) -> None:
        for low in range(0, len(codes), _BLOCK):
            _ = queries @ codes[low : low + _BLOCK].astype(np.float32).T

    runs: dict[str, Callable[[], Any]] = {
        "复制内存 (float32)": lambda: np.copyto(copy, exact),
        "矩阵乘 2048 x 2048": lambda: square @ square,
    }
    work = {"矩阵乘 2048 x 2048": 2 * 2048**3}
    for count in (1, 64, 128):
        asked = random.standard_normal((count, _DIMENSION), dtype=np.float32)
        flops = 2 * count * exact.size
        runs[f"编码, {count} 个查询"] = lambda asked=asked: by_codes(asked)  # type: ignore[misc]
        runs[f"float32, {count} 个查询"] = lambda asked=asked: asked @ exact.T  # type: ignore[misc]
        work |= {f"编码, {count} 个查询": flops, f"float32, {count} 个查询": flops}
    with _libraries().limit(limits=1, user_api="blas"):
        seconds = alternating(runs, options.rounds)
    bandwidth = 2 * exact.nbytes / seconds["复制内存 (float32)"] / 1e9
    peak = work["矩阵乘 2048 x 2048"] / seconds["矩阵乘 2048 x 2048"]
    print(f"复制内存 {bandwidth:.1f} GB/s (读加写), 矩阵乘峰值 {peak / 1e9:.1f} GFLOP/s")
    for name, flops in work.items():
        speed = flops / seconds[name]
        print(f"  {name}\t{speed / 1e9:7.1f} GFLOP/s\t峰值的 {speed / peak:.0%}")


if __name__ == "__main__":
    main()
