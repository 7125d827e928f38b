//! What a field of a message may be, and how each kind lies in the C struct of the type's table.
//!
//! | Rust                                   | kind        |
//! |----------------------------------------|-------------|
//! | `bool` `i32` `i64` `u64` `f64`         | `BOOL` `INT32` `INT64` `UINT64` `DOUBLE` |
//! | `String`                               | `STRING`    |
//! | `Vec<u8>`                              | `BYTES`     |
//! | [`Json`]                               | `JSON`      |
//! | `Vec<T>`                               | `LIST(T)`   |
//! | `BTreeMap<String, T>`, `HashMap<String, T>` | `MAP(T)` |
//! | `Option<T>`                            | `OPTIONAL(T)` |
//! | another message with a table of fields | `STRUCT(T)` |

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::slice;

use sabir_sys as sys;

use crate::arena::Arena;
use crate::error::{Error, ErrorCode, Result};
use crate::json::Json;
use crate::table::{self, Table};

/// A type that can be a field of a message.
///
/// # Safety
/// `SIZE` and `ALIGN` (at most 16) are those of the C type that `kind` names. `store` writes a valid value of it to zeroed
/// memory, reaching only what `self` and the arena own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a message",
    note = "fields are bool, i32, i64, u64, f64, String, Vec<u8>, Json, Vec<T>, BTreeMap<String, T>, HashMap<String, T>, Option<T> and other messages with fields"
)]
pub unsafe trait Field: Sized + Send + 'static {
    /// The size of the C type.
    const SIZE: usize;
    /// The alignment of the C type.
    const ALIGN: usize;
    /// The C type reaches nothing outside itself, so carrying it costs no allocation.
    const FLAT: bool;
    /// The Rust value is the C value, byte for byte.
    const SAME: bool = false;

    /// The kind's name in the type's table.
    fn kind() -> Result<String>;

    /// Write the C value of `self`.
    ///
    /// # Safety
    /// `to` is zeroed, writable for `SIZE` bytes and aligned. What it reaches is valid as long as both `self` and the arena.
    unsafe fn store(&self, to: *mut u8, arena: &Arena);

    /// Make a Rust value of the C value.
    ///
    /// # Safety
    /// `from` points to a valid C value of this kind, aligned.
    unsafe fn load(from: *const u8) -> Result<Self>;
}

macro_rules! number {
    ($($rust:ty => $kind:literal;)*) => {$(
        // SAFETY: the C type is the Rust type.
        unsafe impl Field for $rust {
            const SIZE: usize = size_of::<$rust>();
            const ALIGN: usize = align_of::<$rust>();
            const FLAT: bool = true;
            const SAME: bool = true;

            fn kind() -> Result<String> {
                Ok($kind.to_owned())
            }

            #[inline]
            unsafe fn store(&self, to: *mut u8, _arena: &Arena) {
                // SAFETY: the caller gives room of our size and alignment.
                unsafe { to.cast::<$rust>().write(*self) };
            }

            #[inline]
            unsafe fn load(from: *const u8) -> Result<Self> {
                // SAFETY: the caller points to a C value of this kind, which is ours.
                Ok(unsafe { from.cast::<$rust>().read() })
            }
        }
    )*};
}

number! {
    i32 => "INT32";
    i64 => "INT64";
    u64 => "UINT64";
    f64 => "DOUBLE";
}

// SAFETY: a C bool is one byte, 0 or 1; any other byte that C may have written reads as true.
unsafe impl Field for bool {
    const SIZE: usize = 1;
    const ALIGN: usize = 1;
    const FLAT: bool = true;
    const SAME: bool = true;

    fn kind() -> Result<String> {
        Ok("BOOL".to_owned())
    }

    #[inline]
    unsafe fn store(&self, to: *mut u8, _arena: &Arena) {
        // SAFETY: the caller gives room for one byte.
        unsafe { to.write(u8::from(*self)) };
    }

    #[inline]
    unsafe fn load(from: *const u8) -> Result<Self> {
        // SAFETY: the caller points to one byte.
        Ok(unsafe { from.read() } != 0)
    }
}

/// `bytes` and `len_bytes`, the layout that STRING, BYTES and JSON have in common.
unsafe fn store_slice(bytes: &[u8], to: *mut u8) {
    // SAFETY: the caller gives room for a sabir_string.
    unsafe {
        to.cast::<sys::sabir_string>()
            .write(sys::sabir_string { bytes: bytes.as_ptr().cast(), len_bytes: bytes.len() });
    }
}

unsafe fn load_slice<'a>(from: *const u8) -> &'a [u8] {
    // SAFETY: the caller points to a valid sabir_string; NULL comes with length 0 only.
    unsafe {
        let text = from.cast::<sys::sabir_string>().read();
        if text.len_bytes == 0 { &[] } else { slice::from_raw_parts(text.bytes.cast(), text.len_bytes) }
    }
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes)
        .map_err(|error| Error::new(ErrorCode::BadPayload, format!("a text is not UTF-8: {error}")))
}

macro_rules! texts {
    ($($rust:ty => $kind:literal, $own:ident -> $bytes:expr, $from:ident -> $load:expr;)*) => {$(
        // SAFETY: the C type has the layout of sabir_string; its bytes are those of `self`.
        unsafe impl Field for $rust {
            const SIZE: usize = size_of::<sys::sabir_string>();
            const ALIGN: usize = align_of::<sys::sabir_string>();
            const FLAT: bool = false;

            fn kind() -> Result<String> {
                Ok($kind.to_owned())
            }

            #[inline]
            unsafe fn store(&self, to: *mut u8, _arena: &Arena) {
                let $own = self;
                // SAFETY: the caller gives room for a sabir_string.
                unsafe { store_slice($bytes, to) };
            }

            #[inline]
            unsafe fn load(from: *const u8) -> Result<Self> {
                // SAFETY: the caller points to a valid sabir_string.
                let $from: &[u8] = unsafe { load_slice(from) };
                $load
            }
        }
    )*};
}

texts! {
    String => "STRING", own -> own.as_bytes(), bytes -> utf8(bytes).map(str::to_owned);
    Vec<u8> => "BYTES", own -> own, bytes -> Ok(bytes.to_vec());
    Json => "JSON", own -> own.as_str().as_bytes(), bytes -> utf8(bytes).map(|text| Json::trusted(text.to_owned()));
}

// SAFETY: the C type is `struct { bool present; K value; }`, with the padding that C puts between the two.
unsafe impl<T: Field> Field for Option<T> {
    const SIZE: usize = table::align_up(table::align_up(1, T::ALIGN) + T::SIZE, T::ALIGN);
    const ALIGN: usize = T::ALIGN;
    const FLAT: bool = T::FLAT;

    fn kind() -> Result<String> {
        Ok(format!("OPTIONAL({})", T::kind()?))
    }

    #[inline]
    unsafe fn store(&self, to: *mut u8, arena: &Arena) {
        if let Some(value) = self {
            // SAFETY: the room holds both members; zeroed, it says that there is none.
            unsafe {
                to.write(1);
                value.store(to.add(table::align_up(1, T::ALIGN)), arena);
            }
        }
    }

    #[inline]
    unsafe fn load(from: *const u8) -> Result<Self> {
        // SAFETY: the caller points to both members; the value is valid where it is present.
        unsafe {
            if from.read() == 0 {
                return Ok(None);
            }
            T::load(from.add(table::align_up(1, T::ALIGN))).map(Some)
        }
    }
}

/// `count` C values one after the other, in the arena.
fn store_items<'a, T: Field>(items: impl ExactSizeIterator<Item = &'a T>, arena: &Arena) -> *const u8 {
    let block = arena.zeroed(items.len() * T::SIZE);
    for (index, item) in items.enumerate() {
        // SAFETY: the block holds `len` values of `SIZE` bytes, which is a multiple of `ALIGN`, at most 16.
        unsafe { item.store(block.add(index * T::SIZE), arena) };
    }
    block
}

/// # Safety
/// `items` points to `count` valid C values.
unsafe fn load_items<T: Field>(items: *const u8, count: usize) -> impl Iterator<Item = Result<T>> {
    // SAFETY: each is one of the values that the caller promises.
    (0..count).map(move |index| unsafe { T::load(items.add(index * T::SIZE)) })
}

// SAFETY: the C type is sabir_list; its items are the vector's own where they are C values already, else in the arena.
unsafe impl<T: Field> Field for Vec<T> {
    const SIZE: usize = size_of::<sys::sabir_list>();
    const ALIGN: usize = align_of::<sys::sabir_list>();
    const FLAT: bool = false;

    fn kind() -> Result<String> {
        Ok(format!("LIST({})", T::kind()?))
    }

    unsafe fn store(&self, to: *mut u8, arena: &Arena) {
        let items = if T::SAME { self.as_ptr().cast() } else { store_items(self.iter(), arena) };
        // SAFETY: the caller gives room for a sabir_list.
        unsafe { to.cast::<sys::sabir_list>().write(sys::sabir_list { items: items.cast(), count: self.len() }) };
    }

    unsafe fn load(from: *const u8) -> Result<Self> {
        // SAFETY: the caller points to a valid sabir_list.
        unsafe {
            let list = from.cast::<sys::sabir_list>().read();
            load_items(list.items.cast(), list.count).collect()
        }
    }
}

/// A sabir_map with its keys and values in the arena.
///
/// # Safety
/// `to` has room for a sabir_map.
unsafe fn store_map<'a, T: Field>(
    entries: impl ExactSizeIterator<Item = (&'a String, &'a T)> + Clone,
    to: *mut u8,
    arena: &Arena,
) {
    let count = entries.len();
    let keys = arena.zeroed(count * size_of::<sys::sabir_string>());
    let values = arena.zeroed(count * T::SIZE);
    for (index, (key, value)) in entries.enumerate() {
        // SAFETY: both blocks hold `count` places.
        unsafe {
            store_slice(key.as_bytes(), keys.add(index * size_of::<sys::sabir_string>()));
            value.store(values.add(index * T::SIZE), arena);
        }
    }
    let map = sys::sabir_map { keys: keys.cast(), values: values.cast(), count };
    // SAFETY: the caller gives room for a sabir_map.
    unsafe { to.cast::<sys::sabir_map>().write(map) };
}

/// # Safety
/// `from` points to a valid sabir_map of `T`.
unsafe fn load_map<T: Field>(from: *const u8) -> impl Iterator<Item = Result<(String, T)>> {
    // SAFETY: the caller promises it: `count` keys and as many values.
    unsafe {
        let map = from.cast::<sys::sabir_map>().read();
        load_items::<String>(map.keys.cast(), map.count)
            .zip(load_items::<T>(map.values.cast(), map.count))
            .map(|(key, value)| Ok((key?, value?)))
    }
}

macro_rules! maps {
    ($([$($parameters:tt)*] $rust:ty;)*) => {$(
        // SAFETY: the C type is sabir_map; keys and values lie in the arena, texts in `self`.
        unsafe impl<T: Field, $($parameters)*> Field for $rust {
            const SIZE: usize = size_of::<sys::sabir_map>();
            const ALIGN: usize = align_of::<sys::sabir_map>();
            const FLAT: bool = false;

            fn kind() -> Result<String> {
                Ok(format!("MAP({})", T::kind()?))
            }

            unsafe fn store(&self, to: *mut u8, arena: &Arena) {
                // SAFETY: the caller gives room for a sabir_map.
                unsafe { store_map(self.iter(), to, arena) };
            }

            unsafe fn load(from: *const u8) -> Result<Self> {
                // SAFETY: the caller points to a valid sabir_map.
                unsafe { load_map(from).collect() }
            }
        }
    )*};
}

maps! {
    [] BTreeMap<String, T>;
    [S: BuildHasher + Default + Send + 'static] HashMap<String, T, S>;
}

// SAFETY: the C type is the struct of the table, as `Table` lays it out.
unsafe impl<T: Table + Send + 'static> Field for T {
    const SIZE: usize = table::size::<T>();
    const ALIGN: usize = table::align::<T>();
    const FLAT: bool = table::is_flat::<T>();

    fn kind() -> Result<String> {
        T::cell().get::<T>()?;
        Ok(format!("STRUCT({})", T::NAME))
    }

    unsafe fn store(&self, to: *mut u8, arena: &Arena) {
        // SAFETY: the caller gives room for the struct.
        unsafe { table::store(self, to, arena) };
    }

    unsafe fn load(from: *const u8) -> Result<Self> {
        // SAFETY: the caller points to a valid struct of this table.
        unsafe { table::load(from) }
    }
}
