//! What the Rust peers share: arguments, a wrong result, the line for the driver.

use std::io::Write;
use std::time::Instant;

/// What travels: who sent it, and its number.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// The sender's index.
    pub from: i64,
    /// Counts from 0, so that the receiver sees that none is lost and none overtakes.
    pub number: i64,
}

/// The case and the count.
pub fn arguments() -> (String, i64) {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: PEER CASE COUNT";
    let case = arguments.next().expect(usage);
    (case, arguments.next().and_then(|count| count.parse().ok()).expect(usage))
}

/// A wrong result is no benchmark.
pub fn need(holds: bool, words: &str) {
    if !holds {
        eprintln!("{words}");
        std::process::exit(1);
    }
}

/// ns for each of `count`.
pub fn print_ns(count: i64, begin: Instant) {
    print("value", begin.elapsed().as_nanos() as f64 / count as f64, None);
}

/// Million a second.
pub fn print_rate(count: i64, begin: Instant) {
    print("value", count as f64 / begin.elapsed().as_secs_f64() / 1e6, None);
}

/// ns and resident bytes for each of `count`.
pub fn print_spawned(count: i64, begin: Instant, before_bytes: f64) {
    let ns = begin.elapsed().as_nanos() as f64 / count as f64;
    print("value", ns, Some(("bytes", (resident_bytes() - before_bytes) / count as f64)));
}

fn print(key: &str, value: f64, other: Option<(&str, f64)>) {
    match other {
        None => println!("{{\"{key}\": {value}}}"),
        Some((other_key, other)) => println!("{{\"{key}\": {value}, \"{other_key}\": {other}}}"),
    }
}

/// Of this process.
pub fn resident_bytes() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("/proc/self/statm");
    let pages: f64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("statm");
    pages * 4096.0
}

/// Say READY and stay until standard input ends.
pub fn idle() {
    println!("READY");
    std::io::stdout().flush().expect("stdout");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("stdin");
}

/// End at once: what still lies in mailboxes is nobody's business.
pub fn leave() -> ! {
    std::process::exit(0)
}
