"""Digits that are no quantities: list marks, references, addresses, indices."""

from __future__ import annotations

import re

from chatpaper.verify.notation import GLUE, G

# Each pattern begins with a few characters at most, so that a long text is searched
# fast; what may stand before it is looked at afterwards.
_ADDRESSES = re.compile(
    r"https?://[!-~]+|www\.[!-~]+|@(?:\.?\d[\d.:]*|[A-Za-z0-9-]+\.[A-Za-z][\w.]*)"
    r"|ar[Xx]iv:?\s?\d{4}\.\d{4,5}(?:v\d+)?|doi:?\s?10\.\d{4,}/\S+"
)
_LINE_MARKS = re.compile(
    rf"(?m)^[-•#>†{GLUE} \t]*"
    r"\d{1,2}(?:[.、．:：)）](?!\d)\s*|\.(?=[^\d\s%]))"
)
_BRACKETED = re.compile(
    r"[（(]\d{1,2}[)）](?!\s*[eE×]|\d)|\[\d{1,3}(?:\s*[,;\-–]\s*\d{1,3})*\]"
)
_GROUPS = re.compile(r"[A-Z]{1,3}\(\d\)")  # SO(3)
_MARK_INSIDE = re.compile(r"(?<=[ \n;；。，,：:])\d{1,2}[)）](?=\s?\S)")
_FREEDOM = re.compile(
    r"\d+[ -]?(?:自由度|[Dd]egrees?[ -]of[ -][Ff]reedom|[Dd][Oo][Ff])"
)
# 文本2图像: 2 for "to".
_TWO_FOR_TO = re.compile(
    r"(?<=[\u4e00-\u9fff])2(?=(?:图像?|视频|文本|语音|动作|人脸|三维|场景)(?![\d、]))"
)
_PART = (
    r"(?:[Ff]ig(?:ure)?|[Tt]ab(?:le)?|[Ss]ec(?:tion)?|[Ee]q(?:uation)?|[Aa]lg(?:orithm)?"
    r"|[Aa]ppendix|[Cc]hapter|[Tt]heorem|[Ll]emma|[Pp]age|[Ll]ine|Proposition|Definition"
    r"|Corollary|Footnote|Suppl)e?s?"
)
_PARTS = re.compile(
    rf"(?<![A-Za-z]){_PART}\.?[ ~({GLUE}]*[A-Z]?\d+(?:\.\d+)*[a-z]?"
    rf"(?:\)?\s*(?:,|-|and|&)\s*\(?\d+(?:\.\d+)*[a-z]?)*\)?"
    r"|(?:[图表式节章]|方程|公式|算法|附录|定理)\s*\d+(?:\.\d+)*|第\s*\d+(?:\.\d+)*\s*[节章页]"
)
# x_1, cm^{-3}, R^2, s^{-1}; 10^5 is a number.
_INDICES = re.compile(rf"(?:_|(?<![\d ])\^|(?<!\d)\^){G}[-+]?{G}\d+(?:[./]\d+)*")
_MONTH = re.compile(r"\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?")


def blank_out(text: str) -> str:
    """Blank digits that count nothing, offsets kept.

    Args:
        text: In plain spelling.
    """
    for pattern in (
        _ADDRESSES,
        _LINE_MARKS,
        _MARK_INSIDE,
        _FREEDOM,
        _TWO_FOR_TO,
        _INDICES,
        _MONTH,
    ):
        text = pattern.sub(_blank, text)
    for pattern in (_BRACKETED, _GROUPS, _PARTS):
        text = pattern.sub(_blank_after_no_letter, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _blank_after_no_letter(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1] if match.start() else " "
    glued = before.isascii() and before.isalnum() and match.group()[0] != "["
    return match.group() if glued else _blank(match)
