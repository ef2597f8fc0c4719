//! What goes wrong at start is one clear line with the remedy, the right exit code, and no panic.

use std::net::TcpListener;
use std::path::Path;

use medward_tests::peer::{command, free_address, texts};
use medward_tests::{Medward, curl, medward_binary};

/// Runs `medward up` with these settings; it must refuse with one line.
fn check_refusal(settings: &[(&str, &str)], file: Option<&str>, code: i32, words: &[&str]) {
    let data = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        std::fs::write(data.path().join("medward.toml"), text).unwrap();
    }
    let mut program = command(medward_binary());
    program.arg("up").current_dir(data.path()).env("MEDWARD_TELEMETRY__LOG", "off");
    for (key, value) in [
        ("MEDWARD_GATEWAY__HTTP", "127.0.0.1:0"),
        ("MEDWARD_GATEWAY__HTTPS", "127.0.0.1:0"),
        ("MEDWARD_LISTEN__CONSOLE", "127.0.0.1:0"),
        ("MEDWARD_TELEMETRY__LISTEN", "127.0.0.1:0"),
    ] {
        program.env(key, value);
    }
    program.envs(settings.iter().copied());
    let (_, stderr, exit) = texts(&program.output().unwrap());
    assert_eq!(exit, code, "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "one line, not {stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word:?} is missing in {stderr}");
    }
    assert!(!stderr.contains("panicked"));
}

#[test]
fn wrong_setting_names_file_line_key_and_values_before_any_port_is_bound() {
    check_refusal(
        &[],
        Some("[gateway]\nhttp = \"127.0.0.1:0\"\nhtttps = \"x\"\n"),
        64,
        &["medward.toml:3", "htttps", "expected one of"],
    );
}

#[test]
fn busy_port_names_address_and_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refusal(&[("MEDWARD_GATEWAY__HTTP", &address)], None, 69, &[&address, "busy", "gateway.http"]);
    check_refusal(&[("MEDWARD_LISTEN__CONSOLE", &address)], None, 69, &[&address, "busy", "listen.console"]);
}

#[test]
fn bad_certificate_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("a.crt"), folder.path().join("a.key"));
    std::fs::write(&certificate, "nothing").unwrap();
    std::fs::write(&key, "nothing").unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    check_refusal(
        &[("MEDWARD_GATEWAY__CERTIFICATE", certificate), ("MEDWARD_GATEWAY__PRIVATE_KEY", key)],
        None,
        69,
        &[certificate, "PEM"],
    );
}

#[test]
fn data_directory_that_cannot_be_made_is_named() {
    check_refusal(&[("MEDWARD_DATA_DIR", "/proc/medward")], None, 69, &["/proc/medward", "data_dir"]);
}

#[test]
fn unreachable_upstream_is_a_502_page_with_an_event_id_and_the_program_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let nobody = free_address();
    let medward = Medward::start(data.path(), &["up", "--protect", &format!("http://{nobody}")]);
    let answer = curl(&[&medward.address("gateway", "http")]);
    assert!(answer.contains(" 502") && answer.contains("x-request-id"), "{answer}");
    assert_eq!(medward.stop(), 0);
}

#[test]
fn old_node_is_one_line_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("node");
    std::fs::write(&node, "#!/bin/sh\necho v16.20.2\n").unwrap();
    std::fs::set_permissions(&node, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path =
        format!("{}:{}", folder.path().display(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = command(root.join(".ci/need")).arg("node").env("PATH", path).current_dir(root).output().unwrap();
    let (stdout, stderr, code) = texts(&output);
    let said = format!("{stdout}{stderr}");
    assert_ne!(code, 0, "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains("20.19") && said.contains("16.20.2"), "{said}");
}
