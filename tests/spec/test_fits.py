"""Fit files: the shipped one, what is accepted, what is refused with its line."""

import pickle
import re
from pathlib import Path

import pytest

from creditsim.core.errors import InputError
from creditsim.spec.fits import FitFile, ParameterFile, fit_names, load_fit
from creditsim.spec.patterns import patterns
from creditsim.spec.posterior import PosteriorFile

SMALLEST = "format: 1\nparameters:\n  bass_imitation_share: {}\n"


FORMATS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Return a function that writes a fit's file and returns its name."""
    monkeypatch.chdir(tmp_path)

    def written(text):
        Path("mine.yaml").write_text(text, "utf-8")
        return "mine.yaml"

    return written


@pytest.mark.parametrize("name", fit_names())
def test_a_shipped_fit_takes_fit_patterns_alone_and_has_words_in_both_languages(name):
    fit = load_fit(name)
    assert {patterns()[each].role for each in fit.patterns} == {"fit"}
    assert set(fit.title) == set(fit.about) == {"en", "zh"}


def test_the_smallest_file_takes_all_fit_patterns_and_the_range_of_the_catalogue(write):
    fit = load_fit(write(SMALLEST))
    assert fit.patterns == tuple(name for name, each in patterns().items() if each.role == "fit")
    (parameter,) = fit.parameters
    assert (parameter.factor.low, parameter.factor.high, parameter.mode) == (0.3, 0.5, None)
    assert (fit.particles, fit.keep, fit.rounds, fit.scale, fit.seed) == (400, 200, 4, 0.02, 1)


def test_a_triangular_prior_has_its_mode_at_the_catalogues_value(write):
    fit = load_fit(write(SMALLEST.replace("{}", "{prior: triangular}")))
    assert fit.parameters[0].mode == 0.38
    mine = load_fit(write(SMALLEST.replace("{}", "{prior: triangular, mode: 0.45}")))
    assert mine.parameters[0].mode == 0.45


def test_words_decide_nothing_and_numbers_do(write):
    plain = load_fit(write(SMALLEST))
    titled = load_fit(write(SMALLEST + "title: {en: Mine}\n"))
    seeded = load_fit(write(SMALLEST + "seed: 2\n"))
    assert plain.fingerprint == titled.fingerprint
    assert plain.fingerprint != seeded.fingerprint
    assert pickle.loads(pickle.dumps(plain)) == plain


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("wrong-tier", "role is input (a parameter was set from it)"),
        ("awareness-in-band", "role is hold-out (it is kept to check what was found)"),
    ],
)
def test_an_input_or_a_hold_out_is_refused(write, name, why):
    with pytest.raises(InputError) as refused:
        load_fit(write(f"{SMALLEST}patterns:\n  - registered-by-year-five\n  - {name}\n"))
    (fault,) = refused.value.faults
    assert (fault.file, fault.line, fault.key) == ("mine.yaml", 6, "patterns.1")
    assert why in fault.message
    assert "expected a pattern with the role fit" in fault.message


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (SMALLEST + "patterns: [registered-by-year-fiv]\n", "patterns.0", "nearest: registered-by-year-five"),
        (SMALLEST + "keep: 500\n", "keep", "expected at most the 400 particles"),
        (SMALLEST + "rounds: 0\n", "rounds", "got 0"),
        (SMALLEST + "scale: 0\n", "scale", "got 0"),
        (SMALLEST + "particels: 10\n", "particels", "nearest: particles"),
        (SMALLEST.replace("format: 1", "format: 2"), "format", "got 2, expected 1"),
        ("format: 1\n", "parameters", "missing"),
        (SMALLEST.replace("bass_imitation_share", "bass"), "parameters.bass", "got"),
        (SMALLEST.replace("bass_imitation_share", "score.city_on"), "parameters.score.city_on", "got"),
        (
            SMALLEST.replace("{}", "{low: 0.1, high: 0.4, source: s}"),
            "parameters.bass_imitation_share.low",
            "0.3",
        ),
        (SMALLEST.replace("{}", "{low: 0.35, high: 0.4}"), "parameters.bass_imitation_share", "its source"),
        (SMALLEST.replace("{}", "{mode: 0.4}"), "parameters.bass_imitation_share.mode", "prior: triangular"),
        (
            SMALLEST.replace("{}", "{prior: triangular, mode: 0.6}"),
            "parameters.bass_imitation_share.mode",
            "0.3 to 0.5",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(write, text, key, said):
    with pytest.raises(InputError) as refused:
        load_fit(write(text))
    (fault,) = refused.value.faults
    assert (fault.file, fault.key) == ("mine.yaml", key)
    assert said in fault.message


def test_all_faults_come_at_once(write):
    with pytest.raises(InputError) as refused:
        load_fit(write(SMALLEST + "patterns: [wrong-tier]\nscale: 0\nseed: -1\n"))
    assert [fault.key for fault in refused.value.faults] == ["patterns.0", "scale", "seed"]
    with pytest.raises(InputError, match="records-and-registration"):
        load_fit("records-and-registraton")


def documented(name):
    """Return the keys that docs/formats.md has of a file."""
    table = FORMATS.split(f"<!-- keys: {name} -->")[1].split("\n\n")[1]
    return re.findall(r"`([\w.]+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))


def test_keys_of_fit_and_posterior_files_are_those_documented():
    keys = documented("fit file")
    assert [key for key in keys if "." not in key and key not in ("high", "source")] == list(
        FitFile.model_fields
    )
    of_parameters = {key.rsplit(".", 1)[-1] for key in keys} & set(ParameterFile.model_fields)
    assert of_parameters == set(ParameterFile.model_fields)
    assert documented("posterior file")[: len(PosteriorFile.model_fields)][:2] == ["format", "kind"]
    assert set(PosteriorFile.model_fields) <= set(documented("posterior file"))


def test_the_fit_in_the_document_is_one(write):
    text = re.search(r"```yaml\n(.*?)```", FORMATS.split("## Fit file")[1], re.DOTALL)[1]
    fit = load_fit(write(text))
    assert [each.mode for each in fit.parameters] == [None, 20]
