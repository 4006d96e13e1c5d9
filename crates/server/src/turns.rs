//! Turns for what takes a processor and memory: files that are made, files that are read. So many of a kind at once and no more,
//! so that pages stay quick however many are asked for; whoever would wait too long is told when to come again.

use crate::error::{Code, Failure};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Files of assessments in the making.
pub static PAPERS: Turns = Turns::of(2);
/// Lists that are being written as files, at this moment: who takes one slower than it is written gives the turn back meanwhile.
pub static LISTS: Turns = Turns::of(2);
/// Lists that somebody is taking as files, however slowly. Each has a thread, and a few pieces of the file in memory.
pub static OPEN: Turns = Turns::of(48);
/// Files of rows that are being read, compared with the register, or imported.
pub static IMPORTS: Turns = Turns::of(2);

/// How long anybody waits for a turn: shorter than a request may take, so that the answer says what is the matter.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much of one kind is done at once.
#[derive(Debug)]
pub struct Turns {
    free: Semaphore,
    patience: Duration,
}

/// A turn; dropping it lets the next one begin. Whoever works on a thread of its own takes it along, so that work which nobody
/// waits for any more counts until it ends.
#[derive(Debug)]
pub struct Turn {
    _taken: SemaphorePermit<'static>,
}

impl Turns {
    const fn of(at_once: usize) -> Self {
        Self { free: Semaphore::const_new(at_once), patience: PATIENCE }
    }

    /// Waits for a turn, in the order of asking.
    ///
    /// # Errors
    /// Busy, where it takes too long.
    pub async fn take(&'static self) -> Result<Turn, Failure> {
        match tokio::time::timeout(self.patience, self.free.acquire()).await {
            Ok(Ok(taken)) => Ok(Turn { _taken: taken }),
            _ => Err(Failure::of(Code::Busy)),
        }
    }

    /// A turn at once.
    ///
    /// # Errors
    /// Busy, where none is free.
    pub fn now(&'static self) -> Result<Turn, Failure> {
        self.free.try_acquire().map(|taken| Turn { _taken: taken }).map_err(|_| Failure::of(Code::Busy))
    }

    /// A turn, however long it takes: for what has begun and gave its turn back for a while. None only where the server ends.
    pub async fn again(&'static self) -> Option<Turn> {
        self.free.acquire().await.ok().map(|taken| Turn { _taken: taken })
    }

    /// How many are free.
    pub fn free(&self) -> usize {
        self.free.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_at_once_and_whoever_would_wait_too_long_is_told_to_come_again() {
        static FEW: Turns = Turns { free: Semaphore::const_new(2), patience: Duration::from_millis(20) };
        let (one, other) = (FEW.take().await.unwrap(), FEW.now().unwrap());
        for refused in [FEW.take().await, FEW.now()] {
            assert_eq!(refused.unwrap_err().code, Code::Busy);
        }
        drop(one);
        let third = FEW.take().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), FEW.again()).await.is_err(), "who comes back waits like others");
        drop((other, third));
        assert!(FEW.again().await.is_some() && FEW.free() == 2);
    }
}
