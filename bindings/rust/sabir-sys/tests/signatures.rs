//! Each function of `<sabir/*.h>` is declared here, with the same parameters and result, and nothing else is.
//!
//! Both sides are brought into one spelling (`const sabir_type * *`) and compared as text: C without parameter names and the
//! word `struct`, Rust with its pointers turned round.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Signatures = BTreeMap<String, String>;

#[test]
fn every_function_has_the_signature_of_its_header() {
    assert_same(&c_functions(&headers()), &rust_functions(&sources()));
}

#[test]
fn every_callback_has_the_signature_of_its_header() {
    assert_same(&c_callbacks(&headers()), &rust_callbacks(&sources()));
}

#[test]
fn a_wrong_declaration_is_seen() {
    let c = "SABIR_API int sabir_x(const sabir_ref *ref, size_t n, void (*drop)(void *user_data));";
    let good =
        "pub fn sabir_x(r: *const sabir_ref, n: usize, d: Option<unsafe extern \"C\" fn(u: *mut c_void)>) -> c_int;";
    let wrong =
        "pub fn sabir_x(r: *mut sabir_ref, n: usize, d: Option<unsafe extern \"C\" fn(u: *mut c_void)>) -> c_int;";
    assert_eq!(c_functions(c), rust_functions(good));
    assert_ne!(c_functions(c), rust_functions(wrong));
}

fn assert_same(c: &Signatures, rust: &Signatures) {
    assert!(!c.is_empty(), "the headers were not understood");
    for (name, signature) in c {
        assert_eq!(Some(signature), rust.get(name), "{name}: the header is on the left");
    }
    for name in rust.keys() {
        assert!(c.contains_key(name), "{name} is in no header");
    }
}

fn read_all(dir: PathBuf, extension: &str) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let path = entry.expect("a folder that can be read").path();
        if path.extension().is_some_and(|found| found == extension) {
            text.push_str(&fs::read_to_string(&path).expect("UTF-8"));
            text.push('\n');
        }
    }
    text
}

fn headers() -> String {
    read_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../core/include/sabir"), "h")
}

fn sources() -> String {
    read_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs")
}

// ---- C ------------------------------------------------------------------------------------------------------------------

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(begin) = rest.find("/*") {
        out.push_str(&rest[..begin]);
        let end = rest[begin..].find("*/").expect("a comment ends");
        rest = &rest[begin + end + 2..];
    }
    out.push_str(rest);
    out.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

fn declarations<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    text.match_indices(word)
        .map(|(at, found)| {
            let from = at + found.len();
            let len = text[from..].find(';').expect("a declaration ends");
            text[from..from + len].trim()
        })
        .collect()
}

fn c_functions(headers: &str) -> Signatures {
    let text = without_comments(headers);
    declarations(&text, "SABIR_API ").into_iter().map(c_function).collect()
}

fn c_function(declaration: &str) -> (String, String) {
    let open = declaration.find('(').expect("a function has parameters");
    let (result, name) = split_name(&declaration[..open]);
    let parameters = c_parameters(&declaration[open + 1..declaration.len() - 1]);
    (name, format!("{} ({parameters})", c_type(&result)))
}

fn c_callbacks(headers: &str) -> Signatures {
    let text = without_comments(headers);
    declarations(&text, "typedef ")
        .into_iter()
        .filter(|declaration| declaration.contains("(*"))
        .map(|declaration| {
            let (result, rest) = declaration.split_once("(*").expect("a pointer to a function");
            let (name, rest) = rest.split_once(')').expect("its name ends");
            let parameters = rest.trim().trim_start_matches('(').trim_end_matches(')');
            (name.to_owned(), format!("{} ({})", c_type(result), c_parameters(parameters)))
        })
        .collect()
}

fn c_parameters(text: &str) -> String {
    if text.trim() == "void" {
        return String::new();
    }
    split_top(text).iter().map(|parameter| c_parameter(parameter)).collect::<Vec<_>>().join(", ")
}

fn c_parameter(parameter: &str) -> String {
    if let Some((result, rest)) = parameter.split_once("(*") {
        let (_, inner) = rest.split_once(")(").expect("a pointer to a function");
        return format!("{} (*)({})", c_type(result), c_parameters(inner.trim_end_matches(')')));
    }
    c_type(&split_name(parameter).0)
}

/// The type and the name of `const char *name`.
fn split_name(text: &str) -> (String, String) {
    let at = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).expect("a type before the name");
    (text[..=at].to_owned(), text[at + 1..].to_owned())
}

fn c_type(text: &str) -> String {
    let words = text.replace('*', " * ");
    words.split_whitespace().filter(|word| *word != "struct").collect::<Vec<_>>().join(" ")
}

/// Split at commas that stand in no bracket.
fn split_top(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '<' => depth += 1,
            ')' => depth -= 1,
            '>' if !text[..at].ends_with('-') => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

// ---- Rust ---------------------------------------------------------------------------------------------------------------

fn rust_functions(sources: &str) -> Signatures {
    let joined = sources.split_whitespace().collect::<Vec<_>>().join(" ");
    declarations(&joined, "pub fn ")
        .into_iter()
        .map(|declaration| {
            let open = declaration.find('(').expect("a function has parameters");
            (declaration[..open].to_owned(), rust_signature(&declaration[open..], ""))
        })
        .collect()
}

fn rust_callbacks(sources: &str) -> Signatures {
    let joined = sources.split_whitespace().collect::<Vec<_>>().join(" ");
    declarations(&joined, "pub type ")
        .into_iter()
        .map(|declaration| {
            let (name, rest) = declaration.split_once(" = ").expect("an alias");
            (name.to_owned(), rust_signature(callback_of(rest), ""))
        })
        .collect()
}

/// `(a: T) -> R` of `Option< unsafe extern "C" fn(a: T) -> R, >`.
fn callback_of(option: &str) -> &str {
    let inner = option.trim().strip_prefix("Option<").and_then(|text| text.strip_suffix('>')).expect("an Option");
    let inner = inner.trim().trim_end_matches(',');
    inner.strip_prefix("unsafe extern \"C\" fn").expect("a C function")
}

fn rust_signature(text: &str, pointer: &str) -> String {
    let end = matching(text);
    let parameters: Vec<String> = split_top(&text[1..end])
        .into_iter()
        .map(|parameter| rust_type(parameter.split_once(':').expect("name: type").1))
        .collect();
    let result = text[end + 1..].trim().strip_prefix("->").map_or("void".to_owned(), rust_type);
    format!("{result} {pointer}({})", parameters.join(", "))
}

fn matching(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    panic!("no closing bracket in {text}");
}

fn rust_type(text: &str) -> String {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("*mut ") {
        return format!("{} *", rust_type(inner));
    }
    if let Some(inner) = text.strip_prefix("*const *") {
        return format!("{} const *", rust_type(&format!("*{inner}")));
    }
    if let Some(inner) = text.strip_prefix("*const ") {
        return format!("const {} *", rust_type(inner));
    }
    if text.starts_with("Option<") {
        return rust_signature(callback_of(text), "(*)");
    }
    let c = match text {
        "c_int" => "int",
        "c_char" => "char",
        "c_void" => "void",
        "bool" => "bool",
        "u32" => "uint32_t",
        "i64" => "int64_t",
        "u64" => "uint64_t",
        "f64" => "double",
        "usize" => "size_t",
        own if own.starts_with("sabir_") => own,
        other => panic!("{other} is no type of the ABI"),
    };
    c.to_owned()
}
