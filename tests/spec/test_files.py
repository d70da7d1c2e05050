"""Reading YAML: what is accepted, what is refused, and where a fault is said to be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.spec.files import read_document, validate


@pytest.fixture
def write(tmp_path):
    """Return a function that writes text or bytes and returns the path."""

    def written(content, name="case.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def faults_of(path, shown="case.yaml"):
    """Return the faults of a file as text, one a line."""
    with pytest.raises(InputError) as caught:
        read_document(path, shown)
    return str(caught.value).splitlines()


def test_values_follow_the_core_schema_of_yaml_1_2(write):
    text = "a: [1, -2, 2.5, .5, 1e-3, true, false, null, ~, yes, NO, 2020-02, 2020-02-01, 12:30, '3', .inf]\n"
    data = read_document(write(text)).data
    assert data["a"] == [
        *(1, -2, 2.5, 0.5, 0.001, True, False, None, None),
        *("yes", "NO", "2020-02", "2020-02-01", "12:30", "3", math.inf),
    ]


def test_lines_are_those_of_the_file(write):
    document = read_document(write("a: 1\n\n# why\nb:\n  c: [1,\n    2]\n  d: {e: 3}\n"))
    assert [document.line(*keys) for keys in (("a",), ("b",), ("b", "c"), ("b", "c", 1))] == [1, 4, 5, 6]
    assert document.line("b", "d", "e") == 7
    assert document.line("b", "not there") == 4


def test_line_endings_and_a_byte_order_mark_change_nothing(write):
    plain = read_document(write("a: 1\nb: {c: [x, y]}\n"))
    windows = read_document(write(b"\xef\xbb\xbfa: 1\r\nb: {c: [x, y]}\r\n", "windows.yaml"))
    assert (plain.data, plain.lines) == (windows.data, windows.lines)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "case.yaml:3: a: got the key twice (first on line 1), expected it once"),
        ("a:\n  b: 1\n  b: 2\n", "case.yaml:3: a.b: got the key twice (first on line 2), expected it once"),
        ("a: &x 1\n", "case.yaml:1: got an anchor (&x), expected the value written out"),
        ("a: !!str 1\n", "case.yaml:1: got a tag (tag:yaml.org,2002:str), expected a plain value"),
        ("a: !secret {b: 1}\n", "case.yaml:1: got a tag (!secret), expected a plain value"),
        ("a:\t1\n", "case.yaml:1: got a tab, expected spaces"),
        ("a: 1\n\tb: 2\n", "case.yaml:2: got a tab, expected spaces"),
        ("a: 1\n---\nb: 2\n", "case.yaml:2: got a second document, expected one a file"),
        ("? [a, b]\n: 1\n", "case.yaml:1: got a list or mapping as a key, expected text"),
        (b"a: 1\nb: \xff\n", "case.yaml:2: got the byte 0xFF, expected text in UTF-8"),
        ("a: " + "[" * 5000, "case.yaml: got values nested too deeply, expected at most a few levels"),
    ],
)
def test_refused_with_one_line(write, content, expected):
    assert faults_of(write(content)) == [expected]


def test_an_alias_is_refused_with_its_anchor(write):
    lines = faults_of(write("a: &x 1\nb: *x\n"))
    assert lines[1] == "case.yaml:2: got an alias (*x), expected the value written out"


@pytest.mark.parametrize("content", ["a: [1\n", "a: 'x\n", "a: b: c\n", "- a\nb: 1\n", "a: \x01\n"])
def test_text_that_is_no_yaml_is_one_line_with_its_place(write, content):
    (line,) = faults_of(write(content))
    assert line.startswith("case.yaml:")
    assert "is no valid YAML" in line


def test_all_faults_come_at_once(write):
    lines = faults_of(write("a: &x 1\na: 2\nb: !t 3\n"))
    assert len(lines) == 3


def test_missing_file_and_folder(tmp_path):
    assert faults_of(tmp_path / "no.yaml", "no.yaml") == ["no.yaml: got no such file, expected a YAML file"]
    assert faults_of(tmp_path, "here") == ["here: got a folder, expected a YAML file"]


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_give_a_document_or_faults(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    try:
        read_document(path)
    except InputError as error:
        assert all("\n" not in str(fault) for fault in error.faults)


class Inner(BaseModel):
    """A model inside another."""

    model_config = ConfigDict(strict=True, extra="forbid")
    share: float
    names: list[str] = []


class Outer(BaseModel):
    """A model for these tests."""

    model_config = ConfigDict(strict=True, extra="forbid")
    count: int
    inner: dict[str, Inner]
    flag: bool | None = None
    either: float | dict[str, float] = 0.0


def test_validate_gives_the_model(write):
    document = read_document(write("count: 1\ninner: {a: {share: 1}}\n"))
    assert validate(document, Outer) == Outer(count=1, inner={"a": Inner(share=1.0)})


def test_validate_reports_all_faults_in_line_order(write):
    text = (
        "count: '3'\ninner:\n  a:\n    share: many\n    nmes: [x]\n  b:\n    names: [x, 2]\n"
        "flag: 1\neither: [1]\n"
    )
    with pytest.raises(InputError) as caught:
        validate(read_document(write(text), "case.yaml"), Outer)
    assert str(caught.value).splitlines() == [
        "case.yaml:1: count: got '3', expected a whole number",
        "case.yaml:4: inner.a.share: got 'many', expected a number",
        "case.yaml:5: inner.a.nmes: got an unknown key, expected one of: share, names, nearest: names",
        "case.yaml:6: inner.b.share: got nothing, expected a value (the key is missing)",
        "case.yaml:7: inner.b.names.1: got 2, expected text",
        "case.yaml:8: flag: got 1, expected true or false",
        "case.yaml:9: either: got a list, expected a number",
    ]


def test_validate_refuses_another_type_at_the_top(write):
    with pytest.raises(InputError, match=r"^case.yaml:1: got a list, expected a mapping \(key: value\)$"):
        validate(read_document(write("[1, 2]\n"), "case.yaml"), Outer)


def test_a_kept_document_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("creditsim.core.kept.cache_folder", lambda room: tmp_path)
    path = data_path("levers.yaml")
    made, read = (read_document(path, "levers.yaml", keep=True) for _ in range(2))
    assert made == read == read_document(path, "levers.yaml")
    assert list(made.lines) == list(read.lines)
