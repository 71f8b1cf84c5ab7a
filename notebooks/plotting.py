"""Labels that render: Chinese where this machine has a Chinese font, else English, said aloud."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib import font_manager

_WANTED = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB",
    "Noto Sans CJK JP", "Noto Serif CJK SC", "AR PL UMing CN",
)  # fmt: skip


def chinese_font() -> str | None:
    """The first Chinese font this machine has."""
    installed = set(font_manager.get_font_names())
    return next((name for name in _WANTED if name in installed), None)


FONT = chinese_font()
if FONT is None:
    print("没有找到中文字体, 图中改用英文标签。 No Chinese font found: the labels are in English.")
else:
    plt.rcParams["font.family"] = [FONT, "DejaVu Sans"]
plt.rcParams["axes.unicode_minus"] = False


def label(chinese: str, english: str) -> str:
    """The label that can be drawn here."""
    return english if FONT is None else chinese
