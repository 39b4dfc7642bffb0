"""The published schema of the JSON twin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chatpaper.posts import read_post_data, render_post, twin_schema
from chatpaper.records import Digest
from commands import run_command
from hostile_records import Hostile
from rich_digests import (
    DAY,
    calm_gan,
    failed,
    hostile,
    new_version,
    paper,
    plain_sentences,
)

OLD_TWIN = Path(__file__).parent / "twin_format_1.json"
Twin = dict[str, Any]


def twin_of(*digests: Digest) -> str:
    """The twin of a post with all that a post can have."""
    return render_post(
        "GAN", DAY, digests, updates=[new_version()], left_out=[paper(9, "Late")]
    ).data


def faults(twin: Twin) -> list[str]:
    """What a validator says against a twin."""
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(twin_schema(), format_checker=checker)
    return [error.message for error in validator.iter_errors(twin)]


def test_the_command_prints_the_schema(tmp_path: Path) -> None:
    """It is a schema by its own draft, named with the format's number."""
    result = run_command("schema", env={}, cwd=tmp_path)
    schema = json.loads(result.stdout)
    Draft202012Validator.check_schema(schema)

    assert (result.returncode, result.stderr) == (0, "")
    assert schema == twin_schema()
    assert schema["$id"] == "urn:chatpaper:post:2"
    assert schema["properties"]["format"]["const"] == 2


def test_every_key_is_described() -> None:
    """The records' own words stand at every key."""
    schema = twin_schema()

    assert list(undescribed(schema)) == []
    assert schema["$defs"]["Claim"]["properties"]["evidence"]["description"] == (
        "Short verbatim quotes from the paper, at most `MAX_QUOTES`; empty when none"
        " was given."
    )


def undescribed(schema: Twin) -> Iterator[str]:
    """Keys that nothing is said of, and words that are Python's."""
    for name, record in {"Twin": schema, **schema["$defs"]}.items():
        for key, about in record["properties"].items():
            if "description" not in about or "None" in about["description"]:
                yield f"{name}.{key}"


def test_fresh_twins_are_as_published(tmp_path: Path) -> None:
    """Whatever a post holds, its twin passes, and is read again."""
    strange = Hostile(5)
    odd = [strange.digest(each) for each in strange.papers(40, tmp_path)]
    for twin in (
        twin_of(calm_gan(), plain_sentences(), failed(), hostile()),
        twin_of(*odd),
    ):
        assert faults(json.loads(twin)) == []
        assert read_post_data(twin).digests


def test_a_twin_of_format_1_is_read() -> None:
    """It is none of format 2; read and written again it is, with the same claims."""
    text = OLD_TWIN.read_text("utf-8")
    post = read_post_data(text)
    again = render_post(post.topic, post.day, post.digests).data

    assert "2 was expected" in faults(json.loads(text))
    assert faults(json.loads(again)) == []
    assert read_post_data(again).digests == post.digests


def test_a_twin_without_newer_keys_is_read() -> None:
    """A key with a default may be missing, as in twins from before there was one."""
    twin = json.loads(twin_of(calm_gan()))
    del twin["markdown_sha256"], twin["left_out"]
    del twin["digests"][0]["removed"], twin["digests"][0]["hidden"]

    assert faults(twin) == []
    assert read_post_data(json.dumps(twin)).digests[0].paper == calm_gan().paper


def no_topic(twin: Twin) -> None:
    del twin["topic"]


def odd_verdict(twin: Twin) -> None:
    twin["digests"][0]["checks"][0]["verdict"] = "fine"


def odd_day(twin: Twin) -> None:
    twin["day"] = "yesterday"


def text_for_list(twin: Twin) -> None:
    twin["digests"][0]["summary"]["claims"][0]["evidence"] = "a quote"


@pytest.mark.parametrize("spoil", [no_topic, odd_verdict, odd_day, text_for_list])
def test_what_is_no_twin_is_refused(spoil: Any) -> None:
    """The schema and the reader refuse the same."""
    twin = json.loads(twin_of(calm_gan()))
    spoil(twin)

    assert len(faults(twin)) == 1
    with pytest.raises(ValueError, match="validation error"):
        read_post_data(json.dumps(twin))
