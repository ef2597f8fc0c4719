//! What the fuzz targets of the log vault do with their bytes. The targets and the replay test on stable share it, so a
//! corpus file means the same to both.

use medward_contract::Timestamp;
use medward_vault::canonical::{View, encode};
use medward_vault::note::{Checkpoint, VerifierKey};
use medward_vault::prove::ProofDocument;
use medward_vault::query::{Cursor, Plan, parse_piped};
use medward_vault::wal::scan_file;

/// A record: what the decoder accepts is what the encoder writes, but for the spelling inside the stored JSON text.
pub(crate) fn cbor(data: &[u8]) {
    let Ok(view) = View::parse(data) else { return };
    if let Ok(record) = view.to_record()
        && view.attrs.is_none()
    {
        assert_eq!(encode(view.seq, view.ingested, &record.event).expect("it was encoded before"), data);
    }
}

/// A log file: groups stand in it one after the other, and a file cut behind a group holds the same groups up to there.
pub(crate) fn wal(data: &[u8]) {
    let mut groups = Vec::new();
    let scan = scan_file(data, &mut |group| groups.push(group.range.clone()));
    assert!(scan.end <= data.len());
    assert!(groups.windows(2).all(|pair| pair[0].end == pair[1].start), "groups touch");
    if let Some(last) = groups.last() {
        assert_eq!(last.end, scan.end);
        let mut again = Vec::new();
        scan_file(&data[..last.end], &mut |group| again.push(group.range.clone()));
        assert_eq!(again, groups, "what follows the last group changes nothing before it");
    }
}

/// A query with its pipes, and a cursor; what reads is printed as it was read.
pub(crate) fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = |text: &str| parse_piped(text, Timestamp::from_micros(0));
    match read(text) {
        Err(error) => {
            assert!(error.column >= 1 && error.column <= text.chars().count() + 1, "the column is in the text");
        }
        Ok(query) => {
            let printed = query.to_string();
            // Printing quotes words and spells times out: only a text that grew too long by that reads no more.
            if printed.len() <= 8 * 1024 {
                assert_eq!(read(&printed).expect("it was printed").to_string(), printed);
            }
            drop(Plan::of(query));
        }
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
}

/// A signed note, a verifier key and a proof. None of them was signed by the key in here.
pub(crate) fn note(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let key = VerifierKey::new("medward/t", [9; 32]);
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert!(checkpoint.verify(&key).is_err());
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    if let Ok(proof) = ProofDocument::parse(text) {
        assert!(proof.check(&key, None).is_err());
    }
}
