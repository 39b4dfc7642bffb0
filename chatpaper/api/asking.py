"""One paper, asked: a question answered, a claim checked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from chatpaper.api.choices import Choices, ModelChoice, configured, with_models
from chatpaper.api.names import Name, named, paper_of
from chatpaper.api.stated import Stated, quotes_of, stated_claims
from chatpaper.config import Config
from chatpaper.models import ModelProvider
from chatpaper.records import Answers, Digest, Document, Paper
from chatpaper.sources import parse_id
from chatpaper.text import json_line

if TYPE_CHECKING:
    from chatpaper.pipeline import AnswerFound, ClaimVerdict, Tools

Outcome = Literal["answered", "not in the paper", "nothing passed the checks"]

_SAYS = {
    "zh": {
        "not in the paper": "论文没有回答这个问题。",
        "not in what was read": "读到的部分没有回答这个问题。",
        "nothing passed the checks": "模型的回答没有一条通过与原文的核对。",
        "in part": "没有一条单独回答了整个问题。",
        "beside": "论文确有此说，但没有回答所问：",
        "left out": "{n} 条与原文不符或未能核对，已删。",
        "not judged": "未判断含义是否与原文一致，也未判断是否回答了所问。",
        "maybe": "未判断每条是否回答了所问。",
        "hidden": "PDF 中有读者看不见的文字；模型没有读到它们。",
    },
    "en": {
        "not in the paper": "The paper does not say.",
        "not in what was read": "The part of the paper that was read does not say.",
        "nothing passed the checks": "Nothing the model said passed the checks.",
        "in part": "No statement alone answers the whole question.",
        "beside": "The paper says this, too, but it does not answer the question:",
        "left out": "{n} that the paper denies or that could not be checked: left out.",
        "not judged": "Whether the meaning agrees was not judged, nor whether it"
        " answers the question.",
        "maybe": "Whether each statement answers the question was not judged.",
        "hidden": "The PDF has words that no reader sees; the model did not get them.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a paper answers to a question, in claims that were checked.

    Attributes:
        question: As it was asked, on one line.
        digest: The paper, the claims that answer and may be shown, their checks, and
            how many were left out, as for a summary.
        language: Of the claims and the words around them.
        answers: How each of these claims answers; None where nobody judged.
        aside: The claims that were given, too, and hold, but do not answer.
    """

    question: str
    digest: Digest
    language: str = "zh"
    answers: tuple[Answers | None, ...] = ()
    aside: Digest | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether there is an answer, and why not."""
        if self.digest.summary is None:
            return "not in the paper"
        return "answered" if self.claims else "nothing passed the checks"

    @property
    def claims(self) -> tuple[Stated, ...]:
        """The claims that answer, those that answer all of it first."""
        stated = stated_claims(self.digest, language=self.language)
        pairs = zip_longest(stated, self.answers[: len(stated)])
        return tuple(replace(claim, answers=answers) for claim, answers in pairs)

    @property
    def beside(self) -> tuple[Stated, ...]:
        """Claims that the paper bears out, and that answer nothing."""
        if self.aside is None:
            return ()
        stated = stated_claims(self.aside, language=self.language)
        return tuple(replace(claim, answers="no") for claim in stated)

    @property
    def beside_words(self) -> str:
        """What is said above those; empty where there are none."""
        return self._says["beside"] if self.beside else ""

    @property
    def _says(self) -> dict[str, str]:
        return _SAYS.get(self.language, _SAYS["en"])

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader must know beside the claims, a sentence each."""
        from chatpaper.posts import phrases_in, withdrawal_words

        made, gone = self.digest.provenance, self.digest.removed
        says, claims = self._says, self.claims
        key: str = self.outcome
        if key == "not in the paper" and made and made.basis != "full text":
            key = "not in what was read"
        notices = [says[key]] if key in says else []
        if {claim.answers for claim in claims} == {"partly"}:
            notices.append(says["in part"])
        left_out = gone.contradicted + gone.unsupported + gone.unjudged + gone.form
        notices += [says["left out"].format(n=left_out)] if left_out else []
        if claims and not (made and made.judge):
            notices.append(says["not judged"])
        elif any(claim.answers is None for claim in claims):
            notices.append(says["maybe"])
        if self.digest.hidden:
            notices.append(says["hidden"])
        if words := withdrawal_words(self.digest, phrases_in(self.language)):
            notices.insert(0, words)
        return tuple(notices)

    @property
    def markdown(self) -> str:
        """Question, claims with page links and marks, and their quotes."""
        from chatpaper.posts import escape

        lines = [f"**{escape(self.question)}**", "", *self._lines(self.digest)]
        lines += ["", *(f"*{escape(notice)}*" for notice in self.notices)]
        if self.aside is not None:
            lines += ["", escape(self.beside_words), "", *self._lines(self.aside)]
        return "\n".join(lines).strip() + "\n"

    def _lines(self, digest: Digest) -> Iterator[str]:
        """Claims and their quotes as a list in Markdown."""
        from chatpaper.posts import claim_line, escape, link, phrases_in, shown_claims

        say, paper = phrases_in(self.language), digest.paper
        for checked in shown_claims(digest):
            yield f"- {claim_line(checked, paper, say)}"
            for quote in quotes_of(checked.claim, checked.check, paper):
                words = escape(say.quote.format(words=quote.words))
                page = link(say.page.format(page=quote.page), quote.url)
                yield f"  - {words} {page}"

    @property
    def json(self) -> str:
        """The answer as one line of JSON; its claims as those of a post's twin."""
        from pydantic import TypeAdapter

        plain = TypeAdapter(Digest).dump_python(self.digest, mode="json")
        return json_line(
            {
                "question": self.question,
                "outcome": self.outcome,
                "answers": [claim.answers for claim in self.claims],
                "digest": plain,
                "beside": [asdict(claim) for claim in self.beside],
            }
        )

    def __str__(self) -> str:
        lines = [*map(str, self.claims), *self.notices]
        if self.aside is not None:
            lines += [self.beside_words, *map(str, self.beside)]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return self.markdown


def ask_paper(
    paper: Name | Document,
    question: str,
    *,
    model: ModelChoice | None = None,
    judge: ModelChoice | None = None,
    language: str | None = None,
    config: Choices | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Ask one paper a question.

    The answer is made of claims, each with quotes that were looked up in the paper, and
    judged as those of a summary are; the judge also says which of them answer the
    question, and the others stand apart. Where the paper does not say, there is none.

    Args:
        paper: A PDF's path, an arXiv id, or what `read_pdf` gave.
        question: In any language, at most 500 characters.
        model: Who answers, as for `summarize`.
        judge: Who judges, likewise.
        language: Of the answer, `zh` or `en`.
        config: As for `summarize`.
        stop: Once set, no further call is begun; what was paid for is kept.

    Raises:
        ConfigError: No such file or paper, an unusable question, or no language model.
        FetchError: arXiv does not answer.
        DocumentError: The PDF cannot be read.
        QuotaSpent, SummaryError: The model cannot be asked, or gave no usable reply.
    """
    from chatpaper.pipeline import answer_question
    from chatpaper.summary import read_question

    settings, provider = with_models(
        configured(config, output__language=language), model, judge
    )
    # A question that cannot be asked is refused before a paper is fetched for it.
    question = read_question(question)
    with opened_paper(paper, settings, provider, stop) as (described, document, tools):
        found = answer_question(described, document, question, settings, tools)
    return answer_of(question, found, settings)


def answer_of(question: str, found: AnswerFound, config: Config) -> Answer:
    """What `answer_question` has found, to be shown."""
    from chatpaper.summary import read_question

    return Answer(
        question=read_question(question),
        digest=found.digest,
        language=config.output.language,
        answers=found.answers,
        aside=found.beside,
    )


def check_claim(
    paper: Name | Document,
    claim: str,
    *,
    model: ModelChoice | None = None,
    judge: ModelChoice | None = None,
    config: Choices | None = None,
    stop: threading.Event | None = None,
) -> ClaimVerdict:
    """Hold a claim against one paper.

    Args:
        paper: A PDF's path, an arXiv id, or what `read_pdf` gave.
        claim: In any language, at most 600 characters.
        model: Who finds the paper's words, as for `summarize`.
        judge: Who judges, likewise.
        config: As for `summarize`.
        stop: Once set, no further call is begun; what was paid for is kept.

    Returns:
        `ruling` and `reason`, the paper's words in `claim.evidence`, and where they
        stand in `check.places`. Without a language model nothing is ruled.

    Raises:
        ConfigError: No such file or paper, or an unusable claim.
        FetchError, DocumentError, QuotaSpent, SummaryError: As for `ask_paper`.
    """
    from chatpaper.pipeline import check_claim as checked
    from chatpaper.summary import read_claim

    settings, provider = with_models(configured(config), model, judge)
    claim = read_claim(claim)
    with opened_paper(paper, settings, provider, stop) as (described, document, tools):
        return checked(described, document, claim, settings, tools)


@contextmanager
def opened_paper(
    paper: Name | Document,
    config: Config,
    provider: ModelProvider | None = None,
    stop: threading.Event | None = None,
) -> Iterator[tuple[Paper, Document, Tools]]:
    """A paper as described, as read, and what it can be asked with."""
    from chatpaper.pipeline import Controls, document_of, ends_with, open_tools

    name = paper if isinstance(paper, Document) else named(paper)
    ended = stop or threading.Event()
    controls = Controls(
        provider=provider, stop=ended, watch=ends_with(ended), is_awaited=True
    )
    with open_tools(config, "arxiv", controls, by_batch=False) as tools:
        if isinstance(name, Document):
            yield _described(name), name, tools
        else:
            described, pdf = paper_of(name, tools.source)
            yield described, document_of(described, pdf, config, tools), tools


def _described(document: Document) -> Paper:
    """What is known of the paper that a document was read for."""
    found = parse_id(document.paper_id)
    return Paper(
        id=found.base if found else document.paper_id,
        version=(found.version or 1) if found else 0,
        title=document.title,
        source="folder",
    )
