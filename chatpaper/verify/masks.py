"""Digits that are no quantities: list marks, references, addresses, names."""

from __future__ import annotations

import re

from chatpaper.verify.notation import GLUE
from chatpaper.verify.numerals import alternatives

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
_GROUPS = re.compile(r"[A-Z]{1,3}\(\d\)")
_AFTER_DIGITS = re.compile(
    r"\d+(?:(?P<mark>[)）])(?=\s?\S)"
    r"|[ \-]?(?:自由度|[Dd]egrees?[ \-]of[ \-][Ff]reedom|[Dd][Oo][Ff]))"
)
# 文本2图像: 2 for "to".
_TWO_FOR_TO = re.compile(r"2(?=(?:图像?|视频|文本|语音|动作|人脸|三维|场景)(?![\d、]))")
_PART_NAMES = (
    "Fig Figs Figure Figures Tab Table Tables Sec Section Sections Eq Eqs Equation"
    " Equations Algorithm Algorithms Appendix Chapter Chapters Theorem Theorems Lemma"
    " Lemmas Alg Suppl Proposition Definition Corollary Page Line Footnote"
)
_PART_BEFORE = re.compile(
    r"(?:fig|figure|tab|table|sec|section|eq|equation|algorithm|appendix|chapter"
    r"|theorem|lemma|page|line)s?\.?[ (]*$"
)
_PARTS = re.compile(
    rf"(?:{alternatives(_PART_NAMES.split())})"
    r"\.?[ ~(]*[A-Z]?\d+(?:\.\d+)*[a-z]?"
    r"(?:\)?\s*(?:,|-|and|&)\s*\(?\d+(?:\.\d+)*[a-z]?)*\)?"
    r"|(?:[图表式节章]|方程|公式|算法|附录|定理)\s*\d+(?:\.\d+)*|第\s*\d+(?:\.\d+)*\s*[节章页]"
)
# Words before a bare number that say what was measured: the number is a quantity.
_MEASURED = re.compile(
    r"(?i)(?:\b|_)(?:psnr|ssim|ms-?ssim|lpips|k?fid|fvd|kid|is|m?iou|m?ap\d*|ar|auc|auroc"
    r"|auprc|acc|accuracy|dice|dsc|f-?1|f1-score|score|mse|mae|r?mse|rmse|absrel|nmse|bleu"
    r"|rouge|cider|meteor|wer|cer|eer|hd95|hd|assd|nsd|ap50|mota|idf1|nds|ate|rpe|nfes?|fps"
    r"|g?flops|macs|params?|recall|precision|sensitivity|specificity|pass@1|epe|pck|mpjpe"
    r"|pve|pa-mpjpe|cd|emd|niqe|brisque|clip(?:-?s(?:core)?|-?t|-?i)?|aesthetic|musiq|dists"
    r"|r2|pcc|srcc|plcc|kappa|elo|k|n|t|m|d|x|size|batch|epochs?|steps?|top|loss|ratio|rate"
    r"|gpus?|cpus?|tpus?|scenes?|images?|frames?|views?|hz|snr|mos|mcd|lse-?[cd]|lmd|aed|apd"
    r"|average|mean|lab|ict|lsec|lsed|error)$"
)
_TITLE_START = re.compile(r"(?:\A|[.!?:;。！？：；\n]\s*)$")
_WORD_BEFORE = re.compile(rf"([A-Za-z][\w.+#\-{GLUE}^]*?)[ {GLUE}]{{1,3}}$")
_FUNCTION_WORDS = re.compile(
    r"(?i)(?:in|on|at|by|to|of|the|our|we|with|over|under|from|for|only|about|around|than"
    r"|up|is|are|and|or|these|those|its|their|all|use|using|used|just|nearly|within|after"
    r"|before|between|into|every|per|most|least|reach|reaches|reaching|achieve|achieves"
    r"|achieving|a|an|takes?|has|have|contains?|approximately|roughly|almost|since|until"
    r"|containing|comprises?|including|includes?|first|last|top|best|across|other|which)$"
)
_YEAR = re.compile(r"(?:19|20)\d\d$")


def blank_out(text: str) -> str:
    """Blank list marks, citations, references to parts and addresses, offsets kept."""
    for pattern in (_ADDRESSES, _LINE_MARKS):
        text = pattern.sub(_blank, text)
    for pattern in (_BRACKETED, _GROUPS, _PARTS):
        text = pattern.sub(_blank_after_no_letter, text)
    text = _AFTER_DIGITS.sub(_blank_mark_or_freedom, text)
    return _TWO_FOR_TO.sub(_blank_after_chinese, text)


def numbers_a_part(text: str, start: int) -> bool:
    """Whether the number at `start` is that of a figure, a section, a page ..."""
    return bool(_PART_BEFORE.search(text, max(0, start - 14), start))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _before(match: re.Match[str]) -> str:
    return match.string[match.start() - 1] if match.start() else " "


def _blank_after_no_letter(match: re.Match[str]) -> str:
    before = _before(match)
    if match.group()[0] == "[":
        return _blank(match)
    glued = before.isascii() and before.isalnum()
    return match.group() if glued else _blank(match)


def _blank_mark_or_freedom(match: re.Match[str]) -> str:
    if match["mark"] is None:
        return _blank(match)
    begun = _before(match) in " \n;；。，,：:" and len(match.group()) <= 3
    return _blank(match) if begun else match.group()


def _blank_after_chinese(match: re.Match[str]) -> str:
    chinese = "\u4e00" <= _before(match) <= "\u9fff"
    return _blank(match) if chinese else match.group()


def part_of_name(text: str, start: int, end: int, *, bare: bool, listed: bool) -> bool:
    """Whether the number at `start:end` belongs to a name.

    Args:
        text: In plain spelling.
        start: Of the number.
        end: Of the number with its unit.
        bare: It has no unit, scale or classifier, and at most one decimal.
        listed: It is a width by height, which follows a data set's name.
    """
    after = text[end : end + 2].lstrip(GLUE)
    if after[:1].isascii() and after[:1].isalpha():
        return True
    if len(after) > 1 and after[0] == "-" and "A" <= after[1] <= "Z":
        return True
    if not (bare or listed):
        return False
    return named_before(text, start, text[start:end])


def named_before(text: str, start: int, number: str) -> bool:
    """Whether a name stands right before a bare number: `RTX 3090`, `CVPR 2024`."""
    before = _WORD_BEFORE.search(text, max(0, start - 40), start)
    if before is None:
        return False
    word = before.group(1).strip(GLUE)
    if not any("A" <= c <= "Z" for c in word):
        return False
    if _MEASURED.search(word) or _FUNCTION_WORDS.match(word):
        return False
    at = before.start(1)
    if word[1:].islower() and _TITLE_START.search(text, max(0, at - 8), at):
        return bool(_YEAR.match(number))
    return True
