"""Taking files in: read, held against the workspace as a preview, then committed or not.

Command line and pages both go this way, and both show what the preview says.

>>> import tempfile
>>> from pathlib import Path
>>> from matcher.corpora import read_any_of
>>> from matcher.workspace import Workspace
>>> folder = Path(tempfile.mkdtemp())
>>> _ = (folder / "榜单.csv").write_text("项目名称,榜额\\n高温合金叶片,500万元\\n")
>>> workspace = Workspace(folder / "工作区", encoder=None)
>>> seen = look(workspace, read_any_of(folder / "榜单.csv"))
>>> [(part.kind.label, len(part.records)) for part in seen.parts], workspace.exists
([('榜单', 1)], False)
>>> commit(workspace, seen)[0].added
1
"""

from matcher.intake.committing import commit
from matcher.intake.preview import FilePreview, Part, Preview, look
from matcher.intake.telling import Column, columns_of, omissions_of, warnings_of

__all__ = [
    "Column",
    "FilePreview",
    "Part",
    "Preview",
    "columns_of",
    "commit",
    "look",
    "omissions_of",
    "warnings_of",
]
