"""Weeks' and months' posts as plain Markdown, beside the pages of days and papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from chatpaper import __version__
from chatpaper.config import OutputConfig
from chatpaper.outputs.dialects import Dialect
from chatpaper.outputs.kept import Page
from chatpaper.periods import (
    Line,
    Listing,
    Place,
    Review,
    ShownReview,
    StandingReview,
    shown_review,
    standing_reviews,
)
from chatpaper.text import short_hash

Address = Callable[[Place], str]  # of a page of ours
# Python-Markdown ends an item at a line that is not indented so far.
_INDENT = "    "


def period_pages(
    settings: OutputConfig,
    path: Callable[[Review], str],
    text: Callable[[StandingReview, ShownReview], str],
) -> Iterator[Page]:
    """A page of every period's post.

    Args:
        settings: Say where the posts are.
        path: Of a page, below the folder of its format.
        text: Makes it.
    """
    chosen = "\n".join([__version__, settings.digest_title, settings.timezone])
    for standing in standing_reviews(settings.dir):
        shown = shown_review(standing.review, settings.digest_title)

        def written(of: StandingReview = standing, as_: ShownReview = shown) -> str:
            return text(of, as_)

        yield Page(
            path=path(standing.review),
            made_from=short_hash(f"{chosen}\n{standing.sha}", digits=64),
            text=written,
            pictures={},
        )


def period_blocks(shown: ShownReview, to: Dialect, address: Address) -> Iterator[str]:
    """The blocks below a title.

    Args:
        shown: What the post says.
        to: The dialect.
        address: Where a place is read.
    """
    yield "\n>\n".join(f"> {to.text(line)}" for line in shown.notice)
    for part in shown.parts:
        yield f"## {to.text(part.heading)}"
        yield from map(to.text, part.words)
        for listing in part.lists:
            if listing.label:
                yield f"**{to.text(listing.label)}**"
            yield "\n".join(_items(listing, to, address))


def _items(listing: Listing, to: Dialect, address: Address) -> Iterator[str]:
    for nth, (head, *more) in enumerate(listing.items, listing.first):
        mark = f"{nth}." if listing.first else "-"
        yield f"{mark} {_line(head, to, address)}"
        yield from (f"{_INDENT}- {_line(line, to, address)}" for line in more)


def _line(line: Line, to: Dialect, address: Address) -> str:
    parts = []
    for piece in line:
        words = to.text(piece.text)
        if isinstance(piece.to, Place):
            words = f"[{words}]({quote(address(piece.to), safe='/.#')})"
        elif piece.to:
            words = to.link(piece.text, piece.to)
        elif piece.kind == "mark":
            words = f"**{words}**"
        elif piece.kind == "badge":
            words = f"· {words}"
        parts.append(words)
    return " ".join(parts)
