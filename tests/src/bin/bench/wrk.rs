//! Load by Debian's `wrk`, and what it printed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use medward_tests::peer::pinned;

/// One kind of load.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// Where the requests go.
    pub(crate) url: String,
    /// Lua that makes the requests; then `headers` are its own.
    pub(crate) script: Option<PathBuf>,
    /// Header lines, `Name: value`.
    pub(crate) headers: Vec<String>,
    /// Kept-alive connections.
    pub(crate) connections: u32,
}

/// What a run without any error gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    /// Answers, all 2xx or 3xx.
    pub(crate) requests: u64,
    /// As wrk computes it.
    pub(crate) requests_per_second: f64,
    /// 99 of 100 answers came within this time.
    pub(crate) p99: Duration,
}

impl Load {
    /// Runs `wrk` on `core` for `time` (whole seconds).
    ///
    /// # Errors
    /// When it cannot run, or any request failed, or any answer was not 2xx or 3xx.
    pub(crate) fn run(&self, wrk: &Path, core: usize, time: Duration) -> Result<Measured> {
        let mut command = pinned(core, wrk);
        command.arg("--threads=1").arg("--latency").arg(format!("--connections={}", self.connections));
        command.arg(format!("--duration={}s", time.as_secs())).arg("--timeout=5s");
        for header in &self.headers {
            command.arg("--header").arg(header);
        }
        if let Some(script) = &self.script {
            command.arg("--script").arg(script);
        }
        let output = command.arg(&self.url).output().context("run wrk")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "wrk {}: {text}{}", self.url, String::from_utf8_lossy(&output.stderr));
        parse(&text)
    }
}

/// Reads what `wrk --latency` printed.
fn parse(text: &str) -> Result<Measured> {
    for complaint in ["Socket errors:", "Non-2xx or 3xx responses:"] {
        if let Some(line) = text.lines().find(|line| line.trim_start().starts_with(complaint)) {
            bail!("answers were lost or refused: {}", line.trim());
        }
    }
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.trim_start().strip_prefix(label));
        line.map(str::trim).with_context(|| format!("no {label:?} from wrk:\n{text}"))
    };
    let requests_per_second = after("Requests/sec:")?.parse().context("read requests per second")?;
    let p99 = parse_time(after("99%")?)?;
    let requests = text
        .lines()
        .find_map(|line| line.trim_start().split_once(" requests in "))
        .context("no number of requests from wrk")?
        .0
        .parse()
        .context("read the number of requests")?;
    ensure!(requests > 0, "wrk got no answer at all");
    Ok(Measured { requests, requests_per_second, p99 })
}

/// `538.00us`, `7.02ms`, `1.20s`, `2.00m`.
fn parse_time(text: &str) -> Result<Duration> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).with_context(|| format!("no unit in {text:?}"))?;
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => bail!("unknown unit in {text:?}"),
    };
    let number: f64 = number.parse().with_context(|| format!("read {text:?}"))?;
    Ok(Duration::from_secs_f64(number * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Running 3s test @ http://127.0.0.1:18002/x\n  1 threads and 32 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency    38.99ms  103.12ms 544.24ms   89.52%\n    \
        Req/Sec    23.93k    10.17k   48.02k    70.83%\n  Latency Distribution\n     50%  538.00us\n     75%    7.02ms\n     \
        90%  154.09ms\n     99%  494.92ms\n  59364 requests in 3.01s, 66.46MB read\nRequests/sec:  19712.13\n\
        Transfer/sec:     22.07MB\n";

    #[test]
    fn figures_are_read_from_wrk() {
        let expected =
            Measured { requests: 59_364, requests_per_second: 19_712.13, p99: Duration::from_micros(494_920) };
        assert_eq!(parse(GOOD).unwrap(), expected);
    }

    #[test]
    fn a_single_wrong_answer_or_lost_connection_fails_the_round() {
        for complaint in [
            "  Non-2xx or 3xx responses: 1\n",
            "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
            "  Socket errors: connect 0, read 0, write 0, timeout 7\n",
        ] {
            let error = parse(&GOOD.replace("Requests/sec", &format!("{complaint}Requests/sec"))).unwrap_err();
            assert_eq!(error.to_string(), format!("answers were lost or refused: {}", complaint.trim()));
        }
    }

    #[test]
    fn output_that_says_too_little_is_no_figure() {
        assert!(parse("").is_err());
        assert!(parse(&GOOD.replace("Requests/sec:", "Rate:")).is_err());
        assert!(parse(&GOOD.replace("59364", "0")).is_err());
        assert!(parse(&GOOD.replace("494.92ms", "494.92")).is_err());
    }

    #[test]
    fn times_have_units() {
        assert_eq!(parse_time("538.00us").unwrap(), Duration::from_micros(538));
        assert_eq!(parse_time("1.20s").unwrap(), Duration::from_millis(1200));
        assert_eq!(parse_time("2.00m").unwrap(), Duration::from_mins(2));
        assert!(parse_time("2.00h").is_err());
    }
}
