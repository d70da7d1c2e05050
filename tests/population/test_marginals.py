"""The tables of a district: complete, consistent where they must be, each number with a passport."""

import csv

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.population.marginals import district_names, read_district
from creditsim.population.tables import Tables
from creditsim.population.targets import make_targets

FOLDER = data_path("districts", "weihai-etdz")
FILES = sorted(path for path in FOLDER.glob("*.csv") if path.stem != "names")


@pytest.fixture(scope="module")
def district():
    return read_district("weihai-etdz")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_has_a_passport(path):
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for column in ("unit", "year", "geography", "source", "source_kind", "confidence"):
                assert row[column].strip(), f"{path.name}: {row}: no {column}"
            assert row["confidence"] in "HML"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_value_lies_in_its_range(path):
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            low = float(row["low"]) if row["low"] else -np.inf
            high = float(row["high"]) if row["high"] else np.inf
            assert low <= float(row["value"]) <= high, f"{path.name}: {row}"


def test_tables_of_adults_agree_on_their_totals(district):
    adults = district.adults.sum()
    assert district.education_by_sex.sum() == adults
    assert district.education_by_residence.sum() == adults
    assert district.education_by_residence.sum(axis=0).tolist() == district.adults.sum(axis=(0, 1)).tolist()
    assert (
        district.education_by_sex.sum(axis=1).tolist() == district.education_by_residence.sum(axis=1).tolist()
    )


def test_places_agree_on_their_totals(district):
    tables = Tables(FOLDER)
    assert district.villages.sum() == tables.cell("areas", "villages_total", "zone", "zone")
    assert district.communities.sum() == tables.cell("areas", "communities_total", "zone", "zone")
    assert district.area_residents.sum() == tables.cell("areas", "zone_population", "zone", "zone")


def test_enterprises_agree_on_their_totals(district):
    tables = Tables(FOLDER)
    firms = tables.cell("enterprises", "registered_firms", "all", "firm")
    traders = tables.cell("enterprises", "registered_sole_traders", "all", "sole_trader")
    assert district.firms_by_sector.sum() == district.firms_by_size.sum() == firms
    assert district.traders_by_sector.sum() == traders
    assert firms + traders == tables.cell("enterprises", "registered_entities", "all", "all")


def test_reconciling_moves_no_count_of_education_far(district):
    targets = make_targets(district, 1.0)
    moved = np.abs(targets.education_by_sex / district.education_by_sex - 1)
    assert moved.max() < 0.01
    assert targets.education_by_sex.sum(axis=0) == pytest.approx(district.adults.sum(axis=(0, 2)))


def test_outsiders_by_residence_and_by_age_are_the_same_people(district):
    targets = make_targets(district, 1.0)
    assert targets.outside_by_residence.sum() == pytest.approx(targets.outside_by_age.sum())
    assert targets.elsewhere < targets.outside_by_age.sum()


def test_an_unknown_district_is_told_with_the_nearest_name():
    with pytest.raises(InputError, match="nearest: weihai-etdz"):
        read_district("weihai-etz")
    assert "weihai-etdz" in district_names()


def test_faults_of_a_table_are_told_all_at_once_with_their_lines(tmp_path):
    folder = tmp_path / "nowhere"
    folder.mkdir()
    (folder / "areas.csv").write_text(
        "table,area,kind,value,unit\nvillages,a,town,3,n\nvillages,a,town,4,n\nvillages,b,town,many,n\nvillages,c,town,-1,n\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        Tables(folder)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"data/districts/nowhere/areas.csv:{n}" for n in (3, 4, 5)
    ]


def test_a_missing_row_is_named(tmp_path):
    (tmp_path / "areas.csv").write_text("table,area,kind,value\n", encoding="utf-8")
    with pytest.raises(InputError, match="no row villages / a / town"):
        Tables(tmp_path).cell("areas", "villages", "a", "town")
