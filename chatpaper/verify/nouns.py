"""What a count counts: the field's count nouns, Chinese and English.

Nouns that one writer takes for another (stage and step, data set and benchmark) stand
in one group, so that only clearly different things are told apart.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Group(NamedTuple):
    chinese: str
    english: str


_GROUPS: dict[str, _Group] = {
    "stage": _Group(
        "阶段|步骤|步|级联|级别|层级|级|过程|环节|流程|部分|轮|层次|工序|模块|组件|组成",
        "stages?|steps?|phases?|process(?:es)?|levels?|cascades?|procedures?|parts?"
        "|pass(?:es)?|rounds?|modules?|components?|hierarch\\w+|scales?|tiers?|elements?|tris?",
    ),
    "dataset": _Group(
        "数据集|基准|语料库|数据库|测试集|测试平台",
        "datasets?|data sets?|benchmarks?|corpora|corpus|databases?|testbeds?"
        "|cohorts?|test sets?|collections?",
    ),
    "method": _Group(
        "方法|模型|网络|框架|技术|算法|策略|方案|架构|机制|模块|组件|系统|编码器|解码器|判别器|生成器"
        "|部分|分支|路径|流|范式|基线|模式|变体|版本|过程|专家|头|先验|表示|改进|创新|贡献|设计|工具|手段"
        "|途径|方式|攻击|Transformer",
        "methods?|models?|networks?|frameworks?|techniques?|algorithms?|strateg(?:y|ies)"
        "|schemes?|architectures?|mechanisms?|modules?|components?|systems?|encoders?"
        "|decoders?|discriminators?|generators?|parts?|branch(?:es)?|paths?|pathways?"
        "|streams?|paradigms?|baselines?|modes?|variants?|versions?|process(?:es)?"
        "|experts?|heads?|priors?|representations?|improvements?|innovations?"
        "|contributions?|designs?|tools?|approach(?:es)?|ways?|LLMs?|NeRFs?|GANs?|MLPs?"
        "|transformers?|fields?|solutions?|attacks?|modifications?|procedures?|pipelines?",
    ),
    "image": _Group(
        "图像|图片|照片|视图|视角|帧|视频|画面|图|影像|序列|切片|相机|摄像机|摄像头|视点|输入|样本|片段|扫描",
        "images?|pictures?|photos?|photographs?|views?|frames?|videos?|shots?|sequences?"
        "|slices?|cameras?|viewpoints?|inputs?|samples?|clips?|scans?|angles?|perspectives?"
        "|snapshots?|renderings?|sketch(?:es)?|exemplars?|examples?",
    ),
    "task": _Group(
        "任务|问题|挑战|场景|应用|领域|域|设置|难题|目标|情况|数据集|基准|学科|难点|障碍|需求|用例|案例|限制|缺陷",
        "tasks?|problems?|challenges?|scenarios?|scenes?|applications?|domains?|fields?"
        "|settings?|goals?|objectives?|aims?|cases?|areas?|issues?|difficult\\w+|datasets?"
        "|benchmarks?|disciplines?|limitations?|obstacles?|requirements?|tracks?|challenge"
        "|environments?|conditions?|questions?|drawbacks?|shortcomings?|pitfalls?|targets?",
    ),
    "aspect": _Group(
        "方面|角度|维度|层面|因素|类型|种类|类别|类|指标|特征|属性|特性|标准|性质|变量|条件|模态|形式|观点"
        "|见解|发现|视角|信号|信息|线索|提示|关键点|要素|原则|准则|能力|风格|特点|优势|级别|尺度|设置|假设|质量",
        "aspects?|angles?|dimensions?|perspectives?|factors?|types?|kinds?|categor(?:y|ies)"
        "|class(?:es)?|metrics?|measures?|features?|attributes?|properties|criteri(?:on|a)"
        "|variables?|conditions?|modalit(?:y|ies)|forms?|insights?|findings?|viewpoints?"
        "|signals?|cues?|prompts?|keys?|elements?|principles?|abilit\\w+|styles?|sorts?"
        "|advantages?|levels?|scales?|settings?|assumptions?|qualit(?:y|ies)|folds?|views?"
        "|families|groups?|axes|axis|directions?|ones|characteristics?|indicators?|scores?",
    ),
    "loss": _Group(
        "损失|正则化|正则项|约束|惩罚|目标函数|项|函数|先验|监督|引导",
        "loss(?:es)?|regulari[sz]\\w+|constraints?|penalt\\w+|terms?|objectives?|functions?"
        "|priors?|supervisions?|guidances?|criteri(?:on|a)|energ\\w+",
    ),
    "object": _Group(
        "物体|对象|目标|实例|资产|部件|高斯|点|网格|平面|三平面|曲面|表面|流|区域|分量|体素|基元|元素|特征"
        "|结构|形状|模型|器官|病灶|角色|手|人体|单元|场|头|变量|组件|部分|手指|函数|姿势|姿态|状态|关节",
        "objects?|targets?|instances?|assets?|parts?|gaussians?|points?|mesh(?:es)?|planes?"
        "|tri-?planes?|surfaces?|streams?|regions?|components?|voxels?|primitives?"
        "|elements?|features?|structures?|shapes?|models?|organs?|lesions?|characters?"
        "|hands?|humans?|bod(?:y|ies)|units?|fields?|heads?|fingers?|functions?|poses?"
        "|states?|joints?|entit(?:y|ies)|splats?|areas?|branch(?:es)?|terms?|tensors?"
        "|latents?|codes?|vectors?|subjects?|sets?|maps?|volumes?|motions?|actions?",
    ),
    "person": _Group(
        "人|用户|参与者|专家|角色|患者|受试者|医生|身份|说话人|演员|被试|志愿者|病人|评审|团队|队伍|作者",
        "persons?|people|users?|participants?|experts?|characters?|patients?|subjects?"
        "|identit(?:y|ies)|speakers?|actors?|volunteers?|individuals?|humans?|raters?"
        "|annotators?|radiologists?|clinicians?|teams?|doctors?|physicians?|cases?|agents?"
        "|authors?|performers?|pathologists?|faces?",
    ),
    "time": _Group(
        "次|遍|倍|回|迭代|轮|评估|查询|调用",
        "times?|iterations?|epochs?|runs?|repeats?|trials?|evaluations?|NFEs?|fold|quer(?:y|ies)"
        "|calls?|steps?|rounds?|passes",
    ),
    "language": _Group("语言|语种|方言", "languages?|dialects?|locales?"),
    "layer": _Group(
        "层|块|模块",
        "layers?|levels?|blocks?|depths?|hierarch\\w+|modules?|patch(?:es)?|chunks?"
        "|tiles?|segments?",
    ),
    "gpu": _Group(
        "GPU|显卡|设备|块", "gpus?|devices?|cards?|a100s?|v100s?|h100s?|machines?"
    ),
    "emotion": _Group("情感|情绪|表情", "emotions?|expressions?|sentiments?"),
}
_CHINESE = {name: re.compile(group.chinese) for name, group in _GROUPS.items()}
_ENGLISH = {
    name: re.compile(rf"(?i)(?<![A-Za-z])(?:{group.english})(?:e?d)?(?![A-Za-z])")
    for name, group in _GROUPS.items()
}
_PHRASE_END = re.compile(r"[，。；：、,;:.（(]|并|以|来|进行|上的|中的|上|中|下|时")
_CLASSIFIERS = re.compile(
    r"^\s*(?:大|关键|主要|不同|独立|核心|新|重要|公开|流行|的|个|种|项)*"
)


def counted_in_claim(counted: str, after: str) -> frozenset[str]:
    """Groups of the noun that a claim's count counts.

    Args:
        counted: The quantity as it stands (`两阶段` names its noun itself).
        after: What follows it in its clause.

    Returns:
        Empty when no known noun follows: then nothing can be concluded.
    """
    rest = after[_CLASSIFIERS.match(after).end() :]  # type: ignore[union-attr]
    phrase = _PHRASE_END.split(rest[:18], maxsplit=1)[0]
    words = (counted[1:] if counted[-1:] not in "个种项大" else "") + " " + phrase
    groups = {name for name, noun in _CHINESE.items() if noun.search(words)}
    if not re.search("[\u4e00-\u9fff]", after):
        groups |= {name for name, noun in _ENGLISH.items() if noun.search(after[:40])}
    return frozenset(groups)


def english_nouns(groups: frozenset[str]) -> str:
    """A pattern for the English nouns of some groups; empty for no group."""
    return "|".join(_GROUPS[name].english for name in sorted(groups))


def counted_in_source(groups: frozenset[str], before: str, after: str) -> bool | None:
    """Whether the paper's count counts the same thing.

    Returns:
        True when a noun of the same group stands by it, False when only others do,
        None when no known noun does.
    """
    near = after[:60]
    if any(
        _ENGLISH[name].search(near)
        or _ENGLISH[name].search(before[-40:])
        or _CHINESE[name].search(near[:12])
        for name in groups
    ):
        return True
    known = any(noun.search(near[:40]) for noun in _ENGLISH.values())
    return False if known else None
