//! Four workers write to one logger: lines of one worker stay in order, and none is lost at the end.

use std::time::Duration;

use sabir::{ActorRef, Context, Manager, Message, Result, handle_messages};

#[derive(Message)]
struct Work {
    lines: i64,
}

#[derive(Message)]
struct Log {
    text: String,
}

#[derive(Message)]
struct Dump;

#[derive(Message)]
struct Lines {
    lines: Vec<String>,
}

#[derive(Default)]
struct Logger {
    lines: Vec<String>,
}

impl Logger {
    fn on_log(&mut self, log: &Log, _: &mut Context) {
        self.lines.push(log.text.clone());
    }

    fn on_dump(&mut self, _: &Dump, _: &mut Context) -> Lines {
        Lines { lines: self.lines.clone() }
    }
}

handle_messages!(Logger, Log => on_log, Dump => on_dump);

struct Worker {
    number: usize,
    logger: ActorRef,
}

impl Worker {
    fn on_work(&mut self, work: &Work, context: &mut Context) -> Result<()> {
        for line in 1..=work.lines {
            context.send(&self.logger, Log { text: format!("worker {} line {line}", self.number) })?;
        }
        Ok(())
    }
}

handle_messages!(Worker, Work => on_work);

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut manager = Manager::new()?;
    let logger = manager.manage("logger", Logger::default())?;
    let workers = (1..=4)
        .map(|number| manager.manage(&format!("worker{number}"), Worker { number, logger: logger.clone() }))
        .collect::<Result<Vec<_>>>()?;
    manager.start()?;
    for worker in &workers {
        worker.tell(Work { lines: 5 })?;
    }
    for worker in &workers {
        manager.stop_actor(worker)?; // each handles its mail first
    }
    let mut dump: Lines = logger.ask(Dump, Duration::from_secs(10))?;
    dump.lines.sort();
    for line in dump.lines {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sabir::Result;
    use sabir::kit::Kit;

    use super::{Dump, Lines, Log, Logger, Work, Worker};

    #[test]
    fn a_logger_keeps_lines_as_they_come() -> Result<()> {
        let kit = Kit::new()?;
        let logger = kit.manage("logger", Logger::default())?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        for text in ["one", "two"] {
            logger.tell(Log { text: text.to_owned() })?;
        }
        logger.send(Dump, client.actor_ref())?;
        assert_eq!(client.expect::<Lines>()?.lines, ["one", "two"]);
        Ok(())
    }

    #[test]
    fn a_worker_writes_its_lines_in_order() -> Result<()> {
        let kit = Kit::new()?;
        let mut logger = kit.probe("logger")?;
        let worker = kit.manage("worker", Worker { number: 2, logger: logger.actor_ref() })?;
        kit.start()?;
        worker.tell(Work { lines: 2 })?;
        assert_eq!(logger.expect::<Log>()?.text, "worker 2 line 1");
        assert_eq!(logger.expect::<Log>()?.text, "worker 2 line 2");
        logger.expect_none(std::time::Duration::ZERO)
    }
}
