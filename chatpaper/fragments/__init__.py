"""One paper as a safe piece of HTML, for feeds and pages.

What is shown is what the post shows: the same claims with the same marks. Foreign words
are escaped, formulas are MathML; there is no script, no style and no foreign picture.
"""

from chatpaper.fragments.entry import (
    PictureUrl,
    ShownClaim,
    ShownEntry,
    entry_of,
    shown_claim,
)
from chatpaper.fragments.mathml import mathml_of
from chatpaper.fragments.page import entry_html, update_html
from chatpaper.fragments.period import review_html
from chatpaper.fragments.update import update_of
from chatpaper.fragments.words import html_of, html_of_markdown

__all__ = [
    "PictureUrl",
    "ShownClaim",
    "ShownEntry",
    "entry_html",
    "entry_of",
    "html_of",
    "html_of_markdown",
    "mathml_of",
    "review_html",
    "shown_claim",
    "update_html",
    "update_of",
]
