//! Probes that fit any product: what was left behind, what a scanner looks for in the answer, and paths spelled so that one
//! server's guard and the next server's router read them differently.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, Wire};
use super::holes::{by_scanner, in_path};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("paths-past-a-guard", AttackClass::Scanner, 30, past_guard),
    request("left-behind", AttackClass::Scanner, 30, left_behind),
    request("scanner-habits", AttackClass::Scanner, 24, habits),
];

/// A path that the guard in front takes for a picture or another folder, and the application behind for its own page.
fn past_guard(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let page = rng.pick(&[
        "admin/user/list",
        "system/config",
        "actuator/env",
        "manage/export",
        "api/users",
        "druid/sql.html",
        "admin/index",
        "console/users",
    ]);
    let (first, rest) = page.split_once('/').unwrap();
    let image = rng.pick(&["css", "js", "ico", "png", "gif", "html", "woff"]);
    let path = match rng.below(14) {
        0 => format!("/{page};.{image}"),
        1 => format!("/{page};{word}.{image}"),
        2 => format!("/{first};/{rest}"),
        3 => format!("/;/{page}?{word}"),
        4 => format!("/{word};/..;/{page}"),
        5 => format!("/{word}/..;/{page}"),
        6 => format!("/%2e/{page}?x={word}"),
        7 => format!("/{word}/%2e%2e/{page}"),
        8 => format!("/{first}%3b{word}/{rest}"),
        9 => format!("/{page}/%2e%2e;/{word}"),
        10 => format!("/{first}/%3b/{rest}?n={word}"),
        11 => format!("/{word}/%252e%252e/{page}"),
        12 => format!("/{first}/.;/{rest}?n={word}"),
        _ => format!("/static/{word}/..%5c..%5c{page}"),
    };
    in_path(rng, Wire::get(path))
}

/// Copies, listings, keys and tools that somebody forgot under the root.
fn left_behind(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let name = rng.pick(&["index", "login", "config", "admin", "main", "conn", "default", "api", "user", "upload"]);
    let site = rng.pick(&["his", "oa", "www", "emr", "portal", "app", "web", "data"]);
    let year = rng.between(2015, 2026);
    let path = match rng.below(30) {
        0 => format!("/{name}.php~"),
        1 => format!("/{name}.jsp.bak"),
        2 => format!("/.{name}.php.swp"),
        3 => format!("/{name}.asp.old"),
        4 => format!("/{name}.php.{year}"),
        5 => format!("/{site}.tar.gz"),
        6 => format!("/{site}{year}.zip"),
        7 => format!("/{site}_{year}.sql"),
        8 => format!("/{site}.bak"),
        9 => "/.git/logs/HEAD".to_owned(),
        10 => "/.git/index".to_owned(),
        11 => "/.svn/wc.db".to_owned(),
        12 => "/.hg/store/00manifest.i".to_owned(),
        13 => format!("/.env.{name}"),
        14 => "/.idea/workspace.xml".to_owned(),
        15 => "/WEB-INF/classes/application.yml".to_owned(),
        16 => "/.aws/config".to_owned(),
        17 => "/.ssh/authorized_keys".to_owned(),
        18 => "/.bash_history".to_owned(),
        19 => "/phpinfo.php3".to_owned(),
        20 => format!("/test/{name}/phpinfo.php"),
        21 => "/.well-known/../.env".to_owned(),
        22 => format!("/{site}/.env.bak"),
        23 => "/config.inc.php.bak".to_owned(),
        24 => "/application.properties".to_owned(),
        25 => "/proc/self/cmdline".to_owned(),
        26 => "/Dockerfile".to_owned(),
        27 => "/.terraform/terraform.tfstate".to_owned(),
        28 => format!("/backup/{site}.sql.gz"),
        _ => "/server.key".to_owned(),
    };
    let prefix = rng.pick(&["", "", "", "/app", "/his", "/public"]);
    in_path(rng, Wire::get(format!("{prefix}{path}")))
}

/// What a scanner sends whatever the product: marks that it looks for in the answer, its own headers and files.
fn habits(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let (left, right) = (rng.between(10_000, 99_999), rng.between(10_000, 99_999));
    let (wire, place) = match rng.below(10) {
        0 => (
            Wire::get(format!(
                "/api/info?id={}",
                codec::percent(format!("1' and extractvalue(1,concat(0x7e,md5({left})))#"))
            )),
            Place::Query,
        ),
        1 => (Wire::get(format!("/?x={}", codec::percent(format!("print(md5({left}));")))), Place::Query),
        2 => (Wire::get(format!("/list?sort={}", codec::percent(format!("${{{left}*{right}}}")))), Place::Query),
        3 => (Wire::get(format!("/list?q={}", codec::percent(format!("{{{{{left}*{right}}}}}")))), Place::Query),
        4 => {
            (Wire::get(format!("/view?f={}", codec::percent(format!("response.write({left}*{right})")))), Place::Query)
        }
        5 => (
            Wire::get(format!("/view?host={}", codec::percent(format!("127.0.0.1|expr {left} + {right}")))),
            Place::Query,
        ),
        6 => (Wire::get(format!("/go?cmd={}", codec::percent(format!("&set /A {left}+{right}")))), Place::Query),
        7 => (Wire::get(format!("/{word}?x={}", codec::percent(format!("'-var_dump(md5({left}))-'")))), Place::Query),
        8 => (
            Wire::get(format!(
                "/{word}?x={}",
                codec::percent(format!("1;assert(base64_decode('cHJpbnQobWQ1KDEyMzQpKTs='));{left}"))
            )),
            Place::Query,
        ),
        _ => (
            Wire::post(
                "/login",
                FORM,
                format!("user={}&n={word}", codec::form(format!("\"+response.write({left}*{right})+\""))),
            ),
            Place::Form,
        ),
    };
    (by_scanner(rng, wire), place, Encoding::Plain)
}
