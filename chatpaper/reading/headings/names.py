"""Headings that are known by their name."""

from __future__ import annotations

import re

ABSTRACT = re.compile(
    r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|r[ée]sum[ée]|resumen|resumo|"
    r"zusammenfassung|kurzfassung|(?:中文)?摘\s*要)"
    r"(?: \([^()]{1,30}\))?[.:：]?",
    re.I,
)
REFERENCES = re.compile(
    r"(?:references?(?: and notes| cited)?|bibliography|literature(?: cited)?|"
    r"works cited|r[ée]f[ée]rences(?: bibliographiques)?|bibliographie|literatur"
    r"(?:verzeichnis)?|bibliograf[íi]a|referencias(?: bibliogr[áa]ficas)?|"
    r"参\s*考\s*文\s*献)[.:：]?",
    re.I,
)
THANKS = re.compile(
    r"(?:acknowle\w*ments?|remerciements?|danksagung|agradecimientos?|致\s*谢)\b.{0,40}",
    re.I,
)
APPENDIX = re.compile(
    r"(?:appendix|appendices|supplement(?:ary|al)?\b.*|supporting information.*|"
    r"annexes?|anhang|ap[ée]ndices?|附\s*录.{0,20})[.:]?",
    re.I,
)
KNOWN = re.compile(
    r"(?:(?:introduction|conclusions?|discussion|related works?|background|"
    r"methods?|results|limitations|broader impacts?|ethics statement|funding|"
    r"reproducibility statement|author contributions|data availability|"
    r"concluding remarks|contents|keywords|preface|ethical considerations|"
    r"impact statement|future work|materials and methods|experimental "
    r"section|evaluation|code availability|competing interests|einleitung|fazit|"
    r"conclusiones|introducci[óo]n)\b.{0,30}|"
    r"(?:引\s*言|绪\s*论|前\s*言|结\s*论|总\s*结|结\s*语|讨\s*论|相关工作|目\s*录).{0,6})",
    re.I,
)


def is_named(title: str) -> bool:
    """Whether a title names a part that papers leave unnumbered."""
    return any(
        pattern.fullmatch(title) for pattern in (ABSTRACT, REFERENCES, THANKS, APPENDIX)
    )


def closed(title: str) -> str:
    """A known name without the spaces between its letters: `A B S T R A C T`."""
    if not re.fullmatch(r"(?:\w\s+){3,}\w", title):
        return title
    name = re.sub(r"\s+", "", title)
    return name if KNOWN.fullmatch(name) or is_named(name) else title
