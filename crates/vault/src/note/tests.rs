use proptest::prelude::*;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};

use super::*;

fn key() -> SigningKey {
    SigningKey::new("h1", Secret::new([7; 32]))
}

/// A peer that we did not write accepts our note under the key text we print.
#[test]
fn signed_note_accepts_our_checkpoint() {
    let note = key().sign(Stream::Waf, 42, &[9; 32]);
    let vkey = key().verifier().for_stream(Stream::Waf).to_string();
    let peer = StandardVerifier::new(&vkey).unwrap();
    let parsed = Note::from_bytes(note.as_bytes()).unwrap();
    let (verified, unverified) = parsed.verify(&VerifierList::new(vec![Box::new(peer)])).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    assert_eq!(verified[0].name(), "medward/h1/waf");
}

/// And we accept a note which the peer signed with the key file we write.
#[test]
fn checkpoint_signed_by_signed_note_is_accepted() {
    let stream_key = key().verifier().for_stream(Stream::Auth);
    let id = u32::from_be_bytes(stream_key.key_id());
    let secret = BASE64_STANDARD.encode([&[ED25519][..], &[7; 32]].concat());
    let signer = StandardSigner::new(&format!("PRIVATE+KEY+medward/h1/auth+{id:08x}+{secret}")).unwrap();
    let mut note = Note::new(checkpoint_text("medward/h1/auth", 5, &[1; 32]).as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer]).unwrap();
    let text = String::from_utf8(note.to_bytes()).unwrap();
    let checkpoint = Checkpoint::parse(&text).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (5, [1; 32]));
    checkpoint.verify(&key().verifier()).unwrap();
    assert_eq!(text, key().sign(Stream::Auth, 5, &[1; 32]), "both write the same bytes");
}

/// Vector of Go's `sumdb/note`: the well-known key of PeterNeumann.
#[test]
fn verifier_key_of_the_go_documentation() {
    let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    let wrong_id = text.replace("c74f20a3", "c74f20a4");
    assert!(wrong_id.parse::<VerifierKey>().is_err());
}

#[test]
fn changed_size_root_origin_or_key_is_not_accepted() {
    let note = key().sign(Stream::Waf, 42, &[9; 32]);
    let check = |note: &str, key: &VerifierKey| Checkpoint::parse(note).unwrap().verify(key);
    assert!(check(&note, &key().verifier()).is_ok());
    assert!(check(&note.replace("\n42\n", "\n43\n"), &key().verifier()).is_err());
    assert!(check(&note.replace("medward/h1/waf", "medward/h1/auth"), &key().verifier()).is_err());
    let other = SigningKey::new("h1", Secret::new([8; 32])).verifier();
    assert!(check(&note, &other).is_err());
}

#[test]
fn text_that_is_not_a_checkpoint_is_refused() {
    let note = key().sign(Stream::Waf, 42, &[9; 32]);
    for wrong in [
        note.replace("\n42\n", "\n042\n"),
        note.replace("\n42\n", "\n+42\n"),
        note.replace("\n\n", "\nextension\n\n"),
        note.replace('\u{2014}', "-"),
        note.trim_end().to_owned(),
        String::new(),
    ] {
        assert!(Checkpoint::parse(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn fingerprint_is_sixteen_crockford_characters_of_the_signed_text() {
    let checkpoint = Checkpoint::parse(&key().sign(Stream::Waf, 42, &[9; 32])).unwrap();
    let fingerprint = checkpoint.fingerprint();
    assert_eq!(fingerprint.len(), 19);
    assert!(fingerprint.split('-').all(|group| group.len() == 4));
    // Calculated by hand with Python: SHA-256 of the text, first 10 bytes, alphabet without I, L, O, U.
    expect_test::expect!["TNPB-SHTR-J2GH-A5PV"].assert_eq(&fingerprint);
}

#[test]
fn key_file_round_trips() {
    let text = key().encode();
    assert_eq!(SigningKey::decode(text.expose()).unwrap().verifier(), key().verifier());
    assert!(SigningKey::decode("PRIVATE+KEY+x").is_err());
}

proptest! {
    #[test]
    fn any_text_never_panics(text in "\\PC*", more in "(medward/h1/waf\n)?[0-9]{0,4}\n\n?(\u{2014} a [A-Za-z]{8})?\n") {
        drop(Checkpoint::parse(&text));
        drop(Checkpoint::parse(&more));
        drop(text.parse::<VerifierKey>());
    }
}
