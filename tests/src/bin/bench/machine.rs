//! Where the figures come from: machine and day.

use medward_tests::peer::command;

/// Processor, cores, memory and kernel on one line.
pub(crate) fn describe() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let processor = value_of(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = value_of(&read("/proc/meminfo"), "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok())
        .map_or_else(|| "memory unknown".to_owned(), |kib| format!("{} GiB", kib >> 20));
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{processor}, {cores} cores, {memory}, Linux {}", kernel.trim())
}

/// Today in UTC, `2026-07-31`.
pub(crate) fn today() -> String {
    // The tests have no clock of their own, and a day is all that is needed.
    let output = command("date").args(["-u", "+%F"]).output();
    output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default().trim().to_owned()
}

/// Value of the first line `key : value`.
fn value_of(text: &str, key: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_key_counts() {
        let text = "processor\t: 0\nmodel name\t: A CPU @ 2.6: GHz\nmodel name\t: B\n";
        assert_eq!(value_of(text, "model name").unwrap(), "A CPU @ 2.6: GHz");
        assert_eq!(value_of("MemTotal:       24684224 kB\n", "MemTotal").unwrap(), "24684224 kB");
        assert_eq!(value_of(text, "flags"), None);
    }

    #[test]
    fn a_day_has_ten_characters() {
        assert_eq!(today().len(), 10);
    }
}
