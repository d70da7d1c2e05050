"""Choosing: whether an agent acts on an activity that it meets."""

from __future__ import annotations

from benchmarks.plain_mesa.rules import COMPLAINT, VILLAGE, Activity


class Choosing:
    """How every kind of agent chooses; the state that it reads is that of `CreditAgent`."""

    def wants(self, activity: Activity, stake: float, noise: float) -> bool:
        """Say whether the agent acts on an activity that it meets: utility + noise > 0.

        What costs most is worked out last, and only where it could turn the choice.
        """
        home, pull = self.home, activity.pull
        shown = home.visible[activity.number]
        utility = activity.alpha + noise + pull * (shown - activity.base_share)
        most_by_ties = activity.pull_of_ties if self.ties else 0.0
        motive = self.trust * (1.0 - self.crowding)
        if activity.breach:
            utility += self.money_weight * stake / activity.stake_yuan - self.honesty * motive
            if utility + most_by_ties * (1.0 - shown) <= 0.0:
                return False
            sanction = self.sanction(activity)
            if sanction:
                expected = self.detection(activity) * (1.0 - self.false_belief) * sanction
                utility -= self.money_weight * expected / activity.stake_yuan
        else:
            reward = activity.reward_yuan - stake
            if activity.sorts:
                reward += self.sorting_reward()
            worth = self.worth_of_posting(activity) if self.knows_items else 0.0
            if worth:
                reward += self.detection(activity) * worth
            utility += self.money_weight * reward / activity.stake_yuan + self.prosociality * motive
            utility += pull * home.role_models
        if not most_by_ties or utility - most_by_ties * shown > 0.0:
            return utility > 0.0
        if utility + most_by_ties * (1.0 - shown) <= 0.0:
            return False
        return utility + most_by_ties * (self.share_of_ties(activity.number, shown) - shown) > 0.0

    def share_of_ties(self, number: int, shown: float) -> float:
        """Return the share of the ties that met an activity last month and did it, around the site's."""
        met = done = 0
        for tie in self.ties:
            acted = tie.before.get(number)
            if acted is not None:
                met += 1
                done += acted
        if not met:
            return shown
        prior = self.model.numbers.ties_prior
        return (done + prior * shown) / (met + prior)

    def sanction(self, activity: Activity) -> float:
        """Return what a noticed breach is reckoned to cost: the fine and the worth of the points."""
        regime = self.regime
        cost = activity.sanction_yuan * regime.fine_level
        if activity.fine_yuan:
            cost *= self.fine_factor()
        if self.knows_items:
            cost += self.worth_of_posting(activity)
        if activity.due:
            cost *= 1.0 - regime.spared_able
        return cost

    def fine_factor(self) -> float:
        """Return by what a fine is multiplied."""
        return 1.0

    def detection(self, activity: Activity) -> float:
        """Return the chance of being seen that the agent reckons with."""
        beliefs, missed = self.beliefs, 1.0
        for channel, chance in self.regime.reckoned[self.firm_class][activity.number]:
            seen = chance * beliefs[channel]
            if channel == COMPLAINT and self.posts_code:
                seen *= self.model.numbers.complaint_factor
            if seen >= 1.0:
                return 1.0
            missed *= 1.0 - seen
        return 1.0 - missed

    def worth_of_posting(self, activity: Activity) -> float:
        """Return what the points of a noticed act are reckoned to bring or cost, in yuan."""
        regime = self.regime
        posting = regime.postings[activity.number]
        points = posting.worth_mp
        if not points or not self.scored or (posting.needs_file and not self.on_file):
            return 0.0
        account, width = posting.account, self.model.numbers.score_width_mp
        score = self.village_score_mp if account == VILLAGE else self.score_mp
        ladder = regime.ladders[account][self.code]
        learns = posting.learns_of[self.on_file]
        if activity.breach:
            worth = ladder.worth_of_loss(score, points, width) * posting.months * learns
            return worth + regime.bad_file_yuan[self.code] * learns if self.on_file else worth
        reach = regime.attainable_mp[account][self.code]
        return ladder.worth_of_gain(score, points, reach, width) * posting.months * learns

    def sorting_reward(self) -> float:
        """Return what a sorted month earns at a site with a points shop, in yuan; elsewhere nothing."""
        if self.home.bins < self.regime.sorting_sites:
            return self.regime.sorting_reward_yuan
        return 0.0
