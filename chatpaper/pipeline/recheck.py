"""A published post, checked again against the PDFs it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from chatpaper.config import Config
from chatpaper.errors import ChatpaperError, ConfigError, SummaryError
from chatpaper.pipeline.assembly import open_papers, open_readers
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.digest import with_printed_facts
from chatpaper.pipeline.judging import Judge
from chatpaper.posts import read_post_data
from chatpaper.reading import parse_document
from chatpaper.records import Check, Digest, Document
from chatpaper.verify import PaperIndex, look_up
from chatpaper.workers import WorkerLost


class Recheck(TypedDict):
    """What became of one paper's claims.

    Attributes:
        id: Versioned id.
        agrees: Whether every claim fares as the post says.
        claims: How many there are.
        doubtful: How many have a finding now.
        differs: Numbers, from 1, of the claims that the look-ups find otherwise now.
        refuted: Those that stand unmarked in the post and that the judge, asked again,
            does not support, each with its verdict and reason; empty without a judge.
        unjudged: Numbers of the claims on which the judge gave no verdict.
        reason: Why it could not be checked; empty when it could.
    """

    id: str
    agrees: bool
    claims: int
    doubtful: int
    differs: list[int]
    refuted: list[tuple[int, str, str]]
    unjudged: list[int]
    reason: str


def recheck_post(
    twin: Path, config: Config, source_name: str, judge: Judge | None = None
) -> Iterator[Recheck]:
    """Look every claim of a post up again.

    Args:
        twin: The JSON file beside the post.
        config: Where the cached PDFs are, and the language.
        source_name: Where the post's papers came from: `arxiv` takes their PDFs from
            the cache, or fetches them; else `samples` or a folder.
        judge: Judges every claim again; None looks up only.

    Raises:
        ConfigError: No such file, or not the twin of a post.
    """
    try:
        post = read_post_data(twin.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(str(twin), "no such file") from error
    except OSError as error:
        raise ConfigError(str(twin), error.strerror or str(error)) from error
    except ValueError as error:
        raise ConfigError(str(twin), "not the JSON twin of a post") from error
    with (
        open_papers(config, source_name, Controls()) as source,
        open_readers(config) as readers,
    ):
        for digest in post.digests:
            if digest.summary is None:
                continue
            try:
                pdf = source.pdf(digest.paper)
                future = readers.submit(
                    parse_document,
                    digest.paper.versioned_id,
                    pdf,
                    max_pages=config.reading.max_pages,
                )
                document = future.result()
            except (ChatpaperError, WorkerLost) as error:
                yield _unchecked(digest, str(error))
            else:
                yield _checked(digest, document, config.output.language, judge)


def _unchecked(digest: Digest, reason: str) -> Recheck:
    return Recheck(
        id=digest.paper.versioned_id,
        agrees=False,
        claims=len(digest.checks),
        doubtful=0,
        differs=[],
        refuted=[],
        unjudged=[],
        reason=reason,
    )


def _checked(
    digest: Digest, document: Document, language: str, judge: Judge | None
) -> Recheck:
    assert digest.summary is not None
    paper = with_printed_facts(digest.paper, document)
    index = PaperIndex(document, paper)
    checks = look_up(digest.summary, index, language=language)
    pairs = zip(checks, digest.checks, strict=True)
    differs = [nth for nth, (now, then) in enumerate(pairs, 1) if _differ(now, then)]
    refuted: list[tuple[int, str, str]] = []
    unjudged: list[int] = []
    if judge is not None:
        claims = dict(enumerate(digest.summary.claims, 1))
        try:
            verdicts = judge.verdicts(claims, index, paper_id=paper.versioned_id)
        except SummaryError as error:
            return _unchecked(digest, error.reason)
        unjudged = [number for number in claims if number not in verdicts]
        refuted = [
            (number, judged.verdict, judged.reason)
            for number, judged in sorted(verdicts.items())
            if judged.verdict != "supported" and not digest.checks[number - 1].findings
        ]
    return Recheck(
        id=digest.paper.versioned_id,
        agrees=not (differs or refuted or unjudged),
        claims=len(checks),
        doubtful=sum(bool(check.findings) for check in checks),
        differs=differs,
        refuted=refuted,
        unjudged=unjudged,
        reason="",
    )


def _differ(now: Check, then: Check) -> bool:
    """Whether the look-ups find otherwise; what the judge said is left aside."""
    judged = ("contradicted", "unsupported")
    found = [finding for finding in then.findings if finding.kind not in judged]
    return now.places != then.places or list(now.findings) != found
