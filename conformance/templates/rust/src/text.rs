//! The members of a JSON object, each value as the text that it is: a payload that is only passed on stays what it was.
//!
//! Not strict: it does not look into the values. Level 1 wants that: equal keys, numbers, surrogates, depth (docs/protocol.md).

/// Keys as they are spelled, and the texts of their values.
pub struct Members<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Members<'a> {
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// The string that a member is; none if it is something else.
    pub fn string(&self, key: &str) -> Option<String> {
        unquoted(self.get(key)?)
    }
}

/// The members of `text` if it is an object with nothing around it but white space.
pub fn members(text: &str) -> Option<Members<'_>> {
    let mut rest = text.trim_matches(BLANKS).strip_prefix('{')?.strip_suffix('}')?.trim_start_matches(BLANKS);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let key_end = end_of_string(rest)?;
        let behind = rest[key_end..].trim_start_matches(BLANKS).strip_prefix(':')?.trim_start_matches(BLANKS);
        let value_end = end_of_value(behind)?;
        found.push((&rest[1..key_end - 1], behind[..value_end].trim_end_matches(BLANKS)));
        rest = behind[value_end..].trim_start_matches(BLANKS);
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start_matches(BLANKS);
            rest.chars().next()?; // a comma is followed by something
        }
    }
    Some(Members(found))
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Where the string ends that `text` begins with, its quotes included.
fn end_of_string(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while bytes.first() == Some(&b'"') && at < bytes.len() {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Where the value ends that `text` begins with: at a comma outside of all brackets and strings, or at the end.
fn end_of_value(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_u32);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'"' => {
                at += end_of_string(&text[at..])?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    (depth == 0 && at > 0).then_some(at)
}

/// The characters that a JSON string stands for.
fn unquoted(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut units = Vec::new();
    while let Some(char) = rest.next() {
        if char != '\\' {
            units.extend_from_slice(char.encode_utf16(&mut [0; 2]));
            continue;
        }
        let escaped = rest.next()?;
        units.push(match escaped {
            'u' => u16::from_str_radix(&rest.by_ref().take(4).collect::<String>(), 16).ok()?,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            other => u16::try_from(u32::from(other)).ok()?,
        });
    }
    String::from_utf16(&units).ok()
}

/// `text` as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut found = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => found.extend(['\\', char]),
            '\0'..='\x1f' => found.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => found.push(char),
        }
    }
    found + "\""
}
