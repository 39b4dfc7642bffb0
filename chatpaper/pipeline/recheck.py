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
from chatpaper.verify import (
    TITLE,
    PaperIndex,
    look_up,
    look_up_title,
    may_judge_title,
    with_verdict,
)
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
        title: What is wrong with the translated title now; empty where nothing is, or
            where there is none.
        reason: Why it could not be checked; empty when it could.
    """

    id: str
    agrees: bool
    claims: int
    doubtful: int
    differs: list[int]
    refuted: list[tuple[int, str, str]]
    unjudged: list[int]
    title: str
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
        title="",
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
    titled = look_up_title(digest.summary.title, index, language=language)
    if judge is not None:
        claims = dict(enumerate(digest.summary.claims, 1))
        title = digest.summary.title
        title = title if may_judge_title(title, titled, index) else ""
        try:
            verdicts = judge.verdicts(
                claims, index, paper_id=paper.versioned_id, title=title
            )
        except SummaryError as error:
            return _unchecked(digest, error.reason)
        if title:
            titled = with_verdict(titled, verdicts.get(TITLE))
        unjudged = [number for number in claims if number not in verdicts]
        refuted = [
            (number, verdicts[number].verdict, verdicts[number].reason)
            for number in sorted(verdicts.keys() & claims.keys())
            if verdicts[number].verdict != "supported"
            and not digest.checks[number - 1].findings
        ]
    of_title = _title_words(titled)
    return Recheck(
        id=digest.paper.versioned_id,
        agrees=not (differs or refuted or unjudged or of_title),
        claims=len(checks),
        doubtful=sum(bool(check.findings) for check in checks),
        differs=differs,
        refuted=refuted,
        unjudged=unjudged,
        title=of_title,
        reason="",
    )


def _title_words(check: Check) -> str:
    """What is wrong with a title, in English; a judge's words are untrusted."""
    found = check.findings[0] if check.findings else None
    if found is None:
        return "unjudged" if check.verdict == "unjudged" else ""
    return ": ".join(filter(None, (found.kind, found.text, found.reason)))


def _differ(now: Check, then: Check) -> bool:
    """Whether the look-ups find otherwise; what the judge said is left aside."""
    judged = ("contradicted", "unsupported")
    found = [finding for finding in then.findings if finding.kind not in judged]
    return now.places != then.places or list(now.findings) != found
