"""Whether a paper's record says that the paper was withdrawn."""

from __future__ import annotations

import re

_PAPER = (
    r"(?:paper|article|manuscript|preprint|submission|work|note|report|letter|version)"
)
_WHO = r"(?:\s+(?:has|have)(?:\s+\w+)?\s+been|\s+(?:is|was|had\s+been)(?:\s+\w+)?)"
# Withdrawn from a journal or a conference, a paper still stands on arXiv.
_ELSEWHERE = r"(?!\s+from\s+(?!(?:the\s+)?arxiv\b))"
_SAID = re.compile(
    rf"\b(?:this|the|our)\s+(?:\w+\s+)?{_PAPER}{_WHO}\s+withdrawn\b{_ELSEWHERE}",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"^\W*(?:{_PAPER}\s+)?(?:temporarily\s+)?withdrawn\b{_ELSEWHERE}"
    rf"|\barxiv\s+admin(?:istrators?)?\b.{{0,40}}\bwithdrawn\b"
    rf"|\bwithdrawn\s+(?:by|due|because|at\s+the\s+request)\b"
    rf"|\b(?:has|have)\s+withdrawn\s+(?:this|the|our)\s+{_PAPER}\b{_ELSEWHERE}",
    re.IGNORECASE,
)


def says_withdrawn(comment: str, abstract: str) -> bool:
    """Whether arXiv's record of a version says that the paper was withdrawn.

    arXiv has no field for it: the reason stands in the comment, and often all of the
    abstract is a sentence about it. An abstract that goes on about something else may
    speak of other papers.

    Args:
        comment: arXiv's comment; empty without one.
        abstract: Of the same version.
    """
    if _BARE.search(comment) or _SAID.search(comment):
        return True
    found = _SAID.match(abstract.lstrip()) or _BARE.match(abstract.lstrip())
    return found is not None
