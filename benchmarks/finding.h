/* Find a block's opportunities: search the lanes, draw stake and noise, see who cannot pay a due. */
#ifndef CREDITSIM_FINDING_H
#define CREDITSIM_FINDING_H

#include "block.h"

static inline uint64_t at_most(uint64_t bytes, uint64_t borders)
{
    const uint64_t high = 0x8080808080808080u;
    const uint64_t rest = (borders | high) - (bytes & ~high);
    return ((borders & ~bytes) | (~(borders ^ bytes) & rest)) & high;
}

static inline uint64_t equal_bytes(uint64_t one, uint64_t other)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu, differ = one ^ other;
    return ~(((differ & low) + low) | differ | low);
}

/* Put the highest bits of eight bytes side by side. */
static inline uint64_t pack_bits(uint64_t bits)
{
    return ((bits >> 7) * 0x0102040810204080u) >> 56;
}

/* Mark the lanes of each row's activities whose byte is at most its border, and those where it is equal. */
static void compare(const Given *given, Block *block, int64_t lane_block)
{
    const uint32_t (*restrict words)[ROWS] = block->words[lane_block];
    const int64_t width = given->number_of_lanes / LANES_PER_WORD, shift = LANES_PER_BLOCK * lane_block;
    const uint64_t *restrict all_met = given->lanes_met + 2 * lane_block;
    const uint64_t *restrict all_borders = given->lane_border + 2 * lane_block;
    uint64_t *restrict lanes = block->lanes, *restrict doubtful = block->doubtful;
    for (int64_t i = 0; i < block->rows; i++) {
        const uint64_t low = words[0][i] | (uint64_t)words[1][i] << 32;
        const uint64_t high = words[2][i] | (uint64_t)words[3][i] << 32;
        const int64_t met = width * block->key[i], border = width * block->kind[i];
        const uint64_t low_met = all_met[met], high_met = all_met[met + 1];
        const uint64_t low_border = all_borders[border], high_border = all_borders[border + 1];
        lanes[i] |= (pack_bits(at_most(low, low_border) & low_met)
            | pack_bits(at_most(high, high_border) & high_met) << LANES_PER_WORD) << shift;
        doubtful[i] |= (pack_bits(equal_bytes(low, low_border) & low_met)
            | pack_bits(equal_bytes(high, high_border) & high_met) << LANES_PER_WORD) << shift;
    }
}

/* Take away the doubtful lanes of a row whose further bits do not lie below the threshold. */
static uint64_t without_misses(const Given *given, const Block *block, int64_t i, uint64_t lanes)
{
    for (uint64_t doubtful = block->doubtful[i] & lanes; doubtful; doubtful &= doubtful - 1) {
        const int lane = __builtin_ctzll(doubtful);
        const int64_t border = given->lane_threshold[block->kind[i] * given->number_of_lanes + lane];
        const uint32_t luck = block->words[lane / 16][lane % 16 / 4][i] >> 8 * (lane % 4) & 255;
        const uint32_t more =
            draw(given, block->slot[i], given->month, DRAW_OPPORTUNITY, 4 * (FURTHER_BITS + lane));
        if ((luck << 24 | (more & 0xFFFFFF)) >= border)
            lanes &= ~((uint64_t)1 << lane);
    }
    return lanes;
}

/* Write the opportunities in row order, in the order of the catalogue within a row, and draw their words. */
static void search(const Given *given, Block *block)
{
    int64_t lane_blocks = 1, found = 0;
    for (int64_t i = 0; i < block->rows; i++) {
        block->lanes[i] = block->doubtful[i] = 0;
        lane_blocks = MAX(lane_blocks, given->kind_blocks[block->kind[i]]);
    }
    for (int64_t number = 0; number < lane_blocks; number++) {
        uint32_t (*words)[ROWS] = block->words[number];
        for (int64_t i = 0; i < block->rows; i++)
            block->lane_block[i] = number;
        fill_words(given, block->slot, given->month, DRAW_OPPORTUNITY, block->lane_block, block->rows,
                   words[0], words[1], words[2], words[3]);
        compare(given, block, number);
    }
    for (int64_t i = 0; i < block->rows; i++) {
        const uint32_t *numbers = block->tables.lane_numbers[block->kind[i]];
        uint64_t lanes = without_misses(given, block, i, block->present[i] ? block->lanes[i] : 0);
        const int64_t end = found + __builtin_popcountll(lanes);
        /* Four at a time, whether there are as many or not: so the number of rounds seldom surprises. */
        do {
            for (int step = 0; step < 4; step++, lanes &= lanes - 1) {
                block->place[found + step] = i;
                block->slots[found + step] = block->slot[i];
                block->numbers[found + step] = numbers[__builtin_ctzll(lanes | LAST_LANE)];
            }
            found += 4;
        } while (found < end);
        found = end;
    }
    block->found = found;
    fill_words(given, block->slots, given->month, DRAW_ACT, block->numbers, found, block->words_of_act[0],
               block->words_of_act[1], block->words_of_act[2], block->words_of_act[3]);
}

/* Fill in what is at stake, and list what would be acted on with nothing at risk: see best_utility. */
static void bound(const Given *given, Block *block)
{
    const Bound *bounds = block->tables.bounds;
    const double *highest = block->tables.highest;
    block->left[PLAIN] = block->left[REWARDED] = block->left[BREACH] = 0;
    for (int64_t i = 0; i < block->found; i++) {
        const uint32_t place = block->place[i], k = block->numbers[i], word = block->words_of_act[0][i];
        const Bound *bound = &bounds[block->variant[place] + k];
        const double stake_yuan = bound->scale * bound->stakes[(word & 65535) >> 4];
        const double noise = given->quantiles[word >> 16];
        const double gain = bound->reward + bound->sign * stake_yuan;
        const double best = bound->alpha + block->money[place] * gain / bound->scale
            + block->feeling[bound->breach][place];
        const int open = (bound->open & block->open[place]) != 0, sort = bound->breach ? BREACH : open;
        block->stake_yuan[i] = stake_yuan;
        block->noise[i] = noise;
        block->best[i] = best;
        block->acted[i] = 0;
        block->candidates[sort][block->left[sort]] = i;
        block->left[sort] += acts(best + highest[block->site[place] + k], bound->tau, noise) | open;
    }
}

static inline bool is_short(const Given *given, const Agent *agent, double due_yuan, float liquid,
                            int64_t spent)
{
    const double drawn = given->means[agent->sex == NO_SEX ? DRAWN_FIRMS : DRAWN_PERSONS];
    const double income = agent->income_yuan_month * given->means[INCOME_FACTOR];
    return MAX(0.0, liquid - drawn * spent) * income < due_yuan;
}

/* Say whether an agent lacks the cash for a due: `shifted` is its month within its spell of `spell_word`. */
static bool is_unable(const Given *given, const Agent *agent, const Activity *activity, int64_t row,
                      double due_yuan, uint32_t buffer_word, int64_t shifted, uint32_t spell_word)
{
    const bool person = agent->sex != NO_SEX;
    const double *means = given->means;
    if (activity->due == DUE_TO_TRADE)
        return row < given->number_stopped && given->stopped[row] == 1;
    if (!person && agent->kind != ENTERPRISE)
        return false;
    const double share = means[person ? STRAINED_PERSONS : STRAINED_FIRMS];
    int64_t spent;
    if (spell_word < (activity->strained > share ? activity->strained : share))
        spent = shifted;
    else if (means[STOPPED] > 0.0
             && draw(given, agent->slot, means[SHOCK_START], DRAW_MEANS, 3) < means[STOPPED])
        spent = means[SHOCK_MONTH];
    else
        return false;
    const float liquid = given->buffers[(person ? 0 : BUFFERS) + (buffer_word >> 20)];
    if (!is_short(given, agent, due_yuan, liquid, spent))
        return false;
    const bool since_before = spent > 0 && is_short(given, agent, due_yuan, liquid, spent - 1);
    return !(activity->due == DUE_RECURRING && since_before);
}

static void mark_unable(const Given *given, Block *block)
{
    const uint32_t length = given->means[SPELL_MONTHS], month = given->month;
    uint32_t (*fixed)[MOST] = block->fixed_words;
    int64_t number = 0;
    for (int64_t i = 0; i < block->found; i++) {
        block->dues[number] = i;
        number += block->tables.bounds[block->numbers[i]].due > 0;
    }
    for (int64_t i = 0; i < number; i++)
        block->due_slots[i] = block->slots[block->dues[i]];
    fill_words(given, block->due_slots, 0, DRAW_MEANS, block->zeros, number, fixed[0], fixed[1], fixed[2],
               fixed[3]);
    for (int64_t i = 0; i < number; i++) {
        const uint32_t shifted = month + fixed[1][i] % length, spell = shifted / length;
        fixed[1][i] = shifted % length;
        block->spells[i] =
            philox(given->seed, given->replication, block->due_slots[i], spell, DRAW_MEANS, 0).x2;
    }
    for (int64_t i = 0; i < number; i++) {
        const uint32_t at = block->dues[i];
        const int64_t row = block->low + block->place[at];
        if (is_unable(given, &given->agents[row], &given->activities[block->numbers[at]], row,
                      block->stake_yuan[at], fixed[0][i], fixed[1][i], block->spells[i]))
            block->acted[at] = UNABLE;
    }
}

#endif
