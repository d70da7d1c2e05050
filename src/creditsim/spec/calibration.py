"""Corrections of the activities' constants, so that the simulated baseline meets the base rates."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Number, Share, catalogue_document, read_entries


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Correction:
    """What was added to one activity's alpha, and the shares it was found from.

    Attributes
    ----------
    alpha : float
        Added to the alpha that the base rate gives by itself (no unit).
    opportunities : int
        Opportunities of 2019 over all replications.
    target_share, before_share, after_share : float
        Base rate, and simulated shares without and with the correction.
    """

    id: str
    alpha: Number
    opportunities: Annotated[int, Field(ge=0)]
    target_share: Share
    before_share: Share
    after_share: Share


@functools.cache
def corrections() -> Mapping[str, Correction]:
    """Return the corrections by activity, as `make calibrate` found them."""
    return read_entries("calibration.yaml", "corrections", Correction, "id")


def calibrated_inputs() -> str:
    """Return the hash of the inputs that the corrections were found for."""
    return str(catalogue_document("calibration.yaml").data["inputs"])
