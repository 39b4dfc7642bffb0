"""Which figures tell most of a paper, by what their captions say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatpaper.records import Figure

_OVERVIEW = re.compile(
    r"\b(overview|architectures?|framework|pipeline|teaser|work-?flow|schematic|"
    r"overall|diagram of|our (?:method|model|approach|system)|"
    r"(?:proposed|presented) (?:\w+ )?(?:method|model|approach|network|system))\b",
    re.IGNORECASE,
)
_IDEA = re.compile(
    r"\b(illustrat\w+|concept\w*|motivat\w+|structure of|idea|compared? (?:to|with) "
    r"(?:previous|prior|existing))\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(results?|compar\w+|qualitative|quantitative|performance|accurac\w+|"
    r"state[- ]of[- ]the[- ]art|generated|samples|evaluation|benchmarks?|versus|vs|"
    r"scores?|error rates?|errors?|better|outperform\w*|run(?:ning)? ?times?|"
    r"speed-?ups?|win rates?|main findings?)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(ablat\w+|vari(?:ants?|ations?)|failure|additional|"
    r"more (?:\w+ )?(?:results|examples|samples)|"
    r"hyper-?parameters?|prompts?|interface|screenshot|instructions?|statistics|"
    r"notations?|appendix|supplement\w*|continued|convergence|sensitivity|"
    r"loss curves?)\b",
    re.IGNORECASE,
)
_APPENDIX_LABEL = re.compile(
    r"supp|extended|appendix|\b[A-HS][.\-]?\d|\b[A-H]\b", re.IGNORECASE
)
# "CiteSee: Augmenting Citations": many papers open their title with such a name.
_NAME = re.compile(r"([\w\-]{3,}):\s")
_OWN = re.compile(r"\b(?:our|proposed|presented)\b", re.IGNORECASE)
_OWN_GAIN = 1.5
# Weights, here and in `_score`: only the order of the figures' sums counts.
_KIND = {"figure": 0.0, "table": -1.4, "algorithm": -2.2}
# In longer papers what comes later is mostly the appendix.
_MAIN = 0.6
_MIN_WIDTH_PT, _MIN_HEIGHT_PT = 60.0, 30.0  # smaller ones are logos and badges


def choose_figures(
    figures: Sequence[Figure], *, limit: int, title: str = ""
) -> tuple[Figure, ...]:
    """Choose the most telling figures of a paper, the first one first.

    Overviews and architectures come first, then results; figures before tables,
    the main part before the appendix. Of three or more one is a result where the
    paper has one.

    Args:
        figures: Of one paper, in page order.
        limit: How many at most; 0 or less gives none.
        title: Of the paper; a drawing of what it names comes before others.
    """
    name = _NAME.match(title)
    own = re.compile(rf"\b{re.escape(name[1])}\b" if name else r"(?!)", re.IGNORECASE)
    shown = [figure for figure in figures if _worth_showing(figure)]
    last = max((figure.page for figure in shown), default=1)
    order = sorted(
        range(len(shown)), key=lambda i: (-_score(shown[i], i, last, own), i)
    )
    chosen = order[: max(limit, 0)]
    results = [i for i in order if _is_result(shown[i], last)]
    if len(chosen) > 2 and results and not set(chosen) & set(results):
        chosen[-1] = results[0]
    return tuple(shown[i] for i in chosen)


def _is_result(figure: Figure, last_page: int) -> bool:
    """Whether a figure shows a result of the main part, not of an aside."""
    return (
        figure.kind != "algorithm"
        # Papers so short have hardly an appendix.
        and (last_page <= 10 or figure.page <= _MAIN * last_page)
        and _RESULT.search(figure.caption[:90]) is not None
        and _ASIDE.search(figure.caption) is None
        and _APPENDIX_LABEL.search(figure.label) is None
    )


def _worth_showing(figure: Figure) -> bool:
    x0, top, x1, bottom = figure.box
    return x1 - x0 >= _MIN_WIDTH_PT and bottom - top >= _MIN_HEIGHT_PT


def _score(figure: Figure, index: int, last_page: int, own: re.Pattern[str]) -> float:
    """How telling a figure is; `index` counts the paper's figures from 0.

    `own` finds the name that the paper gives to what it presents.
    """
    # Captions say first what a figure is, then its details; what comes later names much
    # else.
    opening, caption = figure.caption[:90], figure.caption[:400]
    score = _KIND[figure.kind]
    # An architecture in a table is a list of its sizes.
    drawn = figure.kind != "table"
    if drawn and _OVERVIEW.search(opening):
        score += 3.0
        # Others' systems are drawn too, and often first.
        named = _OWN.search(opening) or own.search(opening)
        if named and not _RESULT.search(opening) and not _ASIDE.search(caption):
            score += _OWN_GAIN
    elif drawn and (_OVERVIEW.search(caption) or _IDEA.search(opening)):
        score += 1.3
    if _RESULT.search(opening):
        score += 1.2
    if _ASIDE.search(caption):
        score -= 1.2
    if _APPENDIX_LABEL.search(figure.label):
        score -= 2.0
    if figure.page <= 2:
        score += 1.0
    if last_page > 10 and figure.page > _MAIN * last_page:
        score -= 1.0
    x0, top, x1, bottom = figure.box
    # Strips are legends and bars, and unreadable in a post.
    if max(x1 - x0, bottom - top) > 9 * min(x1 - x0, bottom - top):
        score -= 0.8
    # Of equals the earlier one counts more, as far as the twentieth.
    return score - 0.08 * min(index, 20)
