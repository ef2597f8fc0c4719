//! `medward vault …` on a directory, as a person runs it.

use std::path::Path;

use clap::Parser;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use medward_contract::event::Stream;
use medward_contract::vault::{Durability, EventSink as _};
use medward_kernel::Clock;
use medward_vault::cli::{Command, run};
use medward_vault::note::Checkpoint;
use sha2::Sha256;

use crate::kit::{access, options, start};

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// Exit code and output of `medward vault <arguments>`.
fn medward(directory: &Path, arguments: &[&str]) -> (u8, String) {
    let program = Program::try_parse_from(["vault"].iter().chain(arguments)).unwrap();
    let mut out = Vec::new();
    let code = run(&program.command, directory, &Clock::system(), &mut out);
    (code, String::from_utf8(out).unwrap())
}

async fn stopped_vault(records: usize) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    running.sink.append(vec![access("/report"); records], Durability::Durable).await.unwrap();
    running.stop().await;
    directory
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_prints_a_line_per_stream_and_the_result_and_json_says_the_same() {
    let vault = stopped_vault(3).await;
    let (code, text) = medward(vault.path(), &["verify"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(code, 0, "{text}");
    assert!(lines[0].starts_with("OK access records=3 size=3 root="), "{text}");
    assert!(lines.last().unwrap().starts_with("RESULT OK findings=0 records="), "{text}");
    let kept = vault.path().join("ckpt/access/00000000000000000003.note");
    let anchor = vault.path().join("ckpt");
    let (code, text) = medward(
        vault.path(),
        &["verify", "--json", "--checkpoint", kept.to_str().unwrap(), "--anchor", anchor.to_str().unwrap(), "--strict"],
    );
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, json["result"].as_str(), json["code"].as_u64()), (0, Some("OK"), Some(0)));
    assert_eq!(medward(vault.path(), &["verify", "--checkpoint", "/nonexistent"]).0, 64);
    assert_eq!(medward(&vault.path().join("nowhere"), &["verify"]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_place_is_one_line_with_the_remedy() {
    let directory = stopped_vault(2).await;
    let empty = tempfile::tempdir().unwrap();
    let here = empty.path().to_str().unwrap();
    for folder in [here, "/no/such/folder"] {
        let (code, said) = medward(directory.path(), &["verify", "--anchor", folder]);
        assert_eq!((code, said.lines().count()), (64, 1), "{said}");
        assert!(said.contains(folder) && said.contains("no checkpoint"), "{said}");
    }
    for command in ["verify", "tail"] {
        let (code, said) = medward(directory.path(), &[command, "--dir", here]);
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains(here) && said.contains("--dir"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proof_is_written_and_checked_without_the_vault() {
    let vault = stopped_vault(300).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("p.tlog-proof");
    let path = file.to_str().unwrap();
    let vkey = std::fs::read_to_string(vault.path().join("keys/site.vkey")).unwrap();
    for extra in [&[][..], &["--detached"]] {
        let (code, text) = medward(vault.path(), &[&["prove", "access:270", "-o", path], extra].concat());
        assert_eq!((code, text), (0, format!("PROOF {path} size=300\n")));
        let (code, text) = medward(elsewhere.path(), &["check-proof", path, "--vkey", vkey.trim()]);
        assert_eq!((code, text.as_str()), (0, "PROVEN access:270\n"));
    }
    std::fs::write(file.with_extension("cbor"), b"other").unwrap();
    let (code, text) = medward(elsewhere.path(), &["check-proof", path, "--vkey", vkey.trim()]);
    assert!(code == 6 && text.starts_with("BAD_PROOF "), "{text}");
    assert_eq!(medward(vault.path(), &["prove", "access:999", "-o", path]), (3, "NOT_FOUND access:999\n".to_owned()));
}

/// What `export-tlog` writes is checked with a Merkle tree that we did not write.
#[tokio::test(flavor = "multi_thread")]
async fn exported_bundles_give_the_signed_root_to_ct_merkle() {
    let vault = stopped_vault(600).await;
    let target = tempfile::tempdir().unwrap();
    let (code, text) = medward(vault.path(), &["export-tlog", "--stream", "access", target.path().to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    let checkpoint = Checkpoint::parse(&std::fs::read_to_string(target.path().join("checkpoint")).unwrap()).unwrap();
    let vkey = std::fs::read_to_string(target.path().join("vkey")).unwrap().parse().unwrap();
    checkpoint.verify(&vkey).unwrap();
    assert_eq!((checkpoint.stream("it"), checkpoint.size), (Some(Stream::Access), 600));
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for bundle in ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"] {
        let bytes = std::fs::read(target.path().join(bundle)).unwrap();
        let mut rest = bytes.as_slice();
        while let Some((length, behind)) = rest.split_first_chunk::<2>() {
            let (entry, behind) = behind.split_at(usize::from(u16::from_be_bytes(*length)));
            tree.push(entry.to_vec());
            rest = behind;
        }
    }
    assert_eq!((tree.len(), &tree.root().as_bytes()[..]), (600, &checkpoint.root[..]));
    for (tile, bytes) in
        [("tile/0/000", 8_192), ("tile/0/001", 8_192), ("tile/0/002.p/88", 88 * 32), ("tile/1/000.p/2", 64)]
    {
        assert_eq!(std::fs::metadata(target.path().join(tile)).unwrap().len(), bytes, "{tile}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn search_and_tail_print_a_json_line_per_record() {
    let vault = stopped_vault(5).await;
    let (code, text) = medward(vault.path(), &["search", "url.path:report", "--limit", "2"]);
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, rows.len(), rows[0]["event.dataset"].as_str()), (0, 2, Some("access.request")));
    let (code, text) = medward(vault.path(), &["tail", "-n", "3", "stream:access"]);
    assert_eq!((code, text.lines().count()), (0, 3));
    assert!(text.contains("\"medward.address\":\"access:"), "{text}");
    let (code, text) = medward(vault.path(), &["search", "(x"]);
    assert!(code == 64 && text.contains("column 3"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_printed_as_a_table_and_as_json() {
    let vault = stopped_vault(3).await;
    let query = "stream:access | stats by (url.path) count() as n";
    assert_eq!(medward(vault.path(), &["search", query]), (0, "url.path\tn\n/report\t3\n".to_owned()));
    let (code, text) = medward(vault.path(), &["search", "--json", query]);
    assert_eq!((code, text.as_str()), (0, "{\"n\":3,\"url.path\":\"/report\"}\n"));
    let (code, text) = medward(vault.path(), &["search", "stream:access | fields url.path | limit 1"]);
    assert_eq!((code, text.lines().count()), (0, 1));
    assert!(
        text.contains("\"medward.address\":\"access:0\"") && text.contains("/report") && !text.contains("source.ip"),
        "{text}"
    );
    let (code, text) = medward(vault.path(), &["search", "stream:access | stats sum(user.name)"]);
    assert!(code == 64 && text.contains("sum(user.name)"), "{text}");
    assert_eq!(medward(vault.path(), &["tail", "* | top 3 by (url.path)"]).0, 64);
    let (code, text) = medward(vault.path(), &["search", "stream:access | sort by (url.path)", "--limit", "2"]);
    assert!(code == 0 && text.ends_with("{\"complete\":false,\"damaged\":[],\"reason\":\"limit\"}\n"), "{text}");
}
