"""What is asked is answered question by question, and nothing is told that no sentence says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from matcher.alliances import Alliance, advice_for
from matcher.alliances.parts import Sentences, questions_in
from matcher.errors import InputError
from matcher.policy import PolicyPack, read_pack, shipped_pack, shipped_pack_ids, statement_of

TABLE = Path(__file__).parent / "data" / "programmes" / "records.tsv"
LAW = shipped_pack("china-law")


def lines_of(pack: PolicyPack, alliance: Alliance, year: int = 2022) -> list[str]:
    page = statement_of(pack, advice_for(pack, alliance, year))
    return [line for line in page.summary if line.startswith("逐问")]


def test_every_single_question_gets_one_line() -> None:
    asked = "（1）三人至少应得多少、由谁付？（2）法律有没有规定按5:1分；专员能不能参与？"
    said = lines_of(LAW, Alliance(alliance_id="A", lead_org="甲公司", question=asked))
    assert [line.partition("：")[0] for line in said] == [
        "逐问 1“三人至少应得多少”", "逐问 2“由谁付”", "逐问 3“专员能不能参与”",
    ]  # fmt: skip
    assert questions_in("三人应得多少；由谁付") == ("三人应得多少", "由谁付")
    assert lines_of(LAW, Alliance(alliance_id="A", note="公司没有规定。由谁付？")) != []
    assert lines_of(LAW, Alliance(alliance_id="A", note="公司没有规定。")) == []


def test_what_no_sentence_says_is_never_told_as_said() -> None:
    (line,) = lines_of(LAW, Alliance(alliance_id="A", question="食堂几点钟开门？班车停哪里？"))[:1]
    assert "没有找到直接写它的一句" in line
    assert "（原文）" not in line
    assert "（大意）" not in line


@pytest.mark.parametrize(("question", "missing"), [
    ("法律有没有规定按5:1分", ("5:1",)),
    ("按60%给行不行", ("60%",)),
    ("提取50%够不够", ()),  # the law writes 百分之五十
    ("营业利润的5%够不够", ()),
    ("转化专员和经纪人能不能参与", ("专员",)),
    ("2022年4月转让的应得多少", ()),
    ("300万元应不应付", ()),  # a sum of the record's own, not one a law would write
    ("有没有规定给300万元", ("300万元",)),
])  # fmt: skip
def test_only_what_stands_nowhere_is_called_unwritten(
    question: str, missing: tuple[str, ...]
) -> None:
    assert Sentences(LAW).unwritten(question) == missing


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_quotations_are_the_source_word_for_word(pack_id: str) -> None:
    pack = shipped_pack(pack_id)
    whole = "".join(getattr(rule, "original", "") for _, rule in pack.rules())
    rows = csv.DictReader(
        TABLE.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""
    )
    asked = [
        json.loads(row["联盟"])["question"]
        for row in rows
        if '"question"' in row["联盟"] and row["联盟"].startswith("{")
    ]
    sentences = Sentences(pack)
    assert len(asked) > 30
    for question in (one for text in asked for one in questions_in(text)):
        for told in sentences.near(question, question):
            for quoted in re.findall("（(?:原文|据报道)）：“(.*)”$", told):
                assert quoted in whole
                assert quoted


def test_words_of_the_field_lead_to_the_sentence_and_nothing_else_does() -> None:
    asked = "转化专员能不能参与"
    bare = LAW.model_copy(update={"synonym": ()})
    assert "做出重要贡献的人员" in Sentences(LAW).near(asked)[0]
    assert not any("做出重要贡献的人员”，完成的" in one for one in Sentences(bare).near(asked))


def test_a_synonym_must_lead_to_words_the_pack_has(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(
        '[pack]\nid = "p"\nname = "某"\nkind = "示例"\nyear = 2021\n'
        '[sources.a]\nname = "甲"\ndate = 2021-01-01\n'
        '[[topic]]\nid = "t"\nwords = "谁"\ntext = "给完成人"\nsource = "a"\n'
        '[[synonym]]\nwords = "专员"\nmeans = "完成人，转移机构"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="转移机构") as caught:
        read_pack(file)
    assert "完成人" not in str(caught.value).partition("means")[2]
