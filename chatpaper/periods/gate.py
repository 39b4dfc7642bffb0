"""The gate of a period's post: its words, its links, and every number once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import yaml

from chatpaper.periods.expected import Expectation
from chatpaper.periods.making import Sources
from chatpaper.periods.recount import Paperwork, Recount, recount
from chatpaper.periods.review import Count, Mention, Review
from chatpaper.periods.saying import key_of
from chatpaper.periods.twin import read_review, sha256_of
from chatpaper.periods.words import words_in
from chatpaper.posts import (
    Problem,
    correction_words,
    entry_anchor,
    gate,
    phrases_in,
    venue_of,
)
from chatpaper.posts.gate import Fault
from chatpaper.records import age_key

_MAX_SHOWN = 60


def check_review(
    markdown: str, data: str, sources: Sources, *, name: str = "post.md"
) -> tuple[Problem, ...]:
    """Everything wrong with a period's post.

    What somebody has changed in it by hand is told as an edit, and is no fault unless
    it breaks the page. Where a day's post has changed since, it is told, too, and only
    the page is looked at.

    Args:
        markdown: The whole file.
        data: Its JSON twin.
        sources: The posts that it is made of.
        name: Names the post in the problems.
    """
    try:
        twin = read_review(data)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        text = f"not the twin of a period's post: {reason}"
        return (Problem(name, 1, "twin", text),)
    review, say = twin.review, phrases_in(twin.review.language)
    here = recount(sources.here, review.topic, say)
    found: set[Fault] = set()
    if here.made_of != dict(review.made_of):
        text = "posts it is made of have changed since; `chatpaper digest` renews it"
        page = gate.read_pages(markdown)[0]
        found.update(gate.page_faults(page, _own_links(page), counts_on=True))
        found.add(Fault(1, gate.EDITED, text))
    else:
        before = recount(sources.before, review.topic, say)
        found.update(_record_faults(review, here, before, sources))
        if not found:
            for page in gate.read_pages(markdown):
                found.update(_page_faults(page, review, here))
    if twin.markdown_sha256 != sha256_of(markdown):
        found = set(_as_edits(found, markdown))
    return tuple(Problem(name, *fault) for fault in sorted(found))


def _as_edits(found: set[Fault], markdown: str) -> Iterator[Fault]:
    """Of a post that was changed by hand only what breaks the page is a fault."""
    page = gate.read_pages(markdown)[0]
    broken = set(gate.broken_markup(page, (), "/"))
    seen = {fault[:3] for fault in broken}
    yield from broken
    for fault in found:
        if fault.rule == gate.EDITED:
            yield fault
        elif fault[:3] not in seen:
            text = f"{fault.rule}: {fault.text}"
            yield fault._replace(rule=gate.EDITED, text=text)


def _own_links(page: gate.Page) -> set[str]:
    """Addresses that lead to a day's post, as far as they can be told by their look."""
    return {
        link.address
        for block in page.blocks
        for link in block.of_kind("link")
        if link.address.startswith("../")
    }


# --------------------------------------------------------------------------------------
# The page.


def _page_faults(page: gate.Page, review: Review, here: Recount) -> Iterator[Fault]:
    expected = Expectation(review, here)
    sections = expected.sections()
    yield from _front_matter_faults(page, review)
    yield from gate.page_faults(page, expected.addresses, counts_on=True)
    yield from gate.section_faults(page, sections, expected.say)


def _front_matter_faults(page: gate.Page, review: Review) -> Iterator[Fault]:
    if page.front_matter is None:
        text = "the file does not begin with a block between two ---"
        yield Fault(1, "front matter", text)
        return
    yield from gate.syntax_faults(page.front_matter)
    try:
        values: Any = yaml.safe_load(page.front_matter)
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(values, dict):
        for text in _value_faults(values, review):
            yield Fault(2, "front matter", text)


def _value_faults(values: dict[str, Any], review: Review) -> Iterator[str]:
    title = values.get("title")
    if not isinstance(title, str) or not title.strip() or {*title} & {*"<>{}\\"}:
        yield "title is not a plain text"
    day = values.get("date")
    due = review.last + timedelta(days=1)
    if (
        not isinstance(day, date)
        or (day.date() if isinstance(day, datetime) else day) != due
    ):
        yield f"date is not {due}"
    if values.get("mathjax") is not True:
        yield "mathjax is not on"
    known = {gate.fold_attribute(word) for word in (review.topic, "topic")}
    known = {word.replace("/", "-").strip(".-") for word in known}
    known |= {words_in(review.language).tags[review.kind]}
    tags = values.get("tags")
    if not isinstance(tags, list) or not {
        gate.fold_attribute(str(tag)).strip(".-") for tag in tags
    } <= {word.strip(".-") for word in known}:
        yield "tags are not the topic and the period"
    if values.get("cover") is not False:
        yield "cover is no picture of the post"


# --------------------------------------------------------------------------------------
# The records of the twin, held against those of the days.


def _record_faults(
    review: Review, here: Recount, before: Recount, sources: Sources
) -> Iterator[Fault]:
    ids = [entry.id for entry in review.papers]
    if sorted(ids) != sorted(here.papers):
        yield Fault(1, "papers", "not the papers of the days' posts, each once")
        return
    if list(review.days) != here.days:
        yield Fault(1, "days", "not the days with a post")
    papers = len(before.papers) if before.days else None
    told = (review.counted, review.counted_before, review.papers_before, review.listed)
    others = len(here.listed - here.papers.keys())
    if told != (here.counted, before.counted, papers, others):
        yield Fault(1, "counts", "not the numbers of the days' posts")
    for entry in review.papers:
        known = here.papers[entry.id]
        facts = (entry.version, entry.day, entry.stem, entry.badges, entry.summarized)
        due = (known.paper.version, known.day, known.stem, known.badges, known.whole)
        if facts != due:
            yield Fault(1, "papers", "not the newest entry", known.paper.versioned_id)
    yield from _order_faults(review, here)
    for count in review.counts:
        if why := _wrong(count, here, before):
            yield Fault(1, "counts", f"{count.word[:_MAX_SHOWN]!r}: {why}")
    yield from _news_faults(review, here, sources)


def _order_faults(review: Review, here: Recount) -> Iterator[Fault]:
    places = [_place(here.papers[entry.id], review) for entry in review.papers]
    if any(first < second for first, second in pairwise(places)):
        yield Fault(1, "order", "the papers are not in the order that the post names")
    shown = [lead.paper.id for lead in review.leads]
    if shown != [entry.id for entry in review.papers[: len(shown)]]:
        yield Fault(1, "order", "not the first papers are shown in short")


def _place(known: Paperwork, review: Review) -> tuple[Any, ...]:
    gone = phrases_in(review.language).withdrawal in known.badges
    shows = bool(known.lead) and not gone
    if review.ranked:
        nearness = known.relevance
        score = nearness.score if nearness else float("-inf")
        near = bool(nearness and nearness.near)
        return shows, near, score, age_key(known.paper)
    return shows, len(known.badges), age_key(known.paper)


def _wrong(count: Count, here: Recount, before: Recount) -> str:
    """What is wrong with a count; empty when nothing is."""
    keys = {mention.id for mention in count.mentions}
    if len(keys) != len(count.mentions):
        return "a paper is counted twice"
    saying = {p.paper.id for p in here.papers.values() if _says(p, count)}
    if keys != saying:
        return f"{len(saying)} papers say so, and {len(keys)} are counted"
    past = sum(_says(paper, count) for paper in before.papers.values())
    if past != count.before:
        return f"{past} papers said so before, and {count.before} are counted"
    for mention in count.mentions:
        if not _is_said_at(mention, count, here.papers[mention.id]):
            return f"{mention.anchor} does not say so"
    return ""


def _says(paper: Paperwork, count: Count) -> bool:
    if count.measure == "venue":
        return venue_of(paper.paper) == count.word
    if count.measure == "keyword":
        word = count.word.casefold()
        is_name = key_of(word) in paper.says
        is_borne_out = any(word in text.casefold() for text in paper.solid.values())
        return word in paper.keywords and is_borne_out and not is_name
    return key_of(count.word) in paper.says


def _is_said_at(mention: Mention, count: Count, paper: Paperwork) -> bool:
    if (mention.day, mention.stem) != (paper.day, paper.stem):
        return False
    if count.measure == "venue":
        return mention.anchor == entry_anchor(mention.id)
    if count.measure == "keyword":
        words = paper.solid.get(mention.anchor, "").casefold()
        return count.word.casefold() in words
    return key_of(count.word) in paper.names.get(mention.anchor, set())


def _news_faults(review: Review, here: Recount, sources: Sources) -> Iterator[Fault]:
    say = phrases_in(review.language)
    gone = {p.paper.id for p in here.papers.values() if say.withdrawal in p.badges} | {
        paper_id for paper_id, update in here.updates.items() if update[2]
    }
    due: dict[tuple[str, str], str] = {("withdrawal", each): "" for each in gone}
    due |= {
        ("version", paper_id): words
        for paper_id, (_, words, is_gone) in here.updates.items()
        if not is_gone
    }
    for post in sources.corrected:
        for digest in post.digests:
            last = digest.corrections[-1:]
            if last and review.first <= last[0].on <= review.last:
                words = correction_words(digest, say)
                due["correction", digest.paper.id] = words
    told = {(news.change, news.id): news.words for news in review.news}
    if told != due:
        yield Fault(1, "news", "not the corrections, withdrawals and new versions")
