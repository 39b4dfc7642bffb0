"""Tags round foreign text that the text itself cannot hold."""

from __future__ import annotations

import hashlib


def fenced(text: str, name: str = "paper") -> tuple[str, str]:
    """Put a text between an opening and a closing tag of its own.

    Args:
        text: Anything; lone surrogates are replaced.
        name: What the tag begins with.

    Returns:
        The fenced text and the tag's name, which depends on all of the text.
    """
    octets = text.encode("utf-8", "replace")
    fence = f"{name}-{hashlib.sha256(octets).hexdigest()[:16]}"
    body = octets.decode("utf-8").replace(fence, "")
    return f"<{fence}>\n{body}\n</{fence}>", fence
