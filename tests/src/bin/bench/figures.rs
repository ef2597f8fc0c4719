//! One figure beside a peer's, its goal, and the file that keeps them (DESIGN §10).

use std::fmt;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// A row of `docs/benchmarks.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// `area.figure`.
    pub(crate) name: String,
    /// Unit of `ours` and `peer`.
    pub(crate) unit: String,
    /// Our median; `null` when it could not be measured.
    pub(crate) ours: Option<f64>,
    /// The peer's median.
    pub(crate) peer: Option<f64>,
    /// Which peer, with its version.
    pub(crate) peer_name: String,
    /// `ours / peer`, or `peer / ours` when the goal says so.
    pub(crate) ratio: Option<f64>,
    /// What we want; `null` when the figure is shown without a goal.
    pub(crate) goal: Option<String>,
    /// Whether the goal is met; `null` without goal or figure.
    pub(crate) met: Option<bool>,
    /// Day of the measurement, UTC, `2026-07-31`.
    pub(crate) date: String,
    /// Why there is no figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gap: Option<String>,
    /// Why the figures are doubtful; a goal for their ratio is then neither met nor missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) doubt: Option<String>,
}

impl Row {
    /// The same row, marked as doubtful when there is a doubt.
    pub(crate) fn doubted(self, doubt: Option<&str>) -> Self {
        let Some(doubt) = doubt else { return self };
        let met = self.met.filter(|_| !self.goal.as_deref().is_some_and(|goal| goal.starts_with("ratio")));
        Self { met, doubt: Some(doubt.to_owned()), ..self }
    }
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// `ours / peer` is at least this.
    RatioAtLeast(f64),
    /// `ours` is at least this, in the row's unit.
    AtLeast(f64),
    /// `ours` is at most this, in the row's unit.
    AtMost(f64),
    /// `ours` is a difference, and at most this either way: a saving that cannot be is as doubtful as a loss.
    Within(f64),
    /// `peer / ours` is at least `wanted`: how many times as much the peer needs. Less than `required` is no success at
    /// all; between the two the goal is missed all the same.
    TimesLess { wanted: f64, required: f64 },
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtLeast(least) => write!(f, "ratio >= {least}"),
            Self::AtLeast(least) => write!(f, "ours >= {least}"),
            Self::AtMost(most) => write!(f, "ours <= {most}"),
            Self::Within(most) => write!(f, "-{most} <= ours <= {most}"),
            Self::TimesLess { wanted, required } => write!(f, "ratio peer / ours >= {wanted}, required >= {required}"),
        }
    }
}

/// What a row is about, before it has figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// Digits after the point that mean something.
    pub(crate) digits: u8,
    pub(crate) goal: Option<Goal>,
}

impl Figure {
    /// The row of two medians.
    pub(crate) fn row(&self, ours: f64, peer: f64, peer_name: &str, date: &str) -> Row {
        let ratio = match self.goal {
            Some(Goal::TimesLess { .. }) => peer / ours,
            _ => ours / peer,
        };
        Row {
            ours: Some(rounded(ours, self.digits)),
            peer: Some(rounded(peer, self.digits)),
            ratio: Some(rounded(ratio, 3)),
            met: self.met(ours, Some(ratio)),
            ..self.empty(peer_name, date)
        }
    }

    /// The row of a figure that no peer has.
    pub(crate) fn alone(&self, ours: f64, date: &str) -> Row {
        Row { ours: Some(rounded(ours, self.digits)), met: self.met(ours, None), ..self.empty("none", date) }
    }

    /// Judged before rounding: 0.5996 does not meet 0.6.
    fn met(&self, ours: f64, ratio: Option<f64>) -> Option<bool> {
        match self.goal? {
            Goal::RatioAtLeast(least) => ratio.map(|ratio| ratio >= least),
            Goal::AtLeast(least) => Some(ours >= least),
            Goal::AtMost(most) => Some(ours <= most),
            Goal::Within(most) => Some(ours.abs() <= most),
            Goal::TimesLess { wanted, .. } => ratio.map(|ratio| ratio >= wanted),
        }
    }

    /// The row of something that could not be measured.
    pub(crate) fn gap(&self, why: &str, peer_name: &str, date: &str) -> Row {
        Row { gap: Some(why.to_owned()), ..self.empty(peer_name, date) }
    }

    fn empty(&self, peer_name: &str, date: &str) -> Row {
        Row {
            name: self.name.to_owned(),
            unit: self.unit.to_owned(),
            ours: None,
            peer: None,
            peer_name: peer_name.to_owned(),
            ratio: None,
            goal: self.goal.map(|goal| goal.to_string()),
            met: None,
            date: date.to_owned(),
            gap: None,
            doubt: None,
        }
    }
}

fn rounded(value: f64, digits: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(digits));
    (value * scale).round() / scale
}

/// The middle value; of an even number the mean of the two in the middle. `None` of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// `kept` without the rows of `areas`, with `fresh` in their place; sorted by name, so that two runs differ only in
/// figures.
pub(crate) fn merge(kept: Vec<Row>, areas: &[&str], fresh: Vec<Row>) -> Vec<Row> {
    let measured = |row: &Row| row.name.split('.').next().is_some_and(|area| areas.contains(&area));
    let mut rows: Vec<Row> = kept.into_iter().filter(|row| !measured(row)).chain(fresh).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

/// Reads `docs/benchmarks.json`.
pub(crate) fn from_json(text: &str) -> Result<Vec<Row>> {
    serde_json::from_str(text).context("read rows")
}

/// Writes `docs/benchmarks.json`: one row per line, so that branches merge.
pub(crate) fn to_json(rows: &[Row]) -> Result<String> {
    let lines: Vec<String> = rows.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const OFF: Figure =
        Figure { name: "gateway.off", unit: "requests/s", digits: 0, goal: Some(Goal::RatioAtLeast(0.6)) };
    const FLOOR: Figure = Figure { goal: Some(Goal::AtLeast(2000.0)), ..OFF };
    const SHOWN: Figure = Figure { name: "gateway.cpu", unit: "µs", digits: 1, goal: None };

    #[test]
    fn median_is_the_middle_whatever_the_order() {
        assert_eq!(median([3.0, 1.0, 100.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), Some(3.0));
        assert_eq!(median([7.0]), Some(7.0));
        assert_eq!(median([]), None);
    }

    #[test]
    fn a_goal_is_judged_before_rounding() {
        let missed = OFF.row(5_996.0, 10_000.4, "nginx", "2026-07-31");
        assert_eq!((missed.ratio, missed.met), (Some(0.6), Some(false)));
        assert_eq!(missed.peer, Some(10_000.0));
        assert_eq!(OFF.row(6_000.0, 10_000.0, "nginx", "2026-07-31").met, Some(true));
        assert_eq!(FLOOR.row(2_000.0, 90_000.0, "nginx", "2026-07-31").met, Some(true));
        assert_eq!(FLOOR.row(1_999.0, 1.0, "nginx", "2026-07-31").met, Some(false));
        let most = Figure { goal: Some(Goal::AtMost(60.0)), ..OFF };
        assert_eq!([60.0, 60.1].map(|ours| most.alone(ours, "2026-07-31").met), [Some(true), Some(false)]);
        let within = Figure { goal: Some(Goal::Within(5.0)), ..OFF };
        assert_eq!(
            [-5.1, -5.0, 5.0, 5.1].map(|ours| within.alone(ours, "2026-07-31").met),
            [Some(false), Some(true), Some(true), Some(false)]
        );
        assert_eq!(SHOWN.row(30.0, 10.0, "nginx", "2026-07-31").met, None);
        let alone = FLOOR.alone(1_999.6, "2026-07-31");
        assert_eq!((alone.ours, alone.ratio, alone.met), (Some(2_000.0), None, Some(false)));
        assert_eq!(OFF.alone(1.0, "2026-07-31").met, None);
    }

    #[test]
    fn times_less_divides_the_peer_by_ours_and_names_what_is_required() {
        let figure = Figure { goal: Some(Goal::TimesLess { wanted: 25.0, required: 10.0 }), ..SHOWN };
        let row = figure.row(100.0, 2_499.0, "libmodsecurity", "2026-07-31");
        assert_eq!((row.ratio, row.met), (Some(24.99), Some(false)));
        assert_eq!(row.goal.as_deref(), Some("ratio peer / ours >= 25, required >= 10"));
        assert_eq!(figure.row(100.0, 2_500.0, "libmodsecurity", "2026-07-31").met, Some(true));
        assert_eq!(figure.alone(1.0, "2026-07-31").met, None);
    }

    #[test]
    fn a_doubtful_ratio_meets_and_misses_nothing() {
        let ratio = OFF.row(9.0, 10.0, "nginx", "2026-07-31");
        assert_eq!(ratio.clone().doubted(None), ratio);
        let doubtful = ratio.doubted(Some("a build ran"));
        assert_eq!((doubtful.ours, doubtful.met, doubtful.doubt.as_deref()), (Some(9.0), None, Some("a build ran")));
        // Disturbance makes ours smaller: a floor that was reached all the same stands.
        assert_eq!(FLOOR.row(3_000.0, 1.0, "nginx", "2026-07-31").doubted(Some("a build ran")).met, Some(true));
    }

    #[test]
    fn rows_of_areas_that_did_not_run_are_kept() {
        let row = |name: &str, ours: f64| Row { name: name.to_owned(), ..SHOWN.row(ours, 1.0, "p", "2026-07-31") };
        let kept = vec![row("waf.a", 1.0), row("gateway.gone", 2.0), row("gateway.b", 3.0), row("gatewayish.c", 4.0)];
        let merged = merge(kept, &["gateway"], vec![row("gateway.b", 5.0), row("gateway.a", 6.0)]);
        let names: Vec<_> = merged.iter().map(|row| (row.name.as_str(), row.ours.unwrap())).collect();
        assert_eq!(names, [("gateway.a", 6.0), ("gateway.b", 5.0), ("gatewayish.c", 4.0), ("waf.a", 1.0)]);
    }

    #[test]
    fn rows_survive_the_file_and_keep_the_agreed_keys() {
        let rows = vec![OFF.row(8.0, 10.0, "nginx", "2026-07-31"), SHOWN.gap("wrk is missing", "nginx", "2026-07-31")];
        let text = to_json(&rows).unwrap();
        assert_eq!(from_json(&text).unwrap(), rows);
        assert_eq!(text.lines().count(), 4);
        assert_eq!(
            text.lines().nth(1).unwrap(),
            "{\"name\":\"gateway.off\",\"unit\":\"requests/s\",\"ours\":8.0,\"peer\":10.0,\"peer_name\":\"nginx\",\
             \"ratio\":0.8,\"goal\":\"ratio >= 0.6\",\"met\":true,\"date\":\"2026-07-31\"},"
        );
        assert!(from_json("[{\"name\":1}]").is_err());
        assert_eq!(from_json(&to_json(&[]).unwrap()).unwrap(), []);
    }
}
