"""arXiv's query language, read and answered locally.

Terms are `ti:GAN`, `abs:"diffusion model"`, `cat:cs.*`, `all:(a b)`,
`submittedDate:[202401010000 TO 202402010000]`; they are joined by AND, OR, ANDNOT and
parentheses. As on arXiv's side, words without an operator between them are joined by
OR, case and accents do not matter, and a hyphen separates words. AND and ANDNOT bind
closer than OR; a plural s does not matter.

Source:
    https://info.arxiv.org/help/api/user-manual.html#query_details
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from chatpaper.errors import ConfigError
from chatpaper.records import Paper, Topic
from chatpaper.text import unaccented

Rule = Callable[[Paper], bool]
TEXT_FIELDS = ("ti", "abs", "au", "co", "jr", "id")
FIELDS = (*TEXT_FIELDS, "rn", "cat", "all", "submittedDate")
MAX_DEPTH = 50  # parentheses; the parser recurses

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<range>\[[^\]]*\])|\"(?P<phrase>[^\"]*)\""
    rf"|(?P<field>{'|'.join(FIELDS)}):|(?P<word>[^\s()\"\[\]]+))"
)
_RANGE = re.compile(r"\[\s*(\d{4,12}|\*)\s+TO\s+(\d{4,12}|\*)\s*\]")
_WORDS = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base letter and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss",
     "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)  # fmt: skip
_WORDS_OR_WILDCARDS = re.compile(r"(?:[^\W_]|[*?])+")


@dataclass(frozen=True, slots=True)
class Term:
    """One search term: where it looks, its words, and whether it was quoted."""

    field: str
    words: tuple[str, ...]
    quoted: bool


@dataclass(slots=True)
class Query:
    """A query that was understood.

    Attributes:
        accepts: Whether a paper matches.
        terms: Its search terms, in order.
        unjoined: Bare words that stand beside another term without an operator.
    """

    accepts: Rule
    terms: list[Term] = field(default_factory=list)
    unjoined: list[str] = field(default_factory=list)


@lru_cache(maxsize=256)
def parse_query(text: str) -> Query:
    """Read an arXiv query.

    Raises:
        ValueError: Unbalanced quotes or parentheses, an operator without its operand,
            an empty query.
    """
    return _QueryParser(text).parse()


def refuse_unreadable(topic: Topic) -> None:
    """Check that a topic's queries can be answered locally.

    Raises:
        ConfigError: One that cannot be read; it is named with the reason.
    """
    for text in topic.queries:
        try:
            parse_query(text)
        except ValueError as error:
            raise ConfigError(f"topic {topic.name!r}", f"{text}: {error}") from error


def matches(topic: Topic, paper: Paper) -> bool:
    """Whether a paper is of a topic: one of its queries, and its categories.

    A paper without any category matches whatever categories the topic has.
    """
    in_category = not (topic.categories and paper.categories) or any(
        _has_category(paper.categories, category) for category in topic.categories
    )
    return in_category and (
        not topic.queries or any(parse_query(q).accepts(paper) for q in topic.queries)
    )


def excluding_word(topic: Topic, paper: Paper) -> str | None:
    """The topic's first excluded word that title or abstract holds as a whole word."""
    text = f"{paper.title}\n{paper.abstract}"
    for word in topic.exclude:
        spaced = r"\s+".join(re.escape(part) for part in word.split())
        if spaced and re.search(rf"(?<!\w){spaced}(?!\w)", text, re.IGNORECASE):
            return word
    return None


def why_unwanted(topic: Topic, paper: Paper) -> str:
    """Why a topic does not want a paper that matches it; empty when it does."""
    word = excluding_word(topic, paper)
    if word is not None:
        return f"excluded word {word!r}"
    if topic.primary_only and topic.categories and paper.primary_category:
        home = (paper.primary_category,)
        if not any(_has_category(home, pattern) for pattern in topic.categories):
            return "cross-listed"
    return ""


def plain_letters(text: str) -> str:
    """Text in the letters that arXiv's search knows: Fréchet is Frechet, ø is o."""
    return unaccented(text.translate(_PLAIN))


class _QueryParser:
    def __init__(self, text: str) -> None:
        self.query = Query(accepts=_never)
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def parse(self) -> Query:
        self.query.accepts = self._either("all")
        if self._kind() == "close":
            raise ValueError("a closing parenthesis without an opening one")
        return self.query

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _is_operator(self, *names: str) -> bool:
        kind, text = self._tokens[self._at]
        return kind == "word" and text in names

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _either(self, scope: str) -> Rule:
        rules = [self._both(scope)]
        while self._kind() not in ("end", "close"):
            if self._is_operator("OR"):
                self._next()
            elif self._kind() in ("word", "phrase"):
                self.query.unjoined.append(self._tokens[self._at][1])
            rules.append(self._both(scope))
        return rules[0] if len(rules) == 1 else lambda p: any(r(p) for r in rules)

    def _both(self, scope: str) -> Rule:
        rules = [self._unit(scope)]
        while self._is_operator("AND", "ANDNOT"):
            negated = self._next() == "ANDNOT"
            rule = self._unit(scope)
            rules.append(_not(rule) if negated else rule)
        return rules[0] if len(rules) == 1 else lambda p: all(r(p) for r in rules)

    def _unit(self, scope: str) -> Rule:
        while self._kind() == "field":
            scope = self._next()
        kind = self._kind()
        if kind in ("end", "close") or self._is_operator("AND", "OR", "ANDNOT"):
            raise ValueError("an operator or field without a term, or an empty query")
        text = self._next()
        if kind == "open":
            return self._group(scope)
        if kind == "range" or scope == "submittedDate":
            return _submitted(text)
        return self._term(scope, text, quoted=kind == "phrase")

    def _group(self, scope: str) -> Rule:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError(f"parentheses are nested over {MAX_DEPTH} deep")
        rule = self._either(scope)
        if self._kind() != "close":
            raise ValueError("an opening parenthesis without a closing one")
        self._next()
        self._depth -= 1
        return rule

    def _term(self, scope: str, text: str, *, quoted: bool) -> Rule:
        if scope == "cat":
            self.query.terms.append(Term(scope, (text,), quoted))
            return lambda paper: _has_category(paper.categories, text)
        pattern = _WORDS if quoted else _WORDS_OR_WILDCARDS
        words = tuple(pattern.findall(_searched(text)))
        self.query.terms.append(Term(scope, words, quoted))
        stems = tuple(map(_stem, words))
        fields = TEXT_FIELDS if scope == "all" else (scope,)
        return lambda paper: any(_has(paper, name, stems) for name in fields)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"a quote or bracket that is not closed: {text[at:]!r}")
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        at = found.end()
    return [*tokens, ("end", "")]


def _not(rule: Rule) -> Rule:
    return lambda paper: not rule(paper)


def _never(_: Paper) -> bool:
    return False


def _submitted(text: str) -> Rule:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"a date range like [202401010000 TO 202402010000]: {text!r}")
    start, end = found[1].strip("*").ljust(12, "0"), found[2].strip("*").ljust(12, "9")

    def is_between(paper: Paper) -> bool:
        moment = paper.published
        return moment is not None and start <= f"{moment:%Y%m%d%H%M}" <= end

    return is_between


def _has_category(categories: Iterable[str], pattern: str) -> bool:
    return any(fnmatchcase(c.lower(), pattern.lower()) for c in categories)


def _has(paper: Paper, name: str, stems: tuple[str, ...]) -> bool:
    if not stems:
        return False
    words = _words_of(paper, name)
    span = len(stems)
    return any(
        all(map(_fits, words[at : at + span], stems))
        for at in range(len(words) - span + 1)
    )


def _fits(word: str, stem: str) -> bool:
    return fnmatchcase(word, stem) if "*" in stem or "?" in stem else word == stem


@lru_cache(maxsize=8)
def _words_of(paper: Paper, name: str) -> tuple[str, ...]:
    text: dict[str, str | None] = {
        "ti": paper.title,
        "abs": paper.abstract,
        # A word between the authors keeps a phrase from spanning two of them.
        "au": " | x0 | ".join(paper.authors),
        "co": paper.comment,
        "jr": paper.journal_ref,
        "id": paper.id,
    }
    return tuple(
        _stem(word) for word in _WORDS.findall(_searched(text.get(name) or ""))
    )


def _searched(text: str) -> str:
    return plain_letters(text).casefold()


def _stem(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
