"""Faults of chatpaper's own: no paper pays for them, and the run says where they are.

Toys of the three seams (a source, a model, an extractor) make our code fail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from chatpaper.config import Config
from chatpaper.errors import ChatpaperError, PromptError, where_raised
from chatpaper.models import (
    PROVIDERS,
    BatchAnswer,
    BatchState,
    LlmConfig,
    ModelProvider,
    ModelReply,
    ModelRequest,
)
from chatpaper.pipeline import Controls, plan_backfill, run_backfill
from chatpaper.records import Document, Paper, RunReport, Summary, Topic, Usage
from chatpaper.sources import SOURCES, Found, Source, Surroundings
from chatpaper.store import Store
from chatpaper.workers import ProcessPerCall, WorkerLost, read_and_render
from night import Night, code_of, pdf_of, record, title_of
from servers.gemini_replies import judged, paper_of, written

Fault = Callable[[], object]


def divide() -> float:
    """Fail as no code of chatpaper's expects."""
    return 1 / 0


def states(nights: Night) -> dict[str, tuple[str, int]]:
    with Store(nights.directory / "store") as store:
        return {
            paper_id: (entry.state, entry.tries)
            for paper_id, entry in store.entries("GAN").items()
        }


# ---------------------------------------------------------------- toys


class Shelf:
    """Three papers; `faults` happen when one of them, or the list, is asked for.

    Attributes:
        faults: By number of the paper; -1 stands for the list.
    """

    name = "shelf"
    live = True
    gap_s = 0.0

    def __init__(self, directory: Path, faults: dict[int, Fault]) -> None:
        self._directory = directory
        self._faults = faults

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        if (fault := self._faults.get(-1)) and topic.name == "GAN":
            fault()
        papers = [Paper(id=f"p{n}", title=title_of(n), source="shelf") for n in (0, 1)]
        return Found(papers=tuple(papers), query=topic.name, total=2)

    def get(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        return ()

    def pdf(self, paper: Paper) -> Path:
        number = int(paper.id[1:])
        path = self._directory / f"{paper.id}.pdf"
        path.write_bytes(pdf_of(number))
        made = self._faults.get(number, lambda: path)()
        assert isinstance(made, Path)
        return made

    def quiet(self, since: datetime) -> None:
        return None


class NoFile(type(Path())):  # type: ignore[misc]
    """A path that is none any more when it reaches the process that reads it."""

    def __reduce__(self) -> Any:
        return int, (7,)


@pytest.fixture
def shelf(nights: Night, monkeypatch: pytest.MonkeyPatch) -> dict[int, Fault]:
    """The faults of the source `shelf`, which runs without a language model."""
    faults: dict[int, Fault] = {}

    @contextmanager
    def open_shelf(config: Config, around: Surroundings) -> Iterator[Source]:
        yield Shelf(config.storage.path, faults)

    monkeypatch.setitem(SOURCES, "shelf", open_shelf)
    nights.settings["llm"] = {"provider": "extractive"}
    return faults


class Parrot(ModelProvider):
    """A model that answers from the paper; `faults` may spoil its summaries.

    Attributes:
        faults: Are handed a reply, and give what is answered in its place.
        asked: How many summaries it wrote.
    """

    name = "parrot"
    key_names = ("PARROT_KEY",)
    key_page = "https://parrot.example/keys"
    discount = 0.0

    def __init__(self) -> None:
        self.faults: dict[int, Callable[[str], str]] = {}
        self.asked = 0

    def complete(self, request: ModelRequest) -> ModelReply:
        if "verdicts" in str(request.schema):
            text = judged(request.prompt, lambda _: "supported")
        else:
            self.asked += 1
            text = written(*paper_of(request.prompt))
            for number, fault in self.faults.items():
                if title_of(number) in request.prompt:
                    text = fault(text)
        usage = Usage(calls=1, tokens_in=9, tokens_out=9)
        return ModelReply(
            text=text, finish="stop", detail="STOP", model="parrot-1", usage=usage
        )

    @contextmanager
    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: object,
        transport: object = None,
        memory: object = None,
    ) -> Iterator[Parrot]:
        yield self

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, dict[str, str]]:
        return llm.base_url, {}


@pytest.fixture
def parrot(nights: Night, monkeypatch: pytest.MonkeyPatch) -> Parrot:
    made = Parrot()
    monkeypatch.setitem(PROVIDERS, "parrot", made)
    nights.settings["llm"] = {"provider": "parrot"}
    return made


class BatchParrot(Parrot):
    """A parrot that answers batches at once, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, tuple[ModelRequest, ...]] = {}

    def portions(
        self, requests: Sequence[ModelRequest]
    ) -> Iterator[tuple[ModelRequest, ...]]:
        yield tuple(requests)

    def submit(self, requests: Sequence[ModelRequest], *, label: str) -> str:
        self.jobs[f"job of {label}"] = tuple(requests)
        return f"job of {label}"

    def find(self, label: str) -> str | None:
        return None

    def poll(self, job: str) -> BatchState:
        answers = [
            BatchAnswer(paper_id=request.paper_id, reply=self.complete(request))
            for request in self.jobs[job]
        ]
        return BatchState(status="done", answers=tuple(answers))


class Unreadable(str):
    """A reply that our code fails on; plain text for whoever stores it."""

    def lstrip(self, *_: Any) -> str:
        return str(divide())


class Hasty:
    """An extractor that fails on one paper."""

    name = "hasty"
    key_names = ()

    def extract(self, paper: Paper, document: Document) -> Summary:
        divide()
        raise AssertionError


# ---------------------------------------------------------------- tests


def test_a_fault_of_ours_costs_no_paper_a_try(
    nights: Night, parrot: Parrot, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it comes; the place is told, and the trace is in the log."""
    nights.settings["storage"] = {"retries": 1}
    parrot.faults[1] = lambda _: str(divide())
    reports = []
    with caplog.at_level(logging.ERROR, "chatpaper"):
        for _ in range(4):
            reports.append(nights.run())

    assert [code_of(report) for report in reports] == [1, 3, 3, 3]
    assert [report.why for report in reports] == ["fault"] * 4
    assert "2 papers posted; 1 papers wait: a fault of chatpaper's own" in (
        reports[0].message
    )
    assert "(ZeroDivisionError at " in reports[0].message
    assert "return 1 / 0" in caplog.text
    assert states(nights)["2611.00001"] == ("waiting", 0)
    parrot.faults.clear()
    assert nights.run().posted == 1
    assert set(nights.whole().values()) == {1}


def test_a_reply_that_our_code_fails_on_is_kept(nights: Night, parrot: Parrot) -> None:
    """It was paid for: when the code is mended, nothing is asked again."""
    parrot.faults[1] = Unreadable

    report = nights.run()

    assert (report.posted, report.why) == (2, "fault")
    assert "at models/json_text.py:" in report.message
    assert parrot.asked == 3
    assert nights.run().posted == 1
    assert parrot.asked == 3


def test_a_reply_of_a_batch_that_our_code_fails_on_is_kept(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps no other paper of the batch from being posted."""
    parrot = BatchParrot()
    monkeypatch.setitem(PROVIDERS, "parrot", parrot)
    nights.settings["llm"] = {"provider": "parrot", "service_tier": "batch"}
    parrot.faults[1] = Unreadable
    nights.run()

    second = nights.run()

    # The store gives back plain text, which our code can read.
    assert (second.status, second.posted) == ("done", 3)
    assert parrot.asked == 3


def test_a_fault_beside_a_wait_is_told(nights: Night, parrot: Parrot) -> None:
    """Many papers that wait for the budget do not hide it."""
    # Too long for the budget, whichever paper is asked about first.
    long = "We present a small GAN for long abstracts. " * 600
    nights.arxiv.records[:2] = [record(n, abstract=long) for n in (0, 1)]
    nights.settings["llm"] |= {"max_tokens_per_run": 6_000}
    parrot.faults[2] = lambda _: str(divide())

    report = nights.run()

    assert report.why == "fault"
    assert "1 papers wait: a fault" in report.message
    assert report.message.endswith("more wait for other reasons")


def test_a_fault_in_reading_is_ours(
    nights: Night, shelf: dict[int, Fault], caplog: pytest.LogCaptureFixture
) -> None:
    """What our own lines raise in a reader's process costs no try; it has its trace."""
    shelf[1] = lambda: NoFile("7")
    with caplog.at_level(logging.ERROR, "chatpaper"):
        report = nights.run(source="shelf")

    assert (report.posted, report.why, report.failed) == (1, "fault", ())
    assert "chatpaper's own (reading failed at " in report.message
    assert "Traceback" in caplog.text
    assert states(nights) == {"p0": ("posted", 0), "p1": ("waiting", 0)}
    shelf.clear()
    assert nights.run(source="shelf").posted == 1


def test_a_fault_of_the_engine_is_the_paper_s() -> None:
    """Only what our own lines raise has a trace; of anybody else's there is a word."""
    no_file: Any = 7
    with ProcessPerCall(1, timeout_s=200) as pool:
        ours = pool.submit(
            read_and_render, no_file, "x", max_pages=1, max_figures=0, width_px=9
        ).exception()
        theirs = pool.submit(divide).exception()

    assert isinstance(ours, WorkerLost)
    assert isinstance(theirs, WorkerLost)
    assert "reading" in ours.trace
    assert theirs.trace == ""
    assert "failed at test_own_faults.py:" in theirs.reason


@pytest.mark.parametrize("number", [0, 1])
def test_a_fault_in_a_download_keeps_no_other_paper(
    nights: Night, shelf: dict[int, Fault], number: int
) -> None:
    """First or last, the paper waits, and the other one is posted."""
    shelf[number] = divide

    report = nights.run(source="shelf")

    assert (report.posted, report.why) == (1, "fault")
    assert states(nights)[f"p{number}"] == ("waiting", 0)


def test_a_fault_in_an_extractor_is_ours_too(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a language model all the same."""
    monkeypatch.setitem(PROVIDERS, "hasty", Hasty())
    nights.settings["llm"] = {"provider": "hasty"}

    report = nights.run()

    assert (code_of(report), report.why) == (3, "fault")
    assert set(states(nights).values()) == {("waiting", 0)}
    assert nights.posts() == []


def test_a_fault_in_one_topic_lets_the_next_run(
    nights: Night, shelf: dict[int, Fault], caplog: pytest.LogCaptureFixture
) -> None:
    """The topic's report names the place, and is among the runs."""
    shelf[-1] = divide
    with caplog.at_level(logging.ERROR, "chatpaper"):
        first, second = nights.run_all(source="shelf", topics=["GAN", "Nets"])

    assert (first.status, first.why) == ("failed", "crashed")
    assert first.message.startswith(
        "a fault of chatpaper's own (ZeroDivisionError at pipeline/run.py:"
    )
    assert "return 1 / 0" in caplog.text
    assert (second.status, second.posted) == ("done", 2)
    with Store(nights.directory / "store") as store:
        assert [report.why for _, report in store.runs()] == ["", "crashed"]


def test_a_month_that_crashed_is_not_finished(
    nights: Night, shelf: dict[int, Fault]
) -> None:
    """The same backfill goes through it again."""
    config = Config.model_validate(nights.sections)
    controls = Controls(now=lambda: nights.now, sleep=nights.naps.append)

    def fill(*, broken: bool) -> list[RunReport]:
        first, last = date(2014, 1, 1), date(2014, 1, 31)
        shelf.clear()
        plan = plan_backfill(
            config, "GAN", since=first, until=last, source="shelf", controls=controls
        )
        shelf.update({-1: divide} if broken else {})
        return list(run_backfill(config, plan, controls=controls))

    assert [report.why for report in fill(broken=True)] == ["crashed"]
    assert [report.posted for report in fill(broken=False)] == [2]


def test_a_prompt_that_does_not_fit_ends_the_run(nights: Night, parrot: Parrot) -> None:
    """It is no paper's fault either: none has lost a try when the file is mended."""

    def complain(_: str) -> str:
        raise PromptError("summary.md", "has a stray $")

    parrot.faults[1] = complain
    with pytest.raises(PromptError, match="stray"):
        nights.run()

    assert {tries for _, tries in states(nights).values()} == {0}
    parrot.faults.clear()
    assert nights.run().posted == 3


def test_where_an_error_was_raised_is_our_own_line() -> None:
    """The innermost line of the package; a foreign one only when there is no other."""
    with pytest.raises(ZeroDivisionError) as foreign:
        divide()
    with pytest.raises(TypeError) as ours:
        Store(7)  # type: ignore[arg-type]

    assert where_raised(foreign.value).startswith(
        "ZeroDivisionError at test_own_faults.py:"
    )
    assert where_raised(ours.value).startswith("TypeError at store/ledger.py:")
    assert not isinstance(ours.value, ChatpaperError)
