"""RSS 2.0, with the whole content and the authors by the modules that readers know."""

from __future__ import annotations

from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement

from chatpaper.feeds.atom import xml_bytes
from chatpaper.feeds.feed import Feed, FeedEntry

_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}
ARXIV = "https://arxiv.org/"  # a channel must have a link


def to_rss(feed: Feed) -> bytes:
    """The document, in UTF-8.

    Source:
        https://www.rssboard.org/rss-specification
    """
    root = Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = SubElement(root, "channel")
    _put(channel, "title", feed.title)
    _put(channel, "link", feed.home_url or ARXIV)
    _put(channel, "description", feed.description)
    _put(channel, "language", feed.language)
    _put(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    _put(channel, "generator", "chatpaper")
    if feed.url:
        kind = "application/rss+xml"
        SubElement(channel, "atom:link", rel="self", type=kind, href=feed.url)
    for entry in feed.entries:
        _item(SubElement(channel, "item"), entry)
    return xml_bytes(root)


def _item(item: Element, entry: FeedEntry) -> None:
    _put(item, "title", entry.title)
    if entry.url:
        _put(item, "link", entry.url)
    _put(item, "guid", entry.id, isPermaLink="false")
    _put(item, "pubDate", format_datetime(entry.published, usegmt=True))
    for author in entry.authors:
        _put(item, "dc:creator", author)
    for topic in entry.topics:
        _put(item, "category", topic)
    if entry.summary:
        # What stands here is HTML to readers; theirs to escape it is not.
        _put(item, "description", _escaped(entry.summary))
    _put(item, "content:encoded", entry.content)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _put(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text
