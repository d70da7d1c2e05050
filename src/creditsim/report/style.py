"""One palette and one style for figures and the document.

Colours: Okabe and Ito (2008), "Color Universal Design"; its yellow is left out because it
does not print. Every series also has its own line and marker, so colour is never needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Series:
    """How one scenario is drawn, everywhere."""

    colour: str
    line: Any
    marker: str


BASELINE = Series("#000000", (0, (4, 2)), "o")
SERIES = (
    Series("#0072B2", "-", "s"),
    Series("#D55E00", (0, (6, 1.5, 1, 1.5)), "^"),
    Series("#009E73", (0, (1, 1)), "D"),
    Series("#CC79A7", (0, (8, 2)), "v"),
    Series("#E69F00", (0, (3, 1, 1, 1, 1, 1)), "P"),
    Series("#56B4E9", (0, (5, 1)), "X"),
)
BAND = "#9a9a9a"
"""Grey of the smallest relevant effect."""

GRID = "#d9d9d9"

FIGURE = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#555555",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.axisbelow": True,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "font.size": 9.5,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
}
"""Matplotlib settings of every figure."""


def series_style(position: int) -> Series:
    """Return the style of the scenario at `position`; 0 is the baseline."""
    return BASELINE if position == 0 else SERIES[(position - 1) % len(SERIES)]


CSS = """
:root { color-scheme: light dark; --ink: #1d1d1f; --soft: #5b5b60; --paper: #ffffff; --panel: #f5f5f2;
  --line: #c9c9c4; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --soft: #b3b3b8; --paper: #17181a;
  --panel: #222427; --line: #4a4c50; --accent: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 72rem; color: var(--ink);
  background: var(--paper); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
h4 { font-size: .95rem; margin: 0 0 .3rem; }
p, ul { margin: .4rem 0 .7rem; }
ul { padding-left: 1.2rem; }
li { margin: .25rem 0; }
code { font-size: .88em; overflow-wrap: anywhere; }
nav { font-size: .9rem; margin: .8rem 0; }
nav a { color: var(--accent); margin-right: 1rem; white-space: nowrap; }
.soft, .note { color: var(--soft); }
.note { font-size: .86rem; }
.banner { border: 2px solid var(--ink); background: var(--panel); padding: .7rem 1rem; margin: 1rem 0; }
.banner p { margin: .3rem 0; }
.card { border: 1px solid var(--line); background: var(--panel); padding: .8rem 1rem; margin: 1rem 0; }
.card h3 { margin-top: 0; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
.sides > div { min-width: 0; }
.wide { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .6rem; }
.scroll { overflow-x: auto; }
.tool { text-align: right; margin: .8rem 0 -.2rem; }
button { font: inherit; font-size: .82rem; padding: .1rem .6rem; color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: .3rem; cursor: pointer; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; margin: .2rem 0 .3rem; }
caption { text-align: left; font-weight: 700; padding: .3rem 0; }
th, td { padding: .28rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: 500; }
td.number { white-space: nowrap; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.again, th.again { color: var(--soft); }
td.word { white-space: nowrap; }
td.clear { font-weight: 700; }
td .small, th .small { display: block; font-size: .92em; color: var(--soft); font-weight: 400;
  white-space: normal; }
table.matrix { table-layout: fixed; min-width: 52rem; }
table.matrix th:first-child { width: 17%; }
table.matrix th, table.matrix td { padding: .28rem .3rem; }
table.answers tbody th { width: 17rem; }
td.sentences .small { color: inherit; font-size: 1em; }
table.changes th:first-child { width: 26%; }
table.changes th:nth-child(2) { width: 12%; }
table.changes td.number { white-space: normal; overflow-wrap: anywhere; }
table.leads td .small { white-space: nowrap; }
details { margin: .4rem 0 .7rem; }
summary { cursor: pointer; color: var(--accent); padding: .3rem 0; }
figure { margin: 1rem 0; background: #ffffff; border: 1px solid var(--line); padding: .6rem; }
figure img { display: block; width: 100%; height: auto; }
figcaption { color: #1d1d1f; font-size: .88rem; padding: .2rem .2rem .4rem; }
@media screen and (max-width: 48rem) { .sides { grid-template-columns: 1fr; } }
@media print { :root { --ink: #000; --soft: #333; --paper: #fff; --panel: #fff; --line: #999;
    --accent: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .tool { display: none; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; }
  table.matrix { min-width: 0; } td, th { padding: .15rem .3rem; }
  tr, figure, .card li { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; } summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; } }
"""
"""Style of the document: readable on light and dark screens, on a phone and in print."""

COPY_SCRIPT = """
document.querySelectorAll('button[data-table]').forEach(function (button) {
  button.addEventListener('click', function () {
    var table = document.getElementById(button.dataset.table);
    var text = Array.from(table.rows, function (row) {
      return Array.from(row.cells, function (cell) {
        return cell.innerText.replace(/\\s+/g, ' ').replace(/\\u2212/g, '-').trim();
      }).join('\\t');
    }).join('\\n');
    var box = document.createElement('textarea');
    box.value = text; document.body.appendChild(box); box.select();
    document.execCommand('copy'); box.remove();
    button.textContent = button.dataset.done;
  });
});
"""
"""Copies a table as tab-separated text; minus signs become hyphens, as spreadsheets want."""
