use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

fn effective(layers: &[(Layer, &Settings)]) -> Effective {
    Effective::of(layers)
}

#[test]
fn object_wins_over_group_over_template_over_default_and_each_value_says_who_gave_it() {
    let switch = |key: &str, switch| BTreeMap::from([(key.to_owned(), switch)]);
    let template = Settings {
        policy: Some(Policy::Strict),
        mode: Some(Mode::Observe),
        threshold_in: Some(7),
        rules: switch("tag:attack-sqli", RuleSwitch::Off),
        ..Settings::default()
    };
    let group =
        Settings { mode: Some(Mode::Block), rules: switch("MW-XSS-001", RuleSwitch::Record), ..Settings::default() };
    let object = Settings {
        mode: Some(Mode::Bypass),
        rules: switch("tag:attack-sqli", RuleSwitch::On),
        inspect_limit_bytes: Some(0),
        ..Settings::default()
    };
    let all = [(Layer::Object, &object), (Layer::Group, &group), (Layer::Template, &template)];
    let of_object = effective(&all);
    assert_eq!(of_object.mode, Given { value: Mode::Bypass, from: Layer::Object });
    assert_eq!(of_object.policy, Given { value: Policy::Strict, from: Layer::Template });
    assert_eq!(of_object.on_error, Given { value: OnError::Pass, from: Layer::Default });
    assert_eq!(of_object.threshold_in, Given { value: Some(7), from: Layer::Template });
    assert_eq!(of_object.threshold_out, Given { value: Some(3), from: Layer::Default }, "that of strict");
    assert_eq!(of_object.inspect_limit_bytes, Given { value: None, from: Layer::Object });
    assert_eq!(of_object.rules["tag:attack-sqli"], Given { value: RuleSwitch::On, from: Layer::Object });
    assert_eq!(of_object.rules["MW-XSS-001"], Given { value: RuleSwitch::Record, from: Layer::Group });
    assert_eq!(effective(&all[1..]).mode.value, Mode::Block);
    assert_eq!(effective(&all[2..]).mode.value, Mode::Observe);
    assert_eq!(effective(&[]).policy.value, Policy::Balanced);
}

#[test]
fn engine_is_told_what_is_in_force() {
    let settings = Settings {
        policy: Some(Policy::Strict),
        inspect_limit_bytes: Some(7),
        rules: BTreeMap::from([
            ("942100".to_owned(), RuleSwitch::Off),
            ("tag:attack-xss".to_owned(), RuleSwitch::Record),
            ("MW-SSRF-001".to_owned(), RuleSwitch::On),
        ]),
        rich_text: Some(vec!["ARGS:content".to_owned()]),
        ..Settings::default()
    };
    let in_force = effective(&[(Layer::Object, &settings)]);
    let strict = in_force.engine_options(Policy::Strict, NOW);
    assert_eq!((strict.mode, strict.threshold_in, strict.limits.form_bytes), (EngineMode::Block, 3, 7));
    assert_eq!(strict.limits.json_depth, Limits::default().json_depth);
    let id = |id: &str| RuleSelector::Id(id.to_owned());
    let switches = [
        (id("942100"), RuleState::Off),
        (id("MW-SSRF-001"), RuleState::Judges),
        (RuleSelector::Tag("attack-xss".to_owned()), RuleState::Records),
    ];
    assert_eq!(strict.switches.to_vec(), switches, "ids before tags");
    assert_eq!(strict.rich_text.len(), 1);
    assert_eq!(in_force.engine_options(Policy::Balanced, NOW).threshold_in, 5, "what stands in has its own measure");
    assert_eq!(in_force.engine_options(Policy::Observe, NOW).mode, EngineMode::Observe, "the policy never blocks");
    let mode = |mode| {
        let settings = Settings { mode: Some(mode), ..Settings::default() };
        effective(&[(Layer::Object, &settings)]).engine_options(Policy::Crs, NOW).mode
    };
    let told = [mode(Mode::Block), mode(Mode::Observe), mode(Mode::Bypass)];
    assert_eq!(told, [EngineMode::Block, EngineMode::Observe, EngineMode::Off]);
}

#[test]
fn stronger_layer_decides_about_a_rule_whatever_it_is_called_by() {
    let rules = |rules: &[(&str, RuleSwitch)]| Settings {
        rules: rules.iter().map(|(key, switch)| ((*key).to_owned(), *switch)).collect(),
        ..Settings::default()
    };
    let object = rules(&[("mw-sqli-001", RuleSwitch::On), ("tag:Attack-XSS", RuleSwitch::Record)]);
    let template = rules(&[("MW-SQLI-001", RuleSwitch::Off), ("MW-XSS-001", RuleSwitch::Off)]);
    let in_force = effective(&[(Layer::Object, &object), (Layer::Template, &template)]);
    let on = Given { value: RuleSwitch::On, from: Layer::Object };
    assert_eq!((in_force.rules.len(), in_force.rules["MW-SQLI-001"]), (3, on));
    let order: Vec<_> = in_force.engine_options(Policy::Balanced, NOW).switches.to_vec();
    let names: Vec<_> = order.iter().map(|(selector, _)| format!("{selector:?}")).collect();
    assert_eq!(names, [r#"Id("MW-SQLI-001")"#, r#"Tag("attack-xss")"#, r#"Id("MW-XSS-001")"#]);
}

#[test]
fn only_a_crs_is_compiled_again_for_other_levels() {
    let with = |policy| {
        let settings =
            Settings { policy: Some(policy), paranoia_level: Some(2), threshold_in: Some(9), ..Settings::default() };
        effective(&[(Layer::Group, &settings)]).rule_set()
    };
    assert_eq!(with(Policy::Strict), Policy::Strict.into());
    let levels = CrsLevels { paranoia: Some(2), inbound_threshold: Some(9), ..CrsLevels::default() };
    assert_eq!(with(Policy::Crs), RuleSet { policy: Policy::Crs, levels });
}

#[test]
fn wrong_settings_name_the_field() {
    let check = |settings: Settings, field| assert_eq!(settings.check().unwrap_err().field, field);
    let default = Settings::default;
    check(Settings { threshold_in: Some(0), ..default() }, "threshold_in");
    check(Settings { paranoia_level: Some(5), ..default() }, "paranoia_level");
    check(Settings { inspect_limit_bytes: Some(17 << 20), ..default() }, "inspect_limit_bytes");
    check(Settings { rich_text: Some(vec!["NOTHING:x".into()]), ..default() }, "rich_text");
    check(Settings { secrets: Some(vec![String::new()]), ..default() }, "secrets");
    check(Settings { rules: BTreeMap::from([("tag:".to_owned(), RuleSwitch::Off)]), ..default() }, "rules");
    let alone = Settings { detection_paranoia_level: Some(2), ..default() };
    assert_eq!(alone.check(), Ok(()), "the group may name the other level");
    let field = effective(&[(Layer::Object, &alone)]).check().unwrap_err().field;
    assert_eq!(field, "detection_paranoia_level");
}
