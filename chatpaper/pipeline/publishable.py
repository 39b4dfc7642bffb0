"""What of a judged summary may be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from chatpaper.pipeline.summaries import JudgedSummary
from chatpaper.records import TRANSLATION, Check, Removed, Summary


def publishable_claims(
    made: JudgedSummary, unsupported: Literal["mark", "drop"]
) -> tuple[Summary, tuple[Check, ...], Removed]:
    """What may be shown of claims and title, the checks, and counts of what may not.

    What the paper contradicts, what the judge gave no verdict on, and wording that is
    not for readers is never shown; what the evidence does not bear out as configured.
    A translation has no place for a mark, and none without a claim beside it; nor has
    a title.
    """
    shown: list[int] = []
    counts = {"contradicted": 0, "unsupported": 0, "unjudged": 0, "form": 0}
    for index, check in enumerate(made.checks):
        kinds = {finding.kind for finding in check.findings}
        translates = made.summary.claims[index].field == TRANSLATION
        if translates and not made.summary.claims[index].text:
            continue  # the model gave none: nothing was left out
        if check.verdict in ("contradicted", "unjudged"):
            counts[check.verdict] += 1
        elif "form" in kinds:
            counts["form"] += 1
        elif kinds and (translates or unsupported == "drop"):
            counts["unsupported"] += 1
        else:
            shown.append(index)
    if {made.summary.claims[index].field for index in shown} == {TRANSLATION}:
        shown = []
    counts["contradicted"] += sum(c.verdict == "contradicted" for c in made.withdrawn)
    title = made.title or Check()
    counts["title"] = int(title.verdict == "unjudged" or bool(title.findings))
    summary = replace(
        made.summary,
        title="" if counts["title"] else made.summary.title,
        claims=tuple(made.summary.claims[index] for index in shown),
    )
    return summary, tuple(made.checks[index] for index in shown), Removed(**counts)
