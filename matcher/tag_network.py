"""The network of `matcher.tagging`: gated recurrent units over characters, then best tags.

States and what activations are looked up by lie on grids, weights are whole numbers times a scale,
and no row of weights adds up to more than 2**14: every sum of products is exact in float32 (as in
`matcher.arithmetic`, of half the bits), so that the tags are the same on every processor.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import exponential, on_grid
from matcher.arrays import FloatArray
from matcher.errors import ModelError

# Vectors of characters are kept in steps of 1/32.
CHARACTER_PLACES = 5
# Places after the point of states and scores, and of what an activation is looked up by.
_STATE, _ASKED = 10, 9
_FARTHEST = 12
_TOGETHER = 64

_asked = np.arange(-_FARTHEST << _ASKED, (_FARTHEST << _ASKED) + 1) / 2.0**_ASKED
_SIGMOIDS = on_grid(1 / (1 + exponential(-_asked)), _STATE).astype(np.float32)
_TANGENTS = on_grid(2 / (1 + exponential(-2 * _asked)) - 1, _STATE).astype(np.float32)


def _looked_up(table: FloatArray, values: FloatArray) -> FloatArray:
    places = np.rint(values * np.float32(1 << _ASKED)).astype(np.intp) + (_FARTHEST << _ASKED)
    found: FloatArray = table.take(places, mode="clip")
    return found


class _Layer:
    """Both directions of a layer; the gates (update, reset, new) side by side."""

    def __init__(self, values: Mapping[str, FloatArray], number: int) -> None:
        def turned(name: str) -> FloatArray:
            return np.ascontiguousarray(values[f"{name}.{number}"].transpose(0, 2, 1))

        def beside(name: str) -> FloatArray:
            return values[f"{name}.{number}"][:, None]

        self._inputs, self._input_scale = turned("inputs"), beside("inputs.scale")
        self._states, self._state_scale = turned("states"), beside("states.scale")
        self._input_bias, self._state_bias = beside("input_bias"), beside("state_bias")

    def read(self, given: FloatArray, lengths: NDArray[np.intp]) -> FloatArray:
        """(texts, steps, width) to the states of both directions beside each other."""
        count, steps, _ = given.shape
        width = self._states.shape[1]
        both = np.stack([given, _reversed(given, lengths)]).reshape(2, count * steps, -1)
        driven = both @ self._inputs * self._input_scale + self._input_bias
        driven = driven.reshape(2, count, steps, 3 * width)
        state = np.zeros((2, count, width), np.float32)
        found = np.empty((2, count, steps, width), np.float32)
        for step in range(steps):
            own = state @ self._states * self._state_scale + self._state_bias
            into = driven[:, :, step]
            gates = _looked_up(_SIGMOIDS, into[..., : 2 * width] + own[..., : 2 * width])
            update, reset = gates[..., :width], gates[..., width:]
            new = _looked_up(_TANGENTS, into[..., 2 * width :] + reset * own[..., 2 * width :])
            state = on_grid(new + update * (state - new), _STATE)
            found[:, :, step] = state
        return np.concatenate([found[0], _reversed(found[1], lengths)], axis=-1)


def _reversed(values: FloatArray, lengths: NDArray[np.intp]) -> FloatArray:
    """Each text from its end; what only fills up stays behind."""
    steps = np.arange(values.shape[1])
    back = lengths[:, None] - 1 - steps
    places = np.where(back >= 0, back, steps)
    return values[np.arange(len(values))[:, None], places]


class TagNetwork:
    """Characters to tags."""

    def __init__(self, told: Mapping[str, str], values: Mapping[str, NDArray[np.generic]]) -> None:
        wide = {name: value.astype(np.float32) for name, value in values.items()}
        rows = {char: row for row, char in enumerate(told["characters"])}
        plain = zip(told["plain_from"], told["plain_to"], strict=True)
        self._places = rows | {char: rows[as_read] for char, as_read in plain if as_read in rows}
        self._labels = told["tags"].split(" ")
        self._rows = wide["rows"] / 2**CHARACTER_PLACES
        self._layers = [_Layer(wide, number) for number in (0, 1)]
        self._out, self._out_scale = wide["out"].T.copy(), wide["out.scale"]
        self._out_bias, self._follows = wide["out_bias"], on_grid(wide["follows"], _STATE)

    @classmethod
    def from_file(cls, path: Path) -> TagNetwork:
        """The network kept in a file.

        Raises:
            ModelError: the file is damaged.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as kept:
                values = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
                return cls(kept.metadata(), values)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelError(
                "认姓名和单位名称的权重无法读取", given=f"{path}: {error}",
                expected="随软件提供的文件", remedy="重新安装 jiebang-matcher",
            ) from error  # fmt: skip

    def tags(self, pieces: list[str]) -> list[list[str]]:
        """The tag of every character of each text; what else is read changes none of them."""
        told: list[list[str]] = [[] for _ in pieces]
        order = sorted(
            filter(pieces.__getitem__, range(len(pieces))), key=lambda at: len(pieces[at])
        )
        for begin in range(0, len(order), _TOGETHER):
            batch = order[begin : begin + _TOGETHER]
            for at, found in zip(batch, self._read([pieces[at] for at in batch]), strict=True):
                told[at] = [self._labels[tag] for tag in found]
        return told

    def _read(self, pieces: list[str]) -> list[list[int]]:
        lengths = np.array([len(piece) for piece in pieces])
        unknown = len(self._rows) - 1
        places = np.full((len(pieces), lengths.max()), unknown)
        for row, piece in enumerate(pieces):
            places[row, : len(piece)] = [self._places.get(char, unknown) for char in piece]
        state = self._rows[places]
        for layer in self._layers:
            state = layer.read(state, lengths)
        scores = on_grid(state @ self._out * self._out_scale + self._out_bias, _STATE)
        return self._best_paths(scores, lengths)

    def _best_paths(self, scores: FloatArray, lengths: NDArray[np.intp]) -> list[list[int]]:
        """The best tags of each text (Viterbi)."""
        reached = scores[:, 0]
        ways = [reached]
        came_from = []
        for step in range(1, scores.shape[1]):
            along = reached[:, :, None] + self._follows
            came_from.append(along.argmax(axis=1))
            reached = along.max(axis=1) + scores[:, step]
            ways.append(reached)
        paths = []
        for row, length in enumerate(lengths):
            path = [int(ways[length - 1][row].argmax())]
            for step in range(length - 2, -1, -1):
                path.append(int(came_from[step][row, path[-1]]))
            paths.append(path[::-1])
        return paths
