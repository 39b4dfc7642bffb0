r"""LaTeX in titles and abstracts: decoded where it is text, kept where it is math."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.text import decode, one_line

ANCESTOR = Path(__file__).parents[2] / "shared" / "ancestor" / "dev.jsonl.gz"


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"Fr\'echet", "Fréchet"),
        (r"na\"{\i}ve R\"uckert {\o}", "naïve Rückert ø"),
        (r"Erd\H{o}s \L{}ukasz Jos\'{e}", "Erdős Łukasz José"),
        (r"\textit{x} \textbf{\emph{y}} {\bf z}", "x y z"),
        (r"95\% of 5% \& AT&T \# #1 a_b \_", "95% of 5% & AT&T # #1 a_b _"),
        ("``quoted'' and ``half\"", "“quoted” and “half”"),
        ("it's 'so'", "it's 'so'"),
        ("a~b -- c---d e-f", "a b -- c---d e-f"),
        ("fields~(NeRF), e.g.,~3D, J.~Doe", "fields (NeRF), e.g., 3D, J. Doe"),
        (r"Table~2, 5~GHz, $5$~cm, of~$x$", "Table 2, 5 GHz, $5$ cm, of $x$"),
        (r"Espa\~na, \~\i, a~\'Etude, 2~\%", "España, ĩ, a Étude, 2 %"),
        (r"10\textsuperscript{-3} CO\textsubscript{2}", "10^{-3} CO_2"),
        (r"\textgreater 5, 3\textdegree C", ">5, 3°C"),
        (r"a~priori, a model ~\ie x", "a priori, a model ie x"),
        (r"\emph{~11% of {0, 1} -- ''y''}", "~11% of {0, 1} -- ''y''"),
        (r"1^{+1.39}_{-0.59}\%, \theta_{13}", "1^{+1.39}_{-0.59}%, θ_{13}"),
        (r"$5 an image, 30\% \& more of {x}", "$5 an image, 30% & more of {x}"),
        (r"$5 or $6, not \textbf{$7}", "$5 or $6, not $7"),
        (r"Clo}thed \emph{x} and {\bf{y} z", "Clo}thed x and y z"),
        (r"360{\deg} and {\'E}cole {\O}", "360° and École Ø"),
        (r"850 {\mu}m, a \b{eta} effect, ~ 96 {\mu}G", "850 μm, a β effect, ~ 96 μG"),
        (r"$\href{http://a.b/}{\text{the page}}$.", "the page (http://a.b/)."),
        (r"$\href{\text{http://a.b}}{http://a.b}$.", "http://a.b."),
        (r"it$\unicode{x2013}$$\unicode{x3b1}\unicode{x3b2}$", "it–αβ"),
        (r"$\unicode{xE000}$0$\unicode{xE001}\unicode{xD800}$", "0"),
        (r"$\mathbf{Split Words}$ \_", r"$\mathbf{Split Words}$ _"),
        (r"$\alpha_{1}$ and $95\%$", r"$\alpha_{1}$ and $95\%$"),
        (r"\textbf{of $x^2$}", "of $x^2$"),
        (r"\(x\) and \[ y \]", "$x$ and $y$"),
        (r"$$\sum_i x_i$$", r"$$\sum_i x_i$$"),
        (r"\$5 and \$6", "$5 and $6"),
        (r"\url{http://a.b/~c_d%20} x", "http://a.b/~c_d%20 x"),
        (r"see https://x.y/a\_b--c.", "see https://x.y/a_b--c."),
        (r"\href{http://a.b/~c}{the \textbf{page}}", "the page (http://a.b/~c)"),
        (r"\href{http://a.b}{http://a.b}", "http://a.b"),
        (r"\href{http://a.b}.", "http://a.b."),
        (r"\ours, \algname{} and \method{it}, \ie x", "ours, algname and it, ie x"),
        (r"\textcolor{red}{hi} \uline{u} a\-b c\,d", "hi u ab c d"),
        (r"as in \cite{a} and \ref{b}", "as in and"),
        ("two\n  lines\tand\u200b more", "two lines and more"),
        ("right\u202eto left \ud800 \ue000 x\0", "rightto left x"),
        (r"\begin{itemize}\item a \item b\end{itemize}", "* a * b"),
        ("O(n log n)", "O(n log n)"),
        ("生成对抗网络 -- x", "生成对抗网络 -- x"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_is_decoded_and_math_kept(latex: str, plain: str) -> None:
    """Each construct that authors type into titles and abstracts reads as it should."""
    assert decode(latex) == plain


@pytest.mark.parametrize(
    "text",
    [
        "~11%, (~60Hz), 1~4, 1 ~ 2, up to~11%, 5%~9%, 2k~4k",
        "x~N(0,1) in ~/home",
        "{0,1}, --fast and ''x'', a `b' -- c",
        "|U_{e3}|^2, theta_{13}, 1^{+1.39}_{-0.59}",
        "$5 per {image}",
        r"512$\times$1024 of $\{0,1\}$",
    ],
)
def test_what_is_no_latex_stays_as_typed(text: str) -> None:
    """Most authors type plain text, where LaTeX's signs mean themselves."""
    assert decode(text) == text


@pytest.mark.parametrize(
    "broken",
    [
        "{unbalanced \\textbf{x",
        "} {",
        r"\textbf",
        r"\href{a}",
        r"\'",
        r"\begin{x}",
        r"\end{x}",
        r"\verb|x",
        "$x",
        r"\\",
        "\\",
        "{" * 3000 + "}" * 3000,
        r"\textbf{" * 300,
        "\\'" * 4000,
        "\\input{/etc/passwd}",
        "$" * 5000,
        "\\href{" * 2000,
        r"\(" * 3000,
        "x" * 100_000 + r"\'e",
    ],
)
def test_hostile_latex_neither_raises_nor_hangs(broken: str) -> None:
    """Anything comes back as one line of text, soon."""
    start_s = time.thread_time()

    line = decode(broken)

    assert "\n" not in line
    assert "root:" not in line
    assert time.thread_time() - start_s < 3


@given(st.text(max_size=200))
def test_any_text_becomes_one_clean_line(text: str) -> None:
    """No text raises; nothing invisible, no line break, no doubled space is left."""
    line = decode(text)

    assert line == one_line(line)
    line.encode("utf-8")


@given(st.text(alphabet="abc\\{}$%~`'-_^&#[]|\" \n", max_size=80))
def test_any_latex_becomes_one_clean_line(text: str) -> None:
    """The same for text that is all special signs."""
    assert decode(text) == one_line(decode(text))


@given(st.text(alphabet="abcé ñ.,()0123{}$'-_^&%#|<>/\"", max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    """Without LaTeX only spaces are folded."""
    assert decode(text) == " ".join(text.split())


def _records() -> Iterator[tuple[str, str]]:
    with gzip.open(ANCESTOR, "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            yield from (("author", name) for name in entry["authors"])
            for field in ("title", "abstract", "comment"):
                if entry[field]:
                    yield field, entry[field]


@pytest.mark.skipif(not ANCESTOR.exists(), reason="needs the ancestor's papers")
def test_real_records_keep_no_text_macros() -> None:
    """Of 1,200 real papers no title, abstract, comment or name has one outside math."""
    lines = [decode(text) for _, text in _records()]

    assert [line for line in lines if "\\" in re.sub(r"\$[^$]*\$", "", line)] == []


@pytest.mark.skipif(not ANCESTOR.exists(), reason="needs the ancestor's papers")
def test_real_records_change_only_where_they_are_latex() -> None:
    """Ten of a hundred abstracts do, no title; dashes, braces, `~2` stay everywhere."""
    texts: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for field, text in _records():
        line, plain = one_line(text), decode(text)
        texts[field] += 1
        changed[field] += line != plain
        assert line == plain or re.search(r"\\|``|[\w.,]~[\w(]", line)
        for sign in ("--", "''", r"(?<![.,])~\d"):
            if "``" not in line:
                assert len(re.findall(sign, plain)) == len(re.findall(sign, line))

    assert changed["title"] == changed["author"] == 0
    assert changed["comment"] < 0.01 * texts["comment"]
    assert changed["abstract"] < 0.105 * texts["abstract"]
