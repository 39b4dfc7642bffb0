"""Every quantity in a Chinese or English text, with its value and unit."""

from __future__ import annotations

import re
from dataclasses import replace

from chatpaper.verify.digits import read_digits
from chatpaper.verify.masks import blank_out
from chatpaper.verify.notation import GLUE, plain, whole
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.spelled import read_words

_LIST_GAP = re.compile(
    rf"[ {GLUE}]*(?:%|倍|×)?(?:[,、/和与及或]|and|or|&|versus|vs\.?)"
    rf"(?:[ {GLUE}]|and|or|和|另)*$"
)


def read_quantities(text: str) -> tuple[Quantity, ...]:
    """Read the quantities of a claim or of a paper's text, in order.

    Digits and words, Chinese and English, LaTeX and text taken from a PDF. Names
    that hold digits, list marks, citations and addresses are not quantities.

    Args:
        text: Any text.

    Returns:
        Quantities that do not overlap, by offset.
    """
    return _read(text, named=False)


def read_source(text: str) -> tuple[Quantity, ...]:
    """Like `read_quantities`, but keeps numbers after a name (`SDXL 1.0`) too.

    A paper's sentence may begin with a capital letter that is no name; there a
    number too many does no harm.
    """
    return _read(text, named=True)


def _read(text: str, *, named: bool) -> tuple[Quantity, ...]:
    spelt = blank_out(plain(text))
    found = [*read_digits(spelt, named=named), *read_words(spelt)]
    found.sort(key=lambda quantity: (quantity.start, -quantity.end))
    kept: list[Quantity] = []
    for quantity in found:
        if kept and quantity.start < kept[-1].end:
            continue
        kept.append(quantity)
    shared = _share_units(spelt, kept)
    return tuple(_as_it_stands(text, quantity) for quantity in shared)


def _as_it_stands(text: str, quantity: Quantity) -> Quantity:
    start, end = whole(text, quantity.start, quantity.end)
    return replace(quantity, text=text[start:end], end=end)


def _share_units(spelt: str, found: list[Quantity]) -> list[Quantity]:
    """Lend the unit of a list's last number to those before it."""
    out = list(found)
    for here in range(len(out) - 2, -1, -1):
        this, after = out[here], out[here + 1]
        lender = after.unit or after.shared
        classified = this.kind == "count" and not spelt[this.end - 1].isascii()
        if this.unit or classified or not lender or after.start - this.end > 12:
            continue
        if _LIST_GAP.fullmatch(spelt, this.end, after.start):
            factor = after.factor
            out[here] = replace(this, shared=lender, factor=factor)
    return out
