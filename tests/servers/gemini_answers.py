"""What the stand-in Gemini answers when it is asked about one paper."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from servers.gemini_replies import claim_from, lie_in, sentences


def asked_in(prompt: str, name: str) -> str:
    """The question or the claim between its tags."""
    found = re.search(rf"<({name}-[0-9a-f]{{16}})>\n(.*)\n</\1>", prompt, re.S)
    return found[2] if found else ""


def answered(prompt: str, text: str, lie: str, replies: Mapping[str, str]) -> str:
    """The scripted answer to a question, or the sentences that share its words."""
    question = asked_in(prompt, "question")
    scripted = next((v for k, v in replies.items() if k in question), "")
    near = _near(question, text)
    claims = [claim_from(f"就所问而言，论文第{n}处这样说", s) for n, s in near]
    for claim in claims if lie else ():
        lie_in(claim, lie)
    return scripted or json.dumps({"answer": claims}, ensure_ascii=False)


def evidenced(prompt: str, text: str, lie: str, replies: Mapping[str, str]) -> str:
    """The scripted quotes for a claim, or the sentences that share its words."""
    claim = asked_in(prompt, "claim")
    scripted = next((v for k, v in replies.items() if k in claim), "")
    found: dict[str, Any] = {"evidence": [s for _, s in _near(claim, text)]}
    if lie:
        lie_in({**found, "text": ""}, lie)
        found["evidence"] = ["Our moonlit framework conquers every benchmark by dawn."]
    return scripted or json.dumps({"quotes": found["evidence"]}, ensure_ascii=False)


def _near(asked: str, text: str) -> list[tuple[int, str]]:
    """Up to two sentences with three or more of the longer words, numbered."""
    wanted = set(re.findall(r"[a-z]{4,}", asked.casefold()))
    shared = Counter(
        {
            s: len(wanted & set(re.findall(r"[a-z]{4,}", s.casefold())))
            for s in sentences(text)
        }
    )
    best = [sentence for sentence, count in shared.most_common(2) if count >= 3]
    return list(enumerate(best, 1))
