"""What the model says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal[
    "abstract",  # 摘要: one sentence
    "points",  # 要点: 3 to 7
    "background",  # 研究背景
    "prior_work",  # 已有方法及问题
    "approach",  # 研究方法
    "results",  # 实验结果
    "method",  # 方法: 2 to 8 ordered steps
    "significance",  # 结论: 意义
    "novelty",  # 结论: 创新点
    "performance",  # 结论: 性能
    "limitations",  # 结论: 工作量/局限
]
FIELDS: tuple[Field, ...] = (
    "abstract",
    "points",
    "background",
    "prior_work",
    "approach",
    "results",
    "method",
    "significance",
    "novelty",
    "performance",
    "limitations",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement about the paper and the words of the paper it rests on.

    Attributes:
        field: Which part of the digest it belongs to.
        text: In the digest's language.
        quote: Short verbatim quote from the paper; empty when none was given.
    """

    field: Field
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a model says of one paper: only claims, never bibliographic facts.

    A field without a claim could not be made and is shown as 未生成.

    Attributes:
        title: The title in the digest's language; empty when not made.
        keywords: In the digest's language.
        claims: In the order of `FIELDS`, and of the reply within a field.
    """

    title: str = ""
    keywords: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()

    def of(self, name: Field) -> tuple[Claim, ...]:
        """Claims of one field, in order."""
        return tuple(claim for claim in self.claims if claim.field == name)
