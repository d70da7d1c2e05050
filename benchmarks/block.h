/* A block of rows and its opportunities, in columns: what is asked of every one of them.
 *
 * Agents, activities and regimes are wide records. Read once for the block, the few fields that
 * most opportunities need stay in the cache, and loops over them have hardly a branch.
 */
#ifndef CREDITSIM_BLOCK_H
#define CREDITSIM_BLOCK_H

#include "rule.h"

enum { LANES_PER_BLOCK = 16, LANES_PER_WORD = 8, BLOCKS_OF_LANES = MOST_LANES / LANES_PER_BLOCK };

/* Every lane of every row, and a little more: columns whose sizes are powers of two share cache sets. */
enum { MOST = ROWS * MOST_LANES + 80 };

#define LAST_LANE ((uint64_t)1 << (MOST_LANES - 1))

/* Where the bound of an opportunity does not hold: bits of an agent and of an activity. */
enum { KNOWING = 1, UNBOUNDED = 2, ANYBODY = 4 };

/* What is left to decide: good deeds that bring what the bound says, other good deeds, breaches. */
enum { PLAIN, REWARDED, BREACH, SORTS };

/* What the bound reads of an activity in one regime, at a site with or without a points shop. */
typedef struct {
    double alpha, tau, scale, sign, reward;
    const double *stakes;
    uint8_t breach, due, sorts, open;
} Bound;

/* What a month's blocks share, by activity, and by site and activity. */
typedef struct {
    uint32_t lane_numbers[KINDS][MOST_LANES];
    Bound *bounds;
    double *lowest, *highest;
    double (*borders)[2][2][CHANNELS];
} Tables;

typedef struct {
    Tables tables;
    int64_t low, rows, found, left[SORTS], number_tied;
    /* by row of the block; site, variant and cell count in entries of the tables they point into */
    uint32_t slot[ROWS], kind[ROWS], key[ROWS], site[ROWS], variant[ROWS], cell[ROWS];
    uint32_t lane_block[ROWS], words[BLOCKS_OF_LANES][4][ROWS];
    uint64_t lanes[ROWS], doubtful[ROWS], met[ROWS];
    double money[ROWS], feeling[2][ROWS];
    uint8_t open[ROWS], present[ROWS];
    /* by opportunity */
    uint32_t slots[MOST], numbers[MOST], words_of_act[4][MOST];
    uint16_t place[MOST];
    double stake_yuan[MOST], noise[MOST], best[MOST];
    uint8_t acted[MOST];
    /* lists of opportunities: what is left of each sort; what hangs on ties; dues; what was acted on */
    uint32_t candidates[SORTS][MOST], tied[MOST], dues[MOST], acts[MOST];
    double own[MOST], shift[MOST];
    uint32_t due_slots[MOST], zeros[MOST], fixed_words[4][MOST], spells[MOST];
} Block;

/* Apart from its callers, so that the compiler does several blocks of draws at a time. */
static __attribute__((noinline)) void fill_words(
    const Given *given, const uint32_t *restrict slots, uint32_t month, uint32_t decision,
    const uint32_t *restrict blocks, int64_t number, uint32_t *restrict first, uint32_t *restrict second,
    uint32_t *restrict third, uint32_t *restrict fourth)
{
    const uint32_t seed = given->seed, replication = given->replication;
    for (int64_t i = 0; i < number; i++) {
        const Words words = philox(seed, replication, slots[i], month, decision, blocks[i]);
        first[i] = words.x0, second[i] = words.x1, third[i] = words.x2, fourth[i] = words.x3;
    }
}

static void fill_bound(const Given *given, int variant, int64_t k, Bound *bound)
{
    const bool in_force = variant >> 1, shop = variant & 1;
    const Activity *activity = &given->activities[k];
    const Posting *posting = &given->postings[in_force * given->number_of_activities + k];
    const bool breach = activity->breach;
    *bound = (Bound){
        .alpha = activity->alpha, .tau = activity->tau, .scale = activity->stake_yuan,
        .sign = breach ? 1.0 : -1.0, .stakes = given->stakes + STAKES * activity->spread,
        .breach = breach, .due = activity->due, .sorts = activity->sorts, .open = UNBOUNDED,
    };
    if (!breach)
        bound->reward = activity->reward_yuan
            + (activity->sorts && shop ? given->regimes[in_force].sorting_reward_yuan : 0.0);
    if (!breach && posting->worth_mp > 0)
        bound->open |= KNOWING;
    if (activity->obligation >= 0)
        bound->open |= ANYBODY;
}

static void fill_norms(const Given *given, int64_t site, int64_t k, Tables *tables)
{
    const Activity *activity = &given->activities[k];
    const int64_t at = site * given->number_of_activities + k;
    const double visible = given->visible[at], models = given->models[site], *terms = given->terms;
    double least = visible, most = visible;
    if (terms[TIES] > 0.0 && activity->visible_share > 0.0) {
        const double alone = (1.0 - terms[TIES]) * visible;
        least = MIN(visible, alone), most = MAX(visible, alone + terms[TIES]);
    }
    tables->lowest[at] = norm_of(activity, least, models, terms);
    tables->highest[at] = norm_of(activity, most, models, terms);
}

static void fill_tables(const Given *given, Tables *tables)
{
    const int64_t activities = given->number_of_activities, lanes = given->number_of_lanes;
    for (int kind = 0; kind < KINDS; kind++)
        for (int64_t lane = 0; lane < lanes; lane++)
            tables->lane_numbers[kind][lane] = given->lane_activity[kind * lanes + lane];
    for (int64_t k = 0; k < activities; k++)
        for (int which = 0; which < 4; which++) {
            const double factor = which & 1 ? given->complaint_factor : 1.0;
            fill_bound(given, which, k, &tables->bounds[which * activities + k]);
            fill_borders(&given->activities[k], which >> 1, factor,
                         tables->borders[k][which >> 1][which & 1]);
        }
    for (int64_t site = 0; site < given->number_of_sites; site++)
        for (int64_t k = 0; k < activities; k++)
            fill_norms(given, site, k, tables);
}

static void load(const Given *given, Block *block, int64_t low, int64_t high)
{
    const uint32_t activities = given->number_of_activities;
    block->low = low, block->rows = high - low;
    for (int64_t i = 0; i < block->rows; i++) {
        const Agent *agent = &given->agents[low + i];
        const int active = given->active[low + i], kind = agent->kind;
        const Regime *regime = &given->regimes[active];
        const bool shop = given->bins[agent->home] < regime->sorting_sites;
        __builtin_prefetch(&given->ranks[low + i]);
        block->slot[i] = agent->slot;
        block->kind[i] = kind;
        block->present[i] = agent->present;
        block->key[i] = given->kind_first[kind]
            + ((agent->traits >> given->kind_shift[kind]) & given->kind_mask[kind]);
        block->site[i] = agent->home * activities;
        block->cell[i] = agent->cell * (uint32_t)QUANTITIES;
        block->variant[i] = (2 * active + shop) * activities;
        block->money[i] = agent->money_weight;
        block->feeling[0][i] = agent->prosociality * agent->trust * (1.0 - agent->crowding);
        block->feeling[1][i] = -(agent->honesty * agent->trust * (1.0 - agent->crowding));
        block->open[i] = ANYBODY | (knows_items(agent) ? KNOWING : 0)
            | (regime->worths_fall || agent->money_weight < 0.0 ? UNBOUNDED : 0);
    }
}

#endif
