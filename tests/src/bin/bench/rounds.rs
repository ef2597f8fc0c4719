//! Alternating rounds: everyone meets the same machine, and a round in which other machines took the processor away does not
//! count while there is a better one.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::figures::median;

/// Share of a turn that other machines may take of the proxy's core; a round with more is repeated.
const DISTURBED: f64 = 0.1;
/// Rounds for each that counts, at most, before the quietest have to do.
const TRIES: usize = 3;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Rounds that count; each subject runs once in each.
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
    /// Of that, taken by other machines on the same processor. The rest may be the kernel's work for the proxy itself.
    pub(crate) stolen: f64,
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
        stolen: of(|turn| turn.stolen)?,
    })
}

/// Lets every subject run once unmeasured and then once in each round, each round beginning with another subject, so
/// that none always follows the same one. Gives the turns of each subject in the rounds that count: those that nobody
/// disturbed, and where there are too few of them, the least disturbed, in the order in which they ran.
///
/// # Errors
/// The first failing turn ends everything, named with its round and subject. So does one without an answer that counts.
pub(crate) fn alternate<S>(
    subjects: &[S],
    plan: &Plan,
    name: impl Fn(&S) -> String,
    mut turn: impl FnMut(&S, Duration) -> Result<Turn>,
) -> Result<Vec<Vec<Turn>>> {
    for subject in subjects {
        turn(subject, plan.warm_up).with_context(|| format!("warm up {}", name(subject)))?;
    }
    let mut rounds: Vec<Vec<(usize, Turn)>> = Vec::new();
    let disturbance = |round: &[(usize, Turn)]| round.iter().map(|(_, turn)| turn.stolen).fold(0.0, f64::max);
    let quiet = |rounds: &[Vec<_>]| rounds.iter().filter(|round| disturbance(round) <= DISTURBED).count();
    while quiet(&rounds) < plan.rounds && rounds.len() < plan.rounds * TRIES {
        let number = rounds.len() + 1;
        let order = (0..subjects.len()).cycle().skip((number - 1) % subjects.len().max(1)).take(subjects.len());
        let mut round = Vec::with_capacity(subjects.len());
        for index in order {
            let Some(subject) = subjects.get(index) else { continue };
            let measured =
                turn(subject, plan.turn).with_context(|| format!("measure {} in round {number}", name(subject)))?;
            println!(
                "  round {number}  {:<24} {:>8.0} requests/s  {:>6.1} µs CPU/request  p99 {:>6.2} ms  busy {:>3.0} %  others {:>3.0} %, stolen {:>3.0} %",
                name(subject),
                measured.requests_per_second,
                measured.cpu_us,
                measured.p99.as_secs_f64() * 1e3,
                measured.busy * 100.0,
                measured.foreign * 100.0,
                measured.stolen * 100.0,
            );
            let answered = measured.requests_per_second > 0.0;
            ensure!(answered || measured.stolen > DISTURBED, "measure {}: no answer at all", name(subject));
            round.push((index, measured));
        }
        rounds.push(round);
    }
    let mut turns = vec![Vec::with_capacity(plan.rounds); subjects.len()];
    for (index, measured) in quietest(rounds, plan.rounds, |round| disturbance(round)).into_iter().flatten() {
        let subject = subjects.get(index).map(&name).unwrap_or_default();
        ensure!(measured.requests_per_second > 0.0, "measure {subject}: no answer at all");
        if let Some(of_subject) = turns.get_mut(index) {
            of_subject.push(measured);
        }
    }
    Ok(turns)
}

/// So many rounds, the least disturbed of all, in the order in which they ran.
fn quietest<R>(rounds: Vec<R>, count: usize, disturbance: impl Fn(&R) -> f64) -> Vec<R> {
    let mut order: Vec<(usize, f64)> = rounds.iter().map(disturbance).enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    order.truncate(count);
    let chosen: Vec<usize> = order.into_iter().map(|(at, _)| at).collect();
    rounds.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, round)| round).collect()
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
            stolen: 0.0,
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
    fn a_round_that_other_machines_disturbed_is_repeated_and_counts_only_when_there_is_no_better_one() {
        let stolen = |shares: &[f64]| {
            let mut at = 0;
            let turns = alternate(
                &["a"],
                &Plan::quick(),
                |subject| (*subject).to_owned(),
                |_, _| {
                    at += 1;
                    Ok(Turn { stolen: shares[at - 1], ..turn_of(1.0) })
                },
            )
            .unwrap();
            turns[0].iter().map(|turn| turn.stolen).collect::<Vec<_>>()
        };
        assert_eq!(stolen(&[0.9, 0.0, 0.5, 0.1]), [0.0, 0.1]);
        assert_eq!(stolen(&[0.9, 0.8, 0.2, 0.5, 0.6, 0.0, 0.4]), [0.2, 0.0]);
    }

    #[test]
    fn a_turn_without_an_answer_is_no_figure() {
        let turns = alternate(&["a"], &Plan::quick(), |subject| (*subject).to_owned(), |_, _| Ok(turn_of(0.0)));
        assert_eq!(format!("{:#}", turns.unwrap_err()), "measure a: no answer at all");
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
