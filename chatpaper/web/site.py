"""What all routes share: the configuration, the jobs, the rates, the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from chatpaper.api import Stated, answer_of
from chatpaper.config import Config
from chatpaper.web.board import Board
from chatpaper.web.guard import is_token
from chatpaper.web.jobs import Job
from chatpaper.web.limits import Places, Rate, Waits
from chatpaper.web.pictures import Pictures
from chatpaper.web.showing import shown_answer
from chatpaper.web.views import answered, every_page
from chatpaper.web.words import Language, Refusal, failure_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from chatpaper.pipeline import AnswerFound

HOUR_S = 3600.0
SHOWN_JOBS = 20
SOURCE = "/source.tar.gz"


@dataclass
class Site:
    """What a server serves.

    Attributes:
        config: As chosen.
        board: The jobs.
        token: Asked of who wants to spend something; empty when nobody needs one.
        is_private: Whether nobody but its owner reaches it.
        waits: For slow visitors.
        uploads: Files that are being sent.
        listeners: Who follows a paper.
        questions: That are being answered.
    """

    config: Config
    board: Board
    token: str = ""
    is_private: bool = True
    waits: Waits = field(default_factory=Waits)
    uploads: Places = field(default_factory=lambda: Places(32, 12))
    listeners: Places = field(default_factory=lambda: Places(256, 64))
    questions: Places = field(default_factory=lambda: Places(8, 3))

    @cached_property
    def guesses(self) -> Rate:
        """Wrong tokens of an address, wherever they are tried."""
        return Rate(self.config.web.papers_per_hour, HOUR_S)

    @cached_property
    def papers(self) -> Rate:
        """Papers that an address asks for."""
        return Rate(self.config.web.papers_per_hour, HOUR_S)

    def authorize(self, request: Request, form: Mapping[str, str]) -> None:
        """Let pass who has the token.

        Raises:
            Refusal: Who asks has none, or a wrong one, or tried too many.
        """
        if not self.token:
            return
        bearer = request.headers.get("authorization", "")
        given = (
            bearer.removeprefix("Bearer ").strip()
            or request.headers.get("x-access-token", "").strip()
            or form.get("token", "")
        )
        if not given:
            raise Refusal("token")
        # Before it is compared: who may guess no more is not told of a right one.
        visitor = request.state.visitor
        if wait_s := self.guesses.wait_s(visitor):
            minutes = round(wait_s / 60) + 1
            raise Refusal("guesses", retry_after_s=wait_s, minutes=minutes)
        if not is_token(given, self.token):
            raise Refusal("wrong-token")
        self.guesses.give_back(visitor)

    def count_paper(self, request: Request) -> None:
        """Count one paper more for an address.

        Raises:
            Refusal: It asked for too many.
        """
        if wait_s := self.papers.wait_s(request.state.visitor):
            limit, minutes = self.papers.count, round(wait_s / 60) + 1
            raise Refusal("papers", retry_after_s=wait_s, limit=limit, minutes=minutes)

    def told(self, job: Job, language: Language, moment: int = -1) -> dict[str, object]:
        """What is told of a job, now or at an earlier moment."""
        at = job.history[moment]
        return {
            "job": job.id,
            "state": at.state,
            "stage": at.stage,
            "position": at.position,
            "title": job.title,
            "error": failure_words(job.error, language) if job.is_over else "",
            "seconds": round(self.board.seconds(job), 1),
        }

    def answered(
        self, job: Job, number: int, asked: str, found: AnswerFound, request: Request
    ) -> dict[str, object]:
        """What is told of an answer: its claims as values, and all of it as HTML."""
        answer = answer_of(asked, found, self.config)
        content = self.config.output.language
        shown = shown_answer(job.id, number, answer)
        return {
            "question": answer.question,
            "claims": [_told_claim(claim) for claim in answer.claims],
            "beside": [_told_claim(claim) for claim in answer.beside],
            "note": " ".join(answer.notices),
            "html": answered(shown, self.templates, request.state.language, content),
        }

    @cached_property
    def templates(self) -> Environment:
        """The templates of this room."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        return Environment(
            loader=PackageLoader("chatpaper.web"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @cached_property
    def pictures(self) -> Pictures:
        """Who draws pages."""
        return Pictures(self.config.reading)

    def page(
        self, name: str, request: Request, status: int = 200, **shown: Any
    ) -> HTMLResponse:
        """A page of HTML."""
        web = self.config.web
        is_chosen = "lang" in request.query_params
        html = self.templates.get_template(f"{name}.html").render(
            **every_page(request.state.language, is_chosen=is_chosen),
            needs_token=bool(self.token),
            has_model=self.board.has_model,
            keep_h=web.keep_h,
            max_mb=self.config.reading.max_mb,
            source_url=web.source_url or SOURCE,
            has_site=web.site_dir is not None,
            **shown,
        )
        return HTMLResponse(html, status)


def _told_claim(claim: Stated) -> dict[str, object]:
    return {
        "text": claim.text,
        "answers": claim.answers,
        "evidence": [
            {"quote": quote.words, "page": quote.page} for quote in claim.quotes
        ],
        "marks": list(claim.marks),
    }
