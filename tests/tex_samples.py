"""Formulas that papers have, and TeX that does more than set mathematics."""

from __future__ import annotations

MATHEMATICS = tuple(
    r"""
x_{t}
\mathcal{N}=4
\frac{\partial L}{\partial \theta}
{\rm km\,s^{-1}}
10^{-3}\%
\left\{ a \middle| b \right\}
\operatorname*{arg\,min}_{x}
\begin{pmatrix} a & b \\ c & d \end{pmatrix}
1.39^{+0.4}_{-0.6}~M_\odot
\widehat{\boldsymbol\Sigma}
\xrightarrow[n]{p}
\mathbb{R}^{d\times d}
p(x \mid \text{all of it})
|U_{e3}|^2 \lesssim 0.1
\ket{0}
\big(x\big)
""".strip().split("\n")
)

# What a link, a class, a style or an id would have of them is called evil.
TRICKS = tuple(
    r"""
\mmlToken{mi}[href='javascript:evil']{x}
\href{javascript:evil}{x}
\class{evil}{x}
\mmlToken{mi}[id='evil']{x}
\mmlToken{mo}[style='evil']{x}
\mmlToken{mi}[class='evil']{x}
\cssId{evil}{x}
\bbox[evil]{x}
\mathtip{x}{evil}
\toggle{x}{evil}\endtoggle
\colorbox{evil}{x}
\vbox to 999em{x}
\moveleft 999em{x}
\parbox[c]{999em}{x}
\Space{9em}{9em}{9em}
\sideset{x}{y}\sum
\skew{999}{\hat}{x}
\bm{x}
\style{color:evil}{x}
\data{evil=b}{x}
\url{javascript:evil}
\require{html}x
\unicode{x41}
\def\x{\x\x}\x
\newcommand{\x}{y}\x
\let\x=y
\begingroup x\endgroup
\htmlClass{evil}{x}
\includegraphics{evil.png}
\hskip 999em
a\\[9999em]b
a\\* [9em]b
\genfrac{}{}{999em}{}{a}{b}
\raise999em{x}
\kern9em
\hspace{9em}
\mspace{999mu}
\rule{9em}{9em}
\phantom{x}
\color{evil}{x}
\smash{x}
\llap{x}
\makebox[999em]{x}
a \above 999em b
\begin{array}{p{999em}}x\end{array}
\Huge x
\verb|x|
\begin{html}x\end{html}
\begin{matrix}x\end{cases}
\begin{matrix}x
\begin x
x\end{matrix}
\(x\)
\tag{1}x
\label{a}x
\ref{a}
\ce{x}
\text{\href{javascript:evil}{x}}
\mathrm{\style{evil}{x}}
\unknown
\alphax
\-
{\frac{a}{b}
\frac{a}{b}}
\'a
""".strip().split("\n")
)

# Each good in itself, but too long, too deep or too often.
TOO_MUCH = (
    "{" * 9 + "x" + "}" * 9,
    r"x\\" * 17,
    r"\frac12" * 17,
    r"\quad" * 17,
    r"\! " * 17,
    "x~" * 17,
    "x&" * 41,
    "x" * 501,
)
