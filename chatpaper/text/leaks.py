"""Words that belong to a prompt, a form or a chat, and never into a post.

Language models leak their instructions, leave slots of a form unfilled, talk to whoever
asked, apologise, or say that they are guessing. Each rule here needs the words that
make the phrase one *about the request*: 「无法获取真值」 is said of methods,
「无法获取论文全文」 is said by a model. Formulas are not looked into.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chatpaper.text.characters import fold
from chatpaper.text.formulas import blank_formulas

LeakKind = Literal[
    "error",  # an error message instead of text
    "placeholder",  # a slot that was not filled: xxx, 待补充, example.com, None
    "echo",  # words of an instruction
    "chat",  # talk with whoever asked
    "refusal",  # cannot, may not, sorry
    "guess",  # the model says it does not know or was not given the text
    "template",  # $title, {title}, {{ title }}
    "tag",  # <Methods>, </li>
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One leak.

    Attributes:
        kind: What leaked.
        text: The leaked words, as they stand.
        start: Offset of the first of them.
    """

    kind: LeakKind
    text: str
    start: int


# What a summary is made from or should hold: 「无法提供」 is a refusal only of these.
_SOURCE = (
    r"(?:论文|原文|全文|原始文献|相关文献|参考文献|完整文章|这篇文章|该文章|文章内容|"
    r"正文|章节|摘要|引言)"
)
_SLOT = (
    r"(?:作者|单位|机构|关键词|中文翻译|中文译名|论文链接|代码链接|链接|网址|代码库|仓库|"
    r"源代码|(?i:github))"
)
_WHO = r"(?:要|您|进一步|直接|自行|读者|结合)*"
_NEED = r"(?:需|须|建议|可以|可能需|请|应)" + _WHO
_READ = r"(?:查阅|参阅|参考|阅读|查看|查找|访问|查询|参见|通读)[^，。；\n]{0,8}?"
_PAPERS = r"(?:论文|原文|全文|原始文献|相关文献|官方|文献|原始资料|学术资料|相关资料)"
_END = r"(?=\s*(?:[。．，,;；、！!？?:：）)\]】>”\"'*<…|—-]|\.(?:\s|$)|$))"

_ERROR = (r"Some Error for",)
_PLACEHOLDER = (
    r"(?<![A-Za-z0-9\\_])(?:x{2,}|X{2,})(?![A-Za-z0-9_])",
    r"待(?:补充|查阅|填写|填充|补全|插入|完善信息)",
    r"待(?:定|续|更新|确定|提供|公布|公开|确认|查证|核实|添加)" + _END,
    r"(?:此处|这里|在此)(?:应?填写|插入|补充|输入|填入)",
    r"(?:论文|代码|(?i:github)|相应|具体|实际)?的?链接地址",
    r"点击(?:这里|此处|上述|相应链接|上方)",
    r"(?i:\b(?:www\.)?example\.(?:com|org|net)\b)",
    r"https?://(?:www\.)?(?:xxx|your|link|url|placeholder)\b[^\s)）]*",
    r"\]\((?:#[^)]*|链接[^)]*|论文[^)]*|)\)",
    r"\[(?:论文|文章|代码|项目|点击|插入|作者|单位|(?i:github|insert|your|link to))"
    r"[^\]\n]{0,24}\]",
    r"[（(](?:此处|这里|部分|按)?" + _SLOT + r"(?:名字|姓名|名称|地址)?[）)]",
    r"(?:^|[:：，,、（(“\"「\s\u4e00-\u9fff])None(?=\s*[”\"」）)\]。；，（(]|\s*$)",
    r"\A\s*[\[（(]?(?:None|N/?A|null|nil|NaN|undefined|无|暂无|未知|略|同上|空)"
    r"[\])）]?\s*[。.]?\s*\Z",
    r"暂无(?:论文|代码|链接|相关链接|(?i:github)|(?:相关)?信息|可用)",
    r"(?:如上所述|同上)(?:，?不再赘述)?" + r"(?=\s*[。）)]|\s*$)",
    r"占位符?(?:[，。）)]|$)",
)
_ECHO = (
    r"[（(\[【][^（）()\[\]【】\n]{0,12}(?:如果?|若)(?:不可用|可用|有|无|适用|没有)"
    r"(?=[，,）)\]】则请。;；:：]|的话)[^（）()\[\]【】\n]{0,40}[）)\]】]?",
    r"(?:如果?|若)(?:不?可用|有|无|没有|不?存在)[^。；;\n]{0,14}?"
    r"(?:则|请|可|可以|应)(?:填|写|留空|替换|标记|不填|输出)",
    r"[请则可应需再直接](?:填写|填入|留空|替换为)[^，。\n]{0,8}",
    r"(?<![申邀聘提约])请(?:您)?(?:根据|依据|按照|提供|确保|参照|核实|自行|在此|务必|填|替换|补充|"
    r"检查|联系)[^，。；\n]{0,12}",
    r"(?:根据|依据|按照)[^，。；\n]{0,20}填写",
    r"严格(?:按照|遵循|遵守)了?(?:您|你|上述|以上|给定|所给|规定|指定)?[^，。\n]{0,8}?"
    r"(?:格式|指令|指导原则|输出要求)",
    r"从(?:以下)?(?:创新点|创新性)[^。；\n]{0,16}(?:方面|角度|维度)[^。；\n]{0,4}?"
    r"(?:总结|评价|概括|进行|来|对)",
    r"按照?(?:要求|指定|规定|上述|以下|给定|所提供)的?格式(?:输出|回答|填写|进行|来|总结)",
    r"(?:输出|回答)(?:格式|要求)\s*[:：]",
    r"(?:用|使用)(?:中文|英文)(?:回答|输出|作答|表述)",
    r"根据(?:所?提供|所给|给出|给定)的(?:论文|原文|引言|文献|指导原则|摘要(?!生成|文本))",
    # Never seen in the posts of a model, but a paper can plant them.
    r"(?i:\b(?:return|output|respond with)\s+(?:only\s+)?(?:valid\s+|a\s+)?json\b)",
    r"(?i:\byour task is to\b)",
    r"(?i:\byou are an? (?:helpful|expert|assistant|ai|researcher|academic)\b)",
    r"(?i:\b(?:ignore|disregard) (?:all |any )?(?:the )?(?:previous|above|prior) "
    r"(?:instructions?|prompts?)\b)",
    r"<\|[a-z_]+\|>|\[/?INST\]|<<SYS>>|<{3,}|>{3,}",
)
_CHAT = (
    r"希望(?:以上|上述|这个|这份|这些|这一?|本|该|我的)?(?:回答|总结|摘要|概括|内容|整理|答案|"
    r"解释|解答|回复|概述|分析|翻译|信息)[^。！!\n]{0,12}(?:要求|帮助|有用|需求|期望|满意)",
    r"希望[^。！!？\n]{0,10}(?:您|对你|你的要求|你的需求)[^。！!\n]{0,10}",
    r"您的(?:要求|需求|问题|输入|指导|回复|反馈|意见|理解|请求|格式|指示|说明|宝贵|支持|提问)",
    r"您(?:所|已)?(?:提供|给出|要求|提到|需要|所述)",
    r"(?:告诉|感谢|联系|祝|通知|建议|帮助|向|为|供|让|如果|如)您",
    r"(?:如果?|若)您?(?:还)?(?:有)?(?:任何|其他|其它|更多|进一步)[^。\n]{0,14}"
    r"(?:问题|疑问|需要|需求|要求|修改|建议)[^。\n]{0,8}(?:请|随时|欢迎|告|联系|补充|我)",
    r"(?:请|欢迎)?随时(?:告诉|告知|联系|提问|提出|与我)",
    r"请(?:告诉|告知|联系)我",
    r"(?:\A|(?<=[\n。：:]))[ \t]*(?:好的|当然可以|当然|没问题|明白了|收到|可以的)"
    r"[，,！!。:：]",
    r"(?:根据|按照)(?:您|你)(?:的|所)?(?:要求|提供|给出|指示|请求|格式|需求)",
    r"请(?:您)?(?:注意|知悉|谅解)[，,:：](?:由于|因为|以上|上述|这里|这只?是|我|本回答|"
    r"该总结|具体)[^，。\n]{0,16}",
    r"以下(?:是|为)(?:对?我|根据|按照|基于|对|关于)?(?:您|你|这篇|该篇?|本篇?|上述|以上)?"
    r"(?:论文|文章|摘要|要求|回答|答案|总结|格式)[^，。\n]{0,10}",
    r"以上(?:就?是|为|内容是?|总结|回答|概括)?(?:我?对|关于|根据|仅|基于|本|该|这)"
    r"[^，。\n]{0,8}(?:论文|文章|文献|摘要|总结|概括|回答|参考)",
    r"(?:\A|[（(\n。])[ \t]*(?:注|备注|注意|说明|提示)[:：]",
    r"(?<![自敌忘本超小大唯物])我(?:会|将会?|已经?|无法|不能|可以|尽量|没有)"
    r"(?:按照|根据|基于|为您|为你|尽|严格|总结|提供|访问|理解|查阅|直接|遵循|给出|从|对|"
    r"用|使用|回答|确认|获取|收到|看到|完成|继续|列出)",
    r"(?i:\bfeel free to (?:ask|reach|contact|let)\b)",
)
_REFUSAL = (
    r"(?:很|非常|十分|深感|对此)?抱歉(?!度)",
    r"对不起[，,！!。]",
    r"(?:无法|不能|难以)(?:直接|准确|具体|完整|为您|立即|实时|详细)?"
    r"(?:提供|访问|查看|获取|获得|得知|填写|给出|查阅|确认|阅读|获知|查询|判断|确定)"
    r"[^，。；;\n]{0,8}?(?:" + _SOURCE + "|" + _SLOT + "|外部(?:网站|链接)|工作量)",
    r"(?:无法|不能|难以)(?:准确|全面|直接|具体|详细|从摘要中)?(?:地)?(?:进行)?"
    r"(?:评估|评价|判断|评判|衡量)(?:其|该论文的?|该文章?的?|这篇论文的?)?(?:的)?"
    r"(?:工作量|性能表现)",
)
_GUESS = (
    r"(?<!可)(?<!此前)(?:摘要|引言|题目|标题|信息|论文|文章|文中|上文|主观|经验)[^，。；\n]{0,6}"
    r"推测(?!解码|采样|执行|性)",
    r"(?:仅|只能?|均)(?:根据|基于|从|依据)(?:论文|文章|所给|提供的|上述|已有|现有)?的?"
    r"(?:摘要|题目|标题|引言|已知信息|现有信息)",
    # People read papers: it is about this one where it is called the original, where
    # readers are asked to, or where the rest of what was asked for is said to be there.
    _NEED + _READ + r"(?:原文|全文|原始文献|原始资料|原始论文|完整的?论文)",
    r"(?:(?<![申邀聘提约])请|建议)" + _WHO + _READ + _PAPERS,
    r"(?:具体|细节|详细)[^，。；\n]{0,20}?" + _NEED + _READ + _PAPERS,
    r"(?:详|参)?见(?:论文|原文)(?=\s*[。）),，]|\s*\Z)",
    r"链接(?:暂|尚|目前)?(?:不可用|缺失|未知)",
    r"仅供(?:您)?参考|以(?:原文|论文|实际|官方)[^，。\n]{0,6}为准",
    r"(?:论文|文章)(?:目前|暂|还|尚|似乎|可能)*未(?:正式|公开)*(?:公开|发表|出版|发布)",
    r"由于(?:缺[乏少]|没有)(?:具体|详细|足够|相关|更多)的?[^，。；\n]{0,4}(?:数据|结果|信息|细节)",
    r"由于(?:缺[乏少]|没有|未|无法|我|您|不能|目前)[^，。；\n]{0,12}?" + _SOURCE,
    r"(?:论文|文章|文中|原文|摘要|引言|正文|题目|该文|文本中)(?:里|中|内)?"
    r"(?:并|均|也|还|尚|暂|都|部分)*(?:未|没有)(?:有)?(?:明确|具体|详细|直接|充分|足够|"
    r"特别|清楚|完全|全面)*(?:地)?(?:提供|提及|提到|给出|说明|指出|列出|描述|涉及|阐述|介绍|"
    r"展示|披露)",
    r"未(?:直接|明确|具体|能)?提供[^，。；\n]{0,6}?(?:" + _SOURCE + "|" + _SLOT + ")",
    r"(?!(?:作者|机构|单位)(?:们|团队)?[也均并还尚暂都]*未(?:提供|给出|公开|明确)[\u4e00-\u9fff])"
    r"(?:"
    + _SLOT
    + r")[^，。；\n]{0,6}?(?:未提供|未知|不详|未给出|未公开|未明确|暂缺|无法提供)",
    r"(?:暂|均)?未(?:提供|提及|给出|知|明确)" + r"(?=\s*[。）)]?\s*\Z)",
    r"(?i:\bnot (?:explicitly )?(?:provided|specified|mentioned|given|stated|available|"
    r"included) in the (?:provided |given |supplied )?"
    r"(?:text|abstract|excerpt|paper|document|context|passage)\b)",
)
# Never seen in a post either: a slot of our own prompt or page, or a site's template.
_TEMPLATE = (
    r"\{\{[^{}\n]{0,40}\}\}|\{%[^%\n]{0,60}%\}",
    r"(?<![\\\w$^_}])\$\{?[A-Za-z_]{3,}\}?(?![\w$\\^{}])",
    r"(?<![\\\w$^_}])\{[a-z_]{3,}\}",
)
_TAG = (r"</?[A-Za-z][A-Za-z0-9_-]*(?:\s[^<>\n]{0,80})?\s*/?>",)

_PATTERNS: dict[LeakKind, tuple[str, ...]] = {
    "error": _ERROR,
    "echo": _ECHO,
    "placeholder": _PLACEHOLDER,
    "refusal": _REFUSAL,
    "chat": _CHAT,
    "guess": _GUESS,
    "template": _TEMPLATE,
    "tag": _TAG,
}
_RULES = tuple(
    (kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns)))
    for kind, patterns in _PATTERNS.items()
)

# What a paper may print itself: an XXX chromosome, a {class} slot, an <image> token, a
# quoted refusal. Chinese phrases and empty slots are the model's own in any case.
_PRINTABLE = re.compile(r"[\x21-\x7e][\x20-\x7e]*\Z")
_NEVER_PRINTED = re.compile(r"\W*(?:None|N/?A|null|nil|NaN|undefined)\W*\Z")


def find_leaks(text: str, *, printed: str = "") -> tuple[Leak, ...]:
    """Find what leaked into a text meant for readers.

    Args:
        text: A claim, a title or a whole post, any language.
        printed: What the paper itself prints (title, abstract, full text): Latin-script
            words found there are the paper's, not leaks.

    Returns:
        Leaks by place; leaks of different kinds may overlap. A Markdown post's own HTML
        counts as `tag`: who checks posts leaves that kind to the rule for raw HTML.
    """
    # A post has the wide backslash for the other: both read alike.
    masked = blank_formulas(text.replace("＼", "\\"))
    known = _spaced(printed)
    leaks = [
        Leak(kind=kind, text=match.group().strip(), start=match.start())
        for kind, pattern in _RULES
        for match in pattern.finditer(masked)
        if not _is_printed(match.group().strip(), known)
    ]
    return tuple(sorted(leaks, key=lambda leak: leak.start))


def _is_printed(words: str, known: str) -> bool:
    return (
        bool(known)
        and _PRINTABLE.match(words) is not None
        and _NEVER_PRINTED.match(words) is None
        and _spaced(words) in known
    )


@lru_cache(maxsize=4)  # a paper's whole text, and asked for each of its claims
def _spaced(text: str) -> str:
    return " ".join(fold(text).split())
