"""Whatever arXiv, a PDF and a model say, the post stays whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatpaper.posts import (
    ANCHOR,
    anchor_of,
    check_markdown,
    clean,
    escape,
    link,
    read_post_data,
    render_post,
    tip,
)
from chatpaper.records import (
    FIELDS,
    MAX_QUOTES,
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
    Post,
    Provenance,
    Removed,
    Summary,
    Update,
    Verdict,
)
from chatpaper.text import file_stem
from rich_digests import DAY

# fmt: off
_HOSTILE = st.sampled_from((
    "{{", "}}", "{%", "%}", "{#", "<script>", "</details>", "<!--", "-->", "$", "$$",
    "\\", "\\(", "`", "```", "~~~", "#", "##", "- ", "1. ", "*", "**", "_", "__", "[",
    "](", "](javascript:alert(1))", "!", "|", ">", "---", "...", "&lt;", "&#123;", "=",
    "\n", "\n\n", "    ", "\t", "\u202e", "\ufffc", "\ufeff", "\x00", "\ud800", "+",
    "https://a.example/b_c", "http://", "www.a.org", "a@b.org", "$x_{t}$", r"\ref{a}",
    r"$\mathcal{L}_{a}+\mathcal{L}_{b}$", r"$\href{javascript:1}{x}$", "$a<b$",
    r"$\frac{{a}}b$", r"$\mmlToken{mi}[href='javascript:1']{x}$", r"2$\times$3",
    "$ a^2 $", r"\\[9em]", r"\begin{matrix}", r"\end{matrix}",
    "$5", "97.2%", "生成器", "。", "：", "「", "'", '"', "x", "1.", "%",
))
# fmt: on
_ANY = st.lists(st.one_of(_HOSTILE, st.text(max_size=6)), max_size=8).map("".join)
_WHEN = st.datetimes(
    min_value=datetime(1991, 8, 14),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_URL = st.one_of(st.none(), _ANY, _ANY.map("https://arxiv.org/pdf/{}".format))
_BOX = (0.0, 0.0, 1.0, 1.0)


def _paper(paper_id: str) -> st.SearchStrategy[Paper]:
    return st.builds(
        Paper,
        id=st.just(paper_id),
        version=st.integers(1, 12),
        title=_ANY,
        authors=st.lists(_ANY, max_size=3).map(tuple),
        abstract=_ANY,
        comment=st.none() | _ANY,
        journal_ref=st.none() | _ANY,
        doi=st.none() | _ANY,
        primary_category=_ANY,
        published=st.none() | _WHEN,
        updated=st.none() | _WHEN,
        abs_url=_URL,
        pdf_url=_URL,
        source=st.sampled_from(("arxiv", "folder", "samples")),
    )


_PLACE = st.builds(
    Place,
    page=st.integers(1, 2000),
    box=st.just(_BOX),
    section=_ANY,
    sentence=_ANY,
    score=st.just(90.0),
)
_FINDING = st.builds(
    Finding,
    kind=st.sampled_from(get_args(FindingKind)),
    text=_ANY,
    reason=_ANY,
)
# Quotes as long as a model may give them: they are cut in odd places.
_QUOTE = _ANY | st.tuples(st.integers(1, 60), _ANY).map(lambda n: f"{n[1]} " * n[0])
_CLAIM = st.tuples(
    st.builds(
        Claim,
        field=st.sampled_from(FIELDS),
        text=_ANY,
        evidence=st.lists(_QUOTE, max_size=MAX_QUOTES).map(tuple),
    ),
    st.builds(
        Check,
        places=st.lists(st.none() | _PLACE, max_size=MAX_QUOTES).map(tuple),
        findings=st.lists(_FINDING, max_size=2).map(tuple),
        verdict=st.none() | st.sampled_from(get_args(Verdict)),
    ),
)


def _digest(paper_id: str) -> st.SearchStrategy[Digest]:
    return st.tuples(
        _paper(paper_id),
        st.none() | st.lists(_CLAIM, max_size=6),
        _ANY,
        st.lists(_ANY, max_size=3),
        st.sampled_from(("gemini", "extractive")),
        st.none() | st.sampled_from(("download", "read", "summarize", "verify")),
        st.lists(_ANY, max_size=2),
        st.lists(st.sampled_from(FIELDS), max_size=3, unique=True).map(tuple),
        _ANY,
    ).map(_assembled)


def _assembled(parts: tuple) -> Digest:  # type: ignore[type-arg]
    paper, claims, title, words, provider, stage, lines, missing, judge = parts
    summary, checks, made = None, (), None
    if claims is not None:
        summary = Summary(
            title=title,
            keywords=tuple(words),
            claims=tuple(c for c, _ in claims),
            missing=missing,
        )
        checks = tuple(check for _, check in claims)
        made = Provenance(
            provider=provider,
            model=title,
            made_at=datetime(2026, 1, 2, tzinfo=UTC),
            judge=judge,
        )
    return Digest(
        paper=paper,
        summary=summary,
        checks=checks,
        provenance=made,
        removed=Removed(contradicted=len(words), unsupported=len(missing)),
        affiliation=Fact(text=lines[0], quote=lines[0], page=1) if lines else None,
        code_url=Fact(text=words[0], quote=words[0], page=None) if words else None,
        hidden=tuple(
            HiddenText(reason="white", text=line, page=n + 1, box=_BOX)
            for n, line in enumerate(lines)
        ),
        pictures=tuple(
            Picture(
                file=f"{paper.id}-{n}.png",
                kind="figure",
                label=line,
                caption=title,
                page=n + 1,
                width_px=n,
                height_px=1,
            )
            for n, line in enumerate(lines)
        ),
        failure=stage and Failure(id=paper.versioned_id, stage=stage, reason=title),
    )


_POST = st.builds(
    lambda topic, digests, update, left, language: render_post(
        topic,
        DAY,
        digests,
        updates=[
            Update(paper=update[0], previous=update[1], posted_on=date(2026, 1, 2))
        ],
        left_out=left,
        language=language,
    ),
    topic=_ANY,
    digests=st.tuples(_digest("2601.00001"), _digest("2601.00002")),
    update=st.tuples(_paper("2601.00003"), _paper("2601.00003")),
    left=st.tuples(_paper("2601.00004")),
    language=st.sampled_from(("zh", "en", "xx")),
)
_MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def _pictures(post: Post) -> set[str]:
    names = {picture.file for digest in post.digests for picture in digest.pictures}
    return {
        f"{folder}/{name}"
        for folder in (post.stem, f"{post.stem}/{post.stem}")
        for name in names
    }


@_MANY
@given(post=_POST)
def test_any_post_passes_the_gate(post: Post) -> None:
    """No title, abstract, address, claim or topic can make a post that is refused."""
    problems = check_markdown(post.markdown, post.data, _pictures(post))

    assert not problems


@_MANY
@given(post=_POST)
def test_a_post_survives_the_disk(post: Post) -> None:
    """UTF-8 takes it, its front matter is YAML, and its twin reads back as it was."""
    post.markdown.encode()
    matter = post.markdown.removeprefix("---\n").partition("\n---\n")[0]

    assert yaml.safe_load(matter)["date"].date() == DAY
    assert read_post_data(post.data) == replace(post, markdown="")


@settings(max_examples=200)
@given(text=_ANY, links=st.booleans())
def test_escaped_text_reads_as_it_was(text: str, links: bool) -> None:
    """A CommonMark parser shows the very characters, and sees no markup in them."""
    parser = MarkdownIt("commonmark")
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    markdown = escape(text, links=links)
    tokens = parser.parse(markdown)

    assert [token.type for token in tokens] in (
        [],
        ["paragraph_open", "inline", "paragraph_close"],
    )
    children = [child for token in tokens for child in token.children or ()]
    assert "".join(c.content for c in children if c.type == "text") == clean(text)
    assert {c.content for c in children if c.type == "html_inline"} <= {
        "<span>",
        "</span>",
        "<!-- -->",
    }
    kinds = {c.type for c in children} - {"text", "html_inline"}
    assert kinds <= ({"link_open", "link_close"} if links else set())


_ACTIVE = re.compile(r"[<>{}\\`$\"]|&#?\w+;")


@settings(max_examples=300)
@given(quote=_QUOTE, before=_ANY, after=_ANY)
def test_title_of_a_link_stays_its_title(quote: str, before: str, after: str) -> None:
    """Nothing of it is active, and it neither ends early nor swallows what follows."""
    made = link("p.4", "https://arxiv.org/pdf/2601.00001v1#page=4", title=quote)
    line = f"x {escape(before)} {made} {escape(after)} {made} **x**"
    (inline,) = MarkdownIt("commonmark").parseInline(line)
    links = [c for c in inline.children or () if c.type == "link_open"]

    assert [link.attrGet("title") or "" for link in links] == [tip(quote)] * 2
    assert not _ACTIVE.search(tip(quote))
    assert tip(tip(quote)) == tip(quote)
    assert "{{" not in made
    assert "{%" not in made
    assert not re.search(r"(?<!\\)\$|<", made)


@settings(max_examples=150)
@given(ids=st.sets(_ANY | st.from_regex(ANCHOR, fullmatch=True), max_size=6))
def test_any_paper_has_anchors_of_its_own(ids: set[str]) -> None:
    """Of a few plain characters, whatever a folder's files are named."""
    anchors = [anchor_of(paper_id, "points", 2) for paper_id in ids]

    assert len(set(anchors)) == len(ids)
    assert all(ANCHOR.fullmatch(anchor) for anchor in anchors)


@settings(max_examples=150)
@given(text=_ANY)
def test_printed_text_is_printed_alike_again(text: str) -> None:
    """Cleaning is done once and for all."""
    assert clean(clean(text)) == clean(text)
    assert "{{" not in escape(text)
    assert "{%" not in escape(text)


@settings(max_examples=150)
@given(topic=_ANY)
def test_any_topic_has_a_file_name(topic: str) -> None:
    """Of letters, digits and a few marks, short, never hidden, never a way up."""
    stem = file_stem(topic, "topic")

    assert re.fullmatch(r"[^\W_][\w.+-]*", stem)
    assert ".." not in stem
    assert len(stem.encode()) <= 100
    assert file_stem(topic, "topic") == stem
