"""What the jobs do: match a list, write a report, take in a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from matcher.corpora.headers.kinds import KindName
from matcher.errors import InputError, NotFoundError
from matcher.matches import Failure, Ranking
from matcher.plan_settings import PlanRules, PlanSettings
from matcher.policy import shipped_pack, shipped_pack_ids
from matcher.progress import Progress
from matcher.report import ReportInputs, ReportSettings, build_report, write_report
from matcher.report.manifest import manifest_of, standing_before, write_manifest
from matcher.report.resume import kept_results
from matcher.report.run_file import write_run
from matcher.report.standing import Standing
from matcher.service.access import Principal
from matcher.service.clock import day_of
from matcher.service.context import Service
from matcher.service.desk.building import BuildAsked, build, survey
from matcher.service.desk.imports import HowRead, take_in
from matcher.service.store.jobs import Job, JobKind
from matcher.service.store.retention import JOB_ID, RESULTS
from matcher.service.views import Asked

_STEM = "报告"
_MANIFEST = f"{_STEM}.manifest.json"
Format = Literal["xlsx", "docx", "html", "json", "csv"]


class MatchAsked(Asked):
    """A batch: every challenge of the list with its teams, as one file."""

    top: Annotated[int, Field(ge=1, le=200)] = 20
    format: Literal["xlsx", "csv", "jsonl", "trec"] = "xlsx"


def _known_pack(pack_id: str) -> str:
    if pack_id and pack_id not in shipped_pack_ids():
        raise ValueError("没有这个规则包")
    return pack_id


def _pack_ids(schema: dict[str, Any]) -> None:
    schema["enum"] = ["", *shipped_pack_ids()]


class ReportAsked(PlanRules):
    """A report for a meeting; the settings are those of ``matcher report``."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=100)] = ReportSettings().title
    formats: list[Format] = Field(default=["xlsx", "docx"], min_length=1, max_length=5)
    top: Annotated[int, Field(ge=1, le=50)] = 10
    contenders: Annotated[int, Field(ge=1, le=200)] = 40
    only: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=1000)
    since: Annotated[date | None, Field(description="只要这一天仍可揭榜的")] = None
    compare: Annotated[bool, Field(description="写明与上一份报告相比变了什么")] = True
    pack: Annotated[
        str, AfterValidator(_known_pack), Field(json_schema_extra=_pack_ids)
    ] = ""  # fmt: skip
    draws: Annotated[int, Field(ge=0, le=20)] = 4

    @property
    def settings(self) -> ReportSettings:
        """As the report takes them."""
        plan = PlanSettings(**{name: getattr(self, name) for name in PlanRules.model_fields})
        return ReportSettings(
            title=self.title, top=self.top, contenders=self.contenders, only=tuple(self.only),
            since=self.since, draws=self.draws, plan=plan,
        )  # fmt: skip


class ImportChoice(BaseModel):
    """How an uploaded file is taken in."""

    partial: Annotated[bool, Field(description="有不能用的行时，导入其余的行")] = False
    merge: Annotated[bool, Field(description="与已有记录确属同一项的，合并")] = False
    library: Annotated[
        bool, Field(description="论文、专利、项目等清单：由它建立团队库（别的文件不能用）")
    ] = False
    organisation: Annotated[
        str, Field(max_length=200, description="没有写单位的行，都属于这个单位")
    ] = ""
    kind: Annotated[
        KindName | None, Field(description="按什么读：看不准时由人选；不写则自己判断")
    ] = None


class ImportAsked(ImportChoice):
    """An uploaded file to be taken in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload_id: str


def do(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    """Do a job; returns its result. Raises: MatcherError."""
    return _WORK[job.kind](service, job, progress)


def result_file(service: Service, job: Job, name: str) -> Path:
    """A file a job made, by one of the names its result lists; no path is made from ``name``.

    Raises:
        NotFoundError: the job made no such file, or it is gone.
    """
    names = [str(file["name"]) for file in job.result.get("files", ())]
    if name not in names:
        raise NotFoundError("没有这个文件", given=name[:100], remedy="在任务的结果里查找")
    path = result_folder(service, job.job_id) / names[names.index(name)]
    if not path.is_file():
        raise NotFoundError("文件已不在", given=name[:100], remedy="重新提交任务")
    return path


def result_folder(service: Service, job_id: str) -> Path:
    """Where a job's files are."""
    if not JOB_ID.fullmatch(job_id):
        raise NotFoundError("没有这个任务", given=job_id[:100])
    return service.settings.workspace / RESULTS / job_id


def _match(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    asked = MatchAsked.model_validate(job.settings)
    snapshot = service.live.reopen()
    failed: list[str] = []

    def rankings() -> Any:
        for result in snapshot.matcher.match(top=asked.top, explained=asked.top, progress=progress):
            if isinstance(result, Failure):
                failed.append(f"{result.challenge.challenge_id}: {result.reason}")
            else:
                assert isinstance(result, Ranking)
                yield result

    folder = result_folder(service, job.job_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"匹配结果.{asked.format}"
    write_run(rankings(), path, asked.format, "matcher")
    return {"files": _files([path]), "failed": failed,
            "challenges": len(snapshot.matcher.challenges)}  # fmt: skip


def _report(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    asked = ReportAsked.model_validate(job.settings)
    began = time.monotonic()
    snapshot = service.live.reopen()
    pack = shipped_pack(asked.pack) if asked.pack else None
    settings = replace(asked.settings, dated=day_of(job.created))
    before = _last_standing(service) if asked.compare else None
    inputs = ReportInputs(
        snapshot.matcher,
        snapshot.workspace.outcomes(),
        pack,
        settings,
        before=before,
        alliances=service.alliances.all(),
        awards=snapshot.awards,
        parted=service.pairs.parted(),
    )
    with kept_results(service.settings.workspace) as kept:
        made = build_report(inputs, kept, progress)
    # The board and the review queue read the JSON, asked for or not.
    formats = list(dict.fromkeys([*asked.formats, "json"]))
    folder = result_folder(service, job.job_id)
    files = tuple(folder / f"{_STEM}.{name}" for name in formats)
    write_report(made, files)
    place = folder / _MANIFEST
    spent = time.monotonic() - began
    proof = manifest_of(made, inputs.identity, settings, asked.pack, files, spent)
    write_manifest(replace(proof, standing=inputs.standing(made), before=before), place)
    return {
        "files": _files([*files, place]),
        "challenges": made.plan.challenges,
        "answered": made.plan.answered,
        "at_risk": sum(card.risk.level == "高" for card in made.cards),
        "conflicts": len(made.conflicts),
        "awarded": len(made.awarded),
        "infeasible": made.plan.infeasible,
        "notes": list(made.notes),
        "changes": made.changes.told if made.changes else "",
    }


def _last_standing(service: Service) -> Standing | None:
    """How things stood in the last report; None without one, or where its files are gone."""
    job = service.jobs.latest_done("report")
    try:
        return None if job is None else standing_before(result_file(service, job, _MANIFEST))
    except (NotFoundError, InputError):
        return None


def _import(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    asked = ImportAsked.model_validate(job.settings)
    how = HowRead(asked.kind, asked.organisation)
    if asked.library:
        given = asked.model_dump(include={"upload_id", "partial", "organisation", "kind"})
        return build(service, _asker(service, job), BuildAsked.model_validate(given), progress)
    return take_in(
        service, _asker(service, job), asked.upload_id, asked.partial, asked.merge, how, progress
    )


def _asker(service: Service, job: Job) -> Principal:
    account = service.accounts.by_id(job.account_id)
    assert account is not None  # accounts are closed, never deleted
    return account.principal


def _survey(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    return survey(service, BuildAsked.model_validate(job.settings), progress)


def _library(service: Service, job: Job, progress: Progress) -> Mapping[str, Any]:
    asked = BuildAsked.model_validate(job.settings)
    return build(service, _asker(service, job), asked, progress)


def _files(paths: list[Path]) -> list[dict[str, Any]]:
    return [{"name": path.name, "bytes": path.stat().st_size} for path in paths]


_WORK: dict[JobKind, Callable[[Service, Job, Progress], Mapping[str, Any]]] = {
    "match": _match, "report": _report, "import": _import, "library": _library,
    "survey": _survey,
}  # fmt: skip
