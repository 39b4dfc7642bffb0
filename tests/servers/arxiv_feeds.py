"""What the stand-in serves: records, and the feeds that arXiv would write of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One version of a paper, as arXiv holds it.

    Attributes:
        announced_at: From when on it is served, where the server has a clock; None
            for always.
        pdf: The file, or its bytes; None for a paper without a PDF.
        kind: Announce type in the feed, where it is not to be worked out.
    """

    id: str
    title: str
    published: datetime
    version: int = 1
    authors: tuple[str, ...] = ("Ada Author",)
    abstract: str = "We study things."
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    categories: tuple[str, ...] = ("cs.CV",)
    updated: datetime | None = None
    announced_at: datetime | None = None
    pdf: Path | bytes | None = None
    kind: str | None = None

    @property
    def name(self) -> str:
        """Id with version."""
        return f"{self.id}v{self.version}"


def read_corpus(folder: Path) -> list[Record]:
    """Records of a folder with `metadata.jsonl` and PDFs in it or in `pdf/`."""
    records = []
    for line in (folder / "metadata.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        places = (folder / "pdf" / entry["pdf"], folder / entry["pdf"])
        primary = entry["primary"]
        others = [c for c in entry["categories"] if c != primary]
        records.append(
            Record(
                id=entry["id"],
                version=entry["version"],
                title=entry["title"],
                authors=tuple(entry["authors"]),
                abstract=entry["abstract"],
                comment=entry["comment"],
                categories=(primary, *others),
                published=datetime.fromisoformat(entry["published"]),
                updated=datetime.fromisoformat(entry["updated"]),
                pdf=next((place for place in places if place.exists()), None),
            )
        )
    return records


def atom_feed(query: str, records: Sequence[Record], total: int, start: int) -> bytes:
    """A page of the API's reply."""
    entries = "".join(map(_atom_entry, records))
    return _atom(query, entries, total, start, len(records))


def error_feed(message: str) -> bytes:
    """How the API says no."""
    slug = message.replace(" ", "_")
    return _atom(
        "",
        f"""<entry>
<id>http://arxiv.org/api/errors#{escape(slug)}</id>
<title>Error</title>
<summary>{escape(message)}</summary>
<updated>2026-11-22T00:00:00Z</updated>
<author><name>arXiv api core</name></author>
</entry>""",
        1,
        0,
        1,
    )


def rss_feed(
    categories: Sequence[str], day: date, records: Sequence[tuple[Record, str]]
) -> bytes:
    """A day's announcement; each record comes with its announce type."""
    stamp = format_datetime(datetime.combine(day, time(), EASTERN))
    items = "".join(_rss_item(record, kind, stamp) for record, kind in records)
    name = escape("+".join(categories))
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>{name} updates on arXiv.org</title>
<link>http://rss.arxiv.org/rss/{name}</link>
<lastBuildDate>{stamp}</lastBuildDate><pubDate>{stamp}</pubDate>
<skipDays><day>Sunday</day><day>Saturday</day></skipDays>
{items}</channel></rss>
""".encode()


def tiny_pdf(*lines: str) -> bytes:
    """A whole PDF of one page with these lines of ASCII text."""
    shown = " ".join(
        f"({line.translate({40: None, 41: None, 92: None})}) Tj T*" for line in lines
    )
    content = f"BT /F1 11 Tf 14 TL 72 720 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (table, len(body))
    )


def _atom(query: str, entries: str, total: int, start: int, count: int) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom">
<id>http://arxiv.org/api/standin</id>
<title>arXiv Query: {escape(query)}</title>
<updated>2026-11-22T00:00:00Z</updated>
<opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
<opensearch:totalResults>{total}</opensearch:totalResults>
<opensearch:startIndex>{start}</opensearch:startIndex>
{entries}</feed>
""".encode()


def _atom_entry(record: Record) -> str:
    authors = "".join(
        f"<author><name>{escape(author)}</name></author>" for author in record.authors
    )
    categories = "".join(
        f"<category term={quoteattr(c)} scheme='http://arxiv.org/schemas/atom'/>"
        for c in record.categories
    )
    extra = "".join(
        f"<arxiv:{tag}>{escape(text)}</arxiv:{tag}>"
        for tag in ("comment", "journal_ref", "doi")
        if (text := getattr(record, tag))
    )
    name = escape(record.name)
    # As the real API does, titles and abstracts break over lines and are indented.
    title = escape(record.title).replace(" ", "\n  ", 1)
    return f"""<entry>
<id>http://arxiv.org/abs/{name}</id>
<title>{title}</title>
<updated>{_stamp(record.updated or record.published)}</updated>
<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>
<link href="https://arxiv.org/pdf/{name}" rel="related" title="pdf"/>
<summary>  {escape(record.abstract)}
</summary>
{categories}<published>{_stamp(record.published)}</published>
{extra}<arxiv:primary_category term={quoteattr(record.categories[0])}/>
{authors}</entry>
"""


def _rss_item(record: Record, kind: str, stamp: str) -> str:
    name = escape(record.name)
    categories = "".join(f"<category>{escape(c)}</category>" for c in record.categories)
    return f"""<item>
<title>{escape(record.title)}</title>
<link>https://arxiv.org/abs/{escape(record.id)}</link>
<description>arXiv:{name} Announce Type: {kind}
Abstract: {escape(record.abstract)}</description>
<guid isPermaLink="false">oai:arXiv.org:{name}</guid>
{categories}<pubDate>{stamp}</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
<dc:creator>{escape(", ".join(record.authors))}</dc:creator>
</item>
"""


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
