//! `medward waf ftw`: the regression tests of an installed CRS, run against its rules in our engine (waf.md §10).
//!
//! From a test file to a line of the report: [`yaml`] reads the tests, [`stage`] makes the bytes that each sends, a
//! [`run::Server`] exchanges them, [`expect`] compares. In process the server is [`message`] (the bytes taken apart),
//! [`engine`] (the rules asked) and [`backend`] (the system behind), over the wire it is [`wire`]; [`overrides`] says which
//! tests do not apply.
//!
//! *Not* here: rules, and the reading of a CRS, which `waf check` needs too ([`super::crs`]).

mod backend;
mod engine;
mod expect;
mod message;
mod overrides;
mod run;
mod stage;
mod wire;
mod yaml;

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Args, ValueEnum};
use medward_kernel::Clock;
use regex::Regex;

use super::crs;
use super::files;
use crate::cli::WrongUse;
use engine::{Fast, Slow};
use overrides::Overrides;
use run::{InProcess, Tally};
use wire::Wire;
use yaml::Test;

/// `medward waf ftw`.
#[derive(Args)]
pub(crate) struct FtwArgs {
    /// Folder of an installed CRS: crs-setup.conf (or .example) and rules/.
    #[arg(long, value_name = "DIR")]
    crs: PathBuf,
    /// Folder of the tests; default: tests/regression/tests in that of the CRS.
    #[arg(long, value_name = "DIR")]
    tests: Option<PathBuf>,
    /// List of tests that do not apply, with reasons; default: our own.
    #[arg(long, value_name = "FILE")]
    overrides: Option<PathBuf>,
    /// Send the requests to the gateway's real listener, one connection each, instead of judging them in process.
    #[arg(long)]
    wire: bool,
    /// Engine to ask.
    #[arg(long, value_enum, default_value_t = EngineChoice::Fast)]
    engine: EngineChoice,
    /// Run only tests whose id (942100-7) matches.
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    filter: Option<String>,
}

/// Which engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum EngineChoice {
    /// The one that the gateway runs.
    Fast,
    /// The slow interpreter that it is compared with.
    Reference,
}

/// Runs the command: 0 when no test failed, else 1.
pub(super) async fn run(args: &FtwArgs, clock: &Clock) -> Result<ExitCode> {
    refuse_impossible(args)?;
    let tests_folder = args.tests.clone().unwrap_or_else(|| args.crs.join("tests/regression/tests"));
    let tests = yaml::read(&tests_folder)?;
    let chosen = chosen(&tests, args.filter.as_deref())?;
    let overrides = overrides(args.overrides.as_deref(), args.wire)?;
    for id in overrides.without_test(tests.iter().map(|test| test.id)) {
        say(&format!("the overridden test {id} does not exist"));
    }
    let sources = crs::read(&args.crs, &crs::regression_tests())?;
    let (program, warnings) = crs::compile_telling(&sources)?;
    for warning in warnings {
        say(&warning);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let tally = if args.wire {
        let wire = Wire::start(program, clock.clone()).await?;
        let tally = run::run(&chosen, &overrides, &wire, &mut out).await;
        wire.stop().await;
        tally
    } else {
        match args.engine {
            EngineChoice::Fast => run::run(&chosen, &overrides, &InProcess(Fast::new(program)), &mut out).await,
            EngineChoice::Reference => {
                let slow = Slow::new(program, crs::reference(&sources)?);
                run::run(&chosen, &overrides, &InProcess(slow), &mut out).await
            }
        }
    };
    exit_code(tally)
}

fn refuse_impossible(args: &FtwArgs) -> Result<(), WrongUse> {
    if args.wire && args.engine == EngineChoice::Reference {
        return Err(WrongUse("ask the engine reference over the wire: the gateway runs fast and no other".to_owned()));
    }
    Ok(())
}

fn exit_code(tally: io::Result<Tally>) -> Result<ExitCode> {
    match tally {
        Ok(tally) => Ok(ExitCode::from(u8::from(tally.failed > 0))),
        // Whoever reads our lines has seen enough, but nobody knows whether all tests pass.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        Err(error) => Err(anyhow::Error::from(error).context("write the report")),
    }
}

/// The tests to run. None at all is a mistake of whoever asked, not a success.
fn chosen<'a>(tests: &'a [Test], filter: Option<&str>) -> Result<Vec<&'a Test>> {
    let filter = filter.map(Regex::new).transpose().map_err(|error| WrongUse(format!("read --filter: {error}")))?;
    let matches = |test: &&Test| filter.as_ref().is_none_or(|filter| filter.is_match(&test.id.to_string()));
    let chosen: Vec<&Test> = tests.iter().filter(matches).collect();
    if chosen.is_empty() {
        return Err(anyhow!("find a test to run: {} were read, none was chosen", tests.len()));
    }
    Ok(chosen)
}

fn overrides(file: Option<&Path>, wire: bool) -> Result<Overrides> {
    let Some(path) = file else {
        return Overrides::built_in(wire).map_err(|message| anyhow!("read the built-in overrides: {message}"));
    };
    let bytes = files::read(path).with_context(|| format!("read {}", path.display()))?;
    let text = String::from_utf8(bytes).with_context(|| format!("read {}", path.display()))?;
    Overrides::parse(&text).map_err(|message| anyhow!("read {} as overrides: {message}", path.display()))
}

/// Standard output holds results and nothing else.
fn say(what: &str) {
    use std::io::Write as _;

    drop(writeln!(io::stderr().lock(), "medward: {what}"));
}

#[cfg(test)]
mod tests {
    use medward_waf::{CompileOptions, SourceFile, Sources};

    use super::*;

    /// Tests of one rule, of which each can be told from the others by what comes of it.
    const FILE: &str = r#"
rule_id: 101
tests:
  - test_id: 1
    stages:
      - input: {method: POST, data: "a=E v&word=so EVIL", headers: {Host: localhost}}
        output: {status: 200, log: {expect_ids: [101], match_regex: '\[id "101"\] \[msg "bad word"\] \[data "Matched Data: evil'}}
      - input: {uri: "/?word=good", headers: {Host: localhost}}
        output: {log: {no_expect_ids: [101], no_match_regex: "bad word"}}
  - test_id: 2
    stages:
      - input: {uri: "/?word=good", headers: {Host: localhost}}
        output: {log: {expect_ids: [101]}}
  - test_id: 3
    stages:
      - input: {method: POST, uri: /reflect, data: '{"status": 201}', headers: {Host: a, Content-Type: application/json}}
        output: {status: 201}
  - test_id: 4
    stages:
      - input: {method: "|GET"}
        output: {status: 400, log: {no_expect_ids: [102]}}
      - input: {method: "|GET"}
        output: {log: {expect_ids: [102]}}
  - test_id: 5
    stages:
      - input: {version: ""}
        output: {expect_error: true}
  - test_id: 6
    stages:
      - input: {uri: "/?word=evil"}
        output: {log: {no_expect_ids: [101]}}
"#;

    const RULES: &str = r#"
SecRule ARGS:word "@rx evil" "id:101,phase:2,deny,capture,t:lowercase,msg:'bad word',logdata:'Matched Data: %{TX.0}'"
SecRule REQUEST_METHOD "@contains |" "id:102,phase:1,pass,msg:'odd method'"
"#;

    const LIST: &str = "version: v0\nmeta: {}\ntest_overrides:\n  - {rule_id: 101, test_ids: [6], reason: not today}\n";

    /// Runs [`FILE`] against [`RULES`] and compares the report.
    async fn check(wire: bool, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("101.yaml"), FILE).unwrap();
        let files = vec![SourceFile { path: "rules.conf".to_owned(), bytes: RULES.into() }];
        let sources = Sources { files, ..Sources::default() };
        let (program, _) = medward_waf::compile(&sources, &CompileOptions::default()).unwrap();
        let tests = yaml::read(folder.path()).unwrap();
        let chosen = chosen(&tests, None).unwrap();
        let overrides = Overrides::parse(LIST).unwrap();
        let mut out = Vec::new();
        let tally = if wire {
            let wire = Wire::start(program, Clock::system()).await.unwrap();
            let tally = run::run(&chosen, &overrides, &wire, &mut out).await;
            wire.stop().await;
            tally
        } else {
            run::run(&chosen, &overrides, &InProcess(Fast::new(program)), &mut out).await
        };
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(exit_code(tally).unwrap(), ExitCode::FAILURE);
    }

    #[tokio::test]
    async fn files_are_run_against_rules_from_the_first_byte_to_the_last_line() {
        let expected = "101-2 failed: expected 101 to fire; fired: nothing\n\
                        101-6 skipped: not today\n\
                        4 passed, 1 failed, 1 skipped\n";
        check(false, expected).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn files_are_run_through_the_gateway_where_no_rule_sees_what_the_front_refuses() {
        let expected = "101-2 failed: expected 101 to fire; fired: nothing\n\
                        101-4 failed: stage 2: expected 102 to fire; fired: nothing\n\
                        101-6 skipped, although it would pass: not today\n\
                        3 passed, 2 failed, 1 skipped\n";
        check(true, expected).await;
    }

    fn tests() -> Vec<Test> {
        [(1, 1), (1, 2), (21, 1)]
            .map(|(rule, test)| Test { id: yaml::TestId { rule, test }, stages: Vec::new() })
            .into()
    }

    #[test]
    fn filter_chooses_by_id_and_must_choose_something() {
        let tests = tests();
        let ids = |filter| chosen(&tests, filter).unwrap().iter().map(|test| test.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(None), ["1-1", "1-2", "21-1"]);
        assert_eq!(ids(Some("^1-")), ["1-1", "1-2"]);
        assert_eq!(ids(Some("1-1$")), ["1-1", "21-1"]);
        assert_eq!(
            chosen(&tests, Some("^3")).unwrap_err().to_string(),
            "find a test to run: 3 were read, none was chosen"
        );
        assert!(chosen(&tests, Some("(")).unwrap_err().is::<WrongUse>());
        assert!(chosen(&[], None).is_err());
    }
}
