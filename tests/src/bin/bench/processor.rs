//! Processor time from `/proc` (proc(5)), and which cores there are.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// One unit of processor time in `/proc`: `USER_HZ` is 100 on every architecture that Debian has.
const TICK: Duration = Duration::from_millis(10);
/// How long a process is watched to see whether it still works.
const WATCH: Duration = Duration::from_millis(200);
/// How often it is watched before it counts as restless.
const WATCHES: u32 = 25;

/// Processor time of a process so far, all its threads, user and system.
pub(crate) fn of_process(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("read {path}: did the program end?"))?;
    parse_process(&stat).with_context(|| format!("read {path}"))
}

/// Memory that a process has in use (resident set), MiB.
pub(crate) fn resident_mib(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("read {path}: did the program end?"))?;
    parse_resident(&status).with_context(|| format!("read {path}"))
}

/// `VmRSS:     1234 kB`.
fn parse_resident(status: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().strip_suffix(" kB").context("no kB")?.parse().context("no number")?;
    Ok(kib / 1024.0)
}

/// How one core has spent its time so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CoreTime {
    /// On anything.
    pub(crate) busy: Duration,
    /// Busy, idle and waiting.
    pub(crate) total: Duration,
    /// Of that, taken by other machines on the same processor.
    pub(crate) stolen: Duration,
}

/// How `core` has spent its time so far.
pub(crate) fn of_core(core: usize) -> Result<CoreTime> {
    let stat = std::fs::read_to_string("/proc/stat").context("read /proc/stat")?;
    parse_core(&stat, core).context("read /proc/stat")
}

/// Fields 14 and 15 (utime, stime). The name in field 2 may hold blanks and parentheses: counting starts behind it.
fn parse_process(stat: &str) -> Result<Duration> {
    let (_, fields) = stat.rsplit_once(')').context("no process name")?;
    let ticks: Vec<u32> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    ensure!(ticks.len() == 2, "no processor times");
    Ok(TICK * ticks.iter().sum())
}

/// `cpuN user nice system idle iowait irq softirq steal …`; idle and iowait are rest.
fn parse_core(stat: &str, core: usize) -> Result<CoreTime> {
    let name = format!("cpu{core}");
    let line = stat.lines().find(|line| line.split_whitespace().next() == Some(&name)).context("no such core")?;
    let ticks: Vec<u32> = line.split_whitespace().skip(1).take(8).map(str::parse).collect::<Result<_, _>>()?;
    ensure!(ticks.len() == 8, "too few times of {name}");
    let rest: u32 = ticks.iter().skip(3).take(2).sum();
    let total: u32 = ticks.iter().sum();
    let stolen = ticks.last().copied().unwrap_or_default();
    Ok(CoreTime { busy: TICK * (total - rest), total: TICK * total, stolen: TICK * stolen })
}

/// Waits until the process rests, so that work it put off is counted, and does not disturb the next round. `false`: it
/// still worked after five seconds.
pub(crate) fn until_rest(pid: u32) -> Result<bool> {
    let mut before = of_process(pid)?;
    for _ in 0..WATCHES {
        pause(WATCH);
        let now = of_process(pid)?;
        if now.saturating_sub(before) <= TICK {
            return Ok(true);
        }
        before = now;
    }
    Ok(false)
}

/// Lets real time pass. A test must not; a benchmark watches an idle program, and idleness sends no event.
fn pause(time: Duration) {
    let (_sender, receiver) = std::sync::mpsc::channel::<()>();
    let _timed_out = receiver.recv_timeout(time);
}

/// Cores this process may use.
pub(crate) fn cores() -> Result<Vec<usize>> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).context("no list of cores")?;
    parse_cores(list.trim())
}

/// `0-2,5`.
fn parse_cores(list: &str) -> Result<Vec<usize>> {
    let mut cores = Vec::new();
    for range in list.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let bound = |text: &str| text.parse::<usize>().with_context(|| format!("read cores {list:?}"));
        cores.extend(bound(first)?..=bound(last)?);
    }
    Ok(cores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_mebibytes() {
        assert!((parse_resident("Name:\tx\nVmRSS:\t    2048 kB\n").unwrap() - 2.0).abs() < f64::EPSILON);
        assert!(parse_resident("Name:\tx\n").is_err());
    }

    #[test]
    fn process_time_is_user_and_system_time_whatever_its_name() {
        let fields = "R 6798 6798 16727 0 -1 4194304 634 0 2 0 16 56 7 8 20 0 1 0 435614 11087872";
        for name in ["nginx", "a) b (c", "tokio runtime"] {
            let stat = format!("6809 ({name}) {fields}");
            assert_eq!(parse_process(&stat).unwrap(), Duration::from_millis(720), "{stat}");
        }
        assert!(parse_process("6809 (nginx) R 1 2").is_err());
        assert!(parse_process("").is_err());
    }

    #[test]
    fn a_core_works_except_when_idle_or_waiting() {
        let stat = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\ncpu10 10 1 20 4000 300 2 3 4 50 60\nintr 1\n";
        let time = |busy, total, stolen| CoreTime {
            busy: Duration::from_millis(busy),
            total: Duration::from_millis(total),
            stolen: Duration::from_millis(stolen),
        };
        assert_eq!(parse_core(stat, 10).unwrap(), time(400, 43_400, 40));
        assert_eq!(parse_core(stat, 1).unwrap(), time(60, 80, 10));
        assert!(parse_core(stat, 2).is_err());
    }

    #[test]
    fn lists_of_cores_hold_ranges() {
        assert_eq!(parse_cores("0-2,5").unwrap(), [0, 1, 2, 5]);
        assert_eq!(parse_cores("3").unwrap(), [3]);
        assert!(parse_cores("").is_err());
        assert!(!cores().unwrap().is_empty());
    }

    #[test]
    fn a_resting_process_is_seen_and_its_time_does_not_shrink() {
        let mut child = medward_tests::peer::command("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let before = of_process(child.id()).unwrap();
        assert!(until_rest(child.id()).unwrap());
        assert!(of_process(child.id()).unwrap() >= before);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(of_process(child.id()).unwrap_err().to_string().contains("did the program end"));
    }
}
