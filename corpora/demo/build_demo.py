"""Build the demonstration corpora from the compiled facts and the tables beside this file.

Run from any folder (``SOURCE`` is not part of this repository, see ``README.md``):

    python corpora/demo/build_demo.py SOURCE [--out corpora/demo]

SOURCE holds ``teams.jsonl``, ``facts.jsonl`` and ``qrels_org.txt``. Every change to a source record
is a row of ``corrections.tsv`` with its reason, every evidence type a row of
``evidence_kinds.tsv``, every indicator clause a row of ``indicators.tsv``. A row that matches
nothing stops the build, so the tables cannot drift from the source. The output is sorted by id and
is the same byte for byte on every run.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
EVIDENCE_KINDS = ("论文", "专利", "项目", "奖励", "标准", "转化", "平台", "其他")
TEAM_FIELDS = (
    "team_id",
    "team_name",
    "org_name",
    "org_type",
    "department",
    "leader_name",
    "members",
    "research_directions",
    "core_capabilities",
    "facilities",
    "tech_domain",
    "evidence",
    "province",
    "city",
    "affiliated_orgs",
    "source_url",
    "provenance",
)
TEAM_LISTS = (
    "members",
    "affiliated_orgs",
    "research_directions",
    "core_capabilities",
    "facilities",
    "tech_domain",
)
# What the source lists as capabilities is mostly equipment. Know-how (something the team does)
# stays a capability.
KNOW_HOW = re.compile(
    r"(软件|软件SiPESC|仿真|RTDS|模拟|研制|自研|制造|生产|制备|测试|监测|检测|评价|评定\w*|标定|表征|精铸|"
    r"锻造|装调|合成|加工|解剖|放大|集成|验证|试飞|熔炼|等静压|成型|产线技术|试验能力|GLP|件)$"
)
# Nine first-level domains, shared by teams and challenges; the source's class is the second level.
TEAM_DOMAIN = {"钢铁冶金": ["冶金", "钢铁冶金"]}
CHALLENGE_DOMAIN = {
    "钢铁冶金": ["冶金", "钢铁冶金"],
    "有色冶金": ["冶金", "有色冶金"],
    "石化化工": ["石油化工与精细化工"],
    "装备制造": ["装备制造"],
    "轨道交通": ["装备制造", "轨道交通"],
    "航空航天": ["装备制造", "航空航天"],
    "船舶海工": ["装备制造", "船舶海工"],
    "材料": ["新材料"],
    "能源电池": ["能源电力"],
    "电力装备": ["能源电力", "电力装备"],
    "电子半导体": ["电子信息与光电传感"],
    "工业软件": ["机器人自动化与工业软件"],
    "机器人自动化": ["机器人自动化与工业软件"],
    "矿业": ["矿业地质"],
    "油气": ["矿业地质", "油气勘探开发"],
    "农机": ["农业食品与生物医药", "农业装备"],
    "医疗器械": ["农业食品与生物医药", "医疗器械"],
    "环保循环": ["环保循环"],
}


class BuildError(Exception):
    """A table row that does not match the source, or a record that breaks the rules."""


def read_jsonl(path: Path) -> list[dict]:
    """Return the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a tab-separated table beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_jsonl(path: Path, records: list[dict]) -> None:
    """Write records one a line, UTF-8, as given."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def merge_team(teams: dict[str, dict], source_id: str, target_id: str) -> None:
    """Move what the source record knows into the target record and remove the source."""
    source, target = teams.pop(source_id), teams[target_id]
    for field in ("research_directions", "core_capabilities", "evidence"):
        target[field] += [item for item in source[field] if item not in target[field]]


def set_field(team: dict, row: dict[str, str]) -> None:
    """Set a field, or clear it."""
    value = row["value"] if row["action"] == "set" else None
    if value is not None and row["field"] in TEAM_LISTS:
        team[row["field"]] = value.split("|")
    else:
        team[row["field"]] = value


def drop_item(team: dict, row: dict[str, str]) -> None:
    """Remove one item of a list field."""
    if row["value"] not in team[row["field"]]:
        raise BuildError(f"corrections.tsv: {row['id']} has no {row['field']} {row['value']!r}")
    team[row["field"]].remove(row["value"])


def change_evidence(team: dict, row: dict[str, str]) -> None:
    """Remove a piece of evidence, or give it its true title."""
    dropping = row["action"] == "drop_evidence"
    title = row["value"] if dropping else row["field"]
    for item in team["evidence"]:
        if item["title"] == title:
            break
    else:
        raise BuildError(f"corrections.tsv: {row['id']} has no evidence {title!r}")
    if dropping:
        team["evidence"].remove(item)
    else:
        item["title"] = row["value"]


TEAM_ACTIONS = {
    "set": set_field,
    "clear": set_field,
    "drop_item": drop_item,
    "drop_evidence": change_evidence,
    "set_evidence": change_evidence,
}


def correct_teams(teams: dict[str, dict], rows: list[dict[str, str]]) -> None:
    """Apply the ``team`` rows of the correction table in place, merges last."""
    for row in sorted(rows, key=lambda r: r["action"] == "merge"):
        if row["id"] not in teams:
            raise BuildError(f"corrections.tsv: no team {row['id']} in the source")
        if row["action"] == "merge":
            merge_team(teams, row["id"], row["field"])
        elif row["action"] in TEAM_ACTIONS:
            TEAM_ACTIONS[row["action"]](teams[row["id"]], row)
        else:
            raise BuildError(f"corrections.tsv: unknown action {row['action']!r} for {row['id']}")


def type_evidence(teams: dict[str, dict], rows: list[dict[str, str]]) -> None:
    """Give every piece of evidence its type and, where certain, its year."""
    table = {(row["team_id"], row["title"]): row for row in rows}
    for team in teams.values():
        typed = []
        for item in team["evidence"]:
            row = table.pop((team["team_id"], item["title"]), None)
            if row is None or row["kind"] not in EVIDENCE_KINDS:
                raise BuildError(
                    f"evidence_kinds.tsv: no valid type for {team['team_id']} {item['title']!r}"
                )
            year = int(row["year"]) if row["year"] else None
            typed.append({"kind": row["kind"], "title": item["title"], "year": year})
        team["evidence"] = typed
    if table:
        raise BuildError(f"evidence_kinds.tsv: rows without evidence: {sorted(table)}")


def split_facilities(items: list[str]) -> tuple[list[str], list[str]]:
    """Return (capabilities, facilities) in the source order."""
    capabilities = [i for i in items if KNOW_HOW.search(i)]
    return capabilities, [i for i in items if i not in capabilities]


def build_teams(source: Path, corrections: list[dict[str, str]]) -> list[dict]:
    """Return the team records, corrected, sorted by id."""
    teams = {team["team_id"]: team for team in read_jsonl(source / "teams.jsonl")}
    correct_teams(teams, [row for row in corrections if row["record"] == "team"])
    type_evidence(teams, read_table("evidence_kinds.tsv"))
    for team in teams.values():
        team["core_capabilities"], team["facilities"] = split_facilities(team["core_capabilities"])
        if len(team["tech_domain"]) == 1:
            team["tech_domain"] = TEAM_DOMAIN.get(team["tech_domain"][0], team["tech_domain"])
        for field in TEAM_LISTS:
            team.setdefault(field, [])
        team.setdefault("department", None)
    return [{field: teams[key][field] for field in TEAM_FIELDS} for key in sorted(teams)]


def correct_challenges(challenges: dict[str, dict], rows: list[dict[str, str]]) -> None:
    """Apply the ``challenge`` rows of the correction table in place."""
    for row in rows:
        if row["id"] not in challenges or row["action"] not in ("set", "clear", "drop"):
            raise BuildError(f"corrections.tsv: cannot apply {row}")
        if row["action"] == "drop":
            del challenges[row["id"]]
        else:
            set_field(challenges[row["id"]], row)


def build_challenges(source: Path, corrections: list[dict[str, str]]) -> list[dict]:
    """Return the challenge records, corrected, sorted by id; never with an institution in them."""
    clauses = {r["challenge_id"]: r["indicators_text"] for r in read_table("indicators.tsv")}
    challenges = {}
    for fact in read_jsonl(source / "facts.jsonl"):
        challenges[fact["fact_id"]] = {
            "challenge_id": fact["fact_id"],
            "title": fact["title"],
            "problem": fact["demand_text"],
            "indicators_text": clauses.pop(fact["fact_id"], None),
            "tech_domain": CHALLENGE_DOMAIN[fact["field"]],
            "province": None,
            "year": fact["year"],
        }
    if clauses:
        raise BuildError(f"indicators.tsv: no such challenge: {sorted(clauses)}")
    correct_challenges(challenges, [row for row in corrections if row["record"] == "challenge"])
    for key, challenge in challenges.items():
        for clause in (challenge["indicators_text"] or "").split(";"):
            if clause not in challenge["problem"]:
                raise BuildError(f"indicators.tsv: {key}: {clause!r} is not in the problem text")
    return [challenges[key] for key in sorted(challenges)]


def build_qrels(
    source: Path, corrections: list[dict[str, str]], teams: list[dict], ids: set[str]
) -> list[str]:
    """Return the organisation-level qrels as TREC lines, corrected and sorted."""
    grades: dict[tuple[str, str], int] = {}
    for line in (source / "qrels_org.txt").read_text(encoding="utf-8").splitlines():
        query, _, org, grade = line.split()
        grades[query, org] = int(grade)
    for row in (row for row in corrections if row["record"] == "qrel"):
        if row["action"] == "drop":
            kept = {key: grade for key, grade in grades.items() if key[0] != row["id"]}
            if len(kept) == len(grades):
                raise BuildError(f"corrections.tsv: no qrels for {row['id']}")
            grades = kept
        else:
            org, grade = row["value"].split()
            grades[row["id"], f"ORG:{org}"] = int(grade)
    known = {f"ORG:{team['org_name']}" for team in teams}
    for query, org in grades:
        if org not in known or query not in ids:
            raise BuildError(f"qrels: {query} {org} names something that is not in the corpora")
    return [f"{query} 0 {org} {grade}" for (query, org), grade in sorted(grades.items())]


def main(argv: list[str] | None = None) -> int:
    """Build the three files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "source", type=Path, help="folder with teams.jsonl, facts.jsonl, qrels_org.txt"
    )
    parser.add_argument(
        "--out", type=Path, default=HERE, help="folder to write to (default: this folder)"
    )
    options = parser.parse_args(argv)
    corrections = read_table("corrections.tsv")
    try:
        teams = build_teams(options.source, corrections)
        challenges = build_challenges(options.source, corrections)
        ids = {challenge["challenge_id"] for challenge in challenges}
        qrels = build_qrels(options.source, corrections, teams, ids)
    except (BuildError, OSError) as error:
        print(f"build_demo: {error}", file=sys.stderr)
        return 1
    write_jsonl(options.out / "teams.jsonl", teams)
    write_jsonl(options.out / "challenges.jsonl", challenges)
    (options.out / "qrels_org.txt").write_text(
        "\n".join(qrels) + "\n", encoding="utf-8", newline="\n"
    )
    answered = len({line.split()[0] for line in qrels})
    print(
        f"{len(teams)} teams, {len(challenges)} challenges "
        f"({answered} with a known answer), {len(qrels)} qrels"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
