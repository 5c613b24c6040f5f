//! Waiting for room on a full disk: what is finished stays in memory meanwhile, and trials under way go on.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::Observer;
use crate::store::StoreError;

/// The longest that a run waits for room, and the pause between two attempts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the first attempt that failed.
    pub longest: Duration,
    pub pause: Duration,
}

/// Ten minutes, or as many seconds as `LONGLAG_WAIT_FOR_ROOM` says.
impl Default for Patience {
    fn default() -> Self {
        let told = std::env::var(WAIT_FOR_ROOM).ok().and_then(|seconds| seconds.parse().ok());
        Self { longest: Duration::from_secs(told.unwrap_or(600)), pause: Duration::from_secs(1) }
    }
}

/// The environment's variable by which a run waits another time for room.
const WAIT_FOR_ROOM: &str = "LONGLAG_WAIT_FOR_ROOM";

/// The attempts of one run: once it has waited in vain, it waits no more.
#[derive(Debug)]
pub(super) struct Waiting {
    patience: Patience,
    until: Option<Instant>,
}

impl Waiting {
    pub fn new(patience: Patience) -> Self {
        Self { patience, until: None }
    }

    /// Does `attempt` until it succeeds, waiting where it fails for want of room, and until `stop` is set.
    ///
    /// # Errors
    ///
    /// Any other error of `attempt` at once; that of room when the time is over.
    pub fn until_done<R>(
        &mut self,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
        mut attempt: impl FnMut() -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let mut told = false;
        loop {
            let error = match attempt() {
                Ok(done) => {
                    if told {
                        observer.notice("there is room again: the run goes on");
                        self.until = None;
                    }
                    return Ok(done);
                }
                Err(error) if error.is_for_want_of_room() => error,
                Err(error) => return Err(error),
            };
            let now = Instant::now();
            let until = *self.until.get_or_insert(now + self.patience.longest);
            if now >= until || stop.load(Ordering::Relaxed) {
                return Err(error);
            }
            if !told {
                let seconds = self.patience.longest.as_secs();
                observer.notice(&format!(
                    "{error}; nothing is lost: trials go on, and the run waits for room, {seconds} s at most"
                ));
                told = true;
            }
            std::thread::sleep(self.patience.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn full() -> StoreError {
        StoreError::Io { action: "append to", path: "journal.bin".into(), source: io::ErrorKind::StorageFull.into() }
    }

    #[derive(Default)]
    struct Notices(Vec<String>);

    impl Observer for Notices {
        fn notice(&mut self, text: &str) {
            self.0.push(text.to_owned());
        }
    }

    #[test]
    fn a_full_disk_is_waited_for_and_told_of_once() {
        let patience = Patience { longest: Duration::from_secs(60), pause: Duration::ZERO };
        let (mut waiting, mut notices, stop) = (Waiting::new(patience), Notices::default(), AtomicBool::new(false));
        let mut left = 3;
        let done = waiting.until_done(&stop, &mut notices, || {
            left -= 1;
            if left > 0 { Err(full()) } else { Ok(left) }
        });
        assert_eq!(done.unwrap(), 0);
        assert_eq!(notices.0.len(), 2, "{:?}", notices.0);
        assert!(notices.0[0].contains("cannot append to `journal.bin`") && notices.0[1].contains("room again"));
        // Another error is no matter of room.
        let other = || Err::<(), _>(StoreError::Gone { path: "x".into() });
        assert!(matches!(waiting.until_done(&stop, &mut notices, other), Err(StoreError::Gone { .. })));
        // A run that is told to stop waits no longer, and one that has waited in vain does not wait for each trial anew.
        stop.store(true, Ordering::Relaxed);
        assert!(waiting.until_done(&stop, &mut notices, || Err::<(), _>(full())).is_err());
        stop.store(false, Ordering::Relaxed);
        let mut waiting = Waiting::new(Patience { longest: Duration::ZERO, ..patience });
        let mut attempts = 0;
        for _ in 0..2 {
            let done = waiting.until_done(&stop, &mut notices, || {
                attempts += 1;
                Err::<(), _>(full())
            });
            assert!(done.is_err());
        }
        assert_eq!(attempts, 2);
    }
}
