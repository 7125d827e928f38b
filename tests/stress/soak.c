/*
 * A random system that runs for a while: nodes in one process, their actors on threads of their own and in groups, everybody talking to
 * everybody by every way there is, while actors fail and nodes stop, and come back. What must hold all the time:
 *
 *     order      from one life of a sender numbers only grow; within a node none is missing, also across a restart of the receiver
 *     one        each ask has one outcome, each watch one Down at most
 *     no hang    every player handles something, and every stop comes back
 *     no growth  neither memory nor descriptors are more in the last quarter than in the second
 *
 *     soak SECONDS [SEED [order|memory|hang]]
 *
 * The last word plants a fault of that kind, for the soak's own test (test_soak.py).
 */
#include "soak.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 20
#define PLANTED_PATIENCE_S 3
#define PLANTED_LEAK_BYTES (8u << 20) /* with each restart of a node */
#define GROWTH_KIB_MOST 8192          /* and a quarter */
#define GROWTH_DESCRIPTORS_MOST 64    /* connections come and go */
#define EVENTFUL_S 5                  /* a soak that long has seen everything happen */

struct soak_node soak_nodes[NODES];
struct soak_counts soak_counts;
_Atomic uint64_t soak_handled[EVERYBODY];
uint64_t soak_seed;
enum soak_plant soak_plant;

static int64_t patience_s = PATIENCE_S;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void soak_die(const char *what, const char *detail) {
    fprintf(stderr, "soak: %s: %s (seed %" PRIu64 ")\n", what, detail, soak_seed);
    _exit(1); /* others still run */
}

void soak_need(int code, const char *what) {
    char detail[1024];
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    soak_die(what, detail);
}

uint64_t soak_roll(uint64_t *chance, uint64_t limit) {
    *chance = *chance * 6364136223846793005u + 1442695040888963407u;
    return (*chance >> 33) % limit;
}

/* ---- Nodes -------------------------------------------------------------------------------------------------------------- */

static void begin_node(int node) {
    struct soak_node *own = &soak_nodes[node];
    sabir_config *config;
    sabir_group *group;
    soak_need(sabir_config_new(&config), "configuration");
    soak_need(sabir_config_set_bind(config, own->endpoint[0] ? own->endpoint : "tcp://127.0.0.1:*"), "bind");
    /* What is still queued may wait for a node that is gone: bury it rather than drain it. */
    soak_need(sabir_config_set_drain(config, node % 2 == 0), "drain");
    soak_need(sabir_config_set_stop_timeout_ns(config, PATIENCE_S / 2 * INT64_C(1000000000)), "stop timeout");
    soak_need(sabir_manager_new(config, &own->manager), "manager");
    sabir_config_free(config);
    if (!own->endpoint[0]) strcpy(own->endpoint, sabir_manager_endpoint(own->manager));
    soak_need(sabir_group_new(own->manager, "workers", 2, &group), "group");
    soak_manage_players(node, group);
}

static void end_node(int node) {
    soak_need(sabir_manager_stop(soak_nodes[node].manager), "stop");
    sabir_manager_free(soak_nodes[node].manager);
    soak_nodes[node].manager = NULL;
}

static void never_came_back(int number) {
    static const char words[] = "soak: hang: a node was to stop or to start, and did not come back\n";
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    (void)number;
    abort(); /* a core shows who waits for what */
}

static void restart_node(int node) {
    alarm((unsigned)PATIENCE_S);
    end_node(node);
    begin_node(node);
    soak_need(sabir_manager_start(soak_nodes[node].manager), "start");
    alarm(0);
    soak_count(&soak_counts.node_restarts);
    if (soak_plant == SOAK_PLANT_MEMORY) {
        static void *leaks[10000];
        static size_t count;
        leaks[count % 10000] = malloc(PLANTED_LEAK_BYTES);
        memset(leaks[count++ % 10000], 1, PLANTED_LEAK_BYTES);
    }
}

/* ---- Watching ----------------------------------------------------------------------------------------------------------- */

struct use {
    long kib;
    int descriptors;
};

static long resident_kib(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %ld", &pages) != 1) soak_die("statm", "cannot be read");
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory) soak_die("/proc/self/fd", "cannot be read");
    while (readdir(directory)) count++;
    closedir(directory);
    return count;
}

static void note_most(struct use *use) {
    struct use now = {resident_kib(), descriptors()};
    if (now.kib > use->kib) use->kib = now.kib;
    if (now.descriptors > use->descriptors) use->descriptors = now.descriptors;
}

struct progress {
    uint64_t handled;
    int64_t since_ns;
};

/* Each player on its own: one that nobody wakes any more stands out, whatever the others do. */
static void watch_progress(struct progress progress[EVERYBODY]) {
    for (int i = 0; i < EVERYBODY; i++) {
        uint64_t handled = atomic_load(&soak_handled[i]);
        if (handled != progress[i].handled || progress[i].since_ns == 0)
            progress[i] = (struct progress){handled, now_ns()};
        if (now_ns() - progress[i].since_ns <= patience_s * 1000000000) continue;
        fprintf(stderr, "soak: hang: player %d has handled nothing for %" PRId64 " s (seed %" PRIu64 ")\n", i,
                patience_s, soak_seed);
        abort();
    }
}

static void rest_ns(int64_t ns) {
    struct timespec time = {ns / 1000000000, ns % 1000000000};
    nanosleep(&time, NULL);
}

/* ---- The verdict --------------------------------------------------------------------------------------------------------- */

static void say_counts(const struct use *early, const struct use *late) {
#define SAY(name, text) printf("%" PRIu64 " " text ", ", atomic_load(&soak_counts.name));
    SOAK_COUNTS(SAY)
#undef SAY
    printf("memory %ld -> %ld KiB, descriptors %d -> %d\n", early->kib, late->kib, early->descriptors,
           late->descriptors);
}

/* What never happened was not tested. */
static void judge_events(void) {
#define HAPPENED(name)                                                                                                 \
    if (atomic_load(&soak_counts.name) == 0) soak_die("too quiet", "there were no " #name);
    HAPPENED(answered)
    HAPPENED(blocked)
    HAPPENED(called)
    HAPPENED(cycles)
    HAPPENED(timeouts)
    HAPPENED(failures)
    HAPPENED(actor_restarts)
    HAPPENED(downs)
    HAPPENED(node_restarts)
#undef HAPPENED
}

static void judge(int64_t seconds, const struct use *early, const struct use *late) {
    if (atomic_load(&soak_counts.faults) > 0) soak_die("order", "broken, see above");
    if (atomic_load(&soak_counts.outcomes) != atomic_load(&soak_counts.asked))
        soak_die("asks", "not every one had exactly one outcome");
    if (late->kib > early->kib + early->kib / 4 + GROWTH_KIB_MOST) soak_die("memory", "it grows");
    if (late->descriptors > early->descriptors + GROWTH_DESCRIPTORS_MOST) soak_die("descriptors", "they grow");
    if (seconds >= EVENTFUL_S) judge_events();
}

static void run(int64_t seconds) {
    static struct progress progress[EVERYBODY];
    uint64_t chance = soak_seed;
    struct use early = {0, 0}, late = {0, 0};
    int64_t start_ns = now_ns(), length_ns = seconds * 1000000000;
    for (int i = 0; i < NODES; i++) begin_node(i);
    for (int i = 0; i < NODES; i++) soak_need(sabir_manager_start(soak_nodes[i].manager), "start");
    for (int64_t spent_ns = 0; spent_ns < length_ns; spent_ns = now_ns() - start_ns) {
        rest_ns(50000000 + (int64_t)soak_roll(&chance, 200000000));
        restart_node((int)soak_roll(&chance, NODES));
        watch_progress(progress);
        if (spent_ns > length_ns / 4 * 3)
            note_most(&late);
        else if (spent_ns > length_ns / 4 && spent_ns <= length_ns / 2)
            note_most(&early);
    }
    for (int i = 0; i < NODES; i++) end_node(i);
    say_counts(&early, &late);
    judge(seconds, &early, &late);
}

static void ignore_line(void *user_data, const char *line) {
    (void)user_data, (void)line; /* the words of each failure: there are thousands */
}

static enum soak_plant plant_of(const char *word) {
    static const char *const words[] = {"nothing", "order", "memory", "hang"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0) return (enum soak_plant)i;
    soak_die("what to plant is order, memory or hang, not", word);
}

int main(int argc, char **argv) {
    int64_t seconds = argc > 1 ? atoll(argv[1]) : 10;
    soak_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_ns();
    soak_plant = argc > 3 ? plant_of(argv[3]) : SOAK_PLANT_NOTHING;
    if (soak_plant != SOAK_PLANT_NOTHING) patience_s = PLANTED_PATIENCE_S;
    printf("soak: %" PRId64 " s, seed %" PRIu64 "\n", seconds, soak_seed);
    fflush(stdout);
    signal(SIGALRM, never_came_back);
    sabir_log_set(ignore_line, NULL);
    run(seconds);
    return 0;
}
