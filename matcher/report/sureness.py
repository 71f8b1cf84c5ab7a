"""How well bands and verdicts did where they were checked, in words of an office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from matcher.ranking.calibration import Calibration, Check, Told, text_mark
from matcher.ranking.grades import Verdict

# A share of fewer says little.
_FEW = 10


def sureness(calibration: Calibration | None, problems: Iterable[str] = ()) -> str:
    """By lines; what a calibration does not say of itself is not made up.

    Args:
        calibration: of bands and verdicts; None for none.
        problems: of the list, to say which of them were judged.
    """
    if calibration is None:
        return "没有校准，等级和总体判断都写“未定”。"
    checks = calibration.checks
    n = sum(check.n for check in checks)
    if not n:
        return "等级和总体判断来自校准；校准文件没有写明检验结果。"
    marks = [text_mark(problem) for problem in problems]
    told = [line for check in checks for line in _judged(check, marks)]
    if told:
        return "\n".join(told)
    least = min(check.auroc for check in checks)
    gap = sum(check.n * check.error for check in checks) / n
    return (
        f"“有没有合适团队”：用另外 {n} 项由人逐项判定过的需求检验，有的与没有的各取一项相比，"
        f"100 次中至少 {int(least * 100)} 次判断正确；把握与实际平均相差 {gap * 100:.0f} 个百分点。"
    )


def _judged(check: Check, marks: Sequence[str]) -> Iterator[str]:
    """Shares of what people judged one by one, and who judged what."""
    bands = [
        f"“{band}”的每 100 个约 {share * 100:.0f} 个值得联系{more}"
        for band, share, more in (
            ("强", check.strong_right, _others(check)), ("中", check.medium_right, ""),
        )
        if share is not None
    ]  # fmt: skip
    if bands:
        yield f"等级：{'；'.join(bands)}。"
    if check.verdicts:
        yield f"总体判断每 100 项：{'；'.join(map(_became, check.verdicts))}。"
    if check.basis:
        yield f"依据：{check.basis}。{_of_this_list(check, marks)}"


def _became(told: Told) -> str:
    """What a verdict came to."""
    few = f"（检验中只有 {told.n:.0f} 项）" if told.n < _FEW else ""
    fitting, partly = round(told.fitting * 100), round(told.partly * 100)
    sure = "确有" if told.verdict == Verdict.ANSWERABLE else "其实有"
    return f"“{told.verdict}”的约 {fitting} 项{sure}、{partly} 项只部分符合{few}"


def _of_this_list(check: Check, marks: Sequence[str]) -> str:
    """How many of the list were judged themselves."""
    known = sum(mark in set(check.judged) for mark in marks)
    if not known:
        return "没有在本榜单上另测。"
    others = f"，另 {len(marks) - known} 项没有人判定过" if known < len(marks) else ""
    return f"本榜单有 {known} 项就在其中，排序从它们学过（比例是交叉检验的）{others}。"


def _others(check: Check) -> str:
    """What the teams called 强 are that are not worth calling."""
    right, unrelated = check.strong_right, check.strong_unrelated
    if right is None or unrelated is None:
        return ""
    near = round((1 - right - unrelated) * 100)
    return f"（{near} 个只是相近，{unrelated * 100:.0f} 个无关）"
