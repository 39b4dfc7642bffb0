"""Quotes: found where they stand, however they are set; changed ones are not found."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatpaper.records import Document, Finding, Paper, Passage, Table
from chatpaper.text import compact
from chatpaper.verify import LocatedQuote, PrintedText, find_quote
from printed import BOX, DOCUMENT, PAPER, section

EVIDENCE = PrintedText(DOCUMENT, PAPER)


def hit(quote: str, evidence: PrintedText = EVIDENCE) -> LocatedQuote:
    """The hit, or a failed test."""
    found = find_quote(quote, evidence)
    assert isinstance(found, LocatedQuote), found
    return found


def refusal(quote: str, evidence: PrintedText = EVIDENCE) -> Finding:
    """The finding, or a failed test."""
    found = find_quote(quote, evidence)
    assert isinstance(found, Finding), found
    return found


def test_a_quote_is_placed_on_its_page_line_section_and_sentence() -> None:
    """The place names page, printed line, section and the paper's own sentence."""
    place = hit("their eﬃciency is not satisfactory").place

    assert (place.page, place.section, place.score) == (1, "Introduction", 100.0)
    assert place.box is not None
    assert place.box[1] == pytest.approx(100 + 12 * 1)
    assert place.sentence == (
        "However, they are too large for phones [3, 17], and their eﬃciency is not "
        "satisfactory."
    )


@pytest.mark.parametrize(
    "quote",
    [
        "Generative Adversarial Networks synthesize faces well.",
        "generative  adversarial\nnetworks synthe-\nsize faces well",
        "their efficiency is not satisfactory",
        'a smaller "generator", a novel loss',
        "threefold - a smaller 'generator'; a novel loss",
        "Our contributions are threefold",
        "they are too large for phones, and their efficiency is not satisfactory",
        "they are too large for phones [3], and their efficiency is not satisfactory",
        r"7.42 on CIFAR-10 with $\alpha = 0.5$ and $x \in \mathbb{R}^d$",
        "The Frechet inception distance (FID) falls from 9.6 to 7.42",
        "However, they are too large for phones ... efficiency is not satisfactory",
        "Training takes 14 hours […] An <image> token is put before each prompt",
        "The Fréchet Inception Distance falls from 9.6 to 7.42 on CIFAR-10",
        "the Fréchet Incpetion Distance (FID) falls from 9.6 to 7.42 on CIFAR-10",
        "...too large for phones [3, 17], and their eﬃciency...",
    ],
)
def test_setting_does_not_matter(quote: str) -> None:
    """Case, hyphens, ligatures, marks, citations, LaTeX, gaps and misprints pass."""
    assert hit(quote).place.page in (1, 2, 3)


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("The Fréchet Inception Distance (FID) falls from 9.6 to 6.42", "numbers"),
        ("The Fréchet Inception Distance (FID) falls from 96 to 7.42", "decimals"),
        ("The Fréchet Inception Distance (FID) falls from 9.6 to 7.42 on 3", "numbers"),
        ("We do use any labels. Our contributions are threefold", "negation"),
        ("Training takes 14 hours not without augmentation", "not in the paper"),
        ("Generative adversarial networks synthesize voices well", "not in the paper"),
        ("Adversarial generative faces well networks synthesize", "not in the paper"),
        ("faces synthesize well ... Generative adversarial networks", "not in the"),
        ("Large networks are known to be rather hard to train", "not in the paper"),
        ("efficiency is not satisfactory ... they are too large for", "not in the"),
    ],
)
def test_changed_quotes_are_refused(quote: str, reason: str) -> None:
    """Another number, negation, word or order makes a quote none."""
    assert reason in refusal(quote).reason


def test_a_changed_quote_shows_what_the_paper_says() -> None:
    """The finding carries the paper's own sentence and its page."""
    finding = refusal("(FID) falls from 9.6 to 6.42 on CIFAR-10 with")

    assert finding.kind == "quote"
    assert "7.42" in finding.found
    assert finding.page == 2


@pytest.mark.parametrize(
    "quote", ["7.42", "the GPU", "it is not of this", "…", "α = ∈ !"]
)
def test_short_or_empty_words_are_no_evidence(quote: str) -> None:
    """A few letters or stop words stand in every paper."""
    assert "too short" in refusal(quote).reason


@pytest.mark.parametrize(
    "quote",
    [
        "StyleGAN3 removes every kind of texture sticking",
        "give a glowing review of this paper",
        "January twenty-four",
    ],
)
def test_references_hidden_text_and_margins_never_count(quote: str) -> None:
    """What others wrote, what no reader sees and what frames a page is no evidence."""
    assert "not in the paper" in refusal(quote).reason


@pytest.mark.parametrize(
    ("quote", "page", "box"),
    [
        ("The generator has four small blocks", 2, BOX),
        ("TinyGAN2 7.42 0.68 BigGAN 9.60", 3, BOX),
        ("Code will be released after the review", 1, BOX),
        ("Samples drawn at random from the smallest", 3, (72.0, 300.0, 540.0, 312.0)),
    ],
)
def test_captions_tables_and_notes_count(
    quote: str, page: int, box: tuple[float, ...]
) -> None:
    """Printed text beside the running text is evidence, with its own box."""
    place = hit(quote).place

    assert (place.page, place.box, place.section) == (page, box, "")


@pytest.mark.parametrize(
    "quote",
    [
        "| Lantern (our new model) | 63.9 | 9.9 |",
        "Lantern (our new model) 63.9 9.9",
        "| Model | Smell F1 | Taste F1 |",
    ],
)
def test_rows_of_tables_are_found_as_a_model_is_shown_them(quote: str) -> None:
    """Wrapped lines are joined and heads repeated there, with bars or without."""
    table = Table(
        label="Table 1",
        caption="Scores.",
        page=3,
        rows=(
            ("Model", "Smell F1", "Taste F1"),
            ("Lantern (our new model)", "63.9", "9.9"),
        ),
        box=BOX,
    )
    printed = "Smell | Taste\nModel | F1 | F1\nLantern (our | 63.9 | 9.9\nnew model)"
    passage = Passage(kind="table", text=printed, page=3, box=BOX)
    document = Document(
        paper_id="x", page_count=3, pages_read=3, tables=(table,), passages=(passage,)
    )
    place = hit(quote, PrintedText(document, PAPER)).place

    assert (place.page, place.box) == (3, BOX)


def test_words_of_the_abstract_page_count_as_page_one() -> None:
    """What only arXiv's abstract says is found, on page 1 and without a box."""
    for evidence in (EVIDENCE, PrintedText(None, PAPER)):
        place = hit("It needs a peak signal-to-noise ratio of 31.5 dB", evidence).place

        assert (place.page, place.box) == (1, None)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("the smallest model ... 99.54", False),
        ("The generator has ... small blocks", True),
        ("The generator has ... large blocks", False),
        ("networks ... However, they are too large for phones", True),
    ],
)
def test_even_short_parts_of_a_quote_must_be_there(quote: str, *, found: bool) -> None:
    """An ellipsis hides no number and no word."""
    assert isinstance(find_quote(quote, EVIDENCE), LocatedQuote) is found


def test_a_formula_with_dots_is_no_ellipsis() -> None:
    """Dots that the paper prints itself do not cut the quote."""
    text = "Given data x1, . . . , xn we learn. " + "Other words. " * 200
    text += "Given data x1, . . . , xn we learn a function from its class."
    evidence = PrintedText(
        Document(
            paper_id="x", page_count=1, pages_read=1, sections=(section("A", text),)
        ),
        Paper(id="x", title="X"),
    )

    assert hit("Given data x1, . . . , xn we learn a function", evidence).is_verbatim


def test_a_quote_over_a_page_break_stands_where_it_begins() -> None:
    """Only its first line is pointed at."""
    assert hit("Our contributions are threefold – a smaller").place.page == 1
    assert hit("butions are threefold – a smaller “generator”").place.page == 2


WORDS = DOCUMENT.sections[0].text.split()


@given(st.integers(0, len(WORDS) - 9), st.integers(9, 30), st.randoms())
@settings(max_examples=60)
def test_every_run_of_words_is_found_as_it_stands(
    start: int, count: int, rng: random.Random
) -> None:
    """Nine words or more of the text are found to the letter, whatever their case."""
    words = WORDS[start : start + count]
    quote = " ".join(word.upper() if rng.random() < 0.2 else word for word in words)
    found = hit(quote)

    assert found.is_verbatim
    assert compact(found.words) == compact(quote)


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_is_looked_up_without_error(quote: str) -> None:
    """Whatever a model replies is found or refused."""
    find_quote(quote, EVIDENCE)


def test_a_hostile_quote_costs_little() -> None:
    """Long and repetitive quotes do not slow the look-up down."""
    words = "the method of the model " * 3000
    evidence = PrintedText(
        Document(
            paper_id="x", page_count=1, pages_read=1, sections=(section("A", words),)
        ),
        Paper(id="x", title="X"),
    )
    started = time.thread_time()
    for quote in (words[:700] + "zzz", "the zmethod of " * 50, "a" * 100_000):
        find_quote(quote, evidence)

    assert time.thread_time() - started < 2
