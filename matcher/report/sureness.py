"""How well bands and verdicts did where they were checked, in words of an office."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.ranking.calibration import Calibration, Check


def sureness(calibration: Calibration | None) -> str:
    """By lines; what a calibration does not say of itself is not made up."""
    if calibration is None:
        return "没有校准，等级和总体判断都写“未定”。"
    checks = calibration.checks
    n = sum(check.n for check in checks)
    if not n:
        return "等级和总体判断来自校准；校准文件没有写明检验结果。"
    told = [line for check in checks for line in _judged(check)]
    if told:
        return "\n".join(told)
    least = min(check.auroc for check in checks)
    gap = sum(check.n * check.error for check in checks) / n
    return (
        f"“有没有合适团队”：用另外 {n} 项由人逐项判定过的需求检验，有的与没有的各取一项相比，"
        f"100 次中至少 {int(least * 100)} 次判断正确；把握与实际平均相差 {gap * 100:.0f} 个百分点。"
    )


def _judged(check: Check) -> Iterator[str]:
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
    basis = f"以上比例来自{check.basis}；没有在本榜单上另测。" if check.basis else ""
    if check.answerable_right is not None:
        right = f"{check.answerable_right * 100:.0f}"
        yield f"总体判断：“有合适团队”的每 100 项约 {right} 项确有，其余部分符合或没有。{basis}"
    elif basis:
        yield basis


def _others(check: Check) -> str:
    """What the teams called 强 are that are not worth calling."""
    right, unrelated = check.strong_right, check.strong_unrelated
    if right is None or unrelated is None:
        return ""
    near = round((1 - right - unrelated) * 100)
    return f"（{near} 个只是相近，{unrelated * 100:.0f} 个无关）"
