"""PDFs written to break who reads them: small files, large harm."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
HELLO = b"BT /F 10 Tf 72 700 Td (hello world) Tj ET\n"


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """A file of these objects, numbered from 1; the first one is its root."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, len(out))
    )


def stream(data: bytes, head: bytes = b"") -> bytes:
    """A compressed stream with these entries in its dictionary."""
    data = zlib.compress(data, 9)
    head += b"/Filter/FlateDecode/Length %d" % len(data)
    return b"<<%s>>\nstream\n%s\nendstream" % (head, data)


def one_page(
    content: bytes,
    *,
    resources: bytes = b"",
    more: Sequence[bytes] = (),
    count: int = 1,
    page: bytes = b"",
) -> bytes:
    """A page of letter size with the font `/F`.

    Args:
        content: What is painted.
        resources: Besides the font; objects of `more` have numbers from 6.
        more: Further objects.
        count: Of pages, as the file says.
        page: Further entries of the page.
    """
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
    leaf += b"/Resources<</Font<</F 5 0 R>>%s>>%s>>" % (resources, page)
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count,
            leaf,
            stream(content),
            FONT,
            *more,
        ]
    )


def laughing_forms(depth: int = 9, width: int = 10) -> bytes:
    """A form that paints ten forms that paint ten forms ...: a billion words."""
    forms = []
    for number in range(7, 6 + depth):
        head = b"/XObject<</X %d 0 R>>" % number
        forms.append(_form(b"/X Do " * width, head))
    forms.append(_form(HELLO, b"/Font<</F 5 0 R>>"))
    return one_page(b"/X Do ", resources=b"/XObject<</X 6 0 R>>", more=forms)


def _form(content: bytes, resources: bytes) -> bytes:
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<%s>>" % resources
    return stream(content, head)


def huge_word(letters: int = 60_000_000) -> bytes:
    """One word of so many letters."""
    return one_page(b"BT /F 10 Tf 72 700 Td (" + b"a" * letters + b") Tj ET")


def bomb(size: int = 400_000_000) -> bytes:
    """Blanks, compressed a thousandfold."""
    return one_page(HELLO + b" " * size)


def wrong_count(count: int) -> bytes:
    """A file that says it has more pages than it has, or fewer than none."""
    return one_page(HELLO, count=count)


def page_tree_in_a_ring() -> bytes:
    """Pages whose parent is their child."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 2>>",
            b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>",
        ]
    )


def type_3_page(text: str, size: float, *, named: bool = True) -> bytes:
    """Lines of text in a font of drawn letters, a hundred units high.

    Letters without names are called by numbers, as old programs did.
    """
    if not named:
        text = "".join(
            letter if letter == " " else chr(ord(letter) + 32) for letter in text
        )
    codes = sorted(set(text.encode("latin-1").replace(b" ", b"")))
    called = {n: b"a%d" % n if not named else bytes([n]) for n in codes}
    glyph = stream(b"70 0 0 0 60 80 d1 10 0 40 80 re f")
    names = b" ".join(b"%d/%s" % (n, name) for n, name in called.items())
    procs = b" ".join(b"/%s 6 0 R" % name for name in called.values())
    font = (
        b"<</Type/Font/Subtype/Type3/FontMatrix[1 0 0 1 0 0]/FontBBox[0 -72 100 126]"
        b"/FirstChar 32/LastChar 160/Widths[%s]/CharProcs<<%s>>"
        b"/Encoding<</Type/Encoding/Differences[32/space %s]>>>>"
        % (b"70 " * 129, procs, names)
    )
    line = b"BT /T %f Tf 1 0 0 1 72 %d Tm (%s) Tj ET\n"
    content = b"".join(
        line % (size, 700 - 14 * n, text.encode("latin-1")) for n in range(20)
    )
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
    leaf += b"/Resources<</Font<</T 5 0 R>>>>>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    root = b"<</Type/Catalog/Pages 2 0 R>>"
    return raw_pdf([root, pages, leaf, stream(content), font, glyph])
