"""The words of a page: repaired glyphs and hyphens, and what hidden words say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from chatpaper.text import CLASS

# --------------------------------------------------------------------------------------
# Words as a reader would type them: accents composed, hyphenation undone.

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
                # Short parts are found among the words by chance: `re`, `non`.
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


# --------------------------------------------------------------------------------------
# Which hidden words are reported: those that somebody meant for a reader.
#
# Charts are cropped, labels are painted white on white, journals stamp and cut: nearly
# all words that cannot be seen are nobody's trick. A false accusation is worse than a
# trick that is not reported, since what is hidden is left out in either case.

_SPOKEN_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
# Small words of prose; labels of drawings are made without them.
_SMALL = """
    a an the of to in on at by for from with without into as and or but not no nor if
    then than that this these those it its is are was were be been being has have had do
    does did can could may might must shall should will would we our us you your they
    their he his she her who which what when where how all any each such so only
    le la les des du et est une pas pour dans que qui de el los las una por con del se
    der die das und ist nicht ein eine zu den mit von auf im che di il per non sono
"""
_SMALL_WORDS = frozenset(_SMALL.split())
_SPOKEN_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Hidden labels of 104 papers had at most one small word in 16. Running text has 40 %.
_MIN_WORDS = 8
_SMALL_SHARE = 0.2
_MIN_HAN = 16

_ADDRESS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b(?:\W+\w+){0,6}?\W+"
    r"(?:instructions?|prompts?|above|previous|prior|earlier|rules?|guidelines)\b|"
    r"\b(?:positive|favou?rable|good|glowing|strong)\W+"
    r"(?:review|rating|score|evaluation|recommendation)\b|"
    r"\b(?:praise|recommend|accept|endorse)\W+(?:this|the|our)\W+"
    r"(?:paper|work|submission|manuscript|article|authors?)\b|"
    r"\b(?:do\W+not|don['\u2019]?t|never)\W+(?:mention|highlight|reveal|critici[sz]e)\b|"
    r"\b(?:dear|note\W+to|attention|instructions?\W+(?:to|for))\W+(?:\w+\W+){0,2}?"
    r"(?:ais?|llms?|models?|assistants?|reviewers?|chatbots?)\b|"
    r"\bas\W+an?\W+(?:ai|llm|assistant|reviewer|(?:large\W+)?language\W+model)\b|"
    r"(?:忽略|无视).{0,12}(?:指令|指示|提示|要求|以上|之前|前面)|"
    r"(?:请|务必|必须).{0,12}(?:好评|正面|推荐|接收|赞扬|称赞)",
    re.IGNORECASE,
)


# Cutting a figure to its frame, or an equation's source kept beside it, leave prose
# behind, too: such words are reported only when they address somebody.
_CUT_REASONS = ("covered", "clipped", "off-page", "replaced")


def should_report(reason: str, text: str) -> bool:
    """Whether a reader should be told of hidden words."""
    return addresses(text) or (reason not in _CUT_REASONS and is_prose(text))


def addresses(text: str) -> bool:
    """Whether words speak to a model, a reviewer or a reader."""
    return _ADDRESS.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether words are sentences rather than labels."""
    if len(_SPOKEN_HAN.findall(text)) >= _MIN_HAN:
        return True
    words = _SPOKEN_WORD.findall(text.lower())
    small = sum(word in _SMALL_WORDS for word in words)
    return len(words) >= _MIN_WORDS and small >= _SMALL_SHARE * len(words)
