"""What prompts say of the language that claims are written in."""

from __future__ import annotations

LANGUAGES = {"zh": "Simplified Chinese (简体中文)", "en": "English"}
ABSTRACT_LIMITS = {"zh": "100 characters", "en": "40 words"}


def language_variables(language: str) -> dict[str, str]:
    """The language's name, and how long 摘要 may be, for the variables of a prompt."""
    return {
        "language": LANGUAGES.get(language, language),
        "abstract_limit": ABSTRACT_LIMITS.get(language, ABSTRACT_LIMITS["en"]),
    }
