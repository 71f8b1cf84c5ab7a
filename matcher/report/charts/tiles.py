"""Provinces as tiles of one size, each about where it lies: how many in each, in figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcher.report.charts.drawing import Block, Drawing, Label

# Row by row from the north, "" where no tile is; every province once.
_ROWS = (
    ("", "", "", "", "", "内蒙古", "", "吉林", "黑龙江"),
    ("新疆", "", "甘肃", "宁夏", "山西", "北京", "天津", "辽宁", ""),
    ("西藏", "青海", "", "陕西", "河南", "河北", "山东", "", ""),
    ("", "", "四川", "重庆", "湖北", "安徽", "江苏", "上海", ""),
    ("", "", "云南", "贵州", "湖南", "江西", "浙江", "", ""),
    ("", "", "", "广西", "广东", "福建", "台湾", "", ""),
    ("", "", "", "海南", "澳门", "香港", "", "", ""),
)
PLACES: Mapping[str, tuple[int, int]] = {
    name: (row, column)
    for row, names in enumerate(_ROWS)
    for column, name in enumerate(names)
    if name
}
_WIDE, _HIGH, _GAP = 58, 40, 4
# From none to most, pale enough for dark letters; a dark page has its own.
SHADES = ("#eef1f5", "#d6e4f2", "#b3cfe9", "#8db8e0")


def tiles(rows: Iterable[tuple[str, int]], what: str) -> Drawing:
    """A tile a province with its number; names that are no province are told beside it.

    Args:
        rows: (province, number).
        what: is counted, for readers who do not see it.
    """
    counted = dict(rows)
    most = max((n for name, n in counted.items() if name in PLACES), default=0)
    shapes: list[Block | Label] = []
    for name, (row, column) in PLACES.items():
        n = counted.get(name, 0)
        x, y = column * (_WIDE + _GAP), row * (_HIGH + _GAP)
        shapes.append(Block(x, y, _WIDE, _HIGH, _shade(n, most), f"{name} {n}"))
        shapes.append(Label(x + _WIDE / 2, y + 17, name, "middle"))
        if n:
            shapes.append(Label(x + _WIDE / 2, y + 33, str(n), "middle"))
    told = sorted(((name, n) for name, n in counted.items() if n), key=lambda p: (-p[1], p[0]))
    words = f"{what}：{'，'.join(f'{name} {n}' for name, n in told) or '没有'}"
    columns = len(_ROWS[0])
    return Drawing(
        columns * (_WIDE + _GAP) - _GAP, len(_ROWS) * (_HIGH + _GAP) - _GAP, tuple(shapes), words
    )


def elsewhere(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """What has no tile: unknown provinces, other countries."""
    return [(name, n) for name, n in rows if n and name not in PLACES]


def _shade(n: int, most: int) -> str:
    """By thirds of the most on a root scale: a few are still told from none."""
    if not n:
        return SHADES[0]
    part: float = (n / most) ** 0.5
    return SHADES[1 if part <= 1 / 3 else 2 if part <= 2 / 3 else 3]
