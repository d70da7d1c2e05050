"""What every agent is and does in a month: a Mesa agent with plain attributes."""

from __future__ import annotations

from math import exp, log

import mesa

from benchmarks.plain_mesa.choosing import Choosing
from benchmarks.plain_mesa.ledger import fold
from benchmarks.plain_mesa.means import Purse
from benchmarks.plain_mesa.records import Record
from benchmarks.plain_mesa.rules import COMPLAINT, INSPECTION, NEIGHBOUR, SELF_REPORT, VILLAGE, Activity
from creditsim.model.state import BASE_MP, BASE_STAR, BEST_CLASS
from creditsim.population.agents import FIRST_BAND_OF_60
from creditsim.spec.vocabulary import ACTIVE, AWARE, GRADES, KINDS, KNOWS_ITEMS, KNOWS_SCORE, REGISTERED

LONG_AGO, LATER = -1_000, 10**6


class CreditAgent(Choosing, mesa.Agent):
    """A person or an organisation of the district; the kinds below differ in what they also do.

    Attributes
    ----------
    activities : tuple of Activity
        Those that its kind and traits fit, looked up once.
    ties : list of CreditAgent
    now, before : dict of int to bool
        Activities met this month and last month, and whether it acted.
    entries : list of Entry
        On the district account, as they were posted.
    beliefs : list of float
        By channel, a multiple of the true chance.
    """

    kind = ""
    is_person = True
    is_adult = True
    works = True
    pledged = posts_code = visited = False
    firm_class = BEST_CLASS
    visit_weight = 1.0

    def __init__(self, model: mesa.Model, record: dict):
        super().__init__(model)
        self.code = KINDS.index(self.kind)
        self.income = record["income_yuan_month"]
        self.traits = record["traits"]
        self.registration = record["registration"]
        self.online = record["online"] == 1
        self.area = record["area"]
        self.age_band = record["age_band"]
        self.aged = self.is_adult and self.is_person and record["age_band"] >= FIRST_BAND_OF_60
        self.education = record["education"]
        self.home = model.sites[record["home"]]
        self.site = model.sites[record["site"]]
        self.cell = model.cells[record["cell"]]
        self.employer = self.representative = self.head = None
        self.ties: list[CreditAgent] = []
        self.activities = tuple(
            each for each in model.catalogue.activities if each.fits(self.code, self.traits)
        )
        draw = model.random.random
        self.file_luck, self.consent_luck, self.migrant_luck, self.aware_luck = draw(), draw(), draw(), draw()
        self.regime = model.catalogue.regimes[0]
        self.present, self.generation, self.awaited_in = True, 0, None
        self.withdrawn = False
        self.purse = Purse(self)
        self.settle_in(record["honesty"], record["prosociality"], record["money_weight"])
        known = record["awareness"]
        self.aware, self.registered = known & AWARE > 0, known & REGISTERED > 0
        self.app_active, self.knows_score = known & ACTIVE > 0, known & KNOWS_SCORE > 0
        self.knows_items = known & KNOWS_ITEMS > 0 or not self.is_person
        self.open_account()
        self.update_status()

    def settle_in(self, honesty: float, prosociality: float, money_weight: float) -> None:
        """Take on dispositions, with the beliefs and the trust that everybody starts with."""
        numbers = self.model.numbers
        self.honesty, self.prosociality, self.money_weight = honesty, prosociality, money_weight
        self.trained = 0.0
        self.trust, self.crowding = numbers.trust_start, 0.0
        self.false_belief = numbers.false_belief_start
        self.beliefs = [1.0] * 7
        self.ability = self.model.random.gauss(0.0, 1.0)
        self.aware = self.registered = self.app_active = self.knows_score = False
        self.knows_items = not self.is_person
        self.withdrawn = False

    def open_account(self) -> None:
        """Start with an empty file."""
        self.entries, self.village_entries, self.open_negative = [], [], []
        self.score_mp = self.village_score_mp = BASE_MP
        self.grade, self.star = GRADES.index("A"), BASE_STAR
        self.dirty, self.next_change, self.village_change = False, None, None
        self.months_low = 0
        self.last_breach = self.last_tutoring = self.last_visit = self.warned_in = LONG_AGO
        self.hours, self.hours_last_year = 0, 0
        self.now: dict[int, bool] = {}
        self.before: dict[int, bool] = {}
        self.seen_by: dict[int, int] = {}
        self.won: set[int] = set()
        self.breached = self.did_good = self.got_cash = self.got_goods = self.not_able = False
        self.harshly_treated = self.wronged = self.upheld = False
        self.waiting_appeals = 0

    def update_status(self) -> None:
        """Work out whether there is a score and a local file: after a change of regime or of consent."""
        regime = self.regime
        refuses = self.consent_luck >= regime.consent or (self.withdrawn and regime.consent < 1.0)
        self.scored = self.present and regime.score_on == 1 and not (self.is_person and refuses)
        self.on_file = self.scored and not refuses and self.file_luck < self.file_cover()
        if self.is_person and not self.is_adult:
            self.scored = self.on_file

    def file_cover(self) -> float:
        """Return the share of the agent's like who have a local file."""
        return self.regime.file_cover[self.code]

    @property
    def motivation(self) -> float:
        """Honesty times trust, less what is crowded out."""
        return self.honesty * self.trust * (1.0 - self.crowding)

    def add_honesty(self, hours: float) -> None:
        """Let a month's training act on honesty: a little, and not for good."""
        numbers, before = self.model.numbers, self.trained
        if not hours and not before:
            return
        base = self.honesty - before
        after = before * (1.0 - numbers.forgotten)
        after += (numbers.most_honesty - before) * min(numbers.gain_per_hour * hours, 1.0)
        self.trained = min(after, max(1.0 - base, 0.0))
        self.honesty = base + self.trained

    def score(self) -> None:
        """Fold the agent's own entries, if something in the file can have changed."""
        month = self.model.month
        due = self.dirty
        if due or (self.next_change is not None and self.next_change <= month):
            self.score_mp, grade, self.next_change = fold(self.entries, self.regime.book, month)
            due = due or grade != self.grade
            self.grade = grade
        self.dirty = False
        if self.kind == "villager" and (due or (self.village_change or LATER) <= month):
            carried = self.model.catalogue.carried_mp[self.grade]
            book = self.model.catalogue.village_book
            self.village_score_mp, self.star, self.village_change = fold(
                self.village_entries, book, month, carried
            )

    def act(self) -> None:
        """Meet the month's activities, choose, and be noticed or not.

        All choices come before any consequence is felt.
        """
        if not self.present:
            return
        random = self.random
        draw, normal = random.random, random.gauss
        now, met, acts = self.now, self.home.met, []
        for activity in self.activities:
            if draw() >= activity.chance:
                continue
            number = activity.number
            stake = activity.stake_yuan * exp(activity.log_sd * normal(0.0, 1.0))
            if activity.sorts:
                self.cell.sorting_met += 1
            if activity.due and self.purse.is_short_of(activity, stake):
                acts.append((activity, True))
                continue
            luck = draw()
            acted = now[number] = self.wants(activity, stake, activity.tau * log(luck / (1.0 - luck)))
            met[number] += 1
            if acted:
                acts.append((activity, False))
        for activity, unable in acts:
            self.conclude(activity, unable)

    def conclude(self, activity: Activity, unable: bool) -> None:
        """Take the consequences of an act: counts, notice, fine, beliefs, filing."""
        cell, number = self.cell, activity.number
        channel = self.first_channel(activity)
        fined = spared = False
        if activity.breach and channel >= 0:
            fined, spared = self.be_sanctioned(activity, unable)
        if unable:
            cell.unable += 1
            self.not_able = True
        else:
            self.home.done[number] += 1
            if activity.breach:
                self.count_breach(activity, channel)
                self.move_beliefs(activity, channel, self.regime.reckoned[self.firm_class][number])
            else:
                self.count_merit(activity)
        if channel >= 0 and not spared:
            self.be_filed(activity, channel, unable, fined)

    def first_channel(self, activity: Activity) -> int:
        """Return the first channel that notices an act, or -1."""
        draw = self.random.random
        for channel, chance in activity.noticing_visited if self.visited else activity.noticing:
            if channel == COMPLAINT and self.posts_code:
                chance *= self.model.numbers.complaint_factor
            luck = draw()
            if luck < chance:
                if channel == INSPECTION and self.visited and luck < activity.seen_given_visit:
                    self.cell.visits_seen += activity.breach
                return channel
        return -1

    def be_sanctioned(self, activity: Activity, unable: bool) -> tuple[bool, bool]:
        """Pay the fine of a noticed breach, unless a test of ability spares it; say (fined, spared)."""
        regime, cell = self.regime, self.cell
        if activity.due:
            border = regime.spared_unable if unable else regime.spared_able
            if border and self.random.random() < border:
                return False, True
        fine = activity.fine_yuan * regime.fine_level
        if fine <= 0.0:
            return False, False
        cell.fines_fen += int(fine * 100.0 * self.fine_factor())
        self.got_cash = True
        self.remember_fine()
        if activity.due and unable:
            self.harshly_treated = True
        return True, False

    def remember_fine(self) -> None:
        """Only enterprises have a record of fines."""

    def count_breach(self, activity: Activity, channel: int) -> None:
        """Count a breach in the agent's cell."""
        cell = self.cell
        cell.breaches += 1
        cell.harm_fen += activity.social_fen
        cell.local_breaches += activity.local
        cell.pledger_breaches += self.pledged
        cell.undetected += channel < 0
        self.breached = True
        self.last_breach = self.model.month
        self.seen_by[activity.number] = channel
        if activity.tutoring:
            self.last_tutoring = self.model.month

    def count_merit(self, activity: Activity) -> None:
        """Count a good deed in the agent's cell, and what it was paid."""
        cell = self.cell
        cell.merits += 1
        cell.benefit_fen += activity.social_fen
        cell.hours_tenths += activity.hours_tenths
        cell.sorted += activity.sorts
        if not activity.cheap:
            self.did_good = True
        if activity.sorts:
            paid = int(self.sorting_reward() * 100.0)
            cell.rewards_fen += paid
            self.got_goods = self.got_goods or paid > 0
        elif activity.reward_yuan > 0.0:
            self.got_cash = True

    def move_beliefs(
        self, activity: Activity, channel: int, reckoned: tuple[tuple[int, float], ...], factor: float = 1.0
    ) -> None:
        """Move the beliefs in a breach's channels: up where it was seen, down by what was expected."""
        numbers, beliefs = self.model.numbers, self.beliefs
        step = numbers.learning_share * factor
        for each, chance in reckoned:
            belief = beliefs[each]
            moved = belief + step * ((each == channel) - chance * belief)
            beliefs[each] = min(max(moved, 0.0), numbers.largest_belief)
            if each == channel:
                return

    def be_filed(self, activity: Activity, channel: int, unable: bool, fined: bool) -> None:
        """Let a noticed act be filed, where it has an item and somebody who files."""
        regime = self.regime
        posting = regime.postings[activity.number]
        item = posting.items[channel]
        if item < 0 or not self.scored or (posting.needs_file and not self.on_file):
            return
        if channel == NEIGHBOUR and posting.account == VILLAGE and not regime.neighbour_reports_on:
            return
        if channel == SELF_REPORT and self.is_person and not self.knows_items:
            return
        if self.random.random() < regime.filing[activity.filing_group][self.on_file][channel]:
            points = posting.points_mp[channel]
            record = Record(self, activity, channel, item, points, posting.account, self.model.month)
            record.due, record.for_want, record.fined = activity.due > 0, unable, fined
            self.model.filed.append(record)

    def learn(self) -> None:
        """Move trust, motivation and beliefs after the month's events."""
        if self.ties and self.present:
            self.watch_a_tie()
        numbers = self.model.numbers
        trust = self.trust + numbers.trust_recovery * (numbers.trust_start - self.trust)
        if self.wronged:
            trust -= numbers.trust_loss_wrongful
        elif self.harshly_treated:
            trust -= numbers.trust_loss_unable
        if self.waiting_appeals:
            trust -= numbers.trust_loss_waiting
        if self.upheld:
            trust += numbers.trust_loss_waiting
        self.trust = min(max(trust, 0.0), 1.0)
        paid = 1.0 if self.got_cash else numbers.crowding_in_kind if self.got_goods else 0.0
        self.crowding = max((1.0 - numbers.crowding_recovery) * self.crowding, numbers.crowding_out * paid)
        signal = 1.0 if self.wronged else numbers.false_belief_start
        self.false_belief += numbers.learning_share * (signal - self.false_belief)
        self.months_low = self.months_low + 1 if self.grade <= 1 and self.regime.score_on else 0

    def watch_a_tie(self) -> None:
        """Learn from a visible breach of one tie, sanctioned or known to have gone free."""
        random = self.random
        tie = self.ties[int(random.random() * len(self.ties))]
        if not tie.seen_by:
            return
        number = random.choice(list(tie.seen_by))
        activity = self.model.catalogue.activities[number]
        if random.random() < activity.visible_share:
            reckoned = tie.regime.reckoned[tie.firm_class][number]
            self.move_beliefs(activity, tie.seen_by[number], reckoned, self.model.numbers.ties_factor)

    def begin_month(self) -> None:
        """Let what was done this month become last month's, which ties read."""
        self.before, self.now = self.now, {}
        if self.seen_by:
            self.seen_by = {}
        self.breached = self.did_good = self.got_cash = self.got_goods = self.not_able = False
        self.harshly_treated = self.wronged = self.upheld = False
