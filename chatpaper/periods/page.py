"""A period's post in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import quote

from chatpaper.periods.calendar import runs_of
from chatpaper.periods.counting import MIN_PAPERS
from chatpaper.periods.review import Count, Entry, Lead, Measure, Mention, Review
from chatpaper.periods.words import Words, words_in
from chatpaper.posts import (
    KEYS,
    CheckedClaim,
    Key,
    Layout,
    Markdown,
    Phrases,
    badged,
    claim_line,
    dotted,
    entry_anchor,
    escape,
    harmless,
    head_lines,
    link,
    phrases_in,
)
from chatpaper.text import plain_formulas

MAX_LISTED = 200  # lines below those in short
MAX_NEWS = 50
MAX_LINKS = 10  # of a count
MAX_DESCRIPTION_CHARS = 200
MEASURES: tuple[Measure, ...] = ("data", "name", "keyword", "venue")


def render_review(
    review: Review, *, author: str = "", category: str = "Paper", title: str = ""
) -> str:
    """The whole file; the same review gives the same bytes.

    Args:
        review: What the period brought.
        author: Signature in the front matter; empty for the site's own.
        category: In the front matter.
        title: Of the post, with `{topic}`, `{period}`, `{span}` and `{count}`; empty
            for the usual.
    """
    writer = _Writer(review)
    head = writer.front_matter(author, category, title)
    blocks = [f"---\n{head}---", *writer.body()]
    return "\n\n".join(blocks) + "\n"


def layout_of(review: Review) -> Layout:
    """The parts of its post, for changes by hand to be found in."""
    rest = len(review.papers) > len(review.leads)
    parts = {"best": review.leads, "moved": True, "news": review.news, "rest": rest}
    return [(Key("part", name), "## ") for name, is_there in parts.items() if is_there]


def entry_address(review: Review, day: date, stem: str, anchor: str) -> str:
    """Where an entry or a statement of a day's post is."""
    post = review.link.format(
        date=day.isoformat(),
        year=f"{day:%Y}",
        month=f"{day:%m}",
        day=f"{day:%d}",
        stem=quote(stem),
    )
    return f"{post}#{anchor}"


class _Writer:
    """Writes one review, part by part."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.say: Phrases = phrases_in(review.language)
        self.words: Words = words_in(review.language)
        self.numbers = {e.id: n for n, e in enumerate(review.papers, 1)}

    # ------------------------------------------------------------ front matter

    def front_matter(self, author: str, category: str, title: str) -> str:
        review = self.review
        period, words = review.period, self.words
        name = harmless(review.topic) or "topic"
        span = words.span.format(first=period.first, last=period.last)
        titles = [plain_formulas(e.translated or e.title) for e in review.papers]
        tags = [_tag(name), words.tags[review.kind]]
        values: dict[str, object] = dict.fromkeys(KEYS)
        values.update(
            title=harmless(
                (title or words.titles[review.kind]).format(
                    topic=name,
                    period=period.name,
                    span=span,
                    count=len(review.papers),
                )
            ),
            # It is over then, and the post is not one of the days before it.
            date=datetime.combine(period.last + timedelta(days=1), time()),
            author=harmless(author) or None,
            cover=False,
            top_img=False,
            categories=harmless(category) or None,
            tags=tags,
            description=harmless(self.say.stop.join(titles))[:MAX_DESCRIPTION_CHARS],
            keywords=", ".join([name, words.tags[review.kind]]),
            toc_number=False,
            toc_style_simple=True,
            mathjax=True,
        )
        return head_lines(values)

    # ------------------------------------------------------------ the parts

    def body(self) -> Iterator[str]:
        """The blocks below the front matter."""
        review, words = self.review, self.words
        yield "\n>\n".join(f"> {escape(line)}" for line in notice_lines(review))
        if review.leads:
            yield f"## {words.best.format(n=len(review.leads))}"
            yield escape(words.by_interests if review.ranked else words.by_merits)
            entries = {entry.id: entry for entry in review.papers}
            leads = [self._lead(lead, entries[lead.paper.id]) for lead in review.leads]
            yield _numbered(leads)
        yield f"## {words.moved}"
        yield from self._moved()
        if review.news:
            yield f"## {words.news}"
            yield "\n".join(self._news())
        rest = review.papers[len(review.leads) :]
        if rest:
            yield f"## {words.rest.format(n=len(rest))}"
            yield from self._rest(rest)

    def _lead(self, lead: Lead, entry: Entry) -> str:
        """Title, sentence and facts, a line each."""
        paper, prefix = lead.paper, "arXiv:" if lead.paper.source == "arxiv" else ""
        facts = dotted(
            [
                escape(entry.title) if entry.translated else "",
                link(prefix + paper.versioned_id, paper.abs_url),
                Markdown(entry.day.isoformat()),
            ]
        )
        told = [self._statement(lead, nth) for nth in range(len(lead.statements))]
        return "\\\n".join(filter(None, [self._titled(entry), " ".join(told), facts]))

    def _statement(self, lead: Lead, nth: int) -> str:
        """As it stands in the day's post."""
        own = lead.statements[nth]
        checked = CheckedClaim(
            claim=own.claim, check=own.check, anchor=own.anchor, barred=None
        )
        return claim_line(checked, lead.paper, self.say)

    def _titled(self, entry: Entry) -> Markdown:
        """The title, which leads to the entry, and its badges."""
        failed = [] if entry.summarized else [self.words.failed]
        address = entry_address(
            self.review, entry.day, entry.stem, entry_anchor(entry.id)
        )
        title = entry.translated or entry.title
        return badged(_linked(title, address), [*entry.badges, *failed])

    def _moved(self) -> Iterator[str]:
        review, words = self.review, self.words
        lines = counting_words(review, words, words.arrow)
        if not (too_few(review)[0] or review.counts):
            lines.append(words.no_words)
        yield escape(self.say.gap.join(lines))
        for measure in MEASURES:
            if counts := counts_of(review, measure):
                yield f"**{words.measures[measure]}**"
                yield "\n".join(f"- {self._count(count)}" for count in counts)

    def _count(self, count: Count) -> str:
        words = count_words(self.review, count)
        links = [self._mention(mention) for mention in count.mentions[:MAX_LINKS]]
        more = len(count.mentions) - len(links)
        told = [escape(self.words.more_links.format(n=more))] if more else []
        return f"{escape(words)} → {dotted([*links, *told])}"

    def _mention(self, mention: Mention) -> Markdown:
        address = entry_address(self.review, mention.day, mention.stem, mention.anchor)
        return Markdown(f"[{self.numbers[mention.id]}]({address})")

    def _news(self) -> Iterator[str]:
        for news in self.review.news[:MAX_NEWS]:
            address = entry_address(
                self.review, news.day, news.stem, entry_anchor(news.id)
            )
            what = escape(f"{self.words.changes[news.change]}{self.say.colon}").strip()
            line = dotted([_linked(news.title, address), escape(news.words)])
            yield f"- {what}{'' if self.say.colon == '：' else ' '}{line}"

    def _rest(self, rest: Sequence[Entry]) -> Iterator[str]:
        first = len(self.review.leads) + 1
        yield _numbered(map(self._titled, rest[:MAX_LISTED]), first)
        if len(rest) > MAX_LISTED:
            unlisted = rest[MAX_LISTED:]
            yield escape(self.words.more_papers.format(n=len(unlisted)))
            by_day = Counter(entry.day for entry in unlisted)
            lines = [self._day(day, n) for day, n in sorted(by_day.items())]
            yield "\n".join(f"- {line}" for line in lines)

    def _day(self, day: date, count: int) -> str:
        words = self.words.day_count.format(day=day.isoformat(), n=count)
        address = entry_address(self.review, day, self.review.stem, "").rstrip("#")
        return f"[{escape(words)}]({address})"


# --------------------------------------------------------------------------------------
# Sentences of ours.


def notice_lines(review: Review) -> tuple[str, ...]:
    """What the post is of, what is missing, and where its words come from."""
    words, period = words_in(review.language), review.period
    say = phrases_in(review.language)
    made = words.made.format(
        first=period.first,
        last=period.last,
        days=len(review.days),
        papers=len(review.papers),
        whole=sum(entry.summarized for entry in review.papers),
    )
    told = words.no_before if review.papers_before is None else words.before
    past = period.before
    before = told.format(first=past.first, last=past.last, n=review.papers_before)
    counts = words.counts.format(made=made, before=before)
    if review.listed:
        counts += words.listed.format(n=review.listed)
    missing = [day for day in period.days if day not in review.days]
    days = say.separator.join(
        f"{a:%m-%d}"
        if a == b
        else words.span.format(first=f"{a:%m-%d}", last=f"{b:%m-%d}")
        for a, b in runs_of(missing)
    )
    gaps = words.gaps.format(days=days) if missing else words.no_gap
    return (f"{counts}{say.full_stop}{say.gap}{gaps}", words.origin)


def too_few(review: Review) -> tuple[bool, bool]:
    """Whether there are too few papers to count, and to compare with."""
    return review.counted < MIN_PAPERS, review.counted_before < MIN_PAPERS


def counting_words(review: Review, words: Words, arrow: str) -> list[str]:
    """What was counted and whether anything moved, a sentence each.

    Args:
        review: Of the period.
        words: Of its language.
        arrow: Where the arrows behind the counts lead.
    """
    said = [words.base.format(here=review.counted, before=review.counted_before), arrow]
    if left := sum(e.summarized and not e.counted for e in review.papers):
        said.append(words.uncounted.format(n=left))
    few, few_before = too_few(review)
    if few:
        said.append(words.few.format(n=review.counted))
    elif few_before:
        said.append(words.few_before.format(n=review.counted_before))
    else:
        said.append(moved_words(review))
    return said


def counts_of(review: Review, measure: Measure) -> list[Count]:
    """The counts of one kind that a statement still bears out."""
    return [c for c in review.counts if c.measure == measure and c.mentions]


def moved_words(review: Review) -> str:
    """What moved more than by chance, in a sentence."""
    words, say = words_in(review.language), phrases_in(review.language)
    moved = [
        words.moved_from.format(word=c.word, before=c.before, here=len(c.mentions))
        for c in review.counts
        if c.moved
    ]
    told = words.most_moved.format(words=say.separator.join(moved))
    return told if moved else words.nothing_moved


def count_words(review: Review, count: Count) -> str:
    """`FID 7（上期 3）`; without the period before where it has too few papers."""
    words = words_in(review.language)
    if count.measure == "venue":
        alone = (review.papers_before or 0) < MIN_PAPERS
    else:
        alone = too_few(review)[1]
    phrase = words.count_alone if alone else words.count
    return phrase.format(word=count.word, here=len(count.mentions), before=count.before)


def _linked(title: str, address: str) -> Markdown:
    # Hexo reads a link's words again, so that no brackets may stand in them.
    if {*"[]"}.isdisjoint(title):
        return Markdown(f"[{escape(title)}]({address})")
    return Markdown(f"{escape(title)} [→]({address})")


def _numbered(items: Iterable[str], first: int = 1) -> str:
    # Hexo ends an item at a line of HTML that is not indented as far as its words.
    marks = ((f"{number}. ", item) for number, item in enumerate(items, first))
    return "\n".join(
        mark + item.replace("\n", "\n" + " " * len(mark)) for mark, item in marks
    )


def _tag(name: str) -> str:
    # Hexo makes a folder of a tag's name: one of dots or slashes would leave `tags/`.
    return name.replace("/", "-").strip(". -") or "topic"
