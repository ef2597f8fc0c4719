//! A verdict as a `waf.attack` event, with the evidence in `waf.hits`.

use data_encoding::HEXLOWER;
use medward_contract::Severity;
use medward_contract::event::{Event, Field, MAX_VALUE_BYTES};
use medward_waf::{AttackClass, Hit, Outcome, Severity as RuleSeverity, Verdict, printable};
use serde_json::json;

/// The action of the event: what was done, given what the engine said.
pub(super) const fn action(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Outcome::Block => "block",
        Outcome::Observe => "observe",
        Outcome::Pass | Outcome::Error(_) | Outcome::Exhausted => "pass",
    }
}

/// What an alarm needs to know of a verdict: the category, the rule, and whether it is of a critical class.
pub(super) fn gist(verdict: &Verdict) -> (&'static str, &str, bool) {
    let strongest = strongest(verdict);
    let class = class(verdict, strongest);
    let is_critical = is_critical(class) || strongest.map(severity) == Some(Severity::Critical);
    (class.code(), strongest.map_or("score", |hit| hit.rule.as_str()), is_critical)
}

fn class(verdict: &Verdict, strongest: Option<&Hit>) -> AttackClass {
    verdict.attack.or(strongest.map(|hit| hit.class)).unwrap_or(AttackClass::Other)
}

/// Whether whoever succeeds with such an attack has the machine or its data.
const fn is_critical(class: AttackClass) -> bool {
    matches!(
        class,
        AttackClass::Sqli
            | AttackClass::Shell
            | AttackClass::Xxe
            | AttackClass::Ssti
            | AttackClass::Java
            | AttackClass::Php
            | AttackClass::Node
            | AttackClass::Jndi
            | AttackClass::Deser
            | AttackClass::Upload
    )
}

/// Adds rule, category, score and evidence to `event`.
pub(super) fn event(event: Event, verdict: &Verdict) -> Event {
    let strongest = strongest(verdict);
    let class = class(verdict, strongest);
    let verb = if verdict.outcome == Outcome::Block { "已拦截" } else { "已记录" };
    // What a response gives away is nobody's attack.
    let noun = if class == AttackClass::Leak { "" } else { "攻击" };
    let mut event = event
        .severity(strongest.map_or(Severity::Medium, severity))
        .set(Field::RuleId, strongest.map_or("score", |hit| hit.rule.as_str()))
        .set(Field::RuleName, strongest.map_or("", |hit| hit.msg.as_str()))
        .set(Field::RuleCategory, class.code())
        .set(Field::Message, format!("{}{noun}{verb}", class.chinese()))
        .attr("waf.score", verdict.score_in)
        .attr("waf.score_out", verdict.score_out)
        .attr("waf.phase", verdict.phase)
        .attr("waf.policy", verdict.policy.0.as_str())
        .attr("waf.program", HEXLOWER.encode(&verdict.program))
        .attr("waf.hits", hits(&verdict.hits));
    if verdict.hits_dropped > 0 {
        event = event.attr("waf.hits_dropped", verdict.hits_dropped);
    }
    if verdict.partial { event.attr("waf.partial", true) } else { event }
}

/// The hit that names the event: of the attack's class, the one with most points.
pub(super) fn strongest(verdict: &Verdict) -> Option<&Hit> {
    let best = |hits: &mut dyn Iterator<Item = &'_ Hit>| -> Option<usize> {
        hits.enumerate().max_by_key(|(at, hit)| (hit.points, std::cmp::Reverse(*at))).map(|(at, _)| at)
    };
    let of_class: Vec<&Hit> = verdict.hits.iter().filter(|hit| Some(hit.class) == verdict.attack).collect();
    match best(&mut of_class.iter().copied()) {
        Some(at) => of_class.get(at).copied(),
        None => best(&mut verdict.hits.iter()).and_then(|at| verdict.hits.get(at)),
    }
}

/// events.md §4 for a rule's severity.
const fn severity(hit: &Hit) -> Severity {
    match hit.severity {
        RuleSeverity::Emergency | RuleSeverity::Alert => Severity::Critical,
        RuleSeverity::Critical | RuleSeverity::Error => Severity::High,
        RuleSeverity::Warning => Severity::Medium,
        RuleSeverity::Notice => Severity::Low,
        RuleSeverity::Info | RuleSeverity::Debug => Severity::Info,
    }
}

/// The hits as JSON text, as many as fit into one value; it is never cut in the middle.
fn hits(hits: &[Hit]) -> String {
    let mut text = String::from("[");
    for hit in hits {
        let one = hit_json(hit).to_string();
        if text.len() + one.len() + 2 > MAX_VALUE_BYTES {
            break;
        }
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&one);
    }
    text.push(']');
    text
}

fn hit_json(hit: &Hit) -> serde_json::Value {
    let chain: Vec<_> =
        hit.chain.iter().map(|(variable, value)| json!({ "variable": variable, "value": value })).collect();
    json!({
        "rule": hit.rule,
        "msg": hit.msg,
        "severity": hit.severity,
        "variable": hit.variable,
        "raw": hit.raw,
        "decoded": hit.decoded,
        "matched": [hit.matched.start, hit.matched.end],
        "match": printable(hit.matched_bytes()),
        "layers": hit.layers,
        "points": hit.points,
        "confidence": hit.confidence,
        "chain": chain,
    })
}

#[cfg(test)]
mod tests {
    use medward_contract::Timestamp;
    use medward_contract::event::Dataset;
    use medward_waf::{Layer, PolicyId, Snip};

    use super::*;

    fn snip(text: &str) -> Snip {
        Snip { bytes: text.into(), start: 0, total: 9, sha256: [0; 32], masked: false }
    }

    fn hit(rule: &str, class: AttackClass, points: u16, text: &str) -> Hit {
        Hit {
            rule: rule.into(),
            msg: format!("{rule} matched"),
            data: "never in an event".into(),
            tags: vec![],
            severity: RuleSeverity::Critical,
            class,
            variable: "ARGS:id".into(),
            raw: snip(text),
            decoded: snip(text),
            matched: 0..2,
            layers: vec![Layer("urlDecodeUni")],
            confidence: 90,
            points,
            paranoia: 1,
            chain: vec![("REQUEST_HEADERS:Referer".into(), snip("also this"))],
        }
    }

    fn verdict(hits: Vec<Hit>) -> Verdict {
        let mut verdict = Verdict::passed(PolicyId("balanced".into()), [0; 16]);
        (verdict.outcome, verdict.attack, verdict.hits) = (Outcome::Block, Some(AttackClass::Sqli), hits);
        verdict
    }

    #[test]
    fn strongest_hit_of_the_attack_class_names_the_event() {
        let verdict = verdict(vec![
            hit("XSS-1", AttackClass::Xss, 9, "<b"),
            hit("SQL-1", AttackClass::Sqli, 3, "1'"),
            hit("SQL-2", AttackClass::Sqli, 5, "1' or"),
            hit("SQL-3", AttackClass::Sqli, 5, "x"),
        ]);
        let event = event(Event::new(Dataset::WafAttack, action(&verdict), Timestamp::from_micros(1)), &verdict);
        assert_eq!(event.text(Field::RuleId), Some("SQL-2"));
        assert_eq!(event.text(Field::RuleCategory), Some("sqli"));
        assert_eq!(event.text(Field::Message), Some("SQL注入攻击已拦截"));
        let hits: serde_json::Value = serde_json::from_str(event.attrs["waf.hits"].as_str().unwrap()).unwrap();
        assert_eq!(hits[2]["match"], "1'");
        assert_eq!(hits[2]["layers"][0], "urlDecodeUni");
        assert_eq!(hits[2]["raw"]["text"], "1' or");
        assert_eq!((&hits[2]["severity"], &hits[2]["points"]), (&json!("critical"), &json!(5)));
        assert_eq!(hits[2]["chain"][0]["variable"], "REQUEST_HEADERS:Referer");
        assert_eq!(hits[2]["chain"][0]["value"]["text"], "also this");
    }

    #[test]
    fn what_takes_the_machine_or_its_data_is_critical() {
        let of = |class, severity| {
            let hit = Hit { severity, ..hit("R-1", class, 5, "x") };
            let verdict = Verdict { attack: Some(class), ..verdict(vec![hit]) };
            gist(&verdict).2
        };
        assert!(of(AttackClass::Deser, RuleSeverity::Critical) && of(AttackClass::Upload, RuleSeverity::Warning));
        assert!(!of(AttackClass::Scanner, RuleSeverity::Critical) && !of(AttackClass::Xss, RuleSeverity::Critical));
        assert!(of(AttackClass::Xss, RuleSeverity::Alert), "its rule says so");
    }

    #[test]
    fn event_says_who_judged_and_how() {
        let mut verdict = verdict(vec![hit("RESPONSE-1", AttackClass::Leak, 5, "ORA-00942")]);
        (verdict.attack, verdict.score_in, verdict.score_out, verdict.phase) = (Some(AttackClass::Leak), 2, 5, 4);
        verdict.program = [0xab; 16];
        let event = event(Event::new(Dataset::WafAttack, action(&verdict), Timestamp::from_micros(1)), &verdict);
        let attrs = ["waf.score", "waf.score_out", "waf.phase"].map(|name| event.attrs[name].as_i64().unwrap());
        assert_eq!(attrs, [2, 5, 4]);
        assert_eq!(event.attrs["waf.policy"], "balanced");
        assert_eq!(event.attrs["waf.program"], "ab".repeat(16));
        assert_eq!(event.text(Field::Message), Some("信息泄露已拦截"));
    }

    #[test]
    fn what_a_rule_noted_down_unmasked_never_stands_in_an_event() {
        let mut noted = hit("SQL-1", AttackClass::Sqli, 5, "1' or");
        noted.data = "password=hunter2".into();
        let event = event(Event::new(Dataset::WafAttack, "block", Timestamp::from_micros(1)), &verdict(vec![noted]));
        assert!(!format!("{event:?}").contains("hunter2"));
    }

    #[test]
    fn hits_beyond_one_value_are_left_out_whole() {
        let long = "\u{1}".repeat(256);
        let verdict = verdict((0..64).map(|_| hit("SQL-1", AttackClass::Sqli, 3, &long)).collect());
        let event = event(Event::new(Dataset::WafAttack, "block", Timestamp::from_micros(1)), &verdict);
        let text = event.attrs["waf.hits"].as_str().unwrap();
        assert!(text.len() <= MAX_VALUE_BYTES && text.len() > MAX_VALUE_BYTES / 2);
        let hits: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        assert!(hits.len() < 64);
    }
}
