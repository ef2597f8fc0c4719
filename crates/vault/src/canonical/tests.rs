use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use medward_contract::event::{Dataset, Event, Field, FieldKind, FieldValue, Outcome};
use medward_contract::{Severity, Timestamp};
use proptest::prelude::*;

use super::*;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn fixture(dataset: Dataset) -> Event {
    let path = format!("{}/../contract/fixtures/events/{dataset}.json", env!("CARGO_MANIFEST_DIR"));
    Event::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The committed bytes never change: a difference here would make every stored record unverifiable.
#[test]
fn canonical_bytes_of_every_kind_are_those_committed() {
    let mut text = String::new();
    for (seq, dataset) in (0_u32..).zip(Dataset::ALL) {
        let ingested = at(1_795_144_456_000_000 + i64::from(seq));
        let bytes = encode(u64::from(seq) * 100, ingested, &fixture(*dataset)).unwrap();
        let leaf = medward_crypto::hash::sha256_parts(&[&[0], &bytes]);
        writeln!(text, "{dataset} {} {}", HEXLOWER.encode(&leaf), HEXLOWER.encode(&bytes)).unwrap();
    }
    expect_test::expect_file!["../../tests/vectors/canonical.txt"].assert_eq(&text);
}

#[test]
fn message_that_ends_the_original_is_stored_as_offset() {
    let event = |message: &str, original: &[u8]| {
        Event::new(Dataset::SyslogMessage, "receive", at(0))
            .set(Field::Message, message)
            .set(Field::EventOriginal, original.to_vec())
    };
    let offset_only = encode(0, at(0), &event("登录失败", "<13>登录失败".as_bytes())).unwrap();
    let whole = encode(0, at(0), &event("登录", "<13>登录失败".as_bytes())).unwrap();
    let not_utf8 = encode(0, at(0), &event("A", b"\xb5\xc7A")).unwrap();
    let count =
        |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).filter(|window| *window == needle).count();
    assert_eq!(count(&offset_only, "登录失败".as_bytes()), 1, "text stored once");
    assert_eq!(count(&whole, "登录".as_bytes()), 2);
    assert_eq!(count(&not_utf8, b"A"), 2);
    for bytes in [offset_only, whole, not_utf8] {
        let record = View::parse(&bytes).unwrap().to_record().unwrap();
        assert_eq!(encode(0, at(0), &record.event).unwrap(), bytes);
    }
}

/// A peer that we did not write (minicbor) reads the same map.
#[test]
fn foreign_decoder_reads_the_same_values() {
    let event = fixture(Dataset::WafAttack);
    let bytes = encode(42, at(-7), &event).unwrap();
    let mut decoder = minicbor::Decoder::new(&bytes);
    let entries = decoder.map().unwrap().unwrap();
    let mut keys = Vec::new();
    for _ in 0..entries {
        let key = decoder.u64().unwrap();
        keys.push(key);
        match key {
            0 => assert_eq!(decoder.u64().unwrap(), 42),
            2 => assert_eq!(decoder.i64().unwrap(), -7),
            3 => assert_eq!(decoder.str().unwrap(), "waf.attack"),
            16 => assert_eq!(Some(decoder.str().unwrap()), event.text(Field::SourceIp)),
            _ => decoder.skip().unwrap(),
        }
    }
    assert!(keys.is_sorted_by(|left, right| left < right));
    assert_eq!(decoder.position(), bytes.len());
}

#[test]
fn too_large_record_is_refused_and_a_fitted_event_is_not() {
    let mut event = Event::new(Dataset::AppLog, "log", at(0));
    for (field, letter) in [(Field::Message, "诊"), (Field::UrlPath, "p"), (Field::DbStatement, "s")] {
        event.put(field, letter.repeat(32 * 1024 / letter.len()).into());
    }
    assert!(matches!(Prepared::new(&event), Err(EncodeError::TooLarge { .. })));
    fit(&mut event);
    let bytes = encode(0, at(0), &event).unwrap();
    assert!(bytes.len() <= MAX_EVENT_BYTES + 64, "{}", bytes.len());
    assert!(event.attrs.contains_key("medward.truncated"));
    assert!(event.text(Field::Message).unwrap().chars().all(|c| c == '诊'));
}

/// Escapes make JSON up to six times as long as the text: an attacker who knows that must not leave the log.
#[test]
fn evidence_full_of_escapes_fits_and_can_still_be_read() {
    let hits: Vec<_> = (0..64).map(|hit| serde_json::json!({"hit": hit, "raw": "\\\"\u{1}".repeat(36)})).collect();
    let mut event = Event::new(Dataset::WafAttack, "block", at(0))
        .set(Field::RuleId, "MW-XSS-101")
        .set(Field::UrlPath, "p".repeat(14_500))
        .set(Field::UserAgent, "u".repeat(16_000))
        .attr("waf.hits", serde_json::Value::from(hits.clone()).to_string())
        .attr("waf.more", serde_json::Value::from(hits.clone()).to_string());
    assert!(Prepared::new(&event).is_err(), "nothing to fit");
    fit(&mut event);
    let record = View::parse(&encode(0, at(0), &event).unwrap()).unwrap().to_record().unwrap();
    let kept: Vec<serde_json::Value> = serde_json::from_str(record.event.attrs["waf.hits"].as_str().unwrap()).unwrap();
    assert!(kept.len() > 10 && kept[0] == hits[0], "{}", kept.len());
    assert_eq!(record.event.text(Field::RuleId), Some("MW-XSS-101"));
    assert_eq!(record.event.attrs["medward.truncated"], "user_agent.original,url.path,waf.more");
}

proptest::proptest! {
    // Events of megabytes: each case costs a second of a debug build.
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn any_event_fits(
        texts in proptest::collection::vec(("[\\x00-\\x7f]{0,400}", 0_usize..130, proptest::bool::ANY), 0..60),
    ) {
        let mut event = Event::new(Dataset::AppLog, "log", at(0)).set(Field::ServiceName, "his").set(Field::Message, "m");
        for (number, (text, times, list)) in texts.into_iter().enumerate() {
            let text = text.repeat(times);
            let value = if list { serde_json::json!([text, text]).to_string() } else { text };
            event.attrs.insert(format!("a{number}").into(), value.into());
        }
        fit(&mut event);
        let bytes = encode(0, at(0), &event);
        proptest::prop_assert!(bytes.is_ok(), "{:?}", bytes.err());
    }
}

#[test]
fn values_the_vault_sets_are_not_taken_from_a_sensor() {
    let event =
        Event::new(Dataset::AppLog, "log", at(0)).attr("medward.seq", 9).attr("event.ingested", 1).attr("kept", 1);
    let record = View::parse(&encode(3, at(4), &event).unwrap()).unwrap().to_record().unwrap();
    assert_eq!(record.event.attrs.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>(), ["kept"]);
}

/// Each refused form differs from an accepted record in exactly one rule.
#[test]
fn forms_that_encode_would_not_write_are_refused() {
    let event = Event::new(Dataset::AppLog, "log", at(1)).set(Field::Message, "m").tag("t").attr("a", 1);
    let good = encode(5, at(2), &event).unwrap();
    assert!(View::parse(&good).is_ok());
    let check = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        assert!(View::parse(&bytes).is_err(), "{name}");
    };
    check("trailing byte", &|bytes| bytes.push(0));
    check("cut", &|bytes| bytes.truncate(bytes.len() - 1));
    check("longer head for seq", &|bytes| drop(bytes.splice(2..3, [0x18, 5])));
    check("key order", &|bytes| bytes[1] = 1);
    check("severity 5", &|bytes| {
        let place = bytes.windows(2).position(|pair| pair == [0x06, 0x00]).unwrap();
        bytes[place + 1] = 5;
    });
    check("blank in attrs", &|bytes| {
        let place = bytes.iter().rposition(|byte| *byte == b':').unwrap();
        bytes[place] = b' ';
    });
    check("empty tags", &|bytes| {
        let place = bytes.windows(3).position(|window| window == [0x81, 0x61, b't']).unwrap();
        bytes.splice(place..place + 3, [0x80]);
    });
    let with_original = encode(0, at(0), &event.clone().set(Field::EventOriginal, b"x".to_vec())).unwrap();
    let place = with_original.windows(3).position(|window| window == [0x18, 47, 0x41]).unwrap();
    let mut suffix = with_original.clone();
    suffix[place + 3] = b'm';
    assert!(View::parse(&suffix).is_err(), "message that should be an offset");
}

fn field_value(kind: FieldKind) -> BoxedStrategy<FieldValue> {
    match kind {
        FieldKind::Text => ".{0,40}".prop_map(FieldValue::from).boxed(),
        FieldKind::Int => any::<i64>().prop_map(FieldValue::Int).boxed(),
        FieldKind::Bytes => {
            prop_oneof![proptest::collection::vec(any::<u8>(), 0..60), ".{0,20}".prop_map(String::into_bytes)]
                .prop_map(FieldValue::Bytes)
                .boxed()
        }
    }
}

fn scalar() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        proptest::num::f64::NORMAL.prop_map(Into::into),
        ".{0,30}".prop_map(|text: String| text.into()),
    ]
}

prop_compose! {
    pub(crate) fn any_event()(
        micros: i64,
        dataset in proptest::sample::select(Dataset::ALL),
        outcome in proptest::sample::select(&[Outcome::Success, Outcome::Failure, Outcome::Unknown]),
        severity in 0_u8..=4,
        fields in proptest::collection::btree_map(
            proptest::sample::select(Field::ALL), 0..1_u8, 0..20)
            .prop_flat_map(|fields| fields.into_keys().map(|field| field_value(field.kind()).prop_map(move |value| (field, value))).collect::<Vec<_>>()),
        suffix_message: bool,
        tags in proptest::collection::vec(".{0,10}", 0..4),
        attrs in proptest::collection::btree_map("x[a-z0-9_@.-]{0,12}", scalar(), 0..6),
    ) -> Event {
        let mut event = Event::new(dataset, dataset.actions()[0], at(micros))
            .outcome(outcome)
            .severity(Severity::try_from(severity).unwrap());
        event.fields = fields.into_iter().collect();
        if let (true, Some(FieldValue::Text(message))) = (suffix_message, event.fields.get(&Field::Message).cloned()) {
            event.put(Field::EventOriginal, FieldValue::Bytes(format!("<1>{message}").into_bytes()));
        }
        event.tags = tags;
        event.attrs = attrs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        event
    }
}

proptest! {
    #[test]
    fn any_event_reads_back_equal(event in any_event(), seq: u64, ingested: i64) {
        let bytes = encode(seq, at(ingested), &event).unwrap();
        let record = View::parse(&bytes).unwrap().to_record().unwrap();
        prop_assert_eq!(record.at.seq, seq);
        prop_assert_eq!(record.ingested, at(ingested));
        prop_assert_eq!(record.event, event);
    }

    /// Strictness: whatever the decoder accepts is byte for byte what the encoder writes.
    #[test]
    fn accepted_bytes_are_what_encode_writes(event in any_event(), at_byte: prop::sample::Index, bit in 0..8_u32) {
        let mut bytes = encode(9, at(3), &event).unwrap();
        let place = at_byte.index(bytes.len());
        bytes[place] ^= 1 << bit;
        // attrs are stored as written, never re-serialised, so only their spelling may differ.
        if let Ok(view) = View::parse(&bytes) && view.attrs.is_none() && let Ok(record) = view.to_record() {
            prop_assert_eq!(&encode(view.seq, view.ingested, &record.event).unwrap(), &bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        drop(View::parse(&bytes));
    }
}
