"""Words as a reader would type them: accents composed, hyphenation undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Spacing accents that old TeX fonts print before their letter, with the combining
# mark each one stands for.
_COMBINING = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303",
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˚": "\u030a", "˝": "\u030b",
    "ˇ": "\u030c", "¸": "\u0327",
}  # fmt: skip
_BEFORE = re.compile(r"([´¨ˆ˜¯˘˙˚˝ˇ¸])([^\W\d_])|(?<=[^\W\d_])(`)([aeiouAEIOU])")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\u200b-\u200f\u2060\ufeff]+")
_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010\u2011\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_URL_END = re.compile(r"(?:https?://|www\.|\w\.(?:com|org|io|edu|net)/)\S*[/\-_.=?&#%]$")


def repair(text: str) -> str:
    """Compose accents and drop signs that stand for nothing readable."""
    if text.isascii():
        return text
    text = _BEFORE.sub(_compose, text)
    return _PRIVATE.sub("", text)


def _compose(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[3], match[2] or match[4]
    letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    return unicodedata.normalize("NFC", letter + _COMBINING.get(accent, "\u0300"))


class Joiner:
    """Joins printed lines; knows which words the document writes with a hyphen."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        for line in lines:
            self._words.update(_WORD.findall(line))

    def seam(self, before: str, after: str) -> tuple[str, str]:
        """How two printed lines meet: the first one's end to keep, and what between.

        Returns:
            The first line without a hyphen that only broke a word, and `" "` or "".
        """
        match = _HYPHENATED.search(before)
        if match and after[:1].islower():
            tail = _WORD.match(after)
            left, right = match[1], tail[0] if tail else ""
            if f"{left}-{right}" in self._words and left + right not in self._words:
                return before, ""
            return before[: match.end(1)], ""
        if before.endswith(("-", "\u2010", "\u2011")) and len(before) > 1:
            if before[-2].isalnum() and after[:1].isalnum():
                return before, ""
        if _URL_END.search(before) and after[:1].isalnum():
            return before, ""
        return before, " "

    def join(self, lines: Iterable[str]) -> str:
        """One paragraph of several printed lines."""
        text = ""
        for line in lines:
            if text:
                text, between = self.seam(text, line)
                text += between
            text += line
        return text
