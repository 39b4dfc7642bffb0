"""Words as a reader would type them: accents composed, hyphenation undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from chatpaper.text import CLASS

# Spacing accents that old TeX fonts print before their letter, with the combining
# mark each one stands for.
_COMBINING = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303",
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˚": "\u030a", "˝": "\u030b",
    "ˇ": "\u030c", "¸": "\u0327",
}  # fmt: skip
_BEFORE = re.compile(r"([´¨ˆ˜¯˘˙˚˝ˇ¸])([^\W\d_])|(?<=[^\W\d_])(`)([aeiouAEIOU])")
_UNREADABLE = re.compile(f"[\ufffd{CLASS}]+")
_HYPHENS = "-\u2010\u2011\u00ad"
_SEAMS = _HYPHENS + "/_.=?&#%:"
_HAN = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uff08-\uff1f]")  # set without spaces
_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_URL = re.compile(
    r"\(?(?:(?:https?:)?//|www\.|[\w.-]+\.(?:com|org|io|edu|net)/)\S*", re.I
)


def repair(text: str) -> str:
    """Compose accents and drop signs that stand for nothing readable."""
    if text.isascii():
        return text
    text = _BEFORE.sub(_compose, text)
    return _UNREADABLE.sub("", text)


def _compose(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[3], match[2] or match[4]
    letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    return unicodedata.normalize("NFC", letter + _COMBINING.get(accent, "\u0300"))


class Joiner:
    """Joins printed lines; knows which words the document writes with a hyphen."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        broken = False
        for line in lines:
            words = _WORD.findall(line.lower())
            whole = words[1:] if broken else words
            broken = line[-1:] in _HYPHENS
            self._words.update(whole[:-1] if broken else whole)

    def seam(self, before: str, after: str) -> tuple[str, str]:
        """How two printed lines meet: the first one's end to keep, and what between.

        Returns:
            The first line without a hyphen that only broke a word, and `" "` or "".
        """
        last, opening = before[-1:], after[:1]
        if _HAN.match(last) and _HAN.match(opening):
            return before, ""
        if last not in _SEAMS or len(before) < 2:
            return before, " "
        if last in _HYPHENS:
            return self._hyphen(before, after)
        word = before.rpartition(" ")[2]
        if last == ":":
            return before, "" if after[:2] == "//" else " "
        if last == "." and not opening.islower():
            return before, " "
        if opening.isalnum() and _URL.match(word):
            return before, ""
        return before, " "

    def _hyphen(self, before: str, after: str) -> tuple[str, str]:
        left = before.rpartition(" ")[2][:-1]
        if _URL.match(left):
            return before, ""
        if after[:1].islower() and left[-1:].isalpha():
            start = _LAST_WORD.search(left)
            tail = _WORD.match(after)
            if start and tail:
                left, right = start[0].lower(), tail[0].lower()
                if "-" in left:
                    return before, ""
                if left + right in self._words:
                    return before[:-1], ""
                known = self._words >= {left, right} and min(len(left), len(right)) > 3
                if f"{left}-{right}" in self._words or known:
                    return before, ""
            return before[:-1], ""
        joined = left[-1:].isalnum() and after[:1].isalnum()
        return before, "" if joined else " "

    def join(self, lines: Iterable[str]) -> str:
        """One paragraph of several printed lines."""
        parts: list[str] = []
        for line in lines:
            if parts:
                parts[-1], between = self.seam(parts[-1], line)
                parts.append(between)
            parts.append(line)
        return "".join(parts)
