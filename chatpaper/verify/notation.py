"""One spelling for the many ways of printing a number, and no digits but of numbers.

Every replacement is as long as what it replaces, so an offset into the plain
text is an offset into the text that was handed in.
"""

from __future__ import annotations

import re

from chatpaper.text import spell_signs

# Stands where a character was that joins its neighbours: `$`, a brace, `{,}`.
GLUE = "\x01"
G = rf"[ {GLUE}]{{0,16}}"  # what may stand between the parts of a number

_FULL_WIDTH = "０１２３４５６７８９％＋／＝＜＞．ｘＸ"
_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("～∼〜˜∽", "~"),
        **dict.fromkeys("✕✖⨯╳Х⨉", "×"),
        **dict.fromkeys(
            "\t\n\r\v\f\xa0\u2002\u2003\u2004\u2005\u2007\u2008\u3000", " "
        ),
        **dict.fromkeys("\u2006\u2009\u202f${}*", GLUE),
        **dict.fromkeys("\u02da\u00ba", "°"),
        **{char: chr(ord(char) - 0xFEE0) for char in _FULL_WIDTH},
        **dict(
            zip("﹪’個張條種項層組幀時鐘參", "%'个张条种项层组帧时钟参", strict=True)
        ),
    }
)
# Traditional and financial numerals, read only beside one another: 陆 is land as well.
_FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億兩", "一二二三三四五六六七八九十百千万亿两"
)
_FORMAL_RUN = re.compile(
    f"[{''.join(map(chr, _FORMAL))}零一二三四五六七八九十百千万亿]{{2,}}|[萬億兩]"
)

_RAISED_DEGREE = re.compile(rf"\^{GLUE}*(?=°)")
_THOUSANDS = re.compile(r"(?<=\d)\{,\}(?=\d{3})")

_PART = (
    r"(?:[Ff]ig(?:ure)?|[Tt]ab(?:le)?|[Ss]ec(?:tion)?|[Ee]q(?:uation)?|[Aa]lg(?:orithm)?"
    r"|[Aa]ppendix|[Cc]hapter|[Tt]heorem|[Ll]emma|[Pp]age|[Ll]ine|Proposition|Definition"
    r"|Corollary|Footnote)s?"
)
# Digits that count nothing.
_MASKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"https?://[!-~]+|www\.[!-~]+|@(?:\.?\d[\d.:]*|[A-Za-z0-9-]+\.[A-Za-z][\w.]*)",
        r"ar[Xx]iv:?\s?\d{4}\.\d{4,5}(?:v\d+)?|doi:?\s?10\.\d{4,}/\S+",
        # marks of lists, at their beginning and inside
        rf"\A[-•#>†{GLUE} \t]*\d{{1,2}}(?:[.、．:：)）](?!\d)\s*|\.(?=[^\d\s%]))",
        r"(?<=[;；。，：])[ ]?\d{1,2}[)）](?=\s?\S)",
        # (3), SO(3), 0.26(1); [3, 17]; Fig. 2 and 3; 第4节
        r"[（(]\d{1,2}[)）](?!\s*[eE×]|\d)|\[\d{1,3}(?:\s*[,;-]\s*\d{1,3})*\]",
        rf"(?<![A-Za-z]){_PART}\.?[ ~({GLUE}]*[A-Z]?\d+(?:\.\d+)*[a-z]?"
        r"(?:\)?\s*(?:,|-|and|&)\s*\(?\d+(?:\.\d+)*[a-z]?)*\)?",
        r"(?:[图表式节章]|方程|公式|算法|附录|定理)\s*\d+(?:\.\d+)*",
        r"第\s*\d+(?:\.\d+)*\s*[节章页]",
        # x_1, cm^{-3}, R^2, s^{-1}; but 10^5 is a number
        rf"(?:_|(?<=[^\d {GLUE}])\^|(?<=[^\d {GLUE}][ {GLUE}])\^)"
        rf"{G}[-+]?{G}\d+(?:[./]\d+)*",
        r"\d+[ -]?(?:自由度|[Dd]egrees?[ -]of[ -][Ff]reedom|[Dd][Oo][Ff])",
        # 文本2图像: 2 for "to"
        r"(?<=[\u4e00-\u9fff])2(?=图像|视频|文本|语音|动作|人脸|三维|场景)",
        r"\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?",
    )
)


def plain(text: str) -> str:
    """Spell dashes, spaces, full-width digits and LaTeX marks one way.

    Returns:
        A text as long as the one handed in, character over character.
    """
    text = spell_signs(text, GLUE)
    text = _THOUSANDS.sub(_glue, text)
    text = _FORMAL_RUN.sub(lambda match: match.group().translate(_FORMAL), text)
    text = text.translate(_CHARACTERS)
    return _RAISED_DEGREE.sub(_glue, text)


def _glue(match: re.Match[str]) -> str:
    return GLUE * len(match.group())


def blank_out(text: str) -> str:
    """Blank digits that count nothing, offsets kept.

    Args:
        text: In plain spelling.
    """
    for pattern in _MASKS:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text
