"""PDF downloads over real HTTP: whole files or named errors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pymupdf
import pytest

from chatpaper.errors import FetchError, StoreError, Throttled
from chatpaper.net import Downloader, Http, Pace, check_pdf
from chatpaper.records import Paper
from chatpaper.sources.arxiv import ArxivSource
from chatpaper.text import file_stem
from servers.arxiv import ArxivStandIn, Fault, Record, tiny_pdf

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
PAPER = Paper(id="2401.00001", title="A GAN")
HTML = b"<!DOCTYPE html><html><body>Are you human?</body></html>"


def long_pdf(pages: int = 12) -> bytes:
    """A PDF of several pages, so that half of one still has some."""
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page()
        page.insert_text((72, 72), f"Page {number} of a paper about GANs. " * 3)
    content: bytes = document.tobytes()
    return content


WHOLE = long_pdf()


@pytest.fixture
def arxiv() -> Iterator[ArxivStandIn]:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    records = [
        Record(id="2401.00001", title="A GAN", published=now, pdf=WHOLE),
        Record(id="2401.00002", title="Without a PDF", published=now),
    ]
    with ArxivStandIn(records) as server:
        yield server


@pytest.fixture
def fetch(arxiv: ArxivStandIn, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Fetches a paper's PDF from the stand-in into `tmp_path/cache`."""
    with ExitStack() as stack:

        def build(
            paper: Paper = PAPER,
            *,
            max_mb: float = 1.0,
            tries: int = 3,
            timeout_s: float = 30.0,
        ) -> Path:
            pace = Pace(0.0, sleep=lambda _: None)
            http = Http(pace, timeout_s=timeout_s, tries=tries)
            stack.enter_context(http)
            downloader = Downloader(
                http, tmp_path / "cache", check=check_pdf, max_mb=max_mb
            )
            source = ArxivSource(http, base_url=arxiv.url, fetch=downloader.fetch)
            return source.pdf(paper)

        yield build


def cached(tmp_path: Path) -> list[str]:
    """Names in the cache folder."""
    folder = tmp_path / "cache"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_pdf_is_fetched_once_and_kept(
    arxiv: ArxivStandIn, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """The whole file lands under id and version; the second time it is there."""
    first, second = fetch(), fetch()

    assert first == second
    assert first.read_bytes() == WHOLE
    assert cached(tmp_path) == ["2401.00001v1.pdf"]
    assert arxiv.count("/pdf/2401.00001v1") == arxiv.count() == 1


CURABLE = {
    "HTML": (Fault(body=HTML), "an HTML page"),
    "text": (Fault(body=b"Generating your PDF ..."), "not a PDF"),
    "empty": (Fault(body=b""), "empty"),
    "truncated": (Fault(body=WHOLE[: len(WHOLE) // 2], unsized=True), "cut short"),
    "cut connection": (Fault(cut=0.5), "connection failed"),
    "corrupt": (Fault(body=b"%PDF-1.7\n" + b"\0garbage" * 500), "PDF"),
    "reset": (Fault(reset=True), "connection failed"),
    "hang": (Fault(hang_s=60), "no answer within 1 s"),
    "500": (Fault(status=500), "HTTP 500"),
    "503": (Fault(status=503), "asks for patience"),
    "rate exceeded": (Fault(body=b"Rate exceeded."), "Rate exceeded"),
}


def patience_s(fault: Fault) -> float:
    """Seconds that an answer is waited for: on a busy machine a good one is late."""
    return 1.0 if fault.hang_s else 30.0


@pytest.mark.parametrize("name", CURABLE)
def test_a_passing_fault_is_waited_out(
    arxiv: ArxivStandIn, fetch: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    """A broken answer is fetched again, and only the whole file is kept."""
    fault = CURABLE[name][0]
    arxiv.fail("/pdf", fault)

    path = fetch(timeout_s=patience_s(fault))

    assert path.read_bytes() == WHOLE
    assert cached(tmp_path) == ["2401.00001v1.pdf"]
    assert arxiv.count("/pdf") == 2


@pytest.mark.parametrize("name", CURABLE)
def test_a_lasting_fault_names_the_paper(
    arxiv: ArxivStandIn, fetch: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    """After the tries the error tells paper, address and reason; nothing is kept."""
    fault, words = CURABLE[name]
    arxiv.fail("/pdf", fault, times=9)

    with pytest.raises(FetchError, match=words) as caught:
        fetch(tries=2, timeout_s=patience_s(fault))

    assert "2401.00001v1" in caught.value.reason
    assert caught.value.url == f"{arxiv.url}/pdf/2401.00001v1"
    assert cached(tmp_path) == []
    assert arxiv.count("/pdf") == 2
    assert isinstance(caught.value, Throttled) == (name in ("503", "rate exceeded"))


@pytest.mark.parametrize(("size", "tries"), [(1, 1), (1_200_000, 1)])
def test_what_waiting_cannot_cure_is_asked_once(
    arxiv: ArxivStandIn, fetch: Callable[..., Path], size: int, tries: int
) -> None:
    """A missing PDF and one over the limit are errors at once."""
    if size > 1:
        arxiv.fail("/pdf", Fault(body=b"%PDF-1.7" + b"x" * size))
    paper = PAPER if size > 1 else Paper(id="2401.00002", title="No PDF")

    with pytest.raises(FetchError, match=r"404|larger than 1 MB"):
        fetch(paper)

    assert arxiv.count("/pdf") == tries


def test_a_refusal_stops_everything(
    arxiv: ArxivStandIn, fetch: Callable[..., Path]
) -> None:
    """A 403 for a PDF is Throttled and asked once."""
    arxiv.fail("/pdf", Fault(status=403))

    with pytest.raises(Throttled, match=r"2401\.00001v1"):
        fetch()

    assert arxiv.count() == 1


@pytest.mark.parametrize(
    "content", [b"", HTML, WHOLE[:2000]], ids=["empty", "html", "cut"]
)
def test_a_broken_file_in_the_cache_is_fetched_again(
    fetch: Callable[..., Path], tmp_path: Path, content: bytes
) -> None:
    """What a crash or a disk fault left in the cache is replaced."""
    broken = tmp_path / "cache" / "2401.00001v1.pdf"
    broken.parent.mkdir()
    broken.write_bytes(content)

    assert fetch().read_bytes() == WHOLE


def test_leftovers_of_killed_runs_go(
    fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """Old parts of this paper are swept, young ones and other papers' stay."""
    folder = tmp_path / "cache"
    folder.mkdir()
    parts = [f"2401.00001v1.{n}.part" for n in ("old", "young")] + ["2401.7v1.x.part"]
    for name in parts:
        (folder / name).write_bytes(b"%PDF-")
    hours_ago = time.time() - 7200
    for name in (parts[0], parts[2]):
        os.utime(folder / name, (hours_ago, hours_ago))

    fetch()

    assert cached(tmp_path) == sorted(["2401.00001v1.pdf", *parts[1:]])


def test_a_disk_that_refuses_is_a_store_error(
    fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """A cache folder that cannot be made is the disk's fault, not the paper's."""
    (tmp_path / "cache").write_text("a file in the way")

    with pytest.raises(StoreError, match="cache"):
        fetch()


def test_redirects_take_turns_and_end(
    arxiv: ArxivStandIn, fetch: Callable[..., Path]
) -> None:
    """A moved PDF is followed; a circle ends as an error."""
    there = {"Location": f"{arxiv.url}/pdf/2401.00001"}
    arxiv.fail("/pdf", Fault(status=301, headers=there))
    assert fetch().read_bytes() == WHOLE

    arxiv.fail("/pdf", Fault(status=302, headers=there), times=99)
    with pytest.raises(FetchError, match="redirects"):
        fetch(Paper(id="2401.00002", title="Round"))

    assert arxiv.count() == 2 + 4


def test_check_pdf_knows_real_files(tmp_path: Path) -> None:
    """Whole files pass, encrypted ones too; trailing junk does no harm."""
    document = pymupdf.open(stream=WHOLE, filetype="pdf")
    aes_256 = 5
    locked = document.tobytes(encryption=aes_256, owner_pw="o", user_pw="u")
    path = tmp_path / "x.pdf"

    for content in (WHOLE, locked, tiny_pdf("One"), WHOLE + b"\n\0\0\0"):
        path.write_bytes(content)
        assert check_pdf(path) is None


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the corpus of real papers")
def test_check_pdf_accepts_every_real_paper() -> None:
    """No paper of the corpus is taken for a broken one, and each half is."""
    paths = sorted((CORPUS / "pdf").glob("*.pdf"))

    assert paths
    assert {path.name: check_pdf(path) for path in paths if check_pdf(path)} == {}


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a" * 300, "", "..", "hep th", "x\0y", "日本", "\ud800"],
)
def test_any_id_makes_a_safe_file_name(name: str) -> None:
    """Ids from outside never become paths, and different ones stay apart."""
    stem = file_stem(name, "paper")

    assert Path(stem).name == stem
    assert not stem.startswith(".")
    assert len(stem) < 100
    assert stem != file_stem(name + "x", "paper")


def test_arxiv_ids_keep_their_name() -> None:
    """A cache can be read by people: old ids change their slash, new ones nothing."""
    assert file_stem("2401.11831v2", "paper") == "2401.11831v2"
    assert file_stem("hep-th/9901001v1", "paper") == "hep-th_9901001v1"
