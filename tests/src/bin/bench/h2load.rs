//! Load by Debian's `h2load`: HTTP/1.1 or HTTP/2 over TLS, as fast as it goes or at a pace of ours.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use medward_tests::peer::pinned;

use crate::wrk::Measured;

/// One kind of load.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// `https://address`, without a path.
    pub(crate) base: String,
    /// A file with one target in each line; each connection asks for them in turn.
    pub(crate) targets: PathBuf,
    /// Header lines, `Name: value`.
    pub(crate) headers: Vec<String>,
    /// HTTP/2, so many requests at once on each connection; none: HTTP/1.1.
    pub(crate) streams: Option<u32>,
    /// Connections.
    pub(crate) connections: u32,
    /// Requests per second of each connection; none: as fast as it goes.
    pub(crate) pace: Option<u32>,
}

impl Load {
    /// Runs `h2load` on `core` for `time` (whole seconds).
    ///
    /// # Errors
    /// When it cannot run, or any request failed, or any answer was not 2xx.
    pub(crate) fn run(&self, h2load: &Path, core: usize, time: Duration) -> Result<Measured> {
        let log = self.targets.with_extension("log");
        if log.exists() {
            std::fs::remove_file(&log).context("remove the last log of h2load")?;
        }
        let mut command = pinned(core, h2load);
        command.arg(format!("--duration={}", time.as_secs())).arg(format!("--clients={}", self.connections));
        match self.streams {
            Some(streams) => command.arg(format!("--max-concurrent-streams={streams}")),
            None => command.arg("--h1"),
        };
        if let Some(pace) = self.pace {
            command.arg(format!("--rps={pace}"));
        }
        for header in &self.headers {
            command.arg("--header").arg(header);
        }
        command.arg("--base-uri").arg(&self.base).arg("--input-file").arg(&self.targets).arg("--log-file").arg(&log);
        let output = command.output().context("run h2load")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "h2load {}: {text}{}", self.base, String::from_utf8_lossy(&output.stderr));
        let answers = std::fs::read_to_string(&log).context("read the log of h2load")?;
        parse(&answers, time)
    }
}

/// Reads a log of `h2load`: begin in µs, status, µs until the answer was whole. Without an answer, p99 is the whole time.
fn parse(log: &str, time: Duration) -> Result<Measured> {
    let mut times = Vec::new();
    for line in log.lines() {
        let mut columns = line.split('\t').skip(1);
        let (status, micros) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        ensure!(status.starts_with('2') && status.len() == 3, "an answer was lost or refused: {line:?}");
        times.push(micros.parse::<u64>().with_context(|| format!("read {line:?}"))?);
    }
    times.sort_unstable();
    let rank = (times.len() * 99).div_ceil(100).saturating_sub(1);
    let p99 = times.get(rank).map_or(time, |micros| Duration::from_micros(*micros));
    let requests = times.len() as u64;
    #[expect(clippy::cast_precision_loss, reason = "a turn has far fewer than 2^52 requests")]
    let requests_per_second = requests as f64 / time.as_secs_f64();
    Ok(Measured { requests, requests_per_second, p99 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_secs(2);

    #[test]
    fn figures_are_read_from_the_log() {
        let log = (1..=200).map(|micros| format!("1795353322404778\t200\t{micros}\n")).collect::<Vec<_>>().concat();
        let expected = Measured { requests: 200, requests_per_second: 100.0, p99: Duration::from_micros(198) };
        assert_eq!(parse(&log, TIME).unwrap(), expected);
    }

    #[test]
    fn a_log_without_answers_says_so() {
        assert_eq!(parse("", TIME).unwrap(), Measured { requests: 0, requests_per_second: 0.0, p99: TIME });
    }

    #[test]
    fn a_single_wrong_answer_is_no_figure() {
        for line in ["1\t403\t7\n", "1\t-1\t7\n", "1\t200\n", "1\t200\tsoon\n", "nothing\n"] {
            assert!(parse(&format!("1\t200\t5\n{line}"), TIME).is_err(), "{line:?}");
        }
    }
}
