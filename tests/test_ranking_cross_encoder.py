"""A cross-encoder as a stage: a tiny one, made here, through the library itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Evidence, Matcher, Team, Workspace
from matcher.encoding import Encoder
from matcher.errors import InputError, ModelError
from matcher.learning.reranking import fit_weight, reranking_groups
from matcher.matches import Ranking
from matcher.models import RankerChoice, open_ranker
from matcher.ranking.cross_encoder import PART, SETTINGS, PairReader, open_cross_encoder
from matcher.ranking.fused import FusedRanker
from matcher.ranking.learned import Group
from matcher.ranking.stages import Chain
from matcher.report.identity import ranker_identity

from .conftest import TINY, Cli, TitleReader, jsonl

pytestmark = pytest.mark.slow

NEED, EVIDENCE = "高端轴承钢夹杂物控制", "轴承钢夹杂物的镁处理"


def tiny(folder: Path, outputs: int = 1, seed: int = 1) -> Path:
    """A BERT of two small layers that reads pairs, with weights drawn at random."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=2900, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=128, type_vocab_size=1,
        num_labels=outputs, pad_token_id=1, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TINY / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(scope="session")
def read_again(fused: Matcher, model: Path) -> Matcher:
    return Matcher(
        fused.challenges, fused.teams, fused.library, fused.tokenizer, fused.encoder,
        Chain((FusedRanker(), open_cross_encoder(str(model), 3.0))),
    )  # fmt: skip


@pytest.mark.slow
def test_a_pair_is_read_by_the_library_itself(model: Path) -> None:
    from sentence_transformers import CrossEncoder

    expected = CrossEncoder(str(model), device="cpu").predict([(NEED, EVIDENCE)])[0]
    assert PairReader(str(model)).chance(NEED, EVIDENCE) == pytest.approx(float(expected), abs=1e-4)


@pytest.mark.slow
def test_pairs_are_told_apart_and_order_matters(model: Path) -> None:
    chance = PairReader(str(model)).chance
    found = {
        chance(NEED, EVIDENCE),
        chance(EVIDENCE, NEED),
        chance(NEED, "合唱指挥"),
        chance("", ""),
    }
    assert len(found) == 4
    assert 0 <= chance(NEED * 100_000, EVIDENCE * 100_000) <= 1
    assert all(0 <= value <= 1 for value in found)


@pytest.mark.slow
def test_the_best_thirty_are_read_and_nobody_else(read_again: Matcher, fused: Matcher) -> None:
    wanted = list(fused.challenges)[3]
    (plain,) = fused.match([wanted], top=60)
    (again,) = read_again.match([wanted], top=60, explained=60)
    assert isinstance(plain, Ranking)
    assert isinstance(again, Ranking)
    before = {match.team_id: match.score for match in plain.matches}
    parts = {
        m.team_id: {p.name: p.value for p in m.explanation.parts}[PART]
        for m in again.matches if m.explanation
    }  # fmt: skip
    assert {i for i, added in parts.items() if added} == {m.team_id for m in plain.matches[:30]}
    assert {m.team_id for m in again.matches[:30]} == {m.team_id for m in plain.matches[:30]}
    assert [m.team_id for m in again.matches[:30]] != [m.team_id for m in plain.matches[:30]]
    for match in again.matches:
        assert match.score == pytest.approx(before[match.team_id] + parts[match.team_id], abs=2e-5)


@pytest.mark.slow
def test_the_explanation_names_all_stages_and_sums_to_the_score(read_again: Matcher) -> None:
    for match in read_again.find_teams(NEED, 5):
        assert match.explanation is not None
        parts = match.explanation.parts
        assert [part.label for part in parts][-1] == "需求与依据逐对细读"
        assert len(parts) == 5
        assert sum(part.value for part in parts) == pytest.approx(match.score, abs=1e-5)


@pytest.mark.slow
def test_one_question_gives_what_a_batch_gives_whoever_may_be_listed(read_again: Matcher) -> None:
    wanted = list(read_again.challenges)[:3]
    for ranking in read_again.match(wanted, top=50):
        assert isinstance(ranking, Ranking)
        listed = {match.team_id: match.score for match in ranking.matches}
        alone = read_again.find_teams(ranking.challenge, 50)
        assert {match.team_id: match.score for match in alone} == listed
        for match in read_again.judge(ranking.challenge, [*listed][5:40:7]):
            assert match.score == listed[match.team_id]
    team_id = [*listed][2]
    (other,) = (
        m
        for m in read_again.find_challenges(team_id, 500)
        if m.challenge.challenge_id == wanted[-1]
    )
    assert other.score == listed[team_id]


@pytest.mark.slow
def test_who_a_team_is_is_not_read(encoder: Encoder, model: Path) -> None:
    teams = [
        Team(team_id=str(n), profile=text, evidence=[Evidence(kind="论文", title=text)])
        for n, text in enumerate(("轴承钢夹杂物", "光刻胶", "轴承钢疲劳"))
    ]
    fame = {"org_name": "清华大学", "leader_title": "院士", "leader_name": "张三"}
    famous = [team.model_copy(update=fame) for team in teams]
    choice = RankerChoice("fused", str(model))
    one, two = (
        Matcher.from_records([], who, encoder=encoder, ranker=choice).find_teams(NEED)
        for who in (teams, famous)
    )
    assert [(m.team_id, m.score) for m in one] == [(m.team_id, m.score) for m in two]


def test_a_model_is_known_by_its_files_and_its_weight(model: Path, tmp_path: Path) -> None:
    other = tiny(tmp_path / "other", seed=2)
    stages = [
        open_cross_encoder(str(model)), open_cross_encoder(str(model), 2.0),
        open_cross_encoder(str(other)),
    ]  # fmt: skip
    known = [ranker_identity(Chain((FusedRanker(), stage))) for stage in stages]
    assert len(set(known)) == 3
    assert known[0] == ranker_identity(Chain((FusedRanker(), open_cross_encoder(str(model)))))


def test_what_cannot_be_loaded_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "空").mkdir()
    many = tiny(tmp_path / "three", outputs=3)
    for source in (str(tmp_path / "空"), "没有这个模型", str(TINY / "config.json")):
        with pytest.raises(ModelError, match="重排模型无法载入"):
            open_cross_encoder(source)
    with pytest.raises(ModelError, match="每对文字给出 3 个数"):
        open_cross_encoder(str(many))


# --- what it is worth -------------------------------------------------------------------------


def judged(fused: Matcher, answer: Callable[[list[str]], str]) -> dict[str, dict[str, int]]:
    """An answer a challenge among the best thirty of its list."""
    found = fused.match(list(fused.challenges)[:40], top=30)
    return {
        r.challenge.challenge_id: {answer([m.team_id for m in r.matches]): 1}
        for r in found if isinstance(r, Ranking)
    }  # fmt: skip


@pytest.mark.slow
def test_a_stage_that_tells_answers_gets_a_weight_and_one_that_does_not_gets_none(
    fused: Matcher,
) -> None:
    helps = list(reranking_groups(fused, judged(fused, lambda ids: ids[0]), TitleReader(), 30))
    assert {len(group.team_ids) for group in helps} == {30}
    assert helps[0].features.values.shape == (30, 2)
    noise = np.random.default_rng(3)

    def told(by: Callable[[Group], np.ndarray]) -> float:
        made = []
        for group in helps:
            values = group.features.values.copy()
            values[:, 1] = by(group)
            features = type(group.features)(group.features.names, values)
            made.append(
                Group(group.query_id, group.team_ids, group.org_names, group.fold_key, features,
                      group.relevant)
            )  # fmt: skip
        return fit_weight(made)

    useless = told(lambda group: noise.random(30))
    against = told(lambda group: 1.0 - group.relevant)
    useful = told(lambda group: group.relevant * 0.8 + 0.1)
    assert against == 0
    assert useless < useful / 5
    with pytest.raises(InputError, match="没有可用来校准重排的需求"):
        fit_weight([])


LIBRARY = [
    {"team_id": f"{field}{n}", "org_name": f"{field}单位{n}",
     "research_directions": [f"{field}{word}"],
     "evidence": [{"kind": "论文", "title": f"{field}{word}研究之{k}"} for k in range(2)]}
    for field in ("轴承钢", "光刻胶", "风电叶片", "电渣重熔")
    for n, word in enumerate(("控制", "制备", "检测", "寿命"))
]  # fmt: skip


@pytest.fixture
def judged_set(tmp_path: Path) -> Path:
    folder = tmp_path / "集合"
    folder.mkdir()
    asked = [(f"Q{n}", team) for n, team in enumerate(LIBRARY)]
    needs = [{"challenge_id": q, "title": team["research_directions"][0]} for q, team in asked]
    jsonl(folder / "challenges.jsonl", needs)
    jsonl(folder / "teams.jsonl", LIBRARY)
    lines = [f"{q} 0 {t['team_id']} 1" for q, t in asked]
    (folder / "qrels_t.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    strange = [f"{word}第{n}场" for word in ("合唱", "舞蹈", "话剧", "相声") for n in range(4)]
    foreign = [{"challenge_id": f"F{n}", "title": title} for n, title in enumerate(strange)]
    jsonl(tmp_path / "无关.jsonl", foreign)
    return folder


@pytest.mark.slow
def test_calibrating_leaves_weight_and_bands_in_the_models_folder(
    cli: Cli, judged_set: Path, tmp_path: Path, encoder: Encoder
) -> None:
    folder = tiny(tmp_path / "重排")
    done = cli("calibrate", judged_set, "--foreign", "无关.jsonl", "--reranker", folder)
    assert done.code == 0, done.err
    assert "重排得分的分量" in done.out
    assert "AUROC" in done.out
    first = (folder / SETTINGS).read_bytes()
    kept = json.loads(first)
    assert kept["pair"]["names"] == ["cosine", "title_terms_covered", PART]
    assert kept["weight"] >= 0
    assert kept["encoder"] == encoder.identity
    assert cli("calibrate", judged_set, "--foreign", "无关.jsonl", "--reranker", folder).code == 0
    assert (folder / SETTINGS).read_bytes() == first
    ranker = open_ranker(RankerChoice("default", str(folder)), encoder)
    assert isinstance(ranker, Chain)
    assert ranker.calibration is not None
    assert ranker.stages[1] == open_cross_encoder(str(folder), kept["weight"])
    # It speaks of the encoder it was made with, and of no other.
    elsewhere = open_ranker(RankerChoice("default", str(folder)), None)
    assert isinstance(elsewhere, Chain)
    assert elsewhere.calibration is None
    args = ("match", "--challenges", judged_set / "challenges.jsonl", "--teams",
            judged_set / "teams.jsonl", "--reranker", folder, "-o", "结果.jsonl")  # fmt: skip
    assert cli(*args).code == 0
    matches = [m for line in Path("结果.jsonl").read_text("utf-8").splitlines()
               for m in json.loads(line)["matches"]]  # fmt: skip
    assert {m["band"] for m in matches} <= {"强", "中", "弱"}
    (folder / SETTINGS).write_text("{}", encoding="utf-8")
    cli(*args).refused("校准文件无法读取", "matcher calibrate")


def test_calibrating_needs_to_know_what(cli: Cli, judged_set: Path) -> None:
    asked = ("calibrate", judged_set, "--foreign", "无关.jsonl")
    cli(*asked).refused("不清楚校准什么", "--reranker")
    cli(*asked, "-o", "a.json", "--reranker", "b").refused("不清楚校准什么")


@pytest.mark.slow
def test_a_workspace_remembers_the_reranker(cli: Cli, model: Path, tmp_path: Path) -> None:
    made = Workspace(tmp_path / "workspace", encoder=None)
    made.put_teams([Team(team_id=t["team_id"], research_directions=t["research_directions"])
                    for t in LIBRARY])  # fmt: skip
    made.put_challenges([Challenge(challenge_id="C1", title=NEED)])
    asked = ("teams", "C1", "--json", "--encoder", "none")
    plain = cli(*asked).json
    chosen = cli(*asked, "--reranker", model).json
    assert chosen != plain
    shutil.copytree(model, tmp_path / "重排")
    assert cli("ranker", "use", "default", "--reranker", "重排").code == 0
    assert cli(*asked).json == chosen
    assert cli(*asked, "--reranker", "none").json == plain
    assert made.ranker == RankerChoice("default", str(tmp_path / "重排"))
    assert cli("ranker", "back").code == 0
    assert cli(*asked).json == plain
    monthly = cli("match", "--encoder", "none", "-o", "一.jsonl", "--reranker", model)
    blocks = cli("match", "--encoder", "none", "-o", "二.jsonl", "--reranker", model,
                 "--engine", "processes")  # fmt: skip
    assert (monthly.code, blocks.code) == (0, 0), blocks.err
    assert Path("一.jsonl").read_bytes() == Path("二.jsonl").read_bytes()
