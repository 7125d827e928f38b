//! Each public struct has the layout, and each constant the value, that a C compiler gives it: asked of `cc` with a small program.

use std::env;
use std::fs;
use std::mem::{align_of, offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use sabir_sys::*;

/// Collects what C is asked and what Rust says, line by line.
#[derive(Default)]
struct Questions {
    c: String,
    rust: String,
}

impl Questions {
    fn ask(&mut self, label: &str, c_expression: &str, rust_value: i128) {
        self.c.push_str(&format!("    printf(\"%s %lld\\n\", \"{label}\", (long long)({c_expression}));\n"));
        self.rust.push_str(&format!("{label} {rust_value}\n"));
    }
}

macro_rules! ask_struct {
    ($questions:ident, $name:ident { $($field:ident $(= $c_field:literal)?),* }) => {
        let c_name = concat!("struct ", stringify!($name));
        $questions.ask(&format!("sizeof {c_name}"), &format!("sizeof({c_name})"), size_of::<$name>() as i128);
        $questions.ask(&format!("alignof {c_name}"), &format!("_Alignof({c_name})"), align_of::<$name>() as i128);
        $({
            #[allow(unused_mut, unused_assignments)]
            let mut field = stringify!($field);
            $(field = $c_field;)?
            let label = format!("{c_name}.{field}");
            $questions.ask(&label, &format!("offsetof({c_name}, {field})"), offset_of!($name, $field) as i128);
        })*
    };
}

macro_rules! ask_constants {
    ($questions:ident, $($name:ident),* $(,)?) => {
        $($questions.ask(stringify!($name), stringify!($name), $name as i128);)*
    };
}

fn ask_structs(questions: &mut Questions) {
    ask_struct!(questions, sabir_string { bytes, len_bytes });
    ask_struct!(questions, sabir_bytes { bytes, len_bytes });
    ask_struct!(questions, sabir_json { bytes, len_bytes });
    ask_struct!(questions, sabir_list { items, count });
    ask_struct!(questions, sabir_map { keys, values, count });
    ask_struct!(questions, sabir_field { name, kind, offset_bytes, size_bytes });
    ask_struct!(questions, sabir_timeout { timer_id, missed });
    ask_struct!(questions, sabir_linkdown { endpoint, sent, maybe_lost });
    ask_struct!(questions, sabir_down { name, endpoint, reason });
    ask_struct!(questions, sabir_reject { code, reason, message_type, target, rejected_by });
    ask_struct!(questions, sabir_actor_callbacks { size_bytes, on_start, on_stop, drop, on_restart });
    ask_struct!(
        questions,
        sabir_pulled {
            kind,
            has_sender,
            type_ = "type",
            handler_data,
            object,
            json,
            json_len_bytes,
            sender,
            message,
            value_len_bytes,
            value
        }
    );
    ask_struct!(
        questions,
        sabir_tapped { size_bytes, time_ns, from, to, type_ = "type", outcome, detail, json, json_len_bytes }
    );
    ask_struct!(questions, sabir_batch { size_bytes, item_size_bytes, count, items, yield_ = "yield", current, self_ = "self" });
}

fn ask_all_constants(questions: &mut Questions) {
    ask_constants!(
        questions,
        SABIR_OK,
        SABIR_VERSION_MAJOR,
        SABIR_VERSION_MINOR,
        SABIR_VERSION_PATCH,
        SABIR_OVERLOAD_FAIL,
        SABIR_OVERLOAD_DROP_NEWEST,
        SABIR_OVERLOAD_DROP_OLDEST,
        SABIR_DIALECT_V1,
        SABIR_DIALECT_FLAT,
        SABIR_WAIT_STDIN,
        SABIR_FAST_ORDERED,
        SABIR_JUDGED_ENVELOPE,
        SABIR_JUDGED_TEXT,
        SABIR_PULLED_MESSAGE,
        SABIR_PULLED_START,
        SABIR_PULLED_STOP,
        SABIR_PULLED_TIMER,
        SABIR_PULLED_RESTART,
        SABIR_PULLED_VALUE_BYTES,
        SABIR_FAILURE_RESUME,
        SABIR_FAILURE_STOP,
        SABIR_FAILURE_RESTART,
        SABIR_RESTART_LIMIT_MAX,
        SABIR_RESTART_UNLIMITED,
        SABIR_STRATEGY_ONE_FOR_ONE,
        SABIR_STRATEGY_ALL_FOR_ONE,
        SABIR_JSON_END,
        SABIR_JSON_OBJECT_BEGIN,
        SABIR_JSON_OBJECT_END,
        SABIR_JSON_ARRAY_BEGIN,
        SABIR_JSON_ARRAY_END,
        SABIR_JSON_KEY,
        SABIR_JSON_STRING,
        SABIR_JSON_INTEGER,
        SABIR_JSON_DOUBLE,
        SABIR_JSON_TRUE,
        SABIR_JSON_FALSE,
        SABIR_JSON_NULL,
    );
    questions.ask("SABIR_OFFSET_AUTO", "SABIR_OFFSET_AUTO == (size_t)-1", i128::from(SABIR_OFFSET_AUTO == usize::MAX));
    questions.ask("dead reasons", "SABIR_DEAD_REASON_COUNT", SABIR_DEAD_REASONS.len() as i128);
    for (value, name) in SABIR_DEAD_REASONS {
        let constant = format!("SABIR_DEAD_{}", name.to_uppercase());
        questions.ask(&constant, &constant, i128::from(*value));
    }
}

/// The table of errors is compared as text: value, name and words of each row.
fn ask_errors(questions: &mut Questions) {
    questions.c.push_str("#define ROW(value, name, text) printf(\"%d %s %s\\n\", (int)name, #name, text);\n");
    questions.c.push_str("    SABIR_ERRORS(ROW)\n");
    for (value, name, text) in SABIR_ERRORS {
        questions.rust.push_str(&format!("{value} {name} {text}\n"));
    }
}

#[test]
fn structs_constants_and_errors_are_those_of_the_headers() {
    let mut questions = Questions::default();
    ask_structs(&mut questions);
    ask_all_constants(&mut questions);
    ask_errors(&mut questions);
    let said = run_c(&format!(
        "#include <sabir/sabir.h>\n#include <stdio.h>\nint main(void) {{\n{}    return 0;\n}}\n",
        questions.c
    ));
    for (c, rust) in said.lines().zip(questions.rust.lines()) {
        assert_eq!(c, rust, "C is on the left");
    }
    assert_eq!(said.lines().count(), questions.rust.lines().count());
}

/// Compile `source` with the C compiler and return what it prints.
fn run_c(source: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (file, program) = (folder.join("layout.c"), folder.join("layout"));
    fs::write(&file, source).expect("the folder for tests can be written");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../core/include");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let made =
        Command::new(&compiler).arg("-std=c11").arg("-I").arg(include).arg(&file).arg("-o").arg(&program).output();
    let made = made.unwrap_or_else(|error| panic!("{compiler} cannot be run: {error}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let said = Command::new(&program).output().expect("the program runs");
    assert!(said.status.success());
    String::from_utf8(said.stdout).expect("ASCII")
}

#[test]
fn the_loaded_library_is_of_this_release() {
    // SAFETY: takes nothing and returns a number.
    let version = unsafe { sabir_version() };
    let (major, minor) = (version / 1_000_000, version / 1000 % 1000);
    assert_eq!(major, SABIR_VERSION_MAJOR);
    assert!((major, minor) >= (SABIR_VERSION_MAJOR, SABIR_VERSION_MINOR));
}
