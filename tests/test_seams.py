"""One module and one line add a source, a provider of summaries, or an output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from chatpaper.config import Config, OutputConfig, load_config
from chatpaper.errors import ConfigError
from chatpaper.models import (
    PROVIDERS,
    LlmConfig,
    ModelProvider,
    ModelReply,
    ModelRequest,
)
from chatpaper.outputs import OUTPUTS
from chatpaper.records import Paper, Post, Topic, Usage
from chatpaper.sources import SOURCES, Found, Surroundings
from night import NOON, Night, night, pdf_of, title_of
from servers.gemini_replies import judged, paper_of, written


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers at the stand-ins, and an empty store."""
    with night(tmp_path) as made:
        yield made


# ---------------------------------------------------------------- a source


class Shelf:
    """One paper, which comes new every night."""

    name = "shelf"
    live = True
    gap_s = 0.0

    def __init__(self, directory: Path) -> None:
        self._pdf = directory / "shelf.pdf"

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        paper = Paper(
            id="shelf-1",
            title=title_of(1),
            published=until - timedelta(hours=1),
            source=self.name,
        )
        return Found(papers=(paper,), query=topic.name, total=1)

    def get(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        return ()

    def pdf(self, paper: Paper) -> Path:
        self._pdf.write_bytes(pdf_of(1))
        return self._pdf

    def quiet(self, since: datetime) -> None:
        return None


@contextmanager
def open_shelf(config: Config, around: Surroundings) -> Iterator[Shelf]:
    yield Shelf(config.storage.path)


def test_a_source_is_one_entry(nights: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its papers are posted, and its window counts as covered, as arXiv's does."""
    monkeypatch.setitem(SOURCES, "shelf", open_shelf)
    report = nights.run(source="shelf")
    again = nights.run(source="shelf")
    (post,) = nights.posts()

    assert (report.status, report.posted) == ("done", 1)
    assert [digest.paper.source for digest in post.digests] == ["shelf"]
    assert (again.status, again.why) == ("nothing new", "all-seen")
    assert nights.arxiv.count() == 0


# ---------------------------------------------------------------- a provider


class Parrot:
    """A model that answers every prompt from the paper in it."""

    def complete(self, request: ModelRequest) -> ModelReply:
        judging = "verdicts" in str(request.schema)
        reply = (
            judged(request.prompt, lambda _: "supported")
            if judging
            else written(*paper_of(request.prompt))
        )
        return ModelReply(
            text=reply,
            finish="stop",
            detail="STOP",
            model="parrot-1",
            usage=Usage(calls=1, tokens_in=9, tokens_out=9, cost_usd=0.0, seconds=0.0),
        )


class ParrotProvider(ModelProvider):
    """Opens it, with a key of its own."""

    name = "parrot"
    key_names = ("PARROT_KEY",)
    key_page = "https://parrot.example/keys"
    discount = 0.0

    @contextmanager
    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        memory: Path | None = None,
    ) -> Iterator[Parrot]:
        assert key == "a seed"
        yield Parrot()

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, Mapping[str, str]]:
        return llm.base_url, {"seed": key}


def test_a_provider_is_one_entry(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked with its own key, writes and judges, and is named in the post."""
    monkeypatch.setitem(PROVIDERS, "parrot", ParrotProvider())
    monkeypatch.setenv("PARROT_KEY", "a seed")
    nights.settings["llm"] = {"provider": "parrot"}
    report = nights.run(key=None)
    (post,) = nights.posts()
    made_by = {
        (digest.provenance.provider, digest.provenance.judge)
        for digest in post.digests
        if digest.provenance
    }

    assert (report.status, report.posted) == ("done", 3)
    assert made_by == {("parrot", "parrot-1")}
    assert nights.gemini.calls == []


def test_a_provider_without_batches_says_so(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half price cannot be had of a model that takes single prompts only."""
    monkeypatch.setitem(PROVIDERS, "parrot", ParrotProvider())
    nights.settings["llm"] = {"provider": "parrot", "service_tier": "batch"}

    with pytest.raises(ConfigError, match=r"service_tier: parrot takes no batches"):
        nights.run(key="a seed")


# ---------------------------------------------------------------- an output


def contents(posts: Iterable[Post], _: OutputConfig) -> Mapping[str, bytes]:
    """A list of all papers."""
    lines = [f"{post.day} {d.paper.title}" for post in posts for d in post.digests]
    return {"lists/all.txt": "\n".join(lines).encode()}


def broken(posts: Iterable[Post], _: OutputConfig) -> Mapping[str, bytes]:
    """Fails as soon as it is asked."""
    raise RuntimeError(f"no posts in {posts}")


def test_an_output_is_one_entry(nights: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made of every post so far; what fails is said, and costs no post."""
    monkeypatch.setitem(OUTPUTS, "broken", broken)
    monkeypatch.setitem(OUTPUTS, "contents", contents)
    nights.settings["output"] = {"formats": ["hexo", "broken", "contents"]}
    report = nights.run()
    listed = (nights.directory / "posts" / "lists" / "all.txt").read_text("utf-8")

    assert (report.status, report.posted) == ("partial", 3)
    assert report.message == "3 papers posted; failed to write: broken"
    assert set(listed.splitlines()) == {
        f"{NOON.date()} {title_of(number)}" for number in range(3)
    }
    assert len(nights.posts()) == 1


# ---------------------------------------------------------------- names


def test_errors_name_what_is_registered(
    nights: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong source or provider is answered with the names there are."""
    monkeypatch.setitem(SOURCES, "shelf", open_shelf)
    monkeypatch.setitem(PROVIDERS, "parrot", ParrotProvider())
    path = tmp_path / "config.yaml"
    path.write_text("llm: {provider: owl}", encoding="utf-8")

    with pytest.raises(ConfigError, match="not arxiv, samples, shelf or a folder"):
        nights.run(source="nowhere")
    with pytest.raises(
        ConfigError, match="'gemini', 'openai', 'extractive' or 'parrot'"
    ):
        load_config(path, environ={})
