"""Which hidden words are told to the reader: those that somebody meant for a reader.

Charts are cropped, labels are painted white on white, journals stamp and cut: nearly
all words that cannot be seen are nobody's trick. A false accusation is worse than a
trick that goes untold, since what is hidden is left out in either case.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
# Small words of prose; labels of drawings are made without them.
_SMALL = """
    a an the of to in on at by for from with without into as and or but not no nor if
    then than that this these those it its is are was were be been being has have had do
    does did can could may might must shall should will would we our us you your they
    their he his she her who which what when where how all any each such so only
    le la les des du et est une pas pour dans que qui de el los las una por con del se
    der die das und ist nicht ein eine zu den mit von auf im che di il per non sono
"""
_SMALL_WORDS = frozenset(_SMALL.split())
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Hidden labels of 104 papers had at most one small word in 16. Running text has 40 %.
_MIN_WORDS = 8
_SMALL_SHARE = 0.2
_MIN_HAN = 16

_ADDRESS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b(?:\W+\w+){0,6}?\W+"
    r"(?:instructions?|prompts?|above|previous|prior|earlier|rules?|guidelines)\b|"
    r"\b(?:positive|favou?rable|good|glowing|strong)\W+"
    r"(?:review|rating|score|evaluation|recommendation)\b|"
    r"\b(?:praise|recommend|accept|endorse)\W+(?:this|the|our)\W+"
    r"(?:paper|work|submission|manuscript|article|authors?)\b|"
    r"\b(?:do\W+not|don['\u2019]?t|never)\W+(?:mention|highlight|reveal|critici[sz]e)\b|"
    r"\b(?:dear|note\W+to|attention|instructions?\W+(?:to|for))\W+(?:\w+\W+){0,2}?"
    r"(?:ais?|llms?|models?|assistants?|reviewers?|chatbots?)\b|"
    r"\bas\W+an?\W+(?:ai|llm|assistant|reviewer|(?:large\W+)?language\W+model)\b|"
    r"(?:忽略|无视).{0,12}(?:指令|指示|提示|要求|以上|之前|前面)|"
    r"(?:请|务必|必须).{0,12}(?:好评|正面|推荐|接收|赞扬|称赞)",
    re.IGNORECASE,
)


# Cutting a figure to its frame, or an equation's source kept beside it, leave prose
# behind, too: such words are told only when they speak to somebody.
_CUT = ("covered", "clipped", "off-page", "replaced")


def accuses(reason: str, text: str) -> bool:
    """Whether a reader should be told of hidden words."""
    return addresses(text) or (reason not in _CUT and is_prose(text))


def addresses(text: str) -> bool:
    """Whether words speak to a model, a reviewer or a reader."""
    return _ADDRESS.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether words are sentences rather than labels."""
    if len(_HAN.findall(text)) >= _MIN_HAN:
        return True
    words = _WORD.findall(text.lower())
    small = sum(word in _SMALL_WORDS for word in words)
    return len(words) >= _MIN_WORDS and small >= _SMALL_SHARE * len(words)
