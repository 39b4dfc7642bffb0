"""Records and replies by the thousand that try to become markup, links and scripts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from chatpaper.records import (
    Check,
    Claim,
    Digest,
    Fact,
    Failure,
    Finding,
    FindingKind,
    HiddenText,
    Paper,
    Picture,
    Place,
    Provenance,
    Summary,
    Topic,
)
from chatpaper.sources.folder import FolderSource
from chatpaper.summary import parse_reply
from chatpaper.text import short_hash

NOW = datetime(2026, 11, 20, tzinfo=UTC)
_JS = "javascript:alert(document.domain)"
# fmt: off
_TOKENS = [
    *"\\`*_{}[]<>()#+-.!|~$&'\":;@^=/%,? 1ab中“”，。", "{{", "{%", "{#", "}}", "%}",
    "<!--", "-->", "<b>", "</div>", "<br>:", "$x_1$", "$a*b*c$", "$a<b$", "$f[x](y)$",
    "$5", "\\(", "\\begin{x}", "&lt;", "&#123;", ":a:", "https://evil.invalid/c_d",
    "www.evil.invalid", "a@evil.invalid", "[^1]", "--", "---", "...", "**", "__", "~~",
    "```", "1. ", "- ", "\n", "    ", "| a | b |", "<!--swig\ufffc0-->", "<details>",
    "</details>", "\\\\", "| --", "\u202e", "\x1b[31m", "](", f"]({_JS})",
    f"[x]({_JS})", f"[x]: {_JS}", f"![x]({_JS})", "[x][y]", "\\]", "\\[",
]
_WHOLE = [
    f"[Read]({_JS})", f"\\[Read\\]({_JS})", f"\\\\[Read\\\\]({_JS})", f"<{_JS}>",
    "![x](https://evil.invalid/t.png)", f"[![x](data:image/svg+xml,x)]({_JS})",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](file:///etc/passwd)",
    "[x](vbscript:msgbox)", "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<iframe src=//evil.invalid>", "<form action=//evil.invalid><input>",
    "<style>*{display:none}</style>", "<a id=nav class=go-up onclick=alert(1)>x</a>",
    "<https://evil.invalid/a>", "https://evil.invalid/](javascript:alert(1))",
    "https://xn--X/", "https://arxiv.org:99999/", "https://arxiv.org@evil.invalid/",
    "https://1.2.3.999/", "https://0x1g/", "https://a..b/", "https://[::1]/",
    "http://\\e", "{{ config }}", "{\\{ config }}", "{&#123; config }}",
    "{% raw %}x{% endraw %}", "{% iframe https://evil.invalid %}", "{# x #}",
    "<!-- more -->", "</script>", "<!--swig\ufffc0-->",
    "<hexoPostRenderCodeBlock>x</hexoPostRenderCodeBlock>", "```js\nx\n```",
    "~~~\nx\n~~~", f"[a]({_JS} \"x\")", "x<br>: y", "# x", "> x",
    f"[x][y]\n\n[y]: {_JS}", "<details><summary>x</summary>", "' onload='alert(1)",
    "\" onmouseover=\"alert(1)", "`x` onfocus=alert(1) autofocus",
    "ftp://evil.invalid/x", "mailto:a@evil.invalid", "![x](//evil.invalid/t.png)",
    "<base href=//evil.invalid>",
    "<meta http-equiv=refresh content=0;url=//evil.invalid>",
    "\x1b]8;;https://evil.invalid\x07", "<object data=x>",
    "<math><mi xlink:href=javascript:alert(1)>", "=\x00=", "\U000e0041",
]
_DOIS = [
    "10.1000/x", f"10.1000/x \\[Read\\]({_JS})", f"10.1000/[Read]({_JS})",
    "10.1000/<b>", f"10.1000/x]({_JS})", "10.1890/0012-9658(2006)87[1:X]2.0.CO;2",
    "10.1000/x\"onclick=", f"https://doi.org/10.1000/x#[r]({_JS})", "10.1000/{{x}}",
    f"[x]({_JS})", "10.1000/../..",
    "10.1002/(SICI)1097-0258(1998)17:15<1661::AID-SIM968>3.0.CO;2-2", "10.1000/\\[x\\]",
]
# fmt: on
_FIELDS = {
    "points": 4,
    "background": 1,
    "prior_work": 1,
    "approach": 2,
    "method": 3,
    "results": 2,
    "significance": 1,
    "limitations": 1,
}


class Hostile:
    """One source of hostile texts, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def text(self) -> str:
        """Some of the tokens, or a whole attack between words."""
        rng = self._rng
        if rng.random() < 0.5:
            return "".join(rng.choice(_TOKENS) for _ in range(rng.randint(1, 14)))
        before, after = (
            rng.choice(["", "We see ", "$", "a", "\\"]),
            rng.choice(["", " x"]),
        )
        return f"{before}{rng.choice(_WHOLE)}{after}"

    def papers(self, count: int, folder: Path) -> Iterator[Paper]:
        """Papers of a metadata file; half of them with fields that nobody checked."""
        (folder / "a.pdf").write_bytes(b"%PDF-1.4")
        lines = (json.dumps(self._line(number)) for number in range(count))
        (folder / "metadata.jsonl").write_text("\n".join(lines), "utf-8")
        every = Topic(name="every", queries=())
        day = timedelta(days=1)
        found = FolderSource(folder).find(every, NOW - day, NOW + day, count)
        for number, paper in enumerate(found.papers):
            yield self._unchecked(paper) if number % 2 else paper

    def _line(self, number: int) -> dict[str, object]:
        rng, base = self._rng, f"2611.{number:05d}"
        return {
            "id": base if rng.random() < 0.7 else f"{number} {self.text()}",
            "title": f"{self.text()} {number}",
            "authors": [self.text() for _ in range(rng.randint(0, 3))],
            "abstract": " ".join(self.text() for _ in range(rng.randint(0, 3))),
            "comment": self.text(),
            "journal_ref": self.text(),
            "doi": self.doi(),
            "primary": rng.choice(["cs.CV", self.text()]),
            "categories": ["cs.LG", self.text()],
            "published": NOW.isoformat(),
            "pdf": "a.pdf",
        }

    def doi(self) -> str:
        """A DOI, or what says it is one."""
        return self._rng.choice([*_DOIS, self.text(), f"10.1000/{self.text()}"])

    def _unchecked(self, paper: Paper) -> Paper:
        rng = self._rng
        address = [self.text(), f"https://arxiv.org/pdf/{self.text()}", paper.pdf_url]
        return replace(
            paper,
            title=self.text(),
            doi=self.doi(),
            primary_category=self.text(),
            abs_url=rng.choice([*address, "https://arxiv.org/abs/2611.00001v1"]),
            pdf_url=rng.choice(address),
            source=rng.choice(["arxiv", "folder"]),
        )

    def digest(self, paper: Paper) -> Digest:
        """A paper with a hostile reply, and what was found out about it."""
        rng = self._rng
        if rng.random() < 0.1:
            stage = Failure(id=paper.versioned_id, stage="read", reason=self.text())
            return Digest(paper=paper, failure=stage)
        summary = parse_reply(self._reply()).summary
        return Digest(
            paper=paper,
            summary=summary,
            checks=tuple(self._check(claim) for claim in summary.claims),
            provenance=Provenance(
                provider="gemini", model=self.text(), made_at=NOW, judge=self.text()
            ),
            page_count=9,
            affiliation=Fact(text=self.text(), quote=self.text(), page=1),
            code_url=Fact(text=self._code(), quote=self.text(), page=1),
            pictures=self._pictures(paper, summary),
            hidden=(
                HiddenText(reason="white", text=self.text(), page=5, box=(0, 0, 1, 1)),
            ),
        )

    def _reply(self) -> str:
        reply: dict[str, object] = {
            name: [self._claim() for _ in range(self._rng.randint(0, most))]
            for name, most in _FIELDS.items()
        }
        reply["title"], reply["abstract"] = self.text(), self._claim()
        reply["keywords"] = [self.text() for _ in range(3)]
        return json.dumps(reply, ensure_ascii=self._rng.random() < 0.5)

    def _claim(self) -> dict[str, object]:
        quotes = [self.text() for _ in range(self._rng.randint(1, 3))]
        return {"evidence": quotes, "text": self.text()}

    def _check(self, claim: Claim) -> Check:
        rng = self._rng
        kinds = [
            kind
            for kind in get_args(FindingKind)
            if kind not in ("form", "contradicted")
        ]
        finding = Finding(kind=rng.choice(kinds), text=self.text(), reason=self.text())
        return Check(
            places=tuple(self._place(quote) for quote in claim.evidence),
            findings=(finding,) if rng.random() < 0.3 else (),
            verdict=rng.choice([None, "supported", "unsupported"]),
        )

    def _place(self, quote: str) -> Place | None:
        if self._rng.random() < 0.2:
            return None
        page = self._rng.randint(1, 9)
        return Place(
            page=page, box=None, section=self.text(), sentence=quote, score=100.0
        )

    def _code(self) -> str:
        good = "https://github.com/a/b"
        return self._rng.choice([good, f"{good}{self.text()}", self.text()])

    def _pictures(self, paper: Paper, summary: Summary) -> tuple[Picture, ...]:
        if self._rng.random() < 0.9:
            return ()
        return (
            Picture(
                file=f"{short_hash(paper.title)}.png",
                kind="figure",
                label=self._rng.choice(["Figure 1", f"Figure 1 {self.text()}"]),
                caption=self.text() + summary.title,
                page=2,
                width_px=9,
                height_px=4,
            ),
        )
