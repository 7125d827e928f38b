//! Replies: returned, sent, taken away and sent later, given up; asked for and not.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use sabir::{
    ActorRef, AskError, Context, ErrorCode, Failure, Manager, Message, ReplyToken, SendError, Start, define_message,
    handle_messages,
};
use support::{Mirror, Number, PATIENCE, Text, node};

#[derive(Message)]
struct Halve {
    value: i64,
}

#[derive(Message)]
struct Twice;

#[derive(Message)]
struct Later;

#[derive(Message)]
struct Forget;

#[derive(Message)]
struct Nothing;

struct Clerk(mpsc::Sender<ReplyToken>);

impl Clerk {
    fn on_halve(&mut self, halve: &Halve, _: &mut Context) -> Result<Number, String> {
        if halve.value % 2 != 0 {
            return Err(format!("{} is odd", halve.value));
        }
        Ok(Number { value: halve.value / 2 })
    }

    fn on_twice(&mut self, _: &Twice, context: &mut Context) -> Result<(), Failure> {
        context.reply(Number { value: 1 })?;
        let again = context.reply(Number { value: 2 }).unwrap_err();
        assert_eq!((again.code(), again.message.value), (ErrorCode::NoEnt, 2));
        Ok(())
    }

    fn on_later(&mut self, _: &Later, context: &mut Context) -> sabir::Result<()> {
        self.0.send(context.reply_take()?).expect("the test listens");
        assert_eq!(context.reply_take().unwrap_err().code(), ErrorCode::NoEnt);
        Ok(())
    }

    fn on_forget(&mut self, _: &Forget, context: &mut Context) -> sabir::Result<()> {
        drop(context.reply_take()?);
        Ok(())
    }

    fn on_nothing(&mut self, _: &Nothing, _: &mut Context) -> Option<Number> {
        None
    }
}

handle_messages!(Clerk, Halve => on_halve, Twice => on_twice, Later => on_later, Forget => on_forget, Nothing => on_nothing);

/// The clerk in this process and seen from another node, under one set of questions.
fn for_both(questions: impl Fn(&ActorRef, &mpsc::Receiver<ReplyToken>)) {
    let mut far = node();
    let (sender, tokens) = mpsc::channel();
    let local = far.manage("clerk", Clerk(sender)).unwrap();
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    let remote = near.remote("clerk", far.endpoint().unwrap()).unwrap();
    questions(&local, &tokens);
    questions(&remote, &tokens);
}

fn ask<Req: Message>(clerk: &ActorRef, request: Req) -> Result<i64, AskError> {
    clerk.ask::<Req, Number>(request, PATIENCE).map(|number| number.value)
}

fn reject_code(failed: &AskError) -> &str {
    assert_eq!(failed.code(), ErrorCode::Rejected, "{failed}");
    &failed.reject.as_ref().expect("the Reject comes with it").code
}

#[test]
fn a_returned_reply_answers_and_an_error_is_a_reject() {
    for_both(|clerk, _| {
        assert_eq!(ask(clerk, Halve { value: 42 }).unwrap(), 21);
        let failed = ask(clerk, Halve { value: 7 }).unwrap_err();
        assert_eq!(reject_code(&failed), "failed");
        assert_eq!(ask(clerk, Halve { value: 8 }).unwrap(), 4, "the actor goes on");
    });
}

#[test]
fn the_first_reply_is_the_reply() {
    for_both(|clerk, _| assert_eq!(ask(clerk, Twice).unwrap(), 1));
}

#[test]
fn a_token_answers_later_from_another_thread() {
    for_both(|clerk, tokens| {
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| ask(clerk, Later).unwrap());
            let token = tokens.recv_timeout(PATIENCE).unwrap();
            token.send(Number { value: 5 }).unwrap();
            assert_eq!(asking.join().unwrap(), 5);
        });
    });
}

#[test]
fn a_token_given_up_is_a_reject() {
    for_both(|clerk, _| assert_eq!(reject_code(&ask(clerk, Forget).unwrap_err()), "failed"));
}

#[test]
fn a_type_that_the_actor_does_not_know() {
    let mut far = node();
    far.manage("mirror", Mirror).unwrap();
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    let mirror = near.remote("mirror", far.endpoint().unwrap()).unwrap();
    let failed = mirror.ask::<_, Number>(Twice, PATIENCE).unwrap_err();
    assert_eq!(reject_code(&failed), "unknown_type");
    let nobody = near.remote("nobody", far.endpoint().unwrap()).unwrap();
    let failed = nobody.ask::<_, Number>(Twice, PATIENCE).unwrap_err();
    assert_eq!(reject_code(&failed), "unknown_target");
    assert_eq!(failed.reject.unwrap().target, "nobody");
}

#[test]
fn without_an_answer_the_time_is_up() {
    for_both(|clerk, _| {
        let failed = clerk.ask::<_, Number>(Later, Duration::from_millis(30)).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::TimedOut);
    });
}

#[test]
fn an_answer_of_another_type_is_a_mismatch() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    let failed = mirror.ask::<_, Number>(Text::new("not a number"), PATIENCE).unwrap_err();
    assert_eq!(failed.code(), ErrorCode::Mismatch);
    let text: Text = mirror.ask(Text::new("a text"), PATIENCE).unwrap();
    assert_eq!(text.text, "a text");
}

#[test]
fn an_ask_need_not_wait() {
    for_both(|clerk, _| {
        let (sender, outcomes) = mpsc::channel();
        for value in [10, 11] {
            let sender = sender.clone();
            clerk
                .ask_then(Halve { value }, PATIENCE, move |outcome: Result<Number, AskError>| {
                    sender.send(outcome.map(|number| number.value).map_err(|failed| failed.code())).unwrap();
                })
                .unwrap();
        }
        let mut got = [outcomes.recv_timeout(PATIENCE).unwrap(), outcomes.recv_timeout(PATIENCE).unwrap()];
        got.sort_by_key(Result::is_err);
        assert_eq!(got, [Ok(5), Err(ErrorCode::Rejected)]);
    });
}

/// Whoever sends as an actor gets the reply as a message.
struct Client {
    mirror: ActorRef,
    got: mpsc::Sender<(Text, String)>,
}

impl Client {
    fn on_start(&mut self, _: &Start, context: &mut Context) -> Result<(), SendError<Text>> {
        context.send(&self.mirror, Text::new("by context"))?;
        self.mirror.send(Text::new("by ref"), context.self_ref())
    }

    fn on_text(&mut self, text: &Text, context: &mut Context) {
        let sender = context.sender().expect("a reply names its sender");
        self.got.send((text.clone(), sender.name().to_owned())).expect("the test listens");
    }
}

handle_messages!(Client, Start => on_start, Text => on_text);

#[test]
fn a_reply_comes_to_the_actor_that_is_named_as_the_sender() {
    let mut far = node();
    far.manage("mirror", Mirror).unwrap();
    far.start().unwrap();
    let mut near = node();
    let local = near.manage("mirror", Mirror).unwrap();
    let remote = near.remote("mirror", far.endpoint().unwrap()).unwrap();
    let (got, received) = mpsc::channel();
    near.manage("a", Client { mirror: local, got: got.clone() }).unwrap();
    near.manage("b", Client { mirror: remote, got }).unwrap();
    near.start().unwrap();
    let mut texts: Vec<_> = (0..4).map(|_| received.recv_timeout(PATIENCE).unwrap()).collect();
    assert!(texts.iter().all(|(_, sender)| sender == "mirror"));
    texts.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
    let texts: Vec<_> = texts.into_iter().map(|(text, _)| text.text).collect();
    assert_eq!(texts, ["by context", "by context", "by ref", "by ref"]);
}

/// A reply that only Rust knows.
struct Shared(std::sync::Arc<str>);
define_message!(Shared);

struct Library(std::sync::Arc<str>);

impl Library {
    fn on_twice(&mut self, _: &Twice, _: &mut Context) -> Shared {
        Shared(self.0.clone())
    }
}

handle_messages!(Library, Twice => on_twice);

#[test]
fn a_reply_that_only_rust_knows_comes_back_as_it_is() {
    let mut manager = Manager::new().unwrap();
    let text: std::sync::Arc<str> = "one text, shared".into();
    let library = manager.manage("library", Library(text.clone())).unwrap();
    manager.start().unwrap();
    let asked: Shared = library.ask(Twice, PATIENCE).unwrap();
    let called: Shared = library.fast_send(&Twice).unwrap().unwrap();
    assert!([asked, called].iter().all(|shared| std::sync::Arc::ptr_eq(&shared.0, &text)));
}

#[test]
fn a_reply_that_only_rust_knows_does_not_leave_the_process() {
    let mut far = node();
    far.manage("library", Library("here".into())).unwrap();
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    let library = near.remote("library", far.endpoint().unwrap()).unwrap();
    let failed = library.ask::<_, Number>(Twice, PATIENCE).unwrap_err();
    assert_eq!(reject_code(&failed), "failed");
}
