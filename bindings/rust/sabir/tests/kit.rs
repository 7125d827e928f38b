//! The kit, the tap and subscribers, from Rust.
#![allow(missing_docs, reason = "these are tests")]

mod support;

use std::time::Duration;

use sabir::kit::{Kit, Probe};
use sabir::{
    Context, Continue, Down, ErrorCode, Failure, Json, LinkDown, Manager, Message, Reject, ReplyToken, Restart, Result,
    Set, Strategy, Subscribe, Subscribers, Timeout, Unsubscribe, handle_messages,
};
use support::{Mirror, Number, PATIENCE, Text};

const SECOND: Duration = Duration::from_secs(1);

/// Answers a second later.
#[derive(Default)]
struct Late {
    waiting: Option<ReplyToken>,
}

impl Late {
    fn on_number(&mut self, _: &Number, context: &mut Context) -> Result<()> {
        self.waiting = Some(context.reply_take()?);
        context.once(SECOND)?;
        Ok(())
    }

    fn on_timeout(&mut self, timeout: &Timeout, _: &mut Context) -> Result<()> {
        assert_eq!(timeout.missed, 0);
        self.waiting.take().expect("somebody waits").send(Number { value: 1 })?;
        Ok(())
    }
}

handle_messages!(Late, Number => on_number, Timeout => on_timeout);

#[test]
fn messages_are_handled_one_at_a_time() -> Result<()> {
    let kit = Kit::new()?;
    let mirror = kit.manage("mirror", Mirror)?;
    let mut client = kit.probe("client")?;
    kit.start()?;
    mirror.send(Number { value: 1 }, client.actor_ref())?;
    mirror.send(Number { value: 2 }, client.actor_ref())?;
    assert_eq!(client.count(), 0);
    assert_eq!(kit.step(1)?, 1);
    assert_eq!(client.count(), 1);
    assert_eq!(client.expect::<Number>()?.value, 1);
    assert_eq!(client.sender(), Some(&mirror));
    assert_eq!(client.expect::<Number>()?.value, 2);
    assert_eq!(kit.rest()?, 0);
    let reply: Number = mirror.ask(Number { value: 3 }, SECOND).expect("an answer");
    assert_eq!(reply.value, 3);
    assert_eq!(kit.find("client")?, client.actor_ref());
    Ok(())
}

#[test]
fn time_passes_when_it_is_told_to() -> Result<()> {
    let kit = Kit::new()?;
    let late = kit.manage("late", Late::default())?;
    let mut client = kit.probe("client")?;
    kit.start()?;
    late.send(Number { value: 7 }, client.actor_ref())?;
    kit.advance(Duration::from_millis(999))?;
    client.expect_none(Duration::ZERO)?;
    kit.advance(Duration::from_millis(1))?;
    assert_eq!(client.expect::<Number>()?.value, 1);
    late.send(Number { value: 7 }, client.actor_ref())?;
    client.expect_within::<Number>(5 * SECOND)?;
    assert_eq!(kit.now(), 2 * SECOND);
    Ok(())
}

/// Adds up; fails at what is less than nothing.
#[derive(Default)]
struct Total {
    sum: i64,
}

impl Total {
    fn on_number(&mut self, number: &Number, _: &mut Context) -> std::result::Result<Number, Failure> {
        if number.value < 0 {
            return Err("less than nothing".into());
        }
        self.sum += number.value;
        Ok(Number { value: self.sum })
    }
}

handle_messages!(Total, Number => on_number);

fn after_a_second() -> Restart {
    Restart { first_delay: SECOND, max_delay: 60 * SECOND, ..Restart::default() }
}

#[test]
fn a_restart_takes_the_kits_time_and_keeps_the_mailbox() -> Result<()> {
    let kit = Kit::new()?;
    let total = kit.manage_restarting("total", Total::default, after_a_second())?;
    let mut client = kit.probe("client")?;
    kit.start()?;
    for value in [5, -1, 7] {
        total.send(Number { value }, client.actor_ref())?;
    }
    assert_eq!(client.expect::<Number>()?.value, 5);
    kit.advance(SECOND - Duration::from_nanos(1))?;
    client.expect_none(Duration::ZERO)?;
    kit.advance(Duration::from_nanos(1))?;
    assert_eq!(client.expect::<Number>()?.value, 7); // of a fresh one
    total.tell(Number { value: -1 })?;
    total.send(Number { value: 1 }, client.actor_ref())?;
    assert_eq!(client.expect_within::<Number>(2 * SECOND)?.value, 1); // twice as long
    assert_eq!(kit.now(), 3 * SECOND);
    Ok(())
}

#[test]
fn one_restart_too_many_within_the_kits_time_is_the_end() -> Result<()> {
    let kit = Kit::new()?;
    let total = kit.manage_restarting("total", Total::default, Restart { limit: Some(1), ..after_a_second() })?;
    kit.start()?;
    for _ in 0..2 {
        total.tell(Number { value: -1 })?;
        kit.advance(11 * SECOND)?; // one within ten seconds is not too many
    }
    total.tell(Number { value: -1 })?;
    kit.advance(5 * SECOND)?;
    total.tell(Number { value: -1 })?;
    kit.rest()?;
    let error = total.tell(Number { value: 1 }).expect_err("it has ended");
    assert_eq!(error.code(), ErrorCode::Closed);
    Ok(())
}

#[test]
fn a_supervisor_restarts_its_members_in_the_kits_time() -> Result<()> {
    let kit = Kit::new()?;
    let both = kit.supervisor("both", Strategy::AllForOne, after_a_second())?;
    let left = both.manage("left", Total::default)?;
    let right = both.manage("right", Total::default)?;
    let mut client = kit.probe("client")?;
    kit.start()?;
    right.send(Number { value: 5 }, client.actor_ref())?;
    assert_eq!(client.expect::<Number>()?.value, 5);
    left.tell(Number { value: -1 })?;
    kit.advance(SECOND)?;
    right.send(Number { value: 1 }, client.actor_ref())?;
    assert_eq!(client.expect::<Number>()?.value, 1);
    Ok(())
}

#[test]
fn a_probe_says_what_came_instead() -> Result<()> {
    let kit = Kit::new()?;
    let mut probe = kit.probe("probe")?;
    let to = probe.actor_ref();
    assert_eq!(probe.expect::<Number>().unwrap_err().code(), ErrorCode::TimedOut);
    to.send(Text::new("a"), &to)?;
    let error = probe.expect::<Number>().unwrap_err();
    assert_eq!(error.code(), ErrorCode::Mismatch);
    assert!(error.detail().contains("but got 'Text' {\"text\":\"a\""), "{error}");
    to.tell(Text::new("b"))?;
    to.tell(Number { value: 1 })?;
    probe.expect_order(&[Text::message_type()?, Number::message_type()?])?;
    to.tell(Text::new("c"))?;
    to.tell(Number { value: 2 })?;
    assert_eq!(probe.fish::<Number>()?.value, 2);
    to.tell(Number { value: 3 })?;
    assert_eq!(probe.expect_none(SECOND).unwrap_err().code(), ErrorCode::Mismatch);
    assert_eq!(kit.probe("probe").unwrap_err().code(), ErrorCode::Exist);
    drop(probe);
    assert_eq!(to.tell(Number { value: 4 }).unwrap_err().error.code(), ErrorCode::Closed);
    Ok(())
}

#[test]
fn in_a_manager_with_threads_a_probe_waits() -> Result<()> {
    let mut manager = Manager::new()?;
    let mirror = manager.manage("mirror", Mirror)?;
    manager.start()?;
    let mut client = Probe::new(&manager, "client", PATIENCE)?;
    mirror.send(Number { value: 4 }, client.actor_ref())?;
    assert_eq!(client.expect::<Number>()?.value, 4);
    Ok(())
}

#[test]
fn a_tap_sees_what_passes_and_a_table_shows_what_is() -> Result<()> {
    let kit = Kit::new()?;
    let mirror = kit.manage("zähler", Mirror)?;
    let client = kit.probe("client")?;
    kit.start()?;
    let mut tap = kit.tap("*", "*", "Num*", 8)?;
    let mut small = kit.tap("client", "z*", "*", 2)?;
    for value in 0..3 {
        mirror.send(Number { value }, client.actor_ref())?;
    }
    assert_eq!(small.missed(), 1);
    kit.rest()?;
    let seen = tap.next(Duration::ZERO)?.expect("the first");
    assert_eq!((seen.from.as_str(), seen.to.as_str()), ("client", "zähler"));
    assert_eq!((seen.type_name.as_str(), seen.outcome.as_str()), ("Number", "sent"));
    assert_eq!(seen.json, r#"{"value":0}"#);
    let mut count = 1;
    while tap.next(Duration::ZERO)?.is_some() {
        count += 1;
    }
    assert_eq!(count, 6);
    assert!(small.next(Duration::ZERO)?.is_some());
    let table = kit.snapshot()?.table()?;
    assert!(table.contains("\nzähler       0         3     3"), "{table}");
    Ok(())
}

struct Ticker {
    subscribers: Subscribers,
}

impl Ticker {
    fn on_subscribe(&mut self, subscribe: &Subscribe, context: &mut Context) -> Result<()> {
        self.subscribers.on_subscribe(subscribe, context)
    }

    fn on_unsubscribe(&mut self, unsubscribe: &Unsubscribe, context: &mut Context) -> Result<()> {
        self.subscribers.on_unsubscribe(unsubscribe, context)
    }

    fn on_number(&mut self, number: &Number, context: &mut Context) -> Result<Text> {
        let topic = if number.value % 2 == 0 { Some("even") } else { None };
        let reached = self.subscribers.publish(number, topic, context)?;
        Ok(Text::new(&format!("{reached} of {}", self.subscribers.len())))
    }

    fn on_down(&mut self, down: &Down, _: &mut Context) -> Result<()> {
        self.subscribers.on_down(down)
    }

    /// How many there are; nothing is published.
    fn on_text(&mut self, _: &Text, _: &mut Context) -> Text {
        Text::new(&self.subscribers.len().to_string())
    }
}

handle_messages!(Ticker,
    Subscribe => on_subscribe,
    Unsubscribe => on_unsubscribe,
    Down => on_down,
    Number => on_number,
    Text => on_text,
);

#[test]
fn subscribers_are_told_of_their_topic_and_dropped_when_they_have_gone() -> Result<()> {
    let kit = Kit::new()?;
    let ticker = kit.manage("ticker", Ticker { subscribers: Subscribers::new()? })?;
    let (mut even, mut every, gone) = (kit.probe("even")?, kit.probe("every")?, kit.probe("gone")?);
    let mut source = kit.probe("source")?;
    kit.start()?;
    ticker.send(Subscribe { topic: Some("even".into()) }, even.actor_ref())?;
    ticker.send(Subscribe::default(), every.actor_ref())?;
    ticker.send(Subscribe::default(), gone.actor_ref())?;
    ticker.send(Number { value: 1 }, source.actor_ref())?;
    ticker.send(Number { value: 2 }, source.actor_ref())?;
    assert_eq!(source.expect::<Text>()?.text, "2 of 3");
    assert_eq!(source.expect::<Text>()?.text, "3 of 3");
    assert_eq!(even.expect::<Number>()?.value, 2);
    assert_eq!(even.sender(), Some(&ticker));
    assert_eq!(every.expect::<Number>()?.value, 1);
    assert_eq!(every.expect::<Number>()?.value, 2);
    even.expect_none(Duration::ZERO)?;
    drop(gone);
    kit.rest()?;
    ticker.send(Text::new("how many"), source.actor_ref())?;
    assert_eq!(source.expect::<Text>()?.text, "2");
    ticker.send(Unsubscribe { topic: Some("even".into()) }, even.actor_ref())?;
    ticker.send(Number { value: 4 }, source.actor_ref())?;
    assert_eq!(source.expect::<Text>()?.text, "1 of 1");
    every.expect::<Number>()?;
    even.expect_none(Duration::ZERO)
}

#[test]
fn subscribers_at_another_node_go_with_its_link_or_its_reject() -> Result<()> {
    let kit = Kit::new()?;
    let mut subscribers = Subscribers::new()?;
    let one = kit.remote("one", "tcp://127.0.0.1:7001")?;
    subscribers.add(&one, None)?;
    subscribers.add(&kit.remote("two", "tcp://127.0.0.1:7001")?, None)?;
    let mut reject = Reject { target: "one".into(), rejected_by: "tcp://127.0.0.1:7001".into(), ..Reject::default() };
    reject.code = "mailbox_full".into();
    subscribers.on_reject(&reject)?;
    assert_eq!(subscribers.len(), 2);
    reject.code = "stopped".into();
    subscribers.on_reject(&reject)?;
    assert_eq!(subscribers.len(), 1);
    subscribers.on_link_down(&LinkDown { endpoint: "tcp://127.0.0.1:7001".into(), sent: 0, maybe_lost: 0 });
    assert!(subscribers.is_empty());
    assert!(!subscribers.remove(&one, None));
    Ok(())
}

/// Works until `left` is 0, and can be told another number meanwhile.
struct Miner {
    left: i64,
    story: String,
    told: sabir::ActorRef,
}

impl Miner {
    fn on_continue(&mut self, _: &Continue, context: &mut Context) -> Result<()> {
        self.story.push('m');
        self.left -= 1;
        if self.left > 0 {
            let own = context.self_ref();
            context.send(&own, Continue)?;
        } else {
            let story = Text::new(&self.story);
            context.send(&self.told, story)?;
        }
        Ok(())
    }

    fn on_set(&mut self, set: &Set, _: &mut Context) {
        self.story.push_str(&set.name);
        self.left = set.value.as_str().parse().expect("a number");
    }
}

handle_messages!(Miner, Continue => on_continue, Set => on_set);

#[test]
fn long_work_is_continued_between_other_messages() -> Result<()> {
    let kit = Kit::new()?;
    let mut told = kit.probe("told")?;
    let miner = kit.manage("miner", Miner { left: 2, story: String::new(), told: told.actor_ref() })?;
    kit.start()?;
    miner.tell(Continue)?;
    miner.tell(Set { name: "left".into(), value: Json::new("3")? })?;
    assert_eq!(told.expect::<Text>()?.text, "mleftmmm");
    Ok(())
}
