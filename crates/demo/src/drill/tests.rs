use std::collections::HashSet;

use super::*;

#[test]
fn a_plan_is_as_large_as_the_drill_demands() {
    let plan = plan(1);
    let classes: HashSet<AttackClass> = plan.attacks.iter().map(|attack| attack.class).collect();
    assert!(plan.benign.len() >= 200, "{}", plan.benign.len());
    assert!(plan.attacks.len() >= 60, "{}", plan.attacks.len());
    assert!(classes.len() >= 6, "{classes:?}");
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
    let requests = |seed| {
        let plan = plan(seed);
        let attacks: Vec<Request> = plan.attacks.into_iter().map(|attack| attack.request).collect();
        (plan.benign, attacks)
    };
    assert_eq!(requests(7), requests(7));
    assert_ne!(requests(7), requests(8));
    assert_eq!(requests(7).0.len(), requests(8).0.len());
}

#[test]
fn every_request_has_its_own_mark() {
    let plan = plan(3);
    let follow_ups = plan.attacks.iter().filter_map(|attack| attack.follow_up.as_ref());
    let all: Vec<&str> = plan
        .benign
        .iter()
        .chain(plan.attacks.iter().map(|attack| &attack.request))
        .chain(follow_ups)
        .map(|request| request.id.as_str())
        .collect();
    let distinct: HashSet<&str> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.iter().all(|id| id.starts_with("drill3-")));
}

#[test]
fn attacks_stand_in_every_place_and_encoding() {
    let plan = plan(1);
    let places: HashSet<Place> = plan.attacks.iter().map(|attack| attack.place).collect();
    let encodings: HashSet<Encoding> = plan.attacks.iter().map(|attack| attack.encoding).collect();
    assert_eq!((places.len(), encodings.len()), (8, 5), "{places:?} {encodings:?}");
}

#[test]
fn no_request_line_or_header_can_break_the_framing() {
    let plan = plan(1);
    for request in plan.benign.iter().chain(plan.attacks.iter().map(|attack| &attack.request)) {
        assert!(request.target.bytes().all(|byte| byte.is_ascii_graphic()), "{request:?}");
        assert!(
            request.headers.iter().all(|(name, value)| !format!("{name}{value}").contains(['\r', '\n'])),
            "{request:?}"
        );
    }
}
