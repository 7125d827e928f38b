//! `<sabir/manager.h>`: the actors and threads of one process, and its way to the other nodes.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_actor, sabir_ref};

opaque! {
    /// Owns the actors and threads of one process.
    sabir_manager;
    /// What a manager is told before it is made.
    sabir_config;
    /// Everything that a manager counts, at one moment.
    sabir_snapshot;
}

/// The protocol's own spelling of the envelope.
pub const SABIR_DIALECT_V1: u32 = 0;
/// The older actors-cpp, actors-rust, actors-py and Java ports.
pub const SABIR_DIALECT_FLAT: u32 = 1;

macro_rules! dead_reasons {
    ($($value:literal $name:ident $text:literal)*) => {
        $(#[doc = $text] pub const $name: u32 = $value;)*

        /// The reasons as (value, name in reports), in the order of the header.
        pub const SABIR_DEAD_REASONS: &[(u32, &str)] = &[$(($value, $text)),*];
    };
}

dead_reasons! {
    0 SABIR_DEAD_UNKNOWN_TARGET "unknown_target"
    1 SABIR_DEAD_STOPPED "stopped"
    2 SABIR_DEAD_MAILBOX_FULL "mailbox_full"
    3 SABIR_DEAD_UNKNOWN_TYPE "unknown_type"
    4 SABIR_DEAD_BAD_PAYLOAD "bad_payload"
    5 SABIR_DEAD_NOT_ALLOWED "not_allowed"
    6 SABIR_DEAD_FAILED "failed"
    7 SABIR_DEAD_MALFORMED "malformed"
    8 SABIR_DEAD_RESERVED "reserved"
    9 SABIR_DEAD_TOO_BIG "too_big"
    10 SABIR_DEAD_LATE_REPLY "late_reply"
    11 SABIR_DEAD_DUPLICATE "duplicate"
    12 SABIR_DEAD_REFUSED "refused"
    13 SABIR_DEAD_LINK_DOWN "link_down"
    14 SABIR_DEAD_PEER_FULL "peer_full"
    15 SABIR_DEAD_REJECT_UNHANDLED "reject_unhandled"
    16 SABIR_DEAD_REJECT_LIMIT "reject_limit"
}

/// The end of standard input ends the wait.
pub const SABIR_WAIT_STDIN: u32 = 1;

/// Told of a message that ended nowhere.
pub type sabir_dead_letter_handler = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        reason: u32,
        target: *const c_char,
        type_: *const c_char,
        detail: *const c_char,
    ),
>;

/// Where the core's own lines go.
pub type sabir_log_handler = Option<unsafe extern "C" fn(user_data: *mut c_void, line: *const c_char)>;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_config_new(config: *mut *mut sabir_config) -> c_int;
    pub fn sabir_config_free(config: *mut sabir_config);
    pub fn sabir_config_read_env(config: *mut sabir_config) -> c_int;
    pub fn sabir_config_set_bind(config: *mut sabir_config, endpoint: *const c_char) -> c_int;
    pub fn sabir_config_set_advertise(config: *mut sabir_config, endpoint: *const c_char) -> c_int;
    pub fn sabir_config_set_node(config: *mut sabir_config, name: *const c_char) -> c_int;
    pub fn sabir_config_read_peers(config: *mut sabir_config, path: *const c_char) -> c_int;
    pub fn sabir_config_add_peer(
        config: *mut sabir_config,
        node: *const c_char,
        endpoint: *const c_char,
        dialect: u32,
    ) -> c_int;
    pub fn sabir_config_allow(config: *mut sabir_config, host: *const c_char) -> c_int;
    pub fn sabir_config_set_insecure(config: *mut sabir_config, insecure: bool) -> c_int;
    pub fn sabir_config_set_stop_timeout_ns(config: *mut sabir_config, timeout_ns: i64) -> c_int;
    pub fn sabir_config_set_drain(config: *mut sabir_config, drain: bool) -> c_int;
    pub fn sabir_config_set_peer_expiry_ns(config: *mut sabir_config, expiry_ns: i64) -> c_int;
    pub fn sabir_config_set_peer_capacity_msgs(config: *mut sabir_config, capacity_msgs: usize) -> c_int;

    pub fn sabir_manager_new(config: *const sabir_config, manager: *mut *mut sabir_manager) -> c_int;
    pub fn sabir_manager_manage(
        manager: *mut sabir_manager,
        name: *const c_char,
        actor: *mut sabir_actor,
        ref_: *mut *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_manager_start(manager: *mut sabir_manager) -> c_int;
    pub fn sabir_manager_ready(
        manager: *mut sabir_manager,
        port: *const c_char,
        version: *const c_char,
        features: *const c_char,
    ) -> c_int;
    pub fn sabir_manager_wait(manager: *mut sabir_manager, wake_fd: c_int, timeout_ns: i64, flags: u32) -> c_int;
    pub fn sabir_manager_terminate(manager: *mut sabir_manager);
    pub fn sabir_manager_run(manager: *mut sabir_manager, flags: u32) -> c_int;
    pub fn sabir_manager_stop(manager: *mut sabir_manager) -> c_int;
    pub fn sabir_manager_stop_actor(manager: *mut sabir_manager, actor: *mut sabir_ref) -> c_int;
    pub fn sabir_manager_free(manager: *mut sabir_manager);
    pub fn sabir_manager_endpoint(manager: *const sabir_manager) -> *const c_char;
    pub fn sabir_manager_bound(manager: *const sabir_manager) -> *const c_char;
    pub fn sabir_manager_find(manager: *mut sabir_manager, name: *const c_char, ref_: *mut *mut sabir_ref) -> c_int;
    pub fn sabir_manager_remote(
        manager: *mut sabir_manager,
        name: *const c_char,
        endpoint: *const c_char,
        dialect: u32,
        ref_: *mut *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_manager_on_dead_letter(
        manager: *mut sabir_manager,
        handler: sabir_dead_letter_handler,
        user_data: *mut c_void,
        drop: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    ) -> c_int;
    pub fn sabir_dead_reason_name(reason: u32) -> *const c_char;
    pub fn sabir_snapshot_new(manager: *mut sabir_manager, snapshot: *mut *mut sabir_snapshot) -> c_int;
    pub fn sabir_snapshot_json(snapshot: *const sabir_snapshot) -> *const c_char;
    pub fn sabir_snapshot_table_get(snapshot: *mut sabir_snapshot, table: *mut *const c_char) -> c_int;
    pub fn sabir_snapshot_free(snapshot: *mut sabir_snapshot);
    pub fn sabir_log_set(handler: sabir_log_handler, user_data: *mut c_void);
}
