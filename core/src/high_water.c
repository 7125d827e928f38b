#include "high_water.h"

#include <stddef.h>
#include <string.h>

#include "actor.h"
#include "error.h"
#include "log.h"

const sabir_type *sabir_type_high_water(void) {
    static const struct sabir_field rows[] = {
        {"actor", "SABIR_STRING", offsetof(struct sabir_high_water, actor), sizeof(struct sabir_string)},
        {"queued_msgs", "SABIR_UINT64", offsetof(struct sabir_high_water, queued_msgs), sizeof(uint64_t)},
    };
    const sabir_type *type = NULL; /* not kept: the library may be unloaded, and its types with it */
    sabir_type_register("HighWater", rows, sizeof rows / sizeof rows[0], sizeof(struct sabir_high_water), &type);
    return type;
}

void sb_high_water_tell(struct sb_actor *actor) {
    struct sabir_high_water news = {.actor = {actor->ref.name, strlen(actor->ref.name)},
                                    .queued_msgs = sb_mailbox_depth(&actor->mailbox)};
    if (sabir_ref_send_value(actor->spec->high_water_to, sabir_type_high_water(), &news, NULL) == SABIR_OK) return;
    sb_log("actor '%s' was not told that the mailbox of '%s' fills up: %s", actor->spec->high_water_to->name,
           actor->ref.name, sb_error_detail());
}
