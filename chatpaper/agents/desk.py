"""What the tools do: each a method that gives a result, or an error in one line."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from chatpaper.agents.arguments import (
    ArxivId,
    ArxivIds,
    ClaimText,
    Format,
    ManyNew,
    ManyPosts,
    Offset,
    PostedSince,
    Query,
    Question,
    SubmittedSince,
    TopicName,
    TopicWords,
)
from chatpaper.agents.progress import watch
from chatpaper.agents.recent import Recent
from chatpaper.agents.results import (
    AnswerClaimOut,
    AnswerOut,
    Citations,
    NewPaperOut,
    NewPapers,
    PaperOut,
    PostsFound,
    SummaryOut,
    VerdictOut,
)
from chatpaper.agents.session import Session
from chatpaper.agents.shelf import Shelf
from chatpaper.agents.shown import (
    LANGUAGE,
    claim_out,
    cut,
    fitting,
    next_offset,
    paper_out,
    posted_out,
    quote_out,
    shown_id,
)
from chatpaper.api import answer_of, quotes_of, stated_claims
from chatpaper.citations import FORMATS
from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.pipeline import (
    Controls,
    Tools,
    answer_question,
    check_claim,
    document_of,
)
from chatpaper.posts import clean, keywords_of
from chatpaper.records import Document, Paper
from chatpaper.sources import Found, parse_id
from chatpaper.sources.arxiv import topic_named
from chatpaper.summary import read_claim, read_question
from chatpaper.text import parse_day

MAX_ABSTRACT_CHARS = 900
# What arXiv said is not asked again so soon, and so many papers are asked for at once.
FRESH_S = 600.0
MOST_NEW = 100
KEPT_PAPERS, KEPT_DOCUMENTS = 500, 6


class Desk:
    """One session: its tools are opened when they are first needed, its budget is one.

    Methods may be called by several threads.

    Attributes:
        stop: Once set, no PDF is read and no call is begun any more.
        shelf: The posted papers.
    """

    def __init__(
        self,
        config: Config,
        *,
        controls: Controls | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened yet.

        Args:
            config: Where the posts are, who is asked, and for how much.
            controls: Key, clock and stop.
            clock: Monotonic seconds.
        """
        self._config = config
        controls = controls or Controls()
        self._watch = partial(watch, stop=controls.stop)
        self._controls = replace(controls, watch=self._watch, is_awaited=True)
        self._clock = clock
        self.shelf = Shelf(config.output.dir)
        self._session = Session(config, self._controls, clock=clock)
        self._papers = Recent[Paper](KEPT_PAPERS)
        self._documents = Recent[Document](KEPT_DOCUMENTS)
        self._found = Recent[tuple[float, Found]](KEPT_DOCUMENTS)
        self._turns = Recent[threading.Lock](KEPT_PAPERS)
        self._asking = threading.Lock()

    @property
    def stop(self) -> threading.Event:
        """See the class."""
        return self._controls.stop

    def read_posts(self) -> None:
        """Read the posts, so that the first search need not."""
        self.shelf.topics()

    def close(self) -> None:
        """Give up what is under way, and close what was opened."""
        self._session.close()

    # ------------------------------------------------------------ what was posted

    def search_posts(
        self,
        query: Query,
        topic: TopicName = None,
        since: PostedSince = None,
        limit: ManyPosts = 10,
        offset: Offset = 0,
    ) -> PostsFound:
        """Find papers that were posted, by words of title, summary, abstract, authors.

        Free and immediate. The ids it gives are for get_summary, verify_claim,
        ask_paper and cite.
        """
        known = self.shelf.topics()
        if not known:
            # Whoever starts a server for a client seldom chooses its working directory.
            folder = self._config.output.dir.absolute()
            problem = "no posts there; name their folder with chatpaper mcp --output"
            raise ConfigError(str(folder), problem)
        if topic is not None and topic.casefold() not in map(str.casefold, known):
            listed = ", ".join(clean(name) for name in known[:20])
            problem = f"no post is on {cut(topic, 60)}; there are: {listed}"
            raise ConfigError("topic", problem)
        day = self._day(since) if since else None
        found = self.shelf.search(query, topic=topic, since=day)
        page = found[offset : offset + limit]
        pairs = [(posted, self.shelf.digest(posted)) for posted in page]
        return PostsFound(
            total=len(found),
            next_offset=next_offset(offset, len(page), len(found)),
            papers=[posted_out(posted, digest) for posted, digest in pairs if digest],
        )

    def get_summary(self, arxiv_id: ArxivId, offset: Offset = 0) -> SummaryOut:
        """Get the summary of a posted paper: every claim, its quotes, pages and marks.

        Free and immediate. A paper that was not posted has none. Claims are in the
        language of the posts, mostly Chinese; quotes in that of the paper.
        """
        posted = self.shelf.find(arxiv_id)
        digest = self.shelf.digest(posted) if posted else None
        if posted is None or digest is None:
            other = self.shelf.other_version(arxiv_id)
            told = (
                f"posted is version {other.version}"
                if other
                else "not posted; ask_paper and verify_claim take any paper of arXiv"
            )
            raise ConfigError(shown_id(arxiv_id), told)
        claims = [claim_out(each) for each in stated_claims(digest, language=LANGUAGE)]
        shown = fitting(claims[offset:])
        end = offset + len(shown)
        made, gone = digest.provenance, digest.removed
        return SummaryOut(
            paper=posted_out(posted, digest),
            total=len(claims),
            next_offset=end if end < len(claims) else None,
            keywords=keywords_of(digest),
            claims=shown,
            left_out=sum(
                (gone.contradicted, gone.unsupported, gone.unjudged, gone.form)
            ),
            made_by=f"{clean(made.model)}, {made.made_at:%Y-%m-%d}" if made else "",
            judged_by=clean(made.judge) if made else "",
            basis=made.basis if made else "",
            hidden_text=len(digest.hidden),
            failure=digest.failure.stage + " failed" if digest.failure else "",
        )

    def cite(self, arxiv_ids: ArxivIds, style: Format = "bibtex") -> Citations:
        """Get papers as BibTeX, RIS or CSL-JSON, from arXiv's own record.

        Free; posted papers at once, others in some seconds.
        """
        names = list(dict.fromkeys(name.strip() for name in arxiv_ids))
        papers: dict[str, Paper] = {}
        unknown = []
        wanted = {name: parse_id(name) for name in names}
        asked = [w.spelled for name, w in wanted.items() if w and not self._known(name)]
        if asked:
            with self._session.tools() as tools:
                for paper in tools.source.get(asked):
                    self._remember(paper)
        for name in names:
            found = self._known(name)
            if found is not None:
                papers[name] = found
            elif wanted[name]:
                unknown.append(f"{shown_id(name)}: arXiv knows no such paper")
            else:
                unknown.append(f"{shown_id(name)}: no arXiv id, and not posted")
        ordered = list(papers.values())
        text = FORMATS[style](ordered) if ordered else ""
        return Citations(format=style, text=text, unknown=unknown)

    # ------------------------------------------------------------ single papers

    def ask_paper(self, arxiv_id: ArxivId, question: Question) -> AnswerOut:
        """Ask one paper of arXiv: claims with quotes and pages, or that it is silent.

        Costs money: the model is sent the whole paper once, and a few passages one to
        three times more. Takes up to a minute, longer where the model is slow. The same
        question again is free.
        """
        question = read_question(question)
        with self._alone(arxiv_id, question), self._session.tools() as tools:
            paper, document = self._opened(arxiv_id, tools)
            found = answer_question(paper, document, question, self._config, tools)
        answer = answer_of(question, found, self._config)
        made, told = answer.digest.provenance, replace(answer, language=LANGUAGE)
        return AnswerOut(
            paper=self._described(answer.digest.paper),
            question=answer.question,
            outcome=answer.outcome,
            claims=[
                AnswerClaimOut(**dict(claim_out(each)), answers=each.answers)
                for each in told.claims
            ],
            beside=[claim_out(each) for each in told.beside],
            notices=list(answer.notices),
            judged_by=clean(made.judge) if made else "",
            cost_usd=made.cost_usd if made else None,
            session_usd=self._session.spent_usd,
        )

    def verify_claim(self, arxiv_id: ArxivId, claim: ClaimText) -> VerdictOut:
        """Check whether a paper of arXiv bears a claim out, with its words and pages.

        Costs money: the model is sent the whole paper once, and a few passages once
        more. Takes up to a minute, longer where the model is slow. The same claim again
        is free. Split a long statement into single claims.
        """
        claim = read_claim(claim)
        with self._alone(arxiv_id, claim), self._session.tools() as tools:
            paper, document = self._opened(arxiv_id, tools)
            found = check_claim(paper, document, claim, self._config, tools)
        made, findings = found.provenance, found.check.findings
        quotes = quotes_of(found.claim, found.check, found.paper)
        return VerdictOut(
            paper=self._described(found.paper),
            claim=found.claim.text,
            verdict=found.ruling,
            reason=clean(found.reason),
            quotes=[quote_out(each) for each in quotes],
            not_found=[clean(f.text) for f in findings if f.kind in ("number", "name")],
            judged_by=clean(made.judge) if made else "",
            cost_usd=made.cost_usd if made else 0.0,
            session_usd=self._session.spent_usd,
        )

    # ------------------------------------------------------------ what is new

    def new_papers(
        self,
        topic: TopicWords,
        since: SubmittedSince = None,
        limit: ManyNew = 10,
        offset: Offset = 0,
    ) -> NewPapers:
        """Ask arXiv for the newest papers of a topic, by default of the last days.

        Free, but takes seconds, and a minute where arXiv is busy. What it said is kept
        for ten minutes. Only the hundred newest are listed.
        """
        config = self._config
        wanted = config.narrowed(topic_named(config, topic))
        now = self._controls.now()
        lookback = now.date() - timedelta(days=config.arxiv.lookback_days)
        day = self._day(since) if since else lookback
        if day > now.date():
            raise ConfigError("since", f"{day} is yet to come")
        key = f"{wanted.name.casefold()} {wanted.queries} {day}"
        # One at a time: whoever asks for the same again finds the answer there.
        with self._asking:
            kept = self._found.get(key)
            if kept is None or self._clock() - kept[0] > FRESH_S:
                start = datetime.combine(day, datetime.min.time(), UTC)
                with self._session.tools() as tools:
                    found = tools.source.find(wanted, start, now, MOST_NEW)
                kept = self._clock(), found
                self._found.put(key, kept)
                for paper in found.papers:
                    self._remember(paper)
        found = kept[1]
        page = found.papers[offset : offset + limit]
        shown = fitting([self._new(paper) for paper in page])
        return NewPapers(
            topic=wanted.name,
            query=found.query,
            since=day.isoformat(),
            matching=found.total,
            total=len(found.papers),
            next_offset=next_offset(offset, len(shown), len(found.papers)),
            papers=shown,
        )

    def _new(self, paper: Paper) -> NewPaperOut:
        described = self._described(paper)
        return NewPaperOut(
            **described.model_dump(),
            published=f"{paper.published:%Y-%m-%d}" if paper.published else "",
            categories=list(paper.categories[:6]),
            abstract=cut(paper.abstract, MAX_ABSTRACT_CHARS),
            posted=self.shelf.find(paper.id) is not None,
        )

    def _day(self, text: str) -> date:
        today = self._controls.now().astimezone(self._config.output.tz).date()
        try:
            return parse_day(text, today=today, last=False)
        except ValueError as error:
            raise ConfigError("since", str(error)) from error

    # ------------------------------------------------------------ papers by their ids

    def _described(self, paper: Paper) -> PaperOut:
        """A paper, with what its post knows: that it was withdrawn since."""
        posted = self.shelf.find(paper.id)
        return paper_out(paper, self.shelf.digest(posted) if posted else None)

    def _alone(self, name: str, text: str) -> threading.Lock:
        """Held while something is asked: who asks it again waits for the first reply.

        Clients ask again what took them too long, and the first call goes on.
        """
        return self._turns.get_or_make(f"{name.strip()} {text}", threading.Lock)

    def _known(self, name: str) -> Paper | None:
        """A paper that needs no request."""
        wanted = parse_id(name)
        paper = self._papers.get(wanted.spelled) if wanted else None
        return paper or self.shelf.paper(name)

    def _remember(self, paper: Paper) -> None:
        self._papers.put(paper.id, paper)
        self._papers.put(paper.versioned_id, paper)

    def _opened(self, name: str, tools: Tools) -> tuple[Paper, Document]:
        """A paper and its PDF as read, by its id and by nothing else.

        No file is opened that a client names.
        """
        paper = self._known(name)
        wanted = parse_id(name)
        if paper is None and wanted is None:
            problem = "no arXiv id like 2401.11831 or 2401.11831v2, and not posted"
            raise ConfigError(shown_id(name), problem)
        if paper is None and wanted is not None:
            for found in tools.source.get([wanted.spelled]):
                self._remember(found)
            paper = self._papers.get(wanted.spelled)
        if paper is None:
            raise ConfigError(shown_id(name), "arXiv knows no such paper")
        if paper.pdf_url is None:
            problem = "came from a folder: only papers of arXiv can be asked"
            raise ConfigError(shown_id(name), problem)
        document = self._documents.get(paper.versioned_id)
        if document is None:
            self._watch(paper.versioned_id, "download")
            pdf = tools.source.pdf(paper)
            document = document_of(paper, pdf, self._config, tools)
            self._documents.put(paper.versioned_id, document)
        return paper, document
