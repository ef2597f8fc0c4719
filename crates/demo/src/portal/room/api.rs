//! The JSON API of the mobile client. Holes: card number and sort (SQL), host (command), file (traversal), logged client name (lookup).

use serde_json::{Value, json};

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::{Cells, cell};
use super::{booking, doctors, feedback, files, home, report, tools};

pub(crate) async fn enter(hospital: &Hospital, ask: &Ask, method: &str, path: &[&str]) -> Answer {
    match (method, path) {
        ("GET", ["version"]) => Answer::json(&json!({"name": "portal", "version": "2.6.1", "build": "demo"})),
        ("GET", ["departments"]) => departments(hospital).await,
        ("GET", ["doctors"]) => {
            rows(hospital, doctors::list_statement(ask), &["id", "name", "title", "department", "skill"]).await
        }
        ("GET", ["slots"]) => slots(hospital, ask).await,
        ("POST", ["reports", "query"]) => {
            let statement = report::statement(&ask.field("card_no"), &ask.field("name"));
            rows(hospital, statement, &["no", "name", "item", "value", "unit", "reference", "flag", "day"]).await
        }
        ("POST", ["appointments"]) => book(ask),
        ("GET" | "PUT" | "DELETE", ["appointments", number]) => appointment(hospital, ask, method, number).await,
        ("POST", ["feedback"]) => match feedback::store(hospital, ask).await {
            Ok(id) => Answer::json(&json!({"id": id, "state": "received"})).with_status(201),
            Err(error) => failure(&error),
        },
        ("POST", ["avatar"]) => avatar(ask),
        ("POST", ["uploads"]) => uploads(hospital, ask).await,
        ("POST", ["tools", "lookup"]) => {
            Answer::json(&json!({"output": tools::resolve(hospital, &ask.field("host")).await}))
        }
        ("POST", ["files", "read"]) => match files::read(&hospital.grounds.downloads(), &ask.field("file")).await {
            Some(content) => Answer::json(&json!({"content": String::from_utf8_lossy(&content)})),
            None => Answer::json(&json!({"error": "not_found"})).with_status(404),
        },
        ("GET" | "POST", ["client"]) => client(hospital, ask).await,
        _ => Answer::json(&json!({"error": "not_found"})).with_status(404),
    }
}

fn failure(error: &sqlx::Error) -> Answer {
    Answer::json(&json!({"error": "database", "detail": error.to_string()})).with_status(500)
}

async fn rows(hospital: &Hospital, statement: String, names: &[&str]) -> Answer {
    let object = |row: &Cells| -> Value {
        names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), json!(cell(row, index)))).collect()
    };
    match hospital.database.run_text(statement).await {
        Ok(rows) => Answer::json(&json!({"total": rows.len(), "items": rows.iter().map(object).collect::<Vec<_>>()})),
        Err(error) => failure(&error),
    }
}

async fn departments(hospital: &Hospital) -> Answer {
    match hospital.database.run_bound("SELECT name FROM department ORDER BY id", &[]).await {
        Ok(rows) => Answer::json(&json!({"items": home::firsts(&rows)})),
        Err(error) => failure(&error),
    }
}

async fn slots(hospital: &Hospital, ask: &Ask) -> Answer {
    let values = [ask.field("doctor_id"), ask.field("day")];
    let statement = "SELECT day, period, open FROM slot WHERE doctor_id = CAST($1 AS INTEGER) AND ($2 = '' OR day = $2) ORDER BY day, period DESC";
    match hospital.database.run_bound(statement, &[&values[0], &values[1]]).await {
        Ok(rows) => {
            let slot = |row: &Cells| json!({"day": cell(row, 0), "period": cell(row, 1), "open": cell(row, 2)});
            Answer::json(&json!({"items": rows.iter().map(slot).collect::<Vec<_>>()}))
        }
        Err(error) => failure(&error),
    }
}

fn book(ask: &Ask) -> Answer {
    let wish = [ask.field("card"), ask.field("doctor_id"), ask.field("day"), ask.field("period")];
    let number = booking::number(&[&wish[0], &wish[1], &wish[2], &wish[3]]);
    Answer::json(&json!({"no": number, "state": "已预约", "remark": ask.field("remark")})).with_status(201)
}

/// Absolute changes only, answered from what was asked: a repeated request gets the same answer.
async fn appointment(hospital: &Hospital, ask: &Ask, method: &str, number: &str) -> Answer {
    let known = match hospital
        .database
        .run_text(format!("SELECT no, card, day, period, state FROM appointment WHERE no = '{number}'"))
        .await
    {
        Ok(rows) => rows,
        Err(error) => return failure(&error),
    };
    let Some(row) = known.first() else { return Answer::json(&json!({"error": "not_found"})).with_status(404) };
    match method {
        "PUT" => Answer::json(
            &json!({"no": number, "day": ask.field("day"), "period": ask.field("period"), "state": "已改期"}),
        ),
        "DELETE" => Answer::json(&json!({"no": number, "state": "已取消"})),
        _ => Answer::json(
            &json!({"no": cell(row, 0), "card": cell(row, 1), "day": cell(row, 2), "period": cell(row, 3), "state": cell(row, 4)}),
        ),
    }
}

fn avatar(ask: &Ask) -> Answer {
    let image = ask.field("image");
    let encoded = image.rsplit(',').next().unwrap_or_default();
    match data_encoding::BASE64.decode(encoded.as_bytes()) {
        Ok(bytes) => {
            Answer::json(&json!({"bytes": bytes.len(), "png": bytes.starts_with(b"\x89PNG")})).with_status(201)
        }
        Err(_) => Answer::json(&json!({"error": "not base64"})).with_status(400),
    }
}

/// Files of a patient: counted, not kept; `card_no` is checked in SQL.
async fn uploads(hospital: &Hospital, ask: &Ask) -> Answer {
    let statement = format!("SELECT name FROM member WHERE card = '{}'", ask.field("card_no"));
    let owner = match hospital.database.run_text(statement).await {
        Ok(rows) => home::firsts(&rows),
        Err(error) => return failure(&error),
    };
    let files: Vec<Value> = ask
        .parts()
        .iter()
        .filter_map(|part| part.file_name.as_ref().map(|name| json!({"name": name, "bytes": part.content.len()})))
        .collect();
    Answer::json(&json!({"owner": owner, "files": files})).with_status(201)
}

/// Counts visits per client and logs its name: SQL in the user agent, lookups in all three.
async fn client(hospital: &Hospital, ask: &Ask) -> Answer {
    let names = [ask.header("user-agent"), ask.header("x-client-name"), ask.field("client")];
    let logged = names.iter().map(|name| hospital.lookups.log(name)).collect::<Vec<_>>().join(" | ");
    tracing::trace!(client = %logged, "portal client");
    let agent = names[0].split('(').next().unwrap_or_default().trim();
    match hospital.database.run_text(format!("SELECT label FROM visit WHERE agent = '{agent}'")).await {
        Ok(rows) => Answer::json(&json!({"labels": home::firsts(&rows), "ok": true})),
        Err(error) => failure(&error),
    }
}
