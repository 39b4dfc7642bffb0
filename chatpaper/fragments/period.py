"""A period's post as a safe piece of HTML."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from chatpaper.fragments.words import html_of
from chatpaper.periods import Line, Listing, Place, ShownReview
from chatpaper.posts import safe_url

PlaceUrl = Callable[[Place], str | None]


def review_html(shown: ShownReview, place_url: PlaceUrl, *, level: int = 2) -> Markup:
    """The parts of a period's post, then its notice.

    Args:
        shown: What it says.
        place_url: Where an entry or a statement is read, an address of our own; None
            where it is nowhere.
        level: Of the headings.
    """
    blocks = []
    for part in shown.parts:
        blocks.append(Markup("<h{0}>{1}</h{0}>").format(level, part.heading))
        blocks += [Markup("<p>{}</p>").format(html_of(words)) for words in part.words]
        for listing in part.lists:
            if listing.label:
                label = Markup("<p><strong>{}</strong></p>")
                blocks.append(label.format(listing.label))
            blocks.append(_list(listing, place_url))
    lines = [Markup("<p>{}</p>").format(html_of(line)) for line in shown.notice]
    notice = Markup('<div class="notice">{}</div>').format(Markup("\n").join(lines))
    return Markup("\n").join([*blocks, notice])


def _list(listing: Listing, place_url: PlaceUrl) -> Markup:
    items = []
    for item in listing.items:
        lines = [_line(line, place_url) for line in item]
        if len(lines) > 1:  # the last has the facts
            lines[-1] = Markup("<small>{}</small>").format(lines[-1])
        items.append(Markup("<li>{}</li>").format(Markup("<br>").join(lines)))
    inside = Markup("\n").join(items)
    if not listing.first:
        return Markup("<ul>\n{}\n</ul>").format(inside)
    return Markup('<ol start="{}">\n{}\n</ol>').format(listing.first, inside)


def _line(line: Line, place_url: PlaceUrl) -> Markup:
    parts = []
    for piece in line:
        words = html_of(piece.text)
        to = piece.to
        url = place_url(to) if isinstance(to, Place) else safe_url(to)
        if url:
            words = Markup('<a href="{}">{}</a>').format(url, words)
        elif piece.kind == "badge":
            words = Markup("<code>{}</code>").format(escape(piece.text))
        elif piece.kind == "mark":
            words = Markup('<strong class="mark">{}</strong>').format(words)
        parts.append(words)
    return Markup(" ").join(parts)
