//! A message's payload as the C struct of its type, lent for one call.

use std::ffi::c_void;
use std::marker::PhantomData;

use crate::Type;

/// A C struct together with its type. Only this crate makes one, so the two fit.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    ty: Type,
    bytes: *const c_void,
    _life: PhantomData<&'a ()>,
}

/// Takes the struct that [`Message::lend`](crate::Message::lend) makes, and says with which code of the core that went.
pub type Borrower<'b> = dyn FnMut(Value<'_>) -> i32 + 'b;

impl<'a> Value<'a> {
    /// # Safety
    /// `bytes` points to the struct of `ty`, and everything that it reaches is valid for `'a`.
    #[inline]
    pub(crate) unsafe fn new(ty: Type, bytes: *const c_void) -> Self {
        Value { ty, bytes, _life: PhantomData }
    }

    /// The type of the struct.
    #[inline]
    pub fn ty(&self) -> Type {
        self.ty
    }

    #[inline]
    pub(crate) fn as_ptr(&self) -> *const c_void {
        self.bytes
    }
}
