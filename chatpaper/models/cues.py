"""How the sentences of each field of a digest are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatpaper.models.sentences import Role
from chatpaper.records import Field


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the sentences of one field are known; a field may have several rules.

    Attributes:
        field: Which.
        most: Sentences, at most.
        roles: Sections to look in, the best first.
        cues: What such a sentence says; one without is no candidate.
        prefer: What the better ones say.
        against: What such a sentence does not say.
    """

    field: Field
    most: int
    roles: tuple[Role, ...]
    cues: re.Pattern[str] | None = None
    prefer: re.Pattern[str] | None = None
    against: re.Pattern[str] | None = None


_OURS = r"\b(?:we|our|ours|this (?:paper|work|article|study|letter))\b"
_FIGURE = r"(?<![\w.])\d+(?:\.\d+)?\s?(?:%|x\b|×|times|points?|dB|ms\b|fps)|\d\.\d"
_GAIN = (
    r"\boutperform|\bachiev|\bimprov|\bsuperior|\bexceed|\bstate[- ]of[- ]the[- ]art"
    r"|\baccura|\bfaster|\breduc\w+ .*\bby\b|\bbetter than|\bcompetitive"
)

# The most telling first: a sentence is used once, by the first that takes it.
RULES = (
    Rule(
        field="abstract",
        most=1,
        roles=("abstract", "introduction", "conclusion"),
        prefer=_words(
            rf"{_OURS} (?:(?:now|here|first|also|then|therefore) )?"
            r"(?:propos|present|introduc|develop|describ|stud|investigat|address)"
        ),
    ),
    Rule(
        field="limitations",
        most=2,
        roles=("limits", "conclusion", "results", "method"),
        cues=_words(
            r"\blimitations?\b|\bfuture (?:work|research|stud|direction)|\bwe leave\b"
            r"|\bdrawback|\bshortcoming|\b(?:our|this|the proposed) (?:method|approach"
            r"|model|framework|work|study|analysis) (?:\w+ )?(?:is limited|does not|"
            r"cannot|fails|assumes|relies|requires|suffers|may not)|\bfailure cases?"
            r"|\bremains? (?:an )?open\b|\bbeyond the scope"
        ),
        prefer=_words(r"\blimitation|\bfuture (?:work|research)|\bfailure|\bcannot\b"),
        against=_words(r"\blimitations? of (?!our\b|this\b|the (?:present|proposed))"),
    ),
    # What is new comes first in its field: this rule stands before the other of it.
    Rule(
        field="approach",
        most=1,
        roles=("introduction", "abstract", "conclusion", "related"),
        cues=_words(
            r"\bto (?:the best of )?our knowledge|\bfor the first time"
            r"|\bthe first (?:to|\w+ (?:to|that|which))"
            r"|\bour (?:main |key |primary |major )?contribution"
            r"|\bunlike\b.*\b(?:we|our)\b|\bin contrast to\b.*\b(?:we|our)\b|\bnovel\b"
        ),
    ),
    # The main figure, likewise.
    Rule(
        field="results",
        most=1,
        roles=("abstract", "conclusion", "results", "introduction"),
        cues=_words(rf"(?:{_FIGURE}).*(?:{_GAIN})|(?:{_GAIN}).*(?:{_FIGURE})|{_GAIN}"),
        prefer=_words(_FIGURE),
    ),
    Rule(
        field="prior_work",
        most=2,
        roles=("introduction", "abstract", "related"),
        cues=_words(
            r"\b(?:existing|previous|prior|current|conventional|traditional|earlier"
            r"|recent|most|many|these|such) (?:[\w-]+ ){0,2}(?:method|approach|work|"
            r"technique|model|algorithm|stud|solution|system|analys|stud)\w*\b"
            r"|\bhowever\b|\bsuffer|\bfail to\b|\bremains? (?:a )?(?:challeng|hard)"
        ),
        prefer=_words(
            r"\bhowever\b|\bsuffer|\bfail|\blimited|\black|\bcostly|\bexpensive"
            r"|\brequir|\bdifficult|\bcannot\b|\bonly\b|\bstill\b"
        ),
        against=_words(rf"{_OURS}|\bproposed\b"),
    ),
    Rule(
        field="approach",
        most=1,
        roles=("abstract", "introduction", "conclusion", "method"),
        cues=_words(
            rf"{_OURS}(?: \w+){{0,3}} (?:propos|present|introduc|develop|design|us|"
            r"employ|adopt|appl|build|formulat|train|combin|leverag|construct|deriv)\w*"
            r"|\bthe proposed\b"
        ),
    ),
    Rule(
        field="results",
        most=2,
        roles=("results", "conclusion", "abstract", "limits"),
        cues=_words(
            rf"{_FIGURE}|{_GAIN}|\bresults? (?:show|indicat|suggest|demonstrat|confirm)"
            r"|\bwe (?:find|found|observe|observed|show|obtain|see)\b"
        ),
        prefer=_words(
            rf"^(?=.*(?:{_FIGURE})).*(?:{_GAIN}|\bscores?\b|\brates?\b|\berrors?\b"
            r"|\bresults?\b|\bcompar)"
        ),
    ),
    Rule(
        field="significance",
        most=1,
        roles=("conclusion", "abstract", "introduction", "limits"),
        cues=_words(
            r"\benabl|\ballow(?:s|ing)?\b|\bimportan|\bpractical|\buseful|\bapplicab"
            r"|\bapplications?\b|\bcan be (?:used|applied|extended)|\bpromis|\bopens?\b"
            r"|\bpotential|\bimplications?"
        ),
    ),
    Rule(
        field="background",
        most=2,
        roles=("introduction", "abstract"),
        against=_words(rf"{_OURS}|^(?:however|moreover|furthermore|they)\b"),
    ),
    Rule(
        field="method",
        most=6,
        roles=("method",),
    ),
    Rule(
        field="points",
        most=5,
        roles=("abstract", "introduction", "conclusion", "results", "method"),
    ),
)

# A sentence that leans on the one before it says little by itself.
LEANING = _words(
    r"^(?:it|they|this|these|those|such|he|she|its|their|here|then|thus|hence"
    r"|therefore|also|moreover|furthermore|in addition|additionally|similarly|finally"
    r"|second|third|for (?:example|instance)|as (?:shown|seen|a result)|note that"
    r"|the (?:former|latter)|in this case|on the other hand|specifically)\b"
)
OUTSIDE = _words(r"\bet al\b|\[\d|\(\d{4}\)|, \d{4}\)|\b(?:fig|figure|table|eq)\b\.?")
