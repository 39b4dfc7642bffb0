"""A formula as MathML, made when a page is, so that none needs a script."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from markupsafe import Markup

# What MathML Core shows, less all that links, embeds or holds other markup.
# https://w3c.github.io/mathml-core/#mathml-elements-and-attributes
_TAGS = frozenset(
    re.findall(
        r"\w+",
        "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder"
        " mover munderover mmultiscripts mprescripts mtable mtr mtd mstyle mpadded"
        " mphantom",
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "accent accentunder columnalign columnspacing depth displaystyle fence form"
        " height largeop linethickness lspace mathvariant maxsize minsize"
        " movablelimits rowspacing rspace scriptlevel separator stretchy symmetric"
        " width",
    )
)
MAX_CHARS = 600
MAX_DEPTH = 40


class _Unknown(Exception):
    """Something stands in the formula that would not be shown as it is meant."""


@lru_cache(maxsize=4096)
def mathml_of(tex: str, *, block: bool = False) -> Markup | None:
    """A formula's MathML; None for TeX that is not understood.

    What the converter makes is taken apart and written anew: it puts the words of a
    text box in unescaped, and it makes names of the commands that it does not know.

    Args:
        tex: What stands between the dollars.
        block: Set on a line of its own.
    """
    # Importing it takes time, and most texts have no formula.
    from latex2mathml.converter import convert_to_element

    if len(tex) > MAX_CHARS or _depth(tex) > MAX_DEPTH:
        return None
    try:
        made = convert_to_element(tex, display="block" if block else "inline")
        math = _known(made)
    except Exception:  # noqa: BLE001 - its errors have no root of their own
        return None
    math.attrib.clear()
    math.attrib.update({"display": "block"} if block else {}, alttext=tex)
    markup = tostring(math, encoding="unicode", short_empty_elements=False)
    return Markup(markup)  # noqa: S704 - known elements, and their words escaped


def _depth(tex: str) -> int:
    depth = most = 0
    for char in tex:
        depth += (char == "{") - (char == "}")
        most = max(most, depth)
    return most


def _known(made: Element) -> Element:
    """The same element with what MathML knows; what stands in it must be known."""
    words = html.unescape(made.text or "")
    if made.tag not in _TAGS or (made.tail or "").strip() or "\\" in words:
        raise _Unknown(made.tag)
    kept = {name: value for name, value in made.items() if name in _ATTRIBUTES}
    known = Element(made.tag, kept)
    known.text = words
    known.extend(map(_known, made))
    return known
