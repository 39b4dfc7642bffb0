"""The configured judge, put to the test, and put to a published post again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from chatpaper.errors import DocumentError
from chatpaper.models import (
    Model,
    ModelRequest,
    ParsedReply,
    Prompt,
    ask,
)
from chatpaper.reading import parse_document
from chatpaper.records import Claim, Document, Paper, Usage
from chatpaper.resources import resource_path
from chatpaper.verify import Judgements, PaperIndex, judge, located_quotes
from chatpaper.workers import WorkerLost

HONEST = "honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCase:
    """A labelled claim about one of the bundled sample papers.

    Attributes:
        paper: Stem of the sample's file.
        kind: `honest`, or what is wrong with the claim.
        claim: In Chinese, with its evidence.
    """

    paper: str
    kind: str
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScore:
    """How a judge fared on the labelled cases.

    Attributes:
        found, lies: Lies that were not called supported, of how many.
        blamed, honest: Honest claims that were not called supported, of how many.
        unjudged: Cases without a verdict; they count as neither found nor blamed.
        wrong: The cases judged wrongly, each with the judge's verdict.
        model: The judge's own name for itself.
        usage: Of all calls.
    """

    found: int
    lies: int
    blamed: int
    honest: int
    unjudged: int
    wrong: tuple[tuple[JudgeCase, str], ...]
    model: str
    usage: Usage

    @property
    def passes(self) -> bool:
        """Whether the judge is fit for use: one miss and one false blame at most."""
        return self.lies - self.found <= 1 and self.blamed <= 1


def judge_cases() -> tuple[JudgeCase, ...]:
    """The labelled cases that travel with the package; half of them are lies."""
    text = resource_path("samples/judge_cases.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, text.splitlines())
    return tuple(
        JudgeCase(
            paper=row["paper"],
            kind=row["kind"],
            claim=Claim(
                field="points", text=row["claim"], evidence=tuple(row["evidence"])
            ),
        )
        for row in rows
    )


def measure_judge(asked: Asked, *, readers: Executor) -> JudgeScore:
    """Have a judge read the labelled cases, one call a paper.

    Args:
        asked: The judge.
        readers: Where the sample PDFs are read.

    Raises:
        SummaryError: The model gave no usable verdict on one of the papers.
    """
    by_paper: dict[str, list[JudgeCase]] = defaultdict(list)
    for case in judge_cases():
        by_paper[case.paper].append(case)
    outcomes: list[tuple[JudgeCase, str]] = []
    for stem, cases in by_paper.items():
        document = read_document(resource_path(f"samples/{stem}.pdf"), stem, readers)
        index = PaperIndex(document, Paper(id=stem, title=document.title))
        claims = {number: case.claim for number, case in enumerate(cases, 1)}
        verdicts = asked.verdicts(claims, index, paper_id=stem)
        for number, case in enumerate(cases, 1):
            said = verdicts.get(number)
            outcomes.append((case, said.verdict if said else "unjudged"))
    return _score(outcomes, asked)


class Asked:
    """A judge that is asked outside of a run; counts what it costs."""

    def __init__(self, model: Model, *, prompt: Prompt, judge_model: str = "") -> None:
        """Nothing is asked yet.

        Args:
            model: Who is asked.
            prompt: The judge's.
            judge_model: Name of the judge's model; empty for the model's own.
        """
        self._model, self._prompt = model, prompt
        self._judge_model = judge_model
        self.usage = Usage()
        self.name = ""

    def verdicts(
        self, claims: Mapping[int, Claim], index: PaperIndex, *, paper_id: str
    ) -> Judgements:
        """Verdicts on those claims that have located evidence; see `judge`."""
        able = {n: claim for n, claim in claims.items() if located_quotes(claim, index)}
        return judge(
            able,
            index,
            answer=self._answer,
            paper_id=paper_id,
            prompt=self._prompt,
            model=self._judge_model,
        )

    def _answer(
        self, request: ModelRequest, read: Callable[[str], ParsedReply[Judgements]]
    ) -> Judgements:
        answer = ask(self._model, request, read)
        self.usage += answer.usage
        self.name = answer.model
        return answer.value


def read_document(pdf: Path, name: str, readers: Executor) -> Document:
    """Read a PDF in a worker.

    Raises:
        DocumentError: It cannot be read, or its worker was lost.
    """
    try:
        return readers.submit(parse_document, name, pdf).result()
    except WorkerLost as error:
        raise DocumentError(name, f"reading {error.reason}") from error


def _score(outcomes: list[tuple[JudgeCase, str]], asked: Asked) -> JudgeScore:
    honest = [said for case, said in outcomes if case.kind == HONEST]
    lies = [said for case, said in outcomes if case.kind != HONEST]
    blaming = ("contradicted", "unsupported")
    return JudgeScore(
        found=sum(said in blaming for said in lies),
        lies=len(lies),
        blamed=sum(said in blaming for said in honest),
        honest=len(honest),
        unjudged=sum(said == "unjudged" for _, said in outcomes),
        wrong=tuple(
            (case, said)
            for case, said in outcomes
            if (case.kind == HONEST) != (said == "supported")
        ),
        model=asked.name,
        usage=asked.usage,
    )
