"""A paper's calls over real HTTP: draft, judge, repair, judge; each may fail."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatpaper.config import Config
from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    VARIABLES,
    MeteredModel,
    ModelReply,
    ModelRequest,
    load_prompt,
)
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.pipeline import (
    JudgedSummary,
    SummaryWriter,
    draft_request,
    publishable_claims,
    write_summary,
)
from chatpaper.records import Removed
from chatpaper.store import Store, only_asker
from chatpaper.verify import PaperIndex
from scripted import CONCLUSION, INTRODUCTION, METHOD, PAPER, RESULTS, document, section
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DOCUMENT = document(
    section("Introduction", INTRODUCTION, number="1"),
    section("Method", METHOD, number="2"),
    section("Results", RESULTS, number="3"),
    section("Conclusion", CONCLUSION, number="4"),
)
WRONG = "核心设计"  # stands in one claim of every draft of the stand-in
Make = Callable[..., JudgedSummary]


@contextmanager
def summaries(
    stand_in: GeminiStandIn, directory: Path, **changes: Any
) -> Iterator[Make]:
    """Summarises the paper; every call opens the store anew, as a new run does."""
    config = Config.model_validate({"trust": changes})

    def make(model: Any = None) -> JudgedSummary:
        with (
            Gemini(KEY, GeminiSettings(base_url=stand_in.base_url, tries=1)) as gemini,
            Gemini(
                KEY,
                GeminiSettings(
                    base_url=stand_in.base_url, tries=1, model="other-judge"
                ),
            ) as other,
            Store(directory) as store,
        ):
            asked = MeteredModel(gemini, others={"other-judge": other}, concurrency=1)
            writer = SummaryWriter(
                provider="gemini",
                model=model or asked,
                prompts={name: load_prompt(name) for name in VARIABLES},
                store=store,
                now=lambda: NOW,
            )
            draft = draft_request(PAPER, DOCUMENT, config, writer)
            index = PaperIndex(DOCUMENT, PAPER)
            return write_summary(draft, index, config, writer)

    with stand_in:
        yield make


def kinds(stand_in: GeminiStandIn) -> list[str]:
    return [call.kind for call in stand_in.calls]


def verdicts(made: JudgedSummary) -> list[str | None]:
    return [check.verdict for check in made.checks]


# ---------------------------------------------------------------- when all goes well


def test_a_sound_draft_takes_two_calls(tmp_path: Path) -> None:
    """Every claim is judged; a second run asks nothing and gives the same."""
    with summaries(stand_in := GeminiStandIn(), tmp_path) as make:
        first, second = make(), make()

    assert kinds(stand_in) == ["summary", "judge"]
    assert set(verdicts(first)) == {"supported"}
    assert first.provenance.calls == 2
    assert first.provenance.judge == "gemini-3.5-flash-lite"
    assert first.provenance.judge_prompt
    assert second == first


def test_without_a_judge_it_takes_one(tmp_path: Path) -> None:
    """Then no claim has a verdict, and nobody is named."""
    with summaries(stand_in := GeminiStandIn(), tmp_path, judge=False) as make:
        made = make()

    assert kinds(stand_in) == ["summary"]
    assert set(verdicts(made)) == {None}
    assert (made.provenance.judge, made.provenance.judge_prompt) == ("", "")


def test_another_model_may_judge(tmp_path: Path) -> None:
    """A second opinion comes from the model of that name, and is named."""
    with summaries(
        stand_in := GeminiStandIn(), tmp_path, judge_model="other-judge"
    ) as make:
        made = make()

    assert [call.model for call in stand_in.calls] == [
        "gemini-3.5-flash-lite",
        "other-judge",
    ]
    assert made.provenance.judge == "other-judge"


def test_what_the_judge_refutes_is_repaired_and_judged_again(tmp_path: Path) -> None:
    """Only the faulty claim goes back, with passages and not with the paper."""
    stand_in = GeminiStandIn(
        judge=lambda text: "contradicted" if WRONG in text else "supported"
    )
    with summaries(stand_in, tmp_path) as make:
        made = make()
    draft, _, repair, second = (call.body for call in stand_in.calls)

    assert kinds(stand_in) == ["summary", "judge", "repair", "judge"]
    assert set(verdicts(made)) == {"supported"}
    assert not any(WRONG in claim.text for claim in made.summary.claims)
    assert len(str(repair)) < len(str(draft))
    assert str(second).count("evidence [") == 1


@pytest.mark.parametrize("verdict", ["contradicted", "unsupported"])
def test_what_stays_refuted_is_never_unmarked(verdict: str, tmp_path: Path) -> None:
    """Contradicted claims are removed and counted, unsupported ones marked.

    A title has no place for a mark.
    """
    stand_in = GeminiStandIn(judge=lambda text: verdict)
    with summaries(stand_in, tmp_path) as make:
        made = make()
    summary, checks, removed = publishable_claims(made, "mark")
    total = len(made.checks)
    withdrawn = len(made.withdrawn)

    if verdict == "contradicted":
        assert summary.claims == ()
        assert removed == Removed(contradicted=total + withdrawn, title=1)
    else:
        assert len(checks) == total
        assert all(check.findings for check in checks)
        dropped = publishable_claims(made, "drop")[2]
        assert dropped == Removed(unsupported=total, title=1)
    assert summary.title == ""


# ---------------------------------------------------------------- when something fails


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("summary", []),
        ("judge", ["summary"]),
        ("repair", ["summary", "judge"]),
    ],
)
def test_a_spent_quota_lets_the_paper_wait(
    kind: str, before: list[str], tmp_path: Path
) -> None:
    """What was paid for is kept: the next run asks only what is left."""
    stand_in = GeminiStandIn(
        by_kind={kind: ("429-per-day",)},
        judge=lambda text: "contradicted" if WRONG in text else "supported",
    )
    with summaries(stand_in, tmp_path) as make:
        with pytest.raises(QuotaSpent):
            make()
        assert kinds(stand_in) == [*before, kind]
        made = make()

    assert set(verdicts(made)) <= {"supported"}
    rest = ["summary", "judge", "repair", "judge"][len(before) :]
    assert kinds(stand_in) == [*before, kind, *rest]


def test_a_quota_spent_before_the_second_verdict_waits_too(tmp_path: Path) -> None:
    """A mended claim is not published before it is judged."""
    stand_in = GeminiStandIn(
        by_kind={"judge": ("ok", "429-per-day")},
        judge=lambda text: "contradicted" if WRONG in text else "supported",
    )
    with summaries(stand_in, tmp_path) as make:
        with pytest.raises(QuotaSpent):
            make()
        made = make()

    assert kinds(stand_in) == ["summary", "judge", "repair", "judge", "judge"]
    assert set(verdicts(made)) == {"supported"}


BROKEN = ["not-json", "wrong-schema", "odd-verdicts", "empty", "safety", "500"]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_judge_without_verdicts_publishes_nothing(fault: str, tmp_path: Path) -> None:
    """The paper fails tonight; the draft is kept, and judged in the next run."""
    stand_in = GeminiStandIn(by_kind={"judge": (fault, fault)})
    with summaries(stand_in, tmp_path) as make:
        with pytest.raises(SummaryError):
            make()
        stand_in.by_kind.clear()
        made = make()

    assert kinds(stand_in).count("summary") == 1
    assert set(verdicts(made)) == {"supported"}


def test_a_broken_first_verdict_is_asked_for_again(tmp_path: Path) -> None:
    """One unusable reply costs one more call, no more."""
    stand_in = GeminiStandIn(by_kind={"judge": ("not-json",)})
    with summaries(stand_in, tmp_path) as make:
        made = make()

    assert kinds(stand_in) == ["summary", "judge", "judge"]
    assert made.provenance.calls == 3


def test_missing_verdicts_are_asked_for_once_more(tmp_path: Path) -> None:
    """The second call names only the claims that were left out."""
    stand_in = GeminiStandIn(by_kind={"judge": ("half-verdicts",)})
    with summaries(stand_in, tmp_path) as make:
        made = make()
    first, second = (str(c.body) for c in stand_in.calls if c.kind == "judge")

    assert kinds(stand_in) == ["summary", "judge", "judge"]
    assert set(verdicts(made)) == {"supported"}
    assert second.count("evidence [") < first.count("evidence [")


def test_what_stays_without_a_verdict_is_not_published(tmp_path: Path) -> None:
    """Unjudged is never supported: it is left out, and counted."""
    stand_in = GeminiStandIn(by_kind={"judge": ("half-verdicts",) * 2})
    with summaries(stand_in, tmp_path) as make:
        made = make()
    summary, checks, removed = publishable_claims(made, "mark")

    assert removed.unjudged == verdicts(made).count("unjudged") > 0
    assert {check.verdict for check in checks} == {"supported"}
    assert len(summary.claims) + removed.unjudged == len(made.checks)


@pytest.mark.parametrize("fault", ["not-json", "wrong-schema", "500", "empty"])
def test_a_repair_that_fails_leaves_the_marked_draft(
    fault: str, tmp_path: Path
) -> None:
    """The draft was paid for; what was found wrong in it stays found."""
    stand_in = GeminiStandIn(
        by_kind={"repair": (fault,)},
        judge=lambda text: "contradicted" if WRONG in text else "supported",
    )
    with summaries(stand_in, tmp_path) as make:
        made = make()

    assert verdicts(made).count("contradicted") == 1
    assert publishable_claims(made, "mark")[2] == Removed(contradicted=1)


@pytest.mark.parametrize("fault", ["not-json", "odd-verdicts", "500"])
def test_mended_claims_that_cannot_be_judged_are_not_used(
    fault: str, tmp_path: Path
) -> None:
    """Then the draft stands as it was judged."""
    stand_in = GeminiStandIn(
        by_kind={"judge": ("ok", fault, fault)},
        judge=lambda text: "contradicted" if WRONG in text else "supported",
    )
    with summaries(stand_in, tmp_path) as make:
        made = make()

    assert any(WRONG in claim.text for claim in made.summary.claims)
    assert publishable_claims(made, "mark")[2] == Removed(contradicted=1)


LIES = {"numbers": "number", "quotes": "quote", "names": "name"}


@pytest.mark.parametrize("mends", [True, False])
@pytest.mark.parametrize("lie", LIES)
def test_no_lie_in_words_goes_unseen(lie: str, mends: bool, tmp_path: Path) -> None:
    """After one repair it is gone, withdrawn, or found once more."""
    stand_in = GeminiStandIn(always=f"lie-{lie}", mends=mends)
    with summaries(stand_in, tmp_path) as make:
        made = make()
    faulty = [check for check in made.checks if check.findings]
    found = {finding.kind for check in faulty for finding in check.findings}

    assert kinds(stand_in)[:3] == ["summary", "judge", "repair"]
    assert not (mends and faulty)
    assert found <= {LIES[lie]}
    assert mends or len(faulty) + len(made.withdrawn) == 3


def test_a_claim_without_a_located_quote_is_not_judged(tmp_path: Path) -> None:
    """There is nothing to judge it by; it is marked."""
    stand_in = GeminiStandIn(always="lie-quotes")
    with summaries(stand_in, tmp_path, repair=False) as make:
        made = make()
    lost = [check for check in made.checks if not check.located]

    assert len(lost) == 3
    assert all(check.findings and check.verdict is None for check in lost)


HOSTILE = {
    "a lone surrogate": '{"title": "\ud800", "abstract": ',
    "an escaped one": r'{"title": "\ud800", "abstract": ',
    "depth": '{"a":' * 100_000,
    "brackets": "[" * 200_000,
    "a NUL": '{"title": "\x00"',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_reply_is_a_plain_failure(name: str, tmp_path: Path) -> None:
    """It costs its calls and this paper's night, never the run."""
    stand_in = GeminiStandIn(replies={PAPER.title: HOSTILE[name]})
    with (
        summaries(stand_in, tmp_path) as make,
        pytest.raises(SummaryError) as caught,
    ):
        make()

    assert caught.value.usage is not None
    assert caught.value.usage.calls in (1, 2)
    assert caught.value.usage.tokens_in > 0


@pytest.mark.parametrize("kind", ["summary", "judge"])
def test_a_body_nested_without_end_is_a_plain_failure(
    kind: str, tmp_path: Path
) -> None:
    """As any other answer that is no JSON."""
    with summaries(GeminiStandIn(by_kind={kind: ("deep-body",)}), tmp_path) as make:
        with pytest.raises(SummaryError, match="nested without end"):
            make()
        assert make().checks


def test_a_models_odd_name_is_made_plain(tmp_path: Path) -> None:
    """Surrogates and escapes reach neither store nor post."""
    with summaries(GeminiStandIn("odd-model"), tmp_path) as make:
        made = make()

    assert made.provenance.model == "gemini-3.5-flash-lite[31m"


# ---------------------------------------------------------------- a run that ends


class Dying:
    """A model whose process ends right after its n-th reply was kept."""

    def __init__(self, model: Any, lives: int) -> None:
        self.model, self.lives = model, lives

    def complete(self, request: ModelRequest) -> ModelReply:
        if not self.lives:
            raise KeyboardInterrupt
        self.lives -= 1
        return self.model.complete(request)  # type: ignore[no-any-return]


@pytest.mark.parametrize("lives", [1, 2, 3])
def test_a_run_that_ends_between_two_calls_pays_for_none_twice(
    lives: int, tmp_path: Path
) -> None:
    """The next run goes on where the last one ended."""
    stand_in = GeminiStandIn(
        judge=lambda text: "contradicted" if WRONG in text else "supported"
    )
    with summaries(stand_in, tmp_path) as make:
        with (
            Gemini(KEY, GeminiSettings(base_url=stand_in.base_url)) as gemini,
            pytest.raises(KeyboardInterrupt),
        ):
            make(MeteredModel(Dying(gemini, lives), concurrency=1))
        made = make()

    assert kinds(stand_in) == ["summary", "judge", "repair", "judge"]
    assert set(verdicts(made)) == {"supported"}
    assert {"abstract", "points"} <= {claim.field for claim in made.summary.claims}


# ---------------------------------------------------------------- at the same time


def test_two_that_ask_at_once_pay_once(tmp_path: Path) -> None:
    """The page and a night take up one paper in the same second, each with a store."""
    stand_in = GeminiStandIn(latency_s=0.3)
    with summaries(stand_in, tmp_path) as make, ThreadPoolExecutor(3) as pool:
        made = [job.result() for job in [pool.submit(make) for _ in range(3)]]
    alone = GeminiStandIn()
    with summaries(alone, tmp_path / "alone") as make:
        make()

    assert len(stand_in.calls) == len(alone.calls)
    assert all(each == made[0] for each in made)


ASKER = """
import sys, time
from pathlib import Path
from chatpaper.store import only_asker
with only_asker(Path(sys.argv[1]), "0badcafe00"):
    print("asks", flush=True)
    time.sleep(60)
"""


def test_a_killed_asker_holds_nobody(tmp_path: Path) -> None:
    """Who waits asks once the other is gone, or has asked for too long."""
    command = [sys.executable, "-c", ASKER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "asks\n"
        begun_s = time.monotonic()
        with only_asker(tmp_path, "0badcafe00", longest_s=0.3):
            assert 0.3 <= time.monotonic() - begun_s < 10
        with only_asker(tmp_path, "0badbeef00", longest_s=60):
            assert time.monotonic() - begun_s < 10, "another question waits for nobody"
        with only_asker(tmp_path, "0badcafe00", is_stopped=lambda: True):
            assert time.monotonic() - begun_s < 10, "a run that ends waits for nobody"
        other.kill()
        with only_asker(tmp_path, "0badcafe00", longest_s=60):
            assert time.monotonic() - begun_s < 20


def test_a_folder_without_locks_holds_nobody(tmp_path: Path) -> None:
    """A store that was deleted, or a file in the folder's place, makes nobody wait."""
    (tmp_path / "asking").touch()
    for folder in (tmp_path, tmp_path / "gone"):
        with only_asker(folder, "0badcafe00"):
            pass

    assert not (tmp_path / "gone").exists()
