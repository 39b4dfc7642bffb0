"""One paper that somebody asked for, and the folder in which it is kept for a while."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from chatpaper.records import Digest
from chatpaper.web.files import write_private

State = Literal["queued", "working", "done", "failed"]
# What is begun for a summary, of all that the pipeline may begin for a paper.
Stage = Literal[
    "queued", "download", "read", "draft", "judge", "repair", "done", "failed"
]

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
PDF, FACTS, RESULT, FIGURES = "paper.pdf", "job.json", "digest.json", "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is told of a job at one time.

    Attributes:
        state, stage: Of the work.
        position: Papers that come before it; 0 once it is worked on.
    """

    state: State
    stage: Stage
    position: int = 0


@dataclass(slots=True, kw_only=True)
class Job:
    """One paper.

    Attributes:
        id: Nobody can guess it: whoever knows it may see the paper.
        identity: Tells when the same paper is asked for again.
        arxiv_id: As asked for; empty for an upload.
        title: Of the paper, and before it is known the id or the file's name.
        made_at: Seconds since 1970.
        has_model: Whether a language model is asked, and not the paper alone.
        history: What was told so far; the last is how it stands.
        error: Of `FAILURES`; empty while nothing is wrong.
        began_at, ended_at: Of the work.
        questions: Asked about it so far.
        own_key: Of its visitor; in memory alone, and only until the job ends.
        visitor: The address that asked; as the key.
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    identity: str
    arxiv_id: str = ""
    title: str
    made_at: float
    has_model: bool = False
    history: list[Moment] = field(default_factory=list)
    error: str = ""
    began_at: float = 0.0
    ended_at: float = 0.0
    questions: int = 0
    own_key: str = field(default="", repr=False)
    visitor: str = field(default="", repr=False)

    @property
    def now(self) -> Moment:
        """How it stands."""
        return self.history[-1]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.now.state in ("done", "failed")


def is_job_id(text: str) -> bool:
    """Whether a text could be the id of a job, and so the name of a folder."""
    return _ID.fullmatch(text) is not None


class Shelf:
    """The folders of all jobs.

    Raises:
        OSError: From every method that writes: the disk refuses.
    """

    def __init__(self, directory: Path) -> None:
        """Make the folder when it is missing, and close it to others."""
        self.directory = directory
        self.incoming = directory / "incoming"
        self._jobs = directory / "jobs"
        for folder in (directory, self.incoming, self._jobs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    def folder(self, job_id: str) -> Path:
        """Where a job's files lie."""
        return self._jobs / job_id

    def add(self, job: Job, upload: Path | None) -> None:
        """Make the job's folder, and put an upload into it."""
        folder = self.folder(job.id)
        try:
            folder.mkdir(mode=0o700)
            (folder / FIGURES).mkdir(mode=0o700)
            if upload is not None:
                upload.replace(folder / PDF)
            self.note(job)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def note(self, job: Job) -> None:
        """Write down how a job stands."""
        facts = {
            "identity": job.identity,
            "arxiv_id": job.arxiv_id,
            "title": job.title,
            "made_at": job.made_at,
            "has_model": job.has_model,
            "state": job.now.state,
            "stage": job.now.stage,
            "error": job.error,
            "began_at": job.began_at,
            "ended_at": job.ended_at,
            "questions": job.questions,
        }
        text = json.dumps(facts, ensure_ascii=True)
        write_private(self.folder(job.id) / FACTS, text.encode())

    def keep_result(self, job: Job, digest: Digest) -> None:
        """Keep what was made of a paper."""
        data = TypeAdapter(Digest).dump_json(digest)
        write_private(self.folder(job.id) / RESULT, data)

    def result(self, job_id: str) -> Digest | None:
        """What was made of a paper; None while there is nothing."""
        try:
            data = (self.folder(job_id) / RESULT).read_bytes()
            return TypeAdapter(Digest).validate_json(data)
        except (OSError, ValueError):
            return None

    def remove(self, job_id: str) -> None:
        """Delete everything of a job."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def sweep_incoming(self) -> None:
        """Delete uploads and downloads that were cut off by a kill."""
        for path in (*self.incoming.iterdir(), *self.directory.glob("pdf/*")):
            path.unlink(missing_ok=True)

    def read(self) -> Iterator[Job]:
        """The jobs of an earlier server; what is none of ours is deleted."""
        for folder in sorted(self._jobs.iterdir()):
            job = _read(folder) if is_job_id(folder.name) else None
            if job is None:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                yield job


def _read(folder: Path) -> Job | None:
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        moment = Moment(state=facts.pop("state"), stage=facts.pop("stage"))
        job = Job(id=folder.name, history=[moment], **facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not job.is_over:
        job.history = [replace(moment, state="failed", stage="failed")]
        job.error, job.ended_at = "lost", job.made_at
    return job
