"""The package's model as plain Mesa agents, to which the package's speed is compared.

One `mesa.Agent` an agent, with plain attributes, made from the same synthetic population and
ties, and reading the same compiled numbers of a scenario. Months run phase by phase in the
package's order; luck is the model's own `random`. Written as one would for Mesa: what does
not change is looked up once, what costs most is worked out only where it can turn a choice,
files are folded only when something in them can have changed.

It computes the same choices (a test compares them one by one), and the same opportunities,
base rates and filings within sampling error. It does less than the package in these points,
so that a ratio of its time to the package's is a lower bound:

* Phases left out: trade credit (so nobody is unable towards trade partners), tenders and
  qualification reviews, promises of public bodies (their duties, claims, evaluation, register,
  and suppliers' trust), errands, spending. The counts of pilots against sites that wait.
* Records: quotas and the entries made up to fill them, notice before posting, names and
  entries on public display.
* Classes: the five-dimension evaluation and the classes by rank. All enterprises and
  institutions stay in class A, so visits go by lot and sector.
* The ledger is each agent's own list of entries whose status is overwritten. The package's is
  append-only and can be replayed as of any month. Every entry is an act of its own, so the rule
  that keeps the heaviest item of an act is not applied.
* Counting: 31 flows and 15 stocks by cell of area, setting and group; 25 outcomes a month of
  the district, by a Mesa data collector. The package counts about 150 quantities in those cells,
  from which it has all outcomes by setting, group and area; wrong grades, points held for false
  entries, moves between grades, and what is conserved are left out here.
* Luck: one stream, so scenarios do not share luck, results depend on the order of agents, and
  no part of a run can be replayed or run in threads. A newcomer's cash buffer is drawn once a
  place, as in the package; random amounts are not rounded to tables.
* Beliefs are kept in double precision, the package's in single.

Attributes are plain, as people write them. With `__slots__` acting took a tenth less time, and a
whole month a fifth less, when this was tried.
"""

from benchmarks.plain_mesa.model import PlainCreditModel

__all__ = ["PlainCreditModel"]
