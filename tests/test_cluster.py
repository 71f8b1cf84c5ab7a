"""Work in blocks: the same results here and on a cluster, whatever is killed on the way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from matcher import Challenge, Team
from matcher.cluster.blocks import ClusterError, Engine
from matcher.cluster.indexing import rebuild_in_blocks
from matcher.cluster.job import MatchSettings
from matcher.cluster.matching import match_in_blocks
from matcher.errors import InputError, MatcherError
from matcher.matches import Failure, Ranking
from matcher.workspace import Workspace
from tests.conftest import TINY, Cli

pytestmark = pytest.mark.cluster

pytest.importorskip("distributed")
DASK = Path(sys.executable).with_name("dask")
TOP, EXPLAINED = 20, 2
ENCODER = str(TINY)
Result = list[Ranking | Failure]


@pytest.fixture(scope="module")
def stored(
    tmp_path_factory: pytest.TempPathFactory,
    challenges: Sequence[Challenge],
    teams: Sequence[Team],
) -> Path:
    """The folder of a workspace that every test takes a copy of."""
    made = Workspace(tmp_path_factory.mktemp("stored") / "ws", encoder=ENCODER)
    made.put_challenges([*challenges[:39], Challenge(challenge_id="空")])
    made.put_teams(teams[:200])
    return made.folder


@pytest.fixture(scope="module")
def indexed(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(stored, tmp_path_factory.mktemp("indexed") / "ws")
    Workspace(folder, encoder=ENCODER).matcher("fused")
    return folder


@pytest.fixture
def workspace(indexed: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(indexed, tmp_path / "ws"), encoder=ENCODER)


@pytest.fixture(scope="module")
def expected(indexed: Path) -> Result:
    opened = Workspace(indexed, encoder=ENCODER).matcher("fused")
    return list(opened.match(top=TOP, explained=EXPLAINED))


def matched(
    workspace: Workspace, folder: Path, engine: Engine, size: int = 2, progress: Any = None,
    ranker: str = "fused", team_blocks: int = 1,
) -> Result:  # fmt: skip
    fresh = Workspace(workspace.folder, encoder=ENCODER)
    settings = MatchSettings(ENCODER, ranker, TOP, EXPLAINED, size, team_blocks)
    return list(match_in_blocks(fresh, folder, engine, settings, progress))


class Cluster:
    """A Dask scheduler and workers, started as its commands start them."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker() for _ in range(workers)]

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        return self._start("scheduler", "--port", str(self.port), "--host", "127.0.0.1",
                           "--no-dashboard")  # fmt: skip

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny",
                           "--no-dashboard", "--death-timeout", "30")  # fmt: skip

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parent.parent)
        started = subprocess.Popen(
            [str(DASK), *arguments, "--local-directory", str(self._folder)]
            if arguments[0] == "worker" else [str(DASK), *arguments],
            cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self._started.append(started)
        return started

    def stop(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """Of two workers, or as many as a test asks for."""
    folder = tmp_path / "dask"
    folder.mkdir()
    made = Cluster(folder, getattr(request, "param", 2))
    yield made
    made.stop()


def test_blocks_here_give_what_one_run_gives(
    workspace: Workspace, expected: Result, tmp_path: Path
) -> None:
    assert matched(workspace, tmp_path / "blocks", Engine()) == expected
    assert not (tmp_path / "blocks").exists()


SEGMENT = ("matcher.index.snapshot.SEGMENT_PASSAGES", 60)


@pytest.fixture(scope="module")
def stored_in_segments(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(stored, tmp_path_factory.mktemp("segments") / "ws")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*SEGMENT)
        opened = Workspace(folder, encoder=ENCODER).matcher("fused")
    assert len(opened.library.source.segments) > 5
    return folder


@pytest.fixture
def in_segments(
    stored_in_segments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """The workspace with an index of several segments, as a large library has."""
    monkeypatch.setattr(*SEGMENT)
    return Workspace(shutil.copytree(stored_in_segments, tmp_path / "segments"), encoder=ENCODER)


@pytest.fixture(scope="module")
def fused_in_segments(stored_in_segments: Path) -> Result:
    """What is given of the same segments without blocks."""
    opened = Workspace(stored_in_segments, encoder=ENCODER).matcher("fused")
    return list(opened.match(top=TOP, explained=EXPLAINED))


@pytest.fixture(scope="module", params=["fused", "default"])
def in_one_run(
    request: pytest.FixtureRequest, stored_in_segments: Path, fused_in_segments: Result
) -> tuple[str, Result]:
    """A ranker, and what it gives of the same segments without blocks."""
    if request.param == "fused":
        return request.param, fused_in_segments
    opened = Workspace(stored_in_segments, encoder=ENCODER).matcher(request.param)
    return request.param, list(opened.match(top=TOP, explained=EXPLAINED))


@pytest.mark.parametrize("blocks", [2, 3, 100])
def test_a_library_in_blocks_gives_what_one_run_gives(
    in_segments: Workspace, tmp_path: Path, in_one_run: tuple[str, Result], blocks: int
) -> None:
    ranker, expected = in_one_run
    opened = Workspace(in_segments.folder, encoder=ENCODER).matcher(ranker)
    done: list[tuple[int, int]] = []
    found = matched(in_segments, tmp_path / "blocks", Engine(), 7, lambda *at: done.append(at),
                    ranker, blocks)  # fmt: skip
    assert found == expected
    shares = min(blocks, len(opened.library.source.segments))
    assert done[-1] == (6 + 2 * 6 * shares + 6,) * 2


@pytest.mark.parametrize("blocks", [1, 2])
def test_processes_of_this_machine_give_what_one_gives(
    in_segments: Workspace, fused_in_segments: Result, tmp_path: Path, blocks: int
) -> None:
    done: list[tuple[int, int]] = []
    found = matched(in_segments, tmp_path / "blocks", Engine(processes=True), 7,
                    lambda *at: done.append(at), team_blocks=blocks)  # fmt: skip
    assert found == fused_in_segments
    assert done[-1][0] == done[-1][1]


def test_an_error_in_a_process_reaches_the_user(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cluster.matching.software_version", lambda: "0.0.0")
    with pytest.raises(InputError, match="软件版本不同"):
        matched(workspace, tmp_path / "blocks", Engine(processes=True))


def test_a_library_of_words_alone_is_looked_through_in_blocks(
    in_segments: Workspace, tmp_path: Path
) -> None:
    folder = in_segments.folder
    Workspace(folder, encoder=None).rebuild()
    expected = list(Workspace(folder, encoder=None).matcher().match(top=TOP))
    settings = MatchSettings("none", top=TOP, size=40, team_blocks=3)
    words = Workspace(folder, encoder="none")
    assert list(match_in_blocks(words, tmp_path / "b", Engine(), settings)) == expected


def test_a_library_in_blocks_survives_a_lost_worker_and_a_lost_run(
    in_segments: Workspace, fused_in_segments: Result, tmp_path: Path, cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "blocks"
    monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 30.0)
    killed: list[int] = []

    def kill_as_it_goes(done: int, total: int) -> None:
        if done >= total // 4 and not killed:
            cluster.workers[0].send_signal(signal.SIGKILL)
            killed.append(done)
        if done >= total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        matched(in_segments, folder, Engine(cluster.address), 4, kill_as_it_goes, team_blocks=3)
    assert len(killed) == 1
    kept = len(list(folder.glob("*.np[yz]")))
    seen: list[tuple[int, int]] = []
    again = Engine(cluster.address, resume=True)
    found = matched(in_segments, folder, again, 4, lambda *at: seen.append(at), team_blocks=3)
    assert found == fused_in_segments
    assert kept >= 20
    assert seen[-1] == (80, 80)


def test_a_run_goes_on_where_it_stopped(
    workspace: Workspace, expected: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matcher.cluster import matching

    folder, runs = tmp_path / "blocks", []
    whole = matching.MatchBlock.run

    def breaking(self: matching.MatchBlock, target: Path) -> None:
        runs.append(self.name)
        if len(runs) == 5:
            target.write_text("半", encoding="utf-8")
            raise KeyboardInterrupt
        whole(self, target)

    monkeypatch.setattr(matching.MatchBlock, "run", breaking)
    with pytest.raises(KeyboardInterrupt):
        matched(workspace, folder, Engine())
    assert len(list(folder.glob("match-*"))) == 4
    assert matched(workspace, folder, Engine(resume=True)) == expected
    assert len(runs) == 21
    assert sorted(set(runs)) == sorted([*runs[:4], *runs[5:]])


def test_another_run_is_not_resumed(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "blocks"
    with pytest.raises(InputError, match="没有可以继续的"):
        matched(workspace, folder, Engine(resume=True))
    folder.mkdir()
    (folder / "blocks.json").write_text("别的", encoding="utf-8")
    with pytest.raises(InputError, match="设置或数据不同"):
        matched(workspace, folder, Engine(resume=True))


def test_no_scheduler_is_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 1.0)
    with pytest.raises(ClusterError, match="连不上 Dask 调度器"):
        matched(workspace, tmp_path / "blocks", Engine("tcp://127.0.0.1:1"))


def test_an_index_made_in_blocks_is_the_same(
    workspace: Workspace, expected: Result, tmp_path: Path
) -> None:
    done: list[tuple[int, int]] = []
    rebuild_in_blocks(
        Workspace(workspace.folder, encoder=ENCODER), tmp_path / "index", Engine(),
        encoder=ENCODER, size=64, progress=lambda *at: done.append(at),
    )  # fmt: skip
    assert done[-1] == (5, 5)
    after = Workspace(workspace.folder, encoder=ENCODER).matcher("fused")
    assert list(after.match(top=TOP, explained=EXPLAINED)) == expected


def test_a_cluster_survives_what_is_killed(
    workspace: Workspace, expected: Result, tmp_path: Path, cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A worker is killed, one is added, the scheduler is killed; the run is resumed."""
    folder = tmp_path / "blocks"
    monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 30.0)
    seen: list[int] = []

    def kill_as_it_goes(done: int, total: int) -> None:
        if done >= 4 and not seen:
            cluster.workers[0].send_signal(signal.SIGKILL)
            cluster.workers.append(cluster.start_worker())
            seen.append(done)
        if done >= 9 and len(seen) == 1:
            seen.append(done)
            monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 3.0)
            cluster.scheduler.send_signal(signal.SIGKILL)

    with pytest.raises(ClusterError, match="失去联系") as lost:
        matched(workspace, folder, Engine(cluster.address), 1, kill_as_it_goes)
    assert "--resume" in str(lost.value)
    assert len(seen) == 2
    kept = {path.name: path.stat().st_mtime_ns for path in folder.glob("match-*")}
    assert 9 <= len(kept) < 40
    for process in cluster.workers:
        process.send_signal(signal.SIGKILL)
        process.wait()
    cluster.scheduler.wait()
    cluster.start_scheduler()
    cluster.start_worker()
    monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 30.0)
    remaining: list[tuple[int, int]] = []
    again = Engine(cluster.address, resume=True)
    found = matched(workspace, folder, again, 1, lambda *at: remaining.append(at))
    assert remaining[0] == (len(kept), 40)
    assert found == expected


@pytest.mark.parametrize("cluster", [1], indirect=True)
def test_an_error_on_a_worker_reaches_the_user(
    workspace: Workspace, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cluster.blocks._PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr("matcher.cluster.matching.software_version", lambda: "0.0.0")
    with pytest.raises(MatcherError, match="软件版本不同"):
        matched(workspace, tmp_path / "blocks", Engine(cluster.address))


def test_the_command_writes_the_same_file(workspace: Workspace, cli: Cli, tmp_path: Path) -> None:
    given = ("match", "--workspace", workspace.folder, "--top", 10)
    assert cli(*given, "--output", "一.jsonl").code == 3  # one challenge has no text
    done = cli(*given, "--output", "二.jsonl", "--engine", "dask")
    assert done.code == 3, done.err
    assert Path("一.jsonl").read_bytes() == Path("二.jsonl").read_bytes()
    done = cli(*given, "--output", "三.jsonl", "--engine", "processes", "--team-blocks", 2)
    assert done.code == 3, done.err
    assert Path("一.jsonl").read_bytes() == Path("三.jsonl").read_bytes()
    for engine in ("dask", "processes"):
        done = cli("index", "--workspace", workspace.folder, "--rebuild", "--engine", engine)
        assert done.code == 0, done.err


def test_options_that_do_not_go_together(cli: Cli) -> None:
    given = ("match", "--output", "a.jsonl")
    cli(*given, "--engine", "spark").refused("processes 或 dask")
    cli(*given, "--resume").refused("只用于分块计算")
    cli(*given, "--team-blocks", 2).refused("只用于分块计算")
    cli(*given, "--engine", "processes", "--scheduler", "tcp://a:1").refused("只用于集群")
    files = ("--challenges", "a.jsonl", "--teams", "b.jsonl")
    cli(*given, "--engine", "dask", *files).refused("分块计算只能匹配工作区")
