//! A token's text is valid until the next token.
//~ error[E0499]: cannot borrow `reader` as mutable more than once at a time
use sabir::json::{Reader, Token};

fn main() -> sabir::Result<()> {
    let mut reader = Reader::new("[\"a\", \"b\"]")?;
    reader.next()?;
    let first = reader.next()?;
    reader.next()?;
    assert_eq!(first, Token::String("a"));
    Ok(())
}
