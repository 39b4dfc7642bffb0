"""BibTeX, as arXiv's own export has it: `@misc` with `eprint` and `primaryclass`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from chatpaper.citations.keys import keys_of
from chatpaper.citations.names import Name, names_of
from chatpaper.records import Paper
from chatpaper.text import harmless_formulas, one_line

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

_UNSAFE_IN_ADDRESS = re.compile(r"[\s{}\\%]")


def to_bibtex(papers: Sequence[Paper]) -> str:
    """One entry a paper, in ASCII but for scripts that LaTeX has no macros for.

    Nothing in a paper's words is a command to TeX: what is one is spelled out. Formulas
    stay, where a reader would see one.

    Args:
        papers: In the order of the entries; each versioned id once.
    """
    keyed = zip(keys_of(papers), papers, strict=True)
    return "\n".join(_entry(key, paper) for key, paper in keyed)


def _entry(key: str, paper: Paper) -> str:
    lines = (f"  {name} = {{{value}}},\n" for name, value in _fields(paper) if value)
    return f"@misc{{{key},\n{''.join(lines)}}}\n"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", title_in_tex(paper.title) or _tex(paper.versioned_id)
    yield "author", " and ".join(_name(name) for name in names_of(paper))
    if paper.published:
        yield "year", str(paper.published.year)
        yield "month", str(paper.published.month)
    if paper.source == "arxiv":
        yield "eprint", _tex(paper.id)
        yield "archiveprefix", "arXiv"
        yield "primaryclass", _tex(paper.primary_category)
    yield "doi", _address(paper.doi)
    yield "note", _tex(paper.journal_ref or "")
    yield "url", _address(paper.abs_url)


def _name(name: Name) -> str:
    parts = (name.family, name.suffix, name.given)
    if not name.given:
        # In braces of its own, lest its words count as first and last names.
        return f"{{{_tex(name.family)}}}"
    return ", ".join(_tex(part) for part in parts if part)


def title_in_tex(title: str) -> str:
    """A title whose names keep their capitals: `{GANs} for {NeRF}`, for example."""
    title, parts, done = one_line(title), [], 0
    for formula in harmless_formulas(title):
        parts += [_words(title[done : formula.start]), f"{{${formula.body}$}}"]
        done = formula.end
    return "".join([*parts, _words(title[done:])]).strip()


def _words(text: str) -> str:
    """Words with a capital behind their first letter stand in braces.

    Styles write titles in small letters, but for what stands there.
    """
    return "".join(
        f"{{{_encoded(part)}}}" if any(map(str.isupper, part[1:])) else _encoded(part)
        for part in re.split(r"(\s+|[-–—:/]+)", text)
    )


def _tex(text: str) -> str:
    return _encoded(one_line(text))


def _encoded(text: str) -> str:
    encoded: str = _encoder().unicode_to_latex(text)
    return encoded


def _address(text: str | None) -> str:
    """A URL or DOI; those are not for TeX, so one with signs of TeX's is left out."""
    line = one_line(text or "")
    return "" if _UNSAFE_IN_ADDRESS.search(line) else line


# BibTeX counts braces, whether a backslash stands before them or not.
_BRACES = {ord("{"): r"\textbraceleft", ord("}"): r"\textbraceright"}


@cache
def _encoder() -> UnicodeToLatexEncoder:
    from pylatexenc.latexencode import (
        RULE_DICT,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
    )

    return UnicodeToLatexEncoder(
        conversion_rules=[
            UnicodeToLatexConversionRule(RULE_DICT, _BRACES),
            "defaults",
        ],
        unknown_char_policy="keep",
        unknown_char_warning=False,
        replacement_latex_protection="braces-all",
    )
