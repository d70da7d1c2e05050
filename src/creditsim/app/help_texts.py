"""What --help says about each command: what it does, what it writes, examples."""

LIST_HELP = """List what can be named: scenarios, districts, rulebooks, outcomes, levers.

\b
Examples:
  creditsim list
  creditsim list outcomes
  creditsim list scenarios --json
"""

LEVERS_HELP = """Show every lever that a scenario may set: range, default, what it requires, source.

Values are written as a scenario file takes them.

\b
Examples:
  creditsim levers
  creditsim levers --row E4
  creditsim levers --json
"""

ACTIVITIES_HELP = """Show every activity that agents may meet: rates, stakes, channels, scored items, source.

With --rates the status quo of 2019 is simulated, and what its agents did in the year before
the first policy month is held against each activity's base rate.

\b
Examples:
  creditsim activities
  creditsim activities --kind villager --lang zh
  creditsim activities --rates --scale 0.1 --seed 1
"""

DIFF_HELP = """Show what differs between two scenarios: levers, and the public cost of a year.

Nothing is simulated. Every lever is resolved, whether a file names it or not. Costs are
those of a year of full delivery at the full size, by the department that leads the work.

\b
Examples:
  creditsim diff status-quo-2019 five-entries-2020
  creditsim diff five-entries-2020 my-plan.yaml --lang zh
  creditsim diff five-entries-2020 guidance-2021 --json
"""

AUDIT_HELP = """Screen rules against dated law and guidance, and lint their incentives, before anything runs.

Each finding says how grave it is, where it stands, why it matters and what would cure it.
Rules have dates: the plan of January 2020 came before the guidance of December 2020, so the
day decides. Uncertain wording is marked. It is a screening aid and gives no legal advice.

The incentive lint (I1 to I10) holds on any day: loops that net points, repairs that pay,
unreachable grades, cliffs, sanctions below the gain, contests that score decides, items to
farm, unfunded rewards, double counting, rules nobody can learn of. A rule table is a short
YAML file (key rule_table) for the lint alone: see docs/audit.md.

\b
Examples:
  creditsim audit five-entries-2020 --as-of 2020-01-22
  creditsim audit guidance-2021 --as-of 2021-12-31 --strict
  creditsim audit wendeng-2020 --lang zh
  creditsim audit my-plan.yaml --json
  creditsim audit my-rule-table.yaml
"""

RUN_HELP = """Run one scenario once and write its outcomes, ledger and agents.

With --out, DIR gets outcomes.parquet, ledger.parquet, agents.parquet, grades.parquet and run.json.

With --checkpoint the run is saved every 12 months, after its last, and with Ctrl-C. With --from
it goes on from there, with the same results as if it had never stopped; under another SCENARIO
it is a branch, whose months before stay as they were.

\b
Examples:
  creditsim run five-entries-2020 --scale 0.1
  creditsim run five-entries-2020 --months 36 --scale 0.1 --seed 1 --out results --json
  creditsim run my-plan.yaml --engine objects --scale 0.02
  creditsim run five-entries-2020 --checkpoint plan.checkpoint --out results
  creditsim run five-entries-2020 --from plan.checkpoint --months 60 --out longer
  creditsim run my-plan.yaml --from plan.checkpoint --out branch
"""

COMPARE_HELP = """Compare scenarios with a baseline on the same people with the same luck.

The baseline is added if it is not among them. With --out, DIR gets report.html,
comparison.parquet, comparison.json and outcomes.parquet.

A scenario named twice is compared with itself and must differ by exactly zero.

\b
Examples:
  creditsim compare five-entries-2020 --out results
  creditsim compare status-quo-2019 five-entries-2020 guidance-2021
      --baseline status-quo-2019 --replications 10 --scale 0.1 --seed 1 --out results
  creditsim compare five-entries-2020 my-plan.yaml --lang zh --out results-zh
"""

VALIDATE_HELP = """Hold the simulation against patterns that the field reports: met, not met, not comparable.

Each pattern has a band, a source and a role fixed before any run: input (a parameter was set
from it), fit (calibration may use it), or hold-out (only looked at). Met: the whole 95% interval
lies in the band. Where it reaches over an end there are more replications, up to four times as
many; what is still across is not met. Nothing is tuned: "not met" is a finding and is explained.
Each pattern has its own months, so there is no --months.

With --out, DIR gets validation.csv, validation.json and validation.png.

\b
Examples:
  creditsim validate
  creditsim validate --replications 10 --scale 0.1 --seed 7 --json
  creditsim validate wrong-tier sorting-rises --scale 0.05
  creditsim validate --lang zh --out validation-zh
"""

ROWS_HELP = """Judge the rows of the plan one by one: what each adds, or what the plan lacks without it.

A row is added to the status quo together with what it requires; a row that enables others
(P1-3, S1, S2, S3) is taken out of the whole plan. Direct outcomes were declared before any run
and must move as declared; behaviour and harms are reported as found. Without ROW: all 21.

\b
Examples:
  creditsim rows
  creditsim rows E4 V3 --replications 10 --scale 0.1
  creditsim rows --seed 7 --json
"""

ATTRIBUTE_HELP = """Share a scenario's effect out over its groups of levers, whatever the order they came in.

Every coalition of groups is run on the same people with the same luck: 2, 4, 8, ... runs a
replication for 1, 2, 3, ... groups. A group's share is its marginal effect averaged over all orders
in which the groups could be added (Shapley); shares add up to the effect to the last digit. A lever
that rests on another group's stays off until that group is in; both share what they do together.
Without --group: the settings, and `frame` for book, law, rollout, coordination and publicity.

\b
Examples:
  creditsim attribute five-entries-2020
  creditsim attribute five-entries-2020 --outcome breaches --outcome public_cost --scale 0.05 --json
  creditsim attribute five-entries-2020 --group firms=E1,E2,E3,E4 --group villages=V1,V2,V3 --months 12
"""

LAB_HELP = """Open JupyterLab on a working copy of the notebooks.

Notebooks that DIR lacks are copied there; what is there is never overwritten, and the installed
notebooks are never opened. End JupyterLab with Ctrl-C.

\b
Examples:
  creditsim lab
  creditsim lab work/credit --no-browser
  creditsim lab --copy-only
"""

REPLAY_HELP = """Fold an exported ledger again and hold it against the simulated scores.

DIR is a folder that `creditsim run --out DIR` wrote. A score that differs, or a ledger
that was shortened or changed, is a finding: exit code 1.

\b
Examples:
  creditsim replay results
  creditsim replay results --json
"""

BENCH_HELP = """Time a month of the model against the same in C, as plain Mesa agents and in NumPy columns.

All in one run of half a minute, as ratios: times are of this machine, ratios hold elsewhere.
An agent-activity is one activity that a present agent's kind and traits fit. C needs the
system's compiler (CC names another). The first run on a machine compiles for a minute or two.

\b
Examples:
  creditsim bench
  creditsim bench --json
"""

SWEEP_HELP = """Run an experiment, scenarios x worlds x replications, into a store.

The store is the truth: finished runs are kept whatever happens, and the same command goes on
where it was stopped. A run that raises or brings its worker down is tried three times and then
named; the others complete (exit code 1). Ctrl-C leaves a store that can be gone on with (130).

\b
Examples:
  creditsim sweep experiment.yaml --store results
  creditsim sweep experiment.yaml --store results --workers 8 --json
  creditsim sweep experiment.yaml --store results --dask tcp://head:8786
  creditsim sweep pilot-check --store /tmp/first-sweep

The smallest file:
  format: 1
  scenarios: [status-quo-2019, five-entries-2020]
"""

FIT_HELP = """Fit factors of the world to the bands of patterns; the posterior is worlds that experiments use.

Calibration in the statistical sense, not that of base rates (`make calibrate`). Rounds of worlds are
simulated into a store, those that come nearest to all bands are kept, and the next round looks around
them; it ends when all kept lie within the bands. Only patterns with the role fit are taken: inputs and
hold-outs are refused. The same command goes on where it was stopped; what the store has is not run again.

With --out, FILE gets the posterior, worlds with weights and where they come from; it is written anew.

\b
Examples:
  creditsim fit records-and-registration --store fit --out posterior.yaml
  creditsim fit my-fit.yaml --store fit --workers 2 --json

In an experiment's file beside it (or `file: records-and-registration`, the shipped one):
  worlds: {design: posterior, file: posterior.yaml, number: 16}

The smallest file:
  format: 1
  parameters:
    bass_imitation_share: {}
"""

STATUS_HELP = """Show what a store holds: experiments, runs finished and missing, failures with their logs.

\b
Examples:
  creditsim status results
  creditsim status results --json
"""

VERIFY_HELP = """Check every byte of a store against the names of its files, and every run against its key.

A finding gives exit code 1 and says what to do; nothing is changed.

\b
Examples:
  creditsim verify results
  creditsim verify results --json
"""

REPRODUCE_HELP = """Run one of a store's runs again and compare the fingerprints of the results.

Exit code 1 if they differ. A run of another version of creditsim is refused by name, since
its rules are not here.

\b
Examples:
  creditsim reproduce results 4f1c09
  creditsim reproduce results 4f1c09 --json
"""

EXPORT_HELP = """Write a store's results as tidy CSV, or as an Excel workbook.

Rows come in the experiment's order, whoever ran what. A partial sweep says so.

\b
Examples:
  creditsim export results --to csv
  creditsim export results --to csv --table months --out monthly.csv
  creditsim export results --to xlsx --out results.xlsx
"""

MARGINALS_HELP = """Check a table of counts and shares before it is used, and hide what is too small to keep.

Resident IDs, phones, bank cards, plates, e-mails, social credit codes and names of persons are refused
(exit code 2) and never shown; so is a list of persons or firms. Rows whose source_kind is
real_aggregate lose counts under 10, and as many others that none can be worked out.

\b
Examples:
  creditsim marginals households.csv
  creditsim marginals households.xlsx --out households-checked.csv
"""

SENSITIVITY_HELP = """Find the assumptions that verdicts hang on, and the values at which verdicts turn round.

The factors of the experiment's worlds are varied together, by Morris trajectories or Saltelli
points, and one by one over their ranges. All scenarios share their luck; what is ranked is the
difference to the baseline. A dummy on which nothing depends must rank last. Runs go through a
store: with --store the same command goes on where it was stopped, and more samples add to it.

ishigami and g-function are functions whose indices are known: they show that the path is right.

\b
Examples:
  creditsim sensitivity doubtful-assumptions --store study
  creditsim sensitivity experiment.yaml --method sobol --samples 64 --store study --json
  creditsim sensitivity doubtful-assumptions --outcome trust --store study --out figures
  creditsim sensitivity ishigami --method sobol --samples 8192 --json
"""

WORLDS_HELP = """Hold a store's scenarios against each other over uncertain worlds.

Regret (how far behind the best scenario of each world), the share of worlds in which a scenario
is best, the share in which it meets its needs, and verdicts: one sign in at least 90% of the
worlds, else "depends on the world". Worlds count alike; a share of them is no probability.

\b
Examples:
  creditsim worlds results
  creditsim worlds results --outcome breaches --outcome trust --json
  creditsim worlds results --need 'breaches<=12.5' --need 'trust>=0.4'
"""

TRACE_HELP = """Tell what made the difference for one synthetic agent between two runs.

RUN_A and RUN_B are folders that creditsim run --out wrote, of the same seed, size and months.
Lists, by month, the ledger entries that only one of the runs has or that differ in points, with what
each counts at the end and why; then scores, stars and grades at the end, and the rules that differ,
those first that are by name about these entries. Agents are numbered from 0, in the order of agents.parquet.

\b
Examples:
  creditsim run status-quo-2019 --scale 0.01 --out before
  creditsim run five-entries-2020 --scale 0.01 --out after
  creditsim trace before after --agent 120
  creditsim trace before after --agent 120 --lang zh
"""
