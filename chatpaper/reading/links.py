"""Where the paper says its code is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pymupdf

_HOSTS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:"
    r"(?:github\.com|gitlab\.com|bitbucket\.org|huggingface\.co|codeberg\.org|"
    r"gitee\.com|sourceforge\.net/projects|code\.google\.com|colab\.research\.google\.com)"
    r"/[\w.~%#/\-]+|"
    r"[\w-]+\.(?:github|gitlab)\.io(?:/[\w.~%#/\-]*)?)",
    re.I,
)
_HINT = re.compile(
    r"git(?:hub|lab|ee)|huggingface\.co|bitbucket|codeberg|code\.google", re.I
)


def code_urls(
    document: pymupdf.Document, texts: Sequence[tuple[int, str]], limit: int = 10
) -> tuple[str, ...]:
    """Addresses of code and project pages, in order of the page they stand on.

    Args:
        document: Open; where a printed address is also a link, the link is whole
            even if the print is broken over lines.
        texts: `(page from 1, text)` of everything read.
        limit: At most so many.
    """
    found: list[str] = []
    for page, text in texts:
        if not _HINT.search(text):
            continue
        printed = [match[0] for match in _HOSTS.finditer(text)]
        linked = _linked(document, page) if printed else []
        for url in printed:
            whole = _whole(url, linked)
            if whole and whole.lower() not in {known.lower() for known in found}:
                found.append(whole)
    return tuple(_longest(found)[:limit])


def _linked(document: pymupdf.Document, page: int) -> list[str]:
    links: Any = document[page - 1].get_links()
    return [link["uri"] for link in links if _HOSTS.match(link.get("uri") or "")]


def _bare(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url, flags=re.I).rstrip("/.,;:)-")


def _whole(url: str, linked: Iterable[str]) -> str:
    bare = _bare(url)
    for link in linked:
        target = _bare(link).lower()
        if target.startswith(bare.lower()) or bare.lower().startswith(f"{target}."):
            return link.rstrip("/.,;:)")
    if "/" not in bare and not bare.lower().endswith(".io"):
        return ""
    start = url if url.lower().startswith("http") else f"https://{bare}"
    return start.rstrip("/.,;:)-")


def _longest(urls: Sequence[str]) -> list[str]:
    """Without addresses that are the broken start of another one."""
    return [
        url
        for url in urls
        if not any(
            other != url
            and _bare(other).lower().startswith(_bare(url).lower())
            and not _bare(other).lower().startswith(_bare(url).lower() + "/")
            for other in urls
        )
    ]
