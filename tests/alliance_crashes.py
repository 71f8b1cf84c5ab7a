"""Alliances written without end, to be killed: ``python -m tests.alliance_crashes FOLDER``.

For each seed on its input a process of its own begins. Every line it writes says what it is about
to do (``begin``) or what is done and may be relied on (``done``).
"""

from __future__ import annotations

import json
import os
import random
import sys
import traceback
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from matcher.alliances import ALLIANCE
from matcher.corpora import read_any_of
from matcher.intake import look
from matcher.records.alliance import Mark
from matcher.service.access import COMMAND_LINE
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.steps import Act
from matcher.service.store.taking_in import commit_beside, kept_alliances
from matcher.workspace import STORE_FILE, Workspace

BATCH = 40
DAY = date(2021, 3, 1)


def tell(word: str, **what: Any) -> None:
    """One line, out at once."""
    os.write(1, (json.dumps({"word": word, **what}, ensure_ascii=False) + "\n").encode())


def write_on(folder: Path, seed: int) -> None:
    """Import, move, undo, correct, mark, keep files: at random, until killed."""
    chance = random.Random(seed)
    with closing(Database(folder / STORE_FILE)) as database:
        store = Alliances(database, Audit(database))
        for number in count():
            known = sorted(store.states())
            doing = "import" if not known else chance.choice(list(_DOINGS))
            _DOINGS[doing](folder, store, chance, f"{seed}-{number}")


def _import(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    """A list of new alliances, some of them formed, signed, registered."""
    ids = [f"LM{mark}-{n}" for n in range(BATCH)]
    file = folder / "名单.csv"
    days = ("", "2021-01-05")
    rows = [f"{i},联盟{i},企业{i}有限公司,某大学,{chance.choice(days)}" for i in ids]
    file.write_text("\n".join(["联盟编号,联盟名称,盟主企业,成员单位,协议日期", *rows]))
    tell("begin", doing="import", ids=ids)
    workspace = Workspace(folder, encoder=None)
    seen = look(workspace, read_any_of(file, "alliances"), alliances=kept_alliances(workspace))
    commit_beside(workspace, seen, file.name)
    tell("done", doing="import", ids=ids)


def _move(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    one = chance.choice(sorted(store.states()))
    allowed = ALLIANCE.allowed(store.find(one)[1], "staff")
    if allowed:
        move = chance.choice([m.name for m in allowed])
        tell("begin", doing="move", id=one, target=ALLIANCE[move].target)
        state = store.move(one, move, Act(COMMAND_LINE, "staff", f"理由{mark}"), DAY)
        tell("done", doing="move", id=one, target=state)


def _undo(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    one = chance.choice(sorted(store.states()))
    standing = [s for s in store.history(one) if s.undone is None and s.move != "撤销"]
    if standing and ALLIANCE[standing[-1].move].undoable:
        tell("begin", doing="undo", id=one, target=standing[-1].source)
        state = store.undo(one, Act(COMMAND_LINE, "staff", f"理由{mark}"))
        tell("done", doing="undo", id=one, target=state)


def _change(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    one, _ = store.find(chance.choice(sorted(store.states())))
    tell("begin", doing="change", id=one.alliance_id, note=mark)
    changed = one.model_copy(update={"note": mark})
    store.change(changed, Act(COMMAND_LINE, "staff"), store.version(one.alliance_id))
    tell("done", doing="change", id=one.alliance_id, note=mark)


def _mark(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    one = chance.choice(sorted(store.states()))
    marks = [
        Mark(alliance_id=one, indicator_id=f"i{n}", evaluator=mark, score=n) for n in range(12)
    ]
    tell("begin", doing="mark", id=one, evaluator=mark)
    store.put_marks(marks, 2021, Act(COMMAND_LINE, "staff"))
    tell("done", doing="mark", id=one, evaluator=mark)


def _file(folder: Path, store: Alliances, chance: random.Random, mark: str) -> None:
    one = chance.choice(sorted(store.states()))
    tell("begin", doing="file", id=one, name=mark)
    store.keep_file(one, mark, mark.encode() * 20_000, Act(COMMAND_LINE, "staff"))
    tell("done", doing="file", id=one, name=mark)


_DOINGS = {
    "import": _import, "move": _move, "undo": _undo, "change": _change, "mark": _mark,
    "file": _file,
}  # fmt: skip


def main(folder: Path) -> None:
    """A process for each seed that comes; says when it is gone."""
    tell("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                write_on(folder, int(line))
            except BaseException:
                tell("failed", why=traceback.format_exc())
            os._exit(1)
        tell("born", pid=child)
        os.waitpid(child, 0)
        tell("gone")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
