//! What must not compile does not, and for the reason meant: threads, lifetimes, wrong messages.
//!
//! Each program in `compile_fail/` begins with the errors that it must get, `//~ error[E0277]: …`, as the compiler begins to say
//! them. All are checked by one cargo in a package of their own; what the compiler says beyond those lines may change.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles, or the others fail for another reason than theirs.
const CONTROL: &str = "fn main() { println!(\"{}\", sabir::version()); }\n";

#[test]
fn what_must_not_compile_does_not() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile_fail");
    let programs = read_programs(&here.join("tests/compile_fail"));
    assert!(programs.len() > 10, "the programs were not found");
    write_package(&package, here, &programs);
    let errors = errors_of(&package);
    assert_eq!(errors.get("control"), None, "the control does not compile");
    let mut faults = Vec::new();
    for (name, text) in &programs {
        faults.extend(judge(name, text, errors.get(name).map_or(&[][..], Vec::as_slice)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every expected error comes, and no other one.
fn judge(name: &str, text: &str, errors: &[String]) -> Vec<String> {
    let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("//~ ")).collect();
    let missing = expected.iter().filter(|words| !errors.iter().any(|error| error.starts_with(**words)));
    let others = errors.iter().filter(|error| !expected.iter().any(|words| error.starts_with(words)));
    let mut faults: Vec<String> = missing.map(|words| format!("{name}: there is no {words:?}")).collect();
    faults.extend(others.map(|error| format!("{name}: nobody expects {error:?}")));
    if expected.is_empty() {
        faults.push(format!("{name}: it says no error that it expects"));
    }
    faults
}

fn read_programs(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("the programs are there");
    let paths = entries.map(|entry| entry.expect("a folder that can be read").path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect()
}

fn write_package(package: &Path, crate_dir: &Path, programs: &BTreeMap<String, String>) {
    let bin = package.join("src/bin");
    let _ = fs::remove_dir_all(&bin);
    fs::create_dir_all(&bin).expect("the folder for tests can be written");
    let manifest = format!(
        "[package]\nname = \"compile-fail\"\nedition = \"2024\"\n\n[dependencies]\nsabir = {{ path = {crate_dir:?} }}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions that are here already: nothing is fetched.
    let _ = fs::copy(crate_dir.join("../../../Cargo.lock"), package.join("Cargo.lock"));
    fs::write(bin.join("control.rs"), CONTROL).unwrap();
    for (name, text) in programs {
        fs::write(bin.join(name).with_extension("rs"), text).unwrap();
    }
}

/// The errors of each program, as short as the compiler says them.
fn errors_of(package: &Path) -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--offline", "--message-format", "short", "--color", "never"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .expect("cargo runs, since it runs this");
    let said = String::from_utf8_lossy(&output.stderr);
    let mut errors = BTreeMap::<String, Vec<String>>::new();
    for line in said.lines() {
        // src/bin/NAME.rs:LINE:COLUMN: error…
        let Some((name, rest)) = line.strip_prefix("src/bin/").and_then(|line| line.split_once(".rs:")) else {
            continue;
        };
        if let Some(at) = rest.find(": error") {
            errors.entry(name.to_owned()).or_default().push(rest[at + 2..].to_owned());
        }
    }
    assert!(!errors.is_empty(), "cargo said nothing that was understood:\n{said}");
    errors
}

#[test]
fn a_program_that_fails_otherwise_is_seen() {
    let text = "//~ error[E0277]: this\nfn main() {}\n";
    let error = |words: &str| words.to_owned();
    assert!(judge("x", text, &[error("error[E0277]: this and more")]).is_empty());
    assert_eq!(judge("x", text, &[]).len(), 1, "it compiles");
    assert_eq!(judge("x", text, &[error("error[E0432]: unresolved import")]).len(), 2);
    assert_eq!(judge("x", "fn main() {}\n", &[]).len(), 1, "it expects nothing");
}
