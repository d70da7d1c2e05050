"""Find a font for Chinese labels in figures; none is bundled."""

from __future__ import annotations

import functools
from pathlib import Path

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "Noto Sans SC",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
"""Fonts that hold Chinese, the first one found is used."""

_FILES = ("wqy-microhei", "wqy-zenhei", "NotoSansCJK", "SourceHanSans", "NotoSansSC", "simhei", "msyh")


@functools.cache
def chinese_font() -> str | None:
    """Return the name of the first installed font of `CHINESE_FONTS`, or None."""
    from matplotlib import font_manager

    found = _first_known()
    if found is None:
        # Matplotlib remembers the fonts of its first start: look again for newer ones.
        for path in sorted(font_manager.findSystemFonts()):
            if Path(path).stem.startswith(_FILES):
                font_manager.fontManager.addfont(path)
        found = _first_known()
    return found


def figure_language(lang: str) -> str:
    """Return the language in which figures can be labelled: `lang`, or English without a font."""
    return "en" if lang == "zh" and chinese_font() is None else lang


def font_families(lang: str) -> list[str]:
    """Return the font families for figures in a language; DejaVu Sans comes with Matplotlib."""
    chinese = chinese_font() if lang == "zh" else None
    return ["DejaVu Sans"] if chinese is None else ["DejaVu Sans", chinese]


def _first_known() -> str | None:
    """Return the first font of the list that Matplotlib knows."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in known), None)
