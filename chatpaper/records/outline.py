"""A document and a table as HTML for notebooks: their own words, all escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatpaper.records.document import (
        Document,
        Figure,
        HiddenText,
        Section,
        Table,
    )

MAX_CAPTION_CHARS = 160  # two lines on a screen
# What a PDF prints is not LaTeX: a price in dollars is no formula.
_OPEN = '<div class="tex2jax_ignore mathjax_ignore">'


def outline_html(document: Document) -> str:
    """What a PDF holds: its title, headings, figures, tables, and what is amiss."""
    tables = {(table.label, table.page): table for table in document.tables}
    parts = [
        _OPEN,
        f"<h3>{words(document.title) or words(document.paper_id)}</h3>",
        *[f"<p>{words(', '.join(document.authors))}</p>"][: bool(document.authors)],
        f"<p>{', '.join(_counts(document))}</p>",
        *_warnings(document),
        '<ul style="list-style: none; padding-left: 0">',
        *(_heading(section) for section in document.sections if section.title),
        "</ul>",
        *_folded(document.figures, tables),
        "</div>",
    ]
    return "\n".join(parts)


def table_html(table: Table) -> str:
    """A table with its caption."""
    return f"{_OPEN}<p>{_named(table)}</p>{_cells(table)}</div>"


def words(text: str) -> str:
    """Foreign words for HTML: one line, escaped, nothing that cannot be seen."""
    seen = (c for c in " ".join(text.split()) if unicodedata.category(c)[0] != "C")
    return escape("".join(seen))


def _counts(document: Document) -> Iterable[str]:
    read, count = document.pages_read, document.page_count
    yield _many(count, "page") if read == count else f"{read} of {count} pages"
    yield _many(sum(bool(s.title) for s in document.sections), "section")
    if document.affiliation:
        yield words(document.affiliation.text)
    if document.code_url:
        yield f"code: {words(document.code_url.text)}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _warnings(document: Document) -> Iterable[str]:
    for note in document.missing:
        yield f"<p>⚠ {words(note)}</p>"
    if document.hidden:
        items = "".join(map(_hidden, document.hidden))
        yield (
            "<p>⚠ <b>Hidden text</b>: words that no reader of the page sees, and no"
            f" model is shown</p><ul>{items}</ul>"
        )


def _heading(section: Section) -> str:
    title = words(f"{section.number or ''} {section.title}")
    left = f'style="margin-left: {section.level - 1}em"'
    return f"<li {left}>{title} {_page(section.page)}</li>"


def _hidden(hidden: HiddenText) -> str:
    return f"<li>{_cut(hidden.text)} ({hidden.reason}) {_page(hidden.page)}</li>"


def _folded(
    figures: Sequence[Figure],
    tables: dict[tuple[str, int], Table],
) -> Iterable[str]:
    if not figures and not tables:
        return
    kinds = [f.kind for f in figures if f.kind != "table"]
    counts: dict[str, int] = {kind: kinds.count(kind) for kind in kinds}
    counts["table"] = max(len(tables), len(figures) - len(kinds))
    said = [_many(count, kind) for kind, count in counts.items() if count]
    yield f"<details><summary>{', '.join(said)}</summary>"
    left = dict(tables)
    for figure in figures:
        table = left.pop((figure.label, figure.page), None)
        yield f"<p>{_named(figure)}</p>{_cells(table) if table else ''}"
    yield from (f"<p>{_named(table)}</p>{_cells(table)}" for table in left.values())
    yield "</details>"


def _named(thing: Figure | Table) -> str:
    return f"<b>{words(thing.label)}</b> {_cut(thing.caption)} {_page(thing.page)}"


def _cells(table: Table) -> str:
    return html_table(table.rows, head_rows=table.head_rows)


def html_table(rows: Sequence[Sequence[str]], *, head_rows: int = 1) -> str:
    """Rows of foreign words as an HTML table, all escaped."""
    body = (
        _row(row, "th" if nth < head_rows else "td") for nth, row in enumerate(rows)
    )
    return f"<table>{''.join(body)}</table>"


def _row(row: Sequence[str], tag: str) -> str:
    # A notebook would set words flush right, as numbers.
    opened = f'<{tag} style="text-align: left">'
    return f"<tr>{''.join(f'{opened}{words(cell)}</{tag}>' for cell in row)}</tr>"


def _cut(text: str) -> str:
    fits = len(text) <= MAX_CAPTION_CHARS
    return words(text if fits else f"{text[:MAX_CAPTION_CHARS].rsplit(' ', 1)[0]}…")


def _page(number: int) -> str:
    return f"<small>[p.{number}]</small>"
