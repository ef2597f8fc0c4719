//! Signing in to the console as a person does: password, then second factor, over HTTPS.

use anyhow::{Context as _, Result, bail};
use medward_contract::Timestamp;
use medward_demo::drill::{Client, Reply, Request, Target};
use serde_json::{Value, json};

use super::stage::Administrator;

/// A signed-in client of the API.
pub(crate) struct Signed {
    client: Client,
    cookie: String,
}

/// Signs in; `code` stands for the second factor.
pub(crate) async fn sign_in(console: Target, person: &Administrator, code: &str) -> Result<Signed> {
    let mut client = Client::new(console);
    let begun =
        post(&mut client, "/api/v1/identity/login", &json!({ "login": person.login, "password": person.password }))
            .await?;
    let step: Value = serde_json::from_slice(&begun.body).context("read the answer to the password")?;
    if begun.status != 200 || step.get("step") != Some(&json!("factor")) {
        bail!("sign in: the password was answered with {} {step}", begun.status);
    }
    let done =
        post(&mut client, "/api/v1/identity/login/factor", &json!({ "handle": step.get("handle"), "code": code }))
            .await?;
    if done.status != 200 {
        bail!("sign in: the second factor was answered with {}", done.status);
    }
    let cookie = done.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    if !cookie.starts_with("__Host-mw=") {
        bail!("sign in: no session cookie was set");
    }
    Ok(Signed { client, cookie })
}

/// The code of this moment, or a wrong one on purpose.
pub(crate) fn code_of(person: &Administrator, now: Timestamp, wrong: bool) -> Result<String> {
    let code = person.code_at(now)?;
    if !wrong {
        return Ok(code);
    }
    // Every digit differs, so neighbouring time steps cannot match by accident of one digit.
    Ok(code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect())
}

async fn post(client: &mut Client, path: &str, body: &Value) -> Result<Reply> {
    let request = Request {
        id: String::new(),
        method: "POST",
        target: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        chunked: false,
        page: None,
    };
    client.send(&request).await.with_context(|| format!("call {path}"))
}

impl Signed {
    /// Reads one API path.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Value> {
        let request = Request {
            id: String::new(),
            method: "GET",
            target: path.to_owned(),
            headers: vec![("Cookie".to_owned(), self.cookie.clone())],
            body: Vec::new(),
            chunked: false,
            page: None,
        };
        let reply = self.client.send(&request).await.with_context(|| format!("call {path}"))?;
        if reply.status != 200 {
            bail!("call {path}: answered with {} {}", reply.status, String::from_utf8_lossy(&reply.body));
        }
        serde_json::from_slice(&reply.body).with_context(|| format!("read the answer of {path}"))
    }
}
