"""A night against both stand-ins: papers of ours, a store, a clock, and the run."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pymupdf

from chatpaper.config import Config
from chatpaper.models import ModelRequest
from chatpaper.pipeline import exit_code, reply_key
from chatpaper.pipeline.run import run
from chatpaper.posts import check_post, read_post_data
from chatpaper.records import Post, RunReport
from servers.arxiv import ArxivStandIn, Record
from servers.gemini import GeminiStandIn
from servers.gemini_calls import Call
from servers.gemini_faults import KEY

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday
QUERIES = ("ti:GAN", "abs:GAN")
PARTS = ("lens", "valve", "tide", "kiln", "loom", "reed", "spore", "gear", "dune")


def title_of(number: int) -> str:
    """Every paper's own, and the topic's."""
    return f"A GAN for the {PARTS[number % 9]} problem, kind {number}"


@cache
def pdf_of(number: int, extra_bytes: int = 0) -> bytes:
    """A small paper with enough plain sentences for a summary, and ballast."""
    part = PARTS[number % 9]
    sections = {
        "Abstract": (
            f"We present a small generative network for every {part} in the study. "
            "Earlier networks need far more images than such a study can offer."
        ),
        "1 Introduction": (
            f"The usual {part} is hard to generate because clean images are scarce. "
            "Existing networks were built for photographs and fail on such images. "
            "We propose a generator that learns from drawings and from photographs. "
            "Our main contribution is a loss that compares drawings with photographs."
        ),
        "2 Method": (
            f"The generator draws a coarse {part} first and then refines its edges. "
            "The discriminator judges the edges and the surfaces in two branches. "
            "Both networks are trained in turn with a penalty on large gradients. "
            "At the end the generator alone is kept and asked for new images."
        ),
        "3 Results": (
            f"On held-out images the network reaches an accuracy of {60 + number}.5% . "
            "The strongest earlier network stays behind on every one of the images. "
            "Readers who looked at the images could not tell them from photographs."
        ),
        "4 Conclusion": (
            f"A small network is enough for the {part} when drawings are at hand. "
            "A limitation is that moving objects are still blurred in most images."
        ),
    }
    body = "".join(f"<h2>{name}</h2><p>{text}</p>" for name, text in sections.items())
    html = f"<h1>{title_of(number)}</h1><p>Ada Author</p>{body}"
    document = pymupdf.open()
    document.new_page().insert_htmlbox((72, 72, 540, 720), html)
    if extra_bytes:
        document.embfile_add("ballast", random.Random(number).randbytes(extra_bytes))
    data: bytes = document.tobytes()
    return data


def record(number: int, **changes: object) -> Record:
    """A paper of the topic, newer with every number."""
    facts: dict[str, object] = {
        "id": f"2611.{number:05d}",
        "title": title_of(number),
        "abstract": f"We present a small GAN, number {number}.",
        "published": NOON - timedelta(hours=40) + timedelta(minutes=number),
        "pdf": pdf_of(number),
    }
    return Record(**{**facts, **changes})  # type: ignore[arg-type]


@dataclass
class Night:
    """What stays from one run to the next.

    Attributes:
        arxiv, gemini: The stand-ins.
        directory: Posts and store are below it.
        now: The clock of the runs.
        naps: Seconds that the runs would have waited, one number each.
        settings: Sections of the configuration, over the ones of `config`.
    """

    arxiv: ArxivStandIn
    gemini: GeminiStandIn
    directory: Path
    now: datetime = NOON
    naps: list[float] = field(default_factory=list)
    settings: dict[str, dict[str, object]] = field(default_factory=dict)

    @property
    def sections(self) -> dict[str, object]:
        """The configuration as plain values."""
        base: dict[str, dict[str, object]] = {
            "arxiv": {
                "base_url": self.arxiv.url,
                "rss_base_url": self.arxiv.url,
                "gap_s": 0,
                "tries": 2,
                "timeout_s": 60,
            },
            "llm": {"base_url": self.gemini.base_url, "tries": 2, "timeout_s": 60},
            "reading": {"workers": 2},
            "output": {"dir": str(self.directory / "posts"), "timezone": "UTC"},
            "storage": {"dir": str(self.directory / "store"), "lock_wait_s": 0},
        }
        names = base.keys() | self.settings.keys()
        merged: dict[str, object] = {
            name: {**base.get(name, {}), **self.settings.get(name, {})}
            for name in names
        }
        return {"topics": [self.topic], **merged}

    topic: dict[str, object] = field(
        default_factory=lambda: {"name": "GAN", "queries": list(QUERIES)}
    )

    def run(self, **changes: object) -> RunReport:
        """One run of the topic, without any waiting."""
        (report,) = self.run_all(**changes)
        return report

    def run_all(self, **changes: object) -> list[RunReport]:
        """One run of every topic."""
        options: dict[str, object] = {
            "key": KEY,
            "now": lambda: self.now,
            "sleep": self.naps.append,
            **changes,
        }
        config = Config.model_validate(self.sections)
        return run(config, **options)  # type: ignore[arg-type]

    @property
    def environment(self) -> dict[str, str]:
        """The configuration for a process."""
        named = {
            f"CHATPAPER_{section}__{key}".upper(): str(value)
            for section, values in self.sections.items()
            if isinstance(values, Mapping)
            for key, value in values.items()
        }
        return {**named, "GEMINI_API_KEY": KEY}

    def posts(self) -> list[Post]:
        """All published posts, oldest first; each passes the gate."""
        paths = sorted((self.directory / "posts").glob("*/*.md"))
        for path in paths:
            assert check_post(path) == (), path
        return [
            read_post_data(path.with_suffix(".json").read_text("utf-8"))
            for path in paths
        ]

    def whole(self) -> Counter[str]:
        """How often each paper was posted with a summary, by versioned id."""
        return Counter(
            digest.paper.versioned_id
            for post in self.posts()
            for digest in post.digests
            if digest.summary is not None
        )

    def calls(self) -> Counter[str]:
        """How many usable summaries the model gave, by paper's title."""
        return Counter(
            call.paper
            for call in self.gemini.calls
            if call.kind == "summary" and call.tokens_out
        )

    def kept_calls(self) -> Counter[str]:
        """How often each reply was asked for that the store keeps, by its key."""
        path = self.directory / "store" / "chatpaper.sqlite3"
        if not path.exists():
            return Counter()
        with closing(sqlite3.connect(path)) as db:
            made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'replies'")
            rows = db.execute("SELECT key, id FROM replies") if made.fetchall() else []
            kept = dict(rows)
        return Counter(
            key
            for call in list(self.gemini.calls)
            for key in (_key(call, paper_id) for paper_id in set(kept.values()))
            if key in kept
        )

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Modification time and bytes of every published file."""
        root = self.directory / "posts"
        return {
            str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }


def _key(call: Call, paper_id: str) -> str:
    """What a reply to this call would be kept by, if it is about that paper."""
    asked = ModelRequest(
        paper_id=paper_id,
        prompt=call.body["contents"][0]["parts"][0]["text"],
        schema=call.body["generationConfig"]["responseJsonSchema"],
    )
    return reply_key(asked, call.model)


@contextmanager
def night(directory: Path, count: int = 3) -> Iterator[Night]:
    """A night with so many papers."""
    records = [record(n) for n in range(count)]
    with ArxivStandIn(records) as arxiv, GeminiStandIn() as gemini:
        yield Night(arxiv, gemini, directory)


def code_of(report: RunReport) -> int:
    """The exit code of a run with this report."""
    return exit_code([report])
