"""What a period's post must show, by the days' twins and the order of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

from chatpaper.periods.recount import Recount
from chatpaper.periods.review import Count, Entry, Review
from chatpaper.periods.words import words_in
from chatpaper.posts import entry_anchor, gate, phrases_in
from chatpaper.posts.gate import ExpectedBlock, ExpectedSection, ExpectedSegment

# As the writer bounds its lists; a count of fewer papers says nothing.
_LISTED, _NEWS, _LINKS, _ENOUGH = 200, 50, 10, 8


class Expectation:
    """The sections of one review, and the addresses it may link to."""

    def __init__(self, review: Review, here: Recount) -> None:
        self.review, self.here = review, here
        self.say, self.words = phrases_in(review.language), words_in(review.language)
        self.addresses: set[str] = set()
        self._numbers = {e.id: str(n) for n, e in enumerate(review.papers, 1)}

    def sections(self) -> list[ExpectedSection]:
        """In order."""
        review, words = self.review, self.words
        quoted = [
            gate.row_of("notice", gate.text_part(line), inside=("quote",))
            for line in self._notice()
        ]
        found = [self._section("", quoted, 0)]
        if review.leads:
            order = words.by_interests if review.ranked else words.by_merits
            rows = [gate.row_of("order", gate.text_part(order))]
            rows += map(self._lead, review.papers[: len(review.leads)])
            found.append(self._section(words.best.format(n=len(review.leads)), rows))
        found.append(self._section(words.moved, self._moved()))
        if review.news:
            found.append(self._section(words.news, self._news()))
        rest = review.papers[len(review.leads) :]
        if rest:
            title = words.rest.format(n=len(rest))
            found.append(self._section(title, self._rest(rest)))
        return found

    def _section(
        self, title: str, rows: Iterable[ExpectedBlock], level: int = 2
    ) -> ExpectedSection:
        return ExpectedSection(level, gate.fold(title), "", tuple(rows))

    # ------------------------------------------------------------ links

    def address(self, day: date, stem: str, anchor: str = "") -> str:
        """Where something stands in a day's post."""
        year, month, number = day.isoformat().split("-")
        slots = {"year": year, "month": month, "day": number}
        slots |= {"date": day.isoformat(), "stem": quote(stem)}
        post = self.review.link.format(**slots)
        found = f"{post}#{anchor}" if anchor else post
        self.addresses.add(found)
        return found

    def _link(self, words: str, address: str) -> list[ExpectedSegment]:
        is_plain = {*"[]"}.isdisjoint(words)
        shown = gate.text_part(words if is_plain else "→", "link")
        link = shown._replace(address=gate.fold_address(address))
        return [link] if is_plain else [gate.text_part(words), link]

    def _titled(self, entry: Entry) -> list[ExpectedSegment]:
        paper = self.here.papers[entry.id]
        badges = [*paper.badges, *([] if paper.whole else [self.words.failed])]
        address = self.address(paper.day, paper.stem, entry_anchor(entry.id))
        *lead, link = self._link(paper.title, address)
        codes = (gate.text_part(badge, "code") for badge in badges)
        return [*lead, link, *codes]

    # ------------------------------------------------------------ rows

    def _notice(self) -> Iterator[str]:
        review, here, words = self.review, self.here, self.words
        first, last = review.first, review.last
        made = words.made.format(
            first=first,
            last=last,
            days=len(here.days),
            papers=len(here.papers),
            whole=sum(paper.whole for paper in here.papers.values()),
        )
        past, n = review.period.before, review.papers_before
        told = words.no_before if n is None else words.before
        before = told.format(first=past.first, last=past.last, n=n)
        line = words.counts.format(made=made, before=before)
        if others := len(here.listed - here.papers.keys()):
            line += words.listed.format(n=others)
        days = self.say.separator.join(self._gaps())
        gaps = words.gaps.format(days=days) if days else words.no_gap
        yield line + self.say.full_stop + gaps
        yield words.origin

    def _gaps(self) -> Iterator[str]:
        """Days without a post, those of a run by its ends."""
        posted = {*self.here.days}
        begun = None
        for day in self.review.period.days:
            after = day + timedelta(days=1)
            if day in posted:
                continue
            begun = begun or day
            if after in posted or after > self.review.last:
                first, last = f"{begun:%m-%d}", f"{day:%m-%d}"
                is_one = first == last
                yield (
                    first if is_one else self.words.span.format(first=first, last=last)
                )
                begun = None

    def _lead(self, entry: Entry) -> ExpectedBlock:
        known = self.here.papers[entry.id]
        paper = known.paper
        prefix = "arXiv:" if paper.source == "arxiv" else ""
        facts = gate.dotted(
            [
                gate.text_part(gate.title_of(paper) if known.is_translated else ""),
                gate.link_part(prefix + paper.versioned_id, paper.abs_url),
                gate.text_part(known.day.isoformat()),
            ]
        )
        *claims, last = known.lead
        # The facts stand behind the last statement, its pages and its marks.
        if last.marks:
            last = replace(last, marks=(*last.marks, *gate.merged(facts)))
        else:
            last = replace(last, parts=gate.merged((*last.parts, *facts)))
        titled = self._titled(entry)
        claims = [*claims, last]
        return gate.row_of("papers", *titled, inside=("step",), claims=claims)

    def _moved(self) -> Iterator[ExpectedBlock]:
        review, words = self.review, self.words
        counted, before = self.here.counted, review.counted_before
        line = words.base.format(here=counted, before=before) + words.arrow
        whole = sum(paper.whole for paper in self.here.papers.values())
        line += words.uncounted.format(n=whole - counted) if whole > counted else ""
        moved = [c for c in review.counts if c.moved]
        if counted < _ENOUGH:
            line += words.few.format(n=counted)
        elif before < _ENOUGH:
            line += words.few_before.format(n=before)
        elif moved:
            changes = (
                words.moved_from.format(
                    word=c.word, before=c.before, here=len(c.mentions)
                )
                for c in moved
            )
            line += words.most_moved.format(words=self.say.separator.join(changes))
        else:
            line += words.nothing_moved
        if not review.counts and counted >= _ENOUGH:
            line += words.no_words
        yield gate.row_of("counts", gate.text_part(line))
        measure = ""
        for count in review.counts:
            if count.mentions and count.measure != measure:
                measure = count.measure
                label = gate.text_part(words.measures[count.measure], "bold")
                yield gate.row_of("counts", label)
            if count.mentions:
                parts = self._count(count)
                yield gate.row_of("counts", *parts, inside=("bullet",))

    def _count(self, count: Count) -> list[ExpectedSegment]:
        words, n = self.words, len(count.mentions)
        venue = count.measure == "venue"
        base = self.review.papers_before if venue else self.review.counted_before
        phrase = words.count if (base or 0) >= _ENOUGH else words.count_alone
        told = phrase.format(word=count.word, here=n, before=count.before)
        links = [
            self._link(self._numbers[m.id], self.address(m.day, m.stem, m.anchor))[0]
            for m in count.mentions[:_LINKS]
        ]
        more = words.more_links.format(n=n - _LINKS) if n > _LINKS else ""
        return [
            gate.text_part(f"{told} →"),
            *gate.dotted([*links, gate.text_part(more)]),
        ]

    def _news(self) -> Iterator[ExpectedBlock]:
        for news in self.review.news[:_NEWS]:
            what = self.words.changes[news.change] + self.say.colon
            *lead, link = self._link(
                news.title, self.address(news.day, news.stem, entry_anchor(news.id))
            )
            parts = [*lead, *gate.dotted([link, gate.text_part(news.words)])]
            yield gate.row_of("news", gate.text_part(what), *parts, inside=("bullet",))

    def _rest(self, rest: tuple[Entry, ...]) -> Iterator[ExpectedBlock]:
        for entry in rest[:_LISTED]:
            yield gate.row_of("papers", *self._titled(entry), inside=("step",))
        days = Counter(entry.day for entry in rest[_LISTED:])
        if days:
            words = self.words.more_papers.format(n=days.total())
            yield gate.row_of("papers", gate.text_part(words))
        for day, n in sorted(days.items()):
            words = self.words.day_count.format(day=day.isoformat(), n=n)
            link = self._link(words, self.address(day, self.review.stem))
            yield gate.row_of("papers", *link, inside=("bullet",))
