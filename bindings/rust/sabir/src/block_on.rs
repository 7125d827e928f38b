//! Runs the future of an `async` handler to its end on the thread that has the actor, which sleeps while it waits.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Polling, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Wakes the thread that it was made on.
struct Unpark {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Release: what was done before the wake-up is seen by the poll after it.
        if !self.is_woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}

/// Poll `future` until it is ready; `about_to_wait` is called each time before the thread sleeps.
pub(crate) fn block_on<F: Future>(future: F, about_to_wait: impl Fn()) -> F::Output {
    let mut future = pin!(future);
    let mut polling = Polling::from_waker(Waker::noop());
    // Most handlers that are ready at once need no waker that wakes.
    if let Poll::Ready(output) = future.as_mut().poll(&mut polling) {
        return output;
    }
    let unpark = Arc::new(Unpark { thread: thread::current(), is_woken: AtomicBool::new(true) });
    let waker = Waker::from(unpark.clone());
    polling = Polling::from_waker(&waker);
    loop {
        // Who else unparks this thread wakes it in vain: the flag decides.
        while !unpark.is_woken.swap(false, Ordering::Acquire) {
            about_to_wait();
            thread::park();
        }
        if let Poll::Ready(output) = future.as_mut().poll(&mut polling) {
            return output;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::sync::mpsc;

    /// Ready at the third poll; another thread wakes it each time.
    struct Thrice {
        polls: u32,
        wakers: mpsc::Sender<Waker>,
    }

    impl Future for Thrice {
        type Output = u32;

        fn poll(mut self: std::pin::Pin<&mut Self>, polling: &mut Polling<'_>) -> Poll<u32> {
            self.polls += 1;
            if self.polls == 4 {
                return Poll::Ready(self.polls);
            }
            self.wakers.send(polling.waker().clone()).expect("the other thread listens");
            Poll::Pending
        }
    }

    #[test]
    fn it_sleeps_until_it_is_woken() {
        let (wakers, woken) = mpsc::channel::<Waker>();
        let waking = thread::spawn(move || woken.into_iter().for_each(Waker::wake));
        let waits = Cell::new(0);
        assert_eq!(block_on(Thrice { polls: 0, wakers }, || waits.set(waits.get() + 1)), 4);
        waking.join().expect("every waker wakes");
    }

    #[test]
    fn what_is_ready_does_not_wait() {
        assert_eq!(block_on(async { 7 }, || panic!("it waits")), 7);
    }

    #[test]
    fn an_unpark_of_somebody_else_is_no_wake_up() {
        thread::current().unpark();
        let (wakers, woken) = mpsc::channel::<Waker>();
        let waking = thread::spawn(move || woken.into_iter().for_each(Waker::wake));
        assert_eq!(block_on(Thrice { polls: 0, wakers }, || {}), 4);
        waking.join().expect("every waker wakes");
    }
}
