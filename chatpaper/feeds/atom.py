"""Atom 1.0."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from chatpaper.feeds.feed import Feed, FeedEntry


def to_atom(feed: Feed) -> bytes:
    """The document, in UTF-8.

    Source:
        https://www.rfc-editor.org/rfc/rfc4287
    """
    root = Element(
        "feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language}
    )
    _put(root, "id", feed.id)
    _put(root, "title", feed.title)
    _put(root, "subtitle", feed.description)
    _put(root, "updated", rfc3339(feed.updated))
    _put(SubElement(root, "author"), "name", feed.author)
    if feed.url:
        kind = "application/atom+xml"
        SubElement(root, "link", rel="self", type=kind, href=feed.url)
    if feed.home_url:
        SubElement(root, "link", rel="alternate", href=feed.home_url)
    _put(root, "generator", "chatpaper")
    for entry in feed.entries:
        _entry(SubElement(root, "entry"), entry)
    return xml_bytes(root)


def _entry(element: Element, entry: FeedEntry) -> None:
    _put(element, "id", entry.id)
    _put(element, "title", entry.title)
    _put(element, "published", rfc3339(entry.published))
    _put(element, "updated", rfc3339(entry.updated))
    for author in entry.authors:
        _put(SubElement(element, "author"), "name", author)
    if entry.url:
        SubElement(element, "link", rel="alternate", href=entry.url)
    for topic in entry.topics:
        SubElement(element, "category", term=topic)
    if entry.summary:
        _put(element, "summary", entry.summary)
    _put(element, "content", entry.content, type="html")


def _put(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text


def rfc3339(moment: datetime) -> str:
    """`2026-11-20T02:30:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def xml_bytes(root: Element) -> bytes:
    """An XML document, each element on a line of its own."""
    indent(root)
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}\n{tostring(root, 'unicode')}\n".encode()
