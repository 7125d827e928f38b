//! A handler that fails or panics harms nobody else, and says so.

mod support;

use std::sync::mpsc;

use sabir::{Actor, Context, ErrorCode, Failure, Handlers, Manager, Message, handle_messages};
use support::{Mirror, Number, PATIENCE, node};

#[derive(Message)]
struct Fail {
    how: i32,
}

#[derive(Default)]
struct Clumsy {
    handled: i64,
}

impl Clumsy {
    fn on_fail(&mut self, fail: &Fail, _: &mut Context) -> Result<Number, Failure> {
        self.handled += 1;
        match fail.how {
            0 => Ok(Number { value: self.handled }),
            1 => Err("on purpose".into()),
            2 => Err(std::io::Error::other("an error of std").into()),
            3 => Err(Failure::bad_payload("how is too large")),
            4 => panic!("by mistake {}", fail.how),
            _ => std::panic::panic_any(fail.how),
        }
    }
}

handle_messages!(Clumsy, Fail => on_fail);

#[test]
fn each_way_to_fail_is_reported_and_the_actor_goes_on() {
    let mut manager = Manager::new().unwrap();
    let (sender, letters) = mpsc::channel();
    manager
        .on_dead_letter(move |letter| {
            sender.send((letter.reason, letter.detail.unwrap_or_default().to_owned())).expect("the test listens");
        })
        .unwrap();
    let clumsy = manager.manage("clumsy", Clumsy::default()).unwrap();
    manager.start().unwrap();
    for (how, reason, words) in [
        (1, "failed", "on purpose"),
        (2, "failed", "an error of std"),
        (3, "bad_payload", "how is too large"),
        (4, "failed", "panicked: by mistake 4"),
        (5, "failed", "panicked"),
    ] {
        let failed = clumsy.ask::<_, Number>(Fail { how }, PATIENCE).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::Rejected);
        assert_eq!(failed.reject.unwrap().code, reason);
        let (got, detail) = letters.recv_timeout(PATIENCE).unwrap();
        assert_eq!(got, reason);
        assert!(detail.contains(words), "{detail:?} does not say {words:?}");
    }
    let number: Number = clumsy.ask(Fail { how: 0 }, PATIENCE).unwrap();
    assert_eq!(number.value, 6, "state is kept");
    let snapshot = manager.snapshot().unwrap();
    assert_eq!(snapshot.dead_letters("failed").unwrap(), 4);
    assert_eq!(snapshot.dead_letters("bad_payload").unwrap(), 1);
    assert_eq!(snapshot.dead_letters("stopped").unwrap(), 0);
}

#[test]
fn a_panic_under_fast_send_does_not_unwind_into_the_caller() {
    let mut manager = Manager::new().unwrap();
    let clumsy = manager.manage("clumsy", Clumsy::default()).unwrap();
    manager.start().unwrap();
    let error = clumsy.fast_send::<_, Number>(&Fail { how: 4 }).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Failed);
    assert!(error.detail().contains("by mistake 4"), "{error}");
    assert_eq!(clumsy.fast_send::<_, Number>(&Fail { how: 0 }).unwrap().unwrap().value, 2);
}

struct Hooked(i32);

impl Hooked {
    fn on_start_message(&mut self, _: &sabir::Start, _: &mut Context) -> Result<(), Failure> {
        if self.0 == 3 { Err("the hook fails".into()) } else { Ok(()) }
    }
}

impl Actor for Hooked {
    fn handlers(handlers: &mut Handlers<Self>) {
        handlers.on(Self::on_start_message);
    }

    fn on_start(&mut self, _: &mut Context) -> Result<(), Failure> {
        match self.0 {
            1 => Err("no disk".into()),
            2 => panic!("no luck"),
            _ => Ok(()),
        }
    }

    fn on_stop(&mut self, _: &mut Context) {
        assert_ne!(self.0, 4, "a panic at the end is contained");
    }
}

#[test]
fn a_start_that_fails_names_the_actor_and_says_why() {
    for (how, words) in [(1, "no disk"), (2, "no luck"), (3, "the hook fails")] {
        let mut manager = Manager::new().unwrap();
        manager.manage("well", Hooked(0)).unwrap();
        manager.manage("ill", Hooked(how)).unwrap();
        let error = manager.start().unwrap_err();
        assert_eq!(error.code(), ErrorCode::Failed);
        assert!(error.detail().contains("ill") && error.detail().contains(words), "{error}");
    }
}

#[test]
fn a_panic_in_on_stop_or_drop_is_contained() {
    struct Bitter;
    impl Actor for Bitter {
        fn handlers(_: &mut Handlers<Self>) {}
    }
    impl Drop for Bitter {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let mut manager = Manager::new().unwrap();
    manager.manage("ill", Hooked(4)).unwrap();
    manager.manage("bitter", Bitter).unwrap();
    manager.start().unwrap();
    manager.stop().unwrap();
}

#[test]
fn an_endpoint_that_is_taken_is_an_error_in_words() {
    let first = node();
    let endpoint = first.endpoint().unwrap().to_owned();
    let config = sabir::Config::new().unwrap().bind(&endpoint).unwrap();
    let error = Manager::with_config(&config).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Bind);
    assert!(error.detail().contains(&endpoint), "{error}");
}

#[test]
fn beyond_loopback_needs_permission() {
    let config = sabir::Config::new().unwrap().bind("tcp://0.0.0.0:*").unwrap();
    let config = config.advertise("tcp://127.0.0.1:7001").unwrap();
    assert_eq!(Manager::with_config(&config).unwrap_err().code(), ErrorCode::Perm);
}

#[test]
fn a_dead_letter_closure_that_panics_is_contained() {
    let mut manager = Manager::new().unwrap();
    manager.on_dead_letter(|letter| panic!("{}", letter.reason)).unwrap();
    let clumsy = manager.manage("clumsy", Clumsy::default()).unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    clumsy.ask::<_, Number>(Fail { how: 1 }, PATIENCE).unwrap_err();
    let number: Number = mirror.ask(Number { value: 1 }, PATIENCE).unwrap();
    assert_eq!(number.value, 1);
}
