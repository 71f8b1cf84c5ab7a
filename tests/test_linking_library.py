"""Lists become teams; newer lists add, corrections stay, and who asks to be left out is."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.linking.library import decide, link, take_out, update
from matcher.linking.register import Register, work_key
from matcher.linking.review import read_answers, write_questions
from matcher.linking.teams import DERIVED, QUOTED
from matcher.records import Achievement, Contributor, Source, Team
from matcher.workspace import STORE_FILE, Workspace


def work(
    title: str, *people: str, kind: str = "论文", leads: bool = False, orgs: tuple[str, ...] = (),
    **more: object,
) -> Achievement:  # fmt: skip
    named = [person.partition("@") for person in people]
    return Achievement.model_validate(
        {
            "kind": kind, "title": title, "organisations": orgs,
            "contributors": [
                Contributor(name=n, organisations=(o,) if o else (), leads=leads and i == 0)
                for i, (n, _, o) in enumerate(named)
            ],
            "source": Source(file="清单.csv", row=2), **more,
        }
    )  # fmt: skip


def teams_of(*works: Achievement, people: tuple[Team, ...] = ()) -> dict[str, Team]:
    linked = link({work_key(w): w for w in works}, people)
    return {f"{t.leader_name}@{t.org_name}": t for t in linked.teams}


def test_projects_make_a_team_of_each_investigator() -> None:
    found = teams_of(
        work("主轴润滑", "张一@大连理工大学", kind="项目", leads=True),
        work("保持架应力", "张一@大连理工大学", kind="项目", leads=True),
        work("板材断裂", "张一@北京科技大学", kind="项目", leads=True),
    )
    assert {k: len(t.evidence) for k, t in found.items()} == {
        "张一@大连理工大学": 2, "张一@北京科技大学": 1,
    }  # fmt: skip
    assert found["张一@大连理工大学"].org_type == "高校"
    assert all(piece.source is not None for t in found.values() for piece in t.evidence)


def test_papers_make_teams_of_who_works_together() -> None:
    found = teams_of(
        work("堆焊裂纹", "张一", "李二", orgs=("甲大学机械学院", "乙大学")),
        work("堆焊热震", "李二", "张一", orgs=("甲大学",)),
        work("漏点定位", "赵四", orgs=("甲大学",)),
    )
    assert len(found) == 2
    (pair,) = (t for t in found.values() if len(t.evidence) == 2)
    assert {pair.leader_name, *pair.members} == {"张一", "李二"}


def test_who_helps_two_groups_does_not_make_them_one() -> None:
    found = teams_of(
        work("地下水硝酸盐来源", "甲一", "共七", "乙二", orgs=("示例研究所",)),
        work("地下水同位素示踪", "甲一", "乙二", orgs=("示例研究所",)),
        work("冬小麦根系吸水", "丙三", "共七", "丁四", orgs=("示例研究所",)),
        work("冬小麦水分利用", "共七", "丁四", orgs=("示例研究所",)),
    )
    assert {len(team.evidence) for team in found.values()} == {2}
    one, other = found.values()
    assert {one.leader_name, *one.members} & {other.leader_name, *other.members} == set()


def test_a_paper_is_of_those_who_begin_and_end_it() -> None:
    found = teams_of(
        work("膜污染", "张一@甲大学", "李二@乙研究所", "王三@丙有限公司", "赵四@甲大学")
    )
    assert list(found) == ["张一@甲大学"]
    assert found["张一@甲大学"].evidence[0].partner_org == "乙研究所、丙有限公司"


def test_joint_patents_belong_to_the_first_and_name_the_partner() -> None:
    found = teams_of(
        work("铁谱片制备台", "吴八", kind="专利", orgs=("大连理工大学", "示例轴承股份有限公司")),
        work("磨削喷嘴", "吴八", kind="专利", orgs=("示例轴承股份有限公司",)),
    )
    assert found["吴八@大连理工大学"].evidence[0].partner_org == "示例轴承股份有限公司"
    assert [e.title for e in found["吴八@示例轴承股份有限公司"].evidence] == ["磨削喷嘴"]


def test_a_supervisor_gets_the_achievements_of_the_same_person_only() -> None:
    listed = Team(
        team_id="D1", leader_name="雷文平", org_name="郑州大学", department="机械与动力工程学院",
        research_directions=("轴承故障诊断",),
    )  # fmt: skip
    found = teams_of(
        work("全矢谱轴承故障诊断", "雷文平@郑州大学机械与动力工程学院", "韩捷@郑州大学"),
        work("猪瘟疫苗", "雷文平@华中农业大学"), people=(listed,),
    )  # fmt: skip
    own = found["雷文平@郑州大学"]
    assert own.team_id == "D1"
    assert own.research_directions == ("轴承故障诊断",)
    assert [e.title for e in own.evidence] == ["全矢谱轴承故障诊断"]


def test_directions_are_told_from_achievements_and_marked() -> None:
    found = teams_of(
        work(
            "基于深度学习的高速主轴轴承故障诊断方法研究",
            "张一@甲大学",
            keywords=("轴承", "故障诊断"),
        ),
        work("水稻抗倒伏基因定位", "李二@乙大学", keywords=("水稻",)),
    )
    team = found["张一@甲大学"]
    assert "高速主轴轴承故障诊断" in team.research_directions
    assert team.extra["研究方向依据"] == DERIVED


def test_a_profile_is_quoted_from_the_newest_abstracts_where_there_is_none() -> None:
    found = teams_of(
        work(
            "甲法",
            "张一@甲大学",
            year=2019,
            abstract="【目的】为防止果园冻害，研究抗寒性。结果好。",
        ),
        work(
            "乙法", "张一@甲大学", year=2021, abstract="短。低温时电池容量下降很快，要预热；其余略"
        ),
    )
    (team,) = found.values()
    assert team.profile == "低温时电池容量下降很快，要预热。为防止果园冻害，研究抗寒性"
    assert team.extra["简介依据"] == QUOTED
    stated = Team(team_id="D1", org_name="甲大学", leader_name="张一", profile="做电池")
    paper = work("甲法", "张一@甲大学", abstract="为防止果园冻害，研究抗寒性。")
    assert teams_of(paper, people=(stated,))["张一@甲大学"].profile == "做电池"


def test_two_editions_of_a_paper_are_one_piece() -> None:
    preprint = work(
        "喷雾冷却的临界热流密度预测",
        "钱三@丙大学",
        "孙五",
        number="10.9999/a.1",
        year=2017,
    )
    printed = work(
        "喷雾冷却的临界热流密度预测",
        "钱三@丙大学",
        "孙五",
        "周六@丙大学",
        number="10.9999/b.77",
        year=2018,
        abstract="以水为工质。",
    )
    others = [
        work("喷雾冷却的临界热流密度预测", "吴七@丁大学", number="10.9999/c.5", year=2018),
        work("编者按", "钱三@丙大学", number="10.9999/d.1", year=2018),
        work("编者按", "钱三@丙大学", number="10.9999/d.2", year=2018),
    ]
    found = teams_of(preprint, printed, *others)
    own = found["钱三@丙大学"]
    assert sorted(e.title for e in own.evidence) == [
        "喷雾冷却的临界热流密度预测",
        "编者按",
        "编者按",
    ]
    assert {e.abstract for e in own.evidence} == {"以水为工质。", ""}
    assert "周六" in own.members
    assert len(found["吴七@丁大学"].evidence) == 1


def test_a_decision_about_one_edition_holds_for_the_piece() -> None:
    preprint = work("喷雾冷却的临界热流密度预测", "钱三@丙大学", number="10.9999/a.1")
    printed = work("喷雾冷却的临界热流密度预测", "钱三@丙大学", number="10.9999/b.77")
    other = work("喷雾冷却的临界热流密度试验", "钱三@丙大学", number="10.9999/c.5")
    works = {work_key(w): w for w in (preprint, printed, other)}
    decided = (f"{work_key(printed)}#钱三", f"{work_key(other)}#钱三", False)
    assert link(works).persons == 1
    assert link(works, decisions=[decided]).persons == 2


def test_who_is_printed_without_a_place_belongs_where_the_other_works_say() -> None:
    found = teams_of(
        work("喷雾冷却的相变传热", "钱三", "孙五@丙大学"),
        work("喷雾冷却的临界热流密度", "钱三@丙大学", "孙五@丙大学"),
    )
    assert {name for name in found if name.startswith(("钱三", "孙五"))} <= {
        "钱三@丙大学",
        "孙五@丙大学",
    }
    assert {len(team.evidence) for team in found.values()} == {2}


def test_a_place_that_was_lost_is_no_sign_of_one_person() -> None:
    works = [
        work("轴承滚道磨削烧伤的监测", "王伟", "孙五@丙大学"),
        work("沙区灌丛更新的监测", "王伟", "周六@丁大学"),
        *(work(f"第 {n} 号高炉布料规律", f"赵{n}@戊大学") for n in "一二三四五六七八"),
    ]
    printed_nowhere = [w.model_copy(update={"contributors": w.contributors[:1]}) for w in works[:2]]
    assert link({work_key(w): w for w in works}).persons == 12
    assert link({work_key(w): w for w in printed_nowhere}).persons == 1


def test_the_last_word_of_a_broken_title_is_nobody() -> None:
    found = teams_of(work("冷却速率对晶粒尺寸的", "影响", "钱三@丙大学"))
    assert [*found] == ["钱三@丙大学"]


def test_what_runs_on_from_a_page_is_no_direction() -> None:
    found = teams_of(
        work(
            "湖泊水位的遥感反演", "钱三@丙大学",
            keywords=(
                "湖泊水位文章编号:1000-0000(2020)03", "-0745-08(0745~0752)", "影响因素",
                "测高卫星 中图分类号：P33", "SWAT模型",
            ),
        )
    )  # fmt: skip
    told = set(found["钱三@丙大学"].research_directions)
    assert {"湖泊水位", "测高卫星", "SWAT模型"} <= told
    assert not any("编号" in phrase or "分类号" in phrase or "07" in phrase for phrase in told)
    assert "影响因素" not in told


@pytest.fixture
def opened(tmp_path: Path) -> tuple[Workspace, Register]:
    workspace = Workspace(tmp_path / "w", encoder=None)
    workspace.make()
    return workspace, Register.open(workspace.folder / STORE_FILE)


FIRST = work("主轴润滑", "张一@大连理工大学", kind="项目", leads=True, number="90000001")
SECOND = work("保持架应力", "张一@大连理工大学", kind="项目", leads=True, number="90000002")


def test_a_newer_list_adds_and_never_doubles(opened: tuple[Workspace, Register]) -> None:
    workspace, register = opened
    assert register.add([FIRST]).new == 1
    first = update(workspace, register)
    again = register.add([FIRST.model_copy(update={"abstract": "油气两相流"}), SECOND])
    assert (again.new, again.changed) == (1, 1)
    second = update(workspace, register)
    assert (first.change.added, second.change.added, second.change.changed) == (1, 0, 1)
    (team,) = workspace.teams().values()
    assert sorted(e.title for e in team.evidence) == ["主轴润滑", "保持架应力"]
    assert update(workspace, register).change.changed == 0


def test_supervisors_of_an_earlier_list_stay(opened: tuple[Workspace, Register]) -> None:
    workspace, register = opened
    listed = [
        Team(team_id=f"TD-{n}", leader_name=name, org_name="甲大学", research_directions=("堆焊",))
        for n, name in enumerate(("卫一", "秦六"))
    ]
    update(workspace, register, listed)
    register.add([work("堆焊裂纹", "卫一", orgs=("甲大学",))])
    assert update(workspace, register).removed == ()
    teams = dict(workspace.teams())
    assert [(t.team_name, len(t.evidence)) for t in teams.values()] == [
        ("卫一团队", 1), ("秦六团队", 0),
    ]  # fmt: skip
    take_out(workspace, register, "秦六")
    assert list(register.people()) == ["TD-0"]
    update(workspace, register)
    assert list(workspace.teams()) == ["TD-0"]


def test_what_a_person_corrected_is_not_undone(opened: tuple[Workspace, Register]) -> None:
    workspace, register = opened
    register.add([FIRST, SECOND])
    update(workspace, register)
    (team,) = workspace.teams().values()
    kept = tuple(e for e in team.evidence if e.title == "主轴润滑")
    workspace.put_teams([team.model_copy(update={"department": "机械学院", "evidence": kept})])
    register.add([work("密封", "张一@大连理工大学", kind="项目", leads=True)])
    update(workspace, register)
    (team,) = workspace.teams().values()
    assert team.department == "机械学院"
    assert [e.title for e in team.evidence] == ["主轴润滑", "密封"]
    workspace.delete_teams([team.team_id])
    update(workspace, register)
    assert dict(workspace.teams()) == {}


def test_who_asks_to_be_left_out_is_left_out_everywhere(
    opened: tuple[Workspace, Register],
) -> None:
    workspace, register = opened
    joint = work(
        "刀盘磨损", "李二@大连理工大学", "张一@大连理工大学", extra={"作者": ["李二", "张一"]}
    )
    register.add([FIRST, SECOND, joint])
    update(workspace, register)
    gone = take_out(workspace, register, "张一", "大连理工大学")
    assert gone.teams == 1
    register.add([FIRST, joint])
    update(workspace, register)
    stored = (workspace.folder / STORE_FILE).read_bytes()
    register.close()
    for table in ("records", "versions", "achievements", "built_teams", "person_questions"):
        rows = Register.open(workspace.folder / STORE_FILE)._db.execute(f"SELECT * FROM {table}")
        assert "张一" not in str([tuple(row) for row in rows]), table
    assert stored
    assert [t.leader_name for t in workspace.teams().values()] == ["李二"]


def test_questions_come_back_as_decisions(tmp_path: Path) -> None:
    works = [
        work("机器人关节摩擦辨识", "张伟@哈尔滨工业大学机电工程学院", keywords=("机器人", "摩擦")),
        work("机器人力矩控制", "张伟@哈尔滨工业大学航天学院", keywords=("机器人", "力矩")),
    ]
    linked = link({work_key(w): w for w in works})
    assert linked.questions
    write_questions(linked.questions, tmp_path / "待确认.xlsx")
    assert read_answers(tmp_path / "待确认.xlsx") == ()
    assert "内容接近" in linked.questions[0].speaks_for
    assert "没有共同的合作者" not in linked.questions[0].speaks_for
    question = linked.questions[0]
    decided = [(question.one_key, question.other_key, not question.joined)]
    other = link({work_key(w): w for w in works}, (), decided)
    assert other.persons != linked.persons
    assert len(other.questions) == len(linked.questions) - 1


def test_answers_are_remembered_with_their_questions(opened: tuple[Workspace, Register]) -> None:
    workspace, register = opened
    register.add(
        [
            work(
                "机器人关节摩擦辨识", "张伟@哈尔滨工业大学机电工程学院", keywords=("机器人", "摩擦")
            ),
            work("机器人力矩控制", "张伟@哈尔滨工业大学航天学院", keywords=("机器人", "力矩")),
        ]
    )
    before = update(workspace, register)
    ((question, answer),) = register.questions()
    assert answer == ""
    pair = (question.one_key, question.other_key)
    unsure = decide(workspace, register, [(*pair, None)])
    assert [told for _, told in register.questions()] == ["拿不准"]
    assert unsure.linked.persons == before.linked.persons
    for same, said in ((True, "是"), (False, "否")):
        done = decide(workspace, register, [(*pair, same)])
        assert (done.linked.persons, done.linked.questions) == (2 - same, ())
        assert register.questions() == [(question, said)]
    take_out(workspace, register, "张伟")
    assert register.questions() == []
