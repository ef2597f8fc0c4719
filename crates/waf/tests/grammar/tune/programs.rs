//! Honest requests of programs: binary encodings, gRPC-web, GraphQL.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{JSON, Wire};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] = &[grammar("binary-bodies", 50, binary), grammar("graphql", 50, graphql)];

/// One field of a protocol buffer that holds bytes.
fn protobuf_field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut field = vec![(number << 3) | 2];
    if length >= 128 {
        field.extend_from_slice(&[(length % 128) as u8 | 0x80, (length / 128) as u8]);
    } else {
        field.push(length as u8);
    }
    field.extend_from_slice(content);
    field
}

fn binary(rng: &mut Rng) -> Vec<u8> {
    let size = rng.between(60, 3000);
    let noise = rng.bytes(size);
    let person = words::person(rng);
    let message = [
        protobuf_field(1, person.as_bytes()),
        protobuf_field(2, words::sentence(rng).as_bytes()),
        vec![0x18, 0x96, 0x01],
        protobuf_field(4, &rng.bytes(40)),
    ]
    .concat();
    match rng.below(9) {
        0 => Wire::post("/api/v2/track", "application/x-protobuf", message).program("okhttp/3.14.9"),
        1 => {
            let frame = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
            Wire::post("/his.v1.PatientService/Get", "application/grpc-web+proto", frame)
                .header("X-Grpc-Web", "1")
                .header("X-User-Agent", "grpc-web-javascript/0.1")
                .desktop(rng)
        }
        2 => {
            let frame = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
            Wire::post("/his.v1.ReportService/List", "application/grpc-web-text", codec::base64(frame))
                .header("X-Grpc-Web", "1")
                .desktop(rng)
        }
        3 => {
            let mut packed = vec![0x83, 0xa4, b'n', b'a', b'm', b'e', 0xa0 | (person.len() as u8 & 31)];
            packed.extend_from_slice(person.as_bytes());
            packed.extend_from_slice(b"\xa3raw\xc4\x20");
            packed.extend(rng.bytes(32));
            packed.extend_from_slice(b"\xa2ts\xcf\x00\x00\x01\x9a\x8d\x00\x00\x00");
            Wire::post("/signalr/send", "application/x-msgpack", packed).program("Microsoft SignalR/8.0")
        }
        4 => Wire::post("/upload/chunk?index=3&total=9", "application/octet-stream", noise).mobile(rng),
        5 => Wire::new("PUT", format!("/bucket/2026/{}.dcm?partNumber=2&uploadId={}", rng.hex(12), rng.base64_url(60)))
            .body("application/dicom", noise)
            .program("aws-sdk-java/1.12.470 Linux/5.10 OpenJDK_64-Bit_Server_VM/11.0.19"),
        6 => Wire::post(
            "/collect/v1/logs",
            "application/json",
            codec::gzip(format!("{{\"logs\":[{}]}}", codec::json(words::remark(rng))).as_bytes()),
        )
        .header("Content-Encoding", "gzip")
        .program("fluent-bit/2.1"),
        7 => Wire::post("/mmtls/01ab", "application/octet-stream", noise)
            .header("Upgrade-Insecure-Requests", "1")
            .program("MicroMessenger Client"),
        _ => {
            let image = words::jpeg(rng, 500);
            Wire::post("/ocr", "image/jpeg", image).program("Dalvik/2.1.0 (Linux; U; Android 12; SM-T500)")
        }
    }
    .finish(rng)
}

fn graphql(rng: &mut Rng) -> Vec<u8> {
    let queries = [
        "query Patients($first: Int!, $after: String, $where: PatientFilter) {\n  patients(first: $first, after: $after, where: $where, orderBy: {field: NAME, direction: ASC}) {\n    edges { node { id name visits(last: 3) { date dept { name } } } }\n    pageInfo { hasNextPage endCursor }\n  }\n}",
        "mutation Save($input: ReportInput!) { saveReport(input: $input) { report { id title updatedAt } errors { field message } } }",
        "query { me { id name roles } }",
        "fragment F on Item { code value unit }\nquery R($id: ID!) { report(id: $id) { ...F items @include(if: true) { ...F } } }",
        "subscription OnCritical($dept: ID) { critical(dept: $dept) { id value range } }",
    ];
    let query = rng.pick(&queries);
    let variables = format!(
        "{{\"first\":{},\"after\":null,\"where\":{{\"name\":{{\"contains\":{}}},\"age\":{{\"gt\":18,\"in\":[1,2]}}}},\"input\":{{\"title\":{},\"text\":{}}},\"id\":\"{}\"}}",
        rng.below(50),
        codec::json(words::person(rng)),
        codec::json(words::sentence(rng)),
        codec::json(words::remark(rng)),
        codec::base64(format!("Report:{}", rng.below(999)))
    );
    let body = format!(
        "{{\"operationName\":{},\"query\":{},\"variables\":{variables}}}",
        rng.pick(&["null", "\"Patients\"", "\"Save\""]),
        codec::json(query)
    );
    match rng.below(5) {
        0 => Wire::get(format!("/graphql?query={}&variables={}", codec::percent(query), codec::percent(variables))).desktop(rng),
        1 => Wire::post("/graphql", JSON, format!("[{body},{{\"query\":\"{{ __typename }}\"}}]")).program("apollo-android/3.8"),
        2 => Wire::post("/graphql", "application/graphql", query).desktop(rng),
        3 => Wire::post("/graphql", JSON, format!("{{\"extensions\":{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{}\"}}}},\"variables\":{variables}}}", rng.hex(64))).desktop(rng),
        _ => Wire::post("/api/graphql", JSON, body).header("X-CSRF-Token", codec::base64(rng.bytes(48))).desktop(rng),
    }
    .finish(rng)
}
