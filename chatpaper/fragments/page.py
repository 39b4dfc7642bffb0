"""The templates of an entry and of a new version, filled."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from chatpaper.fragments.entry import ShownEntry
from chatpaper.fragments.update import ShownUpdate
from chatpaper.posts import Phrases

if TYPE_CHECKING:
    from jinja2 import Environment

Head = Literal["translated", "original", "none"]
_ENGLISH = Markup(' lang="en"')


def entry_html(
    entry: ShownEntry,
    say: Phrases,
    *,
    head: Head = "translated",
    anchors: bool = False,
    level: int = 3,
    is_open: bool = False,
) -> Markup:
    """An entry as HTML, without its title, script or style.

    Args:
        entry: As `entry_of` gives it.
        say: The fixed words.
        head: Which title stands over authors and facts; `none` leaves them out too.
        anchors: With the claims' own; for a page that shows the paper once.
        level: Of its headings.
        is_open: Whether figures and quotes stand there without a fold.
    """
    how = {"head": head, "anchors": anchors, "level": level, "open": is_open}
    return _filled("entry.html.j2", say, entry=entry, **how)


def update_html(update: ShownUpdate, say: Phrases, *, is_open: bool = True) -> Markup:
    """A new version as HTML, without its title.

    Args:
        update: As `update_of` gives it.
        say: The fixed words.
        is_open: Whether the abstract's changes show without a click.
    """
    return _filled("update.html.j2", say, update=update, open=is_open)


def _filled(name: str, say: Phrases, **shown: object) -> Markup:
    text = _templates().get_template(name).render(say=say, en=_ENGLISH, **shown)
    tidy = re.sub(r"\n{2,}", "\n", text).strip() + "\n"
    return Markup(tidy)  # noqa: S704 - the template has escaped it


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("chatpaper.fragments", "."),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
