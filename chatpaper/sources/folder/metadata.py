"""Papers from a metadata file, one a line: our own fields, or arXiv's snapshot.

Source:
    https://info.arxiv.org/help/bulk_data.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from chatpaper.records import Paper
from chatpaper.sources.authors import names_in
from chatpaper.sources.identifier import abs_url, is_category, parse_id, pdf_url
from chatpaper.text import decode, read_doi

Fields = Mapping[str, object]


def read_lines(path: Path) -> Iterator[Fields | None]:
    """The lines of a metadata file, in order; None for one that names no paper.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                fields = json.loads(line)
            except (ValueError, RecursionError):
                fields = None
            named = isinstance(fields, dict) and all(
                _text(fields.get(name)) for name in ("id", "title")
            )
            yield fields if named else None


def published_of(fields: Fields) -> datetime | None:
    """First submission; read by itself, since most lines are out of the window."""
    made = _versions(fields)
    return _moment(made[0].get("created") if made else fields.get("published"))


def file_of(fields: Fields) -> str | None:
    """The PDF's name, if the metadata gives it."""
    return _text(fields.get("pdf")) or None


def paper_of(fields: Fields, origin: str) -> Paper:
    """The record of a line that names a paper."""
    build = _from_snapshot if _versions(fields) else _from_own
    return build(fields, _text(fields.get("id")), origin)


def _from_own(fields: Fields, name: str, origin: str) -> Paper:
    version = fields.get("version")
    primary = _text(fields.get("primary"))
    categories = dict.fromkeys([primary, *_texts(fields.get("categories"))])
    return _paper(
        fields,
        name,
        origin,
        version=version if isinstance(version, int) and version > 0 else None,
        authors=_texts(fields.get("authors")),
        comment=_text(fields.get("comment")),
        journal_ref=_text(fields.get("journal_ref")),
        categories=[category for category in categories if category],
        published=_moment(fields.get("published")),
        updated=_moment(fields.get("updated")),
    )


def _from_snapshot(fields: Fields, name: str, origin: str) -> Paper:
    made = _versions(fields)
    return _paper(
        fields,
        name,
        origin,
        version=len(made),
        authors=_snapshot_authors(fields),
        comment=_text(fields.get("comments")),
        journal_ref=_text(fields.get("journal-ref")),
        categories=_text(fields.get("categories")).split(),
        published=_moment(made[0].get("created")),
        updated=_moment(made[-1].get("created")),
    )


def _paper(
    fields: Fields,
    name: str,
    origin: str,
    *,
    version: int | None,
    authors: list[str],
    comment: str,
    journal_ref: str,
    categories: list[str],
    published: datetime | None,
    updated: datetime | None,
) -> Paper:
    parsed = parse_id(name)
    base = parsed.base if parsed else name
    number = version or (parsed and parsed.version) or 1
    known = tuple(filter(is_category, categories))
    return Paper(
        id=base,
        version=number,
        title=decode(_text(fields.get("title"))),
        authors=tuple(map(decode, authors)),
        abstract=decode(_text(fields.get("abstract"))),
        comment=decode(comment) or None,
        journal_ref=decode(journal_ref) or None,
        doi=read_doi(_text(fields.get("doi"))),
        primary_category=known[0] if known else "",
        categories=known,
        published=published,
        updated=updated or published,
        abs_url=abs_url(base, number) if parsed else None,
        pdf_url=pdf_url(base, number) if parsed else None,
        source=origin,
    )


def _snapshot_authors(fields: Fields) -> list[str]:
    parsed = [
        " ".join(filter(None, (first, last, suffix)))
        for last, first, suffix, *_ in (
            [*_texts(name, keep_empty=True), "", "", ""]
            for name in _list(fields.get("authors_parsed"))
        )
    ]
    named = [name for name in parsed if name]
    return named or list(names_in(_text(fields.get("authors"))))


def _versions(fields: Fields) -> list[Fields]:
    return [v for v in _list(fields.get("versions")) if isinstance(v, dict)]


def _moment(value: object) -> datetime | None:
    text = _text(value)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (
                moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            )
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object, *, keep_empty: bool = False) -> list[str]:
    texts = map(_text, _list(value))
    return [text for text in texts if text or keep_empty]
