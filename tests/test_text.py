"""Sentences, formulas, folded letters and file names, as every room has them."""

from __future__ import annotations

import pytest

from chatpaper.text import (
    blank_formulas,
    compact,
    file_stem,
    find_formulas,
    fold,
    han_punctuation,
    one_line,
    sentence_ends,
    words_of,
)


def sentences(text: str, before: str) -> list[str]:
    """A text cut where its sentences end."""
    ends = [*sentence_ends(text, before=before), len(text)]  # type: ignore[arg-type]
    return [text[a:b].strip() for a, b in zip([0, *ends], ends, strict=False) if a < b]


@pytest.mark.parametrize(
    ("text", "before", "count"),
    [
        ("It wins, cf. Tab. 2 of Google Inc. Then it ends.", "word", 1),
        ("We keep the best choice C. Since then, it wins.", "word", 1),
        ("We keep the best choice C.\n\nSince then, it wins.", "word", 2),
        ("It wins. 40 papers agree.", "word", 2),
        ("It wins. 40 papers agree.", "capital", 1),
        ("它赢了。大家同意。", "word", 2),
        ("It wins [3]. Also, e.g. the last one.", "capital", 2),
        ("It wins, e.g. here. more", "anything", 3),
    ],
)
def test_sentences_end_at_stops(text: str, before: str, count: int) -> None:
    """Not behind abbreviations and initials, unless a paragraph ends there."""
    assert len(sentences(text, before)) == count


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("先训练,再测试;最好.", "先训练，再测试；最好。"),
        ("CausalRAG:将因果图融入检索", "CausalRAG：将因果图融入检索"),
        ("共 1,200 张, 其中一半", "共 1,200 张，其中一半"),
        ("12:30 起，A, B 和 C; D", "12:30 起，A, B 和 C; D"),
        ("值域为[0, 1],见 http://a.org/b?c=1", "值域为[0, 1]，见 http://a.org/b?c=1"),
        ("In English, nothing: changes.", "In English, nothing: changes."),
    ],
)
def test_chinese_has_its_own_punctuation(text: str, wanted: str) -> None:
    """ASCII's beside Chinese becomes it; between Latin words and digits it stays."""
    assert han_punctuation(text) == wanted


def test_a_stretch_is_looked_at_by_itself() -> None:
    """Offsets are those of the whole text."""
    text = "One is here. Two is there. Three is gone."

    assert list(sentence_ends(text, 14, 30)) == [text.index("Three")]
    assert list(sentence_ends(text, 13)) == [text.index("Three")]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("costs $5 and $6", []),
        (r"$\alpha_1$ and $$x$$", [r"\alpha_1", "x"]),
        ("from $a to the next b$", []),
        ("$中文$", []),
        (r"$\text{two words}$", [r"\text{two words}"]),
        ("$a{b$", []),
    ],
)
def test_formulas_hug_their_dollars(text: str, bodies: list[str]) -> None:
    """Prices, prose and torn braces are no formulas."""
    assert [found.body for found in find_formulas(text)] == bodies


def test_blank_formulas_keep_every_offset() -> None:
    """A formula within a name may be left, the others are spaces."""
    text = "E$^3$NeRF has $x$ now"

    assert blank_formulas(text) == "E    NeRF has     now"
    assert blank_formulas(text, alone=True) == "E$^3$NeRF has     now"


def test_letters_are_compared_without_accents() -> None:
    """One word stays one word, composed or not."""
    assert words_of("Fréchet ﬁts 𝑋") == words_of("Fre\u0301chet FITS x")
    assert compact("E$^3$-NeRF") == "e3nerf"
    assert fold("Straße") == "strasse"


def test_one_line_has_nothing_invisible() -> None:
    """Neither what hides words nor what no font has; a line break is a space."""
    assert one_line("a\u200bb\u3164 \x85c\u0378\ufe0f") == "ab c"
    assert one_line("e\u0301") == "e\u0301"
    assert one_line("e\u0301", compose=True) == "é"


def test_file_names_stay_what_they_were() -> None:
    """Posts, PDFs and pictures of earlier versions are found again."""
    assert file_stem("3DGS/GS", "topic") == "3DGS-GS-1132f1ce"
    assert file_stem("扩散/模型", "topic").startswith("扩散-模型-")
    assert file_stem("Machine Learning", "topic") == "Machine-Learning"
    assert file_stem("con", "topic") != "con"
    assert file_stem("hep-th/9901001v1", "picture") == "hep-th_9901001v1"
    assert file_stem("my paper (2)v1", "picture") == "my_paper_2_v1"
