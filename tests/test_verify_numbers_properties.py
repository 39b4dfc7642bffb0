"""Properties: any notation finds any other; a changed value is never found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.verify import check_numbers, read_quantities

Notation = Callable[[int], str]

ZH = "零一二三四五六七八九十"
_WORDS = "zero one two three four five six seven eight nine ten"
EN = _WORDS.split()


def grouped(value: int) -> str:
    return f"{value:,}"


FAMILIES: dict[str, tuple[Notation, ...]] = {
    "percent": (
        lambda n: f"{n / 100:.2f}%",
        lambda n: f"{n / 100:.2f} %",
        lambda n: rf"{n / 100:.2f}\%",
        lambda n: rf"${n / 100:.2f}\%$",
        lambda n: f"{n / 100:.2f} percent",
        lambda n: f"百分之 {n / 100:.2f}",
    ),
    "multiple": (
        lambda n: f"{n / 10:.1f}x",
        lambda n: f"{n / 10:.1f}×",
        lambda n: rf"{n / 10:.1f}$\times$",
        lambda n: f"{n / 10:.1f} times",
        lambda n: f"{n / 10:.1f}-fold",
        lambda n: f" {n / 10:.1f} 倍",
    ),
    "duration": (
        lambda n: f"{n * 6} seconds",
        lambda n: f"{n * 6} 秒",
        lambda n: f"{n * 6000} ms",
        lambda n: f"{n / 10:.1f} minutes",
        lambda n: f"{n / 10:.1f} 分钟",
        lambda n: f"{n * 6:,}s",
    ),
    "large": (
        lambda n: f"{n * 1000:,} images",
        lambda n: f"{n * 1000} images",
        lambda n: f"{n}k images",
        lambda n: f"{n / 10:.1f} 万张图像",
        lambda n: f"{n / 1000:.3f}M images",
        lambda n: f"{n} thousand images",
        lambda n: f"${n * 1000:,}$ images".replace(",", "{,}"),
        lambda n: f"{n * 1000:,} images".replace(",", " "),
        lambda n: f"{n} × 10^3 images",
    ),
    "scientific": (
        lambda n: f"{n}e-6",
        lambda n: rf"${n}\times10^{{-6}}$",
        lambda n: f"{n} × 10−6",
        lambda n: f"{n * 1e-6:.6f}",
        lambda n: f"{n / 100:.2f}e-4",
        lambda n: f"{n} × 10^{{-6}}",
        lambda n: f"{n}·10^-6",
        lambda n: f"{n}×10⁻⁶",
    ),
    "resolution": (
        lambda n: f"{n}x{n + 1}",
        lambda n: f"{n} × {n + 1}",
        lambda n: rf"${n} \times {n + 1}$",
    ),
    "speed": (
        lambda n: f"{n} FPS",
        lambda n: f"{n} frames per second",
        lambda n: f"每秒 {n} 帧",
        lambda n: f"{n} 帧/秒",
    ),
}
SMALL: tuple[Notation, ...] = (
    lambda n: f"{n} datasets",
    lambda n: f"{EN[n]} datasets",
    lambda n: f"{n} 个数据集",
    lambda n: f"{ZH[n] if n != 2 else '两'}个数据集",
)


def statuses(claim: str, source: str) -> list[str]:
    checks = check_numbers(f"该方法用{claim}。", [f"It has {source} now."])
    return [check.status for check in checks]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Notation, Notation]:
    family = FAMILIES[draw(st.sampled_from(sorted(FAMILIES)))]
    return draw(st.sampled_from(family)), draw(st.sampled_from(family))


@given(pairs(), st.integers(13, 1899))
def test_any_notation_finds_any_other(
    notations: tuple[Notation, Notation], value: int
) -> None:
    """A value in one notation is found in a source that has another."""
    claim, source = notations

    assert set(statuses(claim(value), source(value))) == {"supported"}


@given(pairs(), st.integers(13, 1899), st.integers(13, 1899))
def test_a_changed_value_is_not_found(
    notations: tuple[Notation, Notation], value: int, other: int
) -> None:
    """Another value is never found, whatever the notations."""
    claim, source = notations
    # 9.99 ≈ 10.0 where digits are dropped, and 1x + 1 = 2x, are no changes.
    far = abs(value - other) > 1 and not {value, other} & {10, 20}
    related = {value * 10, value * 100, value + 10, value - 10, value * 10 - 100}

    if far and other not in related:
        assert set(statuses(claim(value), source(other))) == {"unsupported"}


@given(
    st.sampled_from(SMALL),
    st.sampled_from(SMALL),
    st.integers(2, 10),
    st.integers(2, 10),
)
def test_small_counts(
    claim: Notation, source: Notation, value: int, other: int
) -> None:
    """Small counts in digits and words, Chinese and English, are told apart."""
    expected = "supported" if value == other else "unsupported"

    assert statuses(claim(value), source(other)) == [expected]


@given(
    st.text(
        alphabet="0123456789.,-~×x% 倍秒个万亿一二两三几半数第百分之${}\\^e+()/asm\n"
    )
)
def test_reading_never_fails(text: str) -> None:
    """Whatever the text, quantities are in order, apart, and stand where they say."""
    found = read_quantities(text)

    assert all(text[q.start : q.end] == q.text and q.text for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(q.interpretations for q in found)
    check_numbers(text, [text])


@given(st.text(alphabet="0123456789.,- %xabc$倍个的了\n"))
def test_a_text_bears_itself_out(text: str) -> None:
    """Every quantity that a text holds is found in that text."""
    assert {check.status for check in check_numbers(text, [text])} <= {"supported"}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["$" * 4000, "{" * 4000, "- " * 3000, "(1" * 3000])
def test_hostile_runs_of_signs_take_no_time(text: str) -> None:
    """No run of signs makes a pattern search for ever."""
    assert len(read_quantities(text)) <= 3000


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("从5 million到1.5 billion参数的实验", "from 5 million to 1.5 billion weights"),
        ("网络用4个块。", "The network has 4 blocks."),
        ("编码器有3个模块", "three modules form the encoder"),
    ],
)
def test_english_words_before_chinese_ones_end_there(claim: str, source: str) -> None:
    """A Chinese sign right behind an English word is not part of it."""
    checks = check_numbers(claim, [source])

    assert checks
    assert {check.status for check in checks} == {"supported"}
