//! word_count [FILE...]: counts the words of files, or of standard input.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use sabir::{ActorRef, Context, Manager, Message, Options, handle_messages};

#[derive(Message)]
struct Line {
    text: String,
}

#[derive(Message)]
struct Report;

#[derive(Message)]
struct Counts {
    counts: HashMap<String, i64>,
}

#[derive(Default)]
struct WordCounter {
    counts: HashMap<String, i64>,
}

impl WordCounter {
    fn on_line(&mut self, line: &Line, _: &mut Context) {
        let is_space = |letter| matches!(letter, ' ' | '\t'..='\r');
        for word in line.text.split(is_space).filter(|word| !word.is_empty()) {
            *self.counts.entry(word.to_owned()).or_default() += 1;
        }
    }

    fn on_report(&mut self, _: &Report, _: &mut Context) -> Counts {
        Counts { counts: self.counts.clone() }
    }
}

handle_messages!(WordCounter, Line => on_line, Report => on_report);

fn read(input: impl BufRead, counter: &ActorRef) -> Result<(), Box<dyn Error>> {
    for text in input.lines() {
        counter.tell(Line { text: text? })?;
    }
    Ok(())
}

fn count(paths: &[OsString]) -> Result<HashMap<String, i64>, Box<dyn Error>> {
    let mut manager = Manager::new()?;
    // Reading is faster than counting: an unbounded mailbox takes what a bounded one would refuse.
    let counter = manager.manage_with("counter", WordCounter::default(), Options::new().capacity(0))?;
    manager.start()?;
    if paths.is_empty() {
        read(io::stdin().lock(), &counter)?;
    }
    for path in paths {
        let name = Path::new(path).display();
        let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
        read(BufReader::new(file), &counter).map_err(|error| format!("{name}: {error}"))?;
    }
    let report: Counts = counter.ask(Report, Duration::from_secs(600))?;
    Ok(report.counts)
}

fn main() -> ExitCode {
    let paths: Vec<OsString> = env::args_os().skip(1).collect();
    match count(&paths) {
        Ok(counts) => {
            let mut sorted: Vec<_> = counts.into_iter().collect();
            sorted.sort_by(|(word_a, a), (word_b, b)| b.cmp(a).then_with(|| word_a.cmp(word_b)));
            for (word, number) in sorted {
                println!("{number} {word}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("word_count: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use sabir::Result;
    use sabir::kit::Kit;

    use super::{Counts, Line, Report, WordCounter};

    #[test]
    fn words_are_what_stands_between_blanks() -> Result<()> {
        let kit = Kit::new()?;
        let counter = kit.manage("counter", WordCounter::default())?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        for text in ["b a\tb\n", "\n", " ä b\r\n"] {
            counter.tell(Line { text: text.to_owned() })?;
        }
        counter.send(Report, client.actor_ref())?;
        let counts = [("b", 3), ("a", 1), ("ä", 1)].map(|(word, count)| (word.to_owned(), count));
        assert_eq!(client.expect::<Counts>()?.counts, counts.into());
        Ok(())
    }
}
