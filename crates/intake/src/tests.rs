//! Whole frames as they come, and the event each becomes.

use expect_test::{Expect, expect};
use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field, FieldValue, MAX_VALUE_BYTES, Stream};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn arrival() -> Arrival {
    Arrival { at: Timestamp::parse("2026-11-23T02:00:02Z").unwrap(), peer: [10, 0, 0, 9].into() }
}

fn profile(stream: Option<Stream>) -> Profile {
    Profile { source: "fw-core".to_owned(), zone: zone("+08:00").unwrap(), stream }
}

fn event(bytes: &[u8], stream: Option<Stream>) -> Event {
    let event = decode(&Frame::datagram(bytes), &arrival(), &profile(stream));
    event.validate().unwrap();
    event
}

/// What is the same in all of them is left out.
fn told(event: &Event) -> String {
    let Value::Object(mut object) = event.to_value() else { panic!("an event is an object") };
    for name in ["@timestamp", "event.original", "observer.ip", "medward.source", "event.dataset", "event.action"] {
        object.remove(name);
    }
    for name in ["log.syslog.facility.code", "log.syslog.severity.code"] {
        object.remove(name);
    }
    let head = format!("{} {} {}", event.dataset, event.action, event.timestamp);
    let rest = object
        .into_iter()
        .map(|(name, value)| format!("{name}={}", value.as_str().map_or(value.to_string(), str::to_owned)));
    std::iter::once(head).chain(rest).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, stream: Option<Stream>, expected: Expect) {
    let event = event(text.as_bytes(), stream);
    assert_eq!(event.fields.get(&Field::EventOriginal), Some(&FieldValue::Bytes(text.as_bytes().to_vec())));
    expected.assert_eq(&told(&event));
}

#[test]
fn plain_message_keeps_its_head_and_text() {
    check(
        "<165>1 2026-11-23T10:00:01.5+08:00 his-app his 77 ID1 [t@1 a=\"b\"] 登录失败",
        None,
        expect![[r"
            syslog.message receive 2026-11-23T02:00:01.500000Z
            event.outcome=unknown
            event.severity=0
            host.name=his-app
            log.sd.t@1.a=b
            log.syslog.msgid=ID1
            log.syslog.procid=77
            message=登录失败
            process.name=his"]],
    );
}

#[test]
fn what_has_neither_head_nor_time_is_kept_with_its_arrival() {
    check(
        "link down",
        None,
        expect![[r#"
            syslog.message receive 2026-11-23T02:00:02.000000Z
            event.outcome=unknown
            event.severity=0
            host.name=10.0.0.9
            message=link down
            tags=["ts_guessed"]"#]],
    );
}

#[test]
fn linux_logins_and_privileges_are_told_apart() {
    check(
        "<38>Nov 23 10:00:01 db sshd[7]: Failed password for invalid user x from 9.9.9.9 port 1 ssh2 from 10.1.2.3 port 4711 ssh2",
        None,
        expect![[r"
            host.login login_failed 2026-11-23T02:00:01.000000Z
            auth.method=password
            event.outcome=failure
            event.severity=1
            host.name=db
            log.syslog.procid=7
            message=Failed password for invalid user x from 9.9.9.9 port 1 ssh2 from 10.1.2.3 port 4711 ssh2
            process.name=sshd
            source.ip=10.1.2.3
            source.port=4711
            user.name=x from 9.9.9.9 port 1 ssh2"]],
    );
    check(
        "<38>Nov 23 10:00:01 db sshd[7]: Accepted publickey for root from 10.1.2.3 port 4711 ssh2: ED25519 SHA256:abc",
        None,
        expect![[r"
            host.login login 2026-11-23T02:00:01.000000Z
            auth.method=publickey
            event.outcome=success
            event.severity=0
            host.name=db
            log.syslog.procid=7
            message=Accepted publickey for root from 10.1.2.3 port 4711 ssh2: ED25519 SHA256:abc
            process.name=sshd
            source.ip=10.1.2.3
            source.port=4711
            user.name=root"]],
    );
    check(
        "<85>Nov 23 10:00:01 db sudo:    alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id -u",
        None,
        expect![[r"
            host.privilege sudo 2026-11-23T02:00:01.000000Z
            event.outcome=failure
            event.reason=user NOT in sudoers
            event.severity=2
            host.name=db
            message=   alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id -u
            process.command_line=/usr/bin/id -u
            process.name=sudo
            process.tty=pts/0
            process.working_directory=/home/alice
            user.name=alice
            user.target.name=root"]],
    );
    check(
        "<86>Nov 23 10:00:01 db su: (to root) alice on pts/0",
        None,
        expect![[r"
            host.privilege su 2026-11-23T02:00:01.000000Z
            event.outcome=success
            event.severity=0
            host.name=db
            message=(to root) alice on pts/0
            process.command_line=su root
            process.name=su
            process.tty=pts/0
            user.name=alice
            user.target.name=root"]],
    );
    check(
        "<38>Nov 23 10:00:01 db sshd[7]: Invalid user x from 10.1.2.3 port 4711",
        None,
        expect![[r"
            syslog.message receive 2026-11-23T02:00:01.000000Z
            event.outcome=unknown
            event.severity=0
            host.name=db
            log.syslog.procid=7
            message=Invalid user x from 10.1.2.3 port 4711
            process.name=sshd"]],
    );
}

const CEF: &str = "<134>Nov 23 10:00:01 fw01 CEF:0|Sec|NGFW|6.0|1234|SQL injection|8|rt=1795144455926 src=203.0.113.9 spt=4000 dst=10.0.0.8 dpt=443 proto=TCP cat=sqli act=blocked request=https://tj.example.org/a?id=1 suser=bob cs1Label=attackType cs1=SQL 注入";

#[test]
fn cef_gives_its_fields_and_stays_where_its_source_stands() {
    check(
        CEF,
        None,
        expect![[r"
            syslog.message receive 2026-11-20T03:14:15.926000Z
            cef.act=blocked
            cef.cs1=SQL 注入
            cef.cs1label=attackType
            destination.ip=10.0.0.8
            destination.port=443
            event.outcome=unknown
            event.severity=3
            host.name=fw01
            message=CEF:0|Sec|NGFW|6.0|1234|SQL injection|8|rt=1795144455926 src=203.0.113.9 spt=4000 dst=10.0.0.8 dpt=443 proto=TCP cat=sqli act=blocked request=https://tj.example.org/a?id=1 suser=bob cs1Label=attackType cs1=SQL 注入
            network.transport=tcp
            observer.product=NGFW
            observer.vendor=Sec
            observer.version=6.0
            rule.category=sqli
            rule.id=1234
            rule.name=SQL injection
            source.ip=203.0.113.9
            source.port=4000
            url.domain=tj.example.org
            url.path=/a
            url.query=id=1
            user.name=bob"]],
    );
    let of_network = |text: &str| {
        let event = event(text.as_bytes(), Some(Stream::Network));
        (event.dataset.as_str(), event.action.to_string())
    };
    assert_eq!(of_network(CEF), ("network.ips", "block".to_owned()));
    assert_eq!(of_network(&CEF.replace(" cat=sqli", "")), ("network.firewall", "deny".to_owned()));
    assert_eq!(of_network(&CEF.replace(" dst=10.0.0.8", "")), ("syslog.message", "receive".to_owned()));
}

#[test]
fn leef_gives_its_fields() {
    check(
        "<134>Nov 23 10:00:01 fw01 LEEF:2.0|Sec|NGFW|6.0|deny|^|src=203.0.113.9^dst=10.0.0.8^dstPort=443^sev=9^usrName=bob^devTime=Nov 23 2026 09:00:00",
        None,
        expect![[r"
            syslog.message receive 2026-11-23T01:00:00.000000Z
            destination.ip=10.0.0.8
            destination.port=443
            event.outcome=unknown
            event.severity=4
            host.name=fw01
            message=LEEF:2.0|Sec|NGFW|6.0|deny|^|src=203.0.113.9^dst=10.0.0.8^dstPort=443^sev=9^usrName=bob^devTime=Nov 23 2026 09:00:00
            observer.product=NGFW
            observer.vendor=Sec
            observer.version=6.0
            rule.id=deny
            rule.name=deny
            source.ip=203.0.113.9
            user.name=bob"]],
    );
}

#[test]
fn alert_of_suricata_is_one_of_the_network_and_the_rest_a_log() {
    check(
        r#"{"timestamp":"2026-11-23T10:00:01.123456+0800","flow_id":1,"event_type":"alert","src_ip":"203.0.113.9","src_port":4000,"dest_ip":"10.0.0.8","dest_port":443,"proto":"TCP","alert":{"action":"blocked","gid":1,"signature_id":2019401,"signature":"ET SCAN","category":"Attempted Recon","severity":2}}"#,
        None,
        expect![[r"
            network.ips block 2026-11-23T02:00:01.123456Z
            alert.action=blocked
            alert.category=Attempted Recon
            alert.gid=1
            alert.severity=2
            alert.signature=ET SCAN
            alert.signature_id=2019401
            dest_ip=10.0.0.8
            dest_port=443
            destination.ip=10.0.0.8
            destination.port=443
            event.outcome=success
            event.severity=2
            event_type=alert
            flow_id=1
            host.name=10.0.0.9
            message=ET SCAN
            network.transport=tcp
            proto=TCP
            rule.category=Attempted Recon
            rule.id=2019401
            rule.name=ET SCAN
            service.name=suricata
            source.ip=203.0.113.9
            source.port=4000
            src_ip=203.0.113.9
            src_port=4000
            timestamp=2026-11-23T10:00:01.123456+0800"]],
    );
    let flow = r#"{"timestamp":"2026-11-23T10:00:01.1+0800","flow_id":1,"event_type":"dns","dns":{"rrname":"a"}}"#;
    assert_eq!(event(flow.as_bytes(), None).dataset, Dataset::AppLog);
}

/// Whoever reaches the port could else write what only Medward writes.
#[test]
fn json_from_a_stranger_is_a_log_whatever_it_says_it_is() {
    check(
        r#"<13>Nov 23 10:00:01 his {"event.dataset":"admin.change","agent.id":"mw-1","event":{"sequence":9},"medward":{"source":"core"},"level":"error","msg":"boom","source":{"ip":"10.1.1.1"},"url.path":5,"x":[1,2],"f":0.5}"#,
        None,
        expect![[r"
            app.log log 2026-11-23T02:00:01.000000Z
            event.outcome=unknown
            event.severity=2
            f=0.5
            host.name=his
            level=error
            message=boom
            msg=boom
            sender.agent.id=mw-1
            sender.event.dataset=admin.change
            sender.event.sequence=9
            sender.medward.source=core
            sender.url.path=5
            service.name=json
            source.ip=10.1.1.1
            x=[1,2]"]],
    );
}

#[test]
fn what_is_not_what_it_claims_to_be_is_kept_and_tagged() {
    for text in ["CEF:0|broken", "LEEF:9|x", "{\"a\": ", "<13>1 - - - - - [x"] {
        let event = event(text.as_bytes(), None);
        assert_eq!(event.dataset, Dataset::SyslogMessage, "{text}");
        assert!(event.tags.iter().any(|tag| tag == "parse_error"), "{text}: {:?}", event.tags);
    }
}

#[test]
fn chinese_of_an_old_device_is_read_and_its_bytes_are_kept() {
    let frame = b"<13>Nov 23 10:00:01 fw \xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc";
    let event = event(frame, None);
    assert_eq!((event.text(Field::Message), event.text(Field::HostName)), (Some("登录失败"), Some("fw")));
    assert_eq!(event.fields.get(&Field::EventOriginal), Some(&FieldValue::Bytes(frame.to_vec())));
    assert_eq!(event.tags, ["gb18030"]);
}

/// The frame comes before what is made of it.
#[test]
fn long_frames_keep_their_bytes_and_the_hash_of_all_of_them() {
    let long = format!("<13>Nov 23 10:00:01 fw {}", "诊".repeat(10_000));
    let kept = event(long.as_bytes(), None);
    assert_eq!(kept.fields.get(&Field::EventOriginal), Some(&FieldValue::Bytes(long.clone().into_bytes())));
    assert!(kept.tags.iter().any(|tag| tag == "fields_left_out"));
    assert!(!kept.attrs.contains_key("event.original_sha256"));
    let longer = long.repeat(3);
    let cut = event(longer.as_bytes(), None);
    let FieldValue::Bytes(original) = cut.fields.get(&Field::EventOriginal).unwrap() else { panic!("bytes") };
    assert_eq!(original[..], longer.as_bytes()[..MAX_VALUE_BYTES]);
    assert_eq!(cut.attrs["event.original_bytes"], longer.len());
    assert_eq!(cut.attrs["medward.truncated"], "event.original");
}

fn sender() -> Sender {
    Sender { source: "api-his".to_owned(), arrival: arrival() }
}

#[test]
fn json_lines_are_taken_or_refused_one_by_one() {
    let body = br#"{"@timestamp":1,"event.dataset":"app.log","event.action":"log","service.name":"his","message":"a","agent.id":"core","event.sequence":7}

nonsense
{"@timestamp":1,"event.dataset":"admin.change","event.action":"create"}
{"@timestamp":1,"event.dataset":"app.log","event.action":"log","service.name":"his"}
"#;
    let sender = sender();
    let found: Vec<_> = Lines::new(body, &sender).collect();
    assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3, 4, 5]);
    let event = found[0].1.as_ref().unwrap();
    assert_eq!((event.text(Field::AgentId), event.int(Field::EventSequence)), (None, None));
    assert_eq!(
        (event.text(Field::MedwardSource), &event.attrs["sender.agent.id"]),
        (Some("api-his"), &Value::from("core"))
    );
    assert_eq!(found[1].1, Err(LineRefused::NotAnObject));
    assert_eq!(found[2].1, Err(LineRefused::Closed(Dataset::AdminChange)));
    assert!(matches!(&found[3].1, Err(LineRefused::Invalid(why)) if why.contains("message is missing")));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_LINE_BYTES));
    let (_, refused) = Lines::new(long.as_bytes(), &sender).next().unwrap();
    assert_eq!(refused, Err(LineRefused::TooLong(long.len())));
}

#[test]
fn bulk_items_are_added_or_refused_one_by_one() {
    let body = br#"{"index":{"_index":"his-2026","_id":"1"}}
{"@timestamp":"2026-11-23T02:00:00Z","message":"started","level":"warn"}
{"create":{}}
{"@timestamp":1,"event.dataset":"app.log","event.action":"log","service.name":"lis","message":"b"}
{"update":{"_id":"1"}}
{"doc":{"message":"changed"}}
{"delete":{"_id":"1"}}
{"index":{}}
"#;
    let (sender, profile) = (sender(), profile(None));
    let items: Vec<BulkItem> = Bulk::new(body, "default", &sender, &profile).collect();
    let words: Vec<_> = items.iter().map(|item| (item.action.word.as_str(), item.action.index.as_str())).collect();
    assert_eq!(
        words,
        [
            ("index", "his-2026"),
            ("create", "default"),
            ("update", "default"),
            ("delete", "default"),
            ("index", "default")
        ]
    );
    let event = items[0].result.as_ref().unwrap();
    event.validate().unwrap();
    assert_eq!((event.text(Field::ServiceName), event.text(Field::Message)), (Some("his-2026"), Some("started")));
    assert_eq!(items[1].result.as_ref().unwrap().text(Field::ServiceName), Some("lis"));
    assert_eq!(items[2].result, Err(LineRefused::Action("update")));
    assert_eq!(items[3].result, Err(LineRefused::Action("delete")));
    assert_eq!(items[4].result, Err(LineRefused::NoDocument));
    let broken: Vec<BulkItem> = Bulk::new(b"[]\n{\"index\":{}}\n{}\n", "i", &sender, &profile).collect();
    assert!(matches!(&broken[..], [BulkItem { result: Err(LineRefused::Invalid(_)), .. }]), "{broken:?}");
}

/// Beginnings that lead into every parser.
fn heads() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "",
        "<13>",
        "<34>1 ",
        "<34>1 2026-11-23T10:00:00Z h a p m ",
        "<13>Nov 23 10:00:00 h ",
        "<38>Nov 23 10:00:00 h sshd[1]: ",
        "<38>Nov 23 10:00:00 h sudo: ",
        "<13>Nov 23 10:00:00 h CEF:0|a|b|c|d|e|5|",
        "LEEF:2.0|a|b|c|d|",
        "{\"event_type\":\"alert\",\"timestamp\":\"",
        "{\"a\":{",
        "CEF:0|",
        "@cee: {",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    /// Whatever comes, one valid event comes out, with the frame in it, and small enough that the vault cuts nothing.
    #[test]
    fn any_frame_is_one_valid_event_with_its_bytes(head in heads(), tail in proptest::collection::vec(any::<u8>(), 0..400), times in 1_usize..60) {
        let bytes = [head.into_bytes(), tail.repeat(times)].concat();
        let event = event(&bytes, Some(Stream::Network));
        prop_assert_eq!(event.fields.get(&Field::EventOriginal), Some(&FieldValue::Bytes(bytes)));
        prop_assert!(event.fields.contains_key(&Field::ObserverIp) && event.fields.contains_key(&Field::HostName));
        prop_assert!(event.to_value().to_string().len() < 128 * 1024);
    }

    #[test]
    fn any_body_is_read(head in heads(), body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (sender, profile) = (sender(), profile(None));
        let body = [head.into_bytes(), b"\n".to_vec(), body].concat();
        for (_, result) in Lines::new(&body, &sender) {
            prop_assert!(result.is_err() || result.unwrap().validate().is_ok());
        }
        for item in Bulk::new(&body, "i", &sender, &profile) {
            prop_assert!(item.result.is_err() || item.result.unwrap().validate().is_ok());
        }
    }
}
