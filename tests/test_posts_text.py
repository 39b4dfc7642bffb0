"""Foreign names and words in a post: files, formulas, links."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from chatpaper.posts import clean, escape, formulas, link, safe_url
from chatpaper.text import file_stem
from tex_samples import MATHEMATICS, TOO_MUCH, TRICKS


@pytest.mark.parametrize(
    ("topic", "stem"),
    [("GAN", "GAN"), ("医学图像", "医学图像"), ("GPT-4.5", "GPT-4.5"), ("C++", "C-")],
)
def test_plain_topics_keep_their_names(topic: str, stem: str) -> None:
    """What is safe stays readable."""
    assert file_stem(topic, "topic") == stem or file_stem(topic, "topic").startswith(
        stem
    )


def test_odd_topics_get_names_of_their_own() -> None:
    """Paths, reserved names, emoji and long names, none of them alike."""
    odd = ["3DGS/GS", "3DGS-GS", "..", ".", "", "CON", "nul.txt", "😀", "🚀", "a" * 200]
    stems = [
        file_stem(topic, "topic") for topic in [*odd, "a" * 201, "\\x", "_x", "x\n"]
    ]

    assert len(set(stems)) == len(stems)
    assert all(re.fullmatch(r"[^\W_][\w.+-]{0,90}", stem) for stem in stems)


def test_money_is_no_formula() -> None:
    """Dollars that belong to no formula are kept from the typesetter."""
    assert escape("$5 and $10") == "<span>$</span>5 and <span>$</span>10"
    assert escape("$x_{t}$ of $97\\%$") == "$x_{t}$ of $97\\\\%$"
    assert escape("从 $5 万到 $9 万") == "从 <span>$</span>5 万到 <span>$</span>9 万"


def test_words_with_brackets_are_no_link() -> None:
    """Hexo reads a link's words again, without the backslashes before brackets."""
    words = r"doi:10.1000/x [Read](javascript:alert(1))"
    (token,) = MarkdownIt("commonmark").parseInline(link(words, "https://a.example"))

    assert {child.type for child in token.children or ()} == {"text"}
    assert link("$x[0$", "https://a.example") == escape("$x[0$") == "$x\\[0$"
    assert link("doi:10.1000/x", "https://a.example").startswith("[")


def test_a_bare_percent_does_not_swallow_its_formula() -> None:
    """In TeX it would begin a comment."""
    assert clean("$97.2%$ and $97.2\\%$") == "$97.2\\%$ and $97.2\\%$"


@pytest.mark.parametrize("body", MATHEMATICS)
def test_mathematics_stays_a_formula(body: str) -> None:
    """What papers write in titles and abstracts is set, whatever stands beside it."""
    for text in (f"${body}$", f"a ${body}$ b", f"$${body}$$", f"，${body}$。"):
        assert formulas(text) == (text.strip("ab ，。"),)


@pytest.mark.parametrize("body", [*TRICKS, *TOO_MUCH])
def test_what_is_more_than_mathematics_is_text(body: str) -> None:
    """Only listed commands, few and shallow, are set; other TeX is read as it is."""
    for text in (f"${body}$", f"$x {body} y$", f"$${body}$$", f"{body} $"):
        assert formulas(text) == ()
        assert "\\" not in clean(text)
        assert "$" not in escape(text).replace("<span>$</span>", "")


def test_dollars_beside_a_digit_are_mathematics_where_tex_is_between() -> None:
    """Sizes and orders of magnitude are written so, sums of money are not."""
    assert formulas(r"256$\times$256$\times$3, $\le$$\sim$30x") == (
        r"$\times$", r"$\times$", r"$\le$", r"$\sim$",
    )  # fmt: skip
    assert formulas("US$5-$10, $5/$10, $5_000 and $6_000, $ x $") == ()


def test_addresses_are_links_only_where_asked() -> None:
    """An abstract's address is a link, a model's is not."""
    text = "See https://a.example/b_c(d)). And www.b.example, x@c.example."

    assert "<https://a.example/b_c(d)>\\)" not in escape(text)
    assert "<https://a.example/b_c(d)>). And www\\.b" in escape(text, links=True)
    assert "https\\://a.example" in escape(text)
    assert "x\\@c.example" in escape(text, links=True)
    assert escape("https://a[b", links=True) == "https\\://a\\[b"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://", "//x", "ftp://x/y", "http://[::1", "", None],
)
def test_only_http_addresses_are_linked(url: str | None) -> None:
    """Anything else stays text."""
    assert safe_url(url) is None


def test_address_cannot_leave_its_link() -> None:
    """Brackets, quotes and blanks are percent-encoded; arXiv's own stay as they are."""
    assert safe_url("https://arxiv.org/abs/hep-th/9901001v1") == (
        "https://arxiv.org/abs/hep-th/9901001v1"
    )
    assert safe_url("https://a.b/) [x](javascript:1)") == (
        "https://a.b/%29%20%5Bx%5D%28javascript:1%29"
    )
