//! Bare channels between two threads, without actors: the shapes of ping_pong.c and streaming.c.
//!
//!     channels LIBRARY-ping ROUNDS | LIBRARY-stream MESSAGES      LIBRARY: std, crossbeam, kanal, tokio

use std::thread;
use std::time::Instant;

use sabir_bench_peers::{Note, arguments, need, print_ns, print_rate};

const CAPACITY: usize = 65536;

/// The two sides of each library look alike; a macro spares a trait for four of them.
macro_rules! cases {
    ($ping:ident, $stream:ident, $bounded:expr, $send:ident, $receive:ident) => {
        fn $ping(rounds: i64) {
            let (to_pong, pong) = $bounded(16);
            let (to_ping, ping) = $bounded(16);
            let answering = thread::spawn(move || {
                #[allow(unused_mut)]
                let mut pong = pong;
                for _ in 0..rounds {
                    let note: Note = pong.$receive().unwrap();
                    to_ping.$send(note).unwrap();
                }
            });
            #[allow(unused_mut)]
            let mut ping = ping;
            let begin = Instant::now();
            for number in 0..rounds {
                to_pong.$send(Note { from: 0, number }).unwrap();
                need(ping.$receive().unwrap().number == number, "ping-pong: another number came");
            }
            print_ns(rounds, begin);
            answering.join().unwrap();
        }

        fn $stream(total: i64) {
            let (sender, receiver) = $bounded(CAPACITY);
            let begin = Instant::now();
            let receiving = thread::spawn(move || {
                #[allow(unused_mut)]
                let mut receiver = receiver;
                for number in 0..total {
                    let note: Note = receiver.$receive().unwrap();
                    need(note.number == number, "streaming: another number came");
                }
            });
            for number in 0..total {
                sender.$send(Note { from: 0, number }).unwrap();
            }
            receiving.join().unwrap();
            print_rate(total, begin);
        }
    };
}

cases!(ping_std, stream_std, std::sync::mpsc::sync_channel, send, recv);
cases!(ping_crossbeam, stream_crossbeam, crossbeam_channel::bounded, send, recv);
cases!(ping_kanal, stream_kanal, kanal::bounded, send, recv);
cases!(ping_tokio, stream_tokio, tokio::sync::mpsc::channel, blocking_send, blocking_recv);

fn main() {
    let (case, count) = arguments();
    match case.as_str() {
        "std-ping" => ping_std(count),
        "std-stream" => stream_std(count),
        "crossbeam-ping" => ping_crossbeam(count),
        "crossbeam-stream" => stream_crossbeam(count),
        "kanal-ping" => ping_kanal(count),
        "kanal-stream" => stream_kanal(count),
        "tokio-ping" => ping_tokio(count),
        "tokio-stream" => stream_tokio(count),
        _ => panic!("channels: no case {case}"),
    }
}
