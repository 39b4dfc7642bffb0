"""An author's name in the parts that reference managers ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatpaper.records import Paper
from chatpaper.text import one_line

# Names of groups, and two people whom nobody told apart.
_NOT_ONE = re.compile(
    r"(?i)\b(?:collaborations?|consortium|team|group|project|community|et al|and)\b"
)
_SUFFIX = re.compile(r"(?i)(?:jr|sr)\.?|I{2,3}|IV|VI{0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One author.

    Attributes:
        family: With its particles (`van der Berg`); the whole of a name that cannot
            be taken apart, and of a group of people.
        given: Empty for those.
        suffix: `Jr.`, `III`.
    """

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def sorted(self) -> str:
        """As lists are sorted: `van Veen, Jan, Jr.`."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


def names_of(paper: Paper) -> tuple[Name, ...]:
    """The authors of a paper, in printed order."""
    return tuple(parse_name(author) for author in paper.authors if one_line(author))


def parse_name(printed: str) -> Name:
    """A name as arXiv prints it: `Jan van Veen`, `A. Roe, Jr.`; or `Roe, A.`."""
    whole = one_line(printed)
    front, comma, back = (part.strip() for part in whole.partition(","))
    if comma and not _SUFFIX.fullmatch(back):
        # Turned round already; with a second comma, nobody knows.
        turned = back and "," not in back
        return Name(family=front, given=back) if turned else Name(family=whole)
    words, suffix = front.split(), back
    if not suffix and len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    if len(words) < 2 or _NOT_ONE.search(front):
        return Name(family=whole)
    # Lower-case words before the last are particles of the family name.
    start = len(words) - 1
    while start > 1 and words[start - 1][0].islower():
        start -= 1
    family, given = " ".join(words[start:]), " ".join(words[:start])
    return Name(family=family, given=given, suffix=suffix)
