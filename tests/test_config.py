"""The configuration: precedence, bad keys, secrets."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from chatpaper.config import Config, api_key, load_config
from chatpaper.errors import ConfigError
from chatpaper.resources import resource_path


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_bundled_file_states_the_defaults() -> None:
    """What the bundled file shows as default is what the code uses without it."""
    shown = yaml.safe_load(resource_path("config.yaml").read_text(encoding="utf-8"))
    plain = Config().model_dump(mode="json")

    assert shown.pop("topics")[0]["name"] == "GAN"
    assert Config.model_validate(shown).model_dump(mode="json") == plain
    for section, values in shown.items():
        assert set(values) == set(plain[section])


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    """Precedence is flag, environment, file, default."""
    path = write(tmp_path, "arxiv: {gap_s: 5, tries: 2, max_papers: 7}\n")
    environ = {"CHATPAPER_ARXIV__GAP_S": "4", "CHATPAPER_ARXIV__MAX_PAPERS": "8"}

    config = load_config(path, environ, {"arxiv.max_papers": 9, "arxiv.tries": None})

    assert config.arxiv.max_papers == 9
    assert config.arxiv.gap_s == 4
    assert config.arxiv.tries == 2
    assert config.arxiv.lookback_days == 7


def test_every_bad_key_is_named_at_once(tmp_path: Path) -> None:
    """One message names all bad keys, of the file and of the environment."""
    path = write(tmp_path, "arxiv: {gap: 5}\nllm: {provider: bing}\ncolour: red\n")
    environ = {"CHATPAPER_TOPICS__X": "1", "CHATPAPER_OUTPUT__TIMEZONE": "Mars/Base"}

    with pytest.raises(ConfigError) as caught:
        load_config(path, environ)

    text = str(caught.value)
    for name in ("arxiv.gap", "llm.provider", "colour", "CHATPAPER_TOPICS__X"):
        assert name in text
    assert "CHATPAPER_OUTPUT__TIMEZONE: not a time zone" in text


@pytest.mark.parametrize("text", ["- 1\n", "a: [\n", "\x00"])
def test_unreadable_file_is_a_config_error(tmp_path: Path, text: str) -> None:
    """A file that is no mapping is refused with its path."""
    path = write(tmp_path, text)

    with pytest.raises(ConfigError, match=r"config\.yaml"):
        load_config(path, {})


def test_missing_file_is_a_config_error(tmp_path: Path) -> None:
    """A file that is not there is refused with its path."""
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        load_config(tmp_path / "none.yaml", {})


def test_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    """Nothing needs to be configured."""
    config = load_config(write(tmp_path, ""), {})

    assert config == Config()
    assert config.output.tz is None
    assert config.storage.path.name == "chatpaper"


def test_repeated_topic_is_refused(tmp_path: Path) -> None:
    """Two topics of one name would write one post."""
    path = write(
        tmp_path, "topics: [{name: GAN, queries: [a]}, {name: gan, queries: [b]}]\n"
    )

    with pytest.raises(ConfigError, match="twice"):
        load_config(path, {})


def test_a_scalar_in_the_way_is_named(tmp_path: Path) -> None:
    """An environment key below something that is no section is refused."""
    path = write(tmp_path, "arxiv: 5\n")

    with pytest.raises(ConfigError, match=r"config\.yaml: arxiv: must be a section"):
        load_config(path, {"CHATPAPER_ARXIV__GAP_S": "1"})


def test_topics_are_found_whatever_their_case() -> None:
    """`--topic gan` finds GAN; an unknown one is None."""
    config = load_config(resource_path("config.yaml"), {})

    found = config.topic("gan")

    assert found is not None
    assert found.name == "GAN"
    assert any("StyleGAN" in query for query in found.queries)
    assert config.topic("nope") is None


def test_lists_from_the_environment_are_yaml(tmp_path: Path) -> None:
    """A whole list of topics can come from the environment."""
    config = load_config(
        write(tmp_path, "output: {timezone: Asia/Shanghai}"),
        {"CHATPAPER_TOPICS": "not used", "CHATPAPER_OUTPUT__DIR": "[", "PATH": "/bin"},
    )

    assert config.output.dir == Path("[")
    assert config.output.tz == ZoneInfo("Asia/Shanghai")


def test_key_comes_from_the_environment_only() -> None:
    """Blank keys do not count; the first name wins."""
    names = ("GEMINI_API_KEY", "GOOGLE_API_KEY")

    assert api_key(names, {"GEMINI_API_KEY": " ", "GOOGLE_API_KEY": "b "}) == "b"
    assert api_key(names, {"GEMINI_API_KEY": "a", "GOOGLE_API_KEY": "b"}) == "a"
    assert api_key(names, {}) is None


FORMS = {
    "entries": "[{name: GAN, queries: [ti:GAN]}]",
    "one entry": "{name: GAN, queries: [ti:GAN]}",
    "mapping to lists": "{GAN: [ti:GAN]}",
    "mapping to entries": "{GAN: {queries: [ti:GAN], categories: }}",
    "mapping to text": "{GAN: ti:GAN}",
    "one query": "[{name: GAN, queries: ti:GAN}]",
    "mappings in a list": "[GAN: [ti:GAN]]",
}


@pytest.mark.parametrize("form", FORMS)
def test_topics_may_be_written_in_any_form(tmp_path: Path, form: str) -> None:
    """Lists, mappings and single texts all mean the same topic."""
    config = load_config(write(tmp_path, f"topics: {FORMS[form]}\n"), {})

    (topic,) = config.topics
    assert (topic.name, topic.queries, topic.categories) == ("GAN", ("ti:GAN",), ())


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_there_may_be_no_topics(tmp_path: Path, text: str) -> None:
    """As when all of them are commented out."""
    assert load_config(write(tmp_path, f"topics: {text}\n"), {}).topics == ()


@pytest.mark.parametrize(
    "text", ["[GAN, NeRF]", "{GAN: , NeRF: }", "{GAN: '', NeRF: }"]
)
def test_a_topic_may_be_a_name_alone(tmp_path: Path, text: str) -> None:
    """What it asks for is left to the source."""
    config = load_config(write(tmp_path, f"topics: {text}\n"), {})

    assert [(t.name, t.queries) for t in config.topics] == [("GAN", ()), ("NeRF", ())]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topics: 5", "topics: topics are a list of entries, each with a name and"),
        ("topics: [[a]]", "topics, entry 1: topics are a list of entries"),
        ("topics: {GAN: {queries: [1]}}", "topics, GAN.queries: each must be text"),
        ("topics: {GAN: [ti: GAN]}", "topics, GAN.queries: each must be text: ti:GAN"),
        ("topics: [{queries: [a]}]", "topics, entry 1.name: is missing"),
        ("topics: [{name: X, query: a}]", "no such key; did you mean `queries`?"),
        ("topics: {name: X, query: a}", "topics, X.query: no such key; did you mean"),
        ("topics: {queries: [a]}", "topics, queries.name: is missing"),
        ("topic: [GAN]", "topic: no such key; did you mean `topics`?"),
        ("langauge: en", "langauge: no such key; did you mean `output.language`?"),
        ("llm: {modle: x}", "llm.modle: no such key; did you mean `llm.model`?"),
        ("llm: {gap_s: 1}", "llm.gap_s: no such key; did you mean `arxiv.gap_s`?"),
        ("xyzzy: 1", "xyzzy: no such key"),
        ("llm: {api_key: sk-1}", "put the key into GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("GEMINI_API_KEY: sk-1", "put the key into GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("llm: {token: sk-1}", "put the key into GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("output: {timezone: Mars}", "output.timezone: not a time zone such as"),
        ("arxiv: 5", "arxiv: must be a section with keys of its own"),
        ("arxiv: {gap_s: fast}", "arxiv.gap_s: must be a number"),
        ("arxiv: {tries: 0}", "arxiv.tries: must be greater than or equal to 1"),
        ("arxiv: {base_url: arxiv.org}", "must be an address that begins with http"),
        ("trust: {judge: perhaps}", "trust.judge: must be true or false"),
        ("deliver: {channels: [{name: x}]}", "deliver.channels.0: 'kind' is missing"),
        (
            "deliver: {channels: [{kind: sms}]}",
            "'kind' must be one of 'mail', 'feishu'",
        ),
        ("deliver: {channels: [{kind: }]}", "'kind' must be one of 'mail', 'feishu'"),
        ("llm: {provider: bing}", "must be 'auto', 'gemini', 'openai' or 'extractive'"),
    ],
)
def test_a_bad_key_is_told_in_the_users_words(
    tmp_path: Path, text: str, said: str
) -> None:
    """One line names file and key, and what to write instead; never a secret."""
    path = write(tmp_path, text + "\n")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    told = str(caught.value)
    assert told.startswith(f"{path}: ")
    assert said in told
    for word in ("sk-1", "Value error", "value error", "valid tuple", "instance of"):
        assert word not in told


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OUTPUT__DRI", "x", "no such key; did you mean CHATPAPER_OUTPUT__DIR?"),
        ("OUTPT__DIR", "x", "no such key; did you mean CHATPAPER_OUTPUT__DIR?"),
        ("ARXIV__GAP_S", "fast", "must be a number"),
        ("OUTPUT__TIMEZONE", "Mars", "not a time zone such as Asia/Shanghai"),
        ("LLM__API_KEY", "sk-1", "put the key into GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("OUTPUT_DIR", "x", "no such key; did you mean CHATPAPER_OUTPUT__DIR?"),
        ("TOPICS__GAN", "ti:GAN", "topics are set in the file"),
    ],
)
def test_a_bad_variable_is_blamed_itself(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    """The file, in which nothing is wrong, is not named."""
    path = write(tmp_path, "output: {author: me}\n")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {f"CHATPAPER_{name}": value})

    told = str(caught.value)
    assert told.startswith(f"environment: CHATPAPER_{name}: ")
    assert said in told
    assert "config.yaml" not in told
    assert "sk-1" not in told


@pytest.mark.parametrize("key", ["judge_base_url", "judge_key_env"])
def test_what_may_be_empty_has_one_fault(tmp_path: Path, key: str) -> None:
    """What is no address, or no variable, is told once, under its own name."""
    path = write(tmp_path, f"trust: {{judge_model: x, {key}: 'no such thing'}}\n")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})

    told = str(caught.value)
    assert told.startswith(f"{path}: trust.{key}: must be ")
    assert ";" not in told


def test_a_bad_flag_is_blamed_itself(tmp_path: Path) -> None:
    """What the command line sets is not the file's fault either."""
    path = write(tmp_path, "llm: {provider: gemini}\n")

    with pytest.raises(ConfigError, match=r"^arguments: llm\.provider: must be 'auto'"):
        load_config(path, {}, {"llm.provider": "bing"})


@pytest.mark.parametrize(
    ("zone", "hours"), [("+08:00", 8.0), ("-03:30", -3.5), ("Asia/Shanghai", 8.0)]
)
def test_a_zone_is_a_name_or_a_distance(zone: str, hours: float) -> None:
    """Both say which midnight ends a day."""
    config = load_config(environ={"CHATPAPER_OUTPUT__TIMEZONE": zone})
    noon = datetime(2026, 11, 18, 12, tzinfo=config.output.tz)

    assert noon.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["+25:00", "+8", "+ab:cd", "8:00", "Mars/Olympus"])
def test_no_zone_is_named(zone: str) -> None:
    """What is neither is a bad key."""
    with pytest.raises(ConfigError, match=r"TIMEZONE: .* Asia/Shanghai or \+08:00"):
        load_config(environ={"CHATPAPER_OUTPUT__TIMEZONE": zone})
