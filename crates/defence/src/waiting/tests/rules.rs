//! The rules of the waiting room, one by one.

use super::*;

/// A room of one with a visitor inside, and this many in line who have all polled once.
fn line_of<const N: usize>(room: &Room) -> (Visitor, [Visitor; N]) {
    let mut inside = Visitor::default();
    assert_eq!(inside.arrive(room, start()), Told::Inside);
    let mut line = std::array::from_fn(|_| Visitor::default());
    for _ in 0..2 {
        for (visitor, position) in line.iter_mut().zip(1..) {
            assert_eq!(visitor.arrive(room, start()), Told::Position(position));
        }
    }
    (inside, line)
}

#[test]
fn a_room_without_a_crowd_lets_everybody_in_at_once() {
    let room = room(100, 50);
    let mut visitors: [Visitor; 50] = std::array::from_fn(|_| Visitor::default());
    assert!(visitors.iter_mut().all(|visitor| visitor.arrive(&room, start()) == Told::Inside));
    assert_eq!(room.occupancy(), Occupancy { active: 50, waiting: 0 });
}

#[test]
fn who_leaves_makes_room_for_the_next() {
    let room = room(1, 10);
    let (mut inside, [mut first, mut second]) = line_of(&room);
    for seconds in [20.0, 40.0] {
        inside.arrive(&room, after(seconds));
        assert_eq!(first.arrive(&room, after(seconds)), Told::Position(1));
        assert_eq!(second.arrive(&room, after(seconds)), Told::Position(2));
    }
    first.arrive(&room, after(90.0));
    assert_eq!(second.arrive(&room, after(99.0)), Told::Position(2));
    assert_eq!(second.arrive(&room, after(100.0)), Told::Position(1), "the one inside was last seen at 40");
    assert_eq!(first.arrive(&room, after(101.0)), Told::Inside);
    assert_eq!(inside.arrive(&room, after(101.0)), Told::Position(2), "who has left stands at the end");
}

#[test]
fn who_does_not_poll_for_a_minute_loses_its_place() {
    let room = room(1, 10);
    let (mut inside, [mut first, mut second]) = line_of(&room);
    for seconds in [30.0, 59.0] {
        inside.arrive(&room, after(seconds));
        assert_eq!(second.arrive(&room, after(seconds)), Told::Position(2));
    }
    inside.arrive(&room, after(61.0));
    assert_eq!(second.arrive(&room, after(61.0)), Told::Position(1));
    assert_eq!(first.arrive(&room, after(61.0)), Told::Position(2), "it begins anew");
}

#[test]
fn who_never_shows_its_ticket_holds_no_place_but_keeps_its_number() {
    let room = room(1, 10);
    let mut visitors: [Visitor; 3] = std::array::from_fn(|_| Visitor::default());
    for visitor in &mut visitors {
        visitor.arrive(&room, start());
    }
    let [mut inside, mut silent, mut polling] = visitors;
    inside.arrive(&room, after(10.0));
    assert_eq!(polling.arrive(&room, after(14.0)), Told::Position(2));
    assert_eq!(polling.arrive(&room, after(16.0)), Told::Position(1));
    assert_eq!(silent.arrive(&room, after(40.0)), Told::Position(1), "it came first");
    assert_eq!(polling.arrive(&room, after(40.0)), Told::Position(2));
}

#[test]
fn a_room_that_has_forgotten_all_takes_everybody_back_where_they_were() {
    let before = room(1, 10);
    let (mut inside, [mut first, mut second, mut third]) = line_of(&before);
    let restarted = room(1, 10);
    assert_eq!(inside.arrive(&restarted, after(5.0)), Told::Inside);
    assert_eq!(third.arrive(&restarted, after(5.0)), Told::Position(1));
    assert_eq!(first.arrive(&restarted, after(6.0)), Told::Position(1));
    assert_eq!(second.arrive(&restarted, after(7.0)), Told::Position(2));
    assert_eq!(Visitor::default().arrive(&restarted, after(7.0)), Told::Position(4));
    assert_eq!(third.arrive(&restarted, after(8.0)), Told::Position(3));
    let much_later = room(1, 10);
    let mut newcomers: [Visitor; 2] = std::array::from_fn(|_| Visitor::default());
    assert!(newcomers.iter_mut().all(|visitor| visitor.arrive(&much_later, after(70.0)) != Told::Full));
    assert_eq!(first.arrive(&much_later, after(70.0)), Told::Position(2), "its ticket is too old by now");
}

#[test]
fn a_restart_lets_no_more_in_than_fit() {
    let before = room(3, 10);
    let mut visitors: [Visitor; 3] = std::array::from_fn(|_| Visitor::default());
    assert!(visitors.iter_mut().all(|visitor| visitor.arrive(&before, start()) == Told::Inside));
    let smaller = room(2, 10);
    let told = visitors.each_mut().map(|visitor| visitor.arrive(&smaller, after(1.0)));
    assert_eq!(told, [Told::Inside, Told::Inside, Told::Position(1)]);
}

#[test]
fn those_who_come_back_after_all_have_left_are_let_in_at_the_pace() {
    let room = room(500, 10);
    let mut visitors: Vec<Visitor> = vec![Visitor::default(); 500];
    let mut count_in =
        |now| visitors.iter_mut().filter_map(|v| (v.arrive(&room, now) == Told::Inside).then_some(())).count();
    assert_eq!(count_in(start()), 11, "a second's worth and one");
    assert_eq!(count_in(after(1.0)), 21);
    assert_eq!(count_in(after(1.05)), 21);
    assert_eq!(count_in(after(1.1)), 22);
    assert_eq!(count_in(after(31.1)), 33, "half a minute that nobody used is not made up for");
}

#[test]
fn a_full_line_says_so_and_takes_nobody_in_front_of_those_in_it() {
    let room = Room::new("appointment", limits(1, 10, 2), Secret::new([7; 32]));
    let (mut inside, [mut first, mut second]) = line_of(&room);
    let mut late = Visitor::default();
    let full = Entrance::Full { retry_after: FULL_RETRY_AFTER };
    assert_eq!(room.arrive(after(1.0), None, false), full);
    assert_eq!(late.arrive(&room, after(1.0)), Told::Full);
    assert_eq!(room.occupancy(), Occupancy { active: 1, waiting: 2 });
    inside.arrive(&room, after(2.0));
    assert_eq!(first.arrive(&room, after(50.0)), Told::Position(1));
    assert_eq!(second.arrive(&room, after(50.0)), Told::Position(2));
    assert_eq!(late.arrive(&room, after(63.0)), Told::Position(2), "the first is let in, which makes a place");
    assert_eq!(first.arrive(&room, after(63.0)), Told::Inside);
}

#[test]
fn who_is_privileged_needs_no_place_and_takes_none() {
    let room = room(1, 10);
    let (_inside, [_first]) = line_of(&room);
    for cookie in [None, Some("anything")] {
        assert_eq!(room.arrive(start(), cookie, true), Entrance::Admitted { cookie: None });
    }
    assert_eq!(room.occupancy(), Occupancy { active: 1, waiting: 1 });
}

#[test]
fn fewer_places_turn_nobody_out() {
    let room = room(3, 10);
    let mut visitors: [Visitor; 4] = std::array::from_fn(|_| Visitor::default());
    assert!(visitors.iter_mut().all(|visitor| visitor.arrive(&room, start()) != Told::Full));
    let [a, b, c, waits] = &mut visitors;
    room.set_limits(limits(1, 10, 10));
    for seconds in [30.0, 60.0, 90.0] {
        assert_eq!([&mut *a, b].map(|visitor| visitor.arrive(&room, after(seconds))), [Told::Inside, Told::Inside]);
        assert_eq!(waits.arrive(&room, after(seconds)), Told::Position(1));
    }
    assert_eq!(c.arrive(&room, after(90.0)), Told::Position(2), "it left");
    assert_eq!(a.arrive(&room, after(149.0)), Told::Inside);
    assert_eq!(waits.arrive(&room, after(149.5)), Told::Position(1), "b left, but a is there");
}

#[test]
fn a_cookie_is_renewed_now_and_then_and_not_with_every_answer() {
    let room = room(1, 10);
    let arrive = |seconds, cookie: &str| match room.arrive(after(seconds), Some(cookie), false) {
        Entrance::Admitted { cookie } => cookie,
        other => panic!("{other:?}"),
    };
    let first = arrive(0.0, "").expect("a new visitor gets a ticket");
    assert_eq!(arrive(1.0, &first), None);
    assert_eq!(arrive(19.9, &first), None);
    let second = arrive(20.0, &first).expect("a renewed ticket");
    assert_ne!(first, second);
    assert_eq!(arrive(39.9, &second), None);
    assert!(arrive(40.0, &first).is_some(), "an old copy is the same visitor");
    assert_eq!(room.occupancy().active, 1);
}

#[test]
fn a_clock_that_goes_back_costs_nobody_a_place_and_lets_nobody_in() {
    let room = room(1, 10);
    let (mut inside, [mut first, mut second]) = line_of(&room);
    let yesterday = |seconds: f64| start().minus(Duration::from_secs(86_400)).plus(Duration::from_secs_f64(seconds));
    for seconds in [0.0, 30.0, 60.0, 90.0] {
        assert_eq!(inside.arrive(&room, yesterday(seconds)), Told::Inside);
        assert_eq!(first.arrive(&room, yesterday(seconds)), Told::Position(1));
        assert_eq!(second.arrive(&room, yesterday(seconds)), Told::Position(2));
        assert_eq!(Visitor::default().arrive(&room, yesterday(seconds)), Told::Position(3), "numbers never go back");
    }
    first.arrive(&room, yesterday(140.0));
    assert_eq!(first.arrive(&room, yesterday(151.0)), Told::Inside, "and it runs on from there");
}

#[test]
fn a_ticket_of_another_object_or_key_or_none_at_all_is_a_new_visitor() {
    let (_, [first]) = line_of(&room(1, 10));
    let ticket = first.cookie.unwrap();
    for (object, key) in [("appointment", 8), ("report", 7)] {
        let other = Room::new(object, limits(1, 10, 10), Secret::new([key; 32]));
        other.arrive(start(), None, false);
        other.arrive(start(), None, false);
        let told = other.arrive(start(), Some(&ticket), false);
        assert!(matches!(told, Entrance::Waiting { position: 2, .. }), "{told:?}");
    }
}

#[test]
fn a_flood_without_cookies_holds_no_more_than_the_line_and_not_for_long() {
    let room = room(1, 10);
    let (mut inside, [mut first]) = line_of(&room);
    for _ in 0..50_000 {
        room.arrive(after(1.0), None, false);
    }
    assert_eq!(room.occupancy(), Occupancy { active: 1, waiting: 1_000 });
    inside.arrive(&room, after(10.0));
    assert_eq!(first.arrive(&room, after(17.0)), Told::Position(1));
    assert_eq!(Visitor::default().arrive(&room, after(17.0)), Told::Position(2), "the flood is gone");
}

#[test]
fn limits_are_checked_each() {
    let check = |raw: &str, expected: &str| {
        let raw: RawRoom = serde_json::from_str(raw).unwrap();
        let told = RoomLimits::compile(&raw).map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(told, expected);
    };
    check(r#"{"max_active": 1, "admissions_per_second": 1}"#, "");
    check(
        r#"{"max_active": 0, "admissions_per_second": 100001, "max_waiting": 200001}"#,
        "compile waiting room: max_active: expected 1 to 1000000; admissions_per_second: expected 1 to 100000; \
         max_waiting: expected 1 to 200000",
    );
}
