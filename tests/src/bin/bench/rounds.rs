//! Alternating rounds: everyone meets the same machine.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::figures::median;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Measured rounds; each subject runs once in each.
    pub(crate) rounds: usize,
    /// Length of one subject's turn, whole seconds.
    pub(crate) turn: Duration,
    /// Unmeasured turn before the first round.
    pub(crate) warm_up: Duration,
    /// Measure the peer against itself.
    pub(crate) calibrate: bool,
}

impl Plan {
    /// What is written down (DESIGN §10: at least five rounds).
    pub(crate) const fn full() -> Self {
        Self { rounds: 5, turn: Duration::from_secs(5), warm_up: Duration::from_secs(3), calibrate: false }
    }

    /// To see that the harness works.
    pub(crate) const fn quick() -> Self {
        Self { rounds: 2, turn: Duration::from_secs(1), warm_up: Duration::from_secs(1), calibrate: false }
    }
}

/// What one turn of one subject gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turn {
    /// Answers per second.
    pub(crate) requests_per_second: f64,
    /// Processor time of the proxy per answer, µs, with what it did after the last answer.
    pub(crate) cpu_us: f64,
    /// 99 of 100 answers came within this time.
    pub(crate) p99: Duration,
    /// Share of the turn in which the proxy worked, 0 to 1. Well below 1 means that the load was the limit.
    pub(crate) busy: f64,
    /// Share of the turn in which something else used the proxy's core, 0 to 1.
    pub(crate) foreign: f64,
}

/// The middle of several turns, each figure by itself. `None` of no turns.
pub(crate) fn middle(turns: &[Turn]) -> Option<Turn> {
    let of = |figure: fn(&Turn) -> f64| median(turns.iter().map(figure));
    Some(Turn {
        requests_per_second: of(|turn| turn.requests_per_second)?,
        cpu_us: of(|turn| turn.cpu_us)?,
        p99: Duration::from_secs_f64(of(|turn| turn.p99.as_secs_f64())?),
        busy: of(|turn| turn.busy)?,
        foreign: of(|turn| turn.foreign)?,
    })
}

/// Lets every subject run once unmeasured and then once in each round, each round beginning with another subject, so
/// that none always follows the same one. Gives the turns of each subject.
///
/// # Errors
/// The first failing turn ends everything, named with its round and subject.
pub(crate) fn alternate<S>(
    subjects: &[S],
    plan: &Plan,
    name: impl Fn(&S) -> String,
    mut turn: impl FnMut(&S, Duration) -> Result<Turn>,
) -> Result<Vec<Vec<Turn>>> {
    for subject in subjects {
        turn(subject, plan.warm_up).with_context(|| format!("warm up {}", name(subject)))?;
    }
    let mut turns = vec![Vec::with_capacity(plan.rounds); subjects.len()];
    for round in 0..plan.rounds {
        let order = (0..subjects.len()).cycle().skip(round % subjects.len().max(1)).take(subjects.len());
        for index in order {
            let (Some(subject), Some(of_subject)) = (subjects.get(index), turns.get_mut(index)) else { continue };
            let measured = turn(subject, plan.turn)
                .with_context(|| format!("measure {} in round {}", name(subject), round + 1))?;
            println!(
                "  round {}  {:<24} {:>8.0} requests/s  {:>6.1} µs CPU/request  p99 {:>6.2} ms  busy {:>3.0} %  others {:>3.0} %",
                round + 1,
                name(subject),
                measured.requests_per_second,
                measured.cpu_us,
                measured.p99.as_secs_f64() * 1e3,
                measured.busy * 100.0,
                measured.foreign * 100.0,
            );
            of_subject.push(measured);
        }
    }
    Ok(turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn_of(figure: f64) -> Turn {
        Turn {
            requests_per_second: figure,
            cpu_us: 100.0 - figure,
            p99: Duration::from_millis(5),
            busy: 1.0,
            foreign: 0.0,
        }
    }

    #[test]
    fn rounds_alternate_and_begin_with_another_subject_each() {
        let plan = Plan { rounds: 3, ..Plan::quick() };
        let mut seen = String::new();
        let name = |subject: &&str| (*subject).to_owned();
        let turns = alternate(&["a", "b", "c"], &plan, name, |subject, _| {
            seen.push_str(subject);
            Ok(turn_of(f64::from(u32::try_from(seen.len()).unwrap())))
        })
        .unwrap();
        assert_eq!(seen, "abc".to_owned() + "abc" + "bca" + "cab");
        let of_a: Vec<f64> = turns[0].iter().map(|turn| turn.requests_per_second).collect();
        assert_eq!(of_a, [4.0, 9.0, 11.0]);
    }

    #[test]
    fn a_failing_turn_ends_the_run_and_is_named() {
        let mut count = 0;
        let error = alternate(
            &["a", "b"],
            &Plan::quick(),
            |subject| (*subject).to_owned(),
            |_, _| {
                count += 1;
                anyhow::ensure!(count < 4, "12 answers were refused");
                Ok(turn_of(1.0))
            },
        )
        .unwrap_err();
        assert_eq!(format!("{error:#}"), "measure b in round 1: 12 answers were refused");
    }

    #[test]
    fn the_middle_is_taken_figure_by_figure() {
        let middle = middle(&[turn_of(1.0), turn_of(90.0), turn_of(3.0)]).unwrap();
        assert_eq!(middle, turn_of(3.0));
        assert_eq!(super::middle(&[]), None);
    }

    #[test]
    fn what_is_written_down_has_five_rounds() {
        assert!(Plan::full().rounds >= 5);
    }
}
