"""Units of measure in Chinese and English, each with its dimension and factor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chatpaper.verify.notation import GLUE
from chatpaper.verify.numerals import alternatives


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is counted in.

    Attributes:
        dimension: Values are compared within one dimension only; `%`, `x`, `s`, ...
        factor: Of the dimension's base unit.
    """

    dimension: str
    factor: Decimal = Decimal(1)


# dimension: (spellings, factor of the base unit) ...
_TABLE: dict[str, tuple[tuple[str, str], ...]] = {
    "%": (
        ("%|percent|per cent|percents|pct|个百分点|百分点|pp|p.p.", "1"),
        ("percentage points|percentage point|percent points", "1"),
    ),
    "x": (("×|x|X|倍|times|fold|folds|多倍|余倍|time faster|time more", "1"),),
    "magnitude": (
        ("个数量级|数量级|个量级|orders of magnitude|order of magnitude", "1"),
        ("orders|magnitudes", "1"),
    ),
    "s": (
        ("ns|nanosecond|nanoseconds|纳秒", "1e-9"),
        ("μs|us|µs|microsecond|microseconds|微秒", "1e-6"),
        ("ms|msec|msecs|millisecond|milliseconds|毫秒", "1e-3"),
        ("s|sec|secs|second|seconds|秒钟|秒", "1"),
        ("min|mins|minute|minutes|分钟|分鐘", "60"),
        (
            "h|hr|hrs|hour|hours|个小时|小时|个钟头|个多小时|多小时|余小时|个半小时",
            "3600",
        ),
        ("day|days|天", "86400"),
        ("week|weeks|wk|wks|个星期|星期|周", "604800"),
        ("month|months|个月|个多月", "2592000"),
        ("year|years|yr|yrs|年", "31536000"),
    ),
    "byte": (
        ("KB|kB|KiB|Kb|kilobyte|kilobytes", "1e3"),
        ("MB|MiB|Mb|megabyte|megabytes|兆字节|兆", "1e6"),
        ("GB|GiB|Gb|gigabyte|gigabytes", "1e9"),
        ("TB|TiB|terabyte|terabytes", "1e12"),
        ("byte|bytes|字节", "1"),
    ),
    "bit": (("bit|bits|比特|bpp", "1"),),
    "fps": (
        ("fps|FPS|Fps|frames per second|frames/s|frame per second|帧每秒", "1"),
        ("frames/second|frames/sec|帧/秒|帧/s|images/s|img/s", "1"),
    ),
    "Hz": (
        ("Hz|赫兹|hertz", "1"),
        ("kHz|KHz|千赫", "1e3"),
        ("MHz|兆赫", "1e6"),
        ("GHz", "1e9"),
        ("THz", "1e12"),
    ),
    "dB": (("dB|db|DB|分贝|dBs|decibel|decibels", "1"),),
    "°": (("°|度|degree|degrees|deg|degs|°C|℃|摄氏度", "1"),),
    "px": (
        ("px|pixel|pixels|个像素|像素|像素点", "1"),
        ("megapixel|megapixels|MP|百万像素", "1e6"),
    ),
    "line": (("p|P", "1"),),
    "m": (
        ("nm|nanometer|nanometers|纳米", "1e-9"),
        ("μm|µm|um|micron|microns|micrometer|micrometers|微米", "1e-6"),
        ("mm|millimeter|millimeters|millimetre|millimetres|毫米", "1e-3"),
        ("cm|centimeter|centimeters|centimetre|centimetres|厘米", "1e-2"),
        ("m|meter|meters|metre|metres|米", "1"),
        ("km|kilometer|kilometers|kilometre|kilometres|公里|千米", "1e3"),
    ),
    "g": (
        ("mg|milligram|milligrams|毫克", "1e-3"),
        ("g|gram|grams|克", "1"),
        ("kg|kilogram|kilograms|千克|公斤", "1e3"),
    ),
    "W": (("mW|毫瓦", "1e-3"), ("W|watt|watts|瓦", "1"), ("kW|千瓦", "1e3")),
    "J": (("mJ", "1e-3"), ("J|joule|joules|焦耳", "1"), ("kJ", "1e3")),
    "V": (("mV|毫伏", "1e-3"), ("V|volt|volts|伏", "1"), ("kV|kVp", "1e3")),
    "flop": (
        ("MFLOPs|MFLOPS|MFlops|MMACs", "1e6"),
        ("GFLOPs|GFLOPS|GFlops|GFLOP|GMACs|GMac", "1e9"),
        ("TFLOPs|TFLOPS|TFlops|TMACs", "1e12"),
    ),
    "Gy": (("Gy|cGy", "1"),),
    "USD": (("美元|美金|USD|dollars|dollar", "1"),),
}
# Right after the number only: with a space between they are words or initials.
_TIGHT = frozenset("pPX")
# Bare scale letters (`210k`, `7B`, `3.5M`) and words.
SCALES: dict[str, Decimal] = {
    "k": Decimal(10) ** 3,
    "K": Decimal(10) ** 3,
    "M": Decimal(10) ** 6,
    "B": Decimal(10) ** 9,
    "G": Decimal(10) ** 9,
    "T": Decimal(10) ** 12,
    "hundred": Decimal(10) ** 2,
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
    "mln": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
    "bn": Decimal(10) ** 9,
    "trillion": Decimal(10) ** 12,
    "百": Decimal(10) ** 2,
    "千": Decimal(10) ** 3,
    "万": Decimal(10) ** 4,
    "十万": Decimal(10) ** 5,
    "百万": Decimal(10) ** 6,
    "千万": Decimal(10) ** 7,
    "亿": Decimal(10) ** 8,
    "十亿": Decimal(10) ** 9,
    "百亿": Decimal(10) ** 10,
    "千亿": Decimal(10) ** 11,
    "万亿": Decimal(10) ** 12,
}


def _spellings() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, rows in _TABLE.items():
        for names, factor in rows:
            for name in names.split("|"):
                units[name] = Unit(dimension, Decimal(factor))
    return units


UNITS = _spellings()
_LATIN = [name for name in UNITS if name[-1].isascii() and name[-1].isalpha()]
_LOOSE = [name for name in _LATIN if name not in _TIGHT]
_OTHER = sorted((name for name in UNITS if name not in _LATIN), key=len, reverse=True)
_GAPS = re.compile(rf"[\s{GLUE}-]+")
_SCALE_LETTERS = "kKMBGT"
_SCALE_WORDS = [name for name in SCALES if name not in _SCALE_LETTERS]


def unit_named(text: str) -> Unit | None:
    """The unit that a match of `unit_pattern` spells, None for none known."""
    if text in UNITS:
        return UNITS[text]
    return UNITS.get(_GAPS.sub(" ", text)) or UNITS.get(_GAPS.sub("", text))


def unit_pattern(gap: str) -> str:
    """A pattern for a unit after a number; groups `unit`."""
    return (
        rf"(?:{gap}(?P<unit>{'|'.join(map(_escape, _OTHER))}"
        rf"|(?:{alternatives(_LOOSE)})(?![A-Za-z0-9]))"
        rf"|(?P<tight>[{''.join(_TIGHT)}])(?![A-Za-z0-9]))"
    )


def scale_pattern(gap: str, glue: str) -> str:
    """A pattern for a scale after a number; group `scale`."""
    words = sorted(_SCALE_WORDS, key=len, reverse=True)
    return (
        rf"(?:{glue}*(?P<letter>[{_SCALE_LETTERS}])(?![A-Za-z0-9])"
        rf"|{gap}(?P<scale>{'|'.join(map(_escape, words))})"
        r"(?:(?![A-Za-z0-9])|(?<=[\u4e00-\u9fff])))"
    )


def _escape(name: str) -> str:
    return re.escape(name).replace("/", r"\s?/\s?")
