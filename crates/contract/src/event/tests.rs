use super::*;

fn fixture(dataset: Dataset) -> String {
    let path = format!("{}/fixtures/events/{dataset}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_kind_has_a_fixture_that_validates_and_survives_json() {
    for dataset in Dataset::ALL {
        let event = Event::from_json(&fixture(*dataset)).unwrap_or_else(|error| panic!("{dataset}: {error}"));
        assert_eq!(event.dataset, *dataset);
        event.validate().unwrap();
        assert_eq!(Event::from_value(event.to_value()).unwrap(), event);
    }
}

#[test]
fn each_required_field_is_missed_when_absent() {
    for dataset in Dataset::ALL {
        for required in dataset.required() {
            let mut value: serde_json::Value = serde_json::from_str(&fixture(*dataset)).unwrap();
            value.as_object_mut().unwrap().remove(*required);
            let findings = Event::from_value(value).unwrap().validate().unwrap_err().findings;
            assert_eq!(findings, [format!("{required} is missing")], "{dataset}");
        }
    }
}

#[test]
fn dataset_and_stream_names_round_trip() {
    for dataset in Dataset::ALL {
        assert_eq!(dataset.as_str().parse::<Dataset>().unwrap(), *dataset);
        assert_eq!(dataset.as_str().split('.').next().unwrap(), dataset.stream().as_str());
    }
    for stream in Stream::ALL {
        assert_eq!(Stream::from_number(stream.number()), Some(stream));
        assert_eq!(stream.as_str().parse::<Stream>().unwrap(), stream);
    }
    assert_eq!(Stream::from_number(0), None);
}

#[test]
fn nested_keys_mean_the_same_as_dotted_keys() {
    let nested = r#"{"@timestamp":"2026-11-20T03:14:15.926535Z","event":{"dataset":"app.log","action":"log"},"service":{"name":"his"},"message":"x"}"#;
    let dotted = r#"{"@timestamp":1795144455926535,"event.dataset":"app.log","event.action":"log","service.name":"his","message":"x"}"#;
    assert_eq!(Event::from_json(nested).unwrap(), Event::from_json(dotted).unwrap());
}

#[test]
fn long_chinese_text_is_cut_at_a_character_and_named() {
    let event = Event::new(Dataset::AppLog, "log", Timestamp::from_micros(0))
        .set(Field::Message, "诊".repeat(20_000))
        .attr("note", "断".repeat(20_000));
    let kept = event.text(Field::Message).unwrap();
    assert!(kept.len() <= MAX_VALUE_BYTES && kept.chars().all(|c| c == '诊'));
    assert_eq!(event.attrs["medward.truncated"], "message,note");
}

#[test]
fn wrong_action_type_and_key_are_all_listed() {
    let event = Event::new(Dataset::AppLog, "explode", Timestamp::from_micros(0))
        .set(Field::ServiceName, "his")
        .set(Field::Message, 4_i64)
        .attr("Upper", 1);
    assert_eq!(event.validate().unwrap_err().findings.len(), 3);
}

#[test]
fn deep_or_wide_json_is_refused() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
    assert!(matches!(Event::from_json(&deep), Err(EventJsonError::TooLarge)));
    let wide = format!("{{{}}}", (0..300).map(|i| format!("\"k{i}\":1")).collect::<Vec<_>>().join(","));
    assert!(matches!(Event::from_json(&wide), Err(EventJsonError::TooLarge)));
}

#[test]
fn field_keys_are_those_of_the_canonical_form() {
    assert_eq!(Field::EventDuration.key(), 7);
    assert_eq!(Field::DbResultCode.key(), 44);
    assert_eq!(Field::EventOriginal.key(), 47);
    for field in Field::ALL {
        assert_eq!(Field::from_key(field.key()), Some(*field));
        assert_eq!(Field::from_name(field.name()), Some(*field));
    }
}
