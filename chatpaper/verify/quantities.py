"""Every quantity in a Chinese or English text, with its value and unit."""

from __future__ import annotations

from dataclasses import replace

from chatpaper.verify.digits import read_digits, read_parts
from chatpaper.verify.masks import blank_out
from chatpaper.verify.notation import plain, whole_end
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.words import read_ordinals, read_words


def read_quantities(text: str, *, printed: bool = False) -> tuple[Quantity, ...]:
    """Read the quantities of a claim or of a paper's text.

    Digits and words, Chinese and English, LaTeX and text taken from a PDF. Names
    that hold digits, list marks, citations and addresses are not quantities.

    Args:
        text: Any text.
        printed: A paper's own words, in which all that may be meant is read: numbers
            after a name (`SDXL 1.0`), ordinals, the parts of `2012/13`.

    Returns:
        Quantities by offset; those of a claim do not overlap.
    """
    spelt = blank_out(plain(text))
    found = [*read_digits(text, spelt, named=printed), *read_words(spelt)]
    found.sort(key=lambda quantity: (quantity.start, -quantity.end))
    kept: list[Quantity] = []
    for quantity in found:
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    if printed:
        kept += [*read_parts(spelt), *read_ordinals(spelt)]
    return tuple(_as_it_stands(text, quantity) for quantity in kept)


def _as_it_stands(text: str, quantity: Quantity) -> Quantity:
    end = whole_end(text, quantity.start, quantity.end)
    return replace(quantity, text=text[quantity.start : end], end=end)
