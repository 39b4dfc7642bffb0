"""A page drawn with a claim's quotes marked, wherever their letters stand."""

from __future__ import annotations

import io
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

import hostile
from chatpaper.errors import DocumentError
from chatpaper.models import PROVIDERS, Extractor
from chatpaper.reading import parse_document
from chatpaper.records import Box, Paper
from chatpaper.resources import resource_path
from chatpaper.verify import PaperIndex
from chatpaper.workers import MarkedPage, ProcessPerCall, draw_page, result_of
from laid_out import Layout
from pdfs import Setter

YELLOW_BLUE = 140  # paper is white, ink is black: only a mark has so little blue


def marked(
    pdf: bytes, quote: str, near: Box | None = None, page: int = 1
) -> MarkedPage:
    return draw_page(pdf, page, [(quote, near)])


def picture(drawn: MarkedPage) -> Image.Image:
    return Image.open(io.BytesIO(drawn.data)).convert("RGB")


def tops(drawn: MarkedPage, height: float = 792) -> list[int]:
    """The marked lines' tops, in points."""
    return [round(top * height) for _, top, _, _ in drawn.marks]


def paper_of(*lines: str, size: float = 10) -> bytes:
    setter = Setter(size=size)
    for nth, line in enumerate(lines):
        setter.put(100, 100 + 20 * nth, line)
    return bytes(setter.document.tobytes())


def test_a_quote_is_marked_on_its_lines() -> None:
    """Two printed lines, a word broken between them: two marks, and yellow there."""
    pdf = paper_of(
        "It is said that the critic out-", "runs the generator in time.", "No."
    )

    drawn = marked(pdf, "the critic outruns the generator")

    shown = picture(drawn)
    assert drawn.data[8:12] == b"WEBP"
    assert shown.width == 1400
    assert len(drawn.marks) == 2
    for x0, top, x1, bottom in drawn.marks:
        x, y = int((x0 + x1) / 2 * shown.width), int(bottom * shown.height) - 5
        assert shown.getpixel((x, y))[2] < YELLOW_BLUE  # type: ignore[index]
        assert 0 < bottom - top < 0.03
    left = drawn.marks[0][0] * 612
    assert 140 < left < 190, "the words before the quote are not marked"


@pytest.mark.parametrize(
    ("printed", "quote"),
    [
        (
            "The e\ufb03cient classi\ufb01er wins by far",
            "the efficient classifier wins",
        ),
        ("The naïve estimator is fine", "The naive estimator is fine"),
        ("we find “a gap” of 4.2 % here", 'we find "a gap" of 4.2% here'),
        ("as in [3, 4] the bound holds for all", "as in the bound holds for all"),
    ],
)
def test_spelling_does_not_matter(printed: str, quote: str) -> None:
    """What the look-up forgives is marked all the same."""
    setter = Setter()
    setter.page.insert_font("names", fontbuffer=pymupdf.Font("tiro").buffer)
    setter.put(100, 100, printed, fontname="names")

    drawn = marked(bytes(setter.document.tobytes()), quote)

    assert drawn.marks
    assert set(tops(drawn)) < set(range(85, 100))


def test_the_known_line_tells_copies_apart() -> None:
    """A sentence that stands three times is marked where it was found."""
    line = "The critic outruns the generator."
    pdf = paper_of(line, line, line)

    for top in (90, 110, 130):
        near = (100.0, top, 300.0, top + 14.0)
        (at,) = tops(marked(pdf, line, near))
        assert abs(at - top) < 8


def test_a_quote_goes_on_in_the_next_column() -> None:
    """What stands between its parts, here a line of the other column, is left out."""
    setter = Setter()
    setter.put(60, 700, "A damped critic keeps the whole game of the two")
    setter.put(60, 740, "A foot of the page that has nothing to do with it at all")
    setter.put(330, 100, "networks near its only equilibrium point.")
    pdf = bytes(setter.document.tobytes())

    drawn = marked(
        pdf, "keeps the whole game of the two networks near its only equilibrium"
    )

    assert len(drawn.marks) == 2
    assert tops(drawn)[0] > 680
    assert tops(drawn)[1] < 100


def test_the_rest_overleaf_is_not_marked_elsewhere() -> None:
    """Words of a quote's end that the page has in another sentence stay white."""
    setter = Setter()
    setter.put(60, 300, "Other guaranteed contracts and prices were seen before.")
    setter.put(60, 700, "In the end the model allocates")
    pdf = bytes(setter.document.tobytes())
    quote = "In the end the model allocates most to guaranteed contracts and more money"

    drawn = marked(pdf, quote, (60, 688, 300, 702))

    assert len(drawn.marks) == 1
    assert tops(drawn)[0] > 680


def two_pages(first: str, *second: str) -> bytes:
    """A line at the foot of a page, and the lines of the next one."""
    setter = Setter()
    setter.put(60, 300, "Other guaranteed contracts and prices were seen before.")
    setter.put(60, 700, first)
    setter.put(300, 760, "4")
    setter.turn_page()
    for nth, line in enumerate(second):
        setter.put(60, 60 + 20 * nth, line)
    return bytes(setter.document.tobytes())


BEGUN = "In the end the model allocates most to guar-"


@pytest.mark.parametrize(
    ("begun", "second"),
    [
        (BEGUN, ["anteed contracts and more money. Then it ends."]),
        (BEGUN, ["A running head 5", "anteed contracts and", "more money."]),
        (BEGUN, ["Figure 2: money", *["x y"] * 9, "anteed contracts and more money"]),
        (f"{BEGUN[:-5]} guaranteed contracts and more", ["money."]),
        ("In the end", [f"{BEGUN[11:-1]}anteed contracts and more money."]),
    ],
)
def test_a_quote_goes_on_overleaf(begun: str, second: list[str]) -> None:
    """The next page follows below, as far as to the quote's end, and is marked too."""
    pdf = two_pages(begun, *second)
    quote = "In the end the model allocates most to guaranteed contracts and more money"

    drawn = marked(pdf, quote, (60, 688, 300, 702))

    shown = picture(drawn)
    page_height = 1400 * 792 / 612
    pages = [bottom * shown.height > page_height for *_, bottom in drawn.marks]
    assert drawn.last_page == 2
    assert 1.02 * page_height < shown.height < 1.6 * page_height
    assert pages == sorted(pages)
    assert 0 < sum(pages) < len(pages)
    for x0, _, x1, bottom in drawn.marks:
        x, y = int((x0 + x1) / 2 * shown.width), int(bottom * shown.height) - 5
        assert shown.getpixel((x, y))[2] < YELLOW_BLUE  # type: ignore[index]


@pytest.mark.parametrize(
    ("quote", "second"),
    [
        (BEGUN[:-6], "the model allocates most to all"),
        (f"{BEGUN[:-1]}anteed contracts and more money", "Other words and money."),
        ("Other guaranteed contracts and prices", "contracts and prices, again"),
        ("words of a quote that is not on these pages", "quote that is not on"),
    ],
)
def test_the_next_page_is_not_shown_for_nothing(quote: str, second: str) -> None:
    """What stands there by chance, or a second time, is no end of the quote."""
    drawn = marked(two_pages(BEGUN, second), quote)

    assert drawn.last_page == 1
    assert picture(drawn).height == round(1400 * 792 / 612)


def test_parts_joined_by_an_ellipsis_are_marked_apart() -> None:
    """Also a short last part, far from the first."""
    lines = [f"Line {n} of a text that goes on for long." for n in range(12)]
    pdf = paper_of("We train for one week", *lines, "on eight cards.")

    drawn = marked(pdf, "We train for one week ... on eight cards")

    assert len(drawn.marks) == 2


def test_what_cannot_be_read_is_marked_by_its_line() -> None:
    """A page whose letters have no names still shows the line that is known."""
    pdf = paper_of("zzzz")
    near = (100.0, 300.0, 400.0, 312.0)

    assert tops(marked(pdf, "the critic outruns", near)) == [pytest.approx(300, abs=2)]


def test_an_absent_quote_marks_nothing() -> None:
    """A page without it is drawn as it is."""
    pdf = paper_of("The critic outruns the generator.")

    assert marked(pdf, "A wholly different sentence of another paper").marks == ()
    assert marked(pdf, "").marks == ()
    assert draw_page(pdf, 1, []).marks == ()


def test_a_turned_page_is_marked_where_it_is_seen() -> None:
    """Marks turn with the page; a part of the picture under them is yellow."""
    page = Layout()
    page.text(100, 100, "The critic outruns the generator.")
    page.page.set_rotation(90)

    drawn = marked(page.bytes(), "critic outruns the generator")

    ((x0, top, x1, bottom),) = drawn.marks
    shown = picture(drawn)
    assert shown.width > shown.height
    assert (bottom - top) * shown.height > (x1 - x0) * shown.width
    at = int((x0 + x1) / 2 * shown.width), int((top + bottom) / 2 * shown.height)
    box = (at[0] - 20, at[1] - 20, at[0] + 20, at[1] + 20)
    colours = shown.crop(box).getcolors(4096) or []
    assert max(colours)[1][2] < YELLOW_BLUE  # type: ignore[index]


def test_pages_of_any_size_make_a_bounded_picture() -> None:
    """Two hundred inches square, and a ribbon: neither costs more than a page."""
    square = picture(draw_page(Layout(14400, 14400).bytes(), 1, []))
    ribbon = picture(draw_page(Layout(100, 1400).bytes(), 1, []))

    assert square.width <= 1400
    assert ribbon.width * ribbon.height <= 4_100_000


@pytest.mark.parametrize("page", [0, -1, 2, 10**9])
def test_a_page_that_is_not_there_is_said(page: int) -> None:
    """Whatever number somebody puts into the address."""
    with pytest.raises(DocumentError, match=f"it has no page {page}"):
        draw_page(paper_of("One page."), page, [])


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"<html>", b"\x00" * 99])
def test_what_is_no_pdf_is_said(data: bytes, tmp_path: Path) -> None:
    """An error of ours, which survives the way out of a process."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    with ProcessPerCall(1, timeout_s=20) as pool, pytest.raises(DocumentError):
        result_of(pool.submit(draw_page, path, 1, []), "paper")


@pytest.mark.parametrize("number", range(1, 6))
def test_every_quote_of_the_samples_is_marked(number: int) -> None:
    """Every located quote has a mark that begins on the line where it was found."""
    path = resource_path(f"samples/sample-0{number}.pdf")
    document = parse_document(path.stem, path)
    paper = Paper(id=path.stem, title=document.title)
    extractor = PROVIDERS["extractive"]
    assert isinstance(extractor, Extractor)
    index = PaperIndex(document, paper)
    quotes = [
        quote
        for claim in extractor.extract(paper, document).claims
        for quote in claim.evidence
    ]
    with pymupdf.open(path) as pdf:
        heights = [page.rect.height for page in pdf]
    for quote in quotes:
        place = index.find(quote).place  # type: ignore[union-attr]
        drawn = draw_page(path, place.page, [(quote, place.box)], width_px=300)
        assert place.box
        first = min(abs(t - place.box[1]) for t in tops(drawn, heights[place.page - 1]))
        assert first < 8, quote
    assert len(quotes) > 5


def test_only_so_many_letters_are_looked_at() -> None:
    """What stands behind more than any page has is marked by its known line alone."""
    filler = b"".join(
        b"BT /F 1 Tf 20 %d Td (%s) Tj ET\n" % (780 - n, b"abcdefgh" * 125)
        for n in range(60)
    )
    said = b"BT /F 10 Tf 20 100 Td (the critic outruns the generator) Tj ET\n"
    quote, near = "the critic outruns the generator", (20.0, 680.0, 300.0, 694.0)

    assert draw_page(hostile.one_page(said + filler), 1, [(quote, None)]).marks
    behind = hostile.one_page(filler + said)
    assert draw_page(behind, 1, [(quote, None)]).marks == ()
    assert len(draw_page(behind, 1, [(quote, near)]).marks) == 1
