//! The code that a derive stands for.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DataStruct, DeriveInput, Error, Field, Fields, Ident, LitStr, Result, Type};

use crate::attributes::{self, Form};

pub(crate) fn message(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.ident.span(), "a message is a struct: its fields are what travels"));
    };
    if let Some(parameter) = input.generics.params.first() {
        return Err(Error::new_spanned(parameter, "a message has no parameters: its type name stands for one table"));
    }
    let said = attributes::of_struct(&input.attrs)?;
    let ident = &input.ident;
    let name = said.name.unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()));
    let message = match said.form {
        Form::Table => table(ident, &name, data)?,
        Form::Open => open(ident, &name, data)?,
        Form::Serde => serde(ident, &name),
    };
    let boxed = boxed(ident);
    Ok(quote!(#message #boxed))
}

/// A box of the message can be sent as well.
fn boxed(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::sabir::Sendable for ::std::boxed::Box<#ident> {
            fn travel<W: ::sabir::sendable::Way>(
                self,
                way: &mut W,
            ) -> ::std::result::Result<(), ::sabir::SendError<Self>> {
                ::sabir::sendable::travel_boxed(self, way)
            }
        }
    }
}

/// One row: the field, its type, its key on the wire.
struct Row<'a> {
    ident: &'a Ident,
    kind: &'a Type,
    key: LitStr,
}

fn rows(data: &DataStruct) -> Result<Vec<Row<'_>>> {
    match &data.fields {
        Fields::Named(fields) => fields.named.iter().map(row).collect(),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(fields) => Err(Error::new_spanned(
            fields,
            "the fields of a message have names: `struct Ping { count: i64 }`; a wrapper of one JSON object is `#[message(open)]`",
        )),
    }
}

fn row(field: &Field) -> Result<Row<'_>> {
    let ident = field.ident.as_ref().expect("the field has a name");
    let key = attributes::of_field(&field.attrs)?;
    let key = key.unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()));
    Ok(Row { ident, kind: &field.ty, key })
}

fn table(ident: &Ident, name: &LitStr, data: &DataStruct) -> Result<TokenStream> {
    let rows = rows(data)?;
    let keys = rows.iter().map(|row| &row.key);
    let idents: Vec<&Ident> = rows.iter().map(|row| row.ident).collect();
    // From the last field to the first: (A, (B, (C, ()))).
    let kinds = rows.iter().rev().fold(quote!(()), |rest, row| {
        let kind = row.kind;
        quote!((#kind, #rest))
    });
    let borrowed = idents.iter().rev().fold(quote!(()), |rest, ident| quote!((&self.#ident, #rest)));
    let pattern = idents.iter().rev().fold(quote!(()), |rest, ident| quote!((#ident, #rest)));
    Ok(quote! {
        #[allow(clippy::unused_unit)]
        const _: () = {
            static CELL: ::sabir::table::TypeCell = ::sabir::table::TypeCell::new();

            #[automatically_derived]
            impl ::sabir::table::Table for #ident {
                const NAME: &'static str = #name;
                const KEYS: &'static [&'static str] = &[#(#keys),*];
                type Fields = #kinds;

                fn cell() -> &'static ::sabir::table::TypeCell {
                    &CELL
                }

                #[inline]
                fn fields(&self) -> <Self::Fields as ::sabir::table::FieldList>::Borrowed<'_> {
                    #borrowed
                }

                #[inline]
                fn from_fields(#pattern: Self::Fields) -> Self {
                    Self { #(#idents),* }
                }
            }
        };
    })
}

fn open(ident: &Ident, name: &LitStr, data: &DataStruct) -> Result<TokenStream> {
    let Fields::Unnamed(fields) = &data.fields else {
        return Err(Error::new(ident.span(), "an open message wraps its payload: `struct Echo(Json);`"));
    };
    if fields.unnamed.len() != 1 {
        return Err(Error::new_spanned(fields, "an open message wraps one payload: `struct Echo(Json);`"));
    }
    Ok(open_message(
        ident,
        name,
        &quote!(::sabir::open::lend(Self::message_type()?, ::sabir::Json::as_str(&self.0), borrower)),
        &quote!(Ok(Self(::sabir::open::json(&value)?))),
    ))
}

fn serde(ident: &Ident, name: &LitStr) -> TokenStream {
    open_message(
        ident,
        name,
        &quote!(::sabir::open::lend_serde(Self::message_type()?, self, borrower)),
        &quote!(::sabir::open::load_serde(&value)),
    )
}

fn open_message(ident: &Ident, name: &LitStr, lend: &TokenStream, load: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::sabir::Message for #ident {
            fn name() -> &'static str {
                #name
            }

            fn message_type() -> ::sabir::Result<::sabir::Type> {
                static CELL: ::sabir::open::TypeCell = ::sabir::open::TypeCell::new();
                CELL.get(#name)
            }

            fn type_of(&self) -> ::sabir::Result<::sabir::Type> {
                Self::message_type()
            }

            fn lend(&self, borrower: &mut ::sabir::value::Borrower<'_>) -> ::sabir::Result<i32> {
                #lend
            }

            fn load(value: ::sabir::value::Value<'_>) -> ::sabir::Result<Self> {
                #load
            }
        }
    }
}
