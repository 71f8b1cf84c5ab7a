"""How well bands and verdicts did where they were checked, as figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matcher.ranking.calibration import Calibration, Check, text_mark
from matcher.ranking.grades import Band
from matcher.report.model import Checked, CheckedWord


def checked(calibration: Calibration | None, problems: Iterable[str] = ()) -> Checked:
    """What a calibration does not say of itself is not made up.

    Args:
        calibration: of bands and verdicts; None for none.
        problems: of the list, to say which of them were judged.
    """
    if calibration is None:
        return Checked(plain="没有校准，等级和总体判断都写“未定”。")
    checks = calibration.checks
    n = sum(check.n for check in checks)
    if not n:
        return Checked(plain="等级和总体判断来自校准；校准文件没有写明检验结果。")
    marks = [text_mark(problem) for problem in problems]
    judged = next((check for check in checks if check.basis or any(_words(check))), None)
    if judged is not None:
        known = sum(mark in set(judged.judged) for mark in marks)
        return Checked(
            tuple(_words(judged)), judged.by, judged.basis, known, len(marks) - known
        )  # fmt: skip
    least = min(check.auroc for check in checks)
    gap = sum(check.n * check.error for check in checks) / n
    return Checked(plain=(
        f"“有没有合适团队”：用另外 {n} 项由人逐项判定过的需求检验，有的与没有的各取一项相比，"
        f"100 次中至少 {int(least * 100)} 次判断正确；把握与实际平均相差 {gap * 100:.0f} 个百分点。"
    ))  # fmt: skip


def _words(check: Check) -> Iterator[CheckedWord]:
    """Bands, then verdicts, as far as they were judged."""
    right, unrelated = check.strong_right, check.strong_unrelated
    if right is not None:
        near = None if unrelated is None else round(1 - right - unrelated, 4)
        yield CheckedWord(Band.STRONG, None, right, near)
    if check.medium_right is not None:
        yield CheckedWord(Band.MEDIUM, None, check.medium_right, None)
    for told in check.verdicts:
        yield CheckedWord(told.verdict, told.n, told.fitting, told.partly)
