//! What `#[message(…)]` says, on a struct and on a field.

use syn::{Attribute, Error, LitStr, Result};

/// How a struct travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its table of fields.
    Table,
    /// As the one JSON object that it wraps.
    Open,
    /// As the JSON object that serde makes of it.
    Serde,
}

pub(crate) struct StructAttributes {
    pub(crate) name: Option<LitStr>,
    pub(crate) form: Form,
}

pub(crate) fn of_struct(attributes: &[Attribute]) -> Result<StructAttributes> {
    let mut found = StructAttributes { name: None, form: Form::Table };
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("message")) {
        attribute.parse_nested_meta(|meta| {
            let form = if meta.path.is_ident("name") {
                found.name = Some(checked_name(meta.value()?.parse()?)?);
                return Ok(());
            } else if meta.path.is_ident("open") {
                Form::Open
            } else if meta.path.is_ident("serde") {
                Form::Serde
            } else {
                return Err(meta.error("expected `name = \"…\"`, `open` or `serde`"));
            };
            if found.form != Form::Table {
                return Err(meta.error("a message has one form: `open` or `serde`, once"));
            }
            found.form = form;
            Ok(())
        })?;
    }
    Ok(found)
}

pub(crate) fn of_field(attributes: &[Attribute]) -> Result<Option<LitStr>> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("message")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("name") {
                return Err(meta.error("expected `name = \"…\"`"));
            }
            name = Some(checked_name(meta.value()?.parse()?)?);
            Ok(())
        })?;
    }
    Ok(name)
}

/// ENV-6 and ENV-10, as far as they can be told here.
fn checked_name(name: LitStr) -> Result<LitStr> {
    let text = name.value();
    if text.is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
        return Err(Error::new(name.span(), "a name has 1 to 255 bytes and no control characters"));
    }
    if text.starts_with("sabir.") {
        return Err(Error::new(name.span(), "names that begin with `sabir.` are the protocol's own"));
    }
    Ok(name)
}
