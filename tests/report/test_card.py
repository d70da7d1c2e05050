"""Every file that leaves says what it is for, what not, and how far it can be believed."""

from __future__ import annotations

import html
import json
import re

import pyarrow.parquet as pq
import pytest
from PIL import Image
from synthetic_comparison import invented_comparison

from creditsim.report.card import CARD_KEY, card_of, card_path, unsourced_assumptions
from creditsim.report.credibility import credibility
from creditsim.report.labels import LANGUAGES

PARTS = {"purpose", "not_for", "synthetic", "validation", "assumptions"}


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


@pytest.fixture(scope="module")
def folder(comparison, tmp_path_factory):
    return comparison.save(tmp_path_factory.mktemp("compared"), "zh")


def is_whole(card: dict, fingerprint: str) -> bool:
    """Say whether a card has all its parts in both languages, and is that of these results."""
    assert all(set(card[lang]) == PARTS and all(card[lang].values()) for lang in LANGUAGES)
    assert card["validation"] == credibility().to_dict()
    assert card["unsourced_assumptions"]["count"] > 100
    return card["synthetic"] is True and card["fingerprint"] == fingerprint


def test_parquet_json_and_html_carry_it(comparison, folder):
    fingerprint = comparison.fingerprint
    metadata = pq.read_schema(folder / "comparison.parquet").metadata
    assert is_whole(json.loads(metadata[CARD_KEY.encode()]), fingerprint)
    assert is_whole(json.loads((folder / "comparison.json").read_text("utf-8"))["card"], fingerprint)
    text = (folder / "report.html").read_text("utf-8")
    (held,) = re.findall(f'<meta name="{CARD_KEY}" content="([^"]*)">', text)
    assert is_whole(json.loads(html.unescape(held)), fingerprint)
    assert all(html.escape(said) in text for _, said in card_of(fingerprint).rows("zh"))


def test_a_picture_and_the_file_beside_a_csv_carry_it(tmp_path):
    import matplotlib.figure

    card = card_of("abc")
    figure = matplotlib.figure.Figure()
    for name in ("a.png", "b.png"):
        figure.savefig(tmp_path / name, metadata=card.png_metadata())
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert is_whole(json.loads(picture.text[CARD_KEY]), "abc")
    beside = card.write_beside(tmp_path / "a.csv")
    assert beside == card_path(tmp_path / "a.csv")
    assert is_whole(json.loads(beside.read_text("utf-8")), "abc")


def test_it_is_the_same_each_time_and_small():
    assert card_of("abc").json() == card_of("abc").json() != card_of("abd").json()
    assert len(card_of("abc").json().encode()) < 20_000
    assert len(card_of("abc").json(names=False).encode()) < 5_000


def test_unsourced_assumptions_are_those_of_the_catalogues():
    from creditsim.spec.levers import levers

    found = unsourced_assumptions()
    wanted = [name for name, lever in levers().items() if lever.source_kind == "assumption"]
    assert found["names"]["levers"] == wanted
    assert found["count"] == sum(found["by_catalogue"].values()) < found["of"]
