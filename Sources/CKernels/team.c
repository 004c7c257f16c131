#include "team.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// Spinning bridges the gaps between the layers of one encoding; it is bounded, so that an idle program uses no processor.
enum { spins_before_sleep = 4000 };

struct ck_team {
    int size;
    pthread_mutex_t callers;
    void (*work)(void *, int, int);
    void *context;
    // The number of the round (high half, which sleepers wait on) and of the next part that nobody has taken (low half).
    _Alignas(64) _Atomic uint64_t state;
    _Atomic int sleepers;
    _Atomic int stopping;
    _Alignas(64) _Atomic int unfinished;
    pthread_t members[];
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static uint32_t round_of(uint64_t state) { return (uint32_t)(state >> 32); }

/// The word of `state` that holds the round.
static uint32_t *round_word(ck_team *team) { return (uint32_t *)&team->state + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 1 : 0); }

/// Takes parts and does them until none is left. Whoever comes first takes: a caller whose team has no processor to run on does all of the work itself.
static void take_parts(ck_team *team) {
    for (;;) {
        uint64_t state = atomic_load_explicit(&team->state, memory_order_acquire);
        do {
            if ((uint32_t)state >= (uint32_t)team->size) return;
        } while (!atomic_compare_exchange_weak_explicit(&team->state, &state, state + 1, memory_order_acq_rel, memory_order_acquire));
        team->work(team->context, (int)(uint32_t)state, team->size);
        atomic_fetch_sub_explicit(&team->unfinished, 1, memory_order_release);
    }
}

static void *member_main(void *argument) {
    ck_team *team = argument;
    uint32_t seen = 0;
    for (;;) {
        int spins = 0;
        while (round_of(atomic_load_explicit(&team->state, memory_order_acquire)) == seen) {
            if (++spins < spins_before_sleep) {
                relax();
                continue;
            }
            atomic_fetch_add(&team->sleepers, 1);
            syscall(SYS_futex, round_word(team), FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
            atomic_fetch_sub(&team->sleepers, 1);
            spins = 0;
        }
        if (atomic_load(&team->stopping)) return NULL;
        seen = round_of(atomic_load_explicit(&team->state, memory_order_acquire));
        take_parts(team);
    }
}

/// Opens a round whose parts from `first_free` on nobody has taken.
static void start_round(ck_team *team, uint32_t first_free) {
    // Sequentially consistent, as is `sleepers`: a member that misses this finds the new round in the futex.
    atomic_store(&team->state, (uint64_t)(round_of(atomic_load(&team->state)) + 1) << 32 | first_free);
    if (atomic_load(&team->sleepers) > 0) syscall(SYS_futex, round_word(team), FUTEX_WAKE_PRIVATE, team->size, NULL, NULL, 0);
}

ck_team *ck_team_create(int size) {
    ck_team *team;
    if (posix_memalign((void **)&team, 64, sizeof(ck_team) + sizeof(pthread_t) * (size_t)size)) return NULL;
    team->size = size;
    pthread_mutex_init(&team->callers, NULL);
    // No part is left in the round before the first.
    atomic_init(&team->state, (uint64_t)size);
    atomic_init(&team->sleepers, 0);
    atomic_init(&team->stopping, 0);
    atomic_init(&team->unfinished, 0);
    for (int member = 1; member < size; member++) {
        if (pthread_create(&team->members[member], NULL, member_main, team)) {
            team->size = member;
            ck_team_destroy(team);
            return NULL;
        }
    }
    return team;
}

void ck_team_destroy(ck_team *team) {
    atomic_store(&team->stopping, 1);
    // A round without parts: a member that is still between two parts of the last one must not find work here.
    start_round(team, (uint32_t)team->size);
    for (int member = 1; member < team->size; member++) pthread_join(team->members[member], NULL);
    pthread_mutex_destroy(&team->callers);
    free(team);
}

int ck_team_size(const ck_team *team) { return team->size; }

void ck_team_run(ck_team *team, void (*work)(void *, int, int), void *context) {
    if (team->size == 1) {
        work(context, 0, 1);
        return;
    }
    pthread_mutex_lock(&team->callers);
    team->work = work;
    team->context = context;
    atomic_store_explicit(&team->unfinished, team->size, memory_order_relaxed);
    start_round(team, 0);
    take_parts(team);
    for (int spins = 0; atomic_load_explicit(&team->unfinished, memory_order_acquire) > 0; spins++) {
        // The parts that others took are as large as this one; past a while, their thread must lack a processor.
        if (spins < spins_before_sleep)
            relax();
        else
            sched_yield();
    }
    pthread_mutex_unlock(&team->callers);
}
