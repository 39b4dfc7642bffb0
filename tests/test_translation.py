"""arXiv's abstract in Chinese: it comes with the draft, and is held against arXiv's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatpaper.config import Config
from chatpaper.models import VARIABLES, MeteredModel, load_prompt
from chatpaper.pipeline import SummaryWriter, draft_request
from chatpaper.pipeline.drafts import DraftRequest
from chatpaper.pipeline.run import run
from chatpaper.posts import check_markdown, check_post, read_post_data, render_post
from chatpaper.records import Claim, Digest, Finding, Paper, Post, Summary, Usage
from chatpaper.store import PaidReply, Store
from chatpaper.summary import needs_translation, parse_reply, summary_request
from chatpaper.verify import PaperIndex, look_up
from night import NOON
from rich_digests import DAY, digest_of, on, paper
from sample_papers import samples
from scripted import PAPER, ScriptedModel, document, good_reply
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

BY_HAND = Path(__file__).with_name("translations.json")
TRANSLATIONS: dict[str, str] = json.loads(BY_HAND.read_text(encoding="utf-8"))
LABEL = "**摘要译文（由模型翻译）**："
FORMULAS = Paper(
    id="2504.00001",
    title="Networks",
    abstract=(
        r"With $M$ nodes the optimum solves $2^M-1$ problems, a 3$\times$ saving for"
        r" $^{87}$Rb at 2.2 GHz, see https://github.com/lab/nets."
    ),
)
FORMULAS_ZH = (
    r"在有 $M$ 个节点时，最优解要求解 $2^M-1$ 个问题，对 2.2 GHz 的 $^{87}$Rb 节省"
    r" 3$\times$，见 https://github.com/lab/nets。"
)


def findings(of: Paper, text: str) -> tuple[Finding, ...]:
    """What is wrong with a text as translation of a paper's abstract."""
    claim = Claim(field="translation", text=text, evidence=(of.abstract,))
    (check,) = look_up(Summary(claims=(claim,)), PaperIndex(document(), of))
    return check.findings


# ---------------------------------------------------------------- looking up


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_an_honest_translation_has_no_findings(name: str) -> None:
    """Five abstracts were translated by hand."""
    assert findings(samples()[name], TRANSLATIONS[name]) == ()


def test_formulas_are_compared_sign_by_sign() -> None:
    """They are no numbers and no names; a link must be the abstract's own."""
    assert findings(FORMULAS, FORMULAS_ZH) == ()
    assert findings(FORMULAS, FORMULAS_ZH.replace("2^M-1", "2^{M} - 1")) == ()
    for was, lie in (("2^M-1", "2^M+1"), ("{87}", "{85}"), ("/lab/", "/other/")):
        assert [f.kind for f in findings(FORMULAS, FORMULAS_ZH.replace(was, lie))], lie


@pytest.mark.parametrize(
    ("name", "was", "lie", "kind"),
    [
        ("sample-01", "6.67", "6.76", "number"),
        ("sample-02", "Adam", "RMSProp", "name"),
        ("sample-03", "d(d + 5)", "d(d + 6)", "number"),
        ("sample-04", "两倍时", "三倍时", "number"),
        ("sample-05", "2.5 至 4.2 倍", "2.5 至 42 倍", "number"),
        # It is in the paper, but not in the abstract.
        ("sample-01", "一并报告。", "在 Lantern 上一并报告。", "name"),
        ("sample-05", TRANSLATIONS["sample-05"][150:], "。", "form"),
        ("sample-05", "94.2%。", "94.2%。" + "离得更近。" * 90, "form"),
        ("sample-02", TRANSLATIONS["sample-02"], "The rule trains it.", "form"),
    ],
)
def test_a_false_translation_is_found(name: str, was: str, lie: str, kind: str) -> None:
    """A number, name or length that is not the abstract's, and another language."""
    text = TRANSLATIONS[name].replace(was, lie)

    assert text != TRANSLATIONS[name]
    assert kind in [finding.kind for finding in findings(samples()[name], text)]


def test_the_abstract_itself_is_no_translation() -> None:
    """Other claims may be a sentence of the paper, this one must be in Chinese."""
    assert findings(PAPER, PAPER.abstract)


# ---------------------------------------------------------------- asking


def test_nothing_else_is_asked_where_none_is_wanted() -> None:
    """The question with a translation is the other one, and a part behind it."""
    prompt, more = load_prompt("summary"), load_prompt("translation")
    plain, _ = summary_request(PAPER, document(), prompt=prompt)
    asked, _ = summary_request(PAPER, document(), prompt=prompt, translation=more)

    assert asked.prompt.startswith(plain.prompt)
    assert "translation" not in plain.schema["properties"]  # type: ignore[operator]
    assert list(asked.schema["properties"]) == [  # type: ignore[call-overload]
        *plain.schema["properties"],  # type: ignore[misc]
        "translation",
    ]
    assert "Simplified Chinese" in asked.prompt.removeprefix(plain.prompt)


def test_a_bad_translation_costs_nothing_else() -> None:
    """A reply keeps its claims, whatever stands in the place of the translation."""
    whole = parse_reply(json.dumps(good_reply(translation="一种小型网络。")))
    assert whole.faults == ()
    assert [c.text for c in whole.summary.of("translation")] == ["一种小型网络。"]
    for odd in (None, 7, "", ["一"], {"text": "一"}, "一" * 2000):
        read = parse_reply(json.dumps(good_reply(translation=odd)))
        assert read.usable
        assert not read.summary.of("translation")
        assert read.summary.missing == ()


def test_who_needs_one() -> None:
    """Chinese readers, of an abstract that is there and not in Chinese."""
    assert needs_translation(PAPER.abstract, "zh")
    assert not needs_translation(PAPER.abstract, "en")
    assert not needs_translation("", "zh")
    assert not needs_translation("本文研究 GAN 的训练，提出一种新的判别器。", "zh")


# ---------------------------------------------------------------- nights


def night(
    directory: Path, gemini: GeminiStandIn, source: str = "samples", **output: object
) -> None:
    """One run over the samples."""
    config = Config.model_validate(
        {
            "topics": [{"name": "GAN", "queries": ["ti:generative", "abs:generative"]}],
            "llm": {"base_url": gemini.base_url},
            "output": {
                "dir": str(directory / "posts"),
                "timezone": "UTC",
                "formats": ["hexo", "feeds", "plain"],
                "notes_dir": str(directory / "notes"),
                "translate_abstract": True,
                **output,
            },
            "storage": {"dir": str(directory / "store")},
            "figures": {"max_per_paper": 0},
        }
    )
    run(config, source=source, key=KEY, now=lambda: NOON, sleep=lambda _: None)


def posted(directory: Path) -> tuple[str, dict[str, Digest]]:
    """The post, which passes the gate, and its papers by name."""
    (path,) = (directory / "posts").glob("*/GAN.md")
    assert check_post(path) == ()
    post = read_post_data(path.with_suffix(".json").read_text(encoding="utf-8"))
    return path.read_text(encoding="utf-8"), {d.paper.id: d for d in post.digests}


def shown(digest: Digest) -> list[str]:
    """Its translation, if the twin has one."""
    assert digest.summary is not None
    return [claim.text for claim in digest.summary.of("translation")]


def scripted(
    judge: Callable[[str], str] = lambda _: "supported",
    **second: tuple[str, str],
) -> GeminiStandIn:
    """A model that translates the samples as by hand, but for those named here."""
    named = {name.replace("_", "-"): pair for name, pair in second.items()}
    return GeminiStandIn(
        judge=judge,
        translations={
            samples()[name].abstract[:60]: named.get(name, (text, text))
            for name, text in TRANSLATIONS.items()
        },
    )


def test_what_holds_is_shown_and_what_does_not_is_left_out(tmp_path: Path) -> None:
    """One is sound, one false twice, one judged so, one missing, one is mended."""
    good = TRANSLATIONS
    false = good["sample-02"].replace("0.147", "0.741")
    fates = {
        "sample_02": (false, false),
        "sample_04": ("", ""),
        "sample_05": (good["sample-05"].replace("91.6%", "96.1%"), good["sample-05"]),
    }

    def says(text: str) -> str:
        if text == good["sample-03"]:
            return "contradicted"
        # So that every paper has a repair.
        return "unsupported" if "核心设计" in text else "supported"

    with scripted(says, **fates) as gemini:
        night(tmp_path, gemini)
        calls = len(gemini.calls)
        night(tmp_path, gemini)
    markdown, papers = posted(tmp_path)

    assert len(gemini.calls) == calls
    assert [shown(papers[name]) for name in sorted(papers)] == [
        [good["sample-01"]],
        [],
        [],
        [],
        [good["sample-05"]],
    ]
    assert [papers[name].removed.contradicted for name in sorted(papers)] == [
        *(0, 0, 1, 0, 0)
    ]
    assert [papers[name].removed.unsupported for name in sorted(papers)] == [
        *(0, 1, 0, 0, 0)
    ]
    assert markdown.count(LABEL) == 2
    beside = [
        tmp_path / "posts" / "feeds" / "atom.xml",
        *(tmp_path / "notes").rglob("GAN.md"),
    ]
    for path in beside:
        text = path.read_text(encoding="utf-8")
        assert text.count("摘要译文") == 2, path
        assert "九项改动中有五项" in text, path


def test_for_a_translation_alone_nothing_more_is_paid(tmp_path: Path) -> None:
    """A false or missing one is no reason to ask again; the judge reads it too."""
    false = TRANSLATIONS["sample-01"].replace("6.67", "6.76")
    with scripted(sample_01=(false, false), sample_02=("", "")) as gemini:
        night(tmp_path, gemini)
    _, papers = posted(tmp_path)

    assert {call.kind for call in gemini.calls} == {"summary", "judge"}
    assert len(gemini.calls) == 10
    assert shown(papers["sample-01"]) == shown(papers["sample-02"]) == []
    assert papers["sample-02"].removed.unsupported == 0
    judged = [c.body["contents"][0]["parts"][0]["text"] for c in gemini.calls]
    assert sum(TRANSLATIONS["sample-03"] in prompt for prompt in judged) == 1


@pytest.mark.parametrize("wanted", [True, False])
def test_a_draft_that_was_paid_for_serves(tmp_path: Path, wanted: bool) -> None:
    """Switched on or off, the option pays for no paper again."""

    def asked(store: Store, *, on: bool) -> DraftRequest:
        writer = SummaryWriter(
            provider="gemini",
            model=MeteredModel(ScriptedModel(), concurrency=1),
            prompts={name: load_prompt(name) for name in VARIABLES},
            store=store,
            now=lambda: NOON,
        )
        config = Config.model_validate({"output": {"translate_abstract": on}})
        return draft_request(PAPER, document(), config, writer)

    with Store(tmp_path) as store:
        before = asked(store, on=not wanted)
        store.keep_reply(
            before.key,
            PaidReply(
                paper_id=PAPER.versioned_id,
                purpose="draft",
                made_at=NOON,
                text="{}",
                model="scripted-1",
                usage=Usage(),
            ),
        )
        assert asked(store, on=wanted) == before
        store.forget_replies(PAPER.versioned_id)
        assert asked(store, on=wanted).key != before.key
        assert bool(asked(store, on=wanted).abstract) == wanted


def test_english_posts_have_none(tmp_path: Path) -> None:
    """Their readers have the abstract itself."""
    with scripted() as gemini:
        night(tmp_path, gemini, language="en")

    drafts = [call for call in gemini.calls if call.kind == "summary"]
    assert drafts
    assert "`translation`" not in json.dumps([call.body for call in drafts])


# ---------------------------------------------------------------- the gate


def translated(**changes: object) -> Digest:
    """A digest with a checked translation behind a point."""
    of = paper(7, "Lantern", abstract=PAPER.abstract)
    plain = digest_of(
        of, [("points", "Lantern 是一个小型网络。", on((1, PAPER.abstract)))]
    )
    assert plain.summary is not None
    text = "我们提出 Lantern，一种用于夜景的小型生成网络。"
    claim = Claim(field="translation", text=text, evidence=(PAPER.abstract,))
    (check,) = look_up(Summary(claims=(claim,)), PaperIndex(None, of))
    assert check.findings == ()
    return replace(
        plain,
        summary=replace(plain.summary, claims=(*plain.summary.claims, claim)),
        checks=(*plain.checks, replace(check, **changes)),  # type: ignore[arg-type]
    )


def faults(post: Post, markdown: str) -> list[str]:
    """Rules that a post breaks."""
    return [problem.rule for problem in check_markdown(markdown, post.data, ())]


def test_the_gate_knows_a_translation() -> None:
    """It stands in the fold below the abstract, and is no quote that is counted."""
    post = render_post("GAN", DAY, (translated(),))
    below = post.markdown.partition("**原文摘要**")[2]

    assert faults(post, post.markdown) == []
    assert below.index(LABEL) < below.index("</details>")
    assert "引文 1/1 处" in post.markdown


def test_the_gate_refuses_what_the_twin_does_not_have() -> None:
    """Another translation, one over nothing, and one that is not in the twin."""
    post = render_post("GAN", DAY, (translated(),))
    bare = render_post("GAN", DAY, (without(translated()),))
    line = next(row for row in post.markdown.split("\n") if LABEL in row)
    anchor = "**原文摘要**"

    for changed in (
        post.markdown.replace("夜景的小型", "白天的大型"),
        post.markdown.replace(line, LABEL),
        post.markdown.replace(line, ""),
        post.markdown.replace("由模型翻译", "arXiv"),
    ):
        assert faults(post, changed)
    assert faults(bare, bare.markdown) == []
    assert faults(bare, bare.markdown.replace(anchor, f"{line}\n\n{anchor}"))


def without(digest: Digest) -> Digest:
    """The same without its translation."""
    assert digest.summary is not None
    summary = replace(digest.summary, claims=digest.summary.claims[:1])
    return replace(digest, summary=summary, checks=digest.checks[:1])


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "unsupported"},
        {"verdict": "contradicted"},
        {"verdict": "unjudged"},
        {"findings": (Finding(kind="number", text="7", reason="not there"),)},
        {"places": (None,)},
    ],
)
def test_a_doubtful_translation_is_never_printed(changes: dict[str, object]) -> None:
    """It has no place for a mark, so that writer and gate leave it out and count it."""
    post = render_post("GAN", DAY, (translated(**changes),))

    assert "摘要译文" not in post.markdown
    assert "未收录" in post.markdown or "已删" in post.markdown
    assert faults(post, post.markdown) == []
