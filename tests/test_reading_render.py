"""Figures become bounded images, and the most telling ones come first."""

from __future__ import annotations

import random
from pathlib import Path

import pymupdf
import pytest

from chatpaper.errors import DocumentError
from chatpaper.figures import FigureImage, choose_figures, render_figures
from chatpaper.records import Box, Figure, FigureKind
from laid_out import WHOLE, Layout, figures


def render_figure(
    pdf: bytes | Path, figure: Figure, *, width_px: int = 1000, max_bytes: int = 200_000
) -> FigureImage:
    (image,) = render_figures(pdf, (figure,), width_px=width_px, max_bytes=max_bytes)
    return image


def figure(
    label: str = "Figure 1",
    caption: str = "A plot.",
    *,
    kind: FigureKind = "figure",
    page: int = 1,
    box: Box = (100, 100, 400, 300),
) -> Figure:
    return Figure(kind=kind, label=label, caption=caption, page=page, box=box)


def noise_pdf() -> bytes:
    """A page full of noise, which no codec makes small."""
    page = Layout()
    dots = random.Random(7).randbytes(900 * 900 * 3)
    pix = pymupdf.Pixmap(pymupdf.csRGB, 900, 900, dots, False)
    page.page.insert_image((50, 50, 550, 550), pixmap=pix)
    return page.bytes()


def opened(data: bytes) -> pymupdf.Pixmap:
    return pymupdf.Pixmap(data)


def test_width_is_as_asked() -> None:
    """A figure of half a page has the width asked, its own proportions, a suffix."""
    page = Layout()
    page.photo((100, 100, 400, 300))

    image = render_figure(page.bytes(), figure(), width_px=1000)

    assert image.suffix == ".jpg"
    assert image.data.startswith(b"\xff\xd8")
    assert abs(image.width_px - 1000) <= 2
    assert abs(image.height_px - 667) <= 3
    assert opened(image.data).width == image.width_px


def test_small_figures_are_not_blown_up() -> None:
    """A figure of an inch stays at 300 dots."""
    page = Layout()
    page.photo((100, 100, 172, 172))

    image = render_figure(page.bytes(), figure(box=(100, 100, 172, 172)))

    assert 295 <= image.width_px <= 303


def test_noise_fits_200_kb() -> None:
    """Quality, then size, is lowered until even noise fits."""
    image = render_figure(noise_pdf(), figure(box=(50, 50, 550, 550)))

    assert len(image.data) <= 200_000
    assert image.width_px >= 200


def test_impossible_cap_is_an_error() -> None:
    """A cap that no image can meet is said, not looped on."""
    with pytest.raises(DocumentError, match="fits 50 bytes"):
        render_figure(noise_pdf(), figure(box=(50, 50, 550, 550)), max_bytes=50)


def test_several_figures_from_a_file(tmp_path: Path) -> None:
    """Figures on several pages of one file, in the order asked."""
    page = Layout()
    page.photo((100, 100, 400, 300))
    page.new_page()
    page.photo((100, 100, 400, 200))
    path = tmp_path / "paper.pdf"
    path.write_bytes(page.bytes())

    tall, flat = render_figures(
        path, [figure(), figure(page=2, box=(100, 100, 400, 200))], width_px=600
    )

    assert tall.height_px == pytest.approx(400, abs=3)
    assert flat.height_px == pytest.approx(200, abs=3)


def test_sideways_text_is_turned_upright() -> None:
    """A table turned by a quarter is shown as it is read: wider than tall."""
    page = Layout()
    turned = Layout(792, 612)
    box = turned.table(150, 640, 125, rows=12)
    page.page.show_pdf_page(page.page.rect, turned.document, 0, rotate=90)
    on_page = (box[1], 792 - box[2], box[3], 792 - box[0])

    image = render_figure(page.bytes(), figure(kind="table", box=on_page))

    assert image.width_px > 2 * image.height_px
    assert abs(image.width_px - 1000) <= 3


def test_rotated_page_is_shown_as_readers_see_it() -> None:
    """On a page with a rotation entry the crop is the same part of the page."""
    page = Layout()
    page.photo((100, 100, 400, 300))
    page.page.set_rotation(90)

    image = render_figure(page.bytes(), figure(), width_px=500)

    assert abs(image.width_px - 500) <= 2
    assert image.height_px > image.width_px
    middle = opened(image.data).pixel(image.width_px // 2, image.height_px // 2)
    assert middle != (255, 255, 255)


def test_hostile_page_size_is_bounded() -> None:
    """A figure of two hundred inches becomes an image of the usual size."""
    page = Layout(14400, 14400)
    page.photo((0, 0, 14400, 14400))

    image = render_figure(page.bytes(), figure(box=(0, 0, 14400, 14400)))

    assert abs(image.width_px - 1000) <= 2


def test_tall_figures_are_bounded_in_pixels() -> None:
    """A sliver as high as the page does not become a gigantic image."""
    page = Layout(600, 14400)
    page.photo((100, 0, 400, 14400))

    image = render_figure(page.bytes(), figure(box=(100, 0, 400, 14400)))

    assert image.width_px * image.height_px <= 4_100_000


@pytest.mark.parametrize(
    ("pdf", "wanted"),
    [
        (b"", figure()),
        (b"<html>no PDF</html>", figure()),
        (Layout().bytes(), figure(page=9)),
        (Layout().bytes(), figure(box=(700, 900, 800, 950))),
        (Layout().bytes(), figure(box=(100, 100, 100, 300))),
    ],
    ids=["empty", "HTML", "no such page", "off the page", "empty box"],
)
def test_what_cannot_be_rendered(pdf: bytes, wanted: Figure) -> None:
    """Bad files, pages and boxes are one named error."""
    with pytest.raises(DocumentError):
        render_figure(pdf, wanted)


def test_found_figures_can_be_rendered() -> None:
    """From a page to an image without a step between."""
    page = Layout()
    page.plot((180, 72, 430, 240))
    page.lines(180, 272, ["Figure 1: Loss."])
    page.body(WHOLE, 300, 700)

    (image,) = render_figures(page.bytes(), figures(page))

    assert image.width_px == pytest.approx(1000, abs=2)
    assert len(image.data) < 200_000


def test_overview_comes_before_results_before_the_rest() -> None:
    """Architecture, then results, then ablations; the appendix last."""
    ablation = figure("Figure 2", "Ablation on the learning rate.", page=6)
    result = figure("Figure 3", "Qualitative comparison on two benchmarks.", page=7)
    overview = figure("Figure 4", "Overview of our framework.", page=8)
    appendix = figure("Figure S1", "Overview of the interface.", page=20)

    chosen = choose_figures([ablation, result, overview, appendix], limit=4)

    assert chosen[:2] == (overview, result)
    assert chosen[-1] in (ablation, appendix)


def test_figures_come_before_tables_and_algorithms() -> None:
    """With equal captions a figure is chosen first; a table with results follows."""
    table = figure("Table 1", "Results on ImageNet.", kind="table", page=5)
    algorithm = figure("Algorithm 1", "Training.", kind="algorithm", page=5)
    plot = figure("Figure 5", "Results on ImageNet.", page=5)

    assert choose_figures([table, algorithm, plot], limit=3) == (plot, table, algorithm)


def test_one_of_three_is_the_main_result() -> None:
    """The last place goes to a result, not to an ablation or an appendix's table."""
    drawn = [
        figure("Figure 1", "Overview of our method.", page=1),
        figure("Figure 2", "The architecture of one block.", page=2),
        figure("Figure 3", "Illustration of the idea.", page=2),
    ]
    tables = [
        figure("Table 1", "Ablation: errors without each part.", kind="table", page=5),
        figure("Table 2", "Results on both sets.", kind="table", page=6),
        figure("Table A1", "Results on more sets.", kind="table", page=7),
    ]
    chosen = choose_figures([*drawn, *tables], limit=3)

    assert [f.label for f in chosen] == ["Figure 1", "Figure 2", "Table 2"]


def test_what_the_paper_presents_comes_before_what_others_built() -> None:
    """An own architecture, said so or named in the title, before an earlier one."""
    others = figure("Figure 1", "The architecture of the CrossNet.", page=3)
    own = figure("Figure 5", "The architecture of xDeep.", page=5)
    ours = figure("Figure 6", "The architecture of our network.", page=5)
    variants = figure("Figure 7", "Variants of our method.", page=5)

    assert choose_figures([others, own], limit=1) == (others,)
    assert choose_figures([others, own], limit=1, title="xDeep: Deeper") == (own,)
    assert choose_figures([others, ours], limit=1) == (ours,)
    assert choose_figures([others, variants], limit=1) == (others,)


def test_tiny_boxes_are_left_out() -> None:
    """A box of a few points is no figure to show."""
    dot = figure("Figure 1", "Overview of our framework.", box=(10, 10, 40, 30))

    assert choose_figures([dot], limit=3) == ()


@pytest.mark.parametrize("limit", [0, -1])
def test_no_figures_wanted(limit: int) -> None:
    """A limit of zero or less gives none."""
    assert choose_figures([figure()], limit=limit) == ()


def test_limit_is_kept_and_order_is_stable() -> None:
    """Equal captions keep their order, and no more than the limit are chosen."""
    many = [figure(f"Figure {i}", "A plot.", page=3) for i in range(1, 9)]

    assert choose_figures(many, limit=3) == tuple(many[:3])
