/*
 * A node with many actors that have nothing to do: half with a thread each, half in a group of two workers, bound to a TCP port. It
 * says READY and stays until its standard input ends; the driver counts what its threads do meanwhile.
 *
 *     idle ACTORS
 */
#include <stdio.h>
#include <stdlib.h>

#include "rig.h"

static int on_note(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

int main(int argc, char **argv) {
    struct rig rig = {0};
    sabir_config *config;
    sabir_group *group;
    int64_t count = rig_number(argc, argv, 1, 2, "idle ACTORS");
    bench_need(sabir_config_new(&config));
    bench_need(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    bench_need(sabir_manager_new(config, &rig.manager));
    sabir_config_free(config);
    bench_need(sabir_group_new(rig.manager, "bench", 2, &group));
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("a", (size_t)i);
        rig.group = i % 2 ? group : NULL;
        sabir_ref *ref = rig_manage(&rig, &(struct rig_actor){name.text, NULL, on_note, RIG_ADAPTIVE, 16});
        bench_need(sabir_ref_send_value(ref, Note_type(), &(struct Note){0, 0}, NULL)); /* each has worked once */
        sabir_ref_release(ref);
    }
    rig_start(&rig);
    puts("READY");
    fflush(stdout);
    bench_need(sabir_manager_wait(rig.manager, -1, -1, SABIR_WAIT_STDIN));
    rig_close(&rig);
    return 0;
}
