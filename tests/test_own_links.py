"""An address is the paper's own only where its sentence says so."""

from __future__ import annotations

import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.front import (
    clean_url,
    own_code_link,
    own_links,
)
from chatpaper.records import Document, Fact, Paper
from pdfs import BOLD, Setter

OWN = [
    "Our code is available at https://github.com/lab/tool.",
    "Code is available at https://github.com/lab/tool.",
    "The code is publicly available at github.com/lab/tool.",
    "All code and models are released at https://github.com/lab/tool.",
    "We release our code and pre-trained models at https://github.com/lab/tool.",
    "We make our implementation publicly available (https://github.com/lab/tool).",
    "The source code can be found at https://github.com/lab/tool.",
    "Source code for all experiments is available from https://github.com/lab/tool.",
    "Our implementation, based on PyTorch [12], is available at https://github.com/lab/tool.",
    "To foster research, we open-source our toolkit at https://github.com/lab/tool.",
    "The software is freely available under the MIT license at https://github.com/lab/tool.",
    "Code to reproduce our results is at https://github.com/lab/tool.",
    "An R package implementing our method is available at https://github.com/lab/tool.",
    "We provide a Python implementation of our algorithm at https://github.com/lab/tool.",
    "The code used to produce all figures of this paper is hosted at https://github.com/lab/tool.",
    "Our code will be made public at https://github.com/lab/tool upon acceptance.",
    "The scripts for this work are deposited in https://github.com/lab/tool.",
    "For reproducibility, the code is shared at https://github.com/lab/tool.",
]

FOREIGN = [
    "We use the implementation of FooNet available at https://github.com/other/foo.",
    "We used the code provided by the authors at https://github.com/other/foo.",
    "For the baselines we run the official code (https://github.com/other/foo).",
    "BERT [7] is trained with the library of [8] (https://github.com/other/foo).",
    "Pre-trained weights were downloaded from https://github.com/other/foo.",
    "Their code is available at https://github.com/other/foo.",
    "The original implementation can be found at https://github.com/other/foo.",
    "Smith et al. released their code at https://github.com/other/foo.",
    "Our implementation is based on https://github.com/other/foo.",
    "We build on the code base of https://github.com/other/foo.",
    "The data set is available at https://github.com/other/foo.",
    "Metrics are computed with https://github.com/other/foo.",
    "Foo [3] is an open-source library available at https://github.com/other/foo.",
    "We thank the maintainers of https://github.com/other/foo.",
    "FooNet (https://github.com/other/foo) is a strong competitor.",
    "See https://github.com/other/foo for details of the simulator.",
    "Our experiments use the simulator at https://github.com/other/foo.",
    "We fine-tune the checkpoint at https://huggingface.co/other/foo.",
    "Hyperparameters follow the public implementation at https://github.com/other/foo.",
    "For FooNet, we take the code from https://github.com/other/foo.",
    "Several packages are available: https://github.com/other/foo and others.",
    "Evaluation scripts are taken from https://github.com/other/foo.",
    "We adapted the code available at https://github.com/other/foo to our setting.",
    "The code of FooNet is available at https://github.com/other/foo.",
    "Bar is implemented in the package foo, available at https://github.com/other/foo.",
]


@pytest.mark.parametrize("sentence", OWN)
def test_own_code_is_known_by_its_sentence(sentence: str) -> None:
    """Sentences that offer the paper's code, anywhere in its text."""
    (link,) = own_links(f"It works. {sentence} More follows.")

    assert link.url == "https://github.com/lab/tool"
    assert link.quote in sentence


@pytest.mark.parametrize("sentence", FOREIGN)
def test_foreign_code_is_left_alone(sentence: str) -> None:
    """Sentences about tools, baselines and data of others give no link."""
    assert not list(own_links(f"It works. {sentence} More follows."))


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("github.com/lab/tool", "https://github.com/lab/tool"),
        ("https://github.com/lab/tool.git.", "https://github.com/lab/tool"),
        ("https://github.com/lab/tool/The", "https://github.com/lab/tool"),
        ("https://github.com/lab/tool/tree/main/x", "https://github.com/lab/tool/tree/main/x"),
        ("https://lab.github.io/tool/),", "https://lab.github.io/tool"),
        ("https://github.com/", ""),
        ("http://example.org/code", "http://example.org/code"),
    ],
)  # fmt: skip
def test_addresses_end_where_they_end(printed: str, address: str) -> None:
    """Without the print around them; only whole repositories."""
    assert clean_url(printed) == address


FRONT = "The model is small. {} It is fast."


@pytest.mark.parametrize(
    ("sentence", "address"),
    [
        ("LongThing is available at https://github.com/lab/tool.", "https://github.com/lab/tool"),
        ("Code: https://github.com/lab/tool.", "https://github.com/lab/tool"),
        ("Project page: https://lab.github.io/tool.", "https://lab.github.io/tool"),
        ("Code is available at https://example.org/tool.", "https://example.org/tool"),
        ("We compare with https://github.com/other/foo.", None),
        ("The data set is available at https://github.com/lab/data.", None),
        ("See https://example.org/tool for more.", None),
    ],
)  # fmt: skip
def test_an_abstract_speaks_of_its_own_code(sentence: str, address: str | None) -> None:
    """It needs no `our`, but still says what the address is."""
    link = next(own_links(FRONT.format(sentence), place="front"), None)

    assert (link and link.url) == address


def test_a_title_names_what_is_the_authors_own() -> None:
    """`Foo: a network` owns what is said of Foo, not what is said of Bar."""
    title = "FooNet: Small Networks"

    def found(name: str) -> list[str]:
        said = f"The code of {name} is available at https://github.com/lab/tool."
        return [link.url for link in own_links(said, title=title)]

    assert found("FooNet") == ["https://github.com/lab/tool"]
    assert found("BarNet") == []


def test_arxivs_record_comes_first() -> None:
    """The comment's link, the abstract's before it, the PDF's when there is neither."""
    inside = Fact(text="https://github.com/lab/old", quote="Our code.", page=3)
    document = Document(paper_id="x", page_count=1, pages_read=1, code_url=inside)

    def shown(abstract: str, comment: str | None) -> Fact | None:
        paper = Paper(id="x", title="T", abstract=abstract, comment=comment)
        return own_code_link(paper, document)

    comment = "9 pages; code: https://github.com/lab/tool"
    abstract = "We present Foo (https://github.com/lab/foo)."

    assert shown("Nothing.", None) == inside
    assert shown("Nothing.", "9 pages, https://doi.org/10.1/2") == inside
    assert shown("Nothing.", comment) == Fact(
        text="https://github.com/lab/tool", quote=comment, page=None
    )
    assert shown(abstract, comment) == Fact(
        text="https://github.com/lab/foo", quote=abstract, page=None
    )


def with_note(sentence: str, note: str) -> Document:
    """A paper whose second page has a sentence with a mark, and the note to it."""
    setter = Setter()
    setter.put(170, 90, "Learning with Small Networks", fontname=BOLD, fontsize=17)
    setter.y = 130
    setter.heading("1 Introduction")
    setter.prose(30)
    setter.turn_page()
    setter.prose(10)
    setter.line(sentence)
    setter.prose(20)
    setter.put(108, 708, "1", fontsize=5)
    setter.put(112, 711, note, fontsize=8)
    return parse_document("x", setter.pdf())


@pytest.mark.parametrize(
    ("sentence", "note", "found"),
    [
        ("We release all code with this paper.1", "https://github.com/lab/tool", True),
        ("Pictures are scored with FooScore.1", "https://github.com/other/foo", False),
        ("We release all code with this paper.1", "Code: github.com/lab/tool", True),
        ("We compare with the code of FooNet.1", "Code: github.com/other/foo", False),
    ],
)  # fmt: skip
def test_a_note_is_read_with_its_sentence(
    sentence: str, note: str, found: bool
) -> None:
    """A bare address belongs to whoever the sentence with its mark speaks of."""
    link = with_note(sentence, note).code_url

    assert (link is not None) is found
    assert link is None or (link.text, link.page) == ("https://github.com/lab/tool", 2)
