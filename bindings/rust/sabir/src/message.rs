//! What travels between actors: a Rust type under a name.

use std::any::Any;
use std::ffi::c_void;

use crate::error::Result;
use crate::types::Type;
use crate::value::{Borrower, Value};

/// A type that can be sent to actors; write `#[derive(Message)]`, or [`define_message!`](crate::define_message).
///
/// | written | travels |
/// |---|---|
/// | `#[derive(Message)] struct Ping { count: i64 }` | by its table of fields: to Rust, C, Python and other nodes |
/// | `#[derive(Message)] #[message(open)] struct Echo(Json);` | as the JSON object that it wraps |
/// | `#[derive(Message, Serialize, Deserialize)] #[message(serde)] struct Order { … }` | as the JSON object that serde makes (feature `serde`) |
/// | `define_message!(Job);` for any Rust type that is `Send` | to Rust actors of this program only |
///
/// `#[message(name = "conf.Echo")]` names the type on the wire, or a field; without it the Rust name is used. In a table, fields
/// are `bool`, `i32`, `i64`, `u64`, `f64`, `String`, `Vec<u8>` (base64 in JSON), [`Json`](crate::Json), `Vec<T>`,
/// `BTreeMap<String, T>`, `HashMap<String, T>`, `Option<T>` and other messages with a table.
///
/// Between Rust actors of one program a message moves as it is; it is neither copied nor serialised, unless its fields are a few
/// plain numbers, which is faster still. C actors read the C struct of the same table; JSON is made where a message leaves the
/// process, or for a language that has no structs.
///
/// ```
/// use sabir::Message;
/// use std::collections::BTreeMap;
///
/// #[derive(Message, Debug, PartialEq)]
/// struct Line { item: String, price: f64 }
///
/// #[derive(Message, Debug, PartialEq)]
/// #[message(name = "shop.Order")]
/// struct Order {
///     id: u64,
///     lines: Vec<Line>,
///     tags: BTreeMap<String, String>,
///     #[message(name = "type")]
///     kind: Option<String>,
/// }
///
/// assert_eq!(Order::name(), "shop.Order");
/// assert_eq!(Order::message_type()?.fields()[1], ("lines", "LIST(STRUCT(Line))"));
/// # Ok::<(), sabir::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    note = "write `#[derive(sabir::Message)]` on the struct, or `sabir::define_message!({Self})` for a type that stays in this program"
)]
pub trait Message: Any + Send {
    /// The type's name on the wire.
    fn name() -> &'static str
    where
        Self: Sized;

    /// The registered type; registers it when first asked.
    ///
    /// # Errors
    /// [`ErrorCode::Mismatch`](crate::ErrorCode::Mismatch) if the name is registered with another table.
    fn message_type() -> Result<Type>
    where
        Self: Sized;

    /// The type of this very message.
    fn type_of(&self) -> Result<Type>;

    /// Whether the C struct is cheaper than a box: a few plain numbers.
    #[doc(hidden)]
    fn is_flat() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// Lend the message as the C struct of its type.
    #[doc(hidden)]
    fn lend(&self, borrower: &mut Borrower<'_>) -> Result<i32>;

    /// Make the message of the C struct of its type.
    #[doc(hidden)]
    fn load(value: Value<'_>) -> Result<Self>
    where
        Self: Sized;

    /// As [`Message::load`] where it is known already that the struct is of this message's type.
    ///
    /// # Safety
    /// `bytes` is the struct of [`Message::message_type`], and everything that it reaches is valid.
    #[doc(hidden)]
    #[inline]
    unsafe fn load_own(bytes: *const c_void) -> Result<Self>
    where
        Self: Sized,
    {
        // SAFETY: the caller's.
        Self::load(unsafe { Value::new(Self::message_type()?, bytes) })
    }
}

impl std::fmt::Debug for dyn Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.type_of().map_or("?", |ty| ty.name());
        f.debug_tuple("Message").field(&name).finish()
    }
}

impl dyn Message {
    /// The message as what it is, if it is a `T`.
    pub fn downcast_ref<T: Message>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// The message as what it is, if it is a `T`; else the box again.
    pub fn downcast<T: Message>(self: Box<Self>) -> std::result::Result<Box<T>, Box<dyn Message>> {
        if self.downcast_ref::<T>().is_none() {
            return Err(self);
        }
        Ok((self as Box<dyn Any>).downcast().expect("it was just asked"))
    }
}
