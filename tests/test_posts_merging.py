"""A post changed by hand, merged with the post as it is rendered now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatpaper.posts import check_edited, read_edits, render_post
from chatpaper.records import Post
from rich_digests import (
    DAY,
    calm_gan,
    digest_of,
    failed,
    hostile,
    new_version,
    paper,
    pictures_of,
    plain_sentences,
)

_HEADING = r"(?m)^<a id=\S+</a>\n\n### .*\n"
NOTE = "MY OWN NOTE, with {% raw %} and <b>tags</b>"
EARLY = (calm_gan(), plain_sentences(), failed())
LATE = (*EARLY, hostile(), digest_of(paper(9, "Late"), []))
FILES = {
    f"{folder}/{name}" for folder in ("GAN", "GAN/GAN") for name in pictures_of(*LATE)
}


@cache
def early() -> Post:
    """The post of the first run."""
    return render_post("GAN", DAY, EARLY, left_out=[paper(8, "Too dear")])


@cache
def late() -> Post:
    """That of a later run: two more papers, a new version, nothing left out."""
    return render_post("GAN", DAY, LATE, updates=[new_version()])


@cache
def without(gone: frozenset[str]) -> Post:
    """The later run's post without some papers."""
    left = [digest for digest in LATE if digest.paper.id not in gone]
    return render_post("GAN", DAY, left)


def heading(number: int) -> str:
    """Anchor and heading of the n-th paper of the first run, with their line feeds."""
    found: list[str] = re.findall(_HEADING, early().markdown)
    return found[number]


def title(number: int) -> str:
    """The second of these lines."""
    return heading(number).split("\n\n")[1]


def merged(text: str, new: Post) -> str | None:
    """The text with what the new post has more than the first."""
    edits = read_edits(early().markdown, early(), text)
    return edits.merged_into(new) if edits else None


def faults(text: str, post: Post) -> list[str]:
    """What the gate refuses; what was changed by hand it only tells."""
    problems = check_edited(text, post.data, FILES)
    return [str(problem) for problem in problems if not problem.is_edit]


# --------------------------------------------------------------------------------------
# Changes that are kept.


def above_first(text: str) -> str:
    """A note between the day's heading and the first paper."""
    return text.replace("## 论文\n\n", f"## 论文\n\n{NOTE}\n\n", 1)


def between(text: str) -> str:
    """A note above the second paper's heading, without an empty line."""
    return text.replace(heading(1), f"{NOTE}\n{heading(1)}")


def within(text: str) -> str:
    """Words mended in an entry."""
    old = "We study how a generator and a critic settle."
    return text.replace(old, f"We study how they settle. {NOTE}", 1)


def at_the_end(text: str) -> str:
    """A note without a line feed behind it."""
    return f"{text}\n{NOTE}"


def in_front(text: str) -> str:
    """Tags, title, cover and a key of one's own."""
    text = text.replace("\ntags:\n- GAN\n", f"\nsticky: 1\ntags:\n- GAN\n- '{NOTE}'\n")
    text = text.replace("title: GAN · 2026-11-20 · 3 篇\n", "title: 生成模型\n")
    return re.sub("(?m)^cover: .*$", "cover: /img/mine.png", text)


def without_a_key(text: str) -> str:
    """A key of the front matter is taken out."""
    return re.sub("(?m)^keywords: .*\n", "", text) + NOTE


def own_section(text: str) -> str:
    """A heading of one's own, with code that looks like a post."""
    mine = f"## Mine\n\n```\n# {NOTE}\n---\n```\n\n"
    return text.replace(heading(2), f"{mine}{heading(2)}")


def in_the_notice(text: str) -> str:
    """The notice begins with words of one's own."""
    return text.replace("\n\n> ", f"\n\n> {NOTE}\n>\n> ", 1)


def own_title(text: str) -> str:
    """A paper's heading is another one."""
    return text.replace(title(1), f"### 镜头 {NOTE}\n")


def own_day(text: str) -> str:
    """The day's heading is another one."""
    return text.replace("## 论文\n", f"## {NOTE}\n")


def own_fold(text: str) -> str:
    """A fold and a picture of one's own."""
    mine = f"<details><summary>{NOTE}</summary>\n\n![](/mine.png)\n\n</details>\n\n"
    return text.replace(heading(0), f"{mine}{heading(0)}")


def all_at_once(text: str) -> str:
    """Six of these."""
    for change in (in_front, own_section, own_title, within, at_the_end, above_first):
        text = change(text)
    return text


KEPT = [
    above_first,
    between,
    within,
    at_the_end,
    in_front,
    without_a_key,
    own_section,
    in_the_notice,
    own_title,
    own_day,
    own_fold,
    all_at_once,
]


@pytest.mark.parametrize("change", KEPT, ids=lambda change: change.__name__)
def test_own_words_are_kept(change: Callable[[str], str]) -> None:
    """They are all there, all new entries are, and the gate has no fault."""
    text = change(early().markdown)
    assert text.count(NOTE) == (6 if change is all_at_once else 1)
    assert faults(text, early()) == []

    result = merged(text, late())

    assert result is not None
    assert result.count(NOTE) == text.count(NOTE)
    assert faults(result, late()) == []
    for head in re.findall(_HEADING, late().markdown):
        is_own = head == heading(1) and change in (own_title, all_at_once)
        assert result.count(head) == (0 if is_own else 1)
    assert "## 更新：已收录论文的新版本" in result
    assert "Too dear" not in result
    assert merged(text, early()) == text


def test_an_unchanged_post_is_the_new_one() -> None:
    """To the byte."""
    assert merged(early().markdown, late()) == late().markdown
    assert merged(early().markdown, early()) == early().markdown


def test_a_removed_entry_is_told() -> None:
    """By its paper; the new post is rendered without it."""
    text = early().markdown
    start, end = text.index(heading(1)), text.index(heading(2))
    edits = read_edits(text, early(), f"{text[:start]}{NOTE}\n\n{text[end:]}")

    assert edits is not None
    gone = early().digests[1].paper.id
    assert [(key.kind, key.name) for key in edits.removed] == [("entry", gone)]
    result = edits.merged_into(without(frozenset({gone})))
    assert result is not None
    assert heading(1) not in result
    assert result.count(NOTE) == 1


def test_a_removed_update_is_told() -> None:
    """By its paper, too: the part's heading stays or goes with it."""
    text = late().markdown
    start = text.index("## 更新")
    heading_only = text[:start] + "## 更新：已收录论文的新版本\n"

    for found in (text[:start], heading_only):
        edits = read_edits(text, late(), found)
        assert edits is not None
        gone = late().updates[0].paper.id
        assert [(key.kind, key.name) for key in edits.removed] == [("update", gone)]
        result = edits.merged_into(without(frozenset()))
        assert result is not None
        assert gone not in result


def test_entries_keep_an_order_of_one_s_own() -> None:
    """A moved entry is not a removed one."""
    text = early().markdown
    first, second, third = (text.index(heading(n)) for n in range(3))
    moved = text[:first] + text[second:third] + text[first:second] + text[third:]

    result = merged(moved, late())

    assert result is not None
    assert result.index(heading(1)) < result.index(heading(0))
    assert faults(result, late()) == []


# --------------------------------------------------------------------------------------
# Changes that cannot be merged.


def cut_short(text: str) -> str:
    """All entries but the first are gone, as after an accident."""
    return text[: text.index(heading(1))]


def without_front(text: str) -> str:
    """No front matter any more."""
    return text.partition("---\n\n")[2]


def twice(text: str) -> str:
    """An entry is copied."""
    return text + text[text.index(heading(2)) :]


def a_key_twice(text: str) -> str:
    """A key stands twice in the front matter."""
    return text.replace("\ntags:", "\ntitle: x\ntags:")


def emptied(_: str) -> str:
    """Words of one's own in place of everything."""
    return f"{NOTE}\n"


@pytest.mark.parametrize(
    "change",
    [cut_short, without_front, twice, a_key_twice, emptied],
    ids=lambda change: change.__name__,
)
def test_what_cannot_be_told_apart_is_not_merged(change: Callable[[str], str]) -> None:
    """Nothing is guessed at."""
    assert merged(change(early().markdown), late()) is None


def test_both_sides_change_a_line() -> None:
    """Whoever is right, it is not for a program to say; in the front matter it is."""
    old = "We study how a generator and a critic settle."
    text = early().markdown.replace(old, NOTE)
    papers = [
        replace(digest, paper=replace(digest.paper, abstract="We study how."))
        for digest in EARLY
    ]

    assert merged(text, render_post("GAN", DAY, papers)) is None
    described = re.sub("(?m)^description: .*$", f"description: {NOTE}", text)
    result = merged(described.replace(NOTE, "Mine.", 1).replace(NOTE, old), late())
    assert result is not None
    assert "\ndescription: Mine.\n" in result


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<details>\n", "folds"),
        ("![](GAN/no-such.png)\n", "images"),
    ],
)
def test_what_breaks_the_page_is_a_fault(text: str, rule: str) -> None:
    """Whoever wrote it."""
    (fault,) = faults(f"{early().markdown}\n{text}", early())

    assert f": {rule}: " in fault


def test_a_front_matter_that_does_not_parse_is_a_fault() -> None:
    """Hexo would make no page at all, of any post."""
    text = early().markdown.replace("title: GAN", "title: [GAN")

    (fault,) = faults(text, early())
    assert ": front matter: not YAML" in fault
    assert merged(text, late()) is not None  # and is refused after that


# --------------------------------------------------------------------------------------
# Any change at all.

_LINES = early().markdown.count("\n")


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    places=st.lists(st.integers(1, _LINES), max_size=4, unique=True),
    dropped=st.sets(st.integers(1, _LINES), max_size=3),
)
def test_no_word_is_lost(places: list[int], dropped: set[int]) -> None:
    """Notes anywhere, lines left out: all notes are kept, or nothing is merged."""
    lines = early().markdown.split("\n")
    notes = {place: f"note {nth} of mine" for nth, place in enumerate(places)}
    changed = []
    for number, line in enumerate(lines):
        changed += [notes[number]] if number in notes else []
        changed += [line] if number not in dropped else []
    text = "\n".join(changed)
    edits = read_edits(early().markdown, early(), text)
    if edits is None:
        return
    gone = frozenset(key.name for key in edits.removed)

    result = edits.merged_into(without(gone))

    if result is not None:
        assert all(result.split("\n").count(note) == 1 for note in notes.values())
        kept = [line for n, line in enumerate(lines) if line.startswith("### ")]
        for line in {*kept} & {*changed}:
            assert line in result.split("\n")
        assert "### Late" in result.split("\n")
    if not gone:
        assert edits.merged_into(early()) == text
