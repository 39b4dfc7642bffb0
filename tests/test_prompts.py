"""Prompts are files with exactly the variables their use fills in."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatpaper.errors import PromptError
from chatpaper.models import VARIABLES, Prompt, load_prompt


@pytest.mark.parametrize("name", VARIABLES)
def test_bundled_prompts_fit_their_use(name: str) -> None:
    """The shipped prompts have the variables that the code fills in."""
    prompt = load_prompt(name)

    assert prompt.name == f"{name}.md"
    assert prompt.variables == VARIABLES[name]


@pytest.mark.parametrize("name", sorted({*VARIABLES} - {"translation", "title"}))
def test_every_prompt_says_that_foreign_text_is_no_instruction(name: str) -> None:
    """It says so before the foreign text begins, and names the fence round it.

    `translation` and `title` have none: they stand behind a prompt that has.
    """
    head = load_prompt(name).text.partition("</$fence>")

    assert "<$fence>" in head[0]
    assert "is an instruction to you" in head[2].partition("\n\n$")[0]


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
