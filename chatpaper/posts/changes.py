"""What changed between two texts: the sentences that did, and in them the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from chatpaper.posts.markdown import Markdown, clean, escape, formulas
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Paper
from chatpaper.text import find_formulas, sentence_ends

# What was there, and what is there now, both whole; where nothing changed the same.
Change = tuple[str, str]
# So little in common, and a reader sees more in the two sentences than in their words.
MIN_LIKENESS = 0.4
UNCHANGED = "…"
MAX_NAMES = 6  # of those that came, and of those that went

# --------------------------------------------------------------------------------------
# Word by word.

_WORD = re.compile(r"[A-Za-z0-9'’.-]*[A-Za-z0-9]|\S")


def word_diff(old: str, new: str) -> Markdown:
    """The new text with what was taken out in `<del>` and what came in in `<ins>`.

    An arrow stands between the two: no line is drawn through a typeset formula.
    """
    return _diff(word_changes(old, new))


def _diff(changes: Iterable[Change]) -> Markdown:
    parts: list[str] = []
    for removed, added in changes:
        if removed == added:
            parts.append(escape(added))
        else:
            changed = [_tagged("del", removed)] if removed else []
            changed += [_tagged("ins", added)] if added else []
            parts.append(" → ".join(changed))
        parts.append(" " if (added or removed).endswith(" ") else "")
    return Markdown("".join(parts).strip())


def word_changes(old: str, new: str) -> Iterator[Change]:
    """Two texts side by side, passage by passage: what was there, what is there now.

    The passages of each make up its text as printed; where nothing changed, both are
    the same.
    """
    before, after = _words(clean(old)), _words(clean(new))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        yield "".join(before[a_from:a_to]), "".join(after[b_from:b_to])


def _tagged(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words)}</{tag}>"


def _words(text: str) -> list[str]:
    """Words with the space after them; a formula is one word."""
    whole = "|".join(re.escape(formula) for formula in formulas(text))
    word = f"(?:{whole}|{_WORD.pattern})" if whole else f"(?:{_WORD.pattern})"
    return re.findall(rf"{word}\s?", text)


# --------------------------------------------------------------------------------------
# Only the sentences that changed, and the names.


def abstract_diff(old: Paper, new: Paper) -> Markdown:
    """What changed in the abstract, with dots for the rest; empty when nothing did."""
    changes = abstract_changes(old, new)
    shown = (_diff(passage) if passage else UNCHANGED for passage in changes)
    return Markdown(" ".join(shown))


def abstract_changes(old: Paper, new: Paper) -> tuple[tuple[Change, ...], ...]:
    """The sentences of the abstract that changed, each stretch of them in words.

    Stretches that did not change are empty; without any change there is nothing.
    """
    before, after = clean(old.abstract), clean(new.abstract)
    if before == after:
        return ()
    was, now = _sentences(before), _sentences(after)
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    return tuple(
        ()
        if kind == "equal"
        else _worded(" ".join(was[a_from:a_to]), " ".join(now[b_from:b_to]))
        for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes()
    )


def _worded(was: str, now: str) -> tuple[Change, ...]:
    changes = tuple(word_changes(was, now))
    same = sum(len(old) for old, new in changes if old == new)
    is_alike = 2 * same >= MIN_LIKENESS * (len(was) + len(now))
    return changes if is_alike else ((was, now),)


def _sentences(text: str) -> list[str]:
    """All of a text; a formula stays in one piece."""
    inside = [(formula.start, formula.end) for formula in find_formulas(text)]
    ends = [
        end
        for end in sentence_ends(text, before="word")
        if not any(start < end < stop for start, stop in inside)
    ]
    parts = (text[a:b].strip() for a, b in pairwise([0, *ends, len(text)]))
    return list(filter(None, parts))


def author_words(old: Paper, new: Paper, say: Phrases) -> str:
    """Which authors came and went; empty when they are the same."""
    was, now = (list(filter(None, map(clean, p.authors))) for p in (old, new))
    if was == now:
        return ""
    told = [
        words.format(names=_some([name for name in names if name not in others], say))
        for words, names, others in (
            (say.authors_new, now, was),
            (say.authors_gone, was, now),
        )
        if not {*names} <= {*others}
    ]
    return say.stop.join(told) or say.authors_moved


def _some(names: Sequence[str], say: Phrases) -> str:
    if len(names) <= MAX_NAMES:
        return ", ".join(names)
    return say.among.format(names=", ".join(names[:MAX_NAMES]), n=len(names))
