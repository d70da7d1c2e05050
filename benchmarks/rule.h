/* The terms of a choice and of what follows from it, one agent and one activity at a time.
 *
 * Only + - * / in the order of creditsim.model.choice, coverage, means and noticing: the same bits.
 */
#ifndef CREDITSIM_RULE_H
#define CREDITSIM_RULE_H

#include "records.h"

#include <math.h>
#include <stdbool.h>

#define TWO_32 4294967296.0
#define MIN(a, b) ((b) < (a) ? (b) : (a))
#define MAX(a, b) ((b) > (a) ? (b) : (a))

/* A number inside a packed record, where it may begin at any byte. */
typedef double Loose __attribute__((aligned(1)));

/* Four words of 32 bits, each in 64: products fit, and a loop over slots becomes one of vectors. */
typedef struct { uint64_t x0, x1, x2, x3; } Words;

static inline Words philox(uint32_t seed, uint32_t replication, uint32_t slot, uint32_t month,
                           uint32_t decision, uint32_t block)
{
    uint64_t x0 = slot, x1 = month, x2 = decision, x3 = block;
    uint32_t k0 = seed, k1 = replication;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * x0, p1 = (uint64_t)0xCD9E8D57u * x2;
        x0 = (p1 >> 32) ^ x1 ^ k0;
        x1 = (uint32_t)p1;
        x2 = (p0 >> 32) ^ x3 ^ k1;
        x3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (Words){x0, x1, x2, x3};
}

/* The word of that number of one slot's decision. */
static inline uint32_t draw(const Given *given, uint32_t slot, int64_t month, uint32_t decision,
                            uint32_t index)
{
    Words w = philox(given->seed, given->replication, slot, month, decision, index >> 2);
    switch (index & 3) {
    case 0: return w.x0;
    case 1: return w.x1;
    case 2: return w.x2;
    default: return w.x3;
    }
}

/* ---- coverage */

static inline bool refuses(const Agent *agent, const Regime *regime, const Ranks *rank)
{
    return rank->consent >= regime->consent || (agent->withdrawn == 1 && regime->consent < ASKED_OF_NOBODY);
}

static inline bool is_filed(const Agent *agent, const Regime *regime, const Ranks *rank)
{
    if (!regime->score_on || !agent->present || refuses(agent, regime, rank))
        return false;
    int64_t cover = regime->file_cover[agent->kind];
    if (agent->employer >= 0 && (agent->kind == RESIDENT || agent->kind == VILLAGER))
        cover = MAX(cover, regime->employee_cover);
    if (rank->file >= cover)
        return false;
    return !(agent->registration == FROM_ELSEWHERE && agent->kind == RESIDENT
             && rank->migrant >= regime->migrants_included);
}

static inline bool is_scored(const Agent *agent, const Regime *regime, const Ranks *rank, bool filed)
{
    if (!regime->score_on || !agent->present)
        return false;
    if (agent->kind == STUDENT)
        return filed;
    return !(agent->sex < NO_SEX && refuses(agent, regime, rank));
}

static inline bool knows_items(const Agent *agent)
{
    return (agent->awareness & KNOWS_ITEMS) || agent->sex == NO_SEX;
}

/* ---- what points are worth */

static inline double worth_of_score(double score, const Loose *cutoffs, const Loose *steps, double width)
{
    double worth = 0.0, share[CUTOFFS];
    for (int grade = 0; grade < CUTOFFS; grade++) {
        double faded = (score - cutoffs[grade]) / width + 0.5;
        share[grade] = MAX(MIN(faded, 1.0), 0.0);
    }
    for (int grade = 0; grade < CUTOFFS; grade++)
        worth = worth + steps[grade] * share[grade];
    return worth;
}

static inline double worth_of_gain(double score, double points, double attainable, const Loose *cutoffs,
                                   const Loose *steps, double width)
{
    double here = worth_of_score(score, cutoffs, steps, width);
    double best = worth_of_score(score + points, cutoffs, steps, width) - here;
    double level = 0.0;
    for (int grade = 0; grade < CUTOFFS; grade++) {
        level = level + steps[grade];
        double distance = cutoffs[grade] - score;
        if (distance > 0.0 && distance <= attainable) {
            double climb = points * (level - here) / distance;
            best = MAX(best, climb);
        }
    }
    return best;
}

static inline double worth_of_posting(const Agent *agent, const Activity *activity, const Posting *posting,
                                      const Regime *regime, const Ranks *rank, double width)
{
    const int points = posting->worth_mp, account = posting->account, kind = agent->kind;
    if (points <= 0)
        return 0.0;
    const bool filed = is_filed(agent, regime, rank);
    if (!is_scored(agent, regime, rank, filed) || !(filed || posting->needs_file == 0))
        return 0.0;
    const Loose *cutoffs = regime->cutoffs_mp[account], *steps = regime->steps_yuan[account][kind];
    const int score = account == 1 ? agent->village_score_mp : agent->score_mp;
    double worth;
    if (activity->breach)
        worth = worth_of_score(score, cutoffs, steps, width)
            - worth_of_score(score - points, cutoffs, steps, width);
    else
        worth = worth_of_gain(score, points, regime->attainable_mp[account][kind], cutoffs, steps, width);
    worth = worth * posting->months * posting->learns_of[filed];
    if (activity->breach && filed)
        worth = worth + regime->bad_file_yuan[kind] * posting->learns_of[filed];
    return worth;
}

/* ---- utilities */

static inline double perceived_detection(const Agent *agent, const Activity *activity, double visit_rate,
                                         double factor)
{
    double missed = 1.0;
    for (int channel = 0; channel < CHANNELS; channel++) {
        double chance = activity->channels[channel];
        if (channel == INSPECTION)
            chance = chance + visit_rate * activity->seen_given_visit;
        else if (channel == COMPLAINT || (channel == COURT && activity->obligation >= 0))
            chance = chance * factor;
        chance = chance * agent->belief[channel];
        if (chance >= 1.0)
            return 1.0;
        missed = missed * (1.0 - chance);
    }
    return 1.0 - missed;
}

static inline double breach_utility(const Agent *agent, const Activity *activity, double stake_yuan,
                                    double detection, double sanction_yuan)
{
    double expected = detection * (1.0 - agent->false_belief) * sanction_yuan;
    return activity->alpha + agent->money_weight * (stake_yuan - expected) / activity->stake_yuan
        - agent->honesty * agent->trust * (1.0 - agent->crowding);
}

static inline double merit_utility(const Agent *agent, const Activity *activity, double stake_yuan,
                                   double reward_yuan)
{
    return activity->alpha + agent->money_weight * (reward_yuan - stake_yuan) / activity->stake_yuan
        + agent->prosociality * agent->trust * (1.0 - agent->crowding);
}

static inline bool acts(double utility, double tau, double noise)
{
    return utility + tau * noise > 0.0;
}

static inline double sorting_reward(const Activity *activity, const Regime *regime, uint32_t bins)
{
    return activity->sorts && bins < regime->sorting_sites ? regime->sorting_reward_yuan : 0.0;
}

static inline double fine_factor(const Given *given, int64_t row, const Regime *regime)
{
    if (row >= given->number_sanctioned || given->sanctioned[row] == 0)
        return 1.0;
    if (given->month - given->last_sanction[row] > given->fine_memory_months)
        return 1.0;
    return 1.0 + regime->escalation * MIN((double)given->sanctioned[row], given->most_fine_steps);
}

static inline double own_utility(const Given *given, const Agent *agent, const Activity *activity,
                                 const Posting *posting, const Regime *regime, int64_t row,
                                 double stake_yuan, double visit_rate, double complaint_factor)
{
    double worth = 0.0;
    if (knows_items(agent))
        worth = worth_of_posting(agent, activity, posting, regime, &given->ranks[row], given->terms[WIDTH]);
    if (activity->breach) {
        double fine = activity->sanction_yuan * regime->fine_level;
        if (activity->fine_yuan > 0.0)
            fine = fine * fine_factor(given, row, regime);
        double sanction = fine + worth;
        if (activity->due > 0)
            sanction = sanction * (1.0 - regime->spared_able / TWO_32);
        double detection = perceived_detection(agent, activity, visit_rate, complaint_factor);
        return breach_utility(agent, activity, stake_yuan, detection, sanction);
    }
    double reward = activity->reward_yuan;
    if (worth != 0.0)
        reward = reward + perceived_detection(agent, activity, visit_rate, complaint_factor) * worth;
    reward = reward + sorting_reward(activity, regime, given->bins[agent->home]);
    return merit_utility(agent, activity, stake_yuan, reward);
}

static inline double norm_of(const Activity *activity, double visible, double models, const double *terms)
{
    if (terms[NORM] <= 0.0)
        return 0.0;
    if (!activity->breach)
        visible = visible + models;
    return terms[NORM] * activity->visible_share * (visible - activity->base_share);
}

static inline uint32_t peer_at(const Given *given, int32_t place)
{
    return given->peer_low[place] | (uint32_t)given->peer_high[place] << 16;
}

static inline double share_with_ties(const Given *given, int64_t row, int k, double visible)
{
    uint64_t done = 0, met = 0;
    for (int32_t place = given->peer_starts[row], end = given->peer_starts[row + 1]; place < end; place++) {
        const Memory *tie = &given->last_memory[peer_at(given, place)];
        met += tie->met >> k & 1;
        done += tie->did >> k & 1;
    }
    if (met == 0)
        return visible;
    const double *terms = given->terms;
    double near = (done + terms[TIES_PRIOR] * visible) / (met + terms[TIES_PRIOR]);
    return (1.0 - terms[TIES]) * visible + terms[TIES] * near;
}

static inline const Duty *duty_of(const Given *given, const Activity *activity, int64_t row)
{
    return &given->duties[(row - given->first_duty_row) * OBLIGATIONS + activity->obligation];
}

/* ---- what follows */

/* Fill in below which word each channel notices an act, if those before it did not. */
static inline void fill_borders(const Activity *activity, bool visited, double factor, double *borders)
{
    double left = 1.0, border = 0.0;
    for (int channel = 0; channel < CHANNELS; channel++) {
        double chance = activity->channels[channel];
        if (channel == INSPECTION && visited)
            chance = chance + activity->seen_given_visit;
        else if (channel == COMPLAINT || (channel == COURT && activity->obligation >= 0))
            chance = chance * factor;
        chance = MIN(chance, 1.0);
        if (chance > 0.0) {
            border = border + left * chance;
            left = left * (1.0 - chance);
        }
        borders[channel] = border * TWO_32;
    }
}

/* The first channel that notices an act, or -1. */
static inline int first_channel(const double *borders, uint32_t luck)
{
    if (luck >= borders[CHANNELS - 1])
        return -1;
    int channel = 0;
    while (luck >= borders[channel])
        channel++;
    return channel;
}

static inline void move_belief(Agent *agent, const Activity *activity, int channel, double visit_rate,
                               const double *belief)
{
    for (int c = 0; c < CHANNELS; c++) {
        double chance = activity->channels[c];
        if (c == INSPECTION)
            chance = chance + visit_rate * activity->seen_given_visit;
        if (chance > 0.0) {
            double signal = c == channel ? 1.0 : 0.0;
            double moved = agent->belief[c] + belief[0] * (signal - chance * agent->belief[c]);
            agent->belief[c] = MIN(MAX(moved, 0.0), belief[1]);
            if (c == channel)
                return;
        }
    }
}

static inline void remember_fine(const Given *given, int64_t row)
{
    if (given->month - given->last_sanction[row] > given->fine_memory_months)
        given->sanctioned[row] = 0;
    given->sanctioned[row] = MIN(given->sanctioned[row] + 1, 255);
    given->last_sanction[row] = given->month;
}

#endif
