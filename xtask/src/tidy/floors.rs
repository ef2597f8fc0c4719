//! The floors of the crate graph (ARCHITECTURE.md, "Floors"): arrows only point downwards.
//!
//! Invariant: there is no edge between two capabilities, in any kind of dependency table, and none between two of their
//! folders in the console. Because every edge goes down at least one floor, the graph is never deeper than six floors.

use toml::{Table, Value};

use super::Finding;
use crate::tree::Tree;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Floor {
    /// The words all others share; no I/O.
    Contract,
    Ground,
    Kernel,
    Kit,
    Capability,
    Top,
}

/// The crates below and above the capabilities; every other folder under `crates/` is a capability.
const HOUSE: &[(&str, Floor)] = &[
    ("contract", Floor::Contract),
    ("store-macros", Floor::Contract),
    ("crypto", Floor::Ground),
    ("store", Floor::Ground),
    ("detect", Floor::Ground),
    ("kernel", Floor::Kernel),
    // Beside the kernel, of which they know nothing: they are pure, and a kit crate stands on them.
    ("waf", Floor::Kernel),
    ("access", Floor::Kernel),
    ("defence", Floor::Kernel),
    ("openapi", Floor::Kernel),
    ("sigma", Floor::Kernel),
    ("intake", Floor::Kernel),
    ("web", Floor::Kit),
    ("proxy", Floor::Kit),
    ("report", Floor::Kit),
    ("demo", Floor::Kit),
    ("medward", Floor::Top),
    ("tests", Floor::Top),
    ("xtask", Floor::Top),
];

/// Crates that do no I/O, and what would let them.
const PURE: &[(&str, &[&str])] = &[
    ("access", &["axum", "hyper", "medward-kernel", "medward-store", "sqlx", "tokio"]),
    ("contract", &["axum", "hyper", "sqlx", "tokio"]),
    ("defence", &["axum", "hyper", "medward-kernel", "medward-store", "sqlx", "tokio"]),
    (
        "detect",
        &["axum", "hyper", "medward-contract", "medward-kernel", "medward-store", "medward-waf", "sqlx", "tokio"],
    ),
    ("intake", &["axum", "hyper", "medward-kernel", "medward-store", "medward-waf", "sqlx", "tokio"]),
    (
        "openapi",
        &[
            "axum",
            "hyper",
            "medward-contract",
            "medward-kernel",
            "medward-store",
            "medward-waf",
            "reqwest",
            "sqlx",
            "tokio",
        ],
    ),
    ("sigma", &["axum", "hyper", "medward-kernel", "medward-store", "sqlx", "tokio"]),
    ("waf", &["axum", "hyper", "medward-contract", "medward-kernel", "medward-store", "sqlx", "tokio"]),
];

/// Crates that also run on a node without a database and serve no API, and what would change that.
const WITHOUT_DATABASE: &[(&str, &[&str])] = &[("proxy", &["axum", "medward-store", "sqlx", "utoipa-axum"])];

pub(super) fn floor_of(folder: &str) -> Floor {
    HOUSE.iter().find(|(name, _)| *name == folder).map_or(Floor::Capability, |(_, floor)| *floor)
}

/// Folders of the capabilities, sorted.
pub(super) fn capabilities(tree: &Tree) -> Vec<&str> {
    tree.crate_folders().into_iter().filter(|folder| floor_of(folder) == Floor::Capability).collect()
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let crates = tree.crate_folders().into_iter().map(|folder| (folder, format!("crates/{folder}/Cargo.toml")));
    let others = ["tests", "xtask"].into_iter().map(|folder| (folder, format!("{folder}/Cargo.toml")));
    for (folder, manifest) in crates.chain(others) {
        let Some(text) = tree.text(&manifest) else { continue };
        match text.parse::<Table>() {
            Ok(table) => check_manifest(folder, &manifest, text, &table, &mut findings),
            Err(error) => findings.push(Finding::fault(&manifest, 0, format!("is not TOML: {}", error.message()))),
        }
    }
    check_console(tree, &mut findings);
    findings
}

fn check_manifest(folder: &str, manifest: &str, text: &str, table: &Table, findings: &mut Vec<Finding>) {
    check_name(folder, manifest, table, findings);
    let floor = floor_of(folder);
    for (dependency, kind) in dependencies(table) {
        let line = line_of(text, &dependency);
        for (table, stance) in [(PURE, "does no I/O"), (WITHOUT_DATABASE, "has neither database nor API")] {
            let is_banned = table.iter().any(|(name, banned)| *name == folder && banned.contains(&dependency.as_str()));
            if is_banned && kind == Kind::Normal {
                findings.push(Finding::fault(
                    manifest,
                    line,
                    format!("{folder} {stance} and must not use {dependency}"),
                ));
            }
        }
        let Some(below) = folder_of_package(&dependency) else { continue };
        if below == folder {
            // A crate's own tests may ask for one of its own features.
            continue;
        }
        let below_floor = floor_of(below);
        if below_floor < floor || top_may_use(folder, below) {
            continue;
        }
        let message = if floor == Floor::Capability && below_floor == Floor::Capability {
            format!("capability {folder} depends on capability {below}; use a port in contract (CONTRIBUTING.md)")
        } else {
            format!("{folder} ({floor:?}) depends on {below} ({below_floor:?}); arrows only point downwards")
        };
        findings.push(Finding::fault(manifest, line, message));
    }
}

fn check_name(folder: &str, manifest: &str, table: &Table, findings: &mut Vec<Finding>) {
    let name = table.get("package").and_then(|package| package.get("name")).and_then(Value::as_str).unwrap_or_default();
    if folder_of_package(name) != Some(folder) {
        let wanted = if folder == "medward" { "medward".to_owned() } else { format!("medward-{folder}") };
        findings.push(Finding::fault(manifest, 0, format!("package is `{name}`, not `{wanted}`")));
    }
}

/// The end-to-end tests are above everything, the binary included.
fn top_may_use(folder: &str, below: &str) -> bool {
    folder == "tests" && below == "medward"
}

fn folder_of_package(package: &str) -> Option<&str> {
    match package {
        "medward" | "xtask" => Some(package),
        other => other.strip_prefix("medward-"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    ForTests,
}

/// Package names in every dependency table, target-specific ones and renames included.
fn dependencies(manifest: &Table) -> Vec<(String, Kind)> {
    let mut found = Vec::new();
    collect(manifest, &mut found);
    if let Some(Value::Table(targets)) = manifest.get("target") {
        for target in targets.values() {
            if let Value::Table(target) = target {
                collect(target, &mut found);
            }
        }
    }
    found
}

fn collect(table: &Table, found: &mut Vec<(String, Kind)>) {
    let kinds =
        [("dependencies", Kind::Normal), ("build-dependencies", Kind::Normal), ("dev-dependencies", Kind::ForTests)];
    for (key, kind) in kinds {
        let Some(Value::Table(entries)) = table.get(key) else { continue };
        for (name, value) in entries {
            let package = value.get("package").and_then(Value::as_str).unwrap_or(name);
            found.push((package.to_owned(), kind));
        }
    }
}

fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).map_or(0, |index| index + 1)
}

/// A capability's console folder imports the shared ones and never another capability's.
fn check_console(tree: &Tree, findings: &mut Vec<Finding>) {
    let capabilities = capabilities(tree);
    for (path, text) in tree.with_extension(&["ts", "tsx"]) {
        let Some(inside) = path.strip_prefix("console/src/") else { continue };
        let own = inside.split('/').next().unwrap_or_default();
        if !capabilities.contains(&own) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for other in capabilities.iter().filter(|other| **other != own && imports(line, other)) {
                let message = format!("console folder {own} imports from capability {other}");
                findings.push(Finding::fault(path, index + 1, message));
            }
        }
    }
}

fn imports(line: &str, folder: &str) -> bool {
    let Some((_, after)) = line.split_once("from ").or_else(|| line.split_once("import(")) else { return false };
    let module = after.trim_start_matches(['\'', '"']).split(['\'', '"']).next().unwrap_or_default();
    let from_elsewhere = module.starts_with("../") || module.starts_with('@') || module.starts_with('/');
    from_elsewhere && module.split('/').any(|part| part == folder) && !module.starts_with("../api/")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::tidy::planted;

    fn manifest(name: &str, dependencies: &str) -> String {
        format!("[package]\nname = \"{name}\"\n{dependencies}")
    }

    fn check_one(folder: &str, name: &str, dependencies: &str, expected: Expect) {
        let path = format!("crates/{folder}/Cargo.toml");
        expected.assert_eq(&planted::check(check, &[(&path, &manifest(name, dependencies))]));
    }

    #[test]
    fn an_arrow_down_is_fine() {
        let dependencies = "[dependencies]\nmedward-kernel.workspace = true\nserde = \"1\"\n\
                            [dev-dependencies]\nmedward-store = { workspace = true, features = [\"testkit\"] }\n";
        check_one("vault", "medward-vault", dependencies, expect![""]);
    }

    #[test]
    fn an_edge_between_two_capabilities_is_a_fault_in_every_table() {
        let tables = [
            "[dependencies]\nmedward-vault.workspace = true\n",
            "[dev-dependencies]\nmedward-vault.workspace = true\n",
            "[target.'cfg(unix)'.dependencies]\nmedward-vault = \"1\"\n",
            "[dependencies]\nlog = { package = \"medward-vault\", path = \"../vault\" }\n",
        ];
        for table in tables {
            let found = expect![
                "crates/gateway/Cargo.toml:4: capability gateway depends on capability vault; use a port in contract (CONTRIBUTING.md)"
            ];
            check_one("gateway", "medward-gateway", table, found);
        }
    }

    #[test]
    fn an_arrow_up_or_sideways_is_a_fault() {
        check_one(
            "store",
            "medward-store",
            "[dependencies]\nmedward-kernel.workspace = true\n",
            expect![
                "crates/store/Cargo.toml:4: store (Ground) depends on kernel (Kernel); arrows only point downwards"
            ],
        );
        check_one(
            "store",
            "medward-store",
            "[dependencies]\nmedward-crypto.workspace = true\n",
            expect![
                "crates/store/Cargo.toml:4: store (Ground) depends on crypto (Ground); arrows only point downwards"
            ],
        );
    }

    #[test]
    fn the_pure_crates_have_no_runtime() {
        check_one(
            "waf",
            "medward-waf",
            "[dependencies]\ntokio.workspace = true\n",
            expect!["crates/waf/Cargo.toml:4: waf does no I/O and must not use tokio"],
        );
        check_one("waf", "medward-waf", "[dev-dependencies]\ntokio.workspace = true\n", expect![""]);
    }

    #[test]
    fn the_data_path_stands_on_the_engine_and_on_no_database() {
        let engine = "[dependencies]\nmedward-kernel.workspace = true\nmedward-waf.workspace = true\n";
        check_one("proxy", "medward-proxy", engine, expect![""]);
        check_one(
            "proxy",
            "medward-proxy",
            "[dependencies]\nmedward-store.workspace = true\n",
            expect!["crates/proxy/Cargo.toml:4: proxy has neither database nor API and must not use medward-store"],
        );
        check_one(
            "proxy",
            "medward-proxy",
            "[dependencies]\nmedward-web.workspace = true\n",
            expect!["crates/proxy/Cargo.toml:4: proxy (Kit) depends on web (Kit); arrows only point downwards"],
        );
    }

    #[test]
    fn a_console_folder_does_not_import_another_capability() {
        let files = [
            ("crates/vault/Cargo.toml", "[package]\nname = \"medward-vault\""),
            ("crates/gateway/Cargo.toml", "[package]\nname = \"medward-gateway\""),
            ("console/src/vault/pages.tsx", "import { a } from '../kit/Table'\nimport { b } from '../gateway/pages'\n"),
            ("console/src/gateway/pages.tsx", "import { c } from './vault'\n"),
        ];
        expect!["console/src/vault/pages.tsx:2: console folder vault imports from capability gateway"]
            .assert_eq(&planted::check(check, &files));
    }

    /// Every edge goes down at least one floor, so six floors bound the depth.
    #[test]
    fn the_house_has_six_floors() {
        assert_eq!(Floor::Top as usize - Floor::Contract as usize + 1, 6);
    }
}
