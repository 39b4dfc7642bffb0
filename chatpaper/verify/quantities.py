"""A number, its unit and how exactly it is given, in digits or in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from chatpaper.verify.notation import EN_SCALES, GLUE, ZH_DIGITS, ZH_SCALES, G, zh_value


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is counted in.

    Attributes:
        dimension: Values are compared within one dimension only; `%`, `x`, `s`, ...
        factor: Of the dimension's base unit.
    """

    dimension: str = ""
    factor: Fraction = Fraction(1)

    def __bool__(self) -> bool:
        return self.dimension != ""


BARE = Unit()
SHARE = Unit("%")  # of the whole: a half is 1/2 and 50 %
TIMES = Unit("x")
RANK = Unit("rank")


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to understand a number.

    Attributes:
        face: The number with its scale (万, million), before its unit.
        unit: What it is counted in.
    """

    printed_value: Fraction
    unit: Unit = BARE

    @property
    def value(self) -> Fraction:
        """In the base unit of the dimension."""
        return self.printed_value * self.unit.factor


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text says of something.

    Attributes:
        text: As it stands, unit and classifier included.
        start, end: `text` is `source[start:end]`.
        readings: What it may mean, the likeliest first: `10−3` is a power or a range.
        below: Of 数百, dozens, 七八个: the first reading is the least value, this the
            greatest; None for an exact number.
        counted: It has a classifier, so it counts things.
    """

    text: str
    start: int
    end: int
    interpretations: tuple[Interpretation, ...]
    below: Fraction | None = None
    counted: bool = False

    def also(self, *interpretations: Interpretation) -> Quantity:
        """The same with further readings."""
        return replace(self, interpretations=(*self.interpretations, *interpretations))


def new_quantity(
    spelt: str,
    start: int,
    end: int,
    printed_value: Fraction | int,
    unit: Unit = BARE,
    *,
    below: Fraction | int | None = None,
    counted: bool = False,
) -> Quantity:
    """A quantity of one reading. Orders of magnitude become the multiple they are."""
    value = Fraction(printed_value)
    if unit.dimension == "magnitude":
        value, unit = Fraction(10) ** min(int(value), 60), TIMES
    top = None if below is None else Fraction(below)
    return Quantity(
        spelt[start:end], start, end, (Interpretation(value, unit),), top, counted
    )


# Spellings and factor by dimension; `(s)` stands for both forms.
_TABLE = {
    "%": """%|percent(s)|per cent|pct|个百分点|百分点|pp|p.p.|percentage point(s) 1e-2
        ‰|permille|per mille 1e-3  基点|个基点|bp|bps|basis points 1e-4
        ppm 1e-6  ppb 1e-9""",
    "x": "×|x|X|倍|times|fold(s)|多倍|余倍|time faster|time more 1",
    "magnitude": "个数量级|数量级|个量级|order(s) of magnitude|orders|magnitudes 1",
    "s": """ns|nanosecond(s)|纳秒 1e-9  μs|us|µs|microsecond(s)|微秒 1e-6
        ms|msec(s)|millisecond(s)|毫秒 1e-3  s|sec(s)|second(s)|秒钟|秒 1
        min(s)|minute(s)|分钟 60
        h|hr(s)|hour(s)|个小时|小时|个钟头|个多小时|多小时|余小时 3600
        day(s)|天 86400  week(s)|wk(s)|个星期|星期|周 604800
        month(s)|个月|个多月 2592000  year(s)|yr(s)|年 31536000
        decade(s) 315360000  century|centuries 3153600000""",
    "byte": """byte(s)|字节 1  KB|kB|KiB|Kb|kilobyte(s) 1e3
        MB|MiB|Mb|megabyte(s)|兆字节|兆 1e6
        GB|GiB|Gb|gigabyte(s) 1e9  TB|TiB|terabyte(s) 1e12""",
    "bit": "bit(s)|比特|bpp 1",
    "Hz": """fps|FPS|Fps|frame(s) per second|frames/s|帧每秒|frames/second|frames/sec
        |帧/秒|帧/s|images/s|img/s|Hz|赫兹|hertz 1  kHz|KHz|千赫 1e3  MHz|兆赫 1e6
        GHz|吉赫 1e9  THz 1e12""",
    "dB": "dB(s)|db|DB|分贝|decibel(s) 1",
    "°": "°C|° C|℃|摄氏度|degree(s) Celsius|°|度|degree(s)|deg(s) 1",
    "px": "p|P|px|pixel(s)|个像素|像素|像素点 1  megapixel(s)|MP|百万像素 1e6",
    "m": """nm|nanometer(s)|nanometre(s)|纳米 1e-9  μm|µm|um|micron(s)|micrometer(s)
        |micrometre(s)|微米 1e-6  mm|millimeter(s)|millimetre(s)|毫米 1e-3  cm
        |centimeter(s)|centimetre(s)|厘米 1e-2  m|meter(s)|metre(s)|米 1
        km|kilometer(s)|kilometre(s)|公里|千米 1e3""",
    "g": """μg|µg|ug|microgram(s)|微克 1e-6  mg|milligram(s)|毫克 1e-3  g|gram(s)|克 1
        kg|kilogram(s)|千克|公斤 1e3""",
    "W": "μW|µW|微瓦 1e-6  mW|毫瓦 1e-3  W|watt(s)|瓦 1  kW|千瓦 1e3  MW|兆瓦 1e6",
    "J": "μJ|µJ|微焦 1e-6  mJ|毫焦 1e-3  J|joule(s)|焦耳|焦 1  kJ|千焦 1e3",
    "V": "mV|毫伏 1e-3  V|volt(s)|伏 1  kV|kVp 1e3",
    "eV": """meV 1e-3  eV|电子伏 1  keV|千电子伏 1e3  MeV|兆电子伏 1e6
        GeV|吉电子伏 1e9  TeV 1e12""",
    "flop": """MFLOPs|MFLOPS|MFlops|MMACs 1e6  GFLOPs|GFLOPS|GFlops|GFLOP|GMACs|GMac 1e9
        TFLOPs|TFLOPS|TFlops|TMACs 1e12""",
    "USD": "美元|美金|USD|dollar(s) 1",
}
# Bare scale letters (`210k`, `7B`, `3.5M`) and words.
_LETTERS = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
SCALES = {**_LETTERS, **EN_SCALES, "mln": 10**6, "bn": 10**9}

_ROW = re.compile(r"(.+?)\s(\d+(?:e-?\d+)?)(?:\s+|\Z)", re.DOTALL)
UNITS = {
    " ".join(name.replace("(s)", ending).split()): Unit(dimension, Fraction(factor))
    for dimension, rows in _TABLE.items()
    for names, factor in _ROW.findall(rows)
    for name in names.split("|")
    for ending in ("", "s")
}
# A Latin unit ends where its letters end, any other anywhere.
_LATIN = [name for name in UNITS if name[-1].isascii() and name[-1].isalpha()]
_OTHER = [name for name in UNITS if name not in _LATIN]
_GAPS = re.compile(rf"[\s{GLUE}-]+")


def _any_of(names: Iterable[str]) -> str:
    followed = {"°": "°(?! ?C)", "×": rf"×(?!{G}\d)"}
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(
        followed.get(name) or re.escape(name).replace("/", r"\s?/\s?")
        for name in longest_first
    )


# After a number, before it ends: `多` and `+` say no more than that there is more.
_UNIT = re.compile(
    rf"{G}[+多余来]?(?:{G}-?{G}(?P<unit>{_any_of(_OTHER)}"
    rf"|(?:{_any_of(_LATIN)})(?![A-Za-z0-9])))"
)
_SCALE = re.compile(
    rf"{GLUE}*(?:{_any_of(_LETTERS)})(?![A-Za-z0-9])"
    rf"|{G}(?:{_any_of(SCALES.keys() - _LETTERS.keys())})(?![A-Za-z0-9])"
)
# 3万, 5 百万, 13万2千, 1万2000; 97百分位 has no scale.
_ZH_TAIL = f"{ZH_DIGITS}{''.join(ZH_SCALES)}0123456789"
_ZH_SCALE = re.compile(
    rf"{G}((?>[{''.join(ZH_SCALES)}]{{1,4}}(?:{G}[{_ZH_TAIL}]){{,24}})(?![分.%A-Za-z])"
    rf"|[{''.join(ZH_SCALES)}]{{1,4}}(?!分[之位点]))"
)
# Classifiers, and nouns that a numeral counts without one: 两阶段, 三视图.
COUNTED = re.compile(
    rf"{G}[+多余来]?{G}(?:个|种|项|类|次|张|幅|条|位|名|组|套|款|家|篇|轮|段|块|对|帧|步骤|步|级|层级|层"
    "|路径|路|流|例|首|份|场|部分|部|人|台|只|颗|辆|件|门|批|处|支|页|句|行|列|阶段|分支|手|视角|视图"
    "|模态|编码器|解码器|判别器|生成器|网络|模型|任务|数据集|基准|损失|头|通道|尺度|方面|大|模块|语言"
    "|目标|场景|角色|相机|图像|参数|领域|方法|样本|用户|像素|高斯|张量|三平面)"
)


def take_unit(spelt: str, end: int) -> tuple[Unit, int]:
    """The unit after a number, `BARE` when there is none, and where it ends."""
    match = _UNIT.match(spelt, end)
    if match is None:
        return BARE, end
    found = (UNITS.get(_GAPS.sub(gap, match["unit"])) for gap in (r"\g<0>", " ", ""))
    return next(filter(None, found), BARE), match.end()


def take_scale(spelt: str, digits: str, end: int) -> tuple[Fraction, int]:
    """The number with the scale after it, 3万, 13万2千, 1.4 billion, and its end."""
    chinese = _ZH_SCALE.match(spelt, end)
    if chinese:
        scale = chinese[1]
        for words in (scale, scale[: len(scale) - len(scale.lstrip("亿万千百十"))]):
            value = zh_value(digits + _GAPS.sub("", words))
            if value is not None:
                return value, chinese.start(1) + len(words)
    latin = _SCALE.match(spelt, end)
    if latin:
        return Fraction(digits) * SCALES[latin.group().strip(f" {GLUE}")], latin.end()
    return Fraction(digits), end
