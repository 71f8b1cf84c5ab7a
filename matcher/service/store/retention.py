"""What is cleared away when it is old: finished jobs, their files, uploads. Not the audit log."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matcher.service.access import SERVICE
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database

RESULTS = "results"
JOB_ID = re.compile(r"[0-9a-f]{16}")
# The board and the review queue read the last report for as long as there is no newer one.
_OLD_JOBS = """FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND finished < ?
    AND id IS NOT (SELECT id FROM jobs WHERE kind = 'report' AND state = 'done'
    ORDER BY finished DESC, id DESC LIMIT 1)"""
# A job that waits may still need its file.
_OLD_UPLOADS = """FROM uploads WHERE created < ? AND NOT EXISTS (SELECT 1 FROM jobs
    WHERE state IN ('queued', 'running') AND json_extract(settings, '$.upload_id') = uploads.id)"""


def clear(database: Database, audit: Audit, workspace: Path, days: float) -> tuple[int, int]:
    """Clear away what was finished or uploaded more than ``days`` ago: (jobs, uploads) gone.

    Folders of results that belong to no job go too: a killed process may have left them.

    Raises:
        WorkspaceError, StorageError: the workspace cannot be written.
    """
    before = ((datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds"),)
    with database.writing() as connection:
        jobs = connection.execute(f"DELETE {_OLD_JOBS}", before).rowcount
        uploads = connection.execute(f"DELETE {_OLD_UPLOADS}", before).rowcount
        # What went out, or will not; the inbox keeps what was said.
        connection.execute(
            "DELETE FROM deliveries WHERE state IN ('sent', 'dropped') AND updated < ?", before
        )
        if jobs or uploads:
            audit.write(SERVICE, "retention.clear", "", jobs=jobs, uploads=uploads, days=days)
    folder = workspace / RESULTS
    # Listed first: a job is noted before its folder is made.
    folders = list(folder.iterdir()) if folder.is_dir() else []
    known = {str(row["id"]) for row in database.rows("SELECT id FROM jobs")}
    for path in folders:
        if JOB_ID.fullmatch(path.name) and path.name not in known:
            shutil.rmtree(path, ignore_errors=True)
    return jobs, uploads
