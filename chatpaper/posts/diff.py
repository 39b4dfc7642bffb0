"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from chatpaper.posts.markdown import Markdown, clean, escape, formulas

_WORD = re.compile(r"[A-Za-z0-9'’.-]*[A-Za-z0-9]|\S")


def word_diff(old: str, new: str) -> Markdown:
    """The new text with what was taken out in `<del>` and what came in in `<ins>`.

    An arrow stands between the two: no line is drawn through a typeset formula.
    """
    before, after = _words(clean(old)), _words(clean(new))
    parts: list[str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        gone, come = before[a_from:a_to], after[b_from:b_to]
        if kind == "equal":
            parts.append(escape("".join(come)))
        else:
            changed = [_tagged("del", gone)] if gone else []
            changed += [_tagged("ins", come)] if come else []
            parts.append(" → ".join(changed))
        parts.append(" " if (come or gone)[-1].endswith(" ") else "")
    return Markdown("".join(parts).strip())


def _tagged(tag: str, words: Sequence[str]) -> str:
    return f"<{tag}>{escape(''.join(words))}</{tag}>"


def _words(text: str) -> list[str]:
    """Words with the space after them; a formula is one word."""
    whole = "|".join(re.escape(formula) for formula in formulas(text))
    word = f"(?:{whole}|{_WORD.pattern})" if whole else f"(?:{_WORD.pattern})"
    return re.findall(rf"{word}\s?", text)
