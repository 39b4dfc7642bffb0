"""Numbers written in Chinese and English words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from chatpaper.verify.digits import CLASSIFIERS
from chatpaper.verify.notation import GLUE
from chatpaper.verify.numerals import (
    EN_FRACTIONS,
    EN_IMPLIED,
    EN_ORDINALS,
    EN_SCALES,
    EN_WORDS,
    alternatives,
    en_value,
    zh_value,
)
from chatpaper.verify.quantity import Kind, Quantity
from chatpaper.verify.units import Unit, unit_named, unit_pattern

_G = rf"[ {GLUE}]*"
_ONE = Decimal(1)
_NUMERAL = "一二两三四五六七八九十百千万亿"
_CHINESE = re.compile("[\u4e00-\u9fff]")
_HALF_UNIT = re.compile(unit_pattern("个?"))
_UNIT = re.compile(rf"{_G}[多余]?" + unit_pattern(rf"{_G}-?{_G}"))

# Nouns that a Chinese numeral counts without a classifier: 两阶段, 三视图.
_COUNTED = (
    "阶段|步骤|步|流|路径|分支|路|级|层级|层|手|帧|类|视角|视图|模态|编码器|解码器|判别器|生成器|网络"
    "|模型|任务|数据集|基准|损失|头|轮|通道|尺度|方面|部分|大|模块|语言|目标|场景|角色|相机|图像|参数"
    "|领域|方法|样本|用户|像素|高斯|张量|三平面"
)
# 参数, 系数, 倍数 ...: 数 as the end of a noun, not "some".
_NOT_SOME = (
    "[参系函指个分变倍多少次阶代维基对级总人位帧点像"
    "张算常底层计整实复奇偶负正质无岁件页]"
)
_ZH = re.compile(
    rf"(?<![第{_NUMERAL}数几])(?<!进(?=一步))(?:(?P<over>[上近])(?=[百千万亿]))?"
    rf"(?P<num>(?:(?<!{_NOT_SOME})数|几)?[{_NUMERAL}]+|(?<!{_NOT_SOME})数|几)"
    rf"(?:分之(?P<part>[{_NUMERAL}]+))?"
)
_ZH_CLASSIFIER = re.compile(rf"[多余来]?{_G}(?:{CLASSIFIERS}|{_COUNTED})")
_ZH_MEASURE = re.compile(rf"[多余来]?{_G}(?:{CLASSIFIERS})")
_ZH_HALF = re.compile(
    r"一半|半数|减半|过半|对半|(?<![一两二三四五六七八九十大多过上下前后])半(?=个?小时|天|年|分钟|秒|个月)"
)
_ZH_TENTHS = re.compile(r"(?P<num>[一二两三四五六七八九])成(?=[的以左，。；、]|$)")
_ZH_DUAL = re.compile(
    r"双(?=阶段|分支|路径|流|编码器|解码器|任务)(?:阶段|分支|路径|流|.码器|任务)"
)
_ZH_RANK = re.compile(
    rf"第(?P<num>[{_NUMERAL}]+)(?:名|位)|(?:排名|位列|位居|名列)第(?P<bare>[{_NUMERAL}]+)"
)
_ZH_LEVEL = re.compile(r"(?:亚)?(?:毫秒|秒|分钟|小时)级")
# 三次样条, 十分, 百科, 三角: numerals inside a word.
_WITHIN_WORD = re.compile(
    r"次(?:样条|曲线|多项式|插值|方|元|型|贝塞尔|B|项)|步走|项式|分(?![之支])|位一体|重(?!要)|人称|类似|个人|层楼"
)
_ONE_COUNTED = re.compile(
    rf"{_G}(?:个数量级|个小时|小时|分钟|秒钟|秒(?!级)|天|周|个月|个星期|倍|步(?!步|骤|一))"
)
_ONLY = re.compile(
    r"(?:仅|只|仅需|只需|仅用|只用|单凭|从|给定|使用|单)[需用要有从凭使]*$"
)
_ONE_THING = re.compile(r"(?:张|幅|帧|段|次|步)")
_MAX_NUMERALS = 12  # longer runs are no numbers
_MAGNITUDES = "十百千万亿"

_EN_TRIGGERS = (
    *EN_WORDS,
    *EN_IMPLIED,
    *EN_FRACTIONS,
    *EN_SCALES,
    *(f"{word}s" for word in EN_SCALES),
    "dozens",
    "tens",
)
_EN = re.compile(rf"(?i:(?<![A-Za-z])(?:{alternatives(_EN_TRIGGERS)})(?![A-Za-z]))")
_EN_MORE = re.compile(rf"[ {GLUE}-]+(?i:({alternatives((*EN_WORDS, *EN_SCALES))}))\b")
_EN_PARTS = re.compile(rf"[ {GLUE}-]+(?i:({alternatives((*EN_FRACTIONS, 'fold'))}))\b")
_EN_PLACE = re.compile(r"place|[Rr]ank")
_EN_WHICH = re.compile(r"(?i)(first|second|third|fourth|fifth|sixth|tenth)[ -]$")
_EN_RANKED = re.compile(r"(?:ed|s|ing|d)? (first|second|third|fourth|fifth)\b")
_EN_HALF_TIME = re.compile(
    r"(?:[ -]+an?)?[ -](?P<unit>seconds?|minutes?|hours?|days?|months?|years?)\b"
)
_EN_ONE = re.compile(
    r"(?<![A-Za-z])[Aa]n?[ -]"
    r"(?P<unit>minute|hour|day|week|month|order[ -]of[ -]magnitude)\b"
)
_EN_VAGUE = {"dozens": 10, "tens": 10} | {
    f"{word}s": v for word, v in EN_SCALES.items()
}
_EN_OF = re.compile(rf"(?i)[ {GLUE}]+of[ {GLUE}]+(thousands|millions|billions)\b")
_BEFORE_VAGUE = {"tens": 10, "dozens": 10, "hundreds": 100, "thousands": 1000}


def read_words(spelt: str) -> Iterator[Quantity]:
    """Read the numbers written in words, Chinese ones first.

    Args:
        spelt: In plain spelling, marks and references blanked.
    """
    chinese = _CHINESE.search(spelt) is not None
    if chinese:
        yield from _chinese(spelt)
    yield from _english(spelt, chinese=chinese)


def _made(
    kind: Kind, start: int, end: int, *values: Decimal | int, unit: Unit | None = None
) -> Quantity:
    faces = tuple(Decimal(value) for value in values)
    factor = unit.factor if unit else _ONE
    dimension = unit.dimension if unit else ""
    based = tuple(face * factor for face in faces)
    return Quantity("", start, end, kind, based, faces, dimension, "", factor)


# ---------------------------------------------------------------- Chinese


def _chinese(spelt: str) -> Iterator[Quantity]:
    for match in _ZH_HALF.finditer(spelt):
        yield _half(spelt, match)
    for match in _ZH_TENTHS.finditer(spelt):
        tenths = (zh_value(match["num"]) or 0) * 10
        yield _made("percent", match.start(), match.end(), tenths, unit=unit_named("%"))
    for match in _ZH_DUAL.finditer(spelt):
        yield _made("count", match.start(), match.end(), 2)
    for match in _ZH_RANK.finditer(spelt):
        value = zh_value(match["num"] or match["bare"])
        if value:
            yield _made("rank", match.start(), match.end(), value)
    for match in _ZH_LEVEL.finditer(spelt):
        unit_name = match.group().removeprefix("亚").removesuffix("级")
        named = unit_named(unit_name)
        yield _made("approximate", match.start(), match.end(), 1, unit=named)
    for match in _ZH.finditer(spelt):
        quantity = _chinese_number(spelt, match)
        if quantity is not None:
            yield quantity


def _half(spelt: str, match: re.Match[str]) -> Quantity:
    unit = _HALF_UNIT.match(spelt, match.end())
    if match.group() != "半" or unit is None:
        return _made("fraction", match.start(), match.end(), 1, 2)
    named = unit_named(unit["unit"])
    return _made("plain", match.start(), unit.end(), Decimal("0.5"), unit=named)


def _chinese_number(spelt: str, match: re.Match[str]) -> Quantity | None:
    start, end, num = match.start(), match.end(), match["num"]
    if len(match.group()) > _MAX_NUMERALS:
        return None
    if match["part"]:
        whole, part = zh_value(num), zh_value(match["part"])
        if num == "百" and part is not None:
            return _made("percent", start, end, part, unit=unit_named("%"))
        return _made("fraction", start, end, part, whole) if whole and part else None
    if num[0] in "数几" or match["over"]:
        return _vague(spelt, match)
    if num == "一":
        return _one(spelt, start, end)
    value = zh_value(num)
    if value is None or _WITHIN_WORD.match(spelt, end):
        return None
    unit = _UNIT.match(spelt, end)
    if unit and (unit["unit"] or "") and "\u4e00" <= unit["unit"][-1] <= "\u9fff":
        named = unit_named(unit["unit"])
        kind: Kind = "multiple" if named and named.dimension == "x" else "plain"
        if num[0] in _MAGNITUDES[1:]:
            kind = "approximate"
        return _made(kind, start, unit.end(), value, unit=named)
    counted = _ZH_CLASSIFIER.match(spelt, end)
    if num[0] in _MAGNITUDES[1:]:
        # 百万参数, 千张: a magnitude, said without a count; lone 万 and 百 are words.
        if len(num) == 1 and counted is None:
            return None
        stop = counted.end() if counted else end
        return _made("approximate", start, stop, value)
    if counted is None or (
        num == "二" and counted.group() not in ("阶段", "步", "级", "分支")
    ):
        return _bare_large(num, start, end, value)
    return _made("count", start, counted.end(), value)


def _bare_large(num: str, start: int, end: int, value: int) -> Quantity | None:
    """A numeral without a noun that is surely a number: 三百, 五十万."""
    if num[0] not in _MAGNITUDES and any(char in _MAGNITUDES for char in num[1:]):
        return _made("plain", start, end, value)
    return None


def _vague(spelt: str, match: re.Match[str]) -> Quantity | None:
    """数百, 几十张, 几个, 上千: the magnitude only."""
    tail = match["num"].lstrip("数几")
    value = zh_value("一" + tail) if tail and tail[0] in "十百千" else zh_value(tail)
    if tail and tail in ("万", "亿", "百万", "千万", "十万"):
        value = zh_value("一" + tail)
    if tail and value is None:
        return None
    unit = _UNIT.match(spelt, match.end())
    named = unit_named(unit["unit"]) if unit and unit["unit"] else None
    counted = _ZH_MEASURE.match(spelt, match.end())
    if not tail and not (named or counted):
        return None
    ends = [m.end() for m in (unit if named else None, counted) if m]
    return _made(
        "approximate",
        match.start(),
        max(ends, default=match.end()),
        value or 1,
        unit=named,
    )


def _one(spelt: str, start: int, end: int) -> Quantity | None:
    """一 counts only with some measures; elsewhere it is an article."""
    counted = _ONE_COUNTED.match(spelt, end)
    if counted:
        measure = unit_named(counted.group().strip(f" {GLUE}"))
        kind: Kind = "plain" if measure else "count"
        if measure and measure.dimension == "x":
            kind = "multiple"
        return _made(kind, start, counted.end(), 1, unit=measure)
    thing = _ONE_THING.match(spelt, end)
    if thing and _ONLY.search(spelt, max(0, start - 6), start):
        return _made("count", start, thing.end(), 1)
    return None


# ---------------------------------------------------------------- English


def _english(spelt: str, *, chinese: bool) -> Iterator[Quantity]:
    done = 0
    for match in _EN_PLACE.finditer(spelt):
        which = _EN_WHICH.search(spelt, max(0, match.start() - 9), match.start())
        which = which or _EN_RANKED.match(spelt, match.end())
        if which:
            rank = EN_ORDINALS[which.group(1).lower()]
            start, end = (
                min(which.start(), match.start()),
                max(which.end(), match.end()),
            )
            yield _made("rank", start, end, rank)
    for match in _EN_ONE.finditer(spelt):
        yield _made(
            "plain", match.start(), match.end(), 1, unit=unit_named(match["unit"])
        )
    for match in _EN.finditer(spelt):
        if match.start() >= done and not (chinese and _in_name(spelt, match)):
            quantity = _english_number(spelt, match)
            done = quantity.end
            yield quantity


def _in_name(spelt: str, match: re.Match[str]) -> bool:
    """`One-Way Diffusion` amid Chinese: a name, not a count."""
    after = spelt[match.end() : match.end() + 2]
    return match.group()[0].isupper() or (after[:1] == "-" and after[1:].isupper())


def _english_number(spelt: str, match: re.Match[str]) -> Quantity:
    word, start, end = match.group().lower(), match.start(), match.end()
    if word in _EN_VAGUE:
        return _english_vague(spelt, word, start, end)
    if word in EN_FRACTIONS:
        time = _EN_HALF_TIME.match(spelt, end) if word == "half" else None
        if time:
            measure = unit_named(time["unit"])
            return _made("plain", start, time.end(), Decimal("0.5"), unit=measure)
        return _made("fraction", start, end, 1, EN_FRACTIONS[word])
    words = [word]
    if word not in EN_IMPLIED:
        more = _EN_MORE.match(spelt, end)
        while more and en_value([*words, more.group(1).lower()]) is not None:
            words.append(more.group(1).lower())
            end = more.end()
            more = _EN_MORE.match(spelt, end)
    value = Decimal(EN_IMPLIED[word]) if word in EN_IMPLIED else en_value(words)
    value = value if value is not None else _ONE
    part = _EN_PARTS.match(spelt, end)
    if part and part.group(1).lower() == "fold":
        return _made("multiple", start, part.end(), value, unit=unit_named("fold"))
    if part and value < EN_FRACTIONS[part.group(1).lower()]:
        below = EN_FRACTIONS[part.group(1).lower()]
        return _made("fraction", start, part.end(), value, below)
    unit = _UNIT.match(spelt, end)
    named = unit_named(unit["unit"]) if unit and unit["unit"] else None
    if named and unit:
        return _made("plain", start, unit.end(), value, unit=named)
    return _made("count", start, end, value)


def _english_vague(spelt: str, word: str, start: int, end: int) -> Quantity:
    value = _EN_VAGUE[word]
    more = _EN_OF.match(spelt, end)
    if more and word in _BEFORE_VAGUE:
        value = _BEFORE_VAGUE[word] * _EN_VAGUE[more.group(1).lower()]
        end = more.end()
    return _made("approximate", start, end, value)
