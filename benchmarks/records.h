/* The records of creditsim as C sees them: the same bytes as the NumPy dtypes, in place.
 *
 * Each list of fields is written once and makes both the struct and its rows in the table that
 * Python compares with the dtypes (c_version.py): a dtype that changed is refused, not misread.
 * The sizes in capitals (CHANNELS, KINDS, ...) are given by the compiler's command line.
 */
#ifndef CREDITSIM_RECORDS_H
#define CREDITSIM_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#define AGENT_FIELDS(F, R) \
    F(R, double, income_yuan_month, ) F(R, double, honesty, ) F(R, double, prosociality, ) \
    F(R, double, money_weight, ) F(R, double, trust, ) F(R, double, crowding, ) \
    F(R, double, false_belief, ) F(R, uint32_t, slot, ) F(R, int32_t, household, ) \
    F(R, int32_t, employer, ) F(R, int32_t, representative, ) F(R, uint32_t, traits, ) \
    F(R, float, belief, [CHANNELS]) F(R, int32_t, score_mp, ) F(R, int32_t, village_score_mp, ) \
    F(R, uint16_t, site, ) F(R, uint16_t, home, ) F(R, uint16_t, cell, ) F(R, int16_t, months_low, ) \
    F(R, uint8_t, kind, ) F(R, uint8_t, area, ) F(R, uint8_t, age_band, ) F(R, uint8_t, sex, ) \
    F(R, uint8_t, education, ) F(R, uint8_t, residence, ) F(R, uint8_t, registration, ) \
    F(R, uint8_t, online, ) F(R, int8_t, grade, ) F(R, int8_t, star, ) F(R, uint8_t, awareness, ) \
    F(R, uint8_t, filed, ) F(R, uint8_t, withdrawn, ) F(R, uint8_t, present, ) \
    F(R, uint8_t, generation, )

#define ACTIVITY_FIELDS(F, R) \
    F(R, uint8_t, breach, ) F(R, uint32_t, kinds, ) F(R, uint32_t, all_traits, ) \
    F(R, uint32_t, any_traits, ) F(R, int64_t, opportunity, ) F(R, double, alpha, ) F(R, double, tau, ) \
    F(R, double, stake_yuan, ) F(R, int32_t, spread, ) F(R, double, reward_yuan, ) \
    F(R, double, fine_yuan, ) F(R, double, sanction_yuan, ) F(R, double, channels, [CHANNELS]) \
    F(R, double, seen_given_visit, ) F(R, double, base_share, ) F(R, double, visible_share, ) \
    F(R, int64_t, social_fen, ) F(R, uint8_t, setting, ) F(R, uint8_t, cheap, ) F(R, uint8_t, sorts, ) \
    F(R, uint8_t, tutoring, ) F(R, uint8_t, local, ) F(R, int8_t, obligation, ) \
    F(R, int32_t, hours_tenths, ) F(R, uint8_t, due, ) F(R, int64_t, strained, )

#define REGIME_FIELDS(F, R) \
    F(R, uint8_t, score_on, ) F(R, int64_t, consent, ) F(R, uint8_t, compact_on, ) \
    F(R, uint8_t, neighbour_reports_on, ) F(R, uint8_t, household_liability_on, ) \
    F(R, uint8_t, public_ranking_on, ) F(R, int64_t, migrants_included, ) \
    F(R, int64_t, employee_cover, ) F(R, int64_t, pledge_invited, ) \
    F(R, int64_t, school_pledge_invited, ) F(R, int64_t, code_posted, ) \
    F(R, int64_t, file_cover, [KINDS]) F(R, int64_t, filing, [3][2][CHANNELS]) \
    F(R, uint8_t, evaluation_on, ) F(R, uint8_t, classification_on, ) \
    F(R, uint8_t, agency_evaluation_on, ) F(R, double, fine_level, ) F(R, double, escalation, ) \
    F(R, int64_t, spared_able, ) F(R, int64_t, spared_unable, ) F(R, int64_t, class_weight, [CLASSES]) \
    F(R, int64_t, school_class_weight, [CLASSES]) F(R, int64_t, random_floor_ppm, ) \
    F(R, int32_t, warning_mp, ) F(R, double, cutoffs_mp, [2][CUTOFFS]) \
    F(R, double, steps_yuan, [2][KINDS][CUTOFFS]) F(R, uint8_t, worths_fall, ) \
    F(R, int64_t, worth_fen, [LADDERS][KINDS][GRADES]) F(R, double, attainable_mp, [2][KINDS]) \
    F(R, int64_t, denied_thousandths, [LADDERS][KINDS][GRADES]) F(R, int32_t, repair_wait_months, ) \
    F(R, int64_t, repair_chance, ) F(R, double, sorting_reward_yuan, ) F(R, int64_t, sorting_sites, ) \
    F(R, int64_t, fund_sites, ) F(R, int64_t, fund_claim_fen, ) F(R, int64_t, fund_top_ppm, ) \
    F(R, int64_t, subdistrict_claim_fen, ) F(R, double, bad_file_yuan, [KINDS]) \
    F(R, int64_t, bad_file_fen, [KINDS]) F(R, int64_t, body_good_fen, ) F(R, int64_t, body_bad_fen, )

#define POSTING_FIELDS(F, R) \
    F(R, int32_t, items, [CHANNELS]) F(R, int32_t, points_mp, [CHANNELS]) F(R, int32_t, worth_mp, ) \
    F(R, int8_t, account, ) F(R, double, months, ) F(R, double, learns_of, [2]) F(R, uint8_t, needs_file, )

#define RANKS_FIELDS(F, R) \
    F(R, uint32_t, file, ) F(R, uint32_t, consent, ) F(R, uint32_t, migrant, ) F(R, uint32_t, aware, )

#define MEMORY_FIELDS(F, R) F(R, uint64_t, did, ) F(R, uint64_t, met, )

#define DUTY_FIELDS(F, R) \
    F(R, uint8_t, registered, ) F(R, double, factor, ) F(R, double, loss_yuan, ) F(R, double, shift, )

#define PENDING_FIELDS(F, R) \
    F(R, int32_t, row, ) F(R, int16_t, activity, ) F(R, int8_t, channel, ) F(R, uint8_t, wrong, ) \
    F(R, int32_t, item, ) F(R, int32_t, points_mp, ) F(R, int8_t, account, ) F(R, int32_t, event, ) \
    F(R, uint8_t, due, ) F(R, int64_t, check, ) F(R, uint8_t, flags, ) F(R, uint8_t, generation, )

/* What a month's acting reads and writes. Every member is eight bytes wide and filled by name
 * from Python; arrays are C-contiguous, those of `counts` and the like [first][last]. */
#define GIVEN_FIELDS(F, R) \
    F(R, int64_t, seed, ) F(R, int64_t, replication, ) F(R, int64_t, month, ) \
    F(R, int64_t, number_of_activities, ) F(R, int64_t, number_of_lanes, ) \
    F(R, int64_t, number_of_sites, ) \
    F(R, Agent *, agents, ) F(R, const Activity *, activities, ) F(R, const Posting *, postings, ) \
    F(R, const Regime *, regimes, ) F(R, const Ranks *, ranks, ) \
    F(R, const int16_t *, lane_activity, ) F(R, const int64_t *, lane_threshold, ) \
    F(R, const uint64_t *, lane_border, ) F(R, const int64_t *, kind_blocks, ) \
    F(R, const int64_t *, kind_first, ) F(R, const int64_t *, kind_shift, ) \
    F(R, const int64_t *, kind_mask, ) F(R, const uint64_t *, lanes_met, ) \
    F(R, const double *, stakes, ) F(R, const double *, quantiles, ) F(R, const float *, buffers, ) \
    F(R, const uint8_t *, stopped, ) F(R, int64_t, number_stopped, ) F(R, const double *, means, ) \
    F(R, const uint8_t *, active, ) F(R, const int8_t *, firm_class, ) F(R, const uint8_t *, pledges, ) \
    F(R, const double *, visible, ) F(R, const Memory *, last_memory, ) \
    F(R, const int32_t *, peer_starts, ) F(R, const uint16_t *, peer_low, ) \
    F(R, const uint8_t *, peer_high, ) F(R, const double *, terms, ) F(R, const double *, visit_rates, ) \
    F(R, double, complaint_factor, ) F(R, const double *, models, ) F(R, const uint32_t *, bins, ) \
    F(R, int64_t, first_duty_row, ) F(R, const Duty *, duties, ) \
    F(R, uint8_t *, sanctioned, ) F(R, int16_t *, last_sanction, ) F(R, int64_t, number_sanctioned, ) \
    F(R, double, fine_memory_months, ) F(R, double, most_fine_steps, ) \
    F(R, const uint8_t *, visited, ) F(R, uint8_t *, deeds, ) F(R, int16_t *, last_breach, ) \
    F(R, int16_t *, last_tutoring, ) F(R, int64_t, first_teacher, ) F(R, int64_t *, counts, ) \
    F(R, int64_t *, done, ) F(R, int64_t *, met, ) F(R, Memory *, memory, ) F(R, const double *, belief, )

#define MEMBER(record, type, name, size) type name size;
#define ROW(record, type, name, size) \
    {#record, #name, #type, offsetof(record, name), sizeof(((record *)0)->name)},
#define WHOLE(record) {#record, "", "", 0, sizeof(record)},

typedef struct { AGENT_FIELDS(MEMBER, Agent) } Agent;
typedef struct { DUTY_FIELDS(MEMBER, Duty) } Duty;
typedef struct __attribute__((packed)) { ACTIVITY_FIELDS(MEMBER, Activity) } Activity;
typedef struct __attribute__((packed)) { REGIME_FIELDS(MEMBER, Regime) } Regime;
typedef struct __attribute__((packed)) { POSTING_FIELDS(MEMBER, Posting) } Posting;
typedef struct { RANKS_FIELDS(MEMBER, Ranks) } Ranks;
typedef struct { MEMORY_FIELDS(MEMBER, Memory) } Memory;
typedef struct __attribute__((packed)) { PENDING_FIELDS(MEMBER, Pending) } Pending;
typedef struct { GIVEN_FIELDS(MEMBER, Given) } Given;

typedef struct {
    const char *record, *field, *type;
    size_t offset, size;
} Place;

/* The table ends with an empty name. */
static const Place PLACES[] = {
    AGENT_FIELDS(ROW, Agent) WHOLE(Agent) DUTY_FIELDS(ROW, Duty) WHOLE(Duty)
    ACTIVITY_FIELDS(ROW, Activity) WHOLE(Activity) REGIME_FIELDS(ROW, Regime) WHOLE(Regime)
    POSTING_FIELDS(ROW, Posting) WHOLE(Posting) RANKS_FIELDS(ROW, Ranks) WHOLE(Ranks)
    MEMORY_FIELDS(ROW, Memory) WHOLE(Memory) PENDING_FIELDS(ROW, Pending) WHOLE(Pending)
    GIVEN_FIELDS(ROW, Given) WHOLE(Given) {NULL, NULL, NULL, 0, 0},
};

#endif
