//! Finds libsabir: in `$SABIR_LIB_DIR`, in the tree's `build/lib` (made by `make lib` if it is missing), or through pkg-config.
//!
//! The library is also linked into `OUT_DIR`, because cargo puts search paths inside its target folder on the loader's path:
//! `cargo run`, `cargo test` and documentation tests then find it without any setting.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARY: &str = "libsabir.so";
const SONAME: &str = "libsabir.so.1";

fn main() {
    println!("cargo::rerun-if-env-changed=SABIR_LIB_DIR");
    println!("cargo::rerun-if-env-changed=PKG_CONFIG_PATH");
    match library_dir() {
        Ok(dir) => announce(&dir),
        Err(reason) => {
            println!("cargo::error={reason}");
            std::process::exit(1);
        }
    }
}

fn announce(dir: &Path) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for name in [LIBRARY, SONAME] {
        let link = out.join(name);
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(dir.join(SONAME), &link).expect("OUT_DIR can be written");
    }
    println!("cargo::rerun-if-changed={}", dir.join(SONAME).display());
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=dylib=sabir");
    println!("cargo::metadata=libdir={}", dir.display());
}

fn library_dir() -> Result<PathBuf, String> {
    if let Some(dir) = env::var_os("SABIR_LIB_DIR") {
        return existing(PathBuf::from(&dir))
            .ok_or_else(|| format!("SABIR_LIB_DIR is {}, but there is no {SONAME} in it", Path::new(&dir).display()));
    }
    match tree() {
        Some(root) => tree_library(&root),
        None => installed_library(),
    }
}

fn existing(dir: PathBuf) -> Option<PathBuf> {
    dir.join(SONAME).exists().then(|| dir.canonicalize().unwrap_or(dir))
}

/// The repository that this crate lies in, if it does.
fn tree() -> Option<PathBuf> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    let root = here.ancestors().nth(3)?;
    root.join("core/include/sabir/sabir.h").exists().then(|| root.to_path_buf())
}

fn tree_library(root: &Path) -> Result<PathBuf, String> {
    let dir = root.join("build/lib");
    if existing(dir.clone()).is_none() {
        // What cargo says to its build scripts must not steer a make that may call cargo itself.
        let made = Command::new("make").arg("-C").arg(root).arg("lib").env_remove("MAKEFLAGS").output();
        match made {
            Ok(output) if output.status.success() => {}
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                let last = words.lines().last().unwrap_or("it said nothing").to_owned();
                return Err(format!("`make lib` failed in {}: {last}", root.display()));
            }
            Err(error) => return Err(format!("`make lib` cannot be run in {}: {error}", root.display())),
        }
    }
    existing(dir).ok_or_else(|| format!("`make lib` left no build/lib/{SONAME} in {}", root.display()))
}

fn installed_library() -> Result<PathBuf, String> {
    let advice = "install libsabir (`make install` in its tree) or say where it is with SABIR_LIB_DIR";
    let output = Command::new("pkg-config")
        .args(["--variable=libdir", "sabir"])
        .output()
        .map_err(|error| format!("pkg-config cannot be run ({error}); {advice}"))?;
    if !output.status.success() {
        return Err(format!("pkg-config does not know `sabir`; {advice}"));
    }
    let dir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    existing(dir.clone()).ok_or_else(|| format!("pkg-config says {}, but there is no {SONAME} in it", dir.display()))
}
