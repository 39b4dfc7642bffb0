"""PDFs read on a Dask cluster that was started by its own commands."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pymupdf
import pytest

from chatpaper import __version__
from chatpaper.errors import ConfigError, DocumentError
from chatpaper.workers import RemoteReaders, WorkerLost, check_versions, dask_readers
from dask_cluster import Cluster, cluster
from night import Night, night

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def engine() -> Iterator[Cluster]:
    """Two workers that last for the tests of this file."""
    with cluster() as running:
        yield running


@pytest.fixture
def readers(engine: Cluster) -> Iterator[RemoteReaders]:
    with dask_readers(
        engine.address, workers=2, timeout_s=200, send_bytes=True
    ) as opened:
        yield opened


def pid() -> int:
    return os.getpid()


def size(pdf: bytes | Path) -> tuple[str, int]:
    data = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    return type(pdf).__name__, len(data)


def broken(data: bytes) -> int:
    try:
        pages: int = pymupdf.open(stream=data, filetype="pdf").page_count
    except pymupdf.FileDataError as error:
        raise DocumentError("2611.1v1", "not a PDF") from error
    return pages


def hang() -> None:
    threading.Event().wait()


def starve() -> None:
    raise MemoryError


def die_once(marker: str) -> str:
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "second time"


def test_calls_run_in_other_processes(readers: RemoteReaders) -> None:
    """Workers do the work, and files reach them as bytes."""
    here = Path(__file__)

    assert readers.submit(pid).result() != os.getpid()
    assert readers.submit(size, here).result() == ("bytes", here.stat().st_size)


def test_errors_keep_their_type(readers: RemoteReaders) -> None:
    """An error caused within the PDF engine arrives with its attributes."""
    with pytest.raises(DocumentError) as caught:
        readers.submit(broken, b"%PDF-garbage").result()

    assert (caught.value.paper_id, caught.value.reason) == ("2611.1v1", "not a PDF")


def test_a_dead_worker_costs_a_retry(readers: RemoteReaders, tmp_path: Path) -> None:
    """A call whose worker dies is run again."""
    result = readers.submit(die_once, str(tmp_path / "died")).result()

    assert result == "second time"


def test_a_call_that_hangs_is_ended(engine: Cluster) -> None:
    """It is given up, its workers end themselves, and others take their place."""
    with distributed.Client(engine.address, set_as_default=False) as client:
        inner = client.get_executor()
        few = RemoteReaders(inner, 1, timeout_s=0.5, transfer_s=0.5)
        with few, pytest.raises(WorkerLost, match=r"longer than 0\.5 s"):
            few.submit(hang).result()
    with dask_readers(
        engine.address, workers=1, timeout_s=200, send_bytes=True
    ) as more:
        assert more.submit(pid).result()


def test_any_executor_will_do(tmp_path: Path) -> None:
    """Processes of the standard library serve, with paths that they can open."""
    file = tmp_path / "a.pdf"
    file.write_bytes(b"12345")
    pool = ProcessPoolExecutor(1)
    with pool, RemoteReaders(pool, 1, timeout_s=200, send_bytes=False) as readers:
        future: Future[tuple[str, int]] = readers.submit(size, file)

        assert future.result() == ("PosixPath", 5)
        with pytest.raises(DocumentError):
            readers.submit(broken, b"%PDF-garbage").result()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("", "is empty"),
        ("tcp://127.0.0.1:9", "no scheduler"),
        ("x://y", "no scheduler"),
    ],
)
def test_a_cluster_that_is_not_there(address: str, named: str) -> None:
    """A wrong address is a fault of the configuration, named as such."""
    with pytest.raises(ConfigError, match=named):
        dask_readers(address, workers=0, timeout_s=1, send_bytes=True)


def test_a_cluster_without_workers() -> None:
    """A scheduler alone reads nothing."""
    with cluster(workers=0) as idle, pytest.raises(ConfigError, match="no worker"):
        dask_readers(idle.address, workers=0, timeout_s=1, send_bytes=True)


def test_a_cluster_of_another_version_is_refused() -> None:
    """Who would read other things into a PDF is named with its version."""
    with pytest.raises(ConfigError, match=r"tcp://a:1 has chatpaper 0\.0\.1, here is"):
        check_versions({"tcp://b:2": __version__, "tcp://a:1": "0.0.1"})


def test_dask_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the way to get it is told."""
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(ConfigError, match=r"chatpaper\[dask\]"):
        dask_readers("tcp://127.0.0.1:9", workers=0, timeout_s=1, send_bytes=True)


def test_a_worker_without_memory_is_told_apart(tmp_path: Path) -> None:
    """A call that needs too much counts as lost, and so does a broken pool."""
    pool = ProcessPoolExecutor(1)
    with pool, RemoteReaders(pool, 1, timeout_s=200) as readers:
        with pytest.raises(WorkerLost, match="memory"):
            readers.submit(starve).result()
        with pytest.raises(WorkerLost, match="BrokenProcessPool"):
            readers.submit(die_once, str(tmp_path / "died")).result()


TOOK = re.compile(rb'"seconds": [\d.e-]+')


def made(nights: Night, **reading: object) -> dict[str, bytes]:
    """Every file of a run's post, without the seconds that its making took."""
    nights.settings["llm"] = {"provider": "extractive"}
    nights.settings["reading"] = reading
    topics = ["generative adversarial"]
    report = nights.run(source="samples", topics=topics)
    assert (report.status, report.posted) == ("done", 5)
    return {
        name: TOOK.sub(b'"seconds": 0', data)
        for name, (_, data) in nights.files().items()
    }


@pytest.mark.parametrize("send_bytes", [True, False])
def test_the_cluster_gives_the_same_post(
    engine: Cluster, tmp_path: Path, send_bytes: bool
) -> None:
    """Bytes of the posts and pictures do not depend on who has read the PDFs."""
    dask = {"executor": "dask", "dask_address": engine.address}
    with night(tmp_path / "dask") as far, night(tmp_path / "local") as near:
        there = made(far, **dask, send_bytes=send_bytes)
        here = made(near, workers=2)

    assert there == here
    assert sum(name.endswith(".md") for name in there) == 1
    assert len(there) > 5


def test_a_worker_killed_half_way_loses_nothing(tmp_path: Path) -> None:
    """With one of two workers killed in the middle of a run, every paper is posted."""
    with cluster() as engine, night(tmp_path, 12) as nights:
        nights.settings["llm"] = {"concurrency": 1}
        nights.settings["reading"] = {
            "executor": "dask",
            "dask_address": engine.address,
            "workers": 2,
        }
        killed: list[int] = []

        def tell(_: str, done: int, total: int) -> None:
            if done == total // 3:
                os.killpg(engine.workers[0].pid, signal.SIGKILL)
                killed.append(done)

        report = nights.run(tell=tell)

    assert killed == [4]
    assert (report.status, report.posted, report.failed) == ("done", 12, ())
    assert set(nights.whole().values()) == {1}
    assert len(nights.whole()) == 12
    assert set(nights.calls().values()) == {1}
