"""Characters: what nobody sees, how texts are compared, what breaks lines of JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

# --------------------------------------------------------------------------------------
# Characters that no reader sees, but a model reads.

# Those of no width, the signs that turn the reading direction round, fillers, selectors
# of variants, the tags that spell ASCII unseen (Unicode 16, 23.2 to 23.4 and 23.9), and
# private use, which means nothing outside its font.
CLASS = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_CONTROLS = "\u00ad\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff"
_INVISIBLE = re.compile(f"[{_CONTROLS}{CLASS}]")


def one_line(text: str, *, compose: bool = False) -> str:
    """One line, single spaces, nothing invisible and nothing unassigned.

    Args:
        text: From anybody.
        compose: Letters and their accents become one character (NFC), for a model's
            words; arXiv's stay as they are.
    """
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFC", text) if compose else text)
    if not seen.isprintable():
        seen = "".join(c for c in seen if c.isprintable() or c.isspace())
    return " ".join(seen.split())


_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BEHIND = rf"(?<=[{_HAN}）”》」])"
_AHEAD = rf"(?=[{_HAN}（“《「])"
_HALF = re.compile(
    rf"{_BEHIND}[,;:?!](?: {_AHEAD})?|[,;:?!] ?{_AHEAD}|{_BEHIND}\.$",
)
_FULL = str.maketrans(",;:?!.", "，；：？！。", " ")


def han_punctuation(text: str) -> str:
    """A sentence's own punctuation beside Chinese, where somebody typed ASCII's.

    Between Latin words and digits (`12:30`, `A, B`) it stays.
    """
    return _HALF.sub(lambda match: match[0].translate(_FULL), text)


# What a terminal acts on, or shows in another order, or hides: controls but for tabs
# and line feeds, marks of direction and of no width, tags.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def without_controls(text: str) -> str:
    """The same lines without what a terminal or a browser acts on."""
    return _CONTROL.sub("", text)


# --------------------------------------------------------------------------------------
# How two texts are compared: letter by letter, whatever their case and their accents.

_WORD = re.compile(r"[^\W_]+")


def unaccented(text: str) -> str:
    """Accents, ligatures and styled letters taken off (Unicode's NFKD): é is e."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Text as it is compared: without accents, ligatures, styled letters and case."""
    return unaccented(text).casefold()


def words_of(text: str) -> list[str]:
    """Runs of letters and digits of a text, folded."""
    return _WORD.findall(fold(text))


def compact(text: str) -> str:
    """Letters and digits of a text, folded, without anything between them."""
    return "".join(words_of(text))


# --------------------------------------------------------------------------------------
# JSON of which every value is one line, whoever splits the lines.

# JSON allows these within strings; Python's splitlines() and others break lines there.
_BREAK = re.compile("[\u2028\u2029]")


def json_line(values: Mapping[str, object]) -> str:
    """Values as one line of JSON, in the letters of their languages."""
    return unbroken(json.dumps(values, ensure_ascii=False))


def unbroken(text: str) -> str:
    """JSON text with controls, and line breaks that JSON does not know, escaped."""
    return _BREAK.sub(_escaped, _CONTROL.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
