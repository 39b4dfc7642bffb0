"""The translation of a paper's abstract: who gets one, and what it rests on."""

from __future__ import annotations

import re
from dataclasses import replace

from chatpaper.records import TRANSLATION, Claim, Summary

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


def needs_translation(abstract: str, language: str) -> bool:
    """Whether readers of a language want an abstract translated.

    Abstracts are English, so only Chinese readers do, and only of those that are not
    in Chinese already.
    """
    words = len(_LATIN.findall(abstract))
    return language == "zh" and words > len(_HAN.findall(abstract))


def with_translation(summary: Summary, abstract: str) -> Summary:
    """The summary with the abstract as evidence of its translation.

    Where the model gave none, an empty one has its place until the checks are through,
    so that a repair can ask for it.

    Args:
        summary: As a model wrote it.
        abstract: Of the paper; empty where no translation was asked for, and then
            there is none.
    """
    claims = tuple(claim for claim in summary.claims if claim.field != TRANSLATION)
    if abstract:
        given = summary.of(TRANSLATION)
        text = given[0].text if given else ""
        claims += (Claim(field=TRANSLATION, text=text, evidence=(abstract,)),)
    return replace(summary, claims=claims)
