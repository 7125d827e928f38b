/*
 * Everybody asks everybody: each of many actors in a group of two workers sends a ping to another one drawn at random, waits for its pong
 * and sends the next. Million messages a second, pings and pongs.
 *
 *     big ACTORS PINGS      PINGS of each actor
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "rig.h"

static const char usage[] = "big ACTORS PINGS";

struct player {
    _Alignas(64) sabir_ref *self;
    uint64_t random;
    int64_t next;  /* the ping in flight */
    int64_t pongs; /* answered to others */
};

static struct player *players;
static int64_t count, pings;
static atomic_int_fast64_t busy; /* players that are not done */

/* xorshift: the same draws in every run and for every peer. */
static struct player *draw(struct player *player) {
    player->random ^= player->random << 13;
    player->random ^= player->random >> 7;
    player->random ^= player->random << 17;
    return &players[player->random % (uint64_t)count];
}

static int ping(struct player *player) {
    struct Note note = {player - players, player->next};
    return sabir_ref_send_value(draw(player)->self, Note_type(), &note, player->self);
}

/* A pong says from = -1; the first message of all, from the main thread, is a pong as well. */
static int on_note(void *self, const void *value, sabir_context *context) {
    const struct Note *note = value;
    struct player *player = self;
    if (note->from >= 0) {
        player->pongs++;
        return sabir_context_reply_value(context, Note_type(), &(struct Note){-1, note->number});
    }
    if (note->number != player->next) bench_die("big: a pong of another ping came");
    if (++player->next <= pings) return ping(player);
    if (atomic_fetch_sub(&busy, 1) == 1) rig_done(context);
    return SABIR_OK;
}

static void check(void) {
    int64_t pongs = 0;
    for (int64_t i = 0; i < count; i++) pongs += players[i].pongs;
    if (pongs != count * pings) bench_die("big: %lld pongs", (long long)pongs);
}

int main(int argc, char **argv) {
    struct rig rig;
    count = rig_number(argc, argv, 1, 2, usage);
    pings = rig_number(argc, argv, 2, 1, usage);
    players = rig_states((size_t)count, sizeof *players);
    atomic_init(&busy, count);
    rig_open(&rig, 2);
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("player", (size_t)i);
        players[i].random = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
        players[i].self = rig_manage(&rig, &(struct rig_actor){name.text, &players[i], on_note, RIG_ADAPTIVE, 0});
    }
    double begin_s = rig_start(&rig);
    for (int64_t i = 0; i < count; i++)
        bench_need(sabir_ref_send_value(players[i].self, Note_type(), &(struct Note){-1, 0}, NULL));
    double seconds = rig_wait(&rig, begin_s);
    rig_print("value", 2.0 * (double)(count * pings) / seconds / 1e6);
    bench_need(sabir_manager_stop(rig.manager));
    check();
    for (int64_t i = 0; i < count; i++) sabir_ref_release(players[i].self);
    rig_close(&rig);
    free(players);
    return 0;
}
