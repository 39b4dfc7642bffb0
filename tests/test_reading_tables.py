"""Tables: their cells, heads and wrapped lines, joined over pages."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf
from hypothesis import given, settings
from hypothesis import strategies as st

from chatpaper.reading import parse_document
from chatpaper.reading.pages import (
    Span,
)
from chatpaper.reading.tables import Word, is_number, is_value, read_grid
from chatpaper.records import Document, Table
from laid_out import WHOLE, Layout

SIZE = 9.0


def put(page: Layout, y: float, cells: Sequence[str], middles: Sequence[float]) -> None:
    """One printed row whose cells are centred, but for the first one."""
    for nth, (cell, middle) in enumerate(zip(cells, middles, strict=True)):
        width = pymupdf.get_text_length(cell, "helv", SIZE)
        page.text(middle if nth == 0 else middle - width / 2, y, cell, SIZE)


def document(page: Layout) -> Document:
    """The document, read as a whole."""
    return parse_document("tables", page.bytes())


def only_table(page: Layout) -> Table:
    """The document's table; it has no other."""
    (table,) = document(page).tables
    return table


def opened(caption: str = "Table 1: Errors of four methods.") -> Layout:
    """A page with text, and a caption at its foot."""
    page = Layout()
    page.body(WHOLE, 72, 300)
    page.lines(150, 312, [caption])
    return page


def closed(page: Layout, bottom: float) -> Layout:
    """The page with a last rule and text below it."""
    page.rule(120, 480, bottom)
    page.body(WHOLE, bottom + 24, 700)
    return page


def test_one_printed_cell_is_one_cell() -> None:
    """Numbers that stand closer than words do are cells of their own."""
    page = opened()
    middles = (124.0, 300.0, 324.0, 348.0)
    page.rule(120, 480, 335)
    put(page, 346, ("Method", "P", "R", "F1"), middles)
    page.rule(120, 480, 351)
    put(page, 362, ("Ours (large)", "94.25", "48.40", "63.90"), middles)
    put(page, 374, ("Theirs", "9.5", "-", "65.80"), middles)
    table = only_table(closed(page, 380))

    assert table.rows == (
        ("Method", "P", "R", "F1"),
        ("Ours (large)", "94.25", "48.40", "63.90"),
        ("Theirs", "9.5", "-", "65.80"),
    )
    assert (table.label, table.caption) == ("Table 1", "Errors of four methods.")
    assert (table.page, table.head_rows) == (1, 1)


def test_heads_of_two_levels_are_joined() -> None:
    """A head over columns is part of each one's name, by its rule or its middle."""
    page = opened()
    middles = (124.0, 240.0, 290.0, 390.0, 440.0)
    page.rule(120, 480, 335)
    put(page, 346, ("", "Smell", "Taste"), (124.0, 265.0, 415.0))
    page.rule(225, 305, 349)
    put(page, 359, ("Method", "P", "F1", "P", "F1"), middles)
    page.rule(120, 480, 364)
    put(page, 375, ("Ours", "1.5", "2.5", "3.5", "4.5"), middles)
    put(page, 387, ("Theirs", "1.6", "2.6", "3.6", "4.6"), middles)
    table = only_table(closed(page, 393))

    assert table.columns == ("Method", "Smell P", "Smell F1", "Taste P", "Taste F1")
    assert table.rows[2] == ("Theirs", "1.6", "2.6", "3.6", "4.6")


def test_labels_of_several_rows_stand_in_the_first() -> None:
    """What is printed in the middle of its rows belongs to the first of them."""
    page = opened()
    middles = (124.0, 240.0, 320.0)
    page.rule(120, 480, 335)
    put(page, 346, ("Data", "Size", "Error"), middles)
    page.rule(120, 480, 351)
    for y, size, error in ((362, "10", "0.5"), (374, "20", "0.4")):
        put(page, y, ("", size, error), middles)
    put(page, 368, ("Cats",), middles[:1])
    page.rule(120, 480, 379)
    for y, size, error in ((390, "10", "0.7"), (402, "20", "0.6"), (414, "30", "0.5")):
        put(page, y, ("", size, error), middles)
    put(page, 402, ("Dogs",), middles[:1])
    table = only_table(closed(page, 420))

    assert [row[0] for row in table.rows] == ["Data", "Cats", "", "Dogs", "", ""]


def test_marks_behind_a_blank_belong_to_their_row() -> None:
    """A raised mark apart from its name makes neither a column nor a row."""
    page = opened()
    middles = (124.0, 300.0, 360.0)
    page.rule(120, 480, 335)
    put(page, 346, ("Method", "Size", "Error"), middles)
    page.rule(120, 480, 350)
    for nth, (name, mark) in enumerate([("A-31", ""), ("Bee", "§"), ("C-31-L", "*")]):
        y = 362 + 12 * nth
        put(page, y, (name, f"{nth + 1}24×224", f"{nth}.5"), middles)
        end = 124 + pymupdf.get_text_length(f"{name} ", "helv", SIZE)
        page.text(end, y - 4, mark, 6)
    page.rule(120, 480, 390)
    table = only_table(closed(page, 390))

    assert table.rows == (
        ("Method", "Size", "Error"),
        ("A-31", "124×224", "0.5"),
        ("Bee§", "224×224", "1.5"),
        ("C-31-L*", "324×224", "2.5"),
    )


def test_titles_among_the_rows_are_rows() -> None:
    """A title in the middle of the table takes no column and no row's place."""
    page = opened()
    middles = (124.0, 260.0, 350.0, 440.0)
    page.rule(120, 480, 335)
    put(page, 346, ("Method", "A", "B", "C"), middles)
    page.rule(120, 480, 351)
    put(page, 362, ("", "Cats and dogs of all sizes"), (124.0, 300.0))
    page.rule(120, 480, 367)
    put(page, 378, ("Ours", "1.5", "2.5", "3.5"), middles)
    put(page, 390, ("Theirs", "1.6", "2.6", "3.6"), middles)
    table = only_table(closed(page, 396))

    assert table.rows[1] == ("Cats and dogs of all sizes", "", "", "")
    assert table.rows[2] == ("Ours", "1.5", "2.5", "3.5")


def test_wrapped_cells_are_one_row() -> None:
    """A cell's second line, which hangs in or goes on in small letters, is its rest."""
    page = opened()
    page.rule(120, 480, 335)
    for x, head in ((124, "Study"), (220, "Design"), (330, "Outcome")):
        page.text(x, 346, head, SIZE)
    page.rule(120, 480, 351)
    rows = (
        (362, "Miller", "Randomized", "Longer sleep in both"),
        (373, "et al.", "controlled trial", "of it"),
        (384, "Smith", "Cohort", "Shorter sleep"),
    )
    for y, *cells in rows:
        for x, cell in zip((124, 220, 330), cells, strict=True):
            page.text(x + 8 * (y == 373), y, cell, SIZE)
    table = only_table(closed(page, 390))

    assert table.rows[1:] == (
        ("Miller et al.", "Randomized controlled trial", "Longer sleep in both of it"),
        ("Smith", "Cohort", "Shorter sleep"),
    )


def test_rows_of_labels_without_rules_are_not_joined() -> None:
    """Names that begin with small letters are no rest of the row above."""
    page = opened()
    page.rule(120, 480, 335)
    put(page, 346, ("parameter", "value"), (124.0, 320.0))
    page.rule(120, 480, 351)
    for nth, name in enumerate(("learning rate", "batch size", "number of steps")):
        put(page, 362 + 12 * nth, (name, "large or small"), (124.0, 320.0))
    table = only_table(closed(page, 392))

    assert [row[0] for row in table.rows[1:]] == [
        "learning rate",
        "batch size",
        "number of steps",
    ]


def test_text_within_a_table_is_a_note() -> None:
    """A paragraph below the last rule is kept, but is no row."""
    page = opened()
    table_box = page.table(130, 470, 335)
    page.lines(130, table_box[3] + 3, ["a Of the smaller set."], 7)
    page.body(WHOLE, 430, 700)
    table = only_table(page)

    assert len(table.rows) == 5
    assert table.notes in ("a Of the smaller set.", "")
    assert "smaller" not in str(table.rows)


def test_a_table_over_two_pages_is_one() -> None:
    """Rows under `(continued)` follow, without the head that is printed again."""
    page = Layout()
    page.lines(190, 72, ["Table 1: Errors of four methods."])
    page.table(170, 440, 90)
    page.body(WHOLE, 200, 700)
    page.new_page()
    page.lines(190, 72, ["Table 1 (continued)"])
    page.table(170, 440, 90, rows=3)
    page.body(WHOLE, 200, 700)
    table = only_table(page)

    assert len(table.rows) == 1 + 4 + 2
    assert (table.page, table.caption) == (1, "Errors of four methods.")


def test_a_sideways_table_has_its_rows() -> None:
    """A table turned by a quarter is read as it is meant to be."""
    page = Layout()
    page.body(WHOLE, 72, 700)
    page.new_page()
    turned = Layout(792, 612)
    turned.lines(250, 100, ["Table 7: Errors of all methods, turned."])
    turned.table(150, 640, 125, rows=4)
    page.page.show_pdf_page(page.page.rect, turned.document, 0, rotate=90)
    table = only_table(page)

    assert table.rows[0] == ("head 0", "head 1", "head 2", "head 3")
    assert table.rows[3] == ("3.07", "3.17", "3.27", "3.37")


def test_tables_become_frames_and_markdown() -> None:
    """Columns have unique names, and a bar in a cell is no wall."""
    table = Table(
        label="Table 1",
        caption="",
        page=1,
        rows=(("", "P", "P"), ("a|b", "1", "2")),
        box=(0, 0, 1, 1),
    )

    assert table.to_dict() == {"column 1": ["a|b"], "P": ["1"], "P (2)": ["2"]}
    assert table.to_markdown() == "|  | P | P |\n| --- | --- | --- |\n| a\\|b | 1 | 2 |"


def test_values_are_told_from_words() -> None:
    """Numbers with signs, errors and units are values; names with digits are not."""
    values = ("9.5", "−0.31", "3.12 ± 0.41", "84/5/7", "1 · 104", "-", "17M (5.6x)")
    names = ("ResNet-50", "3 items", "(2012)", "p=30", "12 (6 in each group)")

    assert all(map(is_value, values))
    assert not any(map(is_value, names))
    assert is_number("63.9%")
    assert not is_number("×")


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    """Words anywhere on a page, some of them sideways or in small letters."""
    found = []
    for nth in range(draw(st.integers(1, 25))):
        x, y = draw(st.integers(0, 400)), draw(st.integers(0, 60))
        size = draw(st.sampled_from((5.0, 9.0, 10.0)))
        text = draw(st.sampled_from(("9.5", "-", "Word", "(a)", "12%", "/")))
        box = (float(x), float(y), x + size * len(text) / 2, y + size)
        span = Span(
            f"{text}{nth}", box, "F", size, False, False, False, 0, 255, True, y + size
        )
        found.append(Word(box, y + size, size, (span,)))
    return found


@given(words(), st.lists(st.tuples(*[st.integers(0, 400)] * 3), max_size=6))
@settings(max_examples=200)
def test_no_word_is_lost(found: list[Word], marks: list[tuple[int, int, int]]) -> None:
    """Whatever is printed stands in a cell or a note, in rows of one length."""
    rules = [(float(x), float(y), x + float(w), y + 0.4) for x, y, w in marks]
    grid = read_grid(found, rules)

    assert grid is not None
    assert len({len(row) for row in grid.rows}) == 1
    printed = " ".join(" ".join(row) for row in grid.rows) + grid.notes
    for word in found:
        assert word.text in printed
