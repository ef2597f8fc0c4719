//! What applications are told about a person: signed, short-lived, for one of them only.

use std::path::Path;
use std::process::{Output, Stdio};

use data_encoding::BASE64URL_NOPAD;
use medward_contract::identity::{Authenticator, SignedAssertion, Subject};
use medward_crypto::Es256PublicKey;
use medward_store::store_test;
use serde_json::{Value, json};

use super::application::sign_in;
use super::*;

fn part(token: &str, number: usize) -> Vec<u8> {
    BASE64URL_NOPAD.decode(token.split('.').nth(number).unwrap().as_bytes()).unwrap()
}

fn json_part(token: &str, number: usize) -> Value {
    serde_json::from_slice(&part(token, number)).unwrap()
}

fn published(bench: &Bench) -> (Es256PublicKey, Value) {
    let set: Value = serde_json::from_str(&bench.service.assertion_keys().unwrap()).unwrap();
    let key = set["keys"][0].clone();
    let coordinate = |name: &str| BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap();
    (Es256PublicKey { x: coordinate("x").try_into().unwrap(), y: coordinate("y").try_into().unwrap() }, key)
}

fn signed_text(assertion: &SignedAssertion) -> &str {
    assertion.token.rsplit_once('.').unwrap().0
}

async fn assertion(bench: &Bench, audience: &str) -> (Subject, SignedAssertion) {
    let subject = sign_in(bench, Role::Secadmin).await;
    let assertion = bench.service.assertion(&subject, audience).await.unwrap();
    (subject, assertion)
}

#[store_test]
async fn assertion_verifies_with_the_published_key_and_says_who_for_whom_until_when(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let (subject, assertion) = assertion(&bench, "pacs").await;
    let (public, key) = published(&bench);
    let signature: [u8; 64] = part(&assertion.token, 2).try_into().unwrap();
    assert_eq!(public.verify(signed_text(&assertion).as_bytes(), &signature), Ok(()));
    assert_eq!(json_part(&assertion.token, 0), json!({"alg": "ES256", "typ": "JWT", "kid": key["kid"]}));
    let now = bench.clock.now().as_seconds();
    let expected = json!({
        "iss": "medward", "aud": "pacs", "sub": subject.account.to_string(), "preferred_username": "su.he",
        "name": "苏禾", "roles": ["secadmin"], "clearance": "L2", "departments": [], "iat": now, "exp": now + 60,
    });
    assert_eq!(json_part(&assertion.token, 1), expected);
    assert_eq!(assertion.expires_at.as_micros(), (now + 60) * 1_000_000);
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"], &key["use"]),
        (&json!("EC"), &json!("P-256"), &json!("ES256"), &json!("sig"))
    );
}

#[store_test]
async fn times_are_whole_seconds_and_each_audience_and_second_has_its_own_token(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    bench.time.advance(Duration::from_millis(700));
    let (subject, first) = assertion(&bench, "pacs").await;
    assert_eq!(first.expires_at.as_micros() % 1_000_000, 0);
    let again = bench.service.assertion(&subject, "pacs").await.unwrap();
    let other = bench.service.assertion(&subject, "his").await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first.token, other.token);
    bench.time.advance(Duration::from_secs(60));
    assert!(first.expires_at <= bench.clock.now());
    let later = bench.service.assertion(&subject, "pacs").await.unwrap();
    assert_eq!(later.expires_at.since(first.expires_at), Duration::from_secs(60));
}

#[store_test]
async fn key_is_the_same_after_a_restart_and_another_in_another_house(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    assert_eq!(bench.service.assertion_keys(), bench.restarted().await.assertion_keys());
    let of = |master: [u8; 32]| {
        let keys = KeyRing::derive(&MasterKey::from_bytes(master), b"test");
        crate::assertion::Asserter::new(&keys).unwrap().key_set().unwrap()
    };
    assert_eq!(bench.service.assertion_keys().unwrap(), of([7; 32]));
    assert_ne!(of([7; 32]), of([8; 32]));
}

/// A peer we did not write: Debian's `openssl` verifies the signature with the published key, and refuses an altered text.
#[store_test]
async fn openssl_verifies_an_assertion(db: Db) {
    let bench = Bench::with_administrators(&db).await;
    let (_, assertion) = assertion(&bench, "pacs").await;
    let (public, _) = published(&bench);
    let files = tempfile::tempdir().unwrap();
    let at = |name: &str| files.path().join(name);
    std::fs::write(at("key.der"), spki(&public)).unwrap();
    std::fs::write(at("signature.der"), der_signature(&part(&assertion.token, 2))).unwrap();
    std::fs::write(at("signed"), signed_text(&assertion)).unwrap();
    let Some(output) = openssl_verify(files.path()) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"Verified OK\n");
    std::fs::write(at("signed"), signed_text(&assertion).replacen('.', ".x", 1)).unwrap();
    assert!(!openssl_verify(files.path()).unwrap().status.success());
}

fn openssl_verify(files: &Path) -> Option<Output> {
    #[expect(clippy::disallowed_methods, reason = "a test starts its peer")]
    let started = std::process::Command::new("openssl")
        .current_dir(files)
        .args(["dgst", "-sha256", "-keyform", "DER", "-verify", "key.der", "-signature", "signature.der", "signed"])
        .stdin(Stdio::null())
        .output();
    let Ok(output) = started else {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration; CI is told by its environment")]
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!in_ci, "nothing is skipped in CI: openssl is not installed");
        eprintln!("skipped: openssl is not installed");
        return None;
    };
    Some(output)
}

/// RFC 5480: the point after the algorithm id-ecPublicKey on prime256v1.
fn spki(public: &Es256PublicKey) -> Vec<u8> {
    const HEAD: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
    [data_encoding::HEXLOWER.decode(HEAD.as_bytes()).unwrap().as_slice(), &public.x, &public.y].concat()
}

/// RFC 3279 §2.2.3: SEQUENCE of two INTEGERs.
fn der_signature(raw: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let mut value: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        if value[0] >= 0x80 {
            value.insert(0, 0);
        }
        [vec![0x02, u8::try_from(value.len()).unwrap()], value].concat()
    };
    let both = [integer(&raw[..32]), integer(&raw[32..])].concat();
    [vec![0x30, u8::try_from(both.len()).unwrap()], both].concat()
}
