"""Rules on the way to the evidence: anchors, and the words that links show on hover."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatpaper.posts.claims import joined_quotes, located_quotes, shown_claims
from chatpaper.posts.gate.page import Page, Tip
from chatpaper.posts.gate.problem import Found
from chatpaper.posts.markdown import safe_url, tip
from chatpaper.posts.twin import Twin

# What could end an attribute, run in it, or be set as a formula.
_ACTIVE = re.compile(r"[<>{}\\`$\"]|&#?\w+;")


def evidence_problems(page: Page, twin: Twin) -> Iterator[Found]:
    """Anchors are the claims', each once; titles of links are the claims' quotes."""
    claims = [(d.paper, shown) for d in twin.digests for shown in shown_claims(d)]
    anchors = {judged.anchor for _, judged in claims}
    quotes = {
        Tip(safe_url(paper.page_url(number)) or "", tip(joined_quotes(words)))
        for paper, judged in claims
        for number, words in located_quotes(judged.claim, judged.check).items()
    }
    seen: set[str] = set()
    for block in page.blocks:
        for anchor in block.anchors:
            if anchor in seen:
                yield Found(block.line, "anchors", f"{anchor!r} stands twice")
            elif anchor not in anchors:
                yield Found(block.line, "anchors", f"{anchor[:60]!r} is no claim's")
            seen.add(anchor)
        for found in block.tips:
            if _ACTIVE.search(found.title):
                yield Found(block.line, "quotes", f"active: {found.title[:60]!r}")
            elif found not in quotes:
                text = f"no quote of this page: {found.title[:60]!r}"
                yield Found(block.line, "quotes", text)
