//! Writes the requests of our grammars to a folder, one file each, so that `medward waf check` can judge them:
//! `cargo run -p medward-waf --example traffic -- tune DIR` fills `DIR/benign/GRAMMAR/` and `DIR/attack/GRAMMAR/`. The
//! name of an attack's file says class, encoding and place. Captured requests lie in `tests/benign/` already.
#![allow(clippy::print_stdout, reason = "a command-line example")]

#[path = "../tests/grammar/mod.rs"]
mod grammar;

use std::collections::BTreeMap;
use std::path::Path;

use grammar::{Part, Sample, attacks, benign};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "name a part (tune or held-back) and a folder";
    let part = arguments.next().as_deref().and_then(Part::from_name).ok_or(usage)?;
    let folder = arguments.next().ok_or(usage)?;
    let folder = Path::new(&folder);
    let honest = write(&folder.join("benign"), &benign(part))?;
    let hostile = write(&folder.join("attack"), &attacks(part))?;
    println!("{honest} honest requests, {hostile} attacks");
    Ok(())
}

fn write(folder: &Path, samples: &[Sample]) -> std::io::Result<usize> {
    let mut numbers = BTreeMap::<&str, usize>::new();
    for sample in samples {
        let number = numbers.entry(&sample.source).or_default();
        *number += 1;
        let labels = sample.labels.map_or_else(String::new, |labels| {
            let [class, encoding, place] = [labels.class.code(), labels.encoding.name(), labels.place.name()];
            format!("-{class}-{}-{place}", encoding.replace([' ', '%'], "_"))
        });
        let folder = folder.join(&sample.source);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{number:04}{labels}.http")), &sample.bytes)?;
    }
    Ok(samples.len())
}
