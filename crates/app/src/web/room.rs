//! Memory for what is large: files that come in, archives that go out. Each takes as much of one budget as it has bytes, and waits
//! while others have it, so that no number of them at once takes more than [`ROOM`].

use crate::error::{Code, Failure};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The memory for all of them together, in MiB: two of the largest files that come in.
const ROOM: u32 = 512;

static FREE: Semaphore = Semaphore::const_new(ROOM as usize);

/// Memory that is taken; dropping it gives it back.
#[derive(Debug)]
pub struct Room {
    _taken: SemaphorePermit<'static>,
}

impl Room {
    /// Waits until there is memory for so many bytes. What is larger than all of it waits until nobody else has any.
    ///
    /// # Errors
    /// Never while the server runs.
    pub async fn take(bytes: u64) -> Result<Self, Failure> {
        let wanted = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(ROOM).clamp(1, ROOM);
        let taken = FREE.acquire_many(wanted).await.map_err(|_| Failure::of(Code::Internal))?;
        Ok(Self { _taken: taken })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn what_is_large_waits_for_what_is_large_and_nothing_waits_for_ever() {
        let one = Room::take(400 << 20).await.unwrap();
        let small = Room::take(1).await.unwrap();
        let short = Duration::from_millis(20);
        assert!(tokio::time::timeout(short, Room::take(200 << 20)).await.is_err(), "there is no room beside the first");
        drop(one);
        let other = tokio::time::timeout(short, Room::take(200 << 20)).await.expect("there is room now").unwrap();
        drop((small, other));
        tokio::time::timeout(short, Room::take(u64::MAX)).await.expect("all of it is enough").unwrap();
    }
}
