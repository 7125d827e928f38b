//! Libraries of actors: a `cdylib` that a program in any language loads into its manager.
//!
//! Such a library exports `int sabir_plugin_manage(sabir_manager *manager, const char *prefix)`, which manages the library's
//! actors under names that begin with `prefix`. It uses the libsabir that the program has loaded already, by its soname.

use std::ffi::{c_char, c_int};
use std::fmt;
use std::ops::Deref;

use sabir_sys as sys;

use crate::actor::Actor;
use crate::actor_ref::ActorRef;
use crate::error::{Error, Result, check, set_thread_detail};
use crate::manager::ManagerRef;
use crate::options::Options;
use crate::panics;
use crate::types::borrowed_text;
use crate::version;

/// The manager that a plugin's actors go into, with the prefix of their names.
pub struct Plugin {
    manager: ManagerRef,
    prefix: String,
}

impl Plugin {
    /// Manage an actor as `prefix` and `name`.
    ///
    /// # Errors
    /// As [`ManagerRef::manage`].
    pub fn manage<A: Actor>(&self, name: &str, actor: A) -> Result<ActorRef> {
        self.manage_with(name, actor, Options::default())
    }

    /// As [`Plugin::manage`], with a [`ThreadConfig`](crate::ThreadConfig) or [`Options`].
    ///
    /// # Errors
    /// As [`ManagerRef::manage_with`].
    pub fn manage_with<A: Actor>(&self, name: &str, actor: A, options: impl Into<Options>) -> Result<ActorRef> {
        self.manager.manage_with(&format!("{}{name}", self.prefix), actor, options)
    }

    /// What the names of this plugin's actors begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl Deref for Plugin {
    type Target = ManagerRef;

    fn deref(&self) -> &ManagerRef {
        &self.manager
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("prefix", &self.prefix).finish()
    }
}

/// What [`plugin!`](crate::plugin) exports calls this.
///
/// # Safety
/// `manager` is valid as long as the plugin's actors; `prefix` is NUL-terminated or NULL.
pub unsafe fn manage<E: Into<Error>>(
    manager: *mut sys::sabir_manager,
    prefix: *const c_char,
    body: impl FnOnce(&Plugin) -> Result<(), E>,
) -> c_int {
    panics::to_code(|| {
        let code = version::check().and_then(|()| {
            if manager.is_null() {
                return check(sys::SABIR_EINVAL);
            }
            // SAFETY: the caller's.
            let plugin = unsafe {
                Plugin {
                    manager: ManagerRef::borrowed(manager),
                    prefix: borrowed_text(prefix).unwrap_or_default().to_owned(),
                }
            };
            body(&plugin).map_err(Into::into)
        });
        match code {
            Ok(()) => sys::SABIR_OK,
            Err(error) => {
                set_thread_detail(error.detail());
                error.code().value()
            }
        }
    })
}
