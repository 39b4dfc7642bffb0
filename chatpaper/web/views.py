"""What the pages' templates are filled with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatpaper.posts import phrases_in
from chatpaper.records import Digest
from chatpaper.web.jobs import Job
from chatpaper.web.phrases import page_words
from chatpaper.web.showing import ShownAnswer, shown_entry
from chatpaper.web.words import Language

if TYPE_CHECKING:
    from jinja2 import Environment

DOWNLOADS = {"Markdown": "md", "JSON": "json", "BibTeX": "bib", "PDF": "pdf"}
MAX_QUESTION_CHARS = 500
_LATER = {"repair": "later"}  # most summaries need none
_TAGS = {"zh": "zh-CN", "en": "en"}


def every_page(language: Language, *, is_chosen: bool) -> dict[str, Any]:
    """What all pages need.

    Args:
        language: Of the page.
        is_chosen: Whether the visitor has chosen it, so that links lead on in it.
    """
    words = page_words(language)
    return {
        "say": words,
        "scripted": json.dumps(words.scripted, ensure_ascii=False),
        "query": f"?lang={language}" if is_chosen else "",
    }


def stages(job: Job) -> list[tuple[str, str]]:
    """The stages of a job that is under way, each with how it stands.

    That is `done`, `now`, empty for what is to come, `later` for what need not come.
    """
    names = ["queued", "download", "read", "draft", "judge", "repair"]
    if not job.arxiv_id:
        names.remove("download")
    if not job.has_model:
        names = [name for name in names if name not in ("judge", "repair")]
    now = job.now.stage
    at = names.index(now) if now in names else len(names)
    return [
        (name, "done" if nth < at else "now" if nth == at else _LATER.get(name, ""))
        for nth, name in enumerate(names)
    ]


def answered(
    answer: ShownAnswer, templates: Environment, language: Language, content: str
) -> str:
    """An answer as HTML, in the same markup as the claims of an entry."""
    shown = every_page(language, is_chosen=False)
    html = templates.get_template("answer.html")
    return html.render(**shown, answer=answer, content_tag=_TAGS.get(content, content))


def job_shown(
    job: Job, digest: Digest | None, language: Language, content: str
) -> dict[str, Any]:
    """What the page of a job shows, beside what is told of it.

    Args:
        job: Of the paper.
        digest: What was made of it; None while there is nothing.
        language: Of the page.
        content: The language of summaries.
    """
    url = f"/papers/{job.id}/paper"
    entry = shown_entry(job.id, digest, language) if digest else None
    if entry and not job.arxiv_id:
        # An upload's id is ours, and nothing to a reader.
        entry = replace(entry, facts=tuple(fact for fact in entry.facts if fact.url))
    return {
        "stages": stages(job),
        "entry": entry,
        "phrases": phrases_in(language),
        "content_tag": _TAGS.get(content, content),
        "downloads": [(name, f"{url}.{kind}") for name, kind in DOWNLOADS.items()],
        "max_question": MAX_QUESTION_CHARS,
    }
