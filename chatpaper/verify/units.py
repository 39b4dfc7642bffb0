"""Units of measure in Chinese and English, each with its dimension and factor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from chatpaper.verify.notation import GLUE, G
from chatpaper.verify.numerals import EN_SCALES, ZH_DIGITS, ZH_SCALES, alternatives


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is counted in.

    Attributes:
        dimension: Values are compared within one dimension only; `%`, `x`, `s`, ...
        factor: Of the dimension's base unit.
    """

    dimension: str = ""
    factor: Fraction = Fraction(1)


BARE = Unit()
SHARE = Unit("%")  # of the whole: a half is 1/2 and 50 %
TIMES = Unit("x")
RANK = Unit("rank")

# dimension: spellings and factor, spellings and factor ...
_TABLE = {
    "%": """%|percent|per cent|percents|pct|个百分点|百分点|pp|p.p.|percentage points
        |percentage point|percent points 1e-2
        ‰|permille|per mille 1e-3  基点|个基点|bp|bps|basis points 1e-4  ppm 1e-6  ppb 1e-9""",
    "x": "×|x|X|倍|times|fold|folds|多倍|余倍|time faster|time more 1",
    "magnitude": """个数量级|数量级|个量级|orders of magnitude|order of magnitude|orders
        |magnitudes 1""",
    "s": """ns|nanosecond|nanoseconds|纳秒 1e-9  μs|us|µs|microsecond|microseconds|微秒 1e-6
        ms|msec|msecs|millisecond|milliseconds|毫秒 1e-3  s|sec|secs|second|seconds|秒钟|秒 1
        min|mins|minute|minutes|分钟 60  h|hr|hrs|hour|hours|个小时|小时|个钟头|个多小时
        |多小时|余小时 3600  day|days|天 86400  week|weeks|wk|wks|个星期|星期|周 604800
        month|months|个月|个多月 2592000  year|years|yr|yrs|年 31536000""",
    "byte": """byte|bytes|字节 1  KB|kB|KiB|Kb|kilobyte|kilobytes 1e3  MB|MiB|Mb|megabyte
        |megabytes|兆字节|兆 1e6  GB|GiB|Gb|gigabyte|gigabytes 1e9  TB|TiB|terabyte
        |terabytes 1e12""",
    "bit": "bit|bits|比特|bpp 1",
    "fps": """fps|FPS|Fps|frames per second|frames/s|frame per second|帧每秒|frames/second
        |frames/sec|帧/秒|帧/s|images/s|img/s 1""",
    "Hz": "Hz|赫兹|hertz 1  kHz|KHz|千赫 1e3  MHz|兆赫 1e6  GHz|吉赫 1e9  THz 1e12",
    "dB": "dB|db|DB|分贝|dBs|decibel|decibels 1",
    "°": """°C|° C|℃|摄氏度|degrees Celsius|degree Celsius|°|度|degree|degrees|deg|degs 1""",
    "px": "px|pixel|pixels|个像素|像素|像素点 1  megapixel|megapixels|MP|百万像素 1e6",
    "line": "p|P 1",
    "m": """nm|nanometer|nanometers|纳米 1e-9  μm|µm|um|micron|microns|micrometer|micrometers
        |微米 1e-6  mm|millimeter|millimeters|millimetre|millimetres|毫米 1e-3  cm|centimeter
        |centimeters|centimetre|centimetres|厘米 1e-2  m|meter|meters|metre|metres|米 1
        km|kilometer|kilometers|kilometre|kilometres|公里|千米 1e3""",
    "g": """μg|µg|ug|microgram|micrograms|微克 1e-6  mg|milligram|milligrams|毫克 1e-3
        g|gram|grams|克 1  kg|kilogram|kilograms|千克|公斤 1e3""",
    "W": "μW|µW|微瓦 1e-6  mW|毫瓦 1e-3  W|watt|watts|瓦 1  kW|千瓦 1e3  MW|兆瓦 1e6",
    "J": "μJ|µJ 1e-6  mJ|毫焦 1e-3  J|joule|joules|焦耳|焦 1  kJ|千焦 1e3",
    "V": "mV|毫伏 1e-3  V|volt|volts|伏 1  kV|kVp 1e3",
    "eV": """meV 1e-3  eV|电子伏 1  keV|千电子伏 1e3  MeV|兆电子伏 1e6  GeV|吉电子伏 1e9
        TeV|太电子伏 1e12""",
    "flop": """MFLOPs|MFLOPS|MFlops|MMACs 1e6  GFLOPs|GFLOPS|GFlops|GFLOP|GMACs|GMac 1e9
        TFLOPs|TFLOPS|TFlops|TMACs 1e12""",
    "USD": "美元|美金|USD|dollars|dollar 1",
}
# Right after the number only: with a space between they are words or initials.
_TIGHT = "pPX"
# Bare scale letters (`210k`, `7B`, `3.5M`) and words.
_LETTERS = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
SCALES = {**_LETTERS, **EN_SCALES, "mln": 10**6, "bn": 10**9}

_ROW = re.compile(r"(.+?)\s(\d+(?:e-?\d+)?)(?:\s+|\Z)", re.DOTALL)
UNITS = {
    " ".join(name.split()): Unit(dimension, Fraction(factor))
    for dimension, rows in _TABLE.items()
    for names, factor in _ROW.findall(rows)
    for name in names.split("|")
}
_LATIN = [name for name in UNITS if name[-1].isascii() and name[-1].isalpha()]
_LOOSE = [name for name in _LATIN if name not in _TIGHT]
_OTHER = sorted((name for name in UNITS if name not in _LATIN), key=len, reverse=True)
_GAPS = re.compile(rf"[\s{GLUE}-]+")


def unit_named(text: str) -> Unit | None:
    """The unit that a match of `unit_pattern` spells, None for none known."""
    if text in UNITS:
        return UNITS[text]
    return UNITS.get(_GAPS.sub(" ", text)) or UNITS.get(_GAPS.sub("", text))


def _escape(name: str) -> str:
    followed = {"°": r"°(?! ?C)", "×": rf"×(?!{G}\d)"}
    return followed.get(name) or re.escape(name).replace("/", r"\s?/\s?")


# After a number, before it ends: `多` and `+` say no more than that there is more.
UNIT = re.compile(
    rf"{G}[+多余来]?(?:{G}-?{G}(?P<unit>{'|'.join(map(_escape, _OTHER))}"
    rf"|(?:{alternatives(_LOOSE)})(?![A-Za-z0-9]))"
    rf"|(?P<tight>[{_TIGHT}])(?![A-Za-z0-9]))"
)
SCALE = re.compile(
    rf"{GLUE}*(?P<letter>[{''.join(_LETTERS)}])(?![A-Za-z0-9])"
    rf"|{G}(?P<word>{'|'.join(name for name in SCALES if name not in _LETTERS)})"
    r"(?![A-Za-z0-9])"
)
# 3万, 5 百万, 13万2千, 1万2000; 97百分位 has no scale.
_ZH_TAIL = f"[{ZH_DIGITS}{''.join(ZH_SCALES)}\\d]*"
ZH_SCALE = re.compile(
    rf"{G}(?P<zh>(?>[{''.join(ZH_SCALES)}]+{_ZH_TAIL})(?![分.%A-Za-z])"
    rf"|[{''.join(ZH_SCALES)}]+(?!分[之位点]))"
)
