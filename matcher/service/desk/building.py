"""Teams built from uploaded lists of papers, patents, projects and people: first what would come of
them, then the same in earnest. Both are done in the background.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from matcher.corpora import FileContent
from matcher.corpora.headers.kinds import KindName
from matcher.errors import InputError
from matcher.index.indexing import record_hash
from matcher.linking.library import Update, plan_update, update
from matcher.linking.questions import Question
from matcher.linking.register import Added, Register, work_key
from matcher.linking.review import MEANS
from matcher.progress import Progress
from matcher.records import Achievement, Team
from matcher.service.access import Principal
from matcher.service.context import Service
from matcher.service.desk.imports import HowRead, contents, file_name
from matcher.service.desk.namesakes import Told
from matcher.service.desk.uploads import kept_upload, unpacked
from matcher.service.remedies import at_pages
from matcher.service.store.arrivals import Before
from matcher.service.views import Asked
from matcher.text.affiliations import split_affiliation
from matcher.workspace import STORE_FILE, Workspace

_SHOWN_TEAMS, _SHOWN_QUESTIONS, _SHOWN_REJECTS = 100, 30, 50


class BuildAsked(Asked):
    """The lists of an upload, and what was said of them; without one all that lists ever gave."""

    upload_id: str = ""
    organisation: Annotated[str, Field(max_length=200)] = ""
    only_for: Annotated[str, Field(description="只建这个单位的团队；空：不限")] = ""
    kind: KindName | None = None
    partial: bool = True
    answers: tuple[Told, ...] = ()


class _Taken(NamedTuple):
    """What the lists of an upload gave."""

    files: list[dict[str, Any]]
    rejects: list[str]
    people: list[Team]
    keys: set[str]


def survey(service: Service, asked: BuildAsked, progress: Progress) -> Mapping[str, Any]:
    """What building from an upload would do; nothing is written.

    Raises:
        NotFoundError: the upload is gone.
        InputError: it holds no such list.
    """
    workspace = service.live.connect()
    workspace.make()
    with closing(Register.sketch(workspace.folder / STORE_FILE)) as register:
        taken = _take(service, register, asked, progress)
        plan = plan_update(workspace, register, taken.people)
    with closing(Register.open(workspace.folder / STORE_FILE)) as register:
        known = {question.pair for question, _ in register.questions()}
    doubts = [q for q in plan.linked.questions if q.pair not in known and _concerns(q, asked)]
    changed = _changed(workspace, plan, asked)
    tally = plan.linked.tally(taken.keys)
    return {
        "lists": taken.files, "rejects": taken.rejects, "people": len(taken.people),
        "names": tally.names, "persons": tally.persons, "merged": tally.merged,
        "added": sum(state == "新增" for _, state in changed),
        "changed": sum(state == "更新" for _, state in changed),
        **_aside(plan, asked),
        "unassigned": len(taken.keys & set(plan.linked.unassigned)), "doubts": len(doubts),
        "teams": [_line(team, state) for team, state in changed[:_SHOWN_TEAMS]],
        "questions": [q.model_dump(mode="json") for q in _doubtful(doubts)[:_SHOWN_QUESTIONS]],
    }  # fmt: skip


def build(
    service: Service, who: Principal, asked: BuildAsked, progress: Progress
) -> Mapping[str, Any]:
    """Take the lists of an upload into the register, and build all teams anew.

    A second run of the same adds nothing, so that one that was cut off is done again.

    Raises:
        NotFoundError: the upload is gone.
        InputError: it holds no such list, or rows cannot be used and ``partial`` was not asked.
    """
    workspace = service.live.connect()
    workspace.make()
    with closing(Register.open(workspace.folder / STORE_FILE)) as register:
        taken = _Taken([], [], [], set())
        if asked.upload_id:
            taken = _take(service, register, asked, progress)
        register.decide((told.one, told.other, MEANS[told.same]) for told in asked.answers)
        done = update(workspace, register, taken.people, progress, _telling(service, who, asked))
    service.live.reopen()
    rejected = sum(file["rejected"] for file in taken.files)
    return done.counts | {"rejected": rejected}


def _telling(
    service: Service, who: Principal, asked: BuildAsked
) -> Callable[[sqlite3.Connection], None] | None:
    """Tells organisations what lists that are not their own brought to their teams."""
    if asked.only_for:
        return None
    before = Before.of(service.database)
    source = file_name(service, asked.upload_id) or "同名核对的回答"
    return service.database.joined(
        lambda: before.tell(service.database, service.messages, who, source)
    )


def _take(
    service: Service, register: Register, asked: BuildAsked, progress: Progress
) -> _Taken:  # fmt: skip
    """Every list of the upload, into a register."""
    taken = _Taken([], [], [], set())
    with ExitStack() as open_files:
        files = [
            file for name, content in unpacked(*kept_upload(service, asked.upload_id))
            for file in open_files.enter_context(
                contents(name, content, HowRead(asked.kind, asked.organisation))
            )
        ]  # fmt: skip
        _check(files, asked.partial)
        for number, file in enumerate(files):
            progress(number, len(files))
            added, people = Added(), list(_own_people(file, asked.only_for))
            if file.achievements is not None:
                works = list(_own_works(file.achievements.records, asked.only_for))
                added = register.add(works)
                taken.keys.update(map(work_key, works))
            taken.people.extend(people)
            taken.rejects.extend(at_pages(r.message) for one in file.readings for r in one.rejects)
            taken.files.append({
                "name": file.file, "new": added.new,
                "changed": added.changed, "same": added.same, "withheld": added.withheld,
                "people": len(people), "rejected": sum(len(r.rejects) for r in file.readings),
                "unread": "" if _is_list(file) else "不是成果清单，也不是人员名单",
            })  # fmt: skip
    del taken.rejects[_SHOWN_REJECTS:]
    return taken


def _check(files: Sequence[FileContent], partial: bool) -> None:
    rejects = [reject for file in files for r in file.readings for reject in r.rejects]
    if rejects and not partial:
        raise InputError(
            f"有 {len(rejects)} 处不能用，什么也没有导入", given=rejects[0].message,
            remedy="改正后重新上传，或选择只导入其余的行",
        )  # fmt: skip
    if not any(map(_is_list, files)):
        raise InputError(
            "这个文件里没有成果清单", given="、".join(file.file for file in files),
            expected="论文、专利、项目、奖励等的清单，或导师、专家名单",
            remedy="榜单在“导入”里上传",
        )  # fmt: skip


def _is_list(file: FileContent) -> bool:
    return file.achievements is not None or file.teams is not None


def _own_works(works: Sequence[Achievement], only_for: str) -> Iterator[Achievement]:
    """The works of a list; those of one organisation serve its teams alone."""
    if not only_for:
        yield from works
        return
    where = split_affiliation(only_for).organisation
    for work in works:
        yield work.model_copy(update={"only_for": (where,)})


def _own_people(file: FileContent, only_for: str) -> Iterator[Team]:
    where = split_affiliation(only_for).organisation
    for team in file.teams.records if file.teams is not None else ():
        if not where or split_affiliation(team.org_name).organisation == where:
            yield team


def _concerns(question: Question, asked: BuildAsked) -> bool:
    """Whether whoever uploaded may be asked: staff of everybody, an organisation of its own.

    What another organisation's lists say of a namesake is not for it to see.
    """
    where = split_affiliation(asked.only_for).organisation
    places = {split_affiliation(p).organisation for s in (question.one, question.other)
              for p in s.where}  # fmt: skip
    return not where or places == {where}


def _doubtful(questions: Sequence[Question]) -> list[Question]:
    return sorted(questions, key=lambda q: (abs(q.chance - 0.5), q.name, q.pair))


def _changed(workspace: Workspace, plan: Update, asked: BuildAsked) -> list[tuple[Team, str]]:
    """The teams that would be new or others than now, those with most pieces first."""
    now, where = workspace.hashes("team"), split_affiliation(asked.only_for).organisation
    found = [
        (team, "更新" if team.team_id in now else "新增") for team in plan.teams
        if (not where or team.org_name == where) and now.get(team.team_id) != record_hash(team)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-len(one[0].evidence), one[0].team_id))


def _aside(plan: Update, asked: BuildAsked) -> dict[str, int]:
    """What becomes of teams that are not built as the lists say; for staff to know."""
    if asked.only_for:
        return {}
    return {
        "removed": len(plan.removed), "kept": len(plan.kept), "left_out": len(plan.left_out),
    }  # fmt: skip


def _line(team: Team, state: str) -> dict[str, Any]:
    return {
        "team_id": team.team_id, "name": team.name, "organisation": team.org_name, "state": state,
        "leader": team.leader_name, "pieces": len(team.evidence), "members": len(team.members),
        "directions": list(team.research_directions[:4]),
        "titles": [piece.title for piece in team.evidence[:3]],
    }  # fmt: skip
