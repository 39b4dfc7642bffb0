"""How long the claims of one paper take to check."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice

from chatpaper.reading import parse_document
from chatpaper.records import FIELDS, Claim, Document, Paper, Summary
from chatpaper.verify import verify
from servers.gemini_replies import written

from .papers import pdfs

CLAIMS = 15
PAGES = 15
ROUNDS = 5


def measure() -> Iterator[str]:
    """Papers of about 15 pages, 15 claims each; the median paper counts."""
    documents = [parse_document(path.stem, path, max_pages=PAGES) for path in pdfs()]
    chosen = sorted(documents, key=lambda d: abs(d.pages_read - PAGES))[:5]
    times = sorted(seconds_of(document) for document in chosen)
    pages = sorted(document.pages_read for document in chosen)
    yield (
        f"{CLAIMS} claims against {pages[0]}-{pages[-1]} pages: median "
        f"{times[len(times) // 2] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms "
        "(target 50)"
    )


def seconds_of(document: Document) -> float:
    """Best time of one check of a truthful summary."""
    text = "\n\n".join(section.text for section in document.sections)
    summary = summary_of(document.title, f"{document.title}\n{text}")
    paper = Paper(id="2611.00001", title=document.title, abstract=document.abstract)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        checks = verify(summary, document, paper=paper, language="zh")
        times.append(time.perf_counter() - start)
        assert len(checks) == len(summary.claims)
    return min(times)


def summary_of(title: str, text: str) -> Summary:
    """What the stand-in model would say of a paper, cut to so many claims."""
    reply = json.loads(written(title, text))
    claims = (
        Claim(field=field, text=item["text"], evidence=tuple(item["evidence"]))
        for field in FIELDS
        for item in ([reply[field]] if field == "abstract" else reply[field])
        if item["text"]
    )
    return Summary(claims=tuple(islice(claims, CLAIMS)))
