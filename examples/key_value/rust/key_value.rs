//! A key-value store: some messages are only told, others are asked and answered.

use std::collections::BTreeMap;
use std::time::Duration;

use sabir::{ActorRef, AskError, Context, Manager, Message, handle_messages};

#[derive(Message)]
struct Set {
    key: String,
    value: String,
}

#[derive(Message)]
struct Get {
    key: String,
}

#[derive(Message)]
struct Value {
    value: Option<String>,
}

#[derive(Message)]
struct Delete {
    key: String,
}

#[derive(Message)]
struct Dump;

#[derive(Message)]
struct Pairs {
    pairs: BTreeMap<String, String>,
}

#[derive(Message)]
struct Stop;

#[derive(Message)]
struct Stopped;

#[derive(Default)]
struct Store {
    pairs: BTreeMap<String, String>,
}

impl Store {
    fn on_set(&mut self, set: &Set, _: &mut Context) {
        self.pairs.insert(set.key.clone(), set.value.clone());
    }

    fn on_get(&mut self, get: &Get, _: &mut Context) -> Value {
        Value { value: self.pairs.get(&get.key).cloned() }
    }

    fn on_delete(&mut self, delete: &Delete, _: &mut Context) {
        self.pairs.remove(&delete.key);
    }

    fn on_dump(&mut self, _: &Dump, _: &mut Context) -> Pairs {
        Pairs { pairs: self.pairs.clone() }
    }

    fn on_stop(&mut self, _: &Stop, context: &mut Context) -> Stopped {
        context.stop();
        Stopped
    }
}

handle_messages!(Store,
    Set => on_set,
    Get => on_get,
    Delete => on_delete,
    Dump => on_dump,
    Stop => on_stop,
);

const PATIENCE: Duration = Duration::from_secs(10);

fn get(store: &ActorRef, key: &str) -> Result<String, AskError> {
    let found: Value = store.ask(Get { key: key.into() }, PATIENCE)?;
    Ok(found.value.unwrap_or("none".into()))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut manager = Manager::new()?;
    let store = manager.manage("store", Store::default())?;
    manager.start()?;
    store.tell(Set { key: "a".into(), value: "1".into() })?;
    store.tell(Set { key: "b".into(), value: "2".into() })?;
    println!("{}", get(&store, "a")?);
    store.tell(Delete { key: "a".into() })?;
    println!("{}", get(&store, "a")?);
    let dump: Pairs = store.ask(Dump, PATIENCE)?;
    for (key, value) in dump.pairs {
        println!("{key}={value}");
    }
    store.ask::<_, Stopped>(Stop, PATIENCE)?;
    println!("stopped");
    Ok(())
}
