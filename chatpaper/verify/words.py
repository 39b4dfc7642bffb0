"""Numbers written in Chinese and English words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from chatpaper.verify.digits import CLASSIFIER, take_unit
from chatpaper.verify.notation import GLUE, G
from chatpaper.verify.numerals import (
    EN_FRACTIONS,
    EN_IMPLIED,
    EN_ORDINALS,
    EN_SCALES,
    EN_SMALL,
    ZH_DIGITS,
    alternatives,
    en_value,
    zh_value,
)
from chatpaper.verify.quantity import Quantity, made
from chatpaper.verify.units import BARE, RANK, SHARE, TIMES, UNITS

_CHINESE = re.compile("[\u4e00-\u9fff]")
_ANY = f"{ZH_DIGITS}十百千万亿"
_POINTED = f"[{_ANY}]+(?:点[{ZH_DIGITS}]+[万亿]*)?(?<!点)"
# 参数, 系数, 倍数 ...: 数 as the end of a noun, not "some".
_NOT_SOME = "[参系函指个分变倍多少次阶代维基对级总人位帧点像张算常底层计整实复奇偶负正质无岁件页]"
_ZH = re.compile(
    rf"(?<![第{_ANY}数几])(?<!进(?=一步))(?P<minus>负|零下)?(?:"
    rf"(?P<whole>[{_ANY}]+)分之(?P<part>{_POINTED})"
    rf"|(?P<some>(?:(?:(?<!{_NOT_SOME})数|几|[上近](?=[百千万亿]))[十百千万亿]+"
    rf"|(?:[二三四五六七八九]?十|[一两二三四五六七八九]百)几))"
    rf"|(?P<low>十?[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<scale>[十百千万亿]*)(?![{_ANY}点])"
    rf"|(?P<num>{_POINTED}))"
)
_HALF = re.compile(
    r"一半|半数|减半|过半|对半|(?<![一两二三四五六七八九十大多过上下前后])半(?=个?小时|天|年|分钟|秒|个月)"
)
_TENTHS = re.compile(
    r"(?P<tens>[一二两三四五六七八九])成(?P<ones>[一二三四五六七八九半])?(?=[的以左，。；、]|$)"
)
_DOUBLED = re.compile(r"翻了?(?:(?P<times>[一两二三四])番|倍)|加倍")
_RANKED = re.compile(
    rf"第(?P<num>[{_ANY}]+)(?:名|位|天|百分位)|(?:排名|位列|位居|名列)第(?P<bare>[{_ANY}]+)"
)
# Nouns that a Chinese numeral counts without a classifier: 两阶段, 三视图.
_COUNTED = re.compile(
    r"[多余来]?(?:阶段|步骤|步|流|路径|分支|级|层级|手|类|视角|视图|模态|编码器|解码器|判别器|生成器|网络"
    "|模型|任务|数据集|基准|损失|头|通道|尺度|方面|部分|大|模块|语言|目标|场景|角色|相机|图像|参数"
    "|领域|方法|样本|用户|像素|高斯|张量|三平面)"
)
# 三次样条, 十分, 百科, 三角: numerals inside a word.
_WITHIN_WORD = re.compile(
    r"次(?:样条|曲线|多项式|插值|方|元|型|贝塞尔|B|项)|步走|项式|分(?![之支])|位一体|重(?!要)|人称|类似|个人|层楼"
)
_TWO_COUNTS = ("阶段", "步", "级", "分支")  # 二 elsewhere: 二维, 二分类, 二次
_ONE_COUNTS = re.compile(
    rf"{G}(?:个?数量级|个?小时|分钟|秒(?!级)|天|周|个?月|个星期|倍)"
)
_MAX_NUMERALS = 24  # longer runs are no numbers

_WORDS = alternatives(
    [
        *EN_SMALL, *EN_IMPLIED, *EN_FRACTIONS, *EN_SCALES, *(f"{w}s" for w in EN_SCALES),
        "dozens", "tens",
    ]
)  # fmt: skip
_EN = re.compile(rf"(?i:(?<![A-Za-z])(?:{_WORDS})(?![A-Za-z]))")
_DIGIT_WORDS = alternatives([word for word, value in EN_SMALL.items() if value < 10])
_EN_MORE = re.compile(
    rf"[ {GLUE}-]+(?:and )?(?i:({alternatives([*EN_SMALL, *EN_SCALES])}"
    rf"|point(?=[ -](?:{_DIGIT_WORDS})\b)))\b"
)
_EN_PART = re.compile(rf"[ {GLUE}-]+(?i:({alternatives([*EN_FRACTIONS, 'fold'])})s?)\b")
_EN_HALF_OF = re.compile(
    r"(?:[ -]+an?)?[ -](?=(?:second|minute|hour|day|month|year)s?\b)"
)
_EN_ONE = re.compile(
    r"(?<![A-Za-z])[Aa]n?[ -](?=(?:minute|hour|day|week|month|order[ -]of[ -]magnitude)\b)"
)
_EN_SOME = {"tens": 10, "dozens": 10} | {f"{w}s": n for w, n in EN_SCALES.items()}
_EN_OF = re.compile(rf"(?i)[ {GLUE}]+of[ {GLUE}]+(thousands|millions|billions)\b")
_EN_NTH = re.compile(rf"(?i)\b({alternatives([*EN_ORDINALS])})\b")
_EN_BEST = re.compile(r"(?i)\b(?:winn\w+|won|wins|champion|best|top|highest)\b")


def read_words(spelt: str) -> Iterator[Quantity]:
    """Read the numbers written in words, Chinese ones first.

    Args:
        spelt: In plain spelling, marks and references blanked.
    """
    chinese = _CHINESE.search(spelt) is not None
    if chinese:
        yield from _chinese(spelt)
    for match in _EN_ONE.finditer(spelt):
        yield _measured(spelt, match.start(), match.end(), 1)
    end = 0
    for match in _EN.finditer(spelt):
        if match.start() >= end and not (chinese and _in_name(spelt, match)):
            quantity = _english(spelt, match)
            if quantity is not None:
                end = quantity.end
                yield quantity


def read_ordinals(spelt: str) -> Iterator[Quantity]:
    """Read `third` and `best`, which bear out a rank."""
    for match in _EN_NTH.finditer(spelt):
        yield made(spelt, *match.span(), EN_ORDINALS[match[1].lower()], RANK)
    for match in _EN_BEST.finditer(spelt):
        yield made(spelt, *match.span(), 1, RANK)


def _measured(spelt: str, start: int, end: int, face: Fraction | int) -> Quantity:
    """A number with the unit after it, if any."""
    unit, end = take_unit(spelt, end)
    return made(spelt, start, end, face, unit or BARE)


# ---------------------------------------------------------------- Chinese


def _chinese(spelt: str) -> Iterator[Quantity]:
    for match in _HALF.finditer(spelt):
        if match.group() == "半":
            yield _measured(spelt, *match.span(), Fraction(1, 2))
        else:
            yield made(spelt, *match.span(), Fraction(1, 2), SHARE)
    for match in _TENTHS.finditer(spelt):
        ones = "5" if match["ones"] == "半" else match["ones"] or "零"
        percent = 10 * (zh_value(match["tens"]) or 0) + (zh_value(ones) or 0)
        yield made(spelt, *match.span(), percent, UNITS["%"])
    for match in _DOUBLED.finditer(spelt):
        times = zh_value(match["times"] or "一") or Fraction(1)
        yield made(spelt, *match.span(), 2 ** int(times), TIMES)
    for match in _RANKED.finditer(spelt):
        rank = zh_value(match["num"] or match["bare"])
        if rank:
            yield made(spelt, *match.span(), rank, RANK)
    for match in _ZH.finditer(spelt):
        if len(match.group()) <= _MAX_NUMERALS:
            yield from _chinese_number(spelt, match)


def _chinese_number(spelt: str, match: re.Match[str]) -> Iterator[Quantity]:
    sign = -1 if match["minus"] else 1
    if match["part"]:
        whole, part = zh_value(match["whole"]), zh_value(match["part"])
        if whole and part is not None:
            yield made(spelt, *match.span(), sign * part / whole, SHARE)
    elif match["some"]:
        if match["some"].endswith("几"):
            least = zh_value(match["some"][:-1]) or Fraction(10)
            step = 10 if least < 100 else 100
            yield _vague(spelt, match, least, least + step - 1)
        else:
            least = zh_value("一" + match["some"][1:]) or Fraction(1)
            yield _vague(spelt, match, least, 10 * least - 1)
    elif match["low"] and (pair := _neighbours(match)):
        yield _vague(spelt, match, *pair)
    else:
        yield from _exact(spelt, match, sign)


def _vague(
    spelt: str, match: re.Match[str], least: Fraction, most: Fraction
) -> Quantity:
    """数百, 十几个, 三四十: one of many values."""
    unit, end = take_unit(spelt, match.end())
    counted = None if unit else _counted(spelt, end)
    stop = counted.end() if counted else end
    return made(spelt, match.start(), stop, least, unit or BARE, below=most)


def _neighbours(match: re.Match[str]) -> tuple[Fraction, Fraction] | None:
    """两三, 十七八, 三五百: two digits that follow one another."""
    ten = 10 if len(match["low"]) > 1 else 0
    low, high = (zh_value(c) or Fraction(0) for c in (match["low"][-1], match["high"]))
    scale = zh_value("一" + match["scale"]) or Fraction(1)
    if high - low == 1 or (low, high) == (3, 5):
        return (ten + low) * scale, (ten + high) * scale
    return None


def _counted(spelt: str, end: int) -> re.Match[str] | None:
    return CLASSIFIER.match(spelt, end) or _COUNTED.match(spelt, end)


def _exact(spelt: str, match: re.Match[str], sign: int) -> Iterator[Quantity]:
    numeral = match.group().lstrip("负") if sign < 0 else match.group()
    numeral = numeral.removeprefix("零下")
    value, (start, end) = zh_value(numeral), match.span()
    unit, stop = take_unit(spelt, end)
    if unit and spelt[stop - 1].isascii() and spelt[stop - 1].isalpha():
        unit, stop = None, end
    if (
        value is None
        or numeral == "零"
        or (not unit and _WITHIN_WORD.match(spelt, end))
    ):
        return
    if numeral == "一" and not _ONE_COUNTS.match(spelt, end):
        return
    counted = None if unit else _counted(spelt, end)
    stop = counted.end() if counted else stop
    if numeral[0] in "百千万亿" and not numeral.strip("十百千万亿"):
        # 百万参数, 千张: a magnitude; a lone 万 or 百 is part of a word.
        if len(numeral) > 1 or counted or unit:
            most = 10 * value - 1
            yield made(spelt, start, stop, value, unit or BARE, below=most)
        return
    if unit and unit.dimension == "s" and 1900 <= value <= 2100:
        unit = BARE  # 二〇二四年
    if numeral == "二" and not (unit or (counted and counted.group() in _TWO_COUNTS)):
        return
    large = any(scale in numeral[1:] for scale in "十百千万亿点")
    if unit or counted or (large and numeral[0] != "十") or sign < 0:
        yield made(
            spelt, start, stop, sign * value, unit or BARE, counted=counted is not None
        )


# ---------------------------------------------------------------- English


def _in_name(spelt: str, match: re.Match[str]) -> bool:
    """`One-Way Diffusion` amid Chinese: a name, not a count."""
    after = spelt[match.end() : match.end() + 2]
    return match.group()[0].isupper() or (after[:1] == "-" and after[1:].isupper())


def _english(spelt: str, match: re.Match[str]) -> Quantity | None:
    word, (start, end) = match.group().lower(), match.span()
    if word in _EN_SOME:
        return _english_some(spelt, word, start, end)
    if word in EN_FRACTIONS:
        time = _EN_HALF_OF.match(spelt, end)
        if time and EN_FRACTIONS[word] == 2:
            return _measured(spelt, start, time.end(), Fraction(1, 2))
        if word in EN_ORDINALS and spelt[max(0, start - 2) : start] != "a ":
            return None
        return made(spelt, start, end, Fraction(1, EN_FRACTIONS[word]), SHARE)
    if word in EN_IMPLIED:
        return made(spelt, start, end, EN_IMPLIED[word])
    words = [word]
    more = _EN_MORE.match(spelt, end)
    while more and (
        more[1].lower() == "point" or en_value([*words, more[1].lower()]) is not None
    ):
        words.append(more[1].lower())
        end = more.end()
        more = _EN_MORE.match(spelt, end)
    value = en_value(words) or Fraction(0)
    part = _EN_PART.match(spelt, end)
    if part and part[1].lower() == "fold":
        return made(spelt, start, part.end(), value, TIMES)
    if part and value < EN_FRACTIONS[part[1].lower()]:
        return made(
            spelt, start, part.end(), value / EN_FRACTIONS[part[1].lower()], SHARE
        )
    return _measured(spelt, start, end, value)


def _english_some(spelt: str, word: str, start: int, end: int) -> Quantity:
    least = _EN_SOME[word]
    more = _EN_OF.match(spelt, end)
    if more:
        least, end = least * _EN_SOME[more[1].lower()], more.end()
    return made(spelt, start, end, least, below=10 * least - 1)
