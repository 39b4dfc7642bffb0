"""A published post, checked again against the PDFs it was made from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from chatpaper.config import Config
from chatpaper.errors import ChatpaperError, ConfigError
from chatpaper.pipeline.digesting import completed
from chatpaper.pipeline.tools import Outside, open_readers, open_source
from chatpaper.posts import read_post_data
from chatpaper.reading import parse_document
from chatpaper.records import Digest, Document
from chatpaper.verify import verify
from chatpaper.workers import WorkerLost


class Recheck(TypedDict):
    """What became of one paper's claims.

    Attributes:
        id: Versioned id.
        agrees: Whether every claim fares as the post says.
        claims: How many there are.
        doubtful: How many have a finding now.
        differs: Numbers, from 1, of the claims that fare otherwise now.
        reason: Why it could not be checked; empty when it could.
    """

    id: str
    agrees: bool
    claims: int
    doubtful: int
    differs: list[int]
    reason: str


def recheck_post(twin: Path, config: Config, source_name: str) -> Iterator[Recheck]:
    """Look every claim of a post up again.

    Args:
        twin: The JSON file beside the post.
        config: Where the cached PDFs are, and the language.
        source_name: Where the post's papers came from: `arxiv` takes their PDFs from
            the cache, or fetches them; else `samples` or a folder.

    Raises:
        ConfigError: No such file, or not the twin of a post.
    """
    try:
        post = read_post_data(twin.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(twin), "not the JSON twin of a post") from error
    outside = Outside(key=None, now=lambda: datetime.now(UTC), stop=threading.Event())
    with ExitStack() as stack:
        source, _ = open_source(config, source_name, outside, stack)
        readers = stack.enter_context(open_readers(config))
        for digest in post.digests:
            if digest.summary is None:
                continue
            try:
                pdf = source.pdf(digest.paper)
                document = readers.submit(
                    parse_document,
                    digest.paper.versioned_id,
                    pdf,
                    max_pages=config.reading.max_pages,
                ).result()
            except (ChatpaperError, WorkerLost) as error:
                yield _unchecked(digest, str(error))
            else:
                yield _checked(digest, document, config.output.language)


def _unchecked(digest: Digest, reason: str) -> Recheck:
    return Recheck(
        id=digest.paper.versioned_id,
        agrees=False,
        claims=len(digest.checks),
        doubtful=0,
        differs=[],
        reason=reason,
    )


def _checked(digest: Digest, document: Document, language: str) -> Recheck:
    assert digest.summary is not None
    paper = completed(digest.paper, document)
    checks = verify(digest.summary, document, paper=paper, language=language)
    pairs = zip(checks, digest.checks, strict=True)
    differs = [nth for nth, (now, then) in enumerate(pairs, 1) if now != then]
    return Recheck(
        id=digest.paper.versioned_id,
        agrees=not differs,
        claims=len(checks),
        doubtful=sum(bool(check.findings) for check in checks),
        differs=differs,
        reason="",
    )
