"""Where the files shipped with the product are: dictionary, demonstration corpora, recipes, models.

In a source checkout they are the top-level folders ``corpora/`` and ``models/``; in an installed
wheel the build copies them to ``matcher/_data/`` (see ``pyproject.toml``).
"""

from __future__ import annotations

from pathlib import Path

from matcher.errors import MatcherError

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_data", _PACKAGE.parent)


def data_path(relative: str) -> Path:
    """Path of a shipped file or folder, e.g. ``data_path("corpora/dictionary/stopwords.txt")``.

    Raises:
        MatcherError: the file is not there (a broken installation).
    """
    for root in _ROOTS:
        candidate = root / relative
        if candidate.exists():
            return candidate
    raise MatcherError(
        f"安装不完整：缺少随软件提供的文件 {relative}",
        remedy="重新安装 jiebang-matcher",
    )
