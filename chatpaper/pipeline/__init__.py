"""From a topic to its post: `run` reads down, and names the modules of the stages.

`run` itself is imported from its module: `from chatpaper.pipeline.run import run`.
"""

from chatpaper.pipeline.answering import AnswerFound, answer_question, document_of
from chatpaper.pipeline.asking import (
    choose_judge,
    choose_provider,
    has_one_key,
    open_judge,
    open_writer,
    prices_of,
)
from chatpaper.pipeline.assembly import (
    Tools,
    checked_by,
    local_readers,
    open_papers,
    open_readers,
    open_tools,
)
from chatpaper.pipeline.backfill import (
    Plan,
    Posts,
    Progress,
    affordable,
    months_between,
    plan_backfill,
    run_backfill,
)
from chatpaper.pipeline.collection import (
    collect,
)
from chatpaper.pipeline.controls import Activity, Controls, ends_with
from chatpaper.pipeline.day_twins import (
    check_period_post,
)
from chatpaper.pipeline.digest import (
    digest_paper,
    failed_result,
    fetch_paper,
    with_printed_facts,
)
from chatpaper.pipeline.drafts import SummaryWriter, draft_request, reply_key
from chatpaper.pipeline.judging import (
    HONEST,
    judge_cases,
    measure_judge,
)
from chatpaper.pipeline.outcomes import (
    DigestResult,
    why_no_summary,
)
from chatpaper.pipeline.period_posts import (
    PeriodReport,
    review_periods,
)
from chatpaper.pipeline.publish import (
    render_day,
)
from chatpaper.pipeline.publishable import publishable_claims
from chatpaper.pipeline.rebuild import (
    Rebuilt,
    rebuild_posts,
)
from chatpaper.pipeline.recheck import (
    Recheck,
    recheck_post,
)
from chatpaper.pipeline.recorded_night import (
    Asked,
    as_options,
)
from chatpaper.pipeline.recording import (
    record_night,
    replay_night,
)
from chatpaper.pipeline.redo import (
    Redone,
    redo_papers,
)
from chatpaper.pipeline.relevance import (
    ranking_of,
)
from chatpaper.pipeline.retry import (
    retry_papers,
    retry_unpublished,
)
from chatpaper.pipeline.ruling import ClaimVerdict, check_claim
from chatpaper.pipeline.run import (
    exit_code,
)
from chatpaper.pipeline.select import (
    select_papers,
    window,
)
from chatpaper.pipeline.summaries import (
    JudgedSummary,
    write_summary,
)

__all__ = [
    "HONEST",
    "Activity",
    "AnswerFound",
    "Asked",
    "ClaimVerdict",
    "Controls",
    "DigestResult",
    "JudgedSummary",
    "PeriodReport",
    "Plan",
    "Posts",
    "Progress",
    "Rebuilt",
    "Recheck",
    "Redone",
    "SummaryWriter",
    "Tools",
    "affordable",
    "answer_question",
    "as_options",
    "check_claim",
    "check_period_post",
    "checked_by",
    "choose_judge",
    "choose_provider",
    "collect",
    "digest_paper",
    "document_of",
    "draft_request",
    "ends_with",
    "exit_code",
    "failed_result",
    "fetch_paper",
    "has_one_key",
    "judge_cases",
    "local_readers",
    "measure_judge",
    "months_between",
    "open_judge",
    "open_papers",
    "open_readers",
    "open_tools",
    "open_writer",
    "plan_backfill",
    "prices_of",
    "publishable_claims",
    "ranking_of",
    "rebuild_posts",
    "recheck_post",
    "record_night",
    "redo_papers",
    "render_day",
    "replay_night",
    "reply_key",
    "retry_papers",
    "retry_unpublished",
    "review_periods",
    "run_backfill",
    "select_papers",
    "why_no_summary",
    "window",
    "with_printed_facts",
    "write_summary",
]
