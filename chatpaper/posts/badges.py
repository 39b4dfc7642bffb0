"""What a paper is, at a glance and by its source's own words: venue, code, survey."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest, Paper, Update
from chatpaper.text import one_line, says_withdrawn

_NAMES = (
    r"3DV|AAAI|ACCV|ACL|ACM ?(?:MM|Multimedia)|AISTATS|BMVC|CHI|CIKM|COLING|COLT|CoRL"
    r"|CVPR|EACL|ECAI|ECCV|ECIR|ECML|EMNLP|GCPR|ICASSP|ICCV|ICDAR|ICDE|ICDM|ICIP|ICLR"
    r"|ICML|ICPR|ICRA|IJCAI|IJCNN|INTERSPEECH|IPMI|IROS|ISBI|KDD|MICCAI|MIDL|MLSys"
    r"|NAACL|NeurIPS|NIPS|OSDI|RecSys|SIGGRAPH(?: Asia)?|SIGIR|SIGMOD|TMLR|UAI|VLDB"
    r"|WACV|WSDM"
)
_VENUE = re.compile(
    rf"(?i)\b(?P<name>{_NAMES})[\s),'’`-]*(?P<year>(?:19|20)\d\d|(?<!\d)\d\d)(?!\d)"
)
_SPELLED = {name.casefold(): name for name in _NAMES.split("|")} | {
    "siggraph": "SIGGRAPH",
    "siggraph asia": "SIGGRAPH Asia",
    "interspeech": "Interspeech",
    "acm mm": "ACM MM",
    "acmmm": "ACM MM",
    "acm multimedia": "ACM MM",
}
# Not there yet, or another paper was.
_ELSEWHERE = re.compile(
    r"(?i)submi|under (?:double.blind )?(?:peer.)?review|reject|in review|exten[ds]"
    r"|based on|previous|earlier|prelim|withdrawn|style|template|format"
)
_WORKSHOP = re.compile(r"(?i)workshop|tutorial|challenge|brats|wordplay|\bMIG\b")
_SURVEY = re.compile(
    r"(?i)\b(?:survey|systematic review|literature review|comprehensive review"
    r"|a review|review of|overview of|tutorial|primer)\b"
)
# "X: A Dataset for ...", but no "Dataset Distillation".
_DATA = re.compile(
    r"(?i)(?:^|[:.?] )(?:(?:an?|the) (?:[^:]*? )?)?(?:data ?set|benchmark|corpus)\b"
    r"(?! (?:abuse|condensation|distillation|generation|pruning|selection))"
)
# What means nothing between backticks, to Markdown, Nunjucks or MathJax.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,.()+/…-]|:(?= ))+")
MAX_COLUMNS = 16


def badges_of(digest: Digest, say: Phrases) -> tuple[str, ...]:
    """Short words on what a paper is; none is from a model.

    The venue is named only where arXiv's comment or journal reference says that the
    paper is there, with its year.
    """
    paper = digest.paper
    title = one_line(paper.title)
    found = (
        say.withdrawn_badge if _is_withdrawn(digest) else "",
        venue_of(paper),
        say.code if digest.code_url else "",
        say.survey if _SURVEY.search(title) else "",
        say.data if _DATA.search(title) else "",
    )
    return tuple(filter(None, found))


def _is_withdrawn(digest: Digest) -> bool:
    paper = digest.paper
    said = says_withdrawn(paper.comment or "", paper.abstract)
    return said or digest.withdrawn_on is not None


def badges_elsewhere(of: Digest | Update, say: Phrases) -> tuple[str, ...]:
    """Of a line that leads to another topic's post: the others stand there."""
    if isinstance(of, Update):
        return (say.updated,)
    return (say.withdrawn_badge,) if _is_withdrawn(of) else ()


def overview_badges(digest: Digest, say: Phrases, *, is_short: bool) -> tuple[str, ...]:
    """The same, and at last why the paper is relevant.

    Args:
        digest: The paper's.
        say: The fixed words.
        is_short: Say the last one in a word, for a list that is long already.
    """
    near = _near(digest, say, is_short=is_short)
    return (*badges_of(digest, say), near) if near else badges_of(digest, say)


def _near(digest: Digest, say: Phrases, *, is_short: bool) -> str:
    """The first thing that the paper is near to, in a few words; empty without one.

    A followed author is not named, since the names stand in the entry. Of an interest's
    words stand so many as fit, and none if a badge cannot hold their signs.
    """
    if digest.relevance is None or not digest.relevance.near:
        return ""
    first = digest.relevance.near[0]
    if first.kind == "author":
        return say.near_author_short if is_short else say.near_author
    if is_short:
        return say.near_short
    words = _cut(one_line(first.words))
    return (
        say.near_words.format(words=words) if _PLAIN.fullmatch(words) else say.near_any
    )


def _cut(words: str) -> str:
    """As much as fits, a wide sign counted as two."""
    columns = 0
    for place, char in enumerate(words):
        columns += 2 if east_asian_width(char) in "WF" else 1
        if columns > MAX_COLUMNS:
            return f"{words[:place].rstrip()}…"
    return words


def venue_of(paper: Paper) -> str:
    """`CVPR 2026`, or empty."""
    for text in (paper.journal_ref, paper.comment):
        words = one_line(text or "")
        match = _VENUE.search(words)
        if match and not _ELSEWHERE.search(words) and not _WORKSHOP.search(words):
            name = " ".join(match["name"].split()).casefold()
            year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
            return f"{_SPELLED.get(name, match['name'])} {year}"
    return ""
