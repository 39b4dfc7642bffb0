"""The configured judge, put to the test, and put to a published post again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from chatpaper.models import (
    Model,
    ModelRequest,
    ParsedReply,
    Prompt,
    ask,
)
from chatpaper.reading import parse_document
from chatpaper.records import Claim, Paper, Usage
from chatpaper.resources import resource_path
from chatpaper.verify import Judgements, PaperIndex, TitleItem, located_quotes
from chatpaper.verify import judge as judge_claims
from chatpaper.workers import result_of

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


def measure_judge(judge: Judge, *, readers: Executor) -> JudgeScore:
    """Have a judge read the labelled cases, one call a paper.

    Args:
        judge: Is judge.
        readers: Where the sample PDFs are read.

    Raises:
        SummaryError: The model gave no usable verdict on one of the papers.
    """
    by_paper: dict[str, list[JudgeCase]] = defaultdict(list)
    for case in judge_cases():
        by_paper[case.paper].append(case)
    outcomes: list[tuple[JudgeCase, str]] = []
    for stem, cases in by_paper.items():
        pdf = resource_path(f"samples/{stem}.pdf")
        document = result_of(readers.submit(parse_document, stem, pdf), stem)
        index = PaperIndex(document, Paper(id=stem, title=document.title))
        claims = {number: case.claim for number, case in enumerate(cases, 1)}
        verdicts = judge.verdicts(claims, index, paper_id=stem)
        for number, case in enumerate(cases, 1):
            judged = verdicts.get(number)
            outcomes.append((case, judged.verdict if judged else "unjudged"))
    return _score(outcomes, judge)


class Judge:
    """A judge that is asked outside of a run; counts what it costs."""

    def __init__(self, model: Model, *, prompt: Prompt, title: Prompt) -> None:
        """Nothing is asked yet.

        Args:
            model: Who is judge.
            prompt: The judge's.
            title: What it is told of a translated title.
        """
        self._model, self._prompt, self._title = model, prompt, title
        self.usage = Usage()
        self.name = ""

    def verdicts(
        self,
        claims: Mapping[int, Claim],
        index: PaperIndex,
        *,
        paper_id: str,
        title: str = "",
    ) -> Judgements:
        """Verdicts on those claims that have located_quotes evidence; see `judge`.

        A translated title goes with them; its verdict stands under `TITLE`.
        """
        able = {n: claim for n, claim in claims.items() if located_quotes(claim, index)}
        item = TitleItem(text=title, prompt=self._title) if title else None
        return judge_claims(
            able,
            index,
            answer=self._answer,
            paper_id=paper_id,
            prompt=self._prompt,
            title=item,
        )

    def _answer(
        self, request: ModelRequest, read: Callable[[str], ParsedReply[Judgements]]
    ) -> Judgements:
        answer = ask(self._model, request, read)
        self.usage += answer.usage
        self.name = answer.model
        return answer.value


def _score(outcomes: list[tuple[JudgeCase, str]], judge: Judge) -> JudgeScore:
    honest = [verdict for case, verdict in outcomes if case.kind == HONEST]
    lies = [verdict for case, verdict in outcomes if case.kind != HONEST]
    blaming = ("contradicted", "unsupported")
    return JudgeScore(
        found=sum(verdict in blaming for verdict in lies),
        lies=len(lies),
        blamed=sum(verdict in blaming for verdict in honest),
        honest=len(honest),
        unjudged=sum(verdict == "unjudged" for _, verdict in outcomes),
        wrong=tuple(
            (case, verdict)
            for case, verdict in outcomes
            if (case.kind == HONEST) != (verdict == "supported")
        ),
        model=judge.name,
        usage=judge.usage,
    )
