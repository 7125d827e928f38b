//! Memory for what a C struct reaches while it is lent: freed all at once.

use std::cell::RefCell;
use std::ptr::NonNull;

/// Hands out zeroed blocks that live as long as it does.
pub struct Arena(RefCell<Vec<Vec<u128>>>);

impl Arena {
    /// An arena without memory; costs nothing until it is asked.
    #[inline]
    pub(crate) fn new() -> Self {
        Arena(RefCell::new(Vec::new()))
    }

    /// A zeroed block, aligned to 16 bytes; dangling if `len_bytes` is 0.
    pub(crate) fn zeroed(&self, len_bytes: usize) -> *mut u8 {
        if len_bytes == 0 {
            return NonNull::<u128>::dangling().as_ptr().cast();
        }
        let mut block = vec![0_u128; len_bytes.div_ceil(size_of::<u128>())];
        let bytes = block.as_mut_ptr().cast();
        self.0.borrow_mut().push(block);
        bytes
    }
}
