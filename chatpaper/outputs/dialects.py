"""Foreign text as Markdown for readers other than Hexo, without any HTML of ours.

The posts keep a formula from a lone dollar by an element, and a tag from Nunjucks by a
comment. Elsewhere HTML is dropped (Hugo, GitHub) or the Markdown in it is not read
(MkDocs), so two other spellings take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chatpaper.posts import clean, safe_url, tip
from chatpaper.text import harmless_formulas

# What means something to one of CommonMark, GitHub, goldmark with Hugo's shortcodes
# and typography, python-markdown with the extensions of MkDocs, or Obsidian.
_ANYWHERE = (
    r"[`*_\[\]<>&~#|{}^$]"
    r"|%(?=%)|(?<=[%<])%"  # comments of Obsidian; commands of its Templater
    r"|=(?==)|(?<==)="  # Obsidian marks what stands between `==`
    r"|(?<=[wW]{3})\.|:(?=//)"  # bare addresses
    r"|:(?=[A-Za-z0-9_+-]+:)|:(?=:)|(?<=:):"  # emoji; fields of Dataview
)
_TYPOGRAPHY = r"|['\"@]|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)"
# Where a line begins: a list, a rule, a heading's underline.
_START = re.compile(r"^(?:(\d{1,9})([.)])(?=\s|$)|([-+=:]))")
_IN_FORMULA = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that Markdown would eat
    r"|(?<![A-Za-z0-9])_"  # only these can open emphasis
    r"|[*`<>~'\"@\[\]|]|&(?=[#A-Za-z0-9])|\{(?=[{%<])"
    r"|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)|:(?=//)|(?<=[wW]{3})\."
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\()\[\]{}]*[\w/=&#~-]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of reader is written for.

    Attributes:
        name: Of the dialect.
        special: What is spelled out in prose.
        spell: How.
        formula: Writes a formula, its dollars included, before the given text; None
            when this reader would not take it for one.
    """

    name: str
    special: re.Pattern[str]
    spell: Callable[[str], str]
    formula: Callable[[str, str], str | None]

    def text(self, words: str, *, links: bool = False) -> str:
        """Words that are shown as they are, on one line.

        Args:
            words: Anything; a harmless `$formula$` stays one.
            links: Whether http(s) addresses become links; for text from arXiv only.
        """
        prose = self._linked if links else self._prose
        parts = []
        for part, is_formula, after in _parts(clean(words)):
            written = self.formula(part, after) if is_formula else None
            parts.append(prose(part) if written is None else written)
        return _START.sub(self._start, "".join(parts))

    def link(self, words: str, url: str | None, *, title: str = "") -> str:
        """A link, or the words alone when the address is not http(s).

        Args:
            words: Shown.
            url: Where to.
            title: Shown on hover.
        """
        target, shown = _address(url), self.text(words)
        if target is None:
            return shown
        on_hover = self._prose(tip(title))
        return f'[{shown}]({target} "{on_hover}")' if title else f"[{shown}]({target})"

    def _prose(self, words: str) -> str:
        return self.special.sub(lambda found: self.spell(found[0]), words)

    def _linked(self, words: str) -> str:
        done, parts = 0, []
        for found in _ADDRESS.finditer(words):
            if _address(found[0]) == found[0]:
                parts += [self._prose(words[done : found.start()]), f"<{found[0]}>"]
                done = found.end()
        return "".join([*parts, self._prose(words[done:])])

    def _start(self, found: re.Match[str]) -> str:
        number, stop, sign = found.groups()
        return f"{number}{self.spell(stop)}" if number else self.spell(sign)


def _address(url: str | None) -> str | None:
    """As `safe_url`; a lone percent sign is spelled out, since Obsidian pairs them."""
    target = safe_url(url)
    return _LONE_PERCENT.sub("%25", target) if target else None


def _parts(text: str) -> Iterator[tuple[str, bool, str]]:
    """Prose and formulas in turn, each with whether it is one, and what follows."""
    done = 0
    for found in harmless_formulas(text):
        yield text[done : found.start], False, ""
        yield text[found.start : found.end], True, text[found.end :]
        done = found.end
    yield text[done:], False, ""


# --------------------------------------------------------------------------------------
# Character references: whatever reads Markdown shows them, and none acts on them.
# Backslashes would not do: python-markdown knows fewer of them than CommonMark.


def _reference(sign: str) -> str:
    # On GitHub, and where MathJax pairs them, two dollars would make a formula.
    return "＄" if sign == "$" else f"&#{ord(sign)};"


def _referenced(formula: str, _after: str) -> str:
    return _IN_FORMULA.sub(lambda found: _reference(found[0]), formula)


PAGES = Dialect(
    name="pages",
    special=re.compile(_ANYWHERE + _TYPOGRAPHY),
    spell=_reference,
    formula=_referenced,
)


# --------------------------------------------------------------------------------------
# Obsidian: its editor shows references as they are typed, and hides backslashes. What
# stands between dollars it reads before all Markdown.

_HUGGED = re.compile(r"(\${1,2})(?!\s)[^`]*(?<!\s)\1")


def _escaped(sign: str) -> str:
    return f"\\{sign}"


def _typed(formula: str, after: str) -> str | None:
    whole = _HUGGED.fullmatch(formula) and not after[:1].isdecimal()
    acts = re.search(r"<%|\[\[|\[\^|\\\$+\Z", formula)
    return formula if whole and not acts else None


OBSIDIAN = Dialect(
    name="obsidian",
    special=re.compile(_ANYWHERE),
    spell=_escaped,
    formula=_typed,
)
