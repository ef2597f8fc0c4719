//! What the waiting room promises, on made-up crowds.

use proptest::prelude::*;

use super::*;

const TICK_MICROS: u64 = 500_000;
/// Nobody stays inside for longer.
const MAX_STAY_SECONDS: u64 = 40;

/// A visitor's plan, in ticks.
#[derive(Debug, Clone)]
struct Plan {
    arrives: u64,
    /// Between polls, and between requests when inside: less than a minute.
    every: u64,
    /// Ticks inside.
    stays: u64,
    /// Polls before it gives up, if it does.
    gives_up_after: Option<u8>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let gives_up = prop_oneof![3 => Just(None), 1 => (0..5_u8).prop_map(Some)];
    (0..60_u64, 1..100_u64, 0..2 * MAX_STAY_SECONDS, gives_up)
        .prop_map(|(arrives, every, stays, gives_up_after)| Plan { arrives, every, stays, gives_up_after })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Coming,
    InLine { polls: u8 },
    Inside { until: u64 },
    Gone,
}

struct Guest {
    plan: Plan,
    visitor: Visitor,
    stage: Stage,
    next: u64,
    /// When it was last told that it is inside, by the steady time of the test.
    last_inside: Option<u64>,
}

struct Crowd {
    room: Room,
    max_active: usize,
    guests: Vec<Guest>,
    tick: u64,
    /// What the machine's clock was set back by, in all.
    set_back: Duration,
}

impl Crowd {
    fn now(&self) -> Timestamp {
        start().plus(Duration::from_micros(self.tick * TICK_MICROS)).minus(self.set_back)
    }

    fn visit(&mut self, index: usize) -> Result<(), TestCaseError> {
        let (now, tick) = (self.now(), self.tick);
        let guest = &mut self.guests[index];
        let told = guest.visitor.arrive(&self.room, now);
        let was_inside = matches!(guest.stage, Stage::Inside { .. });
        prop_assert!(!was_inside || told == Told::Inside, "guest {index} was turned out");
        guest.next = tick + guest.plan.every;
        match (told, guest.stage) {
            (Told::Inside, Stage::Inside { until }) => {
                guest.last_inside = Some(tick);
                if until <= tick {
                    guest.stage = Stage::Gone;
                }
            }
            (Told::Inside, _) => {
                guest.last_inside = Some(tick);
                guest.stage = Stage::Inside { until: tick + guest.plan.stays };
                self.nobody_was_overtaken_by(index)?;
            }
            (_, Stage::InLine { polls }) => {
                let gives_up = guest.plan.gives_up_after.is_some_and(|after| polls >= after);
                guest.stage = if gives_up { Stage::Gone } else { Stage::InLine { polls: polls.saturating_add(1) } };
            }
            (_, _) => {
                // The first poll comes early, as that of the page does.
                guest.next = tick + guest.plan.every.min(10);
                guest.stage = Stage::InLine { polls: 0 };
            }
        }
        self.no_more_are_inside_than_may_be()
    }

    /// Everybody who came before and still polls must be inside by now.
    fn nobody_was_overtaken_by(&mut self, index: usize) -> Result<(), TestCaseError> {
        let order = |guest: &Guest, index| (guest.plan.arrives, index);
        let mine = order(&self.guests[index], index);
        for earlier in 0..self.guests.len() {
            let guest = &self.guests[earlier];
            if matches!(guest.stage, Stage::InLine { .. }) && order(guest, earlier) < mine {
                let mut copy = guest.visitor.clone();
                prop_assert_eq!(copy.arrive(&self.room, self.now()), Told::Inside, "{} overtook {}", index, earlier);
            }
        }
        Ok(())
    }

    fn no_more_are_inside_than_may_be(&self) -> Result<(), TestCaseError> {
        let minute = ACTIVE_FOR.as_secs() * 1_000_000 / TICK_MICROS;
        let is_active = |guest: &&Guest| guest.last_inside.is_some_and(|last| self.tick - last < minute);
        let active = self.guests.iter().filter(is_active).count();
        prop_assert!(active <= self.max_active, "{} of {}", active, self.max_active);
        prop_assert!(self.room.occupancy().active <= self.max_active);
        Ok(())
    }
}

proptest! {
    /// Whatever the crowd does: no more inside than may be, nobody turned out or overtaken, and all who keep polling get in.
    #[test]
    fn a_crowd_is_let_in_in_its_order(
        plans in proptest::collection::vec(plan(), 1..25),
        max_active in 1..6_u32,
        per_second in 1..4_u32,
        set_backs in proptest::collection::vec((0..400_u64, 0..200_000_u64), 0..3),
    ) {
        let guest = |plan: Plan| Guest {
            next: plan.arrives, visitor: Visitor::default(), stage: Stage::Coming, last_inside: None, plan,
        };
        let mut crowd = Crowd {
            room: room(max_active, per_second),
            max_active: usize::try_from(max_active).unwrap(),
            guests: plans.into_iter().map(guest).collect(),
            tick: 0,
            set_back: Duration::ZERO,
        };
        // Each in turn: a stay, a minute until it counts as gone, and a poll at each end; nobody needs more than that.
        let turn = 2 * (MAX_STAY_SECONDS + ACTIVE_FOR.as_secs() + 1) + 200;
        let turns = u64::try_from(crowd.guests.len()).unwrap().div_ceil(u64::from(max_active)) + 1;
        while crowd.tick < 60 + turns * turn {
            let here = set_backs.iter().filter(|(tick, _)| *tick == crowd.tick);
            crowd.set_back += here.map(|(_, millis)| Duration::from_millis(*millis)).sum::<Duration>();
            for index in 0..crowd.guests.len() {
                let guest = &crowd.guests[index];
                if guest.stage != Stage::Gone && guest.next <= crowd.tick {
                    crowd.visit(index)?;
                }
            }
            crowd.tick += 1;
        }
        for (index, guest) in crowd.guests.iter().enumerate() {
            let patient = guest.plan.gives_up_after.is_none();
            prop_assert!(!patient || guest.last_inside.is_some(), "guest {} never got in", index);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Visitors who all ask all the time are let in at the pace: no more than it allows in any time, and no fewer over all.
    #[test]
    fn the_pace_is_kept(
        steps in proptest::collection::vec(1_000..1_000_000_u64, 1..30),
        per_second in 1..40_u32,
        max_active in 1..150_u32,
    ) {
        let room = room(max_active, per_second);
        let mut visitors = vec![Visitor::default(); 120];
        let (mut at, mut admitted) = (0, Vec::new());
        for step in steps {
            let now = start().plus(Duration::from_micros(at));
            let inside = visitors.iter_mut().filter_map(|v| (v.arrive(&room, now) == Told::Inside).then_some(())).count();
            admitted.push((at, u64::try_from(inside).unwrap()));
            at += step;
        }
        let rate = u64::from(per_second);
        let mut before = 0;
        for (index, (from, _)) in admitted.iter().enumerate() {
            for (to, inside) in &admitted[index..] {
                prop_assert!(inside - before <= rate * (to - from) / 1_000_000 + rate + 1, "{:?}", admitted);
            }
            before = admitted[index].1;
        }
        // A rate that does not divide a second is rounded down by less than a millionth of it per visitor.
        let (last, inside) = admitted.last().copied().unwrap();
        let due = (rate * last / 1_000_000).min(120).min(u64::from(max_active));
        prop_assert!(inside >= due.saturating_sub(1), "{} of {}", inside, due);
    }
}

proptest! {
    /// One changed character anywhere makes a ticket that nobody knows; any other text is none either.
    #[test]
    fn nothing_but_a_signed_ticket_is_taken(index in 0..90_usize, other in "[A-Za-z0-9_.-]", text in ".{0,120}") {
        let key = Secret::new([7; 32]);
        let ticket = Ticket { number: 5, seen: start(), admitted: true };
        let signed = ticket.sign(&[1; 16], &key);
        prop_assert_eq!(Ticket::read(&signed, &[1; 16], &key), Some(ticket));
        let mut changed = signed.into_bytes();
        prop_assume!(changed[index] != other.as_bytes()[0]);
        changed[index] = other.as_bytes()[0];
        prop_assert_eq!(Ticket::read(&String::from_utf8(changed).unwrap(), &[1; 16], &key), None);
        prop_assert_eq!(Ticket::read(&text, &[1; 16], &key), None);
    }
}
