//! Actors of a group: a few threads for many actors, and everything else as with a thread of one's own.

mod support;

use std::collections::HashSet;
use std::thread::ThreadId;

use sabir::{Context, ErrorCode, Manager, Message, Options, define_message, handle_messages};
use support::{Mirror, Number, PATIENCE, Text};

/// Knows where it was handled, and that its numbers came in order.
#[derive(Default)]
struct Member {
    threads: HashSet<ThreadId>,
    last: i64,
}

#[derive(Message)]
struct Where;

struct Threads(HashSet<ThreadId>, i64);
define_message!(Threads);

impl Member {
    fn on_number(&mut self, number: &Number, _: &mut Context) {
        assert_eq!(number.value, self.last + 1, "in order");
        self.last = number.value;
        self.threads.insert(std::thread::current().id());
    }

    fn on_where(&mut self, _: &Where, _: &mut Context) -> Threads {
        Threads(self.threads.clone(), self.last)
    }
}

handle_messages!(Member, Number => on_number, Where => on_where);

#[test]
fn a_few_threads_handle_many_actors_each_in_order() {
    let mut manager = Manager::new().unwrap();
    let pool = manager.group("pool", 2).unwrap();
    assert_eq!(pool.workers(), 2);
    let members: Vec<_> =
        (0..50).map(|number| pool.manage(&format!("member{number}"), Member::default()).unwrap()).collect();
    manager.start().unwrap();
    for value in 1..=200 {
        for member in &members {
            member.tell(Number { value }).unwrap();
        }
    }
    let mut threads = HashSet::new();
    for member in &members {
        let Threads(its, last) = member.ask(Where, PATIENCE).unwrap();
        assert_eq!(last, 200);
        threads.extend(its);
    }
    assert!((1..=2).contains(&threads.len()), "{} threads", threads.len());
    assert_eq!(manager.snapshot().unwrap().dead_letters("failed").unwrap(), 0);
}

#[test]
fn a_member_is_called_asked_and_refused_like_any_other() {
    let mut manager = Manager::new().unwrap();
    let pool = manager.group("pool", 0).unwrap();
    assert!(pool.workers() >= 1);
    let mirror = pool.manage_with("mirror", Mirror, Options::new().capacity(10)).unwrap();
    assert_eq!(pool.manage("mirror", Mirror).unwrap_err().code(), ErrorCode::Exist);
    manager.start().unwrap();
    assert_eq!(mirror.fast_send::<_, Number>(&Number { value: 4 }).unwrap(), Some(Number { value: 4 }));
    let text: Text = mirror.ask(Text::new("asked"), PATIENCE).unwrap();
    assert_eq!(text.text, "asked");
    manager.stop().unwrap();
    assert_eq!(mirror.tell(Text::new("late")).unwrap_err().code(), ErrorCode::Closed);
}
