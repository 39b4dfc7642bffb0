"""From words and topics to arXiv's query language, and back to papers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.records import Paper, Topic
from chatpaper.resources import resource_path
from chatpaper.sources import (
    excluding_word,
    is_category,
    matches,
    parse_id,
    parse_query,
)
from chatpaper.sources.arxiv import (
    build_query,
    explain_query,
    topic_from_words,
    topic_named,
)
from servers.arxiv_query import BadQueryError, Texts, answer, split_words

START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, 8, 30, tzinfo=UTC)
WINDOW = "submittedDate:[202401010000 TO 202402010830]"


def topic(*queries: str, categories: tuple[str, ...] = ()) -> Topic:
    """A topic of that name."""
    return Topic(name="x", queries=queries, categories=categories)


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("queries", "categories", "expected"),
    [
        (("ti:GAN",), (), f"ti:GAN AND {WINDOW}"),
        (('ti:"a b"',), ("cs.CV",), f'ti:"a b" AND cat:cs.CV AND {WINDOW}'),
        (("ti:a", "abs:a"), (), f"(ti:a OR abs:a) AND {WINDOW}"),
        (("ti:a AND abs:b", "ti:c"), (), f"((ti:a AND abs:b) OR ti:c) AND {WINDOW}"),
        (("ti:a  OR\n abs:b",), (), f"(ti:a OR abs:b) AND {WINDOW}"),
        ((), ("cs.CV", "cs.LG"), f"(cat:cs.CV OR cat:cs.LG) AND {WINDOW}"),
    ],
)
def test_topics_become_exact_queries(
    queries: tuple[str, ...], categories: tuple[str, ...], expected: str
) -> None:
    """Queries and categories are grouped so that the window holds for all of them."""
    assert build_query(topic(*queries, categories=categories), START, END) == expected


def test_the_window_is_told_in_gmt() -> None:
    """Times of any zone are turned into arXiv's."""
    beijing = timezone(timedelta(hours=8))
    since, until = START.astimezone(beijing), END.astimezone(beijing)

    assert build_query(topic("ti:a"), since, until).endswith(WINDOW)


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("GAN", "GAN"),
        ("diffusion model", '"diffusion model"'),
        ("text-to-image", '"text to image"'),
        ('a "quoted" (one)', '"a quoted one"'),
        ("Fréchet", "Frechet"),
        ("Łojasiewicz", "Lojasiewicz"),
        ("AND", '"AND"'),
        ("ti:GAN) OR (all:x", '"ti GAN OR all x"'),
    ],
)
def test_words_become_a_safe_topic(words: str, term: str) -> None:
    """Whatever is typed is searched in title or abstract, as a word or a phrase."""
    made = topic_from_words(words)

    assert made.queries == (f"ti:{term}", f"abs:{term}")
    assert made.name == words


@pytest.mark.parametrize("words", ["生成对抗网络", "β-VAE", "", " ,. "])
def test_words_that_arxiv_cannot_be_asked_are_refused(words: str) -> None:
    """Other scripts match nothing on arXiv, so the reader is told what to do."""
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        topic_from_words(words)


CONFIG = Config.model_validate(
    {"topics": {"GAN": "ti:GAN", "Talking Head": None, "生成": None, "NeRF": "ti:NeRF"}}
)


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("gan", ("ti:GAN",)),
        ("talking head", ('ti:"Talking Head"', 'abs:"Talking Head"')),
        ("WGAN", ("ti:WGAN", "abs:WGAN")),
        ("CAN", ("ti:CAN", "abs:CAN")),
        ('"gans"', ("ti:gans", "abs:gans")),
        ("“talking heads”", ('ti:"talking heads"', 'abs:"talking heads"')),
    ],
)
def test_a_name_is_a_configured_topic_or_words(
    name: str, queries: tuple[str, ...]
) -> None:
    """A topic without queries is searched by its name; quotes ask for the words."""
    found = topic_named(CONFIG, name)

    assert found.queries == queries
    assert found.name.strip('“”"') == found.name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gans", "GAN"),
        ("G.A.N.", "GAN"),
        ("nerfs", "NeRF"),
        ("talking-heads", "Talking Head"),
        ("taking head", "Talking Head"),
    ],
)
def test_a_misspelt_topic_is_asked_about(name: str, meant: str) -> None:
    """Nothing is paid for a topic that was not meant; the way to insist is told."""
    with pytest.raises(ConfigError) as caught:
        topic_named(CONFIG, name)

    assert f"argument topic: {name}: did you mean {meant}?" in str(caught.value)
    assert f"add double quotes: '\"{name}\"'" in str(caught.value)


@pytest.mark.parametrize("name", ["", "  ", "!!", '""'])
def test_no_topic_at_all_is_refused(name: str) -> None:
    """An empty word is no Chinese one."""
    with pytest.raises(ConfigError, match="no word to search for: name a topic"):
        topic_named(CONFIG, name)


def test_a_chinese_name_needs_queries() -> None:
    """The entry of the configuration is named, not an option."""
    with pytest.raises(ConfigError, match=r"^topics, 生成: .*English queries"):
        topic_named(CONFIG, "生成")


@given(st.text(max_size=40))
def test_any_words_make_a_query_both_readings_understand(words: str) -> None:
    """No text can break out of its quotes, whoever reads the query."""
    try:
        made = topic_from_words(words)
    except ConfigError:
        return
    query = build_query(made, START, END)

    assert query.isascii()
    assert parse_query(query).unjoined == []
    assert answer(query, []) == frozenset()


# ---------------------------------------------------------------- what may be wrong


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ti:graph neural network", "'neural network' stands without an operator"),
        ("all:CT", "'CT' is short"),
        ("ti:diffusion or abs:diffusion", "write OR"),
        ("title:diffusion", "no field 'title'"),
        ('ti:"diffusion', "not closed"),
        ("(ti:diffusion", "without a closing one"),
        ("ti:diffusion)", "without an opening one"),
        ("ti:diffusion AND", "without a term"),
        ("", "without a term"),
        ("ti:Fréchet", "accents"),
        ("submittedDate:yesterday", "a date range"),
    ],
)
def test_doubtful_queries_are_explained(query: str, words: str) -> None:
    """Each usual slip has its sentence, and the sentence names the query."""
    warnings = explain_query(topic(query))

    assert any(words in warning for warning in warnings)
    assert all(warning.startswith(query) for warning in warnings)


@pytest.mark.parametrize(
    "query",
    [
        'ti:"graph neural network" OR abs:"graph neural network"',
        "ti:(transformer OR diffusion) AND cat:cs.CV",
        "au:del_maestro ANDNOT ti:checkerboard",
        'all:"X ray" AND submittedDate:[20240101 TO 20240201]',
    ],
)
def test_good_queries_raise_no_doubts(query: str) -> None:
    """Nothing is said of a query that is as it should be."""
    assert explain_query(topic(query)) == ()


# ---------------------------------------------------------------- what is matched

PAPER = Paper(
    id="2401.00001",
    title="Text-to-Image GANs with a Fréchet distance",
    abstract="We train diffusion models. It beats StyleGAN2.",
    authors=("Adrian Del Maestro", "Bo Li"),
    comment="Accepted at CVPR",
    journal_ref="Phys. Rev. 1",
    categories=("cs.CV", "stat.ML"),
    published=datetime(2024, 1, 15, 12, tzinfo=UTC),
)

BOTH = [
    ("ti:gan", True),
    ("ti:GANs", True),
    ("abs:gan", False),
    ("abs:StyleGAN2", True),
    ('ti:"text to image"', True),
    ("ti:text-to-image", True),
    ('ti:"image text"', False),
    ('abs:"diffusion model"', True),
    ("ti:frechet", True),
    ("ti:Fréchet", True),
    ("au:del_maestro", True),
    ('au:"Del Maestro"', True),
    ("co:CVPR", True),
    ('jr:"Phys Rev"', True),
    ("cat:cs.CV", True),
    ("cat:cs.*", True),
    ("cat:cs.LG", False),
    ("all:CVPR", True),
    ("CVPR", True),
    ("ti:gan AND abs:diffusion", True),
    ("ti:gan AND abs:flow", False),
    ("ti:flow OR abs:diffusion", True),
    ("ti:gan ANDNOT abs:diffusion", False),
    ("ti:gan ANDNOT abs:flow", True),
    ("ti:flow abs:diffusion", True),
    ("ti:(flow gan)", True),
    ("ti:(flow AND gan)", False),
    ("(ti:flow OR ti:gan) AND (cat:cs.CV OR cat:cs.LG)", True),
    ("submittedDate:[202401150000 TO 202401160000]", True),
    ("submittedDate:[202401160000 TO 202401170000]", False),
    ('ti:""', False),
]


@pytest.mark.parametrize(("query", "expected"), BOTH)
def test_both_readings_of_the_language_agree(query: str, expected: bool) -> None:
    """The product's evaluator and the stand-in's own say the same of each construct."""
    texts = Texts(
        words={
            "ti": split_words(PAPER.title),
            "abs": split_words(PAPER.abstract),
            "au": split_words(" ".join(PAPER.authors)),
            "co": split_words(PAPER.comment or ""),
            "jr": split_words(PAPER.journal_ref or ""),
        },
        categories=PAPER.categories,
        submitted="202401151200",
    )

    assert parse_query(query).accepts(PAPER) is expected
    assert answer(query, [texts]) == (frozenset({0}) if expected else frozenset())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ti:gan*", True),
        ("abs:*GAN?", True),
        ('"Maestro Bo"', False),
        ("submittedDate:[20240115 TO *]", True),
        ("id:2401.00001", True),
        ("rn:X1", False),
    ],
)
def test_the_folders_reading_knows_more(query: str, expected: bool) -> None:
    """Wildcards, open ranges and ids work on a folder; authors are kept apart."""
    assert parse_query(query).accepts(PAPER) is expected


@given(st.text(alphabet='ab()": ANDORti:*[]', max_size=30))
def test_no_query_breaks_the_reader(text: str) -> None:
    """A query is understood or refused with a ValueError, whatever it holds."""
    try:
        query = parse_query(text)
    except ValueError:
        return

    assert query.accepts(PAPER) in (True, False)


@pytest.mark.parametrize("bad", ['ti:"a', "(ti:a", "ti:a)", "AND ti:a", "ti:a OR"])
def test_both_readings_refuse_the_same(bad: str) -> None:
    """Unbalanced queries and stray operators are errors on both sides."""
    with pytest.raises(ValueError, match=r".+"):
        parse_query(bad)
    with pytest.raises(BadQueryError):
        answer(bad, [])


def test_deep_nesting_is_refused_not_crashed() -> None:
    """A query of thousands of parentheses is a bad query."""
    with pytest.raises(ValueError, match="nested"):
        parse_query("(" * 5000 + "a" + ")" * 5000)

    assert parse_query("ti:" * 5000 + "gan" + " AND gan" * 5000).accepts(PAPER)


def test_a_topic_matches_by_any_query_and_its_categories() -> None:
    """One query of several is enough, categories must hold, none of either is all."""
    assert matches(topic("ti:flow", "ti:gan", categories=("cs.CV",)), PAPER)
    assert not matches(topic("ti:gan", categories=("cs.LG",)), PAPER)
    assert not matches(topic("ti:flow"), PAPER)
    assert matches(topic(), PAPER)


@pytest.mark.parametrize(
    ("word", "hit"),
    [
        ("diffusion model", False),
        ("Diffusion  MODELS", True),
        ("StyleGAN", False),
        ("StyleGAN2", True),
        ("text-to-image", True),
        ("C++", False),
        (" ", False),
    ],
)
def test_excluded_words_are_whole_words(word: str, hit: bool) -> None:
    """Case does not matter, and parts of words do not count."""
    found = excluding_word(Topic(name="x", queries=(), exclude=(word,)), PAPER)

    assert found == (word if hit else None)


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("text", "base", "version"),
    [
        ("2401.11831", "2401.11831", None),
        ("arXiv:2401.11831v2", "2401.11831", 2),
        ("https://arxiv.org/abs/2401.11831v12", "2401.11831", 12),
        ("http://export.arxiv.org/pdf/0704.0001v1.pdf", "0704.0001", 1),
        ("arxiv.org/pdf/2401.11831v2.pdf#page=3", "2401.11831", 2),
        ("https://www.arxiv.org/abs/2401.11831?context=cs.CV", "2401.11831", None),
        ("https://arxiv.org/html/2401.11831v1/", "2401.11831", 1),
        ("arXiv: 2401.11831", "2401.11831", None),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001", None),
        ("hep-th/9901001v3", "hep-th/9901001", 3),
        ("math.GT_0309136", "math.GT/0309136", None),
        ("https://doi.org/10.48550/arXiv.2401.11831", "2401.11831", None),
        ("doi:10.48550/ARXIV.hep-th/9901001", "hep-th/9901001", None),
    ],
)
def test_ids_are_understood(text: str, base: str, version: int | None) -> None:
    """People and files write ids in many ways."""
    assert parse_id(text) == (base, version)


@pytest.mark.parametrize(
    "text",
    [
        *("", "paper", "2401.1", "../2401.11831", "2401.11831v0", "1" * 99),
        *("https://example.org/abs/2401.11831", "https://evilarxiv.org/abs/2401.11831"),
        *("10.48550/arXiv.", "https://doi.org/10.1000/arXiv.2401.11831"),
        *("https://arxiv.org/list/cs.CV/recent", "2401.11831?x", "2401.11831/"),
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    """Nothing else passes for an id."""
    assert parse_id(text) is None


def test_subjects_of_other_schemes_are_no_categories() -> None:
    """MSC and ACM classes stand among arXiv's categories and are told apart."""
    names = ["cs.CV", "hep-th", "cond-mat.mes-hall", "q-bio.QM", "physics.ao-ph"]

    assert all(map(is_category, names))
    assert not any(map(is_category, ["68T07", "I.2.6", "Primary 35R60", ""]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("C++", "++ of 'C++' was dropped: arXiv is asked for ti:C OR abs:C"),
        ("Q*", "* of 'Q*' was dropped"),
        ("C#", "# of 'C#' was dropped"),
        ("R&D @ home", "& @ of 'R&D @ home' was dropped"),
        ("β-VAE²", None),
        ("text-to-image", None),
        ("Fréchet distance", None),
        ("3DGS/GS", None),
    ],
)
def test_dropped_signs_of_words_are_told(name: str, said: str | None) -> None:
    """Those that are part of a name; what only parts two words is no loss."""
    try:
        doubts = explain_query(topic_from_words(name))
    except ConfigError:
        doubts = ()

    assert (
        any(said in doubt for doubt in doubts)
        if said
        else not any("dropped" in doubt for doubt in doubts)
    )


def test_signs_in_own_queries_are_doubted() -> None:
    """But not those of a topic's name, which is not searched for."""
    own = Topic(name="C++", queries=('ti:"modern C++"', "abs:cplusplus"))
    fine = Topic(name="C++", queries=("ti:cplusplus",))

    assert explain_query(own) == (
        'ti:"modern C++": arXiv ignores ++, or takes it for a wildcard',
    )
    assert explain_query(fine) == ()


# ---------------------------------------------------------------- the topics we offer

FAMOUS = {
    "GAN": (
        "Generative Adversarial Nets",
        "Wasserstein GAN",
        "Large Scale GAN Training for High Fidelity Natural Image Synthesis",
        "A Style-Based Generator Architecture for Generative Adversarial Networks",
        "Image-to-Image Translation with Conditional Adversarial Networks",
    ),
    "Diffusion Models": (
        "Denoising Diffusion Probabilistic Models",
        "Denoising Diffusion Implicit Models",
        "Classifier-Free Diffusion Guidance",
        "High-Resolution Image Synthesis with Latent Diffusion Models",
    ),
    "NeRF": (
        "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis",
        "Plenoxels: Radiance Fields without Neural Networks",
    ),
    "3DGS": ("3D Gaussian Splatting for Real-Time Radiance Field Rendering",),
    "Talking Head Generation": (
        "Few-Shot Adversarial Learning of Realistic Neural Talking Head Models",
    ),
    "LLM": (
        "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
        "Large Language Models are Zero-Shot Reasoners",
    ),
}


def offered_topics() -> Config:
    """The bundled configuration, with the topics that are commented out."""
    text = resource_path("config.yaml").read_text(encoding="utf-8")
    topics = text[text.index("\ntopics:") : text.index("\narxiv:")]
    bare = re.sub(r"(?m)^  # (- |  )", r"  \1", topics)
    return Config.model_validate(yaml.safe_load(bare))


def test_every_offered_topic_has_famous_papers() -> None:
    """A topic that is added to the file is looked at, too."""
    names = [entry.name for entry in offered_topics().topics]

    assert sorted(names) == sorted(FAMOUS)


@pytest.mark.parametrize(
    ("name", "title"), [(name, t) for name, ts in FAMOUS.items() for t in ts]
)
def test_an_offered_topic_finds_its_famous_papers(name: str, title: str) -> None:
    """By their titles alone, whatever their abstracts are worded like."""
    topic = offered_topics().topic(name)

    assert topic is not None
    assert matches(topic, Paper(id="2401.00001", title=title))
