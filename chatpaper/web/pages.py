"""The pages that people see, and the files that they take away."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import TypeAdapter

from chatpaper.citations import to_bibtex
from chatpaper.posts import render_entry
from chatpaper.records import Digest
from chatpaper.text import file_stem
from chatpaper.web.jobs import FIGURES, PDF, Job
from chatpaper.web.site import SHOWN_JOBS, Site
from chatpaper.web.views import job_shown
from chatpaper.web.words import Refusal

PICTURES = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}
# A stranger's PDF runs in the browser's reader: without scripts, forms or an origin.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"


def routes(site: Site) -> APIRouter:
    """The routes below `/` and `/papers`."""
    router = APIRouter()

    @router.get("/")
    async def index(request: Request) -> Response:
        language = request.state.language
        jobs = site.board.jobs()[:SHOWN_JOBS] if site.is_private else []
        recent = [site.told(job, language) for job in jobs]
        return site.page("index", request, recent=recent, is_private=site.is_private)

    @router.get("/papers/{job_id}")
    async def page(job_id: str, request: Request) -> Response:
        return await paper_page(site, site.board.job(job_id), request)

    @router.get("/papers/{job_id}/figures/{name}")
    async def figure(job_id: str, name: str) -> Response:
        job = site.board.job(job_id)
        path = site.board.shelf.folder(job.id) / FIGURES / name
        if (
            not re.fullmatch(r"[\w.-]{1,100}", name, re.ASCII)
            or path.suffix not in PICTURES
        ):
            raise Refusal("nothing")
        if not path.is_file():
            raise Refusal("nothing")
        return FileResponse(path, media_type=PICTURES[path.suffix])

    @router.get("/papers/{job_id}/paper.{kind}")
    async def paper(job_id: str, kind: str, request: Request) -> Response:
        job = site.board.job(job_id)
        if kind == "pdf":
            inline = "inline" in request.query_params
            return _pdf(site.board.shelf.folder(job.id) / PDF, inline=inline)
        if kind not in ("md", "json", "bib"):
            raise Refusal("nothing")
        digest = await asyncio.to_thread(site.board.shelf.result, job.id)
        if digest is None:
            raise Refusal("not-ready", retry_after_s=None if job.is_over else 5)
        return _download(digest, kind, site.config.output.language)

    return router


async def paper_page(
    site: Site, job: Job, request: Request, *, question: str = "", answer: str = ""
) -> Response:
    """The page of a paper, with the answer to a question that a form has asked."""
    digest = await asyncio.to_thread(site.board.shelf.result, job.id)
    language = request.state.language
    content = site.config.output.language
    shown = job_shown(job, digest, language, content) | site.told(job, language)
    return site.page(
        "job",
        request,
        **shown,
        has_pdf=(site.board.shelf.folder(job.id) / PDF).is_file(),
        questions=site.config.web.questions_per_paper,
        question=question,
        answer=answer,
    )


def _pdf(path: Path, *, inline: bool) -> Response:
    """The PDF as it came."""
    if not path.is_file():
        raise Refusal("not-ready", retry_after_s=5)
    how = "inline" if inline else "attachment"
    headers = {"content-disposition": f'{how}; filename="paper.pdf"'}
    headers["content-security-policy"] = f"{SANDBOX}; frame-ancestors 'self'"
    headers["x-frame-options"] = "SAMEORIGIN"
    return FileResponse(path, media_type="application/pdf", headers=headers)


def _download(digest: Digest, kind: str, language: str) -> Response:
    """A paper's entry as a file."""
    if kind == "md":
        text, media = render_entry(digest, language=language), "text/markdown"
    elif kind == "bib":
        text, media = to_bibtex([digest.paper]), "application/x-bibtex"
    else:
        data = TypeAdapter(Digest).dump_json(digest, indent=2)
        text, media = data.decode(), "application/json"
    name = f"{file_stem(digest.paper.versioned_id, 'paper')}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media, headers=headers)


class AskedAgain(StaticFiles):
    """Files that browsers keep, and ask about each time whether they are still so."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


class StaticSite(AskedAgain):
    """A folder made by `chatpaper site`, with a policy that its pages can live with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file of the site."""
        response = super().file_response(*args, **kwargs)
        response.headers["content-security-policy"] = SITE_CSP
        return response


# The site's search is a WebAssembly program.
SITE_CSP = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"
    " 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
