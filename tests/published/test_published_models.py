"""Published models on our own parts: their published shape, and its loss where a premise is taken away."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from creditsim.population.ties import Relation
from creditsim.published import becker, civil_violence, diffusion, inspection_game, leverage, norms_game
from creditsim.published import tax_evasion as tax


def apart(frame, name):
    """Return the largest distance of a simulated share to the published one."""
    return float((frame[f"simulated_{name}"] - frame[f"published_{name}"]).abs().max())


def binomial(frame, errors=4.0):
    """Return what a share of so many agents may differ by luck."""
    return errors * math.sqrt(0.25 / frame["agents"].min())


def test_only_the_product_of_chance_and_fine_decides_in_beckers_model():
    frame = becker.hold_threshold(seed=3)
    assert frame["detection_share"].nunique() >= 3
    assert frame.groupby("expected_fine_yuan")["simulated_share"].nunique().max() == 1
    assert apart(frame, "share") < binomial(frame)
    assert apart(becker.hold_threshold(seed=3, honesty=0.5), "share") > 0.2  # honest people are not Becker's


def test_choice_with_noise_is_the_logit():
    frame = becker.hold_logit(seed=3)
    assert apart(frame, "share") < binomial(frame)
    wider = becker.hold_logit(seed=3, noise_yuan=120.0)
    assert (wider["simulated_share"] - frame["published_share"]).abs().max() > 10 * binomial(frame) / 4


@pytest.mark.parametrize(
    ("case", "aversion", "fine"),
    [
        (tax.EVADED_TAX, "relative 1", 3.0),
        (tax.EVADED_TAX, "relative 2", 3.0),
        (tax.EVADED_TAX, tax.CONSTANT_ABSOLUTE, 3.0),
        (tax.HIDDEN_INCOME, "relative 1", 1.0),
        (tax.HIDDEN_INCOME, "relative 2", 1.0),
    ],
)
def test_hidden_income_is_that_of_the_closed_form(case, aversion, fine):
    frame = tax.hold_hidden_income(fine_on=case, aversion=aversion, fine_factor=fine, seed=3)
    assert apart(frame, "hidden_share") <= 1.0 / tax.SLICES
    assert frame["published_hidden_share"].max() > 0.0
    luck = frame["receipts_sd"] / np.sqrt(frame["taxpayers"])
    off = (frame["simulated_receipts_share"] - frame["published_receipts_share"]).abs()
    assert (off <= 4.0 * luck + 2.0 / tax.SLICES).all()


def test_yitzhakis_sign_needs_the_fine_on_the_evaded_tax():
    evaded = tax.hold_hidden_income(aversion="relative 2")["simulated_evaded_tax_share"].to_numpy()
    assert (np.diff(evaded) < 0).all()  # a higher rate: less tax is evaded
    other = tax.hold_hidden_income(aversion="relative 2", fine_on=tax.HIDDEN_INCOME, fine_factor=1.0)
    assert (np.diff(other["simulated_evaded_tax_share"]) > 0).any()


def test_two_groups_give_harringtons_leverage():
    frame = leverage.hold_leverage(seed=3)
    assert set(frame["policy"]) == {"comply", "mixed", "breach"}
    assert (frame["policy"] == frame["optimum"]).all()
    assert apart(frame, "share") < 4.0 * math.sqrt(0.25 / frame["firms"].min())
    beyond = frame["cost_ratio"] > 1.1  # complying costs more than the highest expected fine
    assert (frame.loc[beyond, "policy"] == "mixed").any()
    short = leverage.hold_leverage(seed=3, looks_ahead=False)
    assert (short.loc[beyond, "policy"] == "breach").all()


def test_a_higher_fine_lowers_inspections_and_not_breaches():
    frame = inspection_game.hold_rates(seed=3, replications=4)
    means = frame.groupby("fine_yuan").mean(numeric_only=True)
    assert apart(means, "breach_share") < 0.02
    assert apart(means, "inspection_share") < 0.03
    assert (np.diff(means["simulated_inspection_share"]) < 0).all()
    fixed = inspection_game.hold_rates(seed=3, fixed_inspection_share=0.2)
    assert fixed["simulated_breach_share"].iloc[0] > 0.9 > 0.1 > fixed["simulated_breach_share"].iloc[-1]


def test_awareness_spreads_as_bass_has_it():
    frame = diffusion.hold_diffusion(seed=3)
    later = frame[frame["month"] > 0]
    off = (later["simulated_share"] - later["recursion_share"]).abs()
    assert (off <= 4.5 * later["recursion_sd"]).all()
    assert (frame["recursion_share"] - frame["published_share"]).abs().max() < 0.01  # steps of a month
    yearly = later["simulated_new_share"].rolling(12, center=True).mean()
    top = later.loc[yearly.idxmax(), "year"]
    assert top == pytest.approx(diffusion.peak_year(0.03, 0.38), abs=1.0)
    alone = diffusion.hold_diffusion(seed=3, imitation_share=1e-9)
    assert alone["simulated_new_share"].iloc[1:25].sum() > alone["simulated_new_share"].iloc[49:73].sum()


def test_a_crowd_flares_up_as_in_mesas_own_model():
    pytest.importorskip("mesa.examples", reason="this Mesa comes without examples")
    unrest = civil_violence.Unrest()
    ours = civil_violence.run_unrest(unrest, steps=120, replications=16, seed=3)
    mesas = civil_violence.run_mesas_own(unrest, steps=120, replications=4, seed=3)
    found = civil_violence.summarise(pd.concat([ours, mesas]), from_step=20)
    for column in ("mean_active_share", "mean_jailed_share"):
        mine, other = (found.loc[found["source"] == source, column] for source in ("creditsim", "Mesa"))
        # One spread for both: four runs alone do not tell theirs.
        error = found.groupby("source")[column].std().max() * math.sqrt(1 / len(mine) + 1 / len(other))
        assert abs(mine.mean() - other.mean()) < 4.0 * error, column
    assert (found.groupby("source")["calm_step_share"].mean() > 0.25).all()
    assert found["outbursts"].sum() >= 16
    without_cops = unrest._replace(cop_share=0.0)
    riot = civil_violence.summarise(civil_violence.run_unrest(without_cops, steps=40, replications=2, seed=3))
    assert riot["calm_step_share"].max() < 0.1 < riot["mean_active_share"].min()


@pytest.mark.parametrize("game", [norms_game.NORMS, norms_game.METANORMS], ids=["norms", "metanorms"])
def test_scores_are_those_expected_of_boldness_and_vengefulness(game):
    place = np.arange(20)
    boldness, vengefulness = (3 * place + 1) % 8, (5 * place + 2) % 8
    scores, error = norms_game.mean_scores(boldness, vengefulness, game, rounds=2000, seed=3)
    expected = norms_game.expected_scores(boldness, vengefulness, game)
    assert np.abs((scores - expected) / error).max() < 5.0
    mild = norms_game.expected_scores(boldness, vengefulness, game._replace(punishment=-8.0))
    assert np.abs((scores - mild) / error).max() > 5.0


def test_no_one_punishes_whom_no_tie_leads_to():
    strangers = Relation.from_pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), 20)
    ends = {}
    for name, ties in {"alone": strangers, "tied": None}.items():
        runs = norms_game.play(norms_game.METANORMS, generations=300, replications=5, seed=3, ties=ties)
        ends[name] = runs[runs["generation"] == 300]
    # Without a punishment the bold have more offspring; with metanorms they have fewer.
    assert (ends["alone"]["boldness_share"] >= 6 / 7).all()
    assert (ends["tied"]["boldness_share"] <= 2 / 7).all()


def test_the_norm_collapses_in_the_long_run_and_metanorms_need_their_prices():
    cheap = norms_game.METANORMS._replace(meta_punishment=-0.9, meta_enforcement=-0.2)
    ends = {}
    for name, game in {"norms": norms_game.NORMS, "meta": norms_game.METANORMS, "cheap": cheap}.items():
        runs = norms_game.play(game, generations=3000, replications=10, seed=3)
        ends[name] = {g: runs.loc[runs["generation"] == g, "state"].tolist() for g in (100, 3000)}
    # After Axelrod's hundred generations the norm has seldom collapsed; in the end it nearly always has.
    assert ends["norms"][100].count("collapsed") < 5 < ends["norms"][3000].count("collapsed")
    assert ends["meta"][100].count("standing") >= 8
    assert ends["meta"][3000].count("collapsed") <= 1
    assert ends["cheap"][3000].count("collapsed") >= 8
