"""Make the pictures of the documents by simulation.

Run from the repository root: ``python tools/make_pictures.py``. It takes a minute or two.
The same code and data give the same picture.
"""

import io
from pathlib import Path

from PIL import Image

from creditsim.app.api import compare
from creditsim.report.figures import figure_style
from creditsim.report.panels import draw_differences

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SCENARIOS = ["status-quo-2019", "five-entries-2020", "guidance-2021"]
WIDTH_INCHES, DOTS_PER_INCH = 8.4, 144
COLOURS = 128


def write_differences(path, replications=10, scale=0.1, months=None):
    """Draw behaviour and harms of the plan and of the guidance against the status quo."""
    found = compare(SCENARIOS, replications=replications, scale=scale, seed=1, months=months)
    figure = draw_differences(found, "en", width=WIDTH_INCHES)
    drawn = io.BytesIO()
    with figure_style("en"):
        figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    write_differences(IMAGES / "differences.png")
