"""Every page of the site: its path, what it is made of, and how."""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from chatpaper.posts import Phrases
from chatpaper.site.catalogue import Catalogue, PostRows, Posts, Row, Seen
from chatpaper.site.phrases import SitePhrases
from chatpaper.site.rendering import Shown, Templates, shown_day, shown_paper
from chatpaper.site.reviews import ReviewRow, read_review_of, shown_period
from chatpaper.text import short_hash, unaccented

LATEST_DAYS = 2  # whose papers the first page lists
EARLIER_DAYS = 12  # that it leads to besides
LATEST_REVIEWS = 3
NEWEST = 50


class Page(NamedTuple):
    """A page that is not yet made.

    Attributes:
        path: Below the site, with slashes.
        signature: Of all that it is made of but the templates.
        render: Makes its HTML.
    """

    path: str
    signature: str
    render: Callable[[], str]


@dataclass(frozen=True)
class Pages:
    """All pages.

    Attributes:
        catalogue: The papers.
        posts: For what pages show beyond it.
        pictures: Paths below the site of those pictures that there are.
        say, words: Fixed words of the site and of posts.
        templates: With what all pages share.
        bundles: Of the search; empty without one.
    """

    catalogue: Catalogue
    posts: Posts
    pictures: frozenset[str]
    say: SitePhrases
    words: Phrases
    templates: Templates
    bundles: tuple[str, ...]

    def all(self) -> Iterator[Page]:
        """Every page; papers in the order of their posts."""
        yield from self._papers()
        yield from self._days()
        yield from self._topics()
        yield from self._periods()
        yield from self._authors()
        yield self._calendar()
        yield self._index()
        if self.bundles:
            yield self._plain("search.html", "search", {"bundles": self.bundles})

    def _page(
        self, path: str, template: str, made_of: object, shown: Callable[[], Shown]
    ) -> Page:
        signature = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:24]
        return Page(
            path, signature, lambda: self.templates.page(path, template, shown())
        )

    def _plain(self, path: str, template: str, shown: Shown) -> Page:
        """A page of which it is known already what it shows."""
        return self._page(path, template, shown, lambda: shown)

    # ---------------------------------------------------------------- papers and days

    def _papers(self) -> Iterator[Page]:
        for paper_id, seen in self.catalogue.papers.items():
            best = self.catalogue.best(paper_id)
            authors = [(printed, author_url(name)) for printed, name in best.authors]
            places = [(s.post.path, s.post.sha, s.post.stem) for s in seen]
            there = [f for f in best.pictures if picture_path(best, f) in self.pictures]
            made_of = [places, authors, there, best.version]
            yield self._page(
                f"papers/{best.stem}.html",
                "paper",
                made_of,
                partial(self._paper, seen, best, authors, frozenset(there)),
            )

    def _paper(
        self,
        seen: list[Seen],
        best: Row,
        authors: list[tuple[str, str]],
        pictures: frozenset[str],
    ) -> Shown:
        shown = shown_paper(seen, best, pictures, self._post, self.words)
        return {**shown, "authors": authors}

    @cached_property
    def _post(self) -> Callable[[str], object]:
        # Papers of a post follow one another.
        return lru_cache(maxsize=16)(self.posts.read)

    def _days(self) -> Iterator[Page]:
        days = sorted(self.catalogue.days)
        for earlier, day, later in zip(
            [None, *days], days, [*days[1:], None], strict=False
        ):
            posts = self.catalogue.days[day]
            made_of = [[(p.path, p.sha, p.stem) for p in posts], earlier, later]
            shown = {
                "day": day,
                "weekday": self._weekday(day),
                "earlier": earlier,
                "later": later,
            }
            yield self._page(
                f"days/{day}.html", "day", made_of, partial(self._day, shown, posts)
            )

    def _day(self, shown: Shown, posts: list[PostRows]) -> Shown:
        return {**shown, "groups": shown_day(posts, self._post, self.words)}

    def _weekday(self, day: str) -> str:
        return self.say.weekdays[date.fromisoformat(day).weekday()]

    # ---------------------------------------------------------------- topics

    def _topics(self) -> Iterator[Page]:
        counts = self._topic_counts()
        yield self._page("topics.html", "topics", counts, lambda: {"topics": counts})
        for stem, months in self.catalogue.topics.items():
            name = self.catalogue.names[stem]
            newest = self._newest(months)
            shown: Shown = {
                "name": name,
                "stem": stem,
                "count": sum(map(len, months.values())),
                "months": [
                    (month, self._month_words(month), len(months[month]))
                    for month in sorted(months, reverse=True)
                ],
                "newest": newest,
                "reviews": self._reviews_of(stem),
            }
            yield self._plain(f"topics/{stem}.html", "topic", shown)
            for month, ids in months.items():
                yield self._month(stem, name, month, ids)

    def _periods(self) -> Iterator[Page]:
        for row in self.catalogue.reviews:
            there = [paper for paper in row.ids if paper in self.catalogue.papers]
            days = [day for day in row.days if day in self.catalogue.days]
            days = [day for day in days if row.first <= day <= row.last]
            shown: Shown = {
                "title": row.title,
                "topic": row.topic,
                "stem": row.stem,
                "days": [(day, self._weekday(day)) for day in days],
            }
            yield self._page(
                row.page,
                "period",
                [row.sha, there, days, row.title],
                partial(self._period, shown, row, there),
            )

    def _period(self, shown: Shown, row: ReviewRow, there: list[str]) -> Shown:
        review = read_review_of(self.posts.folder, row)
        return {**shown, **shown_period(review, frozenset(there))}

    def _reviews_of(self, stem: str = "", year: str = "") -> list[tuple[str, str]]:
        """Page and title of the periods' posts of a topic, or a year; newest first."""
        return [
            (row.page, row.title)
            for row in reversed(self.catalogue.reviews)
            if stem in ("", row.stem) and row.last.startswith(year)
        ]

    def _month(self, stem: str, name: str, month: str, ids: list[str]) -> Page:
        by_day: dict[str, list[Row]] = {}
        for paper_id in ids:
            day = next(
                s.post.day
                for s in self.catalogue.papers[paper_id]
                if s.post.stem == stem
            )
            by_day.setdefault(day, []).append(self.catalogue.best(paper_id))
        shown: Shown = {
            "name": name,
            "stem": stem,
            "month": month,
            "words_of_month": self._month_words(month),
            "days": sorted(by_day.items(), reverse=True),
        }
        return self._plain(f"months/{stem}/{month}.html", "month", shown)

    def _topic_counts(self) -> list[tuple[str, str, int]]:
        counted = (
            (self.catalogue.names[stem], stem, sum(map(len, months.values())))
            for stem, months in self.catalogue.topics.items()
        )
        return sorted(counted, key=lambda topic: topic[0].casefold())

    def _newest(self, months: Mapping[str, list[str]]) -> list[tuple[Row, str]]:
        newest: list[str] = []
        for month in sorted(months, reverse=True):
            by_day = sorted(months[month], key=self.catalogue.first_day, reverse=True)
            newest += by_day
            if len(newest) >= NEWEST:
                break
        return [(self.catalogue.best(p), self._first(p)) for p in newest[:NEWEST]]

    def _first(self, paper_id: str) -> str:
        return self.say.first_posted.format(day=self.catalogue.first_day(paper_id))

    def _month_words(self, month: str) -> str:
        year, number = month.split("-")
        return self.say.month.format(year=year, month=int(number))

    # ---------------------------------------------------------------- authors

    def _authors(self) -> Iterator[Page]:
        buckets: dict[str, list[str]] = {}
        for name in self.catalogue.authors:
            buckets.setdefault(bucket_of(name), []).append(name)
        letters: dict[str, list[tuple[str, str, int]]] = {}
        for bucket in sorted(buckets):
            label = self._label(bucket)
            letter = (
                label[0]
                if bucket[0].isalpha() and "-" not in bucket
                else self.say.other
            )
            letters.setdefault(letter, []).append((bucket, label, len(buckets[bucket])))
            yield self._bucket(bucket, label, sorted(buckets[bucket], key=str.casefold))
        listed = list(letters.items())
        yield self._plain("authors.html", "authors", {"letters": listed})

    def _label(self, bucket: str) -> str:
        sign, _, code = bucket.partition("-")
        return chr(int(code, 16)) if code else sign.capitalize()

    def _bucket(self, bucket: str, label: str, names: list[str]) -> Page:
        authors = []
        for name in names:
            printed, ids = self.catalogue.authors[name]
            rows = [(self.catalogue.best(p), self._first(p)) for p in reversed(ids)]
            authors.append((printed, author_anchor(name), rows))
        shown: Shown = {"label": label, "authors": authors}
        return self._plain(f"authors/{bucket}.html", "bucket", shown)

    # ---------------------------------------------------------------- the way in

    def _calendar(self) -> Page:
        counts = {
            day: sum(len(post.rows) for post in posts)
            for day, posts in self.catalogue.days.items()
        }
        years: dict[str, list[tuple[str, list[list[tuple[int, str, int]]]]]] = {}
        for month in sorted({day[:7] for day in counts}, reverse=True):
            year, number = int(month[:4]), int(month[5:])
            weeks = [
                [
                    (n, f"{month}-{n:02d}", counts.get(f"{month}-{n:02d}", 0))
                    for n in week
                ]
                for week in calendar.Calendar().monthdayscalendar(year, number)
            ]
            years.setdefault(month[:4], []).append((self._month_words(month), weeks))
        of_years = [
            (year, months, self._reviews_of(year=year))
            for year, months in years.items()
        ]
        shown: Shown = {"years": of_years}
        return self._plain("calendar.html", "calendar", shown)

    def _index(self) -> Page:
        days = []
        latest = sorted(self.catalogue.days, reverse=True)
        for day in latest[:LATEST_DAYS]:
            groups = [
                (post.topic, [row for row in post.rows if not row.is_update])
                for post in self.catalogue.days[day]
            ]
            days.append((day, self._weekday(day), groups))
        earlier = [
            (
                day,
                self._weekday(day),
                sum(len(p.rows) for p in self.catalogue.days[day]),
            )
            for day in latest[LATEST_DAYS : LATEST_DAYS + EARLIER_DAYS]
        ]
        shown: Shown = {
            "days": days,
            "earlier": earlier,
            "topics": self._topic_counts(),
            "reviews": self._reviews_of()[:LATEST_REVIEWS],
        }
        return self._plain("index.html", "index", shown)


# --------------------------------------------------------------------------------------
# Addresses within the site.


def picture_path(row: Row, file: str) -> str:
    """Where a picture of a paper lies."""
    return f"figures/{row.stem}/{file}"


def bucket_of(name: str) -> str:
    """The page that an author stands on: the first two letters of the family name."""
    plain = unaccented(name).casefold()
    letters = re.match(r"[^a-z]*([a-z])[^a-z]*([a-z]?)", plain)
    if letters and not re.match(r"\w", re.sub(r"[a-z].*", "", plain, flags=re.DOTALL)):
        return letters[1] + letters[2]
    first = next((char for char in plain if char.isalnum()), name[0])
    return f"u-{ord(first):x}"


def author_anchor(name: str) -> str:
    """An author's own on that page."""
    words = re.findall(r"[a-z0-9]+", unaccented(name).casefold())
    return "-".join([*words, short_hash(name, digits=6)])


def author_url(name: str) -> str:
    """An author's place, from the page of a paper."""
    return f"../authors/{bucket_of(name)}.html#{author_anchor(name)}"
