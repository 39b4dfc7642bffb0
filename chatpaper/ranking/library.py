"""The titles in a reader's library: BibTeX, or the CSL-JSON that Zotero exports."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from chatpaper.text import decode, one_line


class Library(NamedTuple):
    """What was read of a file.

    Attributes:
        titles: Each once, in the order of the file.
        problem: What is wrong with the file, as one line; empty when nothing is.
    """

    titles: tuple[str, ...] = ()
    problem: str = ""


def read_library(path: Path) -> Library:
    """The titles in a file; a broken one costs no more than what is broken in it."""
    try:
        text = path.expanduser().read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        return Library(problem=f"cannot be read: {error.strerror or error}")
    looks_like_json = text.lstrip()[:1] in ("[", "{")
    titles, problem = _csl_titles(text) if looks_like_json else _bibtex_titles(text)
    known = tuple(dict.fromkeys(filter(None, titles)))
    if not known and not problem:
        problem = "holds no title: export your library as BibTeX or CSL JSON"
    return Library(known, problem)


def _csl_titles(text: str) -> tuple[Iterable[str], str]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        return (), f"is not JSON: {one_line(str(error))}"
    if isinstance(items, dict):  # as Better BibTeX writes it
        items = items.get("items")
    if not isinstance(items, list):
        return (), "is not CSL JSON: a list of items is expected"
    titles = [item.get("title") for item in items if isinstance(item, dict)]
    return (one_line(title) for title in titles if isinstance(title, str)), ""


def _bibtex_titles(text: str) -> tuple[Iterable[str], str]:
    if not find_spec("bibtexparser"):
        return (), "is not read without pip install 'chatpaper[rank]'; CSL JSON is"
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry, ParsingFailedBlock

    # It tells each broken entry in two lines of its own.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    parsed = parse_string(text)
    # Two entries of one key are two papers all the same.
    blocks = [
        block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        for block in parsed.blocks
    ]
    entries = [block for block in blocks if isinstance(block, Entry)]
    titles = [
        str(field.value)
        for entry in entries
        for field in entry.fields
        if field.key.lower() == "title"
    ]
    broken = blocks.count(None)
    problem = f"{broken} entries cannot be read, {len(entries)} are" if broken else ""
    return map(_plain, titles), problem


def _plain(title: str) -> str:
    # An entry whose key comes a second time keeps the quotes round its values.
    bare = title.removeprefix('"').removesuffix('"') if title[:1] == '"' else title
    return one_line(decode(bare).replace("{", "").replace("}", ""))
