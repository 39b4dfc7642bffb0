"""Prompts: one file per model call, `$variables` only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import MappingProxyType

from chatpaper.errors import PromptError
from chatpaper.resources import resource_path

# What each bundled prompt's use fills in.
VARIABLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "summary": frozenset({"fence", "paper", "language", "abstract_limit"}),
        "judge": frozenset({"fence", "material"}),
        "answer": frozenset(
            {"fence", "paper", "question_fence", "question", "language"}
        ),
        "evidence": frozenset({"fence", "paper", "claim_fence", "claim"}),
        "repair": frozenset(
            {"fence", "passages", "claims", "language", "abstract_limit"}
        ),
        # Stands behind a summary's and a repair's, where a translation is asked for.
        "translation": frozenset({"language"}),
        # Stands behind a judge's, where there is a translated title.
        "title": frozenset(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt's text with its `$variables` still open.

    Attributes:
        name: Of the file, for error messages.
        text: As in the file.
    """

    name: str
    text: str

    @property
    def variables(self) -> frozenset[str]:
        """Names the text asks for."""
        return frozenset(Template(self.text).get_identifiers())

    def fill(self, **values: str) -> str:
        """The prompt with every variable replaced; values are taken as they are.

        Raises:
            PromptError: The names are not exactly those of the text.
        """
        self.expect(values)
        return Template(self.text).substitute(values)

    def expect(self, names: Collection[str]) -> None:
        """Check that the text has exactly these variables.

        Raises:
            PromptError: It lacks one, has another, or has a stray `$`.
        """
        template = Template(self.text)
        if not template.is_valid():
            raise PromptError(self.name, "has a stray $; a literal one is written $$")
        faults = [f"lacks ${name}" for name in sorted(set(names) - self.variables)]
        faults += [f"unknown ${name}" for name in sorted(self.variables - set(names))]
        if faults:
            raise PromptError(self.name, "; ".join(faults))


def load_prompt(name: str | Path, variables: Collection[str] | None = None) -> Prompt:
    """Read a prompt.

    Args:
        name: A bundled prompt's name, such as `summary`, or the path of a file.
        variables: What its use fills in; by default that of the bundled prompt of
            the name, and for a file nothing is checked before `Prompt.fill`.

    Raises:
        PromptError: There is no such file, it is not text, or its variables differ.
    """
    path = name if isinstance(name, Path) else _bundled(name)
    try:
        prompt = Prompt(name=path.name, text=path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(str(name), f"cannot be read: {error}") from error
    wanted = VARIABLES.get(str(name)) if variables is None else variables
    if wanted is not None:
        prompt.expect(wanted)
    return prompt


def _bundled(name: str) -> Path:
    try:
        return resource_path(f"prompts/{name}.md")
    except FileNotFoundError as error:
        raise PromptError(name, str(error)) from error
