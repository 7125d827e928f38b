//! What the application saw, every scalar as a tagged string, so that nothing is lost on the way back:
//! `{"t": "int", "v": "9007199254740991"}`.

use sabir::json::{self, Reader, Token, Writer};
use sabir::{Json, Result};

/// Write `{"t": tag, "v": text}`.
fn scalar(writer: &mut Writer, tag: &str, text: &str) {
    writer.object_begin().key("t").string(tag).key("v").string(text).object_end();
}

/// Write an integer.
pub fn int(writer: &mut Writer, value: impl ToString) {
    scalar(writer, "int", &value.to_string());
}

/// Write a double, shortest that reads back equal.
pub fn float(writer: &mut Writer, value: f64) {
    scalar(writer, "float", &format!("{value:?}"));
}

/// Write a boolean.
pub fn bool(writer: &mut Writer, value: bool) {
    scalar(writer, "bool", if value { "true" } else { "false" });
}

/// Write a string with its bytes.
pub fn text(writer: &mut Writer, value: &str) {
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    writer.object_begin().key("t").string("str").key("v").string(value).key("bytes").string(&hex).object_end();
}

/// Write any JSON value.
pub fn json(writer: &mut Writer, value: &Json) -> Result<()> {
    let mut reader = value.reader()?;
    loop {
        match reader.next()? {
            Token::End => return Ok(()),
            token => json_token(writer, token)?,
        }
    }
}

/// A begin opens the tagged value as well, an end closes both.
fn json_token(writer: &mut Writer, token: Token<'_>) -> Result<()> {
    match token {
        Token::ObjectBegin => {
            writer.object_begin().key("t").string("map").key("v").object_begin();
        }
        Token::ArrayBegin => {
            writer.object_begin().key("t").string("list").key("v").array_begin();
        }
        Token::ObjectEnd => {
            writer.object_end().object_end();
        }
        Token::ArrayEnd => {
            writer.array_end().object_end();
        }
        Token::Key(key) => {
            writer.key(key);
        }
        Token::String(value) => text(writer, value),
        Token::Integer(token) => match json::int64(token) {
            Ok(value) => int(writer, value),
            Err(_) => int(writer, json::uint64(token)?),
        },
        Token::Double(token) => float(writer, json::double(token)?),
        Token::Bool(value) => bool(writer, value),
        Token::Null => {
            writer.object_begin().key("t").string("null").object_end();
        }
        Token::End => {}
    }
    Ok(())
}

/// A whole JSON value, tagged.
pub fn of(value: &Json) -> Result<Json> {
    let mut writer = Writer::new()?;
    json(&mut writer, value)?;
    writer.finish()
}

/// Copy the value that `reader` stands before, token by token.
pub fn copy(writer: &mut Writer, reader: &mut Reader<'_>) -> Result<()> {
    loop {
        match reader.next()? {
            Token::End => return Ok(()),
            Token::ObjectBegin => writer.object_begin(),
            Token::ObjectEnd => writer.object_end(),
            Token::ArrayBegin => writer.array_begin(),
            Token::ArrayEnd => writer.array_end(),
            Token::Key(key) => writer.key(key),
            Token::String(value) => writer.string(value),
            Token::Integer(token) | Token::Double(token) => writer.json(token),
            Token::Bool(value) => writer.bool(value),
            Token::Null => writer.null(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_tagged() {
        let value: Json = r#"{"a":[1,-0,18446744073709551615,1.50,-0.0,true,null,"é\u0000"]}"#.parse().unwrap();
        let expected = concat!(
            r#"{"t":"map","v":{"a":{"t":"list","v":[{"t":"int","v":"1"},{"t":"int","v":"0"},"#,
            r#"{"t":"int","v":"18446744073709551615"},{"t":"float","v":"1.5"},{"t":"float","v":"-0.0"},"#,
            r#"{"t":"bool","v":"true"},{"t":"null"},{"t":"str","v":"é\u0000","bytes":"c3a900"}]}}}"#
        );
        assert_eq!(of(&value).unwrap().as_str(), expected);
    }

    #[test]
    fn an_integer_that_nobody_can_hold_is_an_error() {
        assert!(of(&"18446744073709551616".parse().unwrap()).is_err());
    }
}
