"""The settings of a plan are declared once: every face has the same names, bounds and defaults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import ValidationError

from matcher.cli import app
from matcher.errors import InputError
from matcher.plan_settings import PlanRules, PlanSettings, allowed_bands
from matcher.service.desk.work import ReportAsked

from .conftest import Cli
from .service import Caller, make_app

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
WRONG = (
    {"lowest_band": "很强"}, {"min_teams": 0}, {"max_teams": 11}, {"spread": 11},
    {"worst_off": 2}, {"org_limit": 1001},
)  # fmt: skip


@pytest.mark.parametrize("command", ["report", "assign"])
def test_the_command_line_has_every_setting_with_its_bounds(command: str, cli: Cli) -> None:
    options = {param.name: param for param in COMMANDS[command].params}
    for name, field in PlanSettings.model_fields.items():
        assert options[name].default == field.default
        assert options[name].help.startswith(field.description)
    assert options["default_capacity"].opts == ["--capacity"]
    shown = cli(command, "-h").out
    assert re.search(r"--max-teams .*1<=x<=10", shown)
    assert re.search(r"--org-limit .*0<=x<=1000", shown)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: next(iter(w)))
def test_every_face_refuses_what_is_out_of_bounds(
    wrong: dict[str, Any], cli: Cli, tmp_path: Path
) -> None:
    for model in (PlanSettings, ReportAsked):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)
    ((name, value),) = wrong.items()
    assert cli("assign", f"--{name.replace('_', '-')}", str(value)).code in (1, 2)
    staff = Caller(make_app(tmp_path), "staff")
    assert staff.post("/api/v1/jobs/report", json=wrong).status_code == 422


@pytest.mark.slow
def test_the_form_asks_within_the_bounds_and_for_every_pack_of_the_folder(tmp_path: Path) -> None:
    page = Caller(make_app(tmp_path), "staff").get("/staff/reports").text
    assert re.search(r'name="max_teams" type="number" min="1" max="10" value="1"', page)
    assert re.search(r'name="org_limit" type="number" min="0" max="1000" value=""', page)
    for title in ("至少什么档次才指派", "每项须有高校或科研院所"):
        assert title in page
        assert title in {field.title for field in PlanRules.model_fields.values()}
    folder = Path(__file__).parents[1] / "corpora" / "policy"
    offered = re.findall(
        r'<option value="([\w-]+)">', page.split('id="pack"')[1].split("</select>")[0]
    )
    assert offered == sorted(path.stem for path in folder.glob("*.toml"))


def test_a_report_may_name_any_pack_of_the_folder_and_no_other() -> None:
    assert ReportAsked(pack="example-common").pack == "example-common"
    with pytest.raises(ValidationError):
        ReportAsked(pack="火星-2021")
    assert "example-common" in ReportAsked.model_json_schema()["properties"]["pack"]["enum"]


def test_bands_from_the_strongest_to_the_lowest_allowed() -> None:
    assert allowed_bands("弱") == ("强", "中", "弱")
    assert PlanSettings().allowed_bands == PlanSettings().rules().allowed_bands == ("强", "中")
    with pytest.raises(InputError, match="不认识的等级"):
        allowed_bands("很强")
