"""What the model says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Field = Literal[
    "abstract",  # 摘要: one sentence
    "points",  # 要点: 3 to 5
    "background",  # 研究背景
    "prior_work",  # 已有方法及问题
    "approach",  # 研究思路, with what is new in it
    "method",  # 方法: ordered steps
    "results",  # 实验结果, with the main figure
    "significance",  # 意义
    "limitations",  # 局限, with scope and conditions
]
FIELDS: tuple[Field, ...] = get_args(Field)
MAX_QUOTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement about the paper and the words of the paper it rests on.

    Attributes:
        field: Which part of the digest it belongs to.
        text: In the digest's language.
        evidence: Short verbatim quotes from the paper, at most `MAX_QUOTES`; empty
            when none was given.
    """

    field: Field
    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a model says of one paper: only claims, never bibliographic facts.

    A field without a claim has nothing in the paper, unless it is `missing`.

    Attributes:
        title: The title in the digest's language; empty when not made.
        keywords: In the digest's language.
        claims: In the order of `FIELDS`, and of the reply within a field.
        missing: Fields that failed: they came in no usable form.
    """

    title: str = ""
    keywords: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    missing: tuple[Field, ...] = ()

    def of(self, name: Field) -> tuple[Claim, ...]:
        """Claims of one field, in order."""
        return tuple(claim for claim in self.claims if claim.field == name)
