"""What became of an entry since it was posted: it was corrected, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from chatpaper.posts.claims import printed_claim, shown_claims
from chatpaper.posts.colophon import made_words
from chatpaper.posts.markdown import clean
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest
from chatpaper.text import says_withdrawn


def withdrawal_words(digest: Digest, say: Phrases) -> str:
    """That the paper was withdrawn, before or after its post; empty if it was not."""
    paper = digest.paper
    if says_withdrawn(paper.comment or "", paper.abstract):
        return say.withdrawn
    if digest.withdrawn_on is None:
        return ""
    return say.withdrawn_later.format(day=digest.withdrawn_on.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A summary that took the place of another.

    Attributes:
        on: The day.
        before, after: The entry with each of the two.
    """

    on: date
    before: Digest
    after: Digest

    def words(self, say: Phrases) -> str:
        """Day, models, and how many claims went and came."""
        made, now = self.before.provenance, self.after.provenance
        return say.corrected.format(
            day=self.on.isoformat(),
            now=clean(now.model) if now else say.none,
            made=made_words(made, say) if made else say.none,
            gone=len(_claims(self.before) - _claims(self.after)),
            new=len(_claims(self.after) - _claims(self.before)),
        )

    def claims(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The claims that went, and those that came, as they are printed."""
        old, new = (
            dict.fromkeys(printed_claim(shown.claim) for shown in shown_claims(digest))
            for digest in (self.before, self.after)
        )
        gone = (claim for claim in old if claim not in new)
        return tuple(gone), tuple(claim for claim in new if claim not in old)


def _claims(digest: Digest) -> set[str]:
    return {claim.text for claim in digest.summary.claims} if digest.summary else set()


def corrections_of(digest: Digest) -> Iterator[Corrected]:
    """How an entry was corrected, the last time first."""
    if digest.summary is None:
        return
    after = replace(digest, corrections=())
    for last in reversed(digest.corrections):
        before = replace(
            after,
            summary=last.summary,
            checks=last.checks,
            provenance=last.provenance,
        )
        yield Corrected(on=last.on, before=before, after=after)
        after = before


def correction_words(digest: Digest, say: Phrases) -> str:
    """What became of the summary that stood here before; empty where none did."""
    last = next(corrections_of(digest), None)
    return last.words(say) if last else ""
