//! Messages with a table of fields: how the fields lie in the C struct, and how the type is registered once.
//!
//! A derive lists the fields as nested pairs, `(A, (B, (C, ())))`; everything about their layout is computed here from that
//! list, so that derived code needs no `unsafe`.

use std::any::TypeId;
use std::ffi::{CString, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use sabir_sys as sys;

use crate::arena::Arena;
use crate::error::{Error, ErrorCode, Result, check};
use crate::field::Field;
use crate::message::Message;
use crate::types::{Type, c_text};
use crate::value::{Borrower, Value};
use crate::version;

/// A message with a table of fields; written by `#[derive(Message)]`.
pub trait Table: Sized {
    /// The type's name on the wire.
    const NAME: &'static str;
    /// The fields' keys, in the order of [`Table::Fields`].
    const KEYS: &'static [&'static str];
    /// The fields' types.
    type Fields: FieldList;

    /// Where the registered type is kept.
    fn cell() -> &'static TypeCell;
    /// The fields, borrowed.
    fn fields(&self) -> <Self::Fields as FieldList>::Borrowed<'_>;
    /// The message of these fields.
    fn from_fields(fields: Self::Fields) -> Self;
}

/// Size and alignment of each C field, first to last.
pub struct Shapes {
    size: usize,
    align: usize,
    next: Option<&'static Shapes>,
}

/// A list of fields: `()` or `(Field, FieldList)`.
pub trait FieldList: Sized {
    /// The same list with each field borrowed.
    type Borrowed<'a>;
    #[doc(hidden)]
    const SHAPES: Option<&'static Shapes>;
    #[doc(hidden)]
    const FLAT: bool;

    #[doc(hidden)]
    fn kinds(into: &mut Vec<String>) -> Result<()>;
    /// # Safety
    /// As [`Field::store`] for a struct that holds this list from `at` on.
    #[doc(hidden)]
    unsafe fn store(fields: Self::Borrowed<'_>, to: *mut u8, at: usize, arena: &Arena);
    /// # Safety
    /// As [`Field::load`] for a struct that holds this list from `at` on.
    #[doc(hidden)]
    unsafe fn load(from: *const u8, at: usize) -> Result<Self>;
}

impl FieldList for () {
    type Borrowed<'a> = ();
    const SHAPES: Option<&'static Shapes> = None;
    const FLAT: bool = true;

    fn kinds(_into: &mut Vec<String>) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    unsafe fn store(_fields: (), _to: *mut u8, _at: usize, _arena: &Arena) {}

    #[inline(always)]
    unsafe fn load(_from: *const u8, _at: usize) -> Result<Self> {
        Ok(())
    }
}

impl<H: Field, T: FieldList> FieldList for (H, T) {
    type Borrowed<'a> = (&'a H, T::Borrowed<'a>);
    const SHAPES: Option<&'static Shapes> = Some(&Shapes { size: H::SIZE, align: H::ALIGN, next: T::SHAPES });
    const FLAT: bool = H::FLAT && T::FLAT;

    fn kinds(into: &mut Vec<String>) -> Result<()> {
        into.push(H::kind()?);
        T::kinds(into)
    }

    #[inline(always)]
    unsafe fn store((first, rest): Self::Borrowed<'_>, to: *mut u8, at: usize, arena: &Arena) {
        let at = align_up(at, H::ALIGN);
        // SAFETY: the struct holds this list, so its first field lies at the next place that fits it, the rest behind.
        unsafe {
            first.store(to.add(at), arena);
            T::store(rest, to, at + H::SIZE, arena);
        }
    }

    #[inline(always)]
    unsafe fn load(from: *const u8, at: usize) -> Result<Self> {
        let at = align_up(at, H::ALIGN);
        // SAFETY: as in `store`.
        unsafe { Ok((H::load(from.add(at))?, T::load(from, at + H::SIZE)?)) }
    }
}

pub(crate) const fn align_up(at: usize, align: usize) -> usize {
    at.div_ceil(align) * align
}

/// The struct's alignment: that of its strictest field.
pub(crate) const fn align<T: Table>() -> usize {
    let mut strictest = 1;
    let mut shapes = <T::Fields as FieldList>::SHAPES;
    while let Some(shape) = shapes {
        if shape.align > strictest {
            strictest = shape.align;
        }
        shapes = shape.next;
    }
    strictest
}

/// sizeof the struct; one byte without fields.
pub(crate) const fn size<T: Table>() -> usize {
    let mut end = 0;
    let mut shapes = <T::Fields as FieldList>::SHAPES;
    while let Some(shape) = shapes {
        end = align_up(end, shape.align) + shape.size;
        shapes = shape.next;
    }
    if end == 0 { 1 } else { align_up(end, align::<T>()) }
}

pub(crate) const fn is_flat<T: Table>() -> bool {
    <T::Fields as FieldList>::FLAT
}

/// # Safety
/// As [`Field::store`].
#[inline(always)]
pub(crate) unsafe fn store<T: Table>(message: &T, to: *mut u8, arena: &Arena) {
    // SAFETY: the caller's.
    unsafe { T::Fields::store(message.fields(), to, 0, arena) };
}

/// # Safety
/// As [`Field::load`].
#[inline(always)]
pub(crate) unsafe fn load<T: Table>(from: *const u8) -> Result<T> {
    // SAFETY: the caller's.
    unsafe { T::Fields::load(from, 0) }.map(T::from_fields)
}

/// The registered type of one message, asked of the core once.
pub struct TypeCell(OnceLock<(Type, TypeId)>);

impl TypeCell {
    /// A cell that knows no type yet.
    #[allow(clippy::new_without_default, reason = "it is the initial value of a static")]
    pub const fn new() -> Self {
        TypeCell(OnceLock::new())
    }

    /// The type of `T`, registered when first asked.
    #[inline]
    pub(crate) fn get<T: Table + 'static>(&self) -> Result<Type> {
        match self.0.get() {
            Some((ty, owner)) if *owner == TypeId::of::<T>() => Ok(*ty),
            // A cell that two messages share remembers the first.
            Some(_) => register::<T>(),
            None => {
                let ty = register::<T>()?;
                Ok(self.0.get_or_init(|| (ty, TypeId::of::<T>())).0)
            }
        }
    }
}

#[cold]
fn register<T: Table>() -> Result<Type> {
    version::check()?;
    let name = c_text(T::NAME, "a type's name")?;
    let texts = row_texts::<T>()?;
    let mut rows = Vec::with_capacity(texts.len());
    let mut end = 0;
    let mut shapes = <T::Fields as FieldList>::SHAPES;
    for (key, kind) in &texts {
        let shape = shapes.ok_or_else(|| Error::new(ErrorCode::Inval, "more kinds than fields"))?;
        let offset_bytes = align_up(end, shape.align);
        end = offset_bytes + shape.size;
        shapes = shape.next;
        rows.push(sys::sabir_field { name: key.as_ptr(), kind: kind.as_ptr(), offset_bytes, size_bytes: shape.size });
    }
    let mut found = ptr::null();
    // SAFETY: name, rows and their texts live until the call has returned; the core copies them.
    check(unsafe { sys::sabir_type_register(name.as_ptr(), rows.as_ptr(), rows.len(), size::<T>(), &mut found) })?;
    Type::new(found).ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core registered nothing"))
}

fn row_texts<T: Table>() -> Result<Vec<(CString, CString)>> {
    let mut kinds = Vec::new();
    T::Fields::kinds(&mut kinds)?;
    if kinds.len() != T::KEYS.len() {
        return Err(Error::new(
            ErrorCode::Inval,
            format!("{}: {} keys, {} fields", T::NAME, T::KEYS.len(), kinds.len()),
        ));
    }
    T::KEYS
        .iter()
        .zip(kinds)
        .map(|(key, kind)| Ok((c_text(key, "a field's name")?, c_text(&kind, "a kind")?)))
        .collect()
}

/// Structs up to this size are lent from the stack.
const SMALL_BYTES: usize = 256;

#[inline]
fn lend<T: Table + 'static>(message: &T, borrower: &mut Borrower<'_>) -> Result<i32> {
    let ty = T::cell().get::<T>()?;
    let arena = Arena::new();
    let mut small = MaybeUninit::<[u128; SMALL_BYTES / size_of::<u128>()]>::uninit();
    let place: *mut u8 =
        if const { size::<T>() <= SMALL_BYTES } { small.as_mut_ptr().cast() } else { arena.zeroed(size::<T>()) };
    // SAFETY: the place has room for the struct and is aligned to 16; what is stored reaches `message` and the arena, which
    // both live until the borrower has returned.
    unsafe {
        ptr::write_bytes(place, 0, size::<T>());
        store(message, place, &arena);
        Ok(borrower(Value::new(ty, place.cast::<c_void>())))
    }
}

impl<T: Table + Send + 'static> Message for T {
    fn name() -> &'static str {
        T::NAME
    }

    #[inline]
    fn message_type() -> Result<Type> {
        T::cell().get::<T>()
    }

    #[inline]
    fn type_of(&self) -> Result<Type> {
        Self::message_type()
    }

    #[inline]
    fn is_flat() -> bool {
        is_flat::<T>() && const { size::<T>() <= SMALL_BYTES }
    }

    #[inline]
    fn lend(&self, borrower: &mut Borrower<'_>) -> Result<i32> {
        lend(self, borrower)
    }

    #[inline]
    fn load(value: Value<'_>) -> Result<Self> {
        if value.ty() != T::cell().get::<T>()? {
            return Err(Error::new(ErrorCode::Mismatch, format!("{} is not {}", value.ty().name(), T::NAME)));
        }
        // SAFETY: the value is the struct of our own type, registered from this very table.
        unsafe { load(value.as_ptr().cast()) }
    }

    #[inline(always)]
    unsafe fn load_own(bytes: *const c_void) -> Result<Self> {
        // SAFETY: the caller's.
        unsafe { load(bytes.cast()) }
    }
}
