//! What a manager is told before it is made: its node's endpoint, its peers, its patience.

use std::ffi::{CString, c_int};
use std::fmt;
use std::path::Path;
use std::ptr::{self, NonNull};
use std::time::Duration;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check};
use crate::timer::nanoseconds;
use crate::types::c_text;
use crate::version;

/// A spelling of the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// The protocol's own.
    #[default]
    V1,
    /// That of the older actors-cpp, actors-rust, actors-py and Java ports.
    Flat,
}

impl Dialect {
    pub(crate) fn value(self) -> u32 {
        match self {
            Dialect::V1 => sys::SABIR_DIALECT_V1,
            Dialect::Flat => sys::SABIR_DIALECT_FLAT,
        }
    }
}

/// The configuration of a [`Manager`](crate::Manager); each setter checks what it is given and returns it again.
///
/// ```
/// use sabir::{Config, Manager};
///
/// let config = Config::new()?.bind("tcp://127.0.0.1:*")?.node("shop")?;
/// let manager = Manager::with_config(&config)?;
/// assert!(manager.endpoint().is_some_and(|endpoint| endpoint.starts_with("tcp://127.0.0.1:")));
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Config(NonNull<sys::sabir_config>);

// SAFETY: a configuration belongs to one owner at a time and to no thread.
unsafe impl Send for Config {}

impl Config {
    /// No endpoint, defaults everywhere: a process without a node.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`]; [`ErrorCode::Version`] if the loaded library is of another release.
    pub fn new() -> Result<Self> {
        version::check()?;
        let mut raw = ptr::null_mut();
        // SAFETY: the configuration is written to a place of ours.
        check(unsafe { sys::sabir_config_new(&mut raw) })?;
        NonNull::new(raw).map(Config).ok_or_else(|| Error::new(ErrorCode::NoMem, "no configuration"))
    }

    /// What a node of a topology is told: `SABIR_BIND`, `SABIR_ADVERTISE`, `SABIR_NODE`, `SABIR_PEERS`, `SABIR_INSECURE`.
    ///
    /// # Errors
    /// Those of the setters; the detail names the variable.
    pub fn from_env() -> Result<Self> {
        Config::new()?.set(|raw| {
            // SAFETY: the configuration is valid.
            unsafe { sys::sabir_config_read_env(raw) }
        })
    }

    /// No threads: for [`Kit`](crate::kit::Kit).
    ///
    /// # Errors
    /// None that is known.
    pub fn stepped(self, stepped: bool) -> Result<Self> {
        self.set(|raw| {
            // SAFETY: the configuration is valid.
            unsafe { sys::sabir_config_set_stepped(raw, stepped) }
        })
    }

    /// Where to listen: `tcp://127.0.0.1:7001`, `tcp://127.0.0.1:*` (a free TCP port), `ipc:///run/a.sock`. Beyond loopback and
    /// ipc only with [`Config::insecure`].
    ///
    /// # Errors
    /// [`ErrorCode::Inval`]: it is no endpoint.
    pub fn bind(self, endpoint: &str) -> Result<Self> {
        let endpoint = c_text(endpoint, "an endpoint")?;
        // SAFETY: the configuration is valid; the text is copied.
        self.set(|raw| unsafe { sys::sabir_config_set_bind(raw, endpoint.as_ptr()) })
    }

    /// What other nodes connect to; default: what was bound.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`]: it is no endpoint that others can connect to.
    pub fn advertise(self, endpoint: &str) -> Result<Self> {
        let endpoint = c_text(endpoint, "an endpoint")?;
        // SAFETY: as in `bind`.
        self.set(|raw| unsafe { sys::sabir_config_set_advertise(raw, endpoint.as_ptr()) })
    }

    /// The node's name in logs and reports.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`], [`ErrorCode::NoMem`].
    pub fn node(self, name: &str) -> Result<Self> {
        let name = c_text(name, "a node's name")?;
        // SAFETY: as in `bind`.
        self.set(|raw| unsafe { sys::sabir_config_set_node(raw, name.as_ptr()) })
    }

    /// Read the peers file.
    ///
    /// # Errors
    /// [`ErrorCode::Io`], [`ErrorCode::Malformed`]; the detail says where.
    pub fn peers(self, path: impl AsRef<Path>) -> Result<Self> {
        let path = CString::new(path.as_ref().as_os_str().as_encoded_bytes())
            .map_err(|_| Error::new(ErrorCode::Inval, "the path holds a NUL"))?;
        // SAFETY: as in `bind`.
        self.set(|raw| unsafe { sys::sabir_config_read_peers(raw, path.as_ptr()) })
    }

    /// Add a peer by hand.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`], [`ErrorCode::Exist`].
    pub fn peer(self, node: &str, endpoint: &str, dialect: Dialect) -> Result<Self> {
        let node = c_text(node, "a node's name")?;
        let endpoint = c_text(endpoint, "an endpoint")?;
        // SAFETY: as in `bind`.
        self.set(|raw| unsafe { sys::sabir_config_add_peer(raw, node.as_ptr(), endpoint.as_ptr(), dialect.value()) })
    }

    /// Allow replies to `host` or `host:port`.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`].
    pub fn allow(self, host: &str) -> Result<Self> {
        let host = c_text(host, "a host")?;
        // SAFETY: as in `bind`.
        self.set(|raw| unsafe { sys::sabir_config_allow(raw, host.as_ptr()) })
    }

    /// Permit a bind beyond loopback without authentication.
    ///
    /// # Errors
    /// None today.
    pub fn insecure(self, insecure: bool) -> Result<Self> {
        // SAFETY: the configuration is valid.
        self.set(|raw| unsafe { sys::sabir_config_set_insecure(raw, insecure) })
    }

    /// How long one actor may take to come back when it is stopped; default 1 s.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`].
    pub fn stop_timeout(self, timeout: Duration) -> Result<Self> {
        let timeout_ns = nanoseconds(timeout)?;
        // SAFETY: the configuration is valid.
        self.set(|raw| unsafe { sys::sabir_config_set_stop_timeout_ns(raw, timeout_ns) })
    }

    /// Whether an actor handles what is queued before it stops (default), or its queue becomes dead letters.
    ///
    /// # Errors
    /// None today.
    pub fn drain(self, drain: bool) -> Result<Self> {
        // SAFETY: the configuration is valid.
        self.set(|raw| unsafe { sys::sabir_config_set_drain(raw, drain) })
    }

    /// How long mail for a peer that is down is kept; default 5 s.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`].
    pub fn peer_expiry(self, expiry: Duration) -> Result<Self> {
        let expiry_ns = nanoseconds(expiry)?;
        // SAFETY: the configuration is valid.
        self.set(|raw| unsafe { sys::sabir_config_set_peer_expiry_ns(raw, expiry_ns) })
    }

    /// How many envelopes are queued for one peer at most; default 65 536.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`].
    pub fn peer_capacity(self, capacity_msgs: usize) -> Result<Self> {
        // SAFETY: the configuration is valid.
        self.set(|raw| unsafe { sys::sabir_config_set_peer_capacity_msgs(raw, capacity_msgs) })
    }

    fn set(self, setter: impl FnOnce(*mut sys::sabir_config) -> c_int) -> Result<Self> {
        check(setter(self.0.as_ptr()))?;
        Ok(self)
    }

    pub(crate) fn as_ptr(&self) -> *const sys::sabir_config {
        self.0.as_ptr()
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        // SAFETY: the configuration is ours and not used again.
        unsafe { sys::sabir_config_free(self.0.as_ptr()) };
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Config")
    }
}
