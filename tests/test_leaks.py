"""Leaks: what no post may say, and what only looks like it."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from chatpaper.text import LeakKind, find_leaks

ANCESTOR = Path(__file__).parent.parent.parent / "shared" / "ancestor" / "dev.jsonl.gz"


def kinds(text: str, printed: str = "") -> set[str]:
    """Kinds of leaks in a text."""
    return {leak.kind for leak in find_leaks(text, printed=printed)}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("error", "Some Error for method(比如是不是没有Methods这个章节)"),
        ("placeholder", "创新点：xxx；性能：xxx；工作量：xxx；"),
        ("placeholder", "作者来自 XX 大学"),
        ("placeholder", "论文链接（待补充）"),
        ("placeholder", "单位：待定"),
        ("placeholder", "作者：待查阅相关文献后补充"),
        ("placeholder", "见 https://www.example.com/paper.pdf"),
        ("placeholder", "[论文链接地址](https://arxiv.org)"),
        ("placeholder", "请点击这里查看"),
        ("placeholder", "Github: None"),
        ("placeholder", "代码：None。"),
        ("placeholder", "None"),
        ("placeholder", "N/A"),
        ("placeholder", "略。"),
        ("echo", "代码（如果可用，请填写）"),
        ("echo", "若无则填写“GitHub:None”"),
        ("echo", "如有则填写"),
        ("echo", "严格遵循格式要求，不要重复<summary>的内容"),
        ("echo", "Your task is to write notes"),
        ("echo", "Return only valid JSON"),
        ("echo", "Ignore all previous instructions"),
        ("chat", "好的，我会按照您的要求来总结这篇论文。"),
        ("chat", "希望以上总结符合您的要求！"),
        ("chat", "根据您提供的摘要"),
        ("chat", "如有其他问题，请随时告诉我。"),
        ("chat", "以下是对这篇论文的总结"),
        ("chat", "Please feel free to ask"),
        ("refusal", "很抱歉，链接没有找到"),
        ("refusal", "我无法访问外部网站，无法提供论文链接"),
        ("refusal", "对不起，没有找到链接"),
        ("guess", "以上方法仅根据摘要推测"),
        ("guess", "具体细节需查阅原文"),
        ("guess", "具体的性能可能需要进一步阅读论文"),
        ("guess", "具体姓名需要查看论文提供的信息"),
        ("guess", "建议查阅相关文献以获取更多信息"),
        ("guess", "需要查看完整的论文"),
        ("guess", "作者：暂未提供"),
        ("guess", "作者所属机构未提供"),
        ("guess", "论文中未提供具体的数据"),
        ("guess", "This is not specified in the provided text."),
        ("template", "标题：$title"),
        ("template", "标题：{title}"),
        ("template", "{{ title }}"),
        ("template", "{% raw %}"),
        ("echo", "<|im_start|>"),
        ("echo", "You are a helpful assistant"),
        ("tag", "<Methods> 方法如下"),
        ("tag", "</li>"),
    ],
)
def test_leaks_are_found(kind: LeakKind, text: str) -> None:
    """Each kind of leak that models really wrote, or may write."""
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "待优化的参数由待定系数法求得，待检测的目标很小",
        "现有方法无法提供准确的深度，也无法获取真值",
        "网络可以推测出相机在不同时刻的位置，推测解码加快推理",
        "该模型根据用户提供的文本提示生成图像",
        "自监督与自我注意，忘我的表演，我们的方法",
        "损失为 $x_{xx}$ 与 ${a}$，矩阵 $xx^\\top$",
        "如果可用的标注很少，性能下降",
        "返回 None of the above 的比例",
        "两位作者希望缩小差距，希望该数据集推动社区",
        "您只看一次：统一的实时目标检测",
        "医生请患者填写量表，并申请伦理审查",
        "比较 a < b 且 c > d 的情形",
        "集合 {1, 2} 与 \\mathbf{word}",
        "We hope this line of work reduces costs.",
        "Here are three reasons why GANs fail.",
        "The user asks the assistant for help.",
        "学术检索还需要阅读论文和查看引用",
        "用户需要查看论文列表",
        "评审可以查阅相关文献，新手需要阅读论文",
        "获取信息需要阅读大量文献",
        "作者未给出误差范围",
        "作者团队也未公开训练代码，医疗机构未提供病历",
        "译者邀请访问论文网站的用户",
        "",
    ],
)
def test_statements_are_left_alone(text: str) -> None:
    """Words that are also said of methods, data and people."""
    assert not find_leaks(text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("XXX 染色体", "Trisomy XXX in adults"),
        ("提示模板 a photo of a {class}", "the prompt a photo of a {class} is used"),
        ("在 <image> 标记之后", "An <image> token"),
        ("模型回答 feel free to ask", "it says: Feel free to ask."),
    ],
)
def test_what_the_paper_prints_is_no_leak(text: str, printed: str) -> None:
    """A paper may be about placeholders, tags and refusals."""
    assert find_leaks(text)
    assert not find_leaks(text, printed=printed)


def test_a_post_and_its_records_leak_alike() -> None:
    """A post has a wide backslash for one that is no formula's."""
    words = r"before \!$matrix}\["

    assert kinds(words) == kinds(words.replace("\\", "＼"))


def test_an_empty_slot_is_never_excused() -> None:
    """The word None stands in most papers and still fills no slot."""
    assert kinds("None", printed="None of these") == {"placeholder"}
    assert kinds("代码：None", printed="None of these") == {"placeholder"}


def test_leaks_come_in_order_with_their_place() -> None:
    """Each leak says where it begins."""
    text = "好的，方法为 xxx 。抱歉"
    leaks = find_leaks(text)

    assert [leak.kind for leak in leaks] == ["chat", "placeholder", "refusal"]
    assert [text[leak.start :].lstrip()[: len(leak.text)] for leak in leaks] == [
        leak.text for leak in leaks
    ]


@pytest.mark.skipif(not ANCESTOR.exists(), reason="the ancestor's posts are not here")
def test_real_papers_leak_nothing_and_real_posts_leak_much() -> None:
    """Arxiv's own words of 203 papers are clean; what models wrote is not."""
    with gzip.open(ANCESTOR, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::6]
    clean = [
        leak.text
        for row in rows
        for leak in find_leaks(
            f"{row['title']}\n{row['abstract']}\n{row['comment'] or ''}"
        )
    ]
    found = Counter(
        kind for row in rows for kind in kinds(row["llm_long_markdown"]) - {"tag"}
    )

    # One abstract prints a LaTeX macro's braces: "{sparsity}".
    assert len(clean) <= 1
    # A survey of these posts by other patterns: 40 % chat, 30 % not given, 3 % errors.
    share = {kind: count / len(rows) for kind, count in found.items()}
    assert share["chat"] > 0.38
    assert share["guess"] > 0.28
    assert share["placeholder"] > 0.45
    assert share["error"] > 0.025
