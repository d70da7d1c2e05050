/* The acting phase of a month, by hand, for one thread: what the compiled rule is measured against.
 *
 * The same rule, draws and order as creditsim.model.phases.acting: for each block of rows find the
 * opportunities, decide each, take the consequences. Written for speed, as the records are laid out:
 *
 *   records.h   the records, the same bytes as the NumPy dtypes
 *   rule.h      the terms of a choice and of what follows, one agent and one activity at a time
 *   block.h     a block of rows in columns, and what a month's blocks share
 *   finding.h   opportunities, stakes, the bound on utility, who cannot pay
 *   deciding.h  the costly terms, for those the bound leaves
 *   noticing.h  counts, channels, filing, beliefs
 */
#include "deciding.h"
#include "finding.h"
#include "noticing.h"

#include <stdlib.h>

/* Where each field of each record lies, for the caller to compare; ends with an empty name. */
const Place *places(void)
{
    return PLACES;
}

static void leave(Block *block)
{
    free(block->tables.bounds), free(block->tables.borders);
    free(block->tables.lowest), free(block->tables.highest);
    free(block);
}

static Block *make_block(const Given *given)
{
    Block *block = calloc(1, sizeof *block);
    if (!block)
        return NULL;
    const size_t activities = given->number_of_activities, sites = given->number_of_sites;
    Tables *tables = &block->tables;
    tables->bounds = malloc(4 * activities * sizeof *tables->bounds);
    tables->borders = malloc(activities * sizeof *tables->borders);
    tables->lowest = malloc(sites * activities * sizeof *tables->lowest);
    tables->highest = malloc(sites * activities * sizeof *tables->highest);
    if (tables->bounds && tables->borders && tables->lowest && tables->highest) {
        fill_tables(given, tables);
        return block;
    }
    leave(block);
    return NULL;
}

/* Act for rows low to high; return the first row left out for want of room, -1 without memory. */
int64_t act(const Given *given, int64_t low, int64_t high, Pending *filed, int64_t room,
            int64_t *number_filed)
{
    Block *block = make_block(given);
    int64_t number = 0;
    if (!block)
        return -1;
    while (low < high) {
        load(given, block, low, MIN(low + ROWS, high));
        search(given, block);
        if (number + block->found > room)
            break;
        bound(given, block);
        mark_unable(given, block);
        decide(given, block);
        number = conclude(given, block, filed, number);
        low += block->rows;
    }
    leave(block);
    *number_filed = number;
    return low;
}
