"""The products of search and of the encoder against the machine's own peaks.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/products.py [TEXTS.jsonl] [--passages 200000]
        [--rounds 5] [--count 256] [--characters 120]

Processor seconds of one thread, so that other load on the machine falls on all lines alike. What
the encoder's products take is their share in onnxruntime's own profile of a pass over real texts,
times the processor seconds of that pass without a profile; their operations follow from the shapes
in the profile, padding included.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from encoding import read_texts
from timing import alternating

from matcher.encoding import resolve_encoder
from matcher.encoding.onnx_runtime import OnnxRuntime, load_onnxruntime
from matcher.index.vectors import CodedQueries, coded
from matcher.resources import data_path

_DIMENSION = 384
# Codes held against the queries at once, as in `matcher.ranking.scan`.
_BLOCK = 1024
_COPY, _PEAK = "复制内存 (float32)", "矩阵乘 2048 x 2048"
_PRODUCT = "MatMulIntegerToFloat"
_SIDES = (1024, 2048)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="向量乘积: 与本机峰值之比")
    parser.add_argument(
        "texts", type=Path, nargs="?", default=data_path("corpora/demo/teams.jsonl")
    )
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--characters", type=int, default=120)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("先设 OMP_NUM_THREADS=1: 比的是一个线程")
    of_search(options)
    of_encoder(options)


def of_encoder(options: argparse.Namespace) -> None:
    """Print what the encoder's products reach over real texts."""
    texts = read_texts(options.texts, options.count, options.characters)
    encoder = resolve_encoder(backend="onnx", threads=1)
    runtime = encoder._runtime
    assert isinstance(runtime, OnnxRuntime)
    plain, profile = runtime._session, tempfile.mkdtemp()
    runtime._session = _session(plain._model_path, profile)
    encoder.encode_passages(texts)
    spent, operations = _by_kind(Path(runtime._session.end_profiling()))
    runtime._session = plain
    ways = {"编码": lambda: encoder.encode_passages(texts)}
    ways |= {f"整数矩阵乘 {side}": _whole_numbers(side) for side in _SIDES}
    square = np.random.default_rng(0).standard_normal((2048, 2048), dtype=np.float32)
    seconds = alternating(
        {**ways, _PEAK: lambda: square @ square}, options.rounds, time.process_time
    )
    whole = max(2 * side**3 / seconds[f"整数矩阵乘 {side}"] for side in _SIDES)
    single = 2 * 2048**3 / seconds[_PEAK]
    took = seconds["编码"]
    print(f"\n编码 {len(texts)} 段 × {options.characters} 字, 一个线程 {took:.2f} 秒, 其中:")
    print("  " + ", ".join(f"{kind} {part:.0%}" for kind, part in _shares(spent)[:8]))
    print(f"峰值: 同一个库的 8 位整数乘 {whole / 1e9:.0f} G/s, float32 {single / 1e9:.0f} GFLOP/s")
    for name, part in (("其中的乘积", dict(_shares(spent))[_PRODUCT]), ("整个编码", 1.0)):
        speed = operations / (part * took)
        of_both = f"整数峰值的 {speed / whole:.0%}\tfloat32 峰值的 {speed / single:.0%}"
        print(f"  {name}\t{speed / 1e9:.0f} G/s\t{of_both}")


def _shares(spent: Counter[str]) -> list[tuple[str, float]]:
    return [(kind, part / spent.total()) for kind, part in spent.most_common()]


def _session(model: str | bytes, profile: str = "") -> Any:
    """A graph on one thread; with a folder, what each node takes is written there."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if profile:
        options.enable_profiling, options.profile_file_prefix = True, f"{profile}/profile"
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _by_kind(profile: Path) -> tuple[Counter[str], int]:
    """Microseconds of the nodes by kind, and operations of the products of whole numbers."""
    spent: Counter[str] = Counter()
    operations = 0
    for event in json.loads(profile.read_text(encoding="utf-8")):
        if event.get("cat") != "Node" or not event["name"].endswith("_kernel_time"):
            continue
        kind = event["args"]["op_name"]
        spent[kind] += event["dur"]
        if kind == _PRODUCT:
            # The weights are packed beforehand and not told of.
            (rows, inner), (_, columns) = (
                next(iter(event["args"][side][0].values()))
                for side in ("input_type_shape", "output_type_shape")
            )
            operations += 2 * rows * inner * columns
    return spent, operations


def _whole_numbers(side: int) -> Callable[[], Any]:
    """A square product of bytes by the encoder's own kernel."""
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(0)
    weights = random.integers(-127, 128, (side, side), dtype=np.int8)
    constants = {
        "weights": weights, "one": np.float32(1), "scales": np.ones(side, np.float32),
        "middle": np.array(128, np.uint8), "zeros": np.zeros(side, np.int8),
    }  # fmt: skip
    inputs = ["rows", "weights", "one", "scales", "middle", "zeros"]
    node = helper.make_node(_PRODUCT, inputs, ["found"], domain="com.microsoft")
    graph = helper.make_graph(
        [node], "product",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [side, side])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, [side, side])],
        [numpy_helper.from_array(np.array(value), name) for name, value in constants.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    session = _session(model.SerializeToString())
    rows = random.integers(0, 256, (side, side), dtype=np.uint8)
    return lambda: session.run(None, {"rows": rows})


def of_search(options: argparse.Namespace) -> None:
    """Print what the products of search reach."""
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
