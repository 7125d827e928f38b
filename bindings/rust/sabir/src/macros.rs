//! The macros that users of actors-rust know, and the one that makes a plugin.

/// Makes a Rust type a message.
///
/// `define_message!(Job);` for a type that is there already: any that is `Send`; it stays among the Rust actors of this program.
/// `define_message! { struct … }` declares the struct as well and is the same as `#[derive(Message)]`: it travels everywhere.
///
/// ```
/// use sabir::{define_message, Message};
///
/// define_message! {
///     /// Everywhere.
///     pub struct Ping { pub count: i64 }
/// }
///
/// struct Job { run: Box<dyn FnOnce() + Send> }
/// define_message!(Job);
///
/// assert_eq!(Ping::message_type()?.fields(), [("count", "INT64")]);
/// assert!(Job::message_type()?.is_open());
/// # Ok::<(), sabir::Error>(())
/// ```
#[macro_export]
macro_rules! define_message {
    ($name:ident) => {
        $crate::define_message!($name as stringify!($name));
    };
    ($name:ident as $wire_name:expr) => {
        impl $crate::Message for $name {
            fn name() -> &'static str {
                $wire_name
            }

            fn message_type() -> $crate::Result<$crate::Type> {
                static CELL: $crate::open::TypeCell = $crate::open::TypeCell::new();
                CELL.get($wire_name)
            }

            fn type_of(&self) -> $crate::Result<$crate::Type> {
                Self::message_type()
            }

            fn lend(&self, _borrower: &mut $crate::value::Borrower<'_>) -> $crate::Result<i32> {
                Err($crate::open::stays_here($wire_name))
            }

            fn load(_value: $crate::value::Value<'_>) -> $crate::Result<Self> {
                Err($crate::open::stays_here($wire_name))
            }
        }

        impl $crate::Sendable for ::std::boxed::Box<$name> {
            fn travel<W: $crate::sendable::Way>(
                self,
                way: &mut W,
            ) -> ::std::result::Result<(), $crate::SendError<Self>> {
                $crate::sendable::travel_boxed(self, way)
            }
        }
    };
    ($($item:tt)+) => {
        #[derive($crate::Message)]
        $($item)+
    };
}

/// Writes [`Actor`](crate::Actor) for a type with one handler method per message: `Ping => on_ping`, or `on_ping: Ping`; for an
/// `async fn`, `Ping => async on_ping`.
///
/// ```
/// use sabir::{handle_messages, Context, Message, Start};
///
/// #[derive(Message)]
/// struct Ping { count: i64 }
/// #[derive(Message)]
/// struct Pong { count: i64 }
///
/// struct Player;
/// impl Player {
///     fn on_start(&mut self, _: &Start, _: &mut Context) {}
///     fn on_ping(&mut self, ping: &Ping, _: &mut Context) -> Pong {
///         Pong { count: ping.count }
///     }
/// }
/// handle_messages!(Player, Start => on_start, Ping => on_ping);
/// ```
#[macro_export]
macro_rules! handle_messages {
    (@on $handlers:ident $message:ty => async $method:ident) => {
        $handlers.on_async::<$message, _, _>(Self::$method)
    };
    (@on $handlers:ident $message:ty => $method:ident) => {
        $handlers.on::<$message, _, _>(Self::$method)
    };
    ($actor:ty $(, $message:ty => $($method:ident)+)* $(,)?) => {
        impl $crate::Actor for $actor {
            fn handlers(handlers: &mut $crate::Handlers<Self>) {
                let _ = &handlers;
                $($crate::handle_messages!(@on handlers $message => $($method)+);)*
            }
        }
    };
    ($actor:ty $(, $method:ident : $message:ty)* $(,)?) => {
        $crate::handle_messages!($actor $(, $message => $method)*);
    };
}

/// Exports `sabir_plugin_manage`, by which a program in any language takes this library's actors into its manager.
///
/// The crate is a `cdylib`. Names that the program gives a prefix stay apart from its own.
///
/// ```
/// use sabir::{handle_messages, Context, Message};
///
/// #[derive(Message)]
/// struct Double { value: i64 }
/// #[derive(Message)]
/// struct Doubled { value: i64 }
///
/// struct Doubler;
/// impl Doubler {
///     fn on_double(&mut self, double: &Double, _: &mut Context) -> Doubled {
///         Doubled { value: 2 * double.value }
///     }
/// }
/// handle_messages!(Doubler, Double => on_double);
///
/// sabir::plugin!(|plugin| {
///     plugin.manage("doubler", Doubler)?;
///     Ok(())
/// });
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! plugin {
    (|$plugin:ident| $body:expr) => {
        /// Takes this library's actors into `manager`, under names that begin with `prefix`.
        ///
        /// # Safety
        /// As `<sabir/sabir.h>` says of a manager; `prefix` is NUL-terminated or NULL.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn sabir_plugin_manage(
            manager: *mut $crate::sys::sabir_manager,
            prefix: *const ::std::ffi::c_char,
        ) -> ::std::ffi::c_int {
            // SAFETY: the caller's.
            unsafe { $crate::plugin::manage::<$crate::Error>(manager, prefix, |$plugin: &$crate::Plugin| $body) }
        }
    };
}
