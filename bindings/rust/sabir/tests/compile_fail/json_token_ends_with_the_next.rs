//! A token's text is valid until the next token.
use sabir::json::{Reader, Token};

fn main() -> sabir::Result<()> {
    let mut reader = Reader::new("[\"a\", \"b\"]")?;
    reader.next()?;
    let first = reader.next()?;
    reader.next()?;
    assert_eq!(first, Token::String("a"));
    Ok(())
}
