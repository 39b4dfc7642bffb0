"""What somebody changed in a post by hand, carried over into the post written anew.

A post falls into sections: the keys of its front matter, the notice, its parts, and an
entry for each paper and each new version. Which text belongs to which is known of what
we wrote ourselves, and found again in what stands now by headings and by lines that
occur once. Every section is then merged by itself, so that entries may come and go
between those that somebody has touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from chatpaper.posts.naming import address_beside, anchor_line
from chatpaper.records import Post

Lines = list[str]
_FENCE = "---"
_NUMBER = re.compile(r"^\d+\. ")
_HEADS = ("#", '<a id="')
_MIN_TELLING_CHARS = 20  # a shorter line may well stand in another entry, too


class Key(NamedTuple):
    """Names a section: its kind, and the paper or the key of the front matter."""

    kind: Literal["front", "notice", "part", "entry", "update", "line"]
    name: str = ""


Sections = dict[Key, Lines]  # in the order of the file
Layout = Iterable[tuple[Key, str]]  # sections below the notice, how each begins


@dataclass(frozen=True, slots=True)
class Edits:
    """A post as somebody left it, beside what we had written.

    Attributes:
        written: What we had written, by section.
        found: What stands now, likewise; new text is part of the section before it.
        removed: Entries and updates that were taken out, and lines of papers that
            another post has in full.
    """

    written: Sections
    found: Sections
    removed: frozenset[Key]

    def merged_into(self, new: Post) -> str | None:
        """A new post with the changes in it; None where both changed the same lines.

        Args:
            new: As rendered, without the papers in `removed`.
        """
        return self.merged_into_text(new.markdown, layout_of(new.markdown, new))

    def merged_into_text(self, markdown: str, layout: Layout) -> str | None:
        """The same of any text of ours whose sections are known."""
        ours = sections_of(markdown, layout)
        if ours is None:
            return None
        kept: Sections = {}
        for key, lines in self.found.items():
            merged = _merged(key, self.written[key], lines, ours.get(key))
            if merged is None:
                return None
            if key in ours:
                kept[key] = merged
            elif kept:  # its section is gone, what was added to it is not
                kept[next(reversed(kept))] += merged
        order = list(kept)
        for before, key in _with_predecessors(ours):
            if key not in self.written:
                known = next((k for k in before if k in kept), order[0])
                order.insert(_behind_comment(order, kept, order.index(known)) + 1, key)
                kept[key] = ours[key]
        return self._joined(kept, order)

    def _joined(self, kept: Sections, order: Sequence[Key]) -> str:
        follows = dict(zip(self.found, [*self.found][1:], strict=False))
        text: Lines = []
        for key, after in zip(order, [*order[1:], None], strict=True):
            lines = kept[key]
            text += lines
            # Hexo and CommonMark end a block of HTML only at an empty line.
            if lines[-1:] != [""] and key.kind != "front" and after != follows.get(key):
                text.append("")
        return "\n".join(text)


def read_edits(written: str, post: Post, found: str) -> Edits | None:
    """What somebody changed in a day's post: see `read_edits_in`."""
    edits = read_edits_in(written, layout_of(written, post), found)
    if edits is None:
        return None
    lines = {
        Key("line", line.paper.id)
        for line in post.lines
        if line.paper.id not in found
        and address_beside(line.stands_in, line.paper.id) not in found
    }
    return replace(edits, removed=edits.removed | lines)


def read_edits_in(written: str, layout: Layout, found: str) -> Edits | None:
    """What somebody changed in a post.

    Args:
        written: The Markdown that we had written.
        layout: Of its sections.
        found: The Markdown that stands now, with plain line feeds.

    Returns:
        None where it cannot be told: another front matter, two entries of one heading,
        or most of the entries gone, as after an accident.
    """
    sections = sections_of(written, layout)
    lines = found.split("\n")
    if sections is None or lines[0] != _FENCE or _FENCE not in lines[1:]:
        return None
    places = _places(sections, lines)
    if places is None:
        return None
    order = sorted(places, key=lambda key: places[key])
    ends = [*(places[key] for key in order[1:]), len(lines)]
    papers = [key for key in sections if key.kind in ("entry", "update")]
    removed = frozenset(key for key in papers if key not in places)
    if 2 * len(removed) > len(papers):
        return None
    return Edits(
        written=sections,
        found={
            key: lines[places[key] : end] for key, end in zip(order, ends, strict=True)
        },
        removed=removed,
    )


# --------------------------------------------------------------------------------------
# The sections of what we wrote, and where they stand now.


def layout_of(markdown: str, post: Post) -> Layout:
    """The sections of a day's post of ours, as its version had them."""
    _, _, body = markdown.partition(f"\n{_FENCE}\n")
    is_old = any(line.startswith("# ") for line in body.split("\n"))
    return _old_layout(post) if is_old else _layout(post)


def sections_of(markdown: str, layout: Layout) -> Sections | None:
    """A post of ours by section; None if it has others."""
    lines = markdown.split("\n")
    if lines[0] != _FENCE or _FENCE not in lines[1:]:
        return None
    end = lines.index(_FENCE, 1)
    layout = iter(layout)
    starts: dict[Key, int] = {Key("front"): 0, Key("notice"): end}
    for number, line in enumerate(lines[1:end], 1):
        if _is_key(line):
            key = Key("front", line.partition(":")[0])
            if key in starts:
                return None
            starts[key] = number
    waiting = next(layout, None)
    for number, line in enumerate(lines[end:], end):
        if waiting is not None and line.startswith(waiting[1]):
            starts[waiting[0]] = number
            waiting = next(layout, None)
    if waiting is not None:
        return None
    starts = dict(sorted(starts.items(), key=lambda start: start[1]))
    ends = [*list(starts.values())[1:], len(lines)]
    return {
        key: lines[start:end]
        for (key, start), end in zip(starts.items(), ends, strict=True)
    }


def _layout(post: Post) -> Iterator[tuple[Key, str]]:
    """The sections below the front matter, and how each begins."""
    if post.digests or post.updates:
        yield Key("part", "overview"), "## "
    if post.entries:
        yield Key("part", "day"), "## "
    for digest in post.entries:
        yield Key("entry", digest.paper.id), anchor_line(digest.paper.id)
    if post.new_versions:
        yield Key("part", "updates"), "## "
    for update in post.new_versions:
        yield Key("update", update.paper.id), anchor_line(update.paper.id)
    if post.left_out:
        yield Key("part", "left out"), "## "
    if post.listed:
        yield Key("part", "listed"), "## "


def _old_layout(post: Post) -> Iterator[tuple[Key, str]]:
    """The same in posts of version 0.1.0."""
    yield Key("part", "day"), "# "
    yield from ((Key("entry", digest.paper.id), "## ") for digest in post.digests)
    if post.updates:
        yield Key("part", "updates"), "# "
    yield from ((Key("update", update.paper.id), "## ") for update in post.updates)
    if post.left_out:
        yield Key("part", "left out"), "# "


def _is_key(line: str) -> bool:
    return ":" in line and line[:1].isalpha()


def _places(sections: Sections, lines: Lines) -> dict[Key, int] | None:
    """At which line each section begins now; those that are gone have no place."""
    end = lines.index(_FENCE, 1)
    places = {Key("front"): 0, Key("notice"): end}
    headings = Counter(text[0] for key, text in sections.items() if _has_heading(key))
    found: dict[str, list[int]] = {heading: [] for heading in headings}
    for number, line in enumerate(lines[end:], end):
        if line in found:
            found[line].append(number)
    for heading, starts in found.items():
        known = headings[heading]
        if len(starts) != known and (starts or known > 1):
            return None
    for key, text in sections.items():
        if key.kind == "front" and key.name:
            keys = [n for n in range(1, end) if lines[n].startswith(f"{key.name}:")]
            if len(keys) > 1:
                return None
            places.update((key, number) for number in keys)
        elif _has_heading(key) and found[text[0]]:
            places[key] = found[text[0]].pop(0)
    telling = _telling_lines(sections)
    for key in sections:
        if key not in places and _has_heading(key):
            place = _place_of(telling.get(key, set()), lines, end, places)
            places |= {key: place} if place is not None else {}
    return places


def _has_heading(key: Key) -> bool:
    return key.kind in ("part", "entry", "update")


def _telling_lines(sections: Sections) -> dict[Key, set[str]]:
    """Of each section the lines that stand in no other."""
    counts = Counter(line for text in sections.values() for line in text)
    return {
        key: {
            line
            for line in text
            if counts[line] == 1 and len(line) >= _MIN_TELLING_CHARS
        }
        for key, text in sections.items()
    }


def _place_of(
    telling: set[str], lines: Lines, end: int, places: Mapping[Key, int]
) -> int | None:
    """Where a section begins whose heading was changed or taken out."""
    first = next((n for n in range(end, len(lines)) if lines[n] in telling), None)
    if first is None:
        return None
    before = max(place for place in places.values() if place <= first)
    headings = (n for n in range(first, before, -1) if lines[n].startswith(_HEADS))
    return next(headings, first)


# --------------------------------------------------------------------------------------
# One section, from three texts.


class _Change(NamedTuple):
    start: int
    end: int
    lines: tuple[str, ...]


def _merged(key: Key, old: Lines, theirs: Lines, ours: Lines | None) -> Lines | None:
    """A section with the changes of both sides; None where they meet."""
    if ours is None:
        changes = list(_changes(old, theirs))
        if any("".join(old[change.start : change.end]) for change in changes):
            return None
        return [line for change in changes for line in change.lines]
    merged = merge_lines(old, theirs, ours)
    if merged is None and key.kind == "front":
        return list(theirs)  # nothing of ours depends on it
    if merged is None and key == Key("part", "overview") and _only_less(old, theirs):
        return list(ours)  # who takes an entry out, takes out its line, too
    return merged


def _only_less(old: Lines, theirs: Lines) -> bool:
    """Whether lines of a list were taken out, moved or numbered anew, and no more."""
    bare = [{_NUMBER.sub("", line) for line in lines} for lines in (old, theirs)]
    return bare[1] <= bare[0]


def merge_lines(old: Lines, theirs: Lines, ours: Lines) -> Lines | None:
    """Lines with the changes of both sides; None where both changed the same ones.

    What both put into the same place stands there twice, theirs first.
    """
    if theirs in (old, ours):
        return list(ours)
    if ours == old:
        return list(theirs)
    left, right = list(_changes(old, theirs)), list(_changes(old, ours))
    changes = dict.fromkeys([*left, *right])
    for one in left:
        for other in right:
            if one != other and _meet(one, other):
                return None
    merged: Lines = []
    done = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        merged += [*old[done : change.start], *change.lines]
        done = change.end
    return merged + old[done:]


def _changes(old: Lines, new: Lines) -> Iterator[_Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            yield _Change(start, end, tuple(new[new_start:new_end]))


def _meet(one: _Change, other: _Change) -> bool:
    return max(one.start, other.start) < min(one.end, other.end) or any(
        a.start < b.start == b.end < a.end for a, b in ((one, other), (other, one))
    )


def _behind_comment(order: Sequence[Key], kept: Sections, at: int) -> int:
    """The section there, or the one that ends the comment which is open behind it.

    Who takes an entry out by `<!--` and `-->` takes out none that comes later.
    """
    lines: Lines = [line for key in order[:at] for line in kept[key]]
    for number in range(at, len(order)):
        lines += kept[order[number]]
        text = "\n".join(lines)
        if text.rfind("<!--") <= text.rfind("-->"):
            return number
    return at


def _with_predecessors(sections: Sections) -> Iterator[tuple[list[Key], Key]]:
    """Every key, and those before it, the nearest first."""
    before: list[Key] = []
    for key in sections:
        yield before[::-1], key
        before.append(key)
