"""Form and names: what is unfit to print, and names that the paper does not know."""

import pytest

from chatpaper.records import Claim, Paper
from chatpaper.verify import (
    PrintedText,
    Vocabulary,
    check_form,
    check_names,
    check_repeats,
    names_in,
)
from printed import DOCUMENT, PAPER

EVIDENCE = PrintedText(DOCUMENT, PAPER)
VOCABULARY = Vocabulary(EVIDENCE)


def reasons(text: str, slot: str = "points", language: str = "zh") -> str:
    """All reasons against a text, joined."""
    findings = check_form(text, slot, EVIDENCE, language=language)
    assert all(finding.kind == "form" for finding in findings)
    return "; ".join(finding.reason for finding in findings)


def unknown(text: str, language: str = "zh") -> list[str]:
    """Names of a text that the paper does not know."""
    findings = check_names(text, VOCABULARY, language=language)
    assert all(finding.kind == "name" for finding in findings)
    return [finding.text for finding in findings]


# ---------------------------------------------------------------- form


@pytest.mark.parametrize(
    "text",
    [
        "在 CIFAR-10、CelebA-HQ 上，TinyGAN2 的 FID 为 7.42。",
        "损失 $\\mathcal{L} = \\mathbb{E}[x]$ 在训练中下降。",
        "代码位于 https://github.com/tiny/gan2 。",
        "使用 `torch.nn.functional` 实现的网络很小。",
        "该网络（generative adversarial network）用于人脸合成。",
        "学生填写了问卷，共 20 人。",
        "每个提示之前都有一个 <image> 标记。",
        "参数 *a* 小于 3，且 a_1 > b_1。",
        "它在三个数据集上优于基线；在第四个数据集上与基线相当。",
    ],
)
def test_good_claims_pass(text: str) -> None:
    """Names, formulas, links and what the paper really does are fine."""
    assert reasons(text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("We propose a small network for faces.", "not in Chinese"),
        ("本文 proposes a small network for phones and tablets", "not in Chinese"),
        ("TinyGAN2, FID", "not in Chinese"),
        ("好的，我会按照您的要求进行总结。", "talk"),
        ("作者来自 xxx 大学。", "placeholder"),
        ("很抱歉，没有找到。", "apology"),
        ("方法部分仅根据摘要推测。", "guess"),
        ("若无则填写“None”。", "instruction"),
        ("# 方法由三部分组成", "Markdown"),
        ("- 方法由三部分组成", "Markdown"),
        ("3. 方法由三部分组成", "Markdown"),
        ("(2) 方法由三部分组成", "Markdown"),
        ("① 方法由三部分组成", "Markdown"),
        ("```方法```由三部分组成", "Markdown"),
        ("**方法**由三部分组成", "Markdown"),
        ("方法由三部分\n组成，效果很好", "line break"),
        ("<Methods> 方法由三部分组成", "a tag"),
        ("方法由三部分组成\u200b，效果很好", "unreadable"),
        ("方法由三部分\ufffd组成", "unreadable"),
        ("该方法的主要步骤包括：", "breaks off"),
        ("好", "empty"),
        ("。", "empty"),
        ("方法很好。" + "小网络生成人脸，" * 60, "characters long"),
        ("模型收敛很快模型收敛很快模型收敛很快模型收敛很快", "over and over"),
        ("该网络用于人脸合成任务。它很小。该网络用于人脸合成任务。", "same sentence"),
        ("研究者对 30 人进行了实地访谈。", "way of research"),
        ("该方法使用了 Нейрон 网络。", "another script"),
    ],
)
def test_unfit_claims_are_found(text: str, reason: str) -> None:
    """Each rule says why."""
    assert reason in reasons(text)


def test_a_way_of_research_may_be_printed_in_other_words() -> None:
    """It counts as printed when any of its English words is."""
    text = "误差由交叉验证得到。"
    found = [
        check_form(
            text,
            "points",
            PrintedText(None, Paper(id="x", title="A network", abstract=abstract)),
            language="zh",
        )
        for abstract in ("It works.", "It works on each of five folds.")
    ]

    assert [[finding.text for finding in each] for each in found] == [["交叉验证"], []]


def test_each_language_has_its_own_rule() -> None:
    """English digests want English; other languages are not judged."""
    chinese = "本文提出了一种用于人脸合成的小型网络。"

    assert "not in English" in reasons(chinese, language="en")
    assert reasons("We propose a small network.", language="en") == ""
    assert reasons("Ce réseau produit des visages.", language="fr") == ""


def test_the_summary_sentence_is_short() -> None:
    """A hundred characters for the summary sentence, more for the rest."""
    text = "该网络用于人脸合成，" * 9 + "而且它比以前的网络小得多"

    assert len(text) > 100
    assert "at most 100" in reasons(text, "abstract")
    assert "characters long" not in reasons(text)
    assert "words long" in reasons("small net " * 30, "abstract", "en")


def test_titles_and_keywords_have_their_own_bounds() -> None:
    """A keyword may be one short English term, a title may be a name."""
    assert reasons("GAN", "keyword") == ""
    assert reasons("neural face synthesis", "keyword") == ""
    assert reasons("TinyGAN2", "title") == ""
    assert "not in Chinese" in reasons("Generating faces on grids", "title")


def test_the_same_claim_twice_in_a_part_is_found_once() -> None:
    """The later one is at fault."""
    texts = ("网络很小。", "它很快。", "网络很小")
    claims = [Claim(field="points", text=text) for text in texts]
    elsewhere = Claim(field="results", text=texts[0])
    findings = check_repeats([*claims, elsewhere])

    assert [len(found) for found in findings] == [0, 0, 1, 0]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "text",
    [
        "TinyGAN2 与 Tiny-GAN 2 和 tinygan2",
        "在 CIFAR10、CIFAR 10 与 CIFAR-10 上",
        "DP-LinkNet、DPLinkNet 与 DP LinkNet",
        "E$^3$ 网格与 E3",
        "x_i、z_{t}、L^2 与 R^{d}，单位 g cm^{-3} 与 s^{-1}",
        "Frechet inception distance，即 FID",
        "GPU、AI、SOTA、3D、Transformer、baseline、token、GANs",
        "GAN 即 Generative Adversarial Networks",
        "PSNR 达到 31.5 dB，用时 14 h，显存 24GB",
        "作者 Müller 与 Muller",
        "变量 $x_i$ 与 $\\mathrm{loss}$，以及 x、y",
        "代码见 https://github.com/tiny/gan2",
        "联系 someone@some.org",
        "DP-LinkNet-based 方法与 CelebA-HQ/CIFAR-10",
        "合成（synthesizing）人脸",
    ],
)
def test_printed_names_are_known(text: str) -> None:
    """Spacing, hyphens, case, plural, LaTeX, accents and short forms do not matter."""
    assert unknown(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("与 StyleGAN3 相比", ["StyleGAN3"]),  # only in the references
        ("在 CIFAR-100 上", ["CIFAR-100"]),
        ("在 ImageNet 与 FFHQ 上", ["ImageNet", "FFHQ"]),
        ("TinyGAN3 的 LPIPS 更低", ["TinyGAN3", "LPIPS"]),
        ("使用 RTX 3090 训练", ["RTX", "RTX 3090"]),
        ("见 https://github.com/tiny/gan3", ["https://github.com/tiny/gan3"]),
        ("EGAN 与 GANE", ["EGAN", "GANE"]),
        ("使用 Java 实现", ["Java"]),
    ],
)
def test_unknown_names_are_found(text: str, names: list[str]) -> None:
    """Names of other papers, other versions and other repositories."""
    assert unknown(text) == names


def test_in_english_only_names_are_names() -> None:
    """Ordinary words are not looked up in an English claim."""
    text = (
        "Surprisingly, the novel Cityscapes benchmark beats our StyleGAN4 hands down."
    )

    assert unknown(text, "en") == ["Cityscapes", "StyleGAN4"]
    assert list(names_in("Zero-shot learning works.", language="en")) == []


def test_a_short_form_needs_its_words_side_by_side() -> None:
    """PSNR is peak signal-to-noise ratio; letters that meet by chance are nothing."""
    paper = Paper(
        id="x",
        title="Neural radiance fields",
        abstract="Vision transformers and mean intersection over union. Fast in depth.",
    )
    vocabulary = Vocabulary(PrintedText(None, paper))

    assert all(map(vocabulary.has, ["NeRF", "NeRFs", "ViT", "mIoU", "MIoU"]))
    assert not any(map(vocabulary.has, ["FID", "NeRV", "UFI", "mAP"]))
