"""Digital object identifiers, by their form alone."""

from __future__ import annotations

import re

# Crossref's own form, and the signs of those that publishers made before 2008:
# https://www.crossref.org/blog/dois-and-matching-regular-expressions/
_DOI = re.compile(
    r"(?!.*/\.{1,2}(?:/|$))10(?:\.[0-9]+)+/[A-Za-z0-9._;()/:<>\[\]+#&=,-]+"
)
_PREFIX = re.compile(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:)")


def is_doi(text: str) -> bool:
    """Whether a text has the form of a DOI and nothing else in it."""
    return _DOI.fullmatch(text) is not None


def read_doi(text: str) -> str | None:
    """The first DOI of a field that should hold one; None without any."""
    words = (_PREFIX.sub("", word).rstrip(".,;") for word in text.split())
    return next(filter(is_doi, words), None)
