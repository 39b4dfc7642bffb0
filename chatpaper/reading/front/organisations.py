"""Finds names of institutions in printed affiliations, without their addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What a department belongs to.
_HOUSE = re.compile(
    r"institut|istitut|laborator|\blabs?\b|college|academ|\bcent(?:er|re|rum|ro)s?\b|hospital|"
    r"\binfirmary|\bclinic\b|corporation|\bcorp\b|\binc\b|\bltd\b|\bllc\b|gmbh|"
    r"\bs\.a\.|observator|osservator|polit[eè]cni|polytechni|\b[ée]cole\b|hochschule|\bscuola\b|"
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
    r"eleutherai|red hat|deepseek|\bxerox\b|hewlett|\bswiss re\b|"
    r"\binstitute for advanced study",
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
    r"\bformer(?:ly)?\b|\bprevious(?:ly)?\b|\bindependent\b|\bvisit(?:or|ing)\b|"
    r"\bon leave\b|\bissue\b|\bclass files\b|\bpress\b|\blicen[sc]e",
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
# Names that many places share: what follows says which is meant.
_STATES = (
    r"California|Illinois|North Carolina|Texas|Wisconsin|Minnesota|Massachusetts|"
    r"Maryland|Michigan|Colorado|Missouri|Nebraska|Tennessee|Alabama|Hawaii|Nevada|"
    r"Arkansas|Louisiana|Alaska"
)
_MANY_SITES = re.compile(rf"\buniv(?:ersity|\.) of (?:{_STATES})$", re.I)
# These are not even a name without it: `Indian Institute of Technology`.
_NAMELESS = re.compile(
    r"(?:indian|national|birla) institute of (?:(?:information )?technology|management|"
    r"science education and research)|(?:california state|(?:state|city)) university"
    r"(?: of new york)?|university of (?:(?:applied|science|technology|engineering|"
    r"management|economics|health|medical|arts|and|sciences?) ?)+",
    re.I,
)
# A part's word and its subject are no house: `Institute of Physics`, `AI Laboratory`.
_SUBUNIT = re.compile(
    r"(?:(?:the|key|state|national key|joint|research|physics|physical|mathemati\w+|"
    r"chemi\w+|astronom\w+|comput\w+|information|systems|sciences?|engineering|"
    r"artificial|intelligence|ai|machine|learning|robotics|and|&) )*"
    r"(?:institut\w*|istituto|cent\w+|labs?|laborator\w+|school|college|clinic)"
    r"(?:$| (?:of|for|on|für|de|di|para)\b)",
    re.I,
)
# A kind of house alone is no name.
_BARE = re.compile(
    r"(?:the )?(?:univ\w*|inc|ltd|llc|corp\w*|gmbh|academy|hospital)", re.I
)
_CAPITALS = re.compile(r"[a-z].*\b[A-Z][A-Za-z]*[A-Z]{2}\b|\b[A-Z]{3,}\b.*[a-z]")
_ACRONYM = re.compile(r"[A-Z]{3,}\d?").fullmatch
_CUT = re.compile(
    r"\(?\b(?:e-?mails?|www|url|orcid|home ?page|correspond\w*|tel[.:]|fax|equal)"
    r"(?!\w).*|"
    r"\(?\{?[^\s,;{]*[@＠].*|https?:.*|\(\s*$|✉.*",
    re.I | re.S,
)
# Where a line ends with one of these its name goes on below.
_GOES_ON = re.compile(
    r"(?:\b(?:of|and|for|the|de|di|des|du|in|at|hong|new|san|santa|los|las|north|south|"
    r"west|east|northern|southern|western|eastern)|&|-|,)$",
    re.I,
)
# What opens a line and is the rest of a name: `Rensselaer Polytechnic`, `Institute`.
_REST = re.compile(
    r"(?:university|institute|college|laborator(?:y|ies)|department|sciences?|"
    r"(?:science and )?technology)(?=,|$)",
    re.I,
)
_HEAD = re.compile(r"(?:depart|dept|d[ée]part|school|faculty|facult|division)", re.I)
_FORM = re.compile(r", ?((?:Inc|Ltd|LLC|Corp|GmbH)\b)")
_FORM_END = re.compile(r"\b(Inc|Ltd|LLC|Corp|GmbH)\b\.? (?=[A-Z])")
_JOINS = re.compile(r" (?:and|&|und|et|e|y) ")
_SENTENCE_END = re.compile(r"(?<=[a-z]{3})(?<!\bUniv)(?<!\b[DI][en][ps]t)\. (?=[A-Z])")
_MAX_PRINTED = 600  # characters read of one: what follows is another note
_MAX_CHARS = 160  # the longest shown for 85 papers had 102


def names_house(text: str) -> bool:
    """Whether a line speaks of an institution, not only of a part of one."""
    found = _HOUSE.search(text) or _TOP.search(text) or _LETTERS.search(text)
    return found is not None


def names_part(text: str) -> bool:
    """Whether a line names a department or the like."""
    return _PART.search(text) is not None or names_house(text)


def institution(printed: str, *, alone: bool = False) -> str:
    """The institution in a printed affiliation: its names without its address.

    Args:
        printed: Lines that stand one below another are parts of their own, unless
            a name goes on: `University of Science and Technology`, `of China`.
        alone: Whether no other institution may stand behind its address.

    Returns:
        `Department of Physics, Harvard University`; empty when the text is not a
        plain affiliation of one house.
    """
    text = _CUT.sub("", _in_one_line(printed[:_MAX_PRINTED]))
    text = " ".join(text.split())
    text = next((s for s in text.split(";") if names_house(s)), "")
    text = _FORM_END.sub(r"\1, ", _FORM.sub(r" \1", text))
    text = _SENTENCE_END.split(text)[0]
    text = re.sub(r" (?:and|&)$", "", text.strip(" .,;:()[]–-"))
    if not text or text[0].isdigit() or _NOT_ONE.search(text):
        return ""
    parts = [piece.strip(" .*∗†‡§¶") for piece in text.split(",")]
    names, rest = _names(parts)
    found = ", ".join(dict.fromkeys(names))
    one = not _names_two(names) and not _names_another(rest, names, alone=alone)
    whole = len(found) <= _MAX_CHARS and not _GOES_ON.search(found)
    fine = any(map(is_house, names)) and one and whole
    return found if fine else ""


def is_house(part: str) -> bool:
    """Whether a part of an affiliation names an institution by its own name."""
    if not names_house(part) or _NAMELESS.fullmatch(part) or _BARE.fullmatch(part):
        return False
    named = _TOP.search(part) or _LETTERS.search(part) or _CAPITALS.search(part)
    return bool(named) or not _SUBUNIT.match(part)


def _names_two(parts: Sequence[str]) -> bool:
    """Whether parts name two universities or firms, or one of them two houses."""
    tops = 0
    for at, part in enumerate(parts):
        first, *others = re.split(r" (?:and|&) |/", part)
        tops += sum(_TOP.search(piece) is not None for piece in (first, *others))
        if is_house(first):
            two = any(is_house(o) or _HEAD.search(o) or _ACRONYM(o) for o in others)
        else:
            two = not names_part(first) and any(map(is_house, others))
        joined = re.match(r"and\b|&", part) and any(map(is_house, parts[:at]))
        if two or joined:
            return True
    return tops > 1


def _names_another(rest: Sequence[str], names: Sequence[str], *, alone: bool) -> bool:
    """Whether another institution stands behind the address, which may be meant."""
    behind = [part for part in rest if is_house(part) and not _STREET.search(part)]
    if alone and (behind or any(re.match(r"and\b|&", part) for part in rest)):
        return True
    return any(map(_TOP.search, behind)) and not any(map(_TOP.search, names))


def _names(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split parts into those that name the institution and those behind its address."""
    names: list[str] = []
    pending: list[str] = []  # `Evolution`, `and Behavior`: of a name if it goes on
    for at, part in enumerate(parts):
        has_house = any(map(is_house, names))
        address = _STREET.search(part) or _PERSON.search(part)
        if not address and names_part(part):
            names += [*pending, *filter(None, [_balance_brackets(part)])]
            pending = []
        elif names and _shares_its_name(names[-1]) and (place := _place(part)):
            names[-1] = f"{names[-1]}, {place}"
        elif has_house:
            if _JOINS.search(part) and not is_house(names[-1]):
                names.pop()  # the rest of its name goes on here
            return names, list(parts[at:])
        elif not address and names:
            pending.append(part)
    return names, []


def _shares_its_name(part: str) -> bool:
    return bool(_MANY_SITES.search(part) or _NAMELESS.fullmatch(part))


def _place(part: str) -> str:
    """The town a part opens with; none where it is a street."""
    town = re.match(r"[A-Z][^\W\d]+(?: [A-Z][^\W\d]+)*(?=$| [\d(–-])", part)
    return town[0] if town and not _STREET.search(town[0]) else ""


def _in_one_line(printed: str) -> str:
    """Join lines one below another, with a comma unless a name goes on."""
    text = ""
    for line in filter(None, map(str.strip, printed.splitlines())):
        above, below = text.split(",")[-1].strip(), line.split(",")[0]
        continues = _GOES_ON.search(text) or line[0].islower() or line[0] in "&("
        apart = is_house(above) or names_house(below) or _HEAD.match(below)
        joined = continues or _REST.match(line) or not apart
        text += f"{' ' if joined else ', '}{line}"
    return text.strip(" ,")


def _balance_brackets(part: str) -> str:
    opened, closed = part.count("("), part.count(")")
    if opened == closed:
        return part
    return part.split("(")[0].strip() if opened > closed else part.replace(")", "")
