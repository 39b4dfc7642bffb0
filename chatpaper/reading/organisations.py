"""Names of institutions within printed affiliations; addresses left out."""

from __future__ import annotations

import re

# What a department belongs to.
_HOUSE = re.compile(
    r"institut|istitut|laborator|\blabs?\b|college|academ|\bcent(?:er|re|rum|ro)s?\b|hospital|"
    r"\binfirmary|\bclinic\b|corporation|\bcorp\b|\binc\b|\bltd\b|\bllc\b|gmbh|"
    r"\bs\.a\.|observator|polit[eè]cni|polytechni|\b[ée]cole\b|hochschule|\bscuola\b|"
    r"\bfoundation\b|\bcouncil\b|\bagency\b|\bministry\b|\bmuseum\b|\bbank\b|\bmila\b|"
    r"\binria\b|\bschool of\b.*\bof\b",
    re.I,
)
# Universities, and houses that go by a bare name: two of them are not one.
_TOP = re.compile(
    r"universi|univerz|uniwers|\buniv\b|\b(?:tu|uc) [A-Z]\w+|georgia tech|"
    r"virginia tech|technion|caltech|google|deepmind|microsoft|facebook|"
    r"\bmeta (?:ai|platforms|fair)|openai|nvidia|amazon|alibaba|tencent|"
    r"baidu|huawei|\bapple\b|\bibm\b|adobe|yahoo|\bintel\b|samsung|bytedance|tiktok|salesforce|anthropic|qualcomm|\bsony\b|"
    r"\bbosch\b|siemens|\buber\b|twitter|linkedin|netflix|spotify|pinterest|\bebay\b|"
    r"\boracle\b|at&t|\bntt\b|toyota|\bnec\b|hitachi|fujitsu|\bnaver\b|\bkakao\b|"
    r"yandex|meituan|kuaishou|\bdidi\b|xiaomi|\boppo\b|megvii|sensetime|"
    r"\bant (?:group|financial)|hugging ?face|stability ai|\bcohere\b|mistral ai|"
    r"eleutherai|red hat|deepseek|\bxerox\b|hewlett|\bswiss re\b",
    re.I,
)
_LETTERS = re.compile(
    r"\b(?:MIT|CMU|UCLA|UCSD|UCSB|NYU|ETHZ?|EPFL|KAIST|CNRS|CEA|NASA|NIST|CERN|INFN|"
    r"SISSA|KTH|USTC|HKUST|CUHK|NUS|NTU|CSAIL|IIT|IISc|TIFR|CWI|DESY|FAIR|BAIR|RIKEN|"
    r"KEK|SLAC|UIUC|ENS|LMU|TUM|KIT|JPL|ESO|IPMU|PARC|SRI|TTIC|MPI)\b"
)
# A department's word alone does not say which house.
_PART = re.compile(
    r"depart|\bdept\b|\bd[ée]part|school|faculty|facult[ée]|fakult[äa]t|division|"
    r"\bgroup\b|\bteam\b|\bresearch\b|\bprogram(?:me)?\b|section|\bunit\b|facility|"
    r"\bdipartimento\b|\bchair\b|fachbereich|\bstudies\b|engineering|\bsciences?\b|"
    r"\bmathematics\b|\bphysics\b",
    re.I,
)
_NOT_ONE = re.compile(
    r"\bwork\b|\bwhile\b|support|\bgrants?\b|\bequal|contribut|correspond|\bauthors?\b|"
    r"accepted|received|submitted|published|\bthank|funded|\bfunding\b|\bmember\b|"
    r"\binterns?\b|internship|proceeding|conference|workshop|journal|copyright|©|"
    r"permission|\bdoi\b|arxiv|preprint|version|project|\bpart of\b|"
    r"\bnow (?:at|with)\b|\b(?:we|is|are|was|were|this|has|have|which|that|by)\b|"
    r"\bcurrent(?:ly)?\b|\bpresent(?:ly)? (?:address|at)|\baddress:|\bcollaboration\b|"
    r"\bissue\b|\bclass files\b|\bpress\b|\blicen[sc]e",
    re.I,
)
_STREET = re.compile(
    r"\b(?:avenue|ave|road|rd|street|boulevard|blvd|drive|lane|way|square|room|floor|"
    r"building|box|via|rue|stra(?:ss|ß)e|str|court|parkway|highway|campus|route|"
    r"p\. ?o|allee|weg|gate|quay|place|plaza)\b|stra(?:ss|ß)e\b|\d{3}",
    re.I,
)
_PERSON = re.compile(
    r"\b(?:scientist|professor|prof|student|fellow|senior|engineer|director|ph\.?d|dr|"
    r"lecturer|mr|ms|and [A-Z]\. [A-Z])\b",
    re.I,
)
_STATES = (
    r"California|Illinois|North Carolina|Texas|Wisconsin|Minnesota|Massachusetts|"
    r"Maryland|Michigan|Colorado|Missouri|Nebraska|Tennessee|Alabama|Hawaii"
)
_MANY_SITES = re.compile(rf"\buniv(?:ersity|\.) of (?:{_STATES})$", re.I)
_CUT = re.compile(
    r"\(?\b(?:e-?mails?|www|url|orcid|home ?page|correspond\w*|tel|fax|equal)\b.*|"
    r"\(?\{?[^\s,;{]*[@＠].*|https?:.*|\(\s*$|✉.*",
    re.I | re.S,
)
_LINE_END = re.compile(r"(\S+)[^\S\n]*\n\s*(?=(\S+)([^\n]*))")
_GOES_ON = re.compile(r"(?:of|and|for|the|de|di|des|du|in|at|&|-|,)$", re.I)
_WHOLE = re.compile(
    r"(?:university|institute|labs?|laborator(?:y|ies)|college|inc\.?|ltd\.?|"
    r"research|school|academy|ai|google|deepmind|openai|mit|cwi)$",
    re.I,
)
_MAX_PRINTED = 600  # characters read of one: what follows is another note
_MAX_CHARS = 160  # the longest shown for 85 papers had 102


def names_house(text: str) -> bool:
    """Whether a line speaks of an institution, not only of a part of one."""
    found = _HOUSE.search(text) or _TOP.search(text) or _LETTERS.search(text)
    return found is not None


def names_part(text: str) -> bool:
    """Whether a line names a department or the like."""
    return _PART.search(text) is not None or names_house(text)


def institution(printed: str) -> str:
    """The institution in a printed affiliation: its names without its address.

    Args:
        printed: Lines that stand one below another are parts of their own, unless
            a name goes on: `University of Science and Technology`, `of China`.

    Returns:
        `Department of Physics, Harvard University`; empty when the text is not a
        plain affiliation of one house.
    """
    text = _LINE_END.sub(_seam, printed[:_MAX_PRINTED])
    text = " ".join(_CUT.sub("", text).split())
    text = next((s for s in text.split(";") if names_house(s)), "")
    text = re.split(r"(?<=[a-z]{3})\. (?=[A-Z])", text)[0].strip(" .,;:()[]–-")
    if not text or _NOT_ONE.search(text):
        return ""
    kept: list[str] = []
    for part in (piece.strip(" .") for piece in text.split(",")):
        address = _STREET.search(part) or _PERSON.search(part)
        if not address and names_part(part):
            kept.append(_balanced(part))
        elif not address and kept and _MANY_SITES.search(kept[-1]):
            kept[-1] = f"{kept[-1]}, {part}"
        elif any(map(names_house, kept)):
            break  # after the address stands another institution, if anything
    found = ", ".join(dict.fromkeys(filter(None, kept)))
    alone = sum(_TOP.search(part) is not None for part in kept) <= 1
    fine = names_house(found) and alone and len(found) <= _MAX_CHARS
    return found if fine else ""


def _seam(match: re.Match[str]) -> str:
    """What stands between two lines of an affiliation: a comma or a space."""
    before, word, rest = match[1], match[2], match[3]
    if _GOES_ON.search(before) or word[0].islower() or word in ("&",):
        return f"{before} "
    apart = "," in word + rest or names_house(word + rest) or names_house(before)
    return f"{before}, " if apart or _WHOLE.search(before) else f"{before} "


def _balanced(part: str) -> str:
    opened, closed = part.count("("), part.count(")")
    if opened == closed:
        return part
    return part.split("(")[0].strip() if opened > closed else part.replace(")", "")
