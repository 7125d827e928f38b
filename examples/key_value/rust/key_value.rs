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

#[cfg(test)]
mod tests {
    use sabir::kit::Kit;
    use sabir::{ErrorCode, Result};

    use super::{Delete, Dump, Get, Pairs, Set, Stop, Stopped, Store, Value};

    fn set(key: &str, value: &str) -> Set {
        Set { key: key.into(), value: value.into() }
    }

    #[test]
    fn a_store_keeps_the_last_value_of_each_key() -> Result<()> {
        let kit = Kit::new()?;
        let store = kit.manage("store", Store::default())?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        for message in [set("a", "1"), set("b", "2"), set("a", "3")] {
            store.tell(message)?;
        }
        store.send(Get { key: "a".into() }, client.actor_ref())?;
        store.tell(Delete { key: "b".into() })?;
        store.send(Get { key: "b".into() }, client.actor_ref())?;
        store.send(Dump, client.actor_ref())?;
        assert_eq!(client.expect::<Value>()?.value.as_deref(), Some("3"));
        assert_eq!(client.expect::<Value>()?.value, None);
        assert_eq!(client.expect::<Pairs>()?.pairs, [("a".to_owned(), "3".to_owned())].into());
        Ok(())
    }

    #[test]
    fn a_store_that_has_stopped_takes_nothing_more() -> Result<()> {
        let kit = Kit::new()?;
        let store = kit.manage("store", Store::default())?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        store.send(Stop, client.actor_ref())?;
        client.expect::<Stopped>()?;
        kit.rest()?;
        let error = store.tell(Dump).expect_err("it has stopped");
        assert_eq!(error.code(), ErrorCode::Closed);
        Ok(())
    }
}
