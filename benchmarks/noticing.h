/* Conclude a block: count what was met and done, let channels notice it, file it, move beliefs. */
#ifndef CREDITSIM_NOTICING_H
#define CREDITSIM_NOTICING_H

#include "block.h"

/* Count what rows met, and list what they acted on or left undone for want of cash. */
static int64_t count_met(const Given *given, Block *block)
{
    int64_t number = 0;
    for (int64_t i = 0; i < block->rows; i++)
        block->met[i] = 0;
    for (int64_t i = 0; i < block->found; i++) {
        const uint32_t k = block->numbers[i], place = block->place[i];
        const uint64_t able = block->acted[i] != UNABLE;
        given->met[block->site[place] + k] += able;
        block->met[place] |= able << k;
        given->counts[block->cell[place] + SORTING_MET] += block->tables.bounds[k].sorts;
        block->acts[number] = i;
        number += block->acted[i] != 0;
    }
    for (int64_t i = 0; i < block->rows; i++)
        given->memory[block->low + i].met = block->met[i];
    return number;
}

/* Count a fine; return what it adds to the deeds. */
static uint8_t fine(const Given *given, const Agent *agent, const Activity *activity, const Regime *regime,
                    int64_t row, bool unable, int64_t *counts)
{
    const double fen = activity->fine_yuan * regime->fine_level * 100.0;
    counts[FINES] += (int64_t)(fen * fine_factor(given, row, regime));
    if (agent->kind == ENTERPRISE)
        remember_fine(given, row);
    if (activity->due == 0)
        return GOT_CASH;
    counts[PENALISED]++;
    counts[PENALISED_UNABLE] += unable;
    return unable ? GOT_CASH | HARSH : GOT_CASH;
}

static void count_breach(const Given *given, const Agent *agent, const Activity *activity,
                         const Regime *regime, int64_t row, int channel, int64_t *counts)
{
    const bool firm = agent->kind == ENTERPRISE, school = agent->kind == INSTITUTION;
    counts[BREACHES]++;
    counts[HARM] += activity->social_fen;
    counts[LOCAL] += activity->local;
    if (activity->tutoring)
        given->last_tutoring[row - given->first_teacher] = given->month;
    given->last_breach[row] = given->month;
    counts[PLEDGER_BREACHES] += (given->pledges[row] & PLEDGED) != 0;
    counts[SCHOOL_BREACHES] += school;
    counts[CIVIL_SERVANT_BREACHES] += agent->kind == CIVIL_SERVANT && activity->setting == GOVERNMENT;
    if (channel < 0 && (firm || school)) {
        const bool classed = firm ? regime->evaluation_on : regime->classification_on;
        counts[UNDETECTED]++;
        counts[UNDETECTED_TOP] += classed && given->firm_class[row] == BEST_CLASS;
    }
}

/* Count a good deed; return what it adds to the deeds. */
static uint8_t count_merit(const Given *given, const Agent *agent, const Activity *activity,
                           const Regime *regime, int64_t *counts)
{
    const uint8_t good = activity->cheap ? 0 : DID_GOOD;
    counts[MERITS]++;
    counts[BENEFIT] += activity->social_fen;
    counts[HOURS] += activity->hours_tenths;
    counts[SORTED] += activity->sorts;
    if (!activity->sorts)
        return activity->reward_yuan > 0.0 ? good | GOT_CASH : good;
    const int64_t paid = sorting_reward(activity, regime, given->bins[agent->home]) * 100.0;
    counts[REWARDS] += paid;
    return paid > 0 ? good | GOT_GOODS : good;
}

static bool is_recorded(const Agent *agent, const Activity *activity, const Posting *posting,
                        const Regime *regime, const Ranks *rank, int channel, uint32_t luck)
{
    if (posting->items[channel] < 0)
        return false;
    const bool filed = is_filed(agent, regime, rank);
    if (!is_scored(agent, regime, rank, filed) || (posting->needs_file && !filed))
        return false;
    if (channel == NEIGHBOUR && posting->account == 1 && !regime->neighbour_reports_on)
        return false;
    if (channel == SELF_REPORT && agent->sex < NO_SEX && !(agent->awareness & KNOWS_ITEMS))
        return false;
    return luck < regime->filing[MAX(0, activity->setting - 2)][filed][channel];
}

/* Take the consequences of an act, or of a due unpaid for want of cash; return how many are filed by then. */
static int64_t conclude_act(const Given *given, Block *block, uint32_t i, Pending *filed, int64_t number)
{
    const uint32_t k = block->numbers[i], place = block->place[i], notice = block->words_of_act[1][i];
    const int64_t row = block->low + place, activities = given->number_of_activities;
    const int active = given->active[row];
    const bool unable = block->acted[i] == UNABLE, visited = given->visited[row] == 1;
    const Activity *activity = &given->activities[k];
    const Regime *regime = &given->regimes[active];
    const Posting *posting = &given->postings[active * activities + k];
    Agent *agent = &given->agents[row];
    int64_t *counts = given->counts + block->cell[place];
    double duty_borders[CHANNELS];
    const double *borders = block->tables.borders[k][visited][(given->pledges[row] & POSTED) != 0];
    if (activity->obligation >= 0) {
        fill_borders(activity, visited, duty_of(given, activity, row)->factor, duty_borders);
        borders = duty_borders;
    }
    const int channel = first_channel(borders, notice);
    uint8_t deeds = given->deeds[row];
    bool spared = false, fined = false;
    if (!unable) {
        given->done[block->site[place] + k]++;
        given->memory[row].did |= (uint64_t)1 << k;
    }
    if (activity->breach && channel >= 0) {
        if (activity->due > 0)
            spared = draw(given, agent->slot, given->month, DRAW_MEANS, 4 + k)
                < (unable ? regime->spared_unable : regime->spared_able);
        counts[SPARED] += spared;
        fined = activity->fine_yuan * regime->fine_level > 0.0 && !spared;
        if (fined)
            deeds |= fine(given, agent, activity, regime, row, unable, counts);
    }
    if (unable) {
        counts[MEANS_UNABLE]++;
        deeds |= NOT_ABLE;
    } else if (activity->breach) {
        count_breach(given, agent, activity, regime, row, channel, counts);
        deeds |= BREACHED;
        if (channel == INSPECTION && visited && !(deeds & FOUND_OUT)
            && notice < activity->seen_given_visit * TWO_32) {
            deeds |= FOUND_OUT;
            counts[VISITS_SEEN]++;
        }
        move_belief(agent, activity, channel,
                    given->visit_rates[(active * CLASSES + given->firm_class[row]) * activities + k],
                    given->belief);
    } else
        deeds |= count_merit(given, agent, activity, regime, counts);
    given->deeds[row] = deeds;
    const uint32_t filing = block->words_of_act[2][i];
    if (channel < 0 || spared
        || !is_recorded(agent, activity, posting, regime, &given->ranks[row], channel, filing))
        return number;
    filed[number] = (Pending){
        .row = row, .activity = k, .channel = channel, .item = posting->items[channel],
        .points_mp = posting->points_mp[channel], .account = posting->account, .event = given->month,
        .due = (activity->due > 0) * DUE + unable * FOR_WANT + fined * FINED,
        .check = block->words_of_act[3][i],
    };
    return number + 1;
}

static int64_t conclude(const Given *given, Block *block, Pending *filed, int64_t number)
{
    const int64_t acts = count_met(given, block);
    for (int64_t i = 0; i < acts; i++)
        number = conclude_act(given, block, block->acts[i], filed, number);
    return number;
}

#endif
