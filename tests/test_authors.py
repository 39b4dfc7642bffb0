"""Authors of arXiv's feeds: names, whatever stands in brackets behind them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper.records import Topic
from chatpaper.sources.arxiv import parse_feed
from chatpaper.sources.folder import FolderSource

TWO = ("Jane Doe", "John Smith")
LINES = [
    ("Jane Doe (MIT), John Smith (Stanford, CA)", TWO),
    ("Jane Doe (MIT, (CSAIL), Boston), John Smith (Stanford, CA, INRIA)", TWO),
    ("Jane Doe (1), John Smith (2) ((1) MIT, Boston, (2) Stanford)", TWO),
    ("Jane Doe [MIT, Boston] and John Smith", TWO),
    ("Jane Doe（MIT, Boston）, and John Smith", TWO),
    ("Jane Doe (MIT, John Smith", TWO),
    ("Jane Doe MIT), John Smith", ("Jane Doe MIT", "John Smith")),
    ("Jane Doe, Jr., John Smith, III (INRIA)", ("Jane Doe Jr.", "John Smith III")),
    ("Jane Doe, the LIGO and Virgo Collaborations", (
        "Jane Doe", "the LIGO and Virgo Collaborations")),
    (r"J.\,Doe, P\'al Erd\H{o}s", ("J. Doe", "Pál Erdős")),
    ("Jane Doe,, John Smith,", TWO),
    ("Andrew Anderson, Band And", ("Andrew Anderson", "Band And")),
    ("()", ()),
]  # fmt: skip


def _feed(authors: str) -> tuple[str, ...]:
    item = (
        "<rss xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:arxiv='http://arxiv.org/schemas/atom'><channel><item><title>A</title>"
        "<guid>oai:arXiv.org:2611.00001v1</guid><arxiv:announce_type>new"
        f"</arxiv:announce_type>{authors}</item></channel></rss>"
    )
    (entry,) = parse_feed("http://127.0.0.1/rss", item.encode()).entries
    return entry.paper.authors


@pytest.mark.parametrize(("line", "names"), LINES)
def test_a_line_of_authors_is_names(line: str, names: tuple[str, ...]) -> None:
    """Commas in brackets part nobody, and brackets are no part of a name."""
    assert _feed(f"<dc:creator>{line}</dc:creator>") == names
    assert _feed(f"<dc:creator><![CDATA[{line}]]></dc:creator>") == names


def test_atom_and_links_are_read_too() -> None:
    """One element for each author, and names that are links in older feeds."""
    atom = "<author><name>Jane Doe (MIT, Boston)</name></author>"
    atom += "<author><name>John Smith</name></author>"
    linked = "&lt;a href=&quot;x&quot;&gt;Jane Doe&lt;/a&gt; (MIT, Boston), John Smith"

    assert _feed(atom) == TWO
    assert _feed(f"<dc:creator>{linked}</dc:creator>") == TWO
    assert _feed("<dc:creator>Jane Doe, <b>John Smith</b></dc:creator>") == TWO


def test_deep_brackets_take_no_time() -> None:
    """A line of nothing but brackets."""
    assert _feed(f"<dc:creator>Jane {'(' * 200_000}{')' * 200_000}</dc:creator>") == (
        "Jane",
    )


def test_the_snapshot_reads_them_alike(tmp_path: Path) -> None:
    """Where its parsed names are missing."""
    line = {
        "id": "2401.00007",
        "title": "A",
        "authors": "Jane Doe (MIT, Boston) and John Smith, Jr.",
        "versions": [{"version": "v1", "created": "Mon, 1 Jan 2024 12:00:00 GMT"}],
    }
    (tmp_path / "metadata.jsonl").write_text(json.dumps(line))
    (tmp_path / "2401.00007.pdf").write_bytes(b"%PDF-1.4")
    span = (datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    (paper,) = FolderSource(tmp_path).find(Topic(name="x", queries=()), *span, 9).papers

    assert paper.authors == ("Jane Doe", "John Smith Jr.")
