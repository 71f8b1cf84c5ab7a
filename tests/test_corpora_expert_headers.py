"""Expert databases: people with their unit, speciality and achievements under long headers."""

from __future__ import annotations

from pathlib import Path

from matcher.corpora import read_teams


def test_an_expert_database_is_read_with_all_it_says(tmp_path: Path) -> None:
    path = tmp_path / "专家.csv"
    path.write_text(
        "专家名称,专业特长,所属地域,研究方向,所属单位,现所在部门,专业技术职称,联系方式,"
        "相关研究成果\n"
        "李二二,贝类养殖,辽宁省,贝类营养,大连海洋大学,水产与生命学院,教授,a@example.org,"
        "发明专利：一种苗种箱\n",
        "utf-8",
    )
    (team,) = read_teams(path).records
    assert (team.org_name, team.department) == ("大连海洋大学", "水产与生命学院")
    assert (team.leader_title, team.core_capabilities) == ("教授", ("贝类养殖",))
    assert (team.province, team.contact_phone) == ("辽宁", "")
    assert team.contact_email == "a@example.org"
    assert [piece.kind for piece in team.evidence] == ["专利"]
