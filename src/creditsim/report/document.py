"""Write the report: one HTML file that needs nothing else, in English or Chinese.

The same comparison gives the same bytes: no clock, no address, no random order.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.analysis.cost_effectiveness import OUTCOME as OF_COMPARISONS
from creditsim.report import style
from creditsim.report.assumptions import assumption_sentences, assumption_table
from creditsim.report.changes import change_tables, unchanged
from creditsim.report.costs import breach_sentences, horizon_table, lead_tables
from creditsim.report.credibility import credibility
from creditsim.report.figures import figure_style
from creditsim.report.fonts import figure_language
from creditsim.report.labels import name_of, say
from creditsim.report.matrices import matrix_tables, tally_table
from creditsim.report.panels import draw_differences, draw_groups, draw_paths
from creditsim.report.questions import questions_table
from creditsim.report.scenarios import compared, scenario_titles
from creditsim.report.sentences import behaviour_sentence, lead, outcome_list, verdict_sentence
from creditsim.report.sharing import shared_sentence, shared_table
from creditsim.report.tables import (
    KINDS,
    Cell,
    Table,
    headline_rows,
    listed,
    outcome_table,
    table_html,
)
from creditsim.report.undefined import by_reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SECTIONS = (
    "changes",
    "verdicts",
    "outcomes",
    "years",
    "settings",
    "groups",
    "areas",
    "costs",
    "assumptions",
    "questions",
    "reading",
    "provenance",
)


def document_html(comparison: ComparedScenarios, levers: Mapping[str, Any], lang: str = "en") -> str:
    """Return the report of a comparison as one HTML document.

    Parameters
    ----------
    comparison : ComparedScenarios
    levers : mapping of str to Lever
        Titles and units of the levers.
    lang : {"en", "zh"}
    """
    body = [_head(comparison, lang)]
    writers = {
        "verdicts": lambda: _verdicts(comparison, lang),
        "changes": lambda: _changes(comparison, levers, lang),
        "outcomes": lambda: _outcomes(comparison, lang),
        "years": lambda: _note("years.note", lang) + _matrices(comparison, "year", lang),
        "settings": lambda: _matrices(comparison, "setting", lang),
        "groups": lambda: _groups(comparison, lang),
        "areas": lambda: _note("areas.note", lang) + _matrices(comparison, "area", lang),
        "costs": lambda: _costs(comparison, levers, lang),
        "assumptions": lambda: _assumptions(comparison, lang),
        "questions": lambda: _questions(comparison, lang),
        "reading": lambda: _reading(comparison, lang),
        "provenance": lambda: _provenance(comparison, lang),
    }
    for section in SECTIONS:
        body.append(f'<section id="{section}"><h2>{escape(say(f"section.{section}", lang))}</h2>')
        body += [writers[section](), "</section>"]
    title = escape(say("title", lang))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{style.CSS}</style></head>",
            "<body>",
            *body,
            f"<script>{style.COPY_SCRIPT}</script>",
            "</body></html>",
            "",
        ]
    )


def _head(comparison: ComparedScenarios, lang: str) -> str:
    """Return title, what was compared, and how far to trust it."""
    titles = scenario_titles(comparison.scenarios, lang)
    rows = []
    for label in [comparison.baseline, *compared(comparison)]:
        scenario = comparison.scenarios[label]
        role = "baseline" if label == comparison.baseline else "compared"
        about = scenario.about.get(lang) or scenario.about.get("en") or ""
        rows.append(
            (
                Cell((titles[label],), "head"),
                Cell((label,)),
                Cell((say(f"role.{role}", lang),)),
                Cell((about,)),
            )
        )
    head = tuple(
        Cell((say(key, lang),)) for key in ("column.scenario", "column.name", "role", "column.about")
    )
    table = Table(say("caption.compared", lang), head, rows)
    partial = ("partial",) * bool(comparison.missing_runs)
    parts = (*partial, "population", "intervals", "assumptions", "not_simulated")
    limits = [say(f"banner.{part}", lang, missing=comparison.missing_runs) for part in parts]
    banner = "".join(f"<p>{escape(each)}</p>" for each in [*credibility().sentences(lang), *limits])
    links = "\n".join(f'<a href="#{name}">{escape(say(f"section.{name}", lang))}</a>' for name in SECTIONS)
    return "\n".join(
        [
            f"<header><h1>{escape(say('title', lang))}</h1>",
            f"<p>{escape(lead(comparison, lang))}</p>",
            f'<aside class="banner"><h4>{escape(say("banner.title", lang))}</h4>{banner}</aside>',
            f"<nav>{links}</nav>",
            table_html(table, "compared", lang),
            "</header>",
        ]
    )


def _verdicts(comparison: ComparedScenarios, lang: str) -> str:
    """Return a card for each scenario with behaviour and harms side by side, and the figures."""
    titles = scenario_titles(comparison.scenarios, lang)
    parts = [_note("section.verdicts.note", lang)]
    for label in compared(comparison):
        sides = "".join(
            f"<div>{_findings(comparison, label, kind, lang)}</div>" for kind in ("behavioural", "harm")
        )
        costs = _findings(comparison, label, "cost", lang)
        heading = say("verdicts.under", lang, scenario=titles[label], baseline=titles[comparison.baseline])
        parts.append(
            f'<article class="card"><h3>{escape(heading)}</h3><div class="sides">{sides}</div>'
            f'<div class="wide">{costs}</div></article>'
        )
    if figure_language(lang) != lang:
        parts.append(_note("figure.font_missing", lang))
    percent = f"{100 * comparison.level:g}"
    parts.append(
        _figure_html(
            draw_differences(comparison, lang),
            say("figure.differences", lang, percent=percent),
            say("figure.differences_note", lang),
            lang,
        )
    )
    paths = draw_paths(comparison, lang)
    parts.append(_figure_html(paths, say("figure.paths", lang), say("figure.paths_note", lang), lang))
    return "\n".join(parts)


def _findings(comparison: ComparedScenarios, label: str, kind: str, lang: str) -> str:
    """Return clear findings as sentences and the others as lists, nothing left out."""
    rows = [row for row in headline_rows(comparison, kind) if row["scenario"] == label]
    parts = [f"<h4>{escape(name_of('kind', kind, lang))}</h4>"]
    if not rows:
        return "".join([*parts, f"<p>{escape(say('sentence.none_at_all', lang))}</p>"])
    clear = [row for row in rows if row["verdict"] in ("lower", "higher")]
    if clear:
        sentences = [
            verdict_sentence(row, comparison.catalogue[row["outcome"]], lang, level=comparison.level)
            for row in clear
        ]
        parts.append("<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>")
    elif kind == "behavioural":
        parts.append(f"<p><strong>{escape(behaviour_sentence(rows, lang))}</strong></p>")
    else:
        parts.append(f"<p>{escape(say('sentence.none_clear', lang))}</p>")
    for verdict in ("negligible", "unclear"):
        quiet = [row for row in rows if row["verdict"] == verdict]
        if quiet:
            line = say(
                "sentence.others",
                lang,
                verdict=name_of("verdict", verdict, lang),
                count=len(quiet),
                outcomes=outcome_list(quiet, comparison.catalogue, lang),
            )
            parts.append(f'<p class="note">{escape(line[:1].upper() + line[1:])}</p>')
    for reason, mine in by_reason(comparison, rows).items():
        outcomes = outcome_list(mine, comparison.catalogue, lang)
        line = say("note.undefined", lang, outcomes=outcomes, reason=say(f"undefined.{reason}", lang))
        parts.append(f'<p class="note">{escape(line)}</p>')
    return "".join(parts)


def _changes(comparison: ComparedScenarios, levers: Mapping[str, Any], lang: str) -> str:
    """Return the resolved difference of each scenario to the baseline, long ones folded."""
    parts = [f"<p>{escape(say('changes.length', lang))}</p>"]
    parts += [f"<p>{escape(sentence)}</p>" for sentence in unchanged(comparison, lang)]
    for place, table in enumerate(change_tables(comparison, levers, lang)):
        text = table_html(table, f"levers-{place}", lang)
        if place > 0:
            summary = escape(say("changes.fold", lang, count=len(table.rows)))
            text = f"<details><summary>{summary}</summary>\n{text}</details>"
        parts.append(text)
    return "\n".join(parts)


def _outcomes(comparison: ComparedScenarios, lang: str) -> str:
    """Return a table for each kind of outcome."""
    tables = ((kind, outcome_table(comparison, kind, lang)) for kind in KINDS)
    return "\n".join(table_html(table, f"outcomes-{kind}", lang) for kind, table in tables if table)


def _matrices(comparison: ComparedScenarios, by: str, lang: str) -> str:
    """Return for each scenario a table with the parts of a split as columns."""
    return "\n".join(
        f"<p>{escape(table)}</p>" if isinstance(table, str) else table_html(table, f"{by}-{place}", lang)
        for place, table in enumerate(matrix_tables(comparison, by, lang))
    )


def _groups(comparison: ComparedScenarios, lang: str) -> str:
    """Return the tally, the figure and the tables by group."""
    tally = tally_table(comparison, lang)
    if tally is None:
        return f"<p>{escape(say('matrix.absent', lang))}</p>"
    note = say("figure.groups_note", lang, percent=f"{100 * comparison.level:g}")
    figure = _figure_html(draw_groups(comparison, lang), say("figure.groups", lang), note, lang)
    note = _note("groups.note", lang)
    return "\n".join([note, table_html(tally, "tally", lang), figure, _matrices(comparison, "group", lang)])


def _costs(comparison: ComparedScenarios, levers: Mapping[str, Any], lang: str) -> str:
    """Return cost sentences of every verdict, sums over the horizon, and departments."""
    titles = scenario_titles(comparison.scenarios, lang)
    rows = headline_rows(comparison, "cost")
    if not rows:
        return f"<p>{escape(say('sentence.none_at_all', lang))}</p>"
    sentences = (
        verdict_sentence(
            row,
            comparison.catalogue[row["outcome"]],
            lang,
            titles[row["scenario"]],
            comparison.level,
        )
        for row in rows
    )
    sentences = [*sentences, *breach_sentences(comparison, lang)]
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    table = horizon_table(comparison, lang)
    parts = [f"<ul>{items}</ul>", table_html(table, "horizon", lang) if table else ""]
    tables = lead_tables(comparison, levers, lang)
    if tables:
        parts.append(f"<h3>{escape(say('costs.leads', lang))}</h3>")
    parts += [table_html(table, f"lead-{place}", lang) for place, table in enumerate(tables)]
    return "\n".join(parts)


def _assumptions(comparison: ComparedScenarios, lang: str) -> str:
    """Return the assumptions that matter most, and where they come from."""
    table = assumption_table(comparison, lang)
    lines = "".join(f"<p>{escape(line)}</p>" for line in assumption_sentences(comparison, lang))
    return (
        lines
        if table is None
        else _note("assumptions.note", lang) + lines + table_html(table, "hang-on", lang)
    )


def _questions(comparison: ComparedScenarios, lang: str) -> str:
    """Return the questions with answers or the honest reason why there is none."""
    shown = {*comparison.differences["outcome"], OF_COMPARISONS}
    absent = [name for name in comparison.catalogue if name not in shown]
    line = say("not_computed", lang, count=len(absent), outcomes=listed(comparison, absent, lang))
    note = f'<p class="note">{escape(line)}</p>' if absent else ""
    return table_html(questions_table(comparison, lang), "answers", lang) + note


def _reading(comparison: ComparedScenarios, lang: str) -> str:
    """Return how to read the report."""
    percent = f"{100 * comparison.level:g}"
    topics = ("difference", "interval", "verdict", "many", "rounding", "direct", "recorded", "purpose")
    items = [say(f"reading.{topic}", lang, percent=percent) for topic in topics]
    gap = "" if lang == "zh" else " "
    items.insert(1, gap.join([shared_sentence(comparison, lang), say("reading.shared", lang)]))
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _provenance(comparison: ComparedScenarios, lang: str) -> str:
    """Return what is needed to make the same report again."""
    facts = [
        ("fingerprint", comparison.fingerprint),
        ("inputs", comparison.inputs),
        ("replications", comparison.replications),
        ("scale", f"{comparison.scale:g}"),
        ("seed", comparison.seed),
        ("months", comparison.months),
    ]
    rows = [(Cell((say(f"provenance.{key}", lang),), "head"), Cell((str(value),))) for key, value in facts]
    rows += [
        (Cell((say("provenance.version", lang, software=name),), "head"), Cell((str(version),)))
        for name, version in sorted(comparison.versions.items())
    ]
    head = tuple(Cell((say(key, lang),)) for key in ("column.what", "column.which"))
    sources = table_html(Table(say("caption.provenance", lang), head, rows), "sources", lang)
    return "\n".join([sources, table_html(shared_table(comparison, lang), "shared", lang)])


def _figure_html(figure: Figure | None, heading: str, note: str, lang: str) -> str:
    """Return a figure as HTML with its PNG inside; the same figure gives the same bytes."""
    if figure is None:
        return ""
    stream = io.BytesIO()
    with figure_style(lang):
        figure.savefig(stream, format="png", dpi=130, metadata={"Software": None})
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    caption = f"<strong>{escape(heading)}</strong> {escape(note)}"
    return (
        f"<figure><figcaption>{caption}</figcaption>"
        f'<img alt="{escape(heading)}" src="data:image/png;base64,{data}"></figure>'
    )


def _note(key: str, lang: str) -> str:
    """Return a phrase as a note."""
    return f'<p class="note">{escape(say(key, lang))}</p>'
