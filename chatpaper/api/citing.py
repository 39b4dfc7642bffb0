"""Papers as entries of a reference manager."""

from __future__ import annotations

from collections.abc import Iterable

from chatpaper.api.choices import Choices, configured
from chatpaper.api.papers import named_papers
from chatpaper.errors import ArgumentError, ChatpaperError
from chatpaper.records import Paper


def cite(
    papers: str | Paper | Iterable[str | Paper],
    *,
    style: str = "bibtex",
    config: Choices | None = None,
) -> str:
    """Cite papers, in order.

    Args:
        papers: Ids or addresses of arXiv, ids of posted papers, or records such as
            those of `posted_papers`; one or several.
        style: `bibtex`, `ris` or `csl-json`.
        config: As for `summarize`; its `output.dir` has the posts.

    Raises:
        ConfigError: No such style, or a paper that nobody knows.
        FetchError: arXiv does not answer.
    """
    from chatpaper.citations import FORMATS

    if style not in FORMATS:
        raise ArgumentError("style", f"{style}: not one of {', '.join(FORMATS)}")
    given = [papers] if isinstance(papers, str | Paper) else list(papers)
    names = [each for each in given if isinstance(each, str)]
    known = dict(named_papers(names, config=configured(config))) if names else {}
    cited = []
    for each in given:
        paper = known[each] if isinstance(each, str) else each
        if isinstance(paper, ChatpaperError):
            raise paper
        cited.append(paper)
    return FORMATS[style](cited)
