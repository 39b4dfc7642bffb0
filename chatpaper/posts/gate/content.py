"""Rules on the content: every paper of the twin as arXiv has it, every claim marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from chatpaper.posts.claims import (
    Judged,
    is_summarized,
    joined_quotes,
    judged_claims,
    leaks,
    located_quotes,
    marks,
    printed_claim,
    shown_claims,
    words_of_paper,
)
from chatpaper.posts.entries import (
    CONCLUSION,
    OVERVIEW,
    Entry,
    authors_of,
    change_of,
    entry_of,
    left_out_line,
    title_of,
)
from chatpaper.posts.gate.known import own_words, written_words
from chatpaper.posts.gate.page import Block, Page, Tip, plain, read_line
from chatpaper.posts.gate.problem import Found
from chatpaper.posts.gate.structure import fallen_items
from chatpaper.posts.markdown import clean, safe_url, tip
from chatpaper.posts.phrases import Phrases, phrases_in
from chatpaper.posts.twin import Twin
from chatpaper.records import Digest, Paper

_NOTHING = read_line("")


def content_problems(page: Page, twin: Twin) -> Iterator[Found]:
    """Entries and updates are those of the twin, and say what it says."""
    say = phrases_in(twin.language)
    parts = _split(page.blocks, 1)
    entries = _split(parts[0], 2) if parts else []
    papers = [digest.paper for digest in twin.digests]
    yield from _paper_problems(page, entries, papers)
    for entry, digest in zip(entries, twin.digests, strict=False):
        yield from _entry_problems(entry, digest, say, twin.stem)
    if twin.updates:
        updates = _split(parts[1], 2) if len(parts) > 1 else []
        yield from _paper_problems(page, updates, [u.paper for u in twin.updates])
        for entry, update in zip(updates, twin.updates, strict=False):
            abstract = change_of(update, say).abstract
            yield from _expect(entry, abstract and plain(abstract), "abstract's diff")
    if twin.left_out:
        texts = {block.text for block in parts[-1]} if parts else set()
        for paper in twin.left_out:
            if plain(left_out_line(paper)) not in texts:
                yield Found(1, "papers", f"left-out paper {paper.id} is not listed")


Section = Sequence[Block]


def _split(blocks: Sequence[Block], level: int) -> list[Section]:
    """The runs of blocks that begin with a heading of a level."""
    starts = [index for index, block in enumerate(blocks) if block.level == level]
    return [blocks[start:end] for start, end in pairwise([*starts, len(blocks)])]


def _paper_problems(
    page: Page, entries: Sequence[Section], papers: Sequence[Paper]
) -> Iterator[Found]:
    """One entry per paper, in order, with arXiv's title and links."""
    if len(entries) != len(papers):
        text = f"{len(entries)} entries for {len(papers)} papers"
        yield Found(page.first_line, "papers", text)
    ids = [paper.id for paper in papers]
    for paper_id in {paper_id for paper_id in ids if ids.count(paper_id) > 1}:
        yield Found(page.first_line, "papers", f"{paper_id} is posted twice")
    for entry, paper in zip(entries, papers, strict=False):
        line = entry[0].line
        if entry[0].text != title_of(paper):
            yield Found(line, "papers", f"title of {paper.id} is not arXiv's")
        links = {address for block in entry for address in block.links}
        for address in (safe_url(paper.abs_url), safe_url(paper.pdf_url)):
            if address and address not in links:
                yield Found(line, "papers", f"no link to {address}")


def _expect(entry: Section, text: str | None, what: str) -> Iterator[Found]:
    if text and all(text not in {block.text, *block.lines} for block in entry):
        yield Found(entry[0].line, "papers", f"the {what} is not the twin's")


# ---------------------------------------------------------------- one entry


def _entry_problems(
    entry: Section, digest: Digest, say: Phrases, stem: str
) -> Iterator[Found]:
    paper = digest.paper
    expected = entry_of(digest, say, stem)
    authors = authors_of(paper)
    line = f"{say.authors}{say.colon}{authors}" if authors else None
    yield from _expect(entry, line, "list of authors")
    yield from _expect(entry, clean(paper.abstract), "abstract")
    yield from _expect(entry, plain(expected.facts), "comment")
    if is_summarized(digest):
        yield from _label_problems(entry, expected, say)
        yield from _claim_problems(entry, digest, say)
        yield from _quote_problems(entry, expected)
    elif all(say.missing.lower() not in block.text.lower() for block in entry):
        yield Found(entry[0].line, "fields", f"nothing says that it is {say.missing}")
    own = own_words(digest, expected, say)
    known = own | written_words(expected, say)
    shown = shown_claims(digest)
    passed = [printed_claim(judged.claim) for judged in shown]
    passed += [mark for judged in shown for mark in marks(judged.check, say)]
    printed = words_of_paper(digest)
    for block in entry[1:]:
        if block.text not in own:
            yield from _leaks(block, passed, printed)
            yield from () if block.in_list else fallen_items(block)
        if block.text not in known:
            yield _foreign(block, digest)


def _label_problems(entry: Section, shown: Entry, say: Phrases) -> Iterator[Found]:
    """Each label once where there is something to show, and nowhere else."""
    parts = {
        say.fields["abstract"]: True,
        say.fields["points"]: True,
        say.overview: bool(shown.overview),
        say.fields["method"]: bool(shown.method) or shown.method_failed,
        say.conclusion: bool(shown.conclusion),
    }
    labelled = {label for label, _ in (*shown.overview, *shown.conclusion)}
    items = {
        say.fields[name]: say.fields[name] in labelled
        for name in (*OVERVIEW, *CONCLUSION)
    }
    # A translated title may be the very word.
    body = entry[2:] if shown.translated else entry[1:]
    for labels, in_list in ((parts, False), (items, True)):
        for label, due in labels.items():
            found = [b for b in body if b.label == label and b.in_list == in_list]
            if len(found) != due:
                text = f"label {label} stands {len(found)} times"
                yield Found(entry[0].line, "fields", text)
    for block, follower in pairwise([*body, _NOTHING]):
        filled = follower.in_list or follower.text == say.missing
        if block.text in parts and not block.in_list and not filled:
            yield Found(block.line, "fields", f"nothing under {block.text}")


def _claim_problems(entry: Section, digest: Digest, say: Phrases) -> Iterator[Found]:
    """Every claim that may be shown is there, with its anchor, pages and marks."""
    for judged in shown_claims(digest):
        words = printed_claim(judged.claim)
        blocks = [b for b in entry if (b.in_list or b.in_quote) and words in b.text]
        missing = [_missing(block, judged, digest.paper, say) for block in blocks]
        if not blocks:
            yield Found(entry[0].line, "claims", f"not shown: {words[:40]!r}")
        elif all(missing):
            text = f"without {missing[0]!r}: {words[:40]!r}"
            yield Found(blocks[0].line, "claims", text)


def _quote_problems(entry: Section, shown: Entry) -> Iterator[Found]:
    """The fold has every quote, with its page and the way back to its claim."""
    lines = {(block.text, block.links) for block in entry if block.in_list}
    for line in map(read_line, shown.quotes):
        if (line.text, line.links) not in lines:
            text = f"not in the fold: {line.text[:40]!r}"
            yield Found(entry[0].line, "quotes", text)


def _missing(block: Block, judged: Judged, paper: Paper, say: Phrases) -> str:
    """The first mark, page link or anchor that a claim's block lacks."""
    for mark in marks(judged.check, say):
        if clean(mark) not in block.text:
            return mark
    for page, found in located_quotes(judged.claim, judged.check).items():
        words, quotes = say.page.format(page=page), joined_quotes(found)
        address = safe_url(paper.page_url(page))
        linked = not address or (
            Tip(address, tip(quotes)) in block.tips
            if quotes
            else address in block.links
        )
        if words not in block.text or not linked:
            return words
    return "" if judged.anchor in block.anchors else judged.anchor


# ---------------------------------------------------------------- what must not stand


def _foreign(block: Block, digest: Digest) -> Found:
    """A block that is not of the twin; at worst a claim that no reader may see."""
    barred = sorted(
        judged.barred
        for judged in judged_claims(digest)
        if judged.barred and (words := printed_claim(judged.claim))
        if words in block.text
    )
    why = f"printed though {barred[0]}" if barred else "not the twin's words"
    return Found(block.line, "claims", f"{why}: {block.text[:40]!r}")


def _leaks(block: Block, passed: Sequence[str], printed: str) -> Iterator[Found]:
    """Leaks in what a model wrote, beside the claims that passed one by one."""
    text = block.text
    for words in sorted(passed, key=len, reverse=True):
        text = text.replace(words, " ")
    for leak in leaks(text, printed):
        yield Found(block.line, "leaks", f"{leak.kind}: {leak.text[:60]!r}")
