//! `<sabir/group.h>`: actors that share a pool of worker threads.

use core::ffi::{c_char, c_int};

use crate::{sabir_actor, sabir_manager, sabir_puller};

opaque! {
    /// Worker threads that several actors share.
    sabir_group;
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_group_new(
        manager: *mut sabir_manager,
        name: *const c_char,
        workers: usize,
        group: *mut *mut sabir_group,
    ) -> c_int;
    pub fn sabir_group_new_pulled(
        manager: *mut sabir_manager,
        name: *const c_char,
        workers: usize,
        group: *mut *mut sabir_group,
    ) -> c_int;
    pub fn sabir_group_puller_get(group: *mut sabir_group, index: usize, puller: *mut *mut sabir_puller) -> c_int;
    pub fn sabir_group_workers(group: *const sabir_group) -> usize;
    pub fn sabir_actor_set_group(actor: *mut sabir_actor, group: *mut sabir_group) -> c_int;
}
