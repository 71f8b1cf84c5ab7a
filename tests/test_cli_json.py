"""``--json``: every command that prints data has it, and prints one JSON text and nothing else."""

from __future__ import annotations

from pathlib import Path

from .conftest import Cli, jsonl
from .test_cli import CHALLENGES, SECRETS, files, imported  # noqa: F401
from .test_readme import COMMANDS

# What these print is what they did, in a line, or a file, or a script.
ACT = {
    "matcher quickstart", "matcher completion", "matcher template", "matcher merge",
    "matcher serve", "matcher backup", "matcher restore", "matcher index", "matcher delete",
    "matcher brief", "matcher models build", "matcher ranker use", "matcher ranker back",
    "matcher judge sheet", "matcher alliances move", "matcher alliances undo",
    "matcher alliances sheet", "matcher alliances mark", "matcher library review",
    "matcher library forget", "matcher accounts add", "matcher accounts password",
    "matcher accounts disable", "matcher accounts enable", "matcher messages test",
    "matcher messages resend",
}  # fmt: skip
# Long work, or work on files of its own, read as JSON where it is tested.
ELSEWHERE = {
    "matcher evaluate", "matcher compare", "matcher audit", "matcher train", "matcher calibrate",
    "matcher judge read", "matcher library build", "matcher library evaluate",
    "matcher alliances form", "matcher alliances show", "matcher alliances evaluate",
    "matcher alliances year", "matcher alliances import", "matcher assign", "matcher terms",
}  # fmt: skip
ASKED: dict[str, tuple[str, ...]] = {
    "matcher import": ("--challenges", "榜单.jsonl", "--check"),
    "matcher history": ("C1",),
    "matcher diagnose": ("C1",),
    "matcher duplicates": (),
    "matcher teams": ("C1",),
    "matcher challenges": ("L1",),
    "matcher match": ("-o", "结果.jsonl"),
    "matcher report": ("-o", "报告.json", "--draws", "0"),
    "matcher consortium": ("C1", "--lowest-band", "未定"),
    "matcher programmes": ("C1",),
    "matcher show": ("C1",),
    "matcher status": (),
    "matcher models list": (),
    "matcher ranker show": (),
    "matcher policy list": (),
    "matcher policy check": ("liaoning-2021",),
    "matcher policy compare": ("zhejiang-2021", "zhoushan-2019"),
    "matcher alliances list": (),
    "matcher alliances overlaps": (),
    "matcher accounts list": (),
    "matcher messages stuck": (),
}


def test_every_command_that_prints_data_gives_it_to_a_program_too() -> None:
    offered = {w for w, c in COMMANDS.items() if any("--json" in p.opts for p in c.params)}
    assert set(COMMANDS) - offered == ACT
    assert offered == {*ASKED, *ELSEWHERE}


def test_its_json_is_all_that_stands_on_stdout(imported: Cli) -> None:  # noqa: F811
    for words, more in ASKED.items():
        done = imported(*words.split()[1:], *more, "--json")
        assert done.code in (0, 3), (words, done.err)
        assert isinstance(done.json, dict | list), words
        assert not any(secret in done.out for secret in SECRETS), words


def test_what_an_import_did_and_what_changed_is_told_to_a_program(
    imported: Cli,  # noqa: F811
    tmp_path: Path,
) -> None:
    jsonl(tmp_path / "新.jsonl", [CHALLENGES[0] | {"bounty_wan": 800}])
    part = imported("import", "--challenges", "新.jsonl", "--json").json["parts"][0]
    assert part["change"] == {"added": 0, "changed": 1, "unchanged": 0}
    assert part["rows"]["used"] == 1
    told = imported("history", "C1", "--json").json
    assert told["versions"] == 2
    assert any("800" in line["after"] for line in told["changes"][0])
