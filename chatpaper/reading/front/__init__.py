"""What stands before the first section: title, abstract, institutions, links."""

from chatpaper.reading.front.facts import (
    clean_url,
    first_institution,
    own_code_link,
    own_links,
)
from chatpaper.reading.front.organisations import (
    institution,
)

__all__ = [
    "clean_url",
    "first_institution",
    "institution",
    "own_code_link",
    "own_links",
]
