"""The reply's schema, and what of a reply can be read as a summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatpaper import records
from chatpaper.models import NoObject, read_object
from chatpaper.records import (
    FIELDS,
    MAX_QUOTES,
    TRANSLATION,
    Claim,
    Document,
    Section,
    Summary,
    Table,
)
from chatpaper.text import han_punctuation, one_line

# --------------------------------------------------------------------------------------
# The reply a model must give, and what is usable of the one it gave.

# Two that every reply must have; the paper may have nothing to say for the others.
NEEDED: tuple[records.Field, ...] = ("abstract", "points")
MAX_TEXT_CHARS = 600
MAX_QUOTE_CHARS = 1000
# arXiv's abstracts have at most 1,920 characters, which are some 800 of Chinese.
MAX_TRANSLATION_CHARS = 1500


class StrictModel(BaseModel):
    """A piece of a reply: exactly its own keys, and errors that quote no reply."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Quote = Annotated[str, Field(min_length=1, max_length=MAX_QUOTE_CHARS)]
Quotes = Annotated[list[Quote], Field(min_length=1, max_length=MAX_QUOTES)]


class ReplyClaim(StrictModel):
    """The words of the paper, and the statement that rests on them: in this order."""

    evidence: Quotes
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARS)]


_One = Annotated[list[ReplyClaim], Field(max_length=1)]
_UpTo2 = Annotated[list[ReplyClaim], Field(max_length=2)]
_UpTo3 = Annotated[list[ReplyClaim], Field(max_length=3)]
_Word = Annotated[str, Field(min_length=1, max_length=80)]


class Reply(StrictModel):
    """What a model says of one paper, version 2; fields as in `records.FIELDS`."""

    title: Annotated[str, Field(max_length=400)]
    abstract: ReplyClaim
    points: Annotated[list[ReplyClaim], Field(min_length=3, max_length=5)]
    background: _One
    prior_work: _One
    approach: _UpTo2
    method: Annotated[list[ReplyClaim], Field(max_length=6)]
    results: _UpTo3
    significance: _One
    limitations: _UpTo2
    keywords: Annotated[list[_Word], Field(max_length=8)]


class TranslatedReply(Reply):
    """A reply with a translation of the paper's abstract, where that is asked for."""

    translation: Annotated[str, Field(min_length=1, max_length=MAX_TRANSLATION_CHARS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSummary:
    """What is usable of a reply.

    Attributes:
        summary: The good claims.
        faults: What was wrong, in English, never in the reply's own words.
        whole: Whether the JSON was read to its end.
    """

    summary: Summary
    faults: tuple[str, ...] = ()
    whole: bool = True

    @property
    def usable(self) -> bool:
        """Whether there is enough to show: the one-sentence abstract and points."""
        return all(self.summary.of(name) for name in NEEDED)


def parse_reply(text: str) -> ParsedSummary:
    """Read a reply; a fault in one field costs only that field.

    Fences and words around the JSON object are tolerated, and so is an object
    that breaks off: its last, broken part is dropped.
    """
    try:
        found = read_object(text, keys=Reply.model_fields)
    except NoObject as error:
        nothing = Summary(missing=FIELDS)
        return ParsedSummary(summary=nothing, faults=(str(error),), whole=False)
    data = found.value
    faults: tuple[str, ...] = ()
    expected = TranslatedReply if TRANSLATION in data else Reply
    try:
        expected.model_validate(data)
    except ValidationError as error:
        faults = tuple(dict.fromkeys(map(_fault, error.errors(include_url=False))))
    claims = tuple(
        claim for name in FIELDS for claim in claims_of(name, data.get(name))
    )
    title, words = data.get("title"), data.get("keywords")
    present = {claim.field for claim in claims}
    return ParsedSummary(
        summary=Summary(
            title=readable(title)
            if isinstance(title, str) and len(title) <= 400
            else "",
            keywords=_keywords(words if isinstance(words, list) else []),
            claims=(*claims, *_translation(data.get(TRANSLATION))),
            missing=tuple(
                name
                for name in FIELDS
                if name not in present and (name in NEEDED or data.get(name) != [])
            ),
        ),
        faults=faults,
        whole="cut short" not in found.mends,
    )


def readable(text: str) -> str:
    """A model's words for readers, on one line."""
    return han_punctuation(one_line(text, compose=True))


def quotes_of(value: Any) -> list[str]:
    """The usable quotes of a claim's evidence: a list of them, or a single one."""
    items = value if isinstance(value, list) else [value]
    quotes = (one_line(item, compose=True) for item in items if isinstance(item, str))
    short = (quote for quote in quotes if 0 < len(quote) <= MAX_QUOTE_CHARS)
    return list(dict.fromkeys(short))[:MAX_QUOTES]


def _fault(error: Any) -> str:
    where = ".".join(
        str(part) if isinstance(part, str) else str(part + 1) for part in error["loc"]
    )
    known = where.partition(".")[0] in TranslatedReply.model_fields
    return f"{where}: {error['msg']}" if known else "an unknown key"


def claims_of(name: records.Field, value: Any) -> list[Claim]:
    """The good claims of a field, no more than the schema allows."""
    good = []
    for item in value if isinstance(value, list) else [value]:
        text = item.get("text") if isinstance(item, Mapping) else None
        text = readable(text) if isinstance(text, str) else ""
        quotes = quotes_of(item.get("evidence")) if text else []
        if quotes and len(text) <= MAX_TEXT_CHARS:
            good.append(Claim(field=name, text=text, evidence=tuple(quotes)))
    return good[: _most(name)]


def _translation(value: Any) -> Iterator[Claim]:
    """The translation; it quotes nothing, so that its evidence is for others to add."""
    text = readable(value) if isinstance(value, str) else ""
    if 0 < len(text) <= MAX_TRANSLATION_CHARS:
        yield Claim(field=TRANSLATION, text=text)


def _most(name: str) -> int:
    limits = (getattr(part, "max_length", None) for part in _limits(name))
    return next((limit for limit in limits if limit is not None), 1)


def _limits(name: str) -> Iterable[Any]:
    field = Reply.model_fields[name]
    return (*field.metadata, *get_args(field.annotation))


def _keywords(words: Sequence[Any]) -> tuple[str, ...]:
    short = (
        one_line(word, compose=True)[:80] for word in words[:8] if isinstance(word, str)
    )
    return tuple(dict.fromkeys(filter(None, short)))


# --------------------------------------------------------------------------------------
# What a model gets beside the sections: captions, tables, notes and appendices.

_NUMBER = r"(?:[A-Z]{1,2}[.\-]?)?\d+(?:[.\-]\d+)*[a-z]?|[IVXL]+\b"
_MENTION = re.compile(
    rf"\btab(?:les?|s?\.)\s*((?:{_NUMBER})(?:(?:\s*(?:,|&|and|to|[-–—])\s*)+(?:{_NUMBER}))*)",
    re.IGNORECASE,
)
_ONE = re.compile(_NUMBER, re.IGNORECASE)


def table_block(table: Table) -> str:
    """Label and caption, the cells as Markdown, and the notes."""
    title = f"{table.label}: {table.caption}".strip(": ")
    return "\n\n".join(filter(None, (title, table.to_markdown(), table.notes)))


def first_mention(table: Table, sections: Sequence[Section]) -> int | None:
    """Index of the first section that speaks of a table, None when none does."""
    found = _ONE.findall(table.label)
    if not found:
        return None
    number = found[-1].casefold()
    for at, section in enumerate(sections):
        for mention in _MENTION.finditer(section.text):
            if number in map(str.casefold, _ONE.findall(mention[1])):
                return at
    return None


def heading_of(section: Section) -> str:
    """Heading of a section as Markdown, empty when it has none."""
    words = " ".join(filter(None, (section.number, section.title)))
    return f"{'#' * min(section.level + 1, 6)} {words}" if words else ""


def block_of(section: Section) -> str:
    """A section's heading and its text, without thanks at its end."""
    text = _THANKS.sub("", section.text.strip())
    return f"{heading_of(section)}\n{text}".rstrip("\n")


_CONTENTS = re.compile(r"(?:table of )?contents|目录", re.IGNORECASE)
# Thanks without a heading of their own, in the last paragraph of a section.
_THANKS = re.compile(
    r"(?:\A|\n\n)Acknowledge?ments?\b"
    r"(?=[^\n]*\b(?:thank|grateful|gratitude|support|fund|grant))[^\n]*\s*\Z"
)


def with_text(sections: Sequence[Section]) -> list[Section]:
    """Sections that say something, and the headings that others stand under.

    "Methods" with nothing but subsections has no text of its own. A list of contents
    says nothing that the headings do not.
    """
    kept: list[Section] = []
    for section in reversed(sections):
        if _CONTENTS.fullmatch(section.title):
            continue
        under = bool(kept) and kept[-1].level > section.level
        if section.text.strip() or (section.title and under):
            kept.append(section)
    return kept[::-1]


@dataclass(slots=True)
class _Room:
    chars: int

    def takes(self, block: str) -> bool:
        """Whether a block fits; if so, its characters are gone."""
        fits = len(block) <= self.chars
        self.chars -= len(block) if fits else 0
        return fits


def with_extras(
    document: Document, body: Sequence[Section], texts: Sequence[str], chars: int
) -> list[str]:
    """Put beside the sections what else fits, the most telling first.

    Args:
        document: Of the paper.
        body: Sections that are sent.
        texts: Of these, as they are sent.
        chars: What these may have.

    Returns:
        Blocks in the order in which they are sent.
    """
    room = _Room(chars)
    fits = room.takes(_captions(document, ()))
    shown = [table for table in document.tables if room.takes(table_block(table))]
    cells = "" if document.tables else _passages(document, "# Tables", "table")
    notes = _passages(document, "# Notes", "footnote")
    others = [block for block in (cells, notes) if block and room.takes(block)]
    behind = [section for section in document.sections if section.kind == "appendix"]
    appendices = [s for s in with_text(behind) if room.takes(block_of(s))]
    named = [(table, first_mention(table, [*body, *appendices])) for table in shown]
    blocks = [*texts, *map(block_of, appendices)]
    blocks = [
        "\n\n".join([text, *[table_block(t) for t, home in named if home == at]])
        for at, text in enumerate(blocks)
    ]
    homeless = [table_block(table) for table, home in named if home is None]
    between = [
        _captions(document, shown) if fits else "",
        "\n\n".join(["# Tables", *homeless]) if homeless else "",
        *others,
    ]
    return [*blocks[: len(texts)], *filter(None, between), *blocks[len(texts) :]]


def _captions(document: Document, shown: Sequence[Table]) -> str:
    """Captions of figures, and of the tables that are not shown."""
    done = {(table.label, table.page) for table in shown}
    captions = [
        f"{f.label}: {f.caption}".strip(": ")
        for f in document.figures
        if (f.label, f.page) not in done
    ]
    if not document.figures:
        return _passages(document, "# Captions", "caption")
    return "\n".join(["# Captions", *captions]) if captions else ""


def _passages(document: Document, head: str, kind: str) -> str:
    texts = [p.text.strip() for p in document.passages if p.kind == kind]
    return "\n".join([head, *texts]) if texts else ""
