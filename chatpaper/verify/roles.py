"""What a number does in its clause: a change, a level, a share, a bound.

`reduces memory by 70 %` and `uses 70 % of the memory` hold the same value and say
opposite things. Only plain wordings are told apart; where the words leave it open,
the role is unknown and nothing is concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Change = Literal["", "less", "more", "level", "share"]
Bound = Literal["", "at least", "at most"]
Span = Literal["", "captured", "made"]


def _any(words: str) -> str:
    return "|".join(words.split())


_LESS_EN = _any(r"""
    reduc\w* decreas\w* lower\w* save[sd]? savings? saving less fewer drop\w* cut\w*
    shrink\w* shr[au]nk\w* smaller shorter shorten\w* declin\w* diminish\w*
    minimi[sz]\w* compress\w* prun\w* remov\w* discard\w* eliminat\w* skip\w* loss
    los(?:e|ing) lighter cheaper slower without degrad\w* speed\w* accelerat\w*
    fast\w* quick\w*
""")
_MORE_EN = _any(r"""
    improv\w* increas\w* gain\w* boost\w* outperform\w* surpass\w* exceed\w* higher
    better rais\w* enhanc\w* advanc\w* margins? relative\w* more than over beat\w*
    extra additional great\w* grow\w* rise\w* upgrade\w* by lift\w* absolute\w*
     larger speedups? wins? superior leads? ahead delta difference uplift
    compar\w* versus vs
""")
_LESS_ZH = _any("减少 降低 缩短 下降 节省 节约 压缩 削减 减小 降幅 少 低 缩小 减轻 省")
_MORE_ZH = _any("""
    提升 提高 增加 增长 高出 改善 改进 优于 超过 超越 领先 胜过 增强 涨 多 增幅 提速
    加快
""")
_CHANGED = re.compile(
    rf"(?i)(?<![A-Za-z])(?:{_LESS_EN}|{_MORE_EN})(?![A-Za-z])|{_LESS_ZH}|{_MORE_ZH}|快"
)
_LESSENED = re.compile(rf"(?i)(?<![A-Za-z])(?:{_LESS_EN})(?![A-Za-z])|{_LESS_ZH}|快")
_CHINESE = re.compile("[\u4e00-\u9fff]")

# What may stand between a verb and its number.
_HEDGES_ZH = _any("""
    了 约 大约 将近 近 超过 至少 高达 多达 平均 最多 最高 分别 逾 可达 达 \\s
    [+>≥~≈≤<±]
""")
_HEDGE_ZH = rf"(?:{_HEDGES_ZH})*$"
_ZH_BY_LESS = re.compile(rf"(?:{_LESS_ZH}){_HEDGE_ZH}")
_ZH_BY_MORE = re.compile(rf"(?:提升|提高|增加|增长|高出|改善|改进|涨){_HEDGE_ZH}")
_ZH_FASTER_BY = re.compile(rf"(?:快|慢|提速|提前|早){_HEDGE_ZH}")
_ZH_BEATS = re.compile(
    r"(?:优于|超过|超越|胜过|领先)(?P<rival>[^，。；0-9]{1,16}?)[约达近]?\s*$"
)
_ZH_TO = re.compile(
    r"(?:减少|降低|缩短|压缩|下降|削减|减小|缩小|提升|提高|增加|上升|增长|降|减|增|升)(?:至|到|为)"
    r"(?:原来的|原有的|了|约|大约|近|不到|少于|低于|\s)*$"
)
_ZH_ONLY = re.compile(
    r"(?:仅|只)(?:需要?|用|占用?|有|为|使用|利用|消耗|保留)?"
    r"(?:了|约|大约|不到|少于|低于|其|\s)*$"
)
_ZH_OF = re.compile(
    r"^\s*(?:以[上下内])?(?:左右)?的"
    r"(?!提升|提高|增|改|性能|下降|降|减|加速|优势|涨|收益)"
)

_HEDGES_EN = (
    r"only|just|merely|about|around|approximately|roughly|nearly|almost|over|under"
    r"|up to|at most|at least|less than|more than|fewer than|as little as|as low as"
    r"|as high as|an?|the|its?|their|mere|average of|total of|below|above|sim"
    r"|[~<>≤≥≈+$\\]"
)
_EN_HEDGE = rf"\s*(?:(?:{_HEDGES_EN})\s*)*$"
_USES = _any(r"""
    employ\w* us(?:e|es|ed|ing) consum\w* requir\w* need\w* tak(?:e|es|ing) occup\w*
    account\w* with cost\w* utili[sz]\w* keep\w* retain\w* maintain\w* demand\w*
    within spend\w* leverag\w* only merely just contain\w*
""")
_LEVELS = _any(r"""
    reach\w* achiev\w* attain\w* obtain\w* scor\w* accuracy rate precision recall of
    at in is was are to with dice iou auc
""")
_EN_USES = re.compile(rf"(?i)(?<![A-Za-z])(?:{_USES})(?: for)?{_EN_HEDGE}")
_EN_LEVEL = re.compile(rf"(?i)(?<![A-Za-z])(?:{_LEVELS}){_EN_HEDGE}")
_EN_TO = re.compile(rf"(?i)(?<!up )(?<![A-Za-z])to{_EN_HEDGE}")
_EN_FROM = re.compile(r"(?i)\bfrom\s*[$~]*$")
_AND = re.compile(r"\b(?:and|while|with|which|but)\b|[,;]")
_EN_BY = re.compile(rf"(?i)(?<![A-Za-z])by{_EN_HEDGE}")
_EN_ON = re.compile(rf"(?i)(?<![A-Za-z])(?:on|in|for|across|among){_EN_HEDGE}")
_EN_OF = re.compile(r"(?i)^[\s$]*of\s+[a-z]")
_EN_OF_WHOLE = re.compile(
    r"(?i)^[\s$]*of\s+(?:the|its?|their|original|baseline|total|all)"
)
_LESS_AFTER = _any(r"""
    reduc\w* decreas\w* sav\w* drop\w* lower fewer less fast\w* quick\w* speed-?ups?
    accelerat\w* short\w* small\w* compress\w* cut\w* prun\w* lighter
""")
_MORE_AFTER = _any(r"""
    improv\w* increas\w* gains? boost\w* higher better larger more relative\w*
    absolute\w* advantages? margins? leads? growth enhanc\w* uplift rise greater
    extra advance\w* jump  outperform\w* win(?!dow)\w* over
""")
_EN_CHANGE_AFTER = re.compile(
    rf"(?i)(?<![A-Za-z])(?:(?P<less>{_LESS_AFTER})|(?P<more>{_MORE_AFTER}))(?![A-Za-z])"
)
_LESS_THAN = re.compile(r"(?i)\b(?:less|fewer|more|lower) than\b|\bfewer\b(?=\s*$)")

_AT_LEAST = re.compile(
    r"(?i)(?:超过|至少|不低于|不少于|大于|高于|多于|逾|\bover|more than|at least"
    r"|exceed\w*|above|greater than|≥|>)(?:需要?|有|为|用|能|可|达到?)*\s*[~$]*$"
)
_AT_MOST = re.compile(
    r"(?i)(?:不到|小于|少于|低于|至多|不超过|最多|less than|under|below|fewer than"
    r"|at most|up to|no more than|within|≤|<)(?:需要?|有|为|用|能|可|达到?)*\s*[~$]*$"
)
_AT_LEAST_AFTER = re.compile(r"^\s*(?:\+|以上|or more|or higher|and above)")
_AT_MOST_AFTER = re.compile(r"^\s*(?:以下|以内|之内|or less|or fewer)")

_CAPTURING = (
    r"\b(?:captur\w*|record\w*|acquir\w*|film\w*|shot|shoot\w*|collected)\b"
    + ("|捕获|拍摄|采集|录制|捕捉|记录")
)
_MADE = _any(r"""
    reconstruct\w* generat\w* render\w* train\w* synthesi\w* infer\w* edit\w*
    optimi[sz]\w* creat\w* produc\w* process\w* run\w* converg\w* fit\w* sampl\w*
    adapt\w* personali\w* customi\w* segment\w* finish\w* complet\w* comput\w*
    estimat\w* predict\w* perform\w* learn\w* deliver\w* build\w* speed takes? time
    fine-?tun\w*
""")
_MAKING = rf"\b(?:{_MADE})\b|" + _any("""
    重建 生成 渲染 训练 合成 推理 编辑 优化 创建 制作 处理 完成 计算 运行 收敛 分割
    适配 实现
""")
_CAPTURE = re.compile(rf"(?i){_CAPTURING}")
_MAKE = re.compile(rf"(?i){_MAKING}")
_EITHER = re.compile(rf"(?i)(?P<captured>{_CAPTURING})|(?P<made>{_MAKING})")


@dataclass(frozen=True, slots=True)
class Role:
    """What a number does in its clause; empty strings where the words leave it open.

    Attributes:
        change: `less` or `more` by it, a `level` reached or used, a `share` of cases.
        bound: Whether it is said to be the least or the most.
        span: For a duration: of what is captured, or of the making.
    """

    change: Change = ""
    bound: Bound = ""
    span: Span = ""


def claim_role(before: str, after: str) -> Role:
    """Role of a number in a claim, from what stands round it in its clause."""
    return Role(
        _claim_change(before, after), _bound(before, after), _span(before, after)
    )


def source_role(before: str, after: str) -> Role:
    """Role of a number in the paper, from what stands round it in its clause."""
    return Role(
        _source_change(before, after), _bound(before, after), _span(before, after)
    )


def _claim_change(before: str, after: str) -> Change:
    if not _CHINESE.search(before + after):
        return _source_change(before, after)
    if _ZH_OF.match(after):
        return ""
    if _ZH_BY_LESS.search(before) or _ZH_FASTER_BY.search(before):
        return "less"
    beats = _ZH_BEATS.search(before)
    if _ZH_BY_MORE.search(before) or (beats and beats["rival"].strip()):
        return "more"
    if _ZH_TO.search(before):
        return "level"
    only = _ZH_ONLY.search(before)
    return "level" if only and not _CHANGED.search(before[: only.start()]) else ""


def _source_change(before: str, after: str) -> Change:
    near_before = before[-70:]
    near_after = _AND.split(after[:45], maxsplit=1)[0]
    if _EN_ON.search(before) and _EN_OF.match(after):
        return "share"
    if _EN_FROM.search(before):
        return "level"
    changed = _EN_CHANGE_AFTER.search(near_after)
    if changed:
        return "less" if changed["less"] else "more"
    if _EN_BY.search(before):
        return "less" if _LESSENED.search(near_before + near_after) else "more"
    if _EN_TO.search(before):
        return "level"
    if _EN_USES.search(before):
        return "level"
    if _EN_OF_WHOLE.match(after) and not _LESSENED.search(_hedge_off(near_before)):
        return "level"
    if not _CHANGED.search(near_before + near_after) and _EN_LEVEL.search(before):
        return "level"
    return ""


def _hedge_off(before: str) -> str:
    """`consumes less than 10 %`: that "less" bounds, it does not change."""
    return _LESS_THAN.sub("", before)


def _bound(before: str, after: str) -> Bound:
    if _AT_LEAST.search(before[-24:]) or _AT_LEAST_AFTER.match(after):
        return "at least"
    if _AT_MOST.search(before[-24:]) or _AT_MOST_AFTER.match(after):
        return "at most"
    return ""


def _span(before: str, after: str) -> Span:
    verbs = list(_EITHER.finditer(before))
    nearest = verbs[-1] if verbs else None
    if nearest and nearest["captured"]:
        return "captured"
    if _CAPTURE.search(after[:30]):
        return ""
    return "made" if nearest or _MAKE.search(after[:24]) else ""
