"""arXiv identifiers, and the papers' addresses that are made from them.

Source:
    https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ID = re.compile(
    r"(?P<base>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)*(?:\.[A-Z]{2})?[/_]\d{7})"
    r"(?:v(?P<version>[1-9]\d{0,3}))?"
)
# Its DOIs are made of its ids: https://info.arxiv.org/help/doi.html
_ADDRESS = re.compile(
    r"(?:(?:https?://)?(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*"
    r"|(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.)",
    re.I,
)
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2}|\.[a-z]+(?:-[a-z]+)*)?")


class ArxivId(NamedTuple):
    """A base id (`2401.11831`, `hep-th/9901001`) and a version, None for the latest."""

    base: str
    version: int | None

    @property
    def spelled(self) -> str:
        """As arXiv writes it: `2401.11831v2`, or `2401.11831` for the latest."""
        return f"{self.base}v{self.version}" if self.version else self.base


def parse_id(text: str) -> ArxivId | None:
    """An id as people and files write it: `arXiv:2401.11831v2`, `hep-th_9901001`.

    Addresses of its pages and DOIs are understood too, as a browser shows them and as
    people copy them; None when there is no id.
    """
    bare = text.strip()
    if address := _ADDRESS.match(bare):
        bare = re.split(r"[?#]", bare[address.end() :])[0].rstrip("/")
    found = _ID.fullmatch(bare.removesuffix(".pdf"))
    if found is None:
        return None
    version = int(found["version"]) if found["version"] else None
    return ArxivId(found["base"].replace("_", "/"), version)


def abs_url(base: str, version: int) -> str:
    """The abstract page of one version."""
    return f"https://arxiv.org/abs/{base}v{version}"


def pdf_url(base: str, version: int) -> str:
    """The PDF of one version, for readers to follow."""
    return f"https://arxiv.org/pdf/{base}v{version}"


def is_category(text: str) -> bool:
    """Whether a subject is one of arXiv's, not of the MSC or ACM."""
    return _CATEGORY.fullmatch(text) is not None
