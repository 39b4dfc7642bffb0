r"""TeX that may stand in a formula of a post: known commands, in bounded numbers.

Titles, abstracts and claims are anybody's. Lists of commands that link, style, run,
load, define or paint outside their line are never whole, so the good ones are listed:
what MathJax and KaTeX set without further packages, and what needs no length, colour,
address or definition. The names are of MathJax's packages `base` and `ams`:
https://docs.mathjax.org/en/latest/input/tex/macros/index.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from chatpaper.text.formulas import Formula, find_formulas

# Formulas in the records of 1,285 papers have 57 characters at most.
MAX_CHARS = 500
MAX_DEPTH = 8  # of groups and environments
MAX_SPACES = 16  # the widest is two ems
MAX_STACKED = 16  # fractions, rows and the like: each is a line more at most
MAX_CELLS = 40

_SYMBOLS = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi
    rho sigma tau upsilon phi chi psi omega varepsilon vartheta varpi varrho varsigma
    varphi Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega aleph hbar imath
    jmath ell wp Re Im partial infty prime emptyset nabla top bot angle triangle
    backslash forall exists neg lnot flat natural sharp clubsuit diamondsuit heartsuit
    spadesuit digamma varkappa varGamma varDelta varTheta varLambda varXi varPi varSigma
    varUpsilon varPhi varPsi varOmega beth gimel daleth backprime hslash varnothing
    blacktriangle triangledown blacktriangledown square Box blacksquare lozenge Diamond
    blacklozenge circledS bigstar sphericalangle measuredangle nexists complement mho
    eth Finv diagup Game diagdown Bbbk yen circledR checkmark maltese surd coprod bigvee
    bigwedge biguplus bigcap bigcup int intop iint iiint prod sum bigotimes bigoplus
    bigodot oint bigsqcup smallint triangleleft triangleright bigtriangleup
    bigtriangledown wedge land vee lor cap cup ddagger dagger sqcap sqcup uplus amalg
    diamond bullet wr div odot oslash otimes ominus oplus mp pm circ bigcirc setminus
    cdot ast times star propto sqsubseteq sqsupseteq parallel mid dashv vdash leq le geq
    ge lt gt succ prec approx succeq preceq supset subset supseteq subseteq in ni notin
    owns gg ll sim simeq perp equiv asymp smile frown ne neq cong doteq bowtie models
    Leftrightarrow Leftarrow Rightarrow leftrightarrow leftarrow gets rightarrow to
    mapsto leftharpoonup leftharpoondown rightharpoonup rightharpoondown nearrow searrow
    nwarrow swarrow rightleftharpoons hookrightarrow hookleftarrow longleftarrow
    Longleftarrow longrightarrow Longrightarrow Longleftrightarrow longleftrightarrow
    longmapsto iff implies impliedby ldots cdots vdots ddots dots dotsc dotsb dotsm
    dotsi dotso ldotp cdotp colon not And TeX LaTeX lmoustache rmoustache lgroup rgroup
    Vert vert uparrow downarrow updownarrow Uparrow Downarrow Updownarrow rangle langle
    rbrace lbrace rceil lceil rfloor lfloor lbrack rbrack ulcorner urcorner llcorner
    lrcorner lvert rvert lVert rVert dotplus ltimes smallsetminus rtimes Cap doublecap
    leftthreetimes Cup doublecup rightthreetimes barwedge curlywedge veebar curlyvee
    doublebarwedge boxminus circleddash boxtimes circledast boxdot circledcirc boxplus
    centerdot divideontimes intercal leqq geqq leqslant geqslant eqslantless eqslantgtr
    lesssim gtrsim lessapprox gtrapprox approxeq lessdot gtrdot lll llless ggg gggtr
    lessgtr gtrless lesseqgtr gtreqless lesseqqgtr gtreqqless doteqdot Doteq eqcirc
    risingdotseq circeq fallingdotseq triangleq backsim thicksim backsimeq thickapprox
    subseteqq supseteqq Subset Supset sqsubset sqsupset preccurlyeq succcurlyeq
    curlyeqprec curlyeqsucc precsim succsim precapprox succapprox vartriangleleft lhd
    vartriangleright rhd trianglelefteq unlhd trianglerighteq unrhd vDash Vdash Vvdash
    smallsmile shortmid smallfrown shortparallel bumpeq between Bumpeq pitchfork
    varpropto backepsilon blacktriangleleft blacktriangleright therefore because eqsim
    vartriangle Join nless ngtr nleq ngeq nleqslant ngeqslant nleqq ngeqq lneq gneq
    lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nprec nsucc npreceq
    nsucceq precneqq succneqq precnsim succnsim precnapprox succnapprox nsim ncong
    nshortmid nshortparallel nmid nparallel nvdash nvDash nVdash nVDash ntriangleleft
    ntriangleright ntrianglelefteq ntrianglerighteq nsubseteq nsupseteq nsubseteqq
    nsupseteqq subsetneq supsetneq varsubsetneq varsupsetneq subsetneqq supsetneqq
    varsubsetneqq varsupsetneqq leftleftarrows rightrightarrows leftrightarrows
    rightleftarrows Lleftarrow Rrightarrow twoheadleftarrow twoheadrightarrow
    leftarrowtail rightarrowtail looparrowleft looparrowright leftrightharpoons
    rightleftharpoons curvearrowleft curvearrowright circlearrowleft circlearrowright
    Lsh Rsh upuparrows downdownarrows upharpoonleft upharpoonright downharpoonleft
    restriction multimap downharpoonright leftrightsquigarrow rightsquigarrow leadsto
    dashrightarrow dashleftarrow nleftarrow nrightarrow nLeftarrow nRightarrow
    nleftrightarrow nLeftrightarrow
"""
_FUNCTIONS = """
    arcsin arccos arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim
    ker lg lim liminf limsup ln log max min Pr projlim sec sin sinh sup tan tanh bmod
    pmod mod pod operatorname limits nolimits varliminf varlimsup varinjlim varprojlim
"""
_FONTS = """
    mathrm mathbf mathit mathsf mathtt mathcal mathscr mathbb mathfrak mathnormal
    boldsymbol rm bf it sf tt cal frak text textrm textit textbf textsf texttt
    textnormal mbox hbox displaystyle textstyle scriptstyle scriptscriptstyle
"""
_AROUND = """
    hat bar vec tilde dot ddot dddot ddddot acute grave breve check mathring widehat
    widetilde overline underline overbrace underbrace overrightarrow overleftarrow
    underrightarrow underleftarrow overleftrightarrow underleftrightarrow boxed sqrt
    left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm
    Bigm biggm Biggm mathop mathrel mathbin mathord mathopen mathclose mathpunct
    mathinner bra ket braket
"""
_STACKING = """
    frac tfrac dfrac cfrac binom tbinom dbinom over atop choose overset underset
    stackrel substack xrightarrow xleftarrow
"""
_SPACING = "quad qquad enspace thinspace space"

_SPACES = frozenset(_SPACING.split()) | set(",;:>! ~")
_STACKS = frozenset(_STACKING.split()) | set("\\")
_COMMANDS = _SPACES | _STACKS | set("{}|%$#&_")
_COMMANDS |= frozenset(f"{_SYMBOLS} {_FUNCTIONS} {_FONTS} {_AROUND}".split())
_MATRICES = "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix"
_ENVIRONMENTS = frozenset(f"{_MATRICES} cases aligned gathered".split())

_TOKEN = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<environment>[^{}]*)\}"
    r"|\\(?P<command>[A-Za-z]+|.|\Z)"
    r"|(?P<sign>[{}&~])",
    re.DOTALL,
)
_LENGTH = re.compile(r"\s*\*?\s*\[")  # how far a row is from the next


def harmless_formulas(text: str) -> Iterator[Formula]:
    """The formulas of a text that may be shown as such, in order."""
    return (found for found in find_formulas(text) if is_harmless(found.body))


def is_harmless(body: str) -> bool:
    """Whether the TeX of a formula sets mathematics alone, no larger than its text.

    Args:
        body: What stands between the dollars.
    """
    if len(body) > MAX_CHARS:
        return False
    opened: list[str] = []
    seen: Counter[str] = Counter()
    for token in _TOKEN.finditer(body):
        edge, name, command, sign = token.groups()
        if edge and name not in _ENVIRONMENTS:
            return False
        if edge == "begin" or sign == "{":
            opened.append(name or sign)
            seen["depth"] = max(seen["depth"], len(opened))
        elif edge or sign == "}":
            if not opened or opened.pop() != (name or "{"):
                return False
        elif command is not None:
            if command not in _COMMANDS:
                return False
            if command == "\\" and _LENGTH.match(body, token.end()):
                return False
            seen[command] += 1
        else:
            seen[sign] += 1
    return not opened and _is_bounded(seen)


def _is_bounded(seen: Counter[str]) -> bool:
    return (
        seen["depth"] <= MAX_DEPTH
        and seen["&"] <= MAX_CELLS
        and sum(seen[name] for name in _SPACES) <= MAX_SPACES
        and sum(seen[name] for name in _STACKS) <= MAX_STACKED
    )
