"""Figures, tables and algorithms are found by their captions, whole and alone."""

from __future__ import annotations

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.floats import may_be_caption
from chatpaper.records import Box
from laid_out import LEFT, RIGHT, WHOLE, Layout, figures, read, same


def test_vector_figure_has_labels_and_whole_caption() -> None:
    """A plot between paragraphs: axis labels belong to it, both caption lines count."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    plot = page.plot((180, 215, 430, 340))
    page.lines(120, 372, ["Figure 1: Loss over epochs of the method", "that we train."])
    page.body(WHOLE, 415, 700)

    (figure,) = figures(page)

    assert (figure.kind, figure.label, figure.page) == ("figure", "Figure 1", 1)
    assert figure.caption == "Loss over epochs of the method that we train."
    assert same(figure.box, plot)
    assert figure.caption_box is not None
    assert figure.caption_box[1] > figure.box[3] - 1


def test_bitmap_figure() -> None:
    """A photograph at the top of the page, under a running head with a rule."""
    page = Layout()
    page.text(72, 40, "A. Author: On cats and dogs")
    page.rule(72, 540, 46)
    photo = page.photo((150, 72, 450, 250))
    page.lines(150, 262, ["Fig. 3. Cats and dogs."])
    page.body(WHOLE, 300, 700)

    (figure,) = figures(page)

    assert figure.label == "Fig. 3"
    assert same(figure.box, photo)


def test_subfigures_are_one_figure() -> None:
    """Two panels with (a) and (b) under them belong to one caption."""
    page = Layout()
    left = page.photo((80, 72, 290, 180))
    right = page.photo((310, 72, 520, 180))
    page.lines(175, 184, ["(a) before"], 8)
    page.lines(405, 184, ["(b) after"], 8)
    page.lines(180, 204, ["Figure 2: Two states of one system."])
    page.body(WHOLE, 240, 700)

    (figure,) = figures(page)

    assert same(figure.box, (left[0], left[1], right[2], 192))


def test_figures_in_two_columns_stay_apart() -> None:
    """Figures side by side, one per column, each with its own caption."""
    page = Layout()
    left = page.plot((70, 72, 280, 180))
    right = page.plot((335, 72, 545, 210))
    page.lines(60, 212, ["Figure 1: Left one."])
    page.lines(330, 242, ["Figure 2: Right one."])
    page.body(LEFT, 245, 720)
    page.body(RIGHT, 275, 720)

    first, second = figures(page)

    assert (first.label, second.label) == ("Figure 1", "Figure 2")
    assert same(first.box, left)
    assert same(second.box, right)


def test_minipages_of_one_column_stay_apart() -> None:
    """Two plots and two captions side by side in a one-column page."""
    page = Layout()
    left = page.plot((90, 72, 290, 180))
    right = page.plot((330, 72, 530, 180))
    page.lines(100, 212, ["Figure 4: Training."])
    page.lines(340, 212, ["Figure 5: Testing."])
    page.body(WHOLE, 250, 700)

    found = {figure.label: figure.box for figure in figures(page)}

    assert set(found) == {"Figure 4", "Figure 5"}
    assert same(found["Figure 4"], left)
    assert same(found["Figure 5"], right)


def test_full_width_figure_over_two_columns() -> None:
    """A figure as wide as the page above two columns of text."""
    page = Layout()
    photo = page.photo((60, 72, 550, 220))
    page.lines(
        150, 230, ["Figure 1: Overview of the whole pipeline, end to end, here."]
    )
    page.body(LEFT, 270, 720)
    page.body(RIGHT, 270, 720)

    (figure,) = figures(page)

    assert same(figure.box, photo)


def test_panels_over_two_columns_under_a_short_caption_are_one_figure() -> None:
    """The caption fits in the left column, the middle panel stands over the gap."""
    page = Layout()
    panels = [page.plot((x, 80, x + 140, 200)) for x in (72, 236, 400)]
    page.lines(LEFT[0], 214, ["Figure 1. Three runs of one setting."])
    page.body(LEFT, 240, 740)
    page.body(RIGHT, 240, 740)

    (figure,) = figures(page)

    assert figure.box[0] < panels[0][0] + 5
    assert figure.box[2] > panels[2][2] - 5


def test_sentence_on_a_figure_is_no_caption() -> None:
    """'Figure 2 shows' at the start of a line, even of a paragraph, stays body text."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    page.text(
        72, 220, "Figure 2 shows that the error of the model falls with more data of"
    )
    page.body(WHOLE, 223, 400)
    page.text(
        72, 416, "the cost of each step stays the same for every size, as we show in"
    )
    page.text(
        72, 428, "Figure 3. The number of pictures grows while the cost stays the same"
    )
    page.body(WHOLE, 431, 600)

    pages, (floats,) = read(page)

    assert floats.figures == ()
    assert floats.roles == {}
    assert any(line.text.startswith("Figure 2 shows") for line in pages[0])


def test_table_with_rules_and_caption_above() -> None:
    """A booktabs table goes from its first to its last rule; prose stays outside."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    page.lines(190, 212, ["Table 1: Errors of four methods."])
    table = page.table(170, 440, 232)
    page.body(WHOLE, 320, 700)

    pages, (floats,) = read(page)
    (figure,) = floats.figures

    assert (figure.kind, figure.caption) == ("table", "Errors of four methods.")
    assert same(figure.box, table)
    cells = [i for i, line in enumerate(pages[0]) if "head" in line.text]
    assert cells
    assert all(floats.roles[i] == "table" for i in cells)


def test_tables_with_captions_below_keep_their_own() -> None:
    """Stacked tables with captions below: none takes its neighbour's rows."""
    page = Layout()
    first = page.table(170, 440, 72)
    page.lines(190, 146, ["Table 1: Errors of four methods."])
    second = page.table(170, 440, 182)
    page.lines(190, 256, ["Table 2: Costs of four methods."])
    page.body(WHOLE, 300, 700)

    one, two = figures(page)

    assert same(one.box, first)
    assert same(two.box, second)


def test_table_and_figure_between_two_captions() -> None:
    """Caption, table, plot, caption: each caption gets what is next to it."""
    page = Layout()
    page.lines(190, 72, ["Table 1: Errors of four methods."])
    table = page.table(170, 440, 90)
    plot = page.plot((200, 180, 410, 300))
    page.lines(200, 332, ["Figure 1: Loss over time."])
    page.body(WHOLE, 370, 700)

    found = {figure.kind: figure.box for figure in figures(page)}

    assert same(found["table"], table)
    assert same(found["figure"], plot)


def test_roman_table_label_alone_on_its_line() -> None:
    """IEEE style: the label has a line of its own and the title stands below it."""
    page = Layout()
    page.body(LEFT, 72, 200)
    page.lines(155, 212, ["TABLE II"], 8)
    page.lines(110, 222, ["ERRORS OF FOUR METHODS"], 8)
    table = page.table(60, 290, 240)
    page.body(LEFT, 330, 720)
    page.body(RIGHT, 72, 720)

    (figure,) = figures(page)

    assert (figure.label, figure.caption) == ("TABLE II", "ERRORS OF FOUR METHODS")
    assert same(figure.box, table)


def test_sideways_table() -> None:
    """A table turned by a quarter is found with its caption, also in a body page."""
    page = Layout()
    page.body(WHOLE, 72, 700)
    page.new_page()
    turned = Layout(792, 612)
    turned.lines(250, 100, ["Table 7: Errors of all methods, turned."])
    box = turned.table(150, 640, 125, rows=12)
    page.page.show_pdf_page(page.page.rect, turned.document, 0, rotate=90)

    (figure,) = figures(page)

    assert (figure.kind, figure.page) == ("table", 2)
    assert figure.caption == "Errors of all methods, turned."
    # A quarter turn to the left: x of the table runs upwards.
    assert same(figure.box, (box[1], 792 - box[2], box[3], 792 - box[0]))


def test_algorithm_between_rules() -> None:
    """Lines of an algorithm look like text, but stand between its rules."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    page.rule(72, 540, 214)
    page.lines(74, 216, ["Algorithm 1: Training of the model on pictures"], 10)
    page.rule(72, 540, 231)
    page.body((90, 540), 234, 330)
    page.rule(72, 540, 345)
    page.body(WHOLE, 362, 700)

    pages, (floats,) = read(page)
    (figure,) = floats.figures

    assert (figure.kind, figure.label) == ("algorithm", "Algorithm 1")
    assert same(figure.box, (72, 231, 540, 345))
    inside = {
        i for i, line in enumerate(pages[0]) if line.box[1] > 232 and line.box[3] < 345
    }
    assert inside == {i for i, role in floats.roles.items() if role == "algorithm"}


def test_body_text_is_never_swallowed() -> None:
    """Roles on a full page cover captions and labels, no line of a paragraph."""
    page = Layout()
    page.body(LEFT, 72, 300)
    page.plot((70, 315, 280, 420))
    page.lines(60, 452, ["Figure 1: Left one."])
    page.body(LEFT, 485, 720)
    page.body(RIGHT, 72, 500)
    page.lines(330, 515, ["Table 3: Errors."])
    page.table(320, 556, 535)
    page.body(RIGHT, 620, 720)

    pages, (floats,) = read(page)
    lost = [pages[0][i].text for i in floats.roles if len(pages[0][i].text) > 30]

    assert {figure.kind for figure in floats.figures} == {"figure", "table"}
    assert lost == []


def test_caption_beside_its_figure() -> None:
    """A narrow caption to the right of a photograph belongs to it."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    photo = page.photo((80, 220, 330, 340))
    page.lines(350, 240, ["Figure 6: A cat that", "looks at a dog that", "looks away."])
    page.body(WHOLE, 360, 700)

    (figure,) = figures(page)

    assert figure.caption == "A cat that looks at a dog that looks away."
    assert same(figure.box, photo)


def test_curve_beyond_its_clip_does_not_widen_the_figure() -> None:
    """What a clip hides is not part of the figure, though its path reaches far."""
    page = Layout()
    page.body(WHOLE, 72, 300)
    page.body(WHOLE, 520, 700)
    inner = Layout(300, 150)
    inner.plot((20, 10, 280, 120))
    inner.page.draw_line((20, -400), (280, 900), color=(0, 0.5, 0))
    page.page.show_pdf_page(pymupdf.Rect(150, 310, 450, 460), inner.document, 0)
    page.lines(200, 470, ["Figure 8: A steep line."])

    (figure,) = figures(page)

    assert 305 < figure.box[1] < 325
    assert 440 < figure.box[3] < 470


def test_other_label_forms() -> None:
    """Supplementary and extended data figures keep their labels as printed."""
    page = Layout()
    page.photo((150, 72, 450, 200))
    page.lines(150, 210, ["Supplementary Figure S1: More cats."])
    page.photo((150, 260, 450, 400))
    page.lines(150, 410, ["Extended Data Fig. 2 | More dogs."])
    page.body(WHOLE, 450, 700)

    labels = [figure.label for figure in figures(page)]

    assert labels == ["Supplementary Figure S1", "Extended Data Fig. 2"]


def test_continued_table_counts_once() -> None:
    """A table that goes on over the page is one; its rows stay out of the text."""
    page = Layout()
    page.lines(190, 72, ["Table 1: Errors of four methods."])
    page.table(170, 440, 90)
    page.body(WHOLE, 200, 700)
    page.new_page()
    page.lines(190, 72, ["Table 1 (continued): Errors of four methods."])
    page.table(170, 440, 90)
    page.body(WHOLE, 200, 700)

    pages, (first, second) = read(page)

    assert [figure.label for figure in first.figures] == ["Table 1"]
    assert second.figures == ()
    cells = [i for i, line in enumerate(pages[1]) if "head" in line.text]
    assert all(second.roles[i] == "table" for i in cells)


def test_text_runs_round_a_figure() -> None:
    """Neither the lines nor the equation beside a figure are part of it."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    plot = page.plot((380, 212, 530, 290))
    page.lines(380, 316, ["Figure 1: Error over time,", "for all the pictures."])
    page.body((72, 360), 200, 310)
    page.text(120, 330, "E = a + b * N")
    page.text(345, 330, "(3)")
    page.body(WHOLE, 350, 700)

    (figure,) = figures(page)

    assert same(figure.box, plot)
    assert figure.caption == "Error over time, for all the pictures."


def test_an_equation_above_a_figure_stays_outside() -> None:
    """A numbered equation is running text, however near a figure begins."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    page.text(200, 222, "E = a + b * N")
    page.text(509, 222, "(24)")
    plot = page.plot((200, 226, 410, 330))
    page.lines(200, 362, ["Figure 1: Loss over time."])
    page.body(WHOLE, 390, 700)

    (figure,) = figures(page)

    assert same(figure.box, plot)


def test_a_listing_is_a_figure() -> None:
    """Lines of code over a caption are its figure, though as large as the text."""
    page = Layout()
    code = ["for (int i = 2; i < 100; ++i) {", "  primes[i] = false; }"]
    for nth, line in enumerate(code):
        page.page.insert_text((72, 90 + 12 * nth), line, fontsize=10, fontname="cour")
    page.rule(72, 540, 115)
    page.lines(72, 120, ["Figure 1. Sample program: sieve."])
    page.body(WHOLE, 150, 700)

    (figure,) = figures(page)

    assert figure.box[1] < 84
    assert figure.box[3] > 102


def test_what_runs_along_the_page_is_no_figure() -> None:
    """A band and a stamp along the edge are no part of a figure of the page."""
    page = Layout()
    page.page.draw_rect((0, 0, 30, 792), color=None, fill=(0.8, 0.8, 0.9))
    page.page.insert_text(
        (600, 100), "Published online by a press", fontsize=8, rotate=270
    )
    plot = page.plot((120, 90, 480, 300))
    page.lines(120, 332, ["Figure 1: Loss over time."])
    page.body(WHOLE, 370, 700)

    (figure,) = figures(page)

    assert same(figure.box, plot)


def test_a_repeated_head_over_a_figure_is_no_label() -> None:
    """A phrase at the head of each page stays outside, close to a frame as it is."""
    page = Layout()
    plots = []
    for nth in range(4):
        if nth:
            page.new_page()
        page.text(72, 80, "Cats and dogs told from each other", 9)
        plots.append(page.plot((72, 84, 540, 300)))
        page.lines(120, 332, [f"Figure {nth + 1}: Loss over time."])
        page.body(WHOLE, 370, 700)
    found = parse_document("heads", page.bytes()).figures

    assert len(found) == 4
    assert all(same(f.box, p, 8) for f, p in zip(found, plots, strict=True))


def test_marks_between_lines_do_not_end_a_caption() -> None:
    """A small figure that stands between two lines of a caption is passed over."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    page.plot((200, 212, 410, 330))
    page.lines(150, 362, ["Figure 1: Loss over time, of the smaller model", "and all."])
    page.text(300, 375, "1", 7)
    page.body(WHOLE, 400, 700)

    (figure,) = figures(page)

    assert figure.caption == "Loss over time, of the smaller model and all."


def test_list_of_figures_is_no_figure() -> None:
    """Lines of a list of figures, with leaders and page numbers, are not captions."""
    page = Layout()
    page.text(72, 90, "List of Figures", 14)
    for i in range(6):
        page.text(
            72, 120 + 14 * i, f"Figure {i + 1}: Errors over time {'. ' * 40}{i + 3}"
        )
    page.body(WHOLE, 300, 700)

    assert figures(page) == []


def test_page_without_captions_is_left_alone() -> None:
    """Drawings without a caption give neither figures nor roles."""
    page = Layout()
    page.plot((180, 72, 430, 200))
    page.body(WHOLE, 240, 700)

    _, (floats,) = read(page)

    assert floats.figures == ()
    assert floats.roles == {}


def test_hostile_page_size() -> None:
    """A page of two hundred inches with many strokes is read all the same."""
    page = Layout(14400, 14400)
    page.body(WHOLE, 72, 200)
    shape = page.page.new_shape()
    for i in range(1500):
        shape.draw_line((i * 8, 1000), (i * 8 + 1, 9000))
        shape.finish(color=(0, 0, 0), width=1)
    shape.commit()
    page.lines(200, 9100, ["Figure 1: A wall of strokes."])

    (figure,) = figures(page)

    assert figure.box[2] - figure.box[0] > 11000


def test_sideways_table_of_a_whole_document() -> None:
    """A document keeps it as a figure, its cells as one passage, its text apart."""
    page = Layout()
    page.body(WHOLE, 72, 700)
    page.new_page()
    turned = Layout(792, 612)
    turned.lines(250, 100, ["Table 7: Errors of all methods, turned."])
    turned.table(150, 640, 125, rows=12)
    page.page.show_pdf_page(page.page.rect, turned.document, 0, rotate=90)

    document = parse_document("turned", page.document.tobytes())

    tables = [p for p in document.passages if p.page == 2 and p.kind == "table"]
    assert [figure.label for figure in document.figures] == ["Table 7"]
    assert len(tables) == 1
    assert not any("Errors" in section.text for section in document.sections)


@pytest.mark.parametrize(
    ("line", "labelled"),
    [
        ("Figura 1: El error de la red en la noche.", True),
        ("Abbildung 1: Fehler des Netzes bei Nacht.", True),
        ("Abb. 1: Fehler des Netzes bei Nacht.", True),
        ("Tableau 1: Erreurs du réseau de nuit.", True),
        ("Tabelle 1: Fehler des Netzes bei Nacht.", True),
        ("Tabla 1: El error de la red en la noche.", True),
        ("图1-1: 网络结构示意图", True),
        ("表2 不同方法的结果", True),
        ("图1 所示的结构", False),
        ("表示网络的结构", False),
    ],
)
def test_floats_are_named_in_other_languages(line: str, labelled: bool) -> None:
    """Spanish, French, German and Chinese words for figure and table."""
    assert may_be_caption(line) == labelled


def test_a_rule_in_the_margin_is_no_part_of_a_table() -> None:
    """The rule between text and what runs up the margin stays outside."""
    page = Layout()
    page.lines(72, 60, ["Table 1: Errors of the models."])
    table = page.table(72, 540, 76, rows=48)
    page.page.draw_line((586, 70), (586, 700), color=(0, 0, 0), width=0.8)
    page.new_page()
    page.body(WHOLE, 72, 700)

    (figure,) = figures(page)

    assert same(figure.box, table)


def test_numbers_of_lines_are_no_running_head() -> None:
    """A table at the top of a page whose lines are counted keeps its first rows."""
    page = Layout()
    count = 0
    for nth in range(2):
        if nth:
            page.new_page()
        top = 72
        if nth:
            table = page.table(72, 540, 60, rows=4)
            page.lines(72, 116, ["Table 1: Errors of the models."])
            top = 150
        page.body(WHOLE, top, 700)
        for y in range(82 - 12 * nth, 700, 12):
            count += 1
            page.text(50, y, str(count), 6)
    (found,) = parse_document("counted", page.bytes()).figures

    assert same(found.box, table)


def test_an_equals_sign_of_an_old_font_makes_an_equation() -> None:
    """Where the equals sign reads as a quarter the numbered row is running text."""
    page = Layout()
    page.lines(240, 72, ["FIGURE 3"])
    plot = page.plot((200, 90, 410, 200))
    page.text(72, 250, "(3)")
    page.text(280, 250, "I \u00bc b + 2c")
    for x, y in ((350, 246), (350, 258), (400, 246), (400, 258)):
        page.text(x, y, "N", 7)
    page.body(WHOLE, 268, 700)

    (figure,) = figures(page)

    assert same(figure.box, plot)


def _ruled_box(page: Layout, top: float, title: str) -> Box:
    """A ruled box with a bold title, as algorithms have; returns its inner part."""
    page.rule(72, 540, top)
    page.page.insert_text((72, top + 11), title, fontsize=10, fontname="hebo")
    x = 75 + pymupdf.get_text_length(title, "hebo", 10)
    page.text(x, top + 11, "Op-based counter")
    page.rule(72, 540, top + 14)
    page.lines(80, top + 18, ["payload integer i", "query value", "let j = i"])
    page.rule(72, 540, top + 56)
    return (72, top + 14, 540, top + 56)


def test_a_ruled_box_with_a_title_is_an_algorithm() -> None:
    """Called a specification it is one all the same, and not the next figure's."""
    page = Layout()
    inner = _ruled_box(page, 72, "Specification 1")
    plot = page.plot((200, 170, 410, 280))
    page.lines(200, 312, ["Figure 4: State of a replica."])
    page.body(WHOLE, 350, 700)

    algorithm, figure = figures(page)

    assert (algorithm.kind, algorithm.label) == ("algorithm", "Specification 1")
    assert algorithm.caption == "Op-based counter"
    assert same(algorithm.box, inner)
    assert same(figure.box, plot)


def test_a_bold_protocol_without_a_rule_is_running_text() -> None:
    """Such words open theorems and paragraphs as well."""
    page = Layout()
    page.page.insert_text((72, 82), "Protocol 1", fontsize=10, fontname="hebo")
    page.text(130, 82, "The parties agree on a key")
    page.body(WHOLE, 90, 700)

    assert figures(page) == []


def test_parts_of_one_equation_do_not_narrow_a_float() -> None:
    """An algorithm keeps its right half below an equation in the right half."""
    page = Layout()
    page.body(WHOLE, 72, 130)
    for x, part in ((330, "c = a"), (400, "a + b"), (515.8, "(3)")):
        page.text(x, 150, part)
    page.body(WHOLE, 160, 200)
    inner = _ruled_box(page, 220, "Algorithm 1")
    page.text(420, 250, "computes Eq. 3")
    page.body(WHOLE, 300, 700)

    (algorithm,) = figures(page)

    assert same(algorithm.box, inner)


def test_dots_at_the_far_end_belong_to_a_figure() -> None:
    """A row of dots is drawn though nothing in it is large."""
    page = Layout()
    page.body(WHOLE, 72, 200)
    for x0, x1, y in ((200, 290, 226), (320, 410, 226), (200, 410, 290)):
        page.page.draw_rect((x0, y, x1, y + 0.4), color=None, fill=(0, 0, 0))
    for y in (226, 290):
        for x in range(210, 410, 30):
            page.page.draw_circle((x, y), 2, color=None, fill=(1, 0, 0))
        page.lines(280, y + 24, ["(a) old" if y < 250 else "(b) new"], 8)
    page.lines(200, 342, ["Figure 1: Two states."])
    page.body(WHOLE, 380, 700)

    (figure,) = figures(page)

    assert same(figure.box, (200, 224, 410, 324))


def test_a_table_parts_from_the_figure_below_it() -> None:
    """Between the captions of both stand rows first, and then what is drawn."""
    page = Layout()
    page.lines(200, 60, ["Table 1: Names of variables."])
    for row in range(5):
        page.text(200, 86 + 11 * row, f"x{row} in [0, 1]", 9)
        page.text(300, 86 + 11 * row, "action of one", 9)
    photo = page.photo((200, 138, 410, 240))
    page.lines(200, 250, ["Figure 1: Rule of updates."])
    page.body(WHOLE, 290, 700)

    table, figure = figures(page)

    assert (table.kind, figure.kind) == ("table", "figure")
    assert same(table.box, (200, 78, 352, 133))
    assert same(figure.box, photo)


def test_notes_close_under_the_last_rule_belong_to_a_table() -> None:
    """Abbreviations that a table explains stand a little below its last rule."""
    page = Layout()
    page.lines(72, 60, ["Table 1: Errors of the models."])
    table = page.table(72, 540, 76)
    note = page.lines(72, table[3] + 7.5, ["CE, conjugated; EV, valerate."], 7)
    page.body(WHOLE, 220, 700)

    (figure,) = figures(page)

    assert figure.box[3] >= note[3] - 2
