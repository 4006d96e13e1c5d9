//! Memory for what is large: files that come in, archives that go out. Each takes as much of one budget as it has bytes, and waits
//! while others have it, so that no number of them at once takes more than [`ROOM`], or than a
//! quarter of what the machine has.

use crate::error::{Code, Failure};
use std::sync::LazyLock;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The most memory for all of them together, in MiB: two of the largest files that come in.
const ROOM: u32 = 512;
/// The least: three attachments of the largest size.
const LEAST: u32 = 64;

/// What this machine has for them.
static SIZE: LazyLock<u32> = LazyLock::new(|| {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    room_of(&read("/proc/meminfo"), &read("/sys/fs/cgroup/memory.max"))
});

static FREE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*SIZE as usize));

/// A quarter of the memory that a machine has, as its kernel says it in KiB (`MemTotal` of proc(5), meminfo), or that this program may
/// have, in bytes (`memory.max` of a control group), where either says it; in MiB.
fn room_of(machine: &str, group: &str) -> u32 {
    let machine = machine.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    let machine = machine.map(|kibibytes: u64| kibibytes >> 10);
    // 'max' where the group has no limit.
    let group = group.trim().parse::<u64>().ok().map(|bytes| bytes >> 20);
    let has = machine.into_iter().chain(group).min();
    has.map_or(ROOM, |has| u32::try_from(has / 4).unwrap_or(ROOM).clamp(LEAST, ROOM))
}

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
        let wanted = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(*SIZE).clamp(1, *SIZE);
        let taken = FREE.acquire_many(wanted).await.map_err(|_| Failure::of(Code::Internal))?;
        Ok(Self { _taken: taken })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_quarter_of_what_there_is_and_never_more_than_two_of_the_largest() {
        let machine = |kibibytes: u64| format!("MemTotal:       {kibibytes} kB\nMemFree:          1 kB\n");
        for (meminfo, group, room) in [
            (machine(24 << 20), "max\n", 512),
            (machine(1 << 20), "max\n", 256),
            (machine(24 << 20), "1073741824\n", 256),
            (machine(100 << 10), "", 64),
            (String::new(), "536870912", 128),
            (String::new(), "", 512),
        ] {
            assert_eq!(room_of(&meminfo, group), room, "{meminfo} {group}");
        }
    }

    #[tokio::test]
    async fn s48_what_is_large_waits_for_what_is_large_and_nothing_waits_for_ever() {
        let all = u64::from(*SIZE) << 20;
        let one = Room::take(all / 4 * 3).await.unwrap();
        let small = Room::take(1).await.unwrap();
        let short = Duration::from_millis(20);
        assert!(tokio::time::timeout(short, Room::take(all / 2)).await.is_err(), "there is no room beside the first");
        drop(one);
        let other = tokio::time::timeout(short, Room::take(all / 2)).await.expect("there is room now").unwrap();
        drop((small, other));
        tokio::time::timeout(short, Room::take(u64::MAX)).await.expect("all of it is enough").unwrap();
    }
}
