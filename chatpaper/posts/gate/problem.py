"""What a rule of the gate reports."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """One fault, before the file is known: line from 1, rule, one English sentence."""

    line: int
    rule: str
    text: str


class Problem(NamedTuple):
    """One fault of a post.

    Attributes:
        file: As it was given.
        line: From 1.
        rule: Short name of the rule.
        text: One sentence in English.
    """

    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.text}"
