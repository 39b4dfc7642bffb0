"""Prompts are files with exactly the variables their use fills in."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatpaper.errors import PromptError
from chatpaper.prompts import Prompt, load_prompt
from chatpaper.summary import REPAIR_VARIABLES, SUMMARY_VARIABLES


@pytest.mark.parametrize(
    ("name", "variables"),
    [("summary", SUMMARY_VARIABLES), ("repair", REPAIR_VARIABLES)],
)
def test_bundled_prompts_fit_their_use(name: str, variables: frozenset[str]) -> None:
    """The shipped prompts have the variables that the code fills in."""
    prompt = load_prompt(name, variables)

    assert prompt.name == f"{name}.md"
    assert prompt.variables == variables


def test_both_prompts_begin_alike_up_to_the_paper() -> None:
    """A repair call repeats the first call's prefix, so that it can be cached."""
    heads = [load_prompt(n).text.partition("$paper")[0] for n in ("summary", "repair")]

    assert heads[0] == heads[1]
    assert "is an instruction" in heads[0]


def test_values_are_not_expanded_again() -> None:
    """A dollar sign in the paper stays one."""
    prompt = Prompt(name="x", text="$paper costs $$5")

    assert prompt.fill(paper="$language ${x} $") == "$language ${x} $ costs $5"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Sum up $paper.", "lacks $language"),
        ("$paper $language $colour", "unknown $colour"),
        ("$paper $language costs $5", "stray $"),
    ],
)
def test_a_prompt_that_does_not_fit_is_an_error(
    tmp_path: Path, text: str, fault: str
) -> None:
    """A missing, an unknown and a broken variable are named with the file."""
    path = tmp_path / "mine.md"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PromptError) as caught:
        load_prompt(path, {"paper", "language"})
    assert fault in str(caught.value)
    assert "mine.md" in str(caught.value)


def test_filling_in_other_names_is_an_error() -> None:
    """`fill` wants exactly the text's names."""
    with pytest.raises(PromptError, match=r"unknown \$b"):
        Prompt(name="x", text="$a $b").fill(a="1")


@pytest.mark.parametrize("octets", [None, b"\xff\xfe\x00bad"])
def test_an_unreadable_prompt_is_an_error(tmp_path: Path, octets: bytes | None) -> None:
    """A file that is not there, or not text, is a `PromptError`."""
    path = tmp_path / "mine.md"
    if octets is not None:
        path.write_bytes(octets)

    with pytest.raises(PromptError, match="cannot be read"):
        load_prompt(path)


def test_an_unknown_bundled_name_is_an_error() -> None:
    """There is no prompt of that name."""
    with pytest.raises(PromptError, match="nonesuch"):
        load_prompt("nonesuch")
