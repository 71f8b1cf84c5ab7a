"""Who is who: names, places, and mentions told apart or joined."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from matcher.errors import InputError
from matcher.linking.evaluation import b_cubed, groups_of, pairwise, read_cases
from matcher.linking.identity import identify
from matcher.records import Achievement, Contributor
from matcher.text.affiliations import split_affiliation
from matcher.text.person_names import parse_name

CASES = sorted((Path(__file__).parent / "data" / "identity").glob("*.txt"))


def paper(title: str, *people: str, year: int = 2020, number: str = "") -> Achievement:
    named = (person.partition("@") for person in people)
    return Achievement(
        kind="论文", title=title, year=year, number=number,
        contributors=tuple(
            Contributor(name=name, organisations=(org,) if org else ()) for name, _, org in named
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张一", "张 一1*"), ("張一", "张一教授"), ("Zhang Yiming", "ZHANG, Yi-Ming"),
        ("Y. M. Zhang", "Zhang YM"), ("Renke Kang", "Kang Renke"), ("Lü Bu", "Lyu Bu"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    first, second = parse_name(one), parse_name(other)
    assert first is not None
    assert second is not None
    assert first.key == second.key


@pytest.mark.parametrize("nobody", ["Null", "{Null}", "本报评论员", "佚名", "", "12"])
def test_nobody_is_no_person(nobody: str) -> None:
    assert parse_name(nobody) is None


@pytest.mark.parametrize(
    ("han", "latin", "expected"),
    [
        ("张一鸣", "Yiming Zhang", True), ("张一鸣", "Zhang YM", True),
        ("张一", "Zhang Yong", False),
        ("司徒文", "Situ Wen", True), ("单雄信", "Shan Xiongxin", True),
    ],
)  # fmt: skip
def test_pinyin_may_name_the_same(han: str, latin: str, expected: bool) -> None:
    first, second = parse_name(han), parse_name(latin)
    assert first is not None
    assert second is not None
    assert first.compatible(second) is expected


@pytest.mark.parametrize(
    ("printed", "organisation", "department"),
    [
        ("大连理工大学 机械工程学院，大连 116024", "大连理工大学", "机械工程学院"),
        ("中科院金属所", "中国科学院金属研究所", ""),
        ("中国船舶重工集团公司第七二五研究所", "中国船舶重工集团公司第七二五研究所", ""),
        ("哈尔滨工业大学（深圳）材料学院", "哈尔滨工业大学（深圳）", "材料学院"),
        ("振动国家重点实验室(西安交通大学)", "西安交通大学", "振动国家重点实验室"),
        ("Dalian Univ Technol, Sch Mech Engn, Dalian 116024", "大连理工大学", "Sch Mech Engn"),
        ("Institute of Metal Research, Chinese Academy of Sciences", "中国科学院金属研究所", ""),
        ("示例农业大学农学院长沙", "示例农业大学", "农学院"),
        ("中国科学院 金属研究所 沈阳", "中国科学院金属研究所", ""),
        ("广西壮族自治区中国科学院示例植物研究所", "广西壮族自治区中国科学院示例植物研究所", ""),
        ("钱三(示例工业大学 电子学院", "示例工业大学", "电子学院"),
        ("示例鼓风机(集团)股份有限公司技术中心", "示例鼓风机（集团）股份有限公司", "技术中心"),
        ("Dean's Office, University of Example, Nowhere", "University of Example", ""),
    ],
)  # fmt: skip
def test_an_address_names_its_organisation(
    printed: str, organisation: str, department: str
) -> None:
    assert tuple(split_affiliation(printed)) == (organisation, department)


def test_labelled_cases_are_told_apart() -> None:
    found = [groups_of(case) for path in CASES for case in read_cases(path)]
    assert len(found) >= 400
    # Two persons made one credits a stranger's work: precision goes before recall.
    assert b_cubed(found).precision >= 0.96
    assert b_cubed(found).f1 >= 0.93
    assert pairwise(found).precision >= 0.9


def test_a_case_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.txt"
    path.write_text("# a: b\n论文 2019 | 缺少两栏\n", encoding="utf-8")
    with pytest.raises(InputError, match="第 2 行"):
        read_cases(path)


def test_persons_do_not_depend_on_the_order_of_the_list() -> None:
    works = [work for case in read_cases(CASES[0])[:20] for work in case.works]

    def together(order: list[int]) -> set[frozenset[tuple[int, int]]]:
        persons = identify([works[i] for i in order])
        return {
            frozenset((order[persons.mentions[m].work], persons.mentions[m].place) for m in members)
            for members in persons.members.values()
        }

    order = list(range(len(works)))
    first = together(order)
    random.Random(7).shuffle(order)
    assert together(order) == first


def test_a_decision_goes_before_arithmetic() -> None:
    works = [paper("轴承温升", "王伟@甲大学"), paper("轴承温升预测", "王伟@甲大学")]
    assert identify(works).of[0] == identify(works).of[1]
    assert len(set(identify(works, different=[(0, 1)]).of)) == 2
    far = [paper("轴承", "王伟@甲大学"), paper("水稻", "王伟@乙大学")]
    assert len(set(identify(far).of)) == 2
    assert len(set(identify(far, same=[(0, 1)]).of)) == 1


def test_two_of_one_name_on_one_work_are_two() -> None:
    works = [paper("轴承", "王伟@甲大学", "王伟@甲大学")]
    assert len(set(identify(works).of)) == 2
