"""Without a model, the summary is the paper's own whole sentences."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatpaper.models.extractive import extract_summary
from chatpaper.records import FIELDS, Document, Summary
from chatpaper.text import (
    MAX_CHARS,
    MIN_CHARS,
    fit_to_show,
    paper_sentences,
    split_sentences,
)
from scripted import CONCLUSION, INTRODUCTION, PAPER, document, section, texts


def folded(made: Document) -> str:
    """All running text, white space folded."""
    return " ".join(" ".join(part.text.split()) for part in made.sections)


def one(summary: Summary, name: str) -> str:
    """The text of a field's single claim."""
    (claim,) = (claim for claim in summary.claims if claim.field == name)
    return claim.text


# ----------------------------------------------------------------- whole sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One ends. Two ends.", ["One ends.", "Two ends."]),
        (
            "As in Fig. 3 and Eq. Two it holds. Yes.",
            ["As in Fig. 3 and Eq. Two it holds.", "Yes."],
        ),
        ("By Smith et al. The end.", ["By Smith et al. The end."]),
        ("J. Doe wrote it. It is so.", ["J. Doe wrote it.", "It is so."]),
        ("It falls to 0.37 then. It stays.", ["It falls to 0.37 then.", "It stays."]),
        ("It works [3]. (It does.) Good.", ["It works [3].", "(It does.)", "Good."]),
        (
            "First\nline. Second\n\nNext paragraph",
            ["First line.", "Second", "Next paragraph"],
        ),
        ("Is it? It is! Fine.", ["Is it?", "It is!", "Fine."]),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    """Abbreviations, initials and decimals end no sentence; a blank line does."""
    assert list(split_sentences(text)) == sentences


@given(st.text(alphabet="aB .!?\n)[]1", max_size=80))
@settings(max_examples=200)
def test_splitting_loses_nothing(text: str) -> None:
    """Sentences put together are the text, white space aside."""
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


GOOD = "We propose a small generator that learns from only a few images of the night."

BAD = {
    "too short": "We propose it for the night.",
    "too long": GOOD[:-1] + " and" + " of the night" * 30 + ".",
    "no capital": "we propose" + GOOD[10:],
    "no stop": GOOD[:-1],
    "equation": GOOD[:-1] + " where x = y + z.",
    "symbols": GOOD[:-1] + " ∑ of them.",
    "loose letters": GOOD[:-1] + " with a b c d e of it.",
    "table row": "The method and the score of the night are 0.12 0.45 0.77 0.91 1.2 3.",
    "caption": "Figure 3: The small generator that we propose for the images of night.",
    "theorem": "Theorem 2. The small generator we propose is optimal in the night.",
    "link": "The code of the small generator is at https://example.org for it.",
    "unbalanced": "We propose a small generator (that learns from few of the images.",
    "pointer": "We describe in Section 3 how the generator learns from the images.",
    "roadmap": "The rest of the paper is about how the generator is set up and learns.",
    "notice": "Permission to make copies of this work is hereby granted to all.",
    "no prose": "Lantern Night Image Generator Scene Network Benchmark Results.",
    "digits": "The 12, 345, 678, 910, 1112, 1314, 1516, 1718 are of the night.",
}  # fmt: skip


@pytest.mark.parametrize("reason", BAD)
def test_debris_is_not_shown(reason: str) -> None:
    """What is no whole sentence of prose is never a claim."""
    assert not fit_to_show(BAD[reason])


def test_prose_is_shown() -> None:
    """A plain sentence passes."""
    assert fit_to_show(GOOD)


# -------------------------------------------------------------------- the summary


def test_every_claim_is_a_sentence_of_the_paper_used_once() -> None:
    """Text and quote are the same words, which stand in the running text."""
    made = document()
    summary = extract_summary(PAPER, made)

    assert len(summary.claims) >= 8
    assert len(set(texts(summary.claims))) == len(summary.claims)
    for claim in summary.claims:
        assert claim.evidence == (claim.text,)
        assert claim.text in folded(made)
        assert MIN_CHARS <= len(claim.text) <= MAX_CHARS
    order = [FIELDS.index(claim.field) for claim in summary.claims]
    assert order == sorted(order)


def test_sentences_go_where_they_belong() -> None:
    """Each field has what its name says."""
    summary = extract_summary(PAPER, document())

    assert one(summary, "abstract") == PAPER.abstract
    assert "moving lights are still blurred" in one(summary, "limitations")
    assert "91.5%" in texts(summary.of("results"))[0]
    assert "0.42 to 0.37" in texts(summary.of("results"))[1]
    prior = " ".join(texts(summary.of("prior_work")))
    assert "existing networks need" in prior
    assert all("generator" in t or "discriminator" in t or "train" in t
               for t in texts(summary.of("method")))  # fmt: skip


def test_a_field_without_a_cue_is_left_out() -> None:
    """A paper that names no limitation has none: that is no failure."""
    parts = document().sections
    text = CONCLUSION.partition(" A limitation")[0]
    made = document(*parts[:5], section("Conclusion", text, number="4", page=3))
    summary = extract_summary(PAPER, made)

    assert summary.of("results")
    assert not summary.of("limitations")
    assert "limitations" not in summary.missing


def test_what_is_new_opens_the_approach() -> None:
    """The sentence that claims to be first stands before those that say how."""
    new = "To our knowledge this is the first generator that learns from dim scenes."
    how = "We build it from two small networks that share the weights of one encoder."
    lines = f"{how} {GOOD} {new}"
    made = document(section("Introduction", lines, number="1", page=1))
    approach = texts(extract_summary(PAPER, made).of("approach"))

    assert approach[0] == new
    assert len(approach) == 2


def test_method_keeps_the_papers_order() -> None:
    """Steps stand as the paper has them."""
    made = document()
    summary = extract_summary(PAPER, made)
    places = [folded(made).index(text) for text in texts(summary.of("method"))]

    assert len(places) >= 2
    assert places == sorted(places)


def test_references_notes_and_appendices_are_not_drawn_from() -> None:
    """Only running text of the paper itself is shown."""
    other = "We propose a second generator that is never the subject of this paper."
    kinds = ("references", "appendix", "acknowledgements")
    extra = [section("Other", other, kind=kind) for kind in kinds]
    made = document(*document().sections, *extra)

    assert other not in texts(extract_summary(PAPER, made).claims)


def test_without_a_document_the_abstract_is_drawn_from() -> None:
    """The same holds when there is no PDF."""
    summary = extract_summary(PAPER, None)

    assert texts(summary.claims) == [PAPER.abstract]


def test_a_paper_without_headings_is_read_by_place() -> None:
    """Prose before any heading is the paper when there is no heading."""
    made = document(section("", f"{INTRODUCTION}\n\n{CONCLUSION}", kind="front"))
    summary = extract_summary(replace(PAPER, abstract=""), made)

    assert summary.of("abstract")
    assert all(claim.text in folded(made) for claim in summary.claims)


def test_the_abstract_is_the_first_place_to_look() -> None:
    """It is arXiv's own, or the printed one of a paper that is not arXiv's."""
    printed = "We print a short summary of how the pictures are made at night."
    wrong = section("Abstract", printed, kind="abstract", page=1)
    made = document(wrong, *document().sections[2:])
    bare = replace(PAPER, abstract="")

    assert paper_sentences(PAPER, made)[0].text == PAPER.abstract
    assert printed not in [s.text for s in paper_sentences(PAPER, made)]
    assert paper_sentences(bare, made)[0].text == printed


def test_nothing_to_say_is_an_empty_summary() -> None:
    """A paper without a fitting sentence has no claim."""
    made = document(section("Method", "x = y. z = 1."))

    summary = extract_summary(replace(PAPER, abstract=""), made)

    assert summary.claims == ()
    assert summary.missing == ("abstract", "points")


def test_keywords_are_the_papers_own_phrases() -> None:
    """Repeated phrases of title and abstract, without saying one thing twice."""
    summary = extract_summary(PAPER, document())

    assert "night scenes" in [word.lower() for word in summary.keywords]
    assert len(summary.keywords) <= 5


def test_the_same_paper_gives_the_same_summary() -> None:
    """No order of a set shows."""
    assert extract_summary(PAPER, document()) == extract_summary(PAPER, document())


def test_a_long_paper_takes_little_time() -> None:
    """Two thousand sentences are summed up in well under a second."""
    words = ["image", "night", "loss", "network", "light", "scene", "sample", "noise"]
    lines = [
        f"The {words[i % 8]} of the {words[i // 8 % 8]} {words[i // 64 % 8]} is what we"
        f" see in the case of item {chr(97 + i % 26)}{chr(97 + i // 26 % 26)} here."
        for i in range(2000)
    ]
    made = document(section("Method", " ".join(lines)))
    start = time.process_time()
    extract_summary(PAPER, made)

    assert time.process_time() - start < 1.0


@given(st.lists(st.text(max_size=120), max_size=6))
@settings(max_examples=60)
def test_any_text_gives_verbatim_claims(parts: list[str]) -> None:
    """Whatever the reader found, claims are words of it."""
    made = document(section("Method", "\n\n".join([*parts, CONCLUSION])))
    summary = extract_summary(replace(PAPER, abstract=""), made)

    assert all(claim.text in folded(made) for claim in summary.claims)


def test_sentences_keep_the_papers_order() -> None:
    """Their numbers grow through all sections, and debris takes none."""
    debris = section("Formulas", "x = y. " * 30)
    made = document(*document().sections[:3], debris, *document().sections[3:])
    found = paper_sentences(PAPER, made)
    places = [folded(made).index(sentence.text) for sentence in found]

    assert places == sorted(places)
    assert [sentence.nth for sentence in found] == list(range(len(found)))


def test_misread_headings_do_not_empty_the_summary() -> None:
    """When next to nothing is body, appendices are looked at too."""
    made = document(
        *(section("A", t.text, kind="appendix") for t in document().sections)
    )

    assert len(extract_summary(PAPER, made).claims) >= 8
