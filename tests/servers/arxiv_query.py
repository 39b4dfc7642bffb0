"""The stand-in's own reading of arXiv's query language, apart from the product's.

A query is answered by sets: each term is the set of papers that hold it, and the
operators work on sets, from left to right.

Source: https://info.arxiv.org/help/api/user-manual.html#query_details
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEXER = re.compile(
    r"""\s* (?: (?P<paren>[()])
            | (?P<op>AND\ NOT|ANDNOT|AND|OR)(?=[\s(]|$)
            | (?:(?P<field>ti|abs|au|co|jr|cat|all|id|submittedDate):)?
              (?: (?P<opens>\()
                | "(?P<quoted>[^"]*)"
                | (?P<range>\[\d+\ TO\ \d+\])
                | (?P<bare>[^\s()"\[\]]+) ) )""",
    re.VERBOSE,
)

Indexes = frozenset[int]


class BadQueryError(ValueError):
    """What arXiv answers with HTTP 400."""


@dataclass(frozen=True)
class Texts:
    """What of a paper can be searched: words by field, categories, `YYYYMMDDHHMM`."""

    words: Mapping[str, Sequence[str]]
    categories: Sequence[str]
    submitted: str


def split_words(text: str) -> list[str]:
    """Words in lower case, without accents and plural s."""
    base = unicodedata.normalize("NFD", text.lower())
    letters = "".join(c for c in base if unicodedata.category(c) != "Mn")
    return [
        word.rstrip("s") if len(word) > 3 and not word.endswith("ss") else word
        for word in re.split(r"[^0-9a-z\u0370-\uffff]+", letters)
        if word
    ]


def answer(query: str, papers: Sequence[Texts]) -> Indexes:
    """Indexes of the papers that match.

    Raises:
        BadQueryError: Unbalanced, or an operator without a term.
    """
    lexemes = _lex(query)
    found, at = _group(lexemes, 0, "all", papers)
    if at != len(lexemes):
        raise BadQueryError("unbalanced parentheses")
    return found


def _lex(query: str) -> list[re.Match[str]]:
    lexemes, at = [], 0
    text = query.strip()
    while at < len(text):
        found = LEXER.match(text, at)
        if found is None or found.end() == at:
            raise BadQueryError(f"cannot read {text[at:]!r}")
        lexemes.append(found)
        at = found.end()
    return lexemes


def _group(
    lexemes: list[re.Match[str]], at: int, scope: str, papers: Sequence[Texts]
) -> tuple[Indexes, int]:
    total: Indexes | None = None
    operator = ""
    while at < len(lexemes) and lexemes[at]["paren"] != ")":
        lexeme = lexemes[at]
        at += 1
        if lexeme["op"]:
            if operator or total is None:
                raise BadQueryError("an operator without a term")
            operator = lexeme["op"].replace(" ", "")
            continue
        if lexeme["paren"] or lexeme["opens"]:
            inner = lexeme["field"] or scope
            found, at = _group(lexemes, at, inner, papers)
            if at >= len(lexemes):
                raise BadQueryError("unbalanced parentheses")
            at += 1
        else:
            found = _term(lexeme, scope, papers)
        total = found if total is None else _joined(total, operator, found)
        operator = ""
    if total is None or operator:
        raise BadQueryError("a term is missing")
    return total, at


def _joined(left: Indexes, operator: str, right: Indexes) -> Indexes:
    if operator == "AND":
        return left & right
    return left - right if operator == "ANDNOT" else left | right


def _term(lexeme: re.Match[str], scope: str, papers: Sequence[Texts]) -> Indexes:
    name = lexeme["field"] or scope
    everybody = enumerate(papers)
    if lexeme["range"]:
        start, end = re.findall(r"\d+", lexeme["range"])
        return frozenset(i for i, p in everybody if start <= p.submitted <= end)
    text = lexeme["bare"] if lexeme["quoted"] is None else lexeme["quoted"]
    if name == "cat":
        glob = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
        wanted = re.compile(glob, re.IGNORECASE)
        return frozenset(
            i for i, p in everybody if any(map(wanted.fullmatch, p.categories))
        )
    phrase = f" {' '.join(split_words(text))} "
    return frozenset(
        i
        for i, paper in everybody
        for field, words in paper.words.items()
        if field == name or name == "all"
        if phrase.strip() and phrase in f" {' '.join(words)} "
    )
