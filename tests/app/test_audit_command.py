"""The command audit: one JSON object of a fixed shape, exit codes, words for people."""

import json

import pytest

import creditsim as cs
from creditsim.core.errors import InputError


def test_findings_are_one_object_with_what_is_documented(said):
    code, out, err = said("audit", "five-entries-2020", "--as-of", "2021-12-31", "--json")
    found = json.loads(out)
    assert (code, err) == (0, [])
    assert list(found) == ["name", "as_of", "counts", "notice", "findings"]
    first = ["rule", "severity", "file", "key", "why", "cure"]
    assert all(list(each)[:6] == first for each in found["findings"])
    grave = [["error", "warning", "note"].index(each["severity"]) for each in found["findings"]]
    assert grave == sorted(grave)
    assert sum(found["counts"].values()) == len(found["findings"])


@pytest.mark.parametrize(("name", "code"), [("five-entries-2020", 1), ("guidance-2021", 0)])
def test_strict_exits_with_one_where_there_are_errors(said, name, code):
    assert said("audit", name, "--as-of", "2021-12-31", "--strict")[0] == code
    assert said("audit", name, "--as-of", "2021-12-31")[0] == 0


def test_chinese_words_and_the_notice_stand_first(said):
    _, out, _ = said("audit", "wendeng-2020", "--as-of", "2021-12-31", "--lang", "zh")
    head, notice = out.splitlines()[:2]
    assert "截至 2021-12-31" in head
    assert "不构成法律意见" in notice


def test_all_faults_come_at_once(said):
    code, out, err = said("audit", "nothing", "--as-of", "2021-13-01", "--lang", "fr")
    assert (code, out) == (2, "")
    assert len(err) == 3


def test_an_audit_is_an_object_with_a_table_and_words():
    audit = cs.audit_rules("guidance-2021", "2021-12-31")
    assert audit.counts()["error"] == 0
    assert len(audit.to_frame("zh")) == len(audit.findings)
    assert "not legal advice" in audit._repr_html_()
    with pytest.raises(InputError, match="--as-of"):
        cs.audit_rules("guidance-2021", "soon")
