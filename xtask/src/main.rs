//! Developer tasks of the workspace: `cargo xtask tidy | generate | new-capability`.
//!
//! Not for: anything a running Medward needs. Invariant: this crate depends on no other crate of the workspace, so it
//! builds in seconds and still works while a crate above or below is broken.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod generate;
mod new_capability;
mod process;
mod tidy;
mod tree;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tidy [--bless]          check the rules of the house (no compile); --bless adds new migrations to migrations.sha256
  generate [--check]      write docs/reference, docs/errors.md and the console's API types; --check only compares
  new-capability NAME     write a capability: crate, console folder, documents, one line in each list
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            println!("xtask failed to {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(&workspace::root()?),
        ["tidy", "--bless"] => {
            let root = workspace::root()?;
            tidy::bless(&root)?;
            tidy::run(&root)
        }
        ["generate"] => generate::run(&workspace::root()?, generate::Mode::Write),
        ["generate", "--check"] => generate::run(&workspace::root()?, generate::Mode::Check),
        ["new-capability", name] => new_capability::run(&workspace::root()?, name),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("understand `{}`\n{USAGE}", other.join(" ")),
    }
}
