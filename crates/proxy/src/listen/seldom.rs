//! Something that is waited for all the time and comes at most once, beside something that is polled for every packet.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Polls `future` only after it has called: the end of the program is waited for by every connection, and to ask for it each
/// time a connection moves takes two locks.
pub(super) struct Seldom<F> {
    future: Pin<Box<F>>,
    bell: Arc<Bell>,
    waker: Waker,
}

struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl<F: Future> Seldom<F> {
    pub(super) fn new(future: F) -> Self {
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), task: AtomicWaker::new() });
        Self { future: Box::pin(future), waker: bell.clone().into(), bell }
    }
}

impl<F: Future> Future for Seldom<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        // First the waker, then the look: who rings in between wakes the new one.
        this.bell.task.register(cx.waker());
        if !this.bell.rung.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        this.future.as_mut().poll(&mut Context::from_waker(&this.waker))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::poll_fn;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn future_is_polled_once_and_again_when_it_called() {
        let (token, polls) = (CancellationToken::new(), Cell::new(0));
        let mut cancelled = Box::pin(token.cancelled());
        let mut seldom = Seldom::new(poll_fn(|cx| {
            polls.set(polls.get() + 1);
            cancelled.as_mut().poll(cx)
        }));
        for _ in 0..3 {
            assert!(poll_fn(|cx| Poll::Ready(Pin::new(&mut seldom).poll(cx).is_pending())).await);
        }
        assert_eq!(polls.get(), 1);
        token.cancel();
        seldom.await;
        assert_eq!(polls.get(), 2);
    }

    #[tokio::test]
    async fn whoever_polled_last_is_woken() {
        let token = CancellationToken::new();
        let mut seldom = Seldom::new(token.clone().cancelled_owned());
        assert!(poll_fn(|cx| Poll::Ready(Pin::new(&mut seldom).poll(cx).is_pending())).await);
        tokio::join!(seldom, async { token.cancel() });
    }
}
