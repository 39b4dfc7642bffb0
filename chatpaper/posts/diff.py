"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from chatpaper.posts.markdown import Markdown, clean, escape, formulas

_WORD = re.compile(r"[A-Za-z0-9'’.-]*[A-Za-z0-9]|[^\W\s]|[^\s]")


def word_diff(old: str, new: str) -> Markdown:
    """The new text with what was taken out in `<del>` and what came in in `<ins>`."""
    before, after = _words(clean(old)), _words(clean(new))
    parts: list[str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if kind == "equal":
            parts.append(escape("".join(before[a_from:a_to])))
            parts.append(" " if before[a_to - 1].endswith(" ") else "")
            continue
        for tag, words in (("del", before[a_from:a_to]), ("ins", after[b_from:b_to])):
            if words:
                parts.append(f"<{tag}>{escape(''.join(words))}</{tag}> ")
    return Markdown("".join(parts).strip())


def _words(text: str) -> list[str]:
    """Words with the space after them; a formula is one word."""
    whole = "|".join(re.escape(formula) for formula in formulas(text))
    word = f"(?:{whole}|{_WORD.pattern})" if whole else f"(?:{_WORD.pattern})"
    return re.findall(rf"{word}\s?", text)
