/* Decide what is left of a block's opportunities once the bound has been asked of all of them. */
#ifndef CREDITSIM_DECIDING_H
#define CREDITSIM_DECIDING_H

#include "block.h"

/* The choice is clear if it is the same whatever ties did; else the opportunity is listed. */
static inline void decide_without_ties(const Given *given, Block *block, uint32_t i, double own, double shift)
{
    const Tables *tables = &block->tables;
    const uint32_t k = block->numbers[i], at = block->site[block->place[i]] + k, number = block->number_tied;
    const double tau = given->activities[k].tau, noise = block->noise[i];
    const bool able = block->acted[i] != UNABLE;
    const bool could = acts(shift + (own + tables->highest[at]), tau, noise);
    const bool would = acts(shift + (own + tables->lowest[at]), tau, noise);
    block->acted[i] = able ? would : UNABLE;
    block->tied[number] = i, block->own[number] = own, block->shift[number] = shift;
    block->number_tied += able & could & !would;
}

static inline void decide_with_risk(const Given *given, Block *block, uint32_t i)
{
    const int k = block->numbers[i];
    const int64_t row = block->low + block->place[i], activities = given->number_of_activities;
    const int active = given->active[row];
    const Activity *activity = &given->activities[k];
    double factor = given->pledges[row] & POSTED ? given->complaint_factor : 1.0, loss = 0.0, shift = 0.0;
    if (activity->obligation >= 0) {
        const Duty *duty = duty_of(given, activity, row);
        factor = duty->factor, loss = duty->loss_yuan, shift = duty->shift;
    }
    const double own = own_utility(
        given, &given->agents[row], activity, &given->postings[active * activities + k],
        &given->regimes[active], row, block->stake_yuan[i] - loss,
        given->visit_rates[(active * CLASSES + given->firm_class[row]) * activities + k], factor);
    decide_without_ties(given, block, i, own, shift);
}

/* What ties did lies all over the memory, so all of it is asked for before any is used. */
static void decide_by_ties(const Given *given, Block *block)
{
    for (int64_t i = 0; i < block->number_tied; i++) {
        const int32_t first = given->peer_starts[block->low + block->place[block->tied[i]]];
        __builtin_prefetch(&given->peer_low[first]), __builtin_prefetch(&given->peer_high[first]);
    }
    for (int64_t i = 0; i < block->number_tied; i++) {
        const int32_t *ends = &given->peer_starts[block->low + block->place[block->tied[i]]];
        for (int32_t place = ends[0]; place < ends[1]; place++)
            __builtin_prefetch(&given->last_memory[peer_at(given, place)]);
    }
    for (int64_t i = 0; i < block->number_tied; i++) {
        const uint32_t at = block->tied[i], k = block->numbers[at];
        const int64_t row = block->low + block->place[at], home = given->agents[row].home;
        const Activity *activity = &given->activities[k];
        const double visible = given->visible[home * given->number_of_activities + k];
        const double share = share_with_ties(given, row, k, visible);
        const double norm = norm_of(activity, share, given->models[home], given->terms);
        block->acted[at] = acts(block->shift[i] + (block->own[i] + norm), activity->tau, block->noise[at]);
    }
}

static void decide(const Given *given, Block *block)
{
    block->number_tied = 0;
    for (int64_t i = 0; i < block->left[PLAIN]; i++) {
        const uint32_t at = block->candidates[PLAIN][i];
        decide_without_ties(given, block, at, block->best[at], 0.0);
    }
    for (int64_t i = 0; i < block->left[REWARDED]; i++)
        decide_with_risk(given, block, block->candidates[REWARDED][i]);
    for (int64_t i = 0; i < block->left[BREACH]; i++)
        decide_with_risk(given, block, block->candidates[BREACH][i]);
    decide_by_ties(given, block);
}

#endif
