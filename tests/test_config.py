"""The configuration: precedence, bad keys, secrets."""

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
    empty = {"dir": "", "timezone": "", "feeds_dir": ""}

    assert shown.pop("topics")[0]["name"] == "GAN"
    for section, values in shown.items():
        for key, value in values.items():
            default = plain[section][key]
            if key in empty and value == "":
                assert default in (None, "")
            else:
                assert value == default or str(value) == default, f"{section}.{key}"
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

    for name in ("arxiv.gap", "llm.provider", "colour", "topics", "output.timezone"):
        assert name in str(caught.value)


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

    with pytest.raises(ConfigError, match=r"arxiv"):
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
