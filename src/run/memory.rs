//! The memory that trials may use, and the share of it that each takes while it runs.

use std::{
    fmt, fs,
    path::Path,
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

/// Memory that this process may still use, and the limit that is met first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AvailableMemory {
    /// Bytes.
    pub bytes: f64,
    /// The limit that sets them.
    pub limit: MemoryLimit,
}

/// A limit of the memory of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryLimit {
    /// The memory of the machine that other processes leave.
    Machine,
    /// That of a control group, as containers and schedulers set it.
    ControlGroup,
    /// That of the address space, `ulimit -v`.
    AddressSpace,
    /// That of data, `ulimit -d`.
    Data,
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Machine => "free on this machine",
            Self::ControlGroup => "left by the limit of its control group",
            Self::AddressSpace => "left by `ulimit -v`",
            Self::Data => "left by `ulimit -d`",
        })
    }
}

impl fmt::Display for AvailableMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} are {}", size(self.bytes), self.limit)
    }
}

/// More trials at a time than the memory has room for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crowding {
    /// Trials at a time, as asked for.
    pub jobs: usize,
    /// Bytes that they need if all are of the largest arm.
    pub bytes: f64,
    /// The memory for them.
    pub memory: AvailableMemory,
}

impl fmt::Display for Crowding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jobs, bytes, memory } = self;
        write!(f, "{jobs} trials at a time may need {}, and {memory}: some wait until others have ended", size(*bytes))
    }
}

/// Address space that the allocator sets aside for each thread, whatever the thread does with it.
const PER_THREAD: f64 = 66.0 * 1024.0 * 1024.0;

/// The memory for trials on so many threads, where the system tells.
pub fn memory_for_trials(threads: usize) -> Option<AvailableMemory> {
    available(Path::new("/"), threads)
}

/// Address space that drawing a report takes at least, its threads included.
const DRAWN: f64 = 320.0 * 1024.0 * 1024.0;

/// A sentence where the address space or the data that this process has left are too few to draw a report: an allocation that fails would end
/// the program.
pub fn too_little_to_draw() -> Option<String> {
    let left = of_process(Path::new("/"), 0);
    let (limit, bytes) = left.into_iter().min_by(|one, other| one.1.total_cmp(&other.1))?;
    let memory = AvailableMemory { bytes: bytes.max(0.0), limit };
    (bytes < DRAWN).then(|| format!("a report needs {} to be drawn, and {memory}; raise that limit", size(DRAWN)))
}

/// The bytes that each limit of this process leaves it.
fn of_process(root: &Path, threads: usize) -> Vec<(MemoryLimit, f64)> {
    let read = |file: &str| fs::read_to_string(root.join(file)).ok();
    let (status, limits) = (read("proc/self/status"), read("proc/self/limits"));
    let set_aside = threads as f64 * PER_THREAD;
    let left = |limit: &str, used: &str| {
        let most: f64 = field(limits.as_deref()?, limit)?.parse().ok()?;
        Some(most - kib(status.as_deref()?, used)? - set_aside)
    };
    let found = [
        (MemoryLimit::AddressSpace, left("Max address space", "VmSize:")),
        (MemoryLimit::Data, left("Max data size", "VmData:")),
    ];
    found.into_iter().filter_map(|(limit, bytes)| Some((limit, bytes?))).collect()
}

/// As the files below `root` tell.
fn available(root: &Path, threads: usize) -> Option<AvailableMemory> {
    let read = |file: &str| fs::read_to_string(root.join(file)).ok();
    let machine = read("proc/meminfo").and_then(|text| {
        let free = kib(&text, "MemAvailable:").or_else(|| kib(&text, "MemTotal:"))?;
        Some(free + kib(&text, "SwapFree:").unwrap_or(0.0))
    });
    let found = [(MemoryLimit::Machine, machine), (MemoryLimit::ControlGroup, control_group(root))];
    let known = found.into_iter().filter_map(|(limit, bytes)| Some((limit, bytes?)));
    let known = known.chain(of_process(root, threads));
    let (limit, bytes) = known.min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    Some(AvailableMemory { bytes: bytes.max(0.0), limit })
}

/// The memory that the control groups of this process leave it, of either version; the page cache counts as free.
fn control_group(root: &Path) -> Option<f64> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let left = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?);
        let (folder, [most, used]) = match controllers {
            "" => ("sys/fs/cgroup", ["memory.max", "memory.current"]),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", ["memory.limit_in_bytes", "memory.usage_in_bytes"])
            }
            _ => return None,
        };
        // A container may see its own group as the root of all.
        let folder = root.join(folder);
        let ancestors = Path::new(group.trim_start_matches('/')).ancestors().map(|group| folder.join(group));
        let left = ancestors.filter_map(|group| {
            let number = |file: &str| fs::read_to_string(group.join(file)).ok()?.trim().parse::<f64>().ok();
            let cache = fs::read_to_string(group.join("memory.stat")).ok();
            let cache = cache.and_then(|text| field(&text, "inactive_file")?.parse::<f64>().ok()).unwrap_or(0.0);
            Some(number(most)? - (number(used)? - cache).max(0.0))
        });
        left.min_by(f64::total_cmp)
    });
    left.min_by(f64::total_cmp)
}

/// The word after `name` at the start of a line.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()
}

/// The bytes of a field in KiB.
fn kib(text: &str, name: &str) -> Option<f64> {
    Some(field(text, name)?.parse::<f64>().ok()? * 1024.0)
}

/// Bytes in words, such as `1.5 GiB`.
pub(super) fn size(bytes: f64) -> String {
    let mib = bytes / f64::from(1 << 20);
    if mib < 1000.0 { format!("{:.0} MiB", mib.ceil()) } else { format!("{:.1} GiB", mib / 1024.0) }
}

/// The memory that trials share: each takes what it needs at most before it begins, and waits for others where that is not free.
#[derive(Debug)]
pub(super) struct Room {
    all: f64,
    free: Mutex<f64>,
    given_back: Condvar,
}

/// A trial's share of the memory, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Share<'a> {
    room: &'a Room,
    bytes: f64,
}

impl Room {
    pub fn new(bytes: f64) -> Self {
        Self { all: bytes, free: Mutex::new(bytes), given_back: Condvar::new() }
    }

    /// Whether so much is there when nothing else runs.
    pub fn holds(&self, bytes: f64) -> bool {
        bytes <= self.all
    }

    /// So much memory, of no more than [holds](Self::holds), once it is free; nothing when `halted` before.
    pub fn take(&self, bytes: f64, halted: &dyn Fn() -> bool) -> Option<Share<'_>> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |free: f64| bytes <= free;
        while !fits(*free) {
            if halted() {
                return None;
            }
            let waited = self.given_back.wait_timeout(free, Duration::from_millis(100));
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= bytes;
        Some(Share { room: self, bytes })
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.room.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.room.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn the_tightest_limit_counts() {
        let gib = f64::from(1 << 30);
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let found = || available(root, 0).map(|memory| (memory.bytes / gib, memory.limit));
        assert_eq!(found(), None);
        write(root, &[("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\nSwapFree: 1048576 kB\n")]);
        assert_eq!(found(), Some((9.0, MemoryLimit::Machine)));
        let groups = [
            ("proc/self/cgroup", "0::/job/step\n"),
            ("sys/fs/cgroup/job/memory.max", "6442450944\n"),
            ("sys/fs/cgroup/job/memory.current", "3221225472\n"),
            ("sys/fs/cgroup/job/memory.stat", "anon 5\ninactive_file 1073741824\n"),
            ("sys/fs/cgroup/job/step/memory.max", "max\n"),
        ];
        write(root, &groups);
        assert_eq!(found(), Some((4.0, MemoryLimit::ControlGroup)));
        write(
            root,
            &[
                ("proc/self/status", "VmSize: 1048576 kB\nVmData: 524288 kB\n"),
                (
                    "proc/self/limits",
                    "Max data size  unlimited  unlimited  bytes\nMax address space  4294967296  4294967296  bytes\n",
                ),
            ],
        );
        assert_eq!(found(), Some((3.0, MemoryLimit::AddressSpace)));
        write(
            root,
            &[(
                "proc/self/limits",
                "Max data size  2147483648 unlimited bytes\nMax address space 4294967296 x bytes\n",
            )],
        );
        assert_eq!(found(), Some((1.5, MemoryLimit::Data)));
        // What threads are given by the allocator is not for trials.
        assert_eq!(available(root, 2).unwrap().bytes, 1.5 * gib - 2.0 * PER_THREAD);
        assert_eq!(available(root, 1000).unwrap().bytes, 0.0);
        // The older version of control groups.
        write(
            root,
            &[
                ("proc/self/cgroup", "7:cpu:/a\n3:hugetlb,memory:/a\n"),
                ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824"),
                ("sys/fs/cgroup/memory/memory.usage_in_bytes", "536870912"),
            ],
        );
        assert_eq!(found(), Some((0.5, MemoryLimit::ControlGroup)));
    }

    #[test]
    fn who_finds_no_room_waits_until_there_is_some() {
        let room = Room::new(10.0);
        assert!(room.holds(10.0) && !room.holds(10.5) && !room.holds(f64::NAN));
        let first = room.take(7.0, &|| false).unwrap();
        assert!(room.take(4.0, &|| true).is_none());
        let second = room.take(3.0, &|| true).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| room.take(9.0, &|| false).map(|share| share.bytes));
            drop((first, second));
            assert_eq!(waiting.join().unwrap(), Some(9.0));
        });
        assert!(room.take(10.0, &|| true).is_some(), "all of it is given back");
    }
}
