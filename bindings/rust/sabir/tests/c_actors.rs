//! Actors in C in a Rust manager: a real C library, compiled here, loaded as any plugin is.

mod support;

use std::env;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sabir::{Context, ErrorCode, Failure, Manager, Message, Plugin, handle_messages, sys};
use support::{Mirror, PATIENCE, Tap, Text};

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}

const RTLD_NOW: c_int = 2;

type PluginManage = unsafe extern "C" fn(*mut sys::sabir_manager, *const c_char) -> c_int;

#[derive(Message)]
struct Double {
    value: i64,
}

#[derive(Message, Debug, PartialEq)]
struct Doubled {
    value: i64,
}

/// Lets a plugin, C or Rust, in from a handler: there the manager is at hand as the core knows it.
struct Loader(PluginManage);

#[derive(Message)]
struct Load {
    prefix: String,
}

#[derive(Message)]
struct Loaded {
    code: i32,
}

impl Loader {
    fn on_load(&mut self, load: &Load, context: &mut Context) -> Result<Loaded, Failure> {
        let prefix = CString::new(load.prefix.as_str())?;
        // SAFETY: the manager outlives the plugin's actors; the prefix outlives the call.
        Ok(Loaded { code: unsafe { (self.0)(context.manager().as_raw(), prefix.as_ptr()) } })
    }
}

handle_messages!(Loader, Load => on_load);

fn compile() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("libc_actors.{}.so", std::process::id()));
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let made = Command::new(&compiler)
        .args(["-std=c11", "-shared", "-fPIC", "-Wall", "-Werror", "-I"])
        .arg(here.join("../../../core/include"))
        .arg(here.join("tests/c/c_actors.c"))
        .arg("-o")
        .arg(&library)
        .output()
        .unwrap_or_else(|error| panic!("{compiler} cannot be run: {error}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    library
}

fn c_plugin() -> PluginManage {
    static LOADED: OnceLock<PluginManage> = OnceLock::new();
    *LOADED.get_or_init(|| {
        let library = compile();
        let path = CString::new(library.as_os_str().as_encoded_bytes()).unwrap();
        // SAFETY: the library was just compiled; it is never closed, so the function stays.
        let function = unsafe {
            let opened = dlopen(path.as_ptr(), RTLD_NOW);
            assert!(!opened.is_null(), "{:?}", CStr::from_ptr(dlerror()));
            let function = dlsym(opened, c"sabir_plugin_manage".as_ptr());
            assert!(!function.is_null(), "{:?}", CStr::from_ptr(dlerror()));
            std::mem::transmute::<*mut c_void, PluginManage>(function)
        };
        std::fs::remove_file(library).unwrap();
        function
    })
}

fn with_c_actors() -> Manager {
    let mut manager = Manager::new().unwrap();
    let loader = manager.manage("loader", Loader(c_plugin())).unwrap();
    manager.start().unwrap();
    let loaded: Loaded = loader.ask(Load { prefix: "c_".to_owned() }, PATIENCE).unwrap();
    assert_eq!(loaded.code, sys::SABIR_OK);
    manager
}

#[test]
fn c_actors_answer_rust_by_send_ask_and_fast_send() {
    let manager = with_c_actors();
    let doubler = manager.find("c_doubler").unwrap();
    assert_eq!(doubler.ask::<_, Doubled>(Double { value: 21 }, PATIENCE).unwrap(), Doubled { value: 42 });
    assert_eq!(doubler.fast_send::<_, Doubled>(&Double { value: -1 }).unwrap(), Some(Doubled { value: -2 }));
    let shouter = manager.find("c_shouter").unwrap();
    let text = Text { text: "sabir é\0".to_owned(), tags: vec!["a".to_owned(), String::new()] };
    let loud = Text { text: "SABIR é\0".to_owned(), ..text.clone() };
    assert_eq!(shouter.ask::<_, Text>(text.clone(), PATIENCE).unwrap(), loud);
    assert_eq!(shouter.fast_send::<_, Text>(&text).unwrap(), Some(loud));
}

#[test]
fn c_actors_send_to_rust_actors() {
    let manager = with_c_actors();
    let (tap, received) = Tap::<Text>::new();
    manager.manage("tap", tap).unwrap();
    let forwarder = manager.find("c_forwarder").unwrap();
    let text = Text { text: "on its way".to_owned(), tags: vec!["tap".to_owned(), "kept".to_owned()] };
    forwarder.tell(text.clone()).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap(), text);
}

#[test]
fn a_boxed_message_reaches_c_too() {
    let manager = with_c_actors();
    let (tap, received) = Tap::<Text>::new();
    let tap = manager.manage("tap", tap).unwrap();
    let shouter = manager.find("c_shouter").unwrap();
    shouter.send(Box::new(Text::new("boxed")) as Box<dyn Message>, &tap).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().text, "BOXED");
}

#[test]
fn a_rust_reply_reaches_a_c_caller_that_names_a_rust_sender() {
    let manager = with_c_actors();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    // After the manager's start an actor starts by itself; once it has answered, it can be called.
    let _: Text = mirror.ask(Text::new("are you there?"), PATIENCE).unwrap();
    let (tap, received) = Tap::<Text>::new();
    let tap = manager.manage("tap", tap).unwrap();
    let caller = manager.find("c_caller").unwrap();
    let text = Text { text: "there and back".to_owned(), tags: vec!["mirror".to_owned()] };
    caller.send(text.clone(), &tap).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap(), text);
}

mod plugin {
    use super::*;

    struct Doubler;

    impl Doubler {
        fn on_double(&mut self, double: &Double, _: &mut Context) -> Doubled {
            Doubled { value: 2 * double.value }
        }
    }

    handle_messages!(Doubler, Double => on_double);

    fn manage(plugin: &Plugin) -> sabir::Result<()> {
        plugin.manage("doubler", Doubler)?;
        assert!(plugin.find(&format!("{}doubler", plugin.prefix())).is_ok());
        Ok(())
    }

    sabir::plugin!(|plugin| manage(plugin));
}

#[test]
fn a_rust_plugin_puts_its_actors_under_the_prefix() {
    let mut manager = Manager::new().unwrap();
    let loader = manager.manage("loader", Loader(plugin::sabir_plugin_manage)).unwrap();
    manager.start().unwrap();
    for (prefix, code) in [("a_", sys::SABIR_OK), ("b_", sys::SABIR_OK), ("a_", sys::SABIR_EEXIST)] {
        let loaded: Loaded = loader.ask(Load { prefix: prefix.to_owned() }, PATIENCE).unwrap();
        assert_eq!(loaded.code, code, "{prefix}");
    }
    let doubler = manager.find("b_doubler").unwrap();
    assert_eq!(doubler.ask::<_, Doubled>(Double { value: 4 }, PATIENCE).unwrap().value, 8);
    // SAFETY: without a manager it must say so.
    assert_eq!(unsafe { plugin::sabir_plugin_manage(std::ptr::null_mut(), std::ptr::null()) }, sys::SABIR_EINVAL);
    assert_eq!(manager.find("doubler").unwrap_err().code(), ErrorCode::NoEnt);
}
