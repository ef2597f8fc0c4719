//! The message board. Hole: a message is stored and shown as typed (stored XSS).
//!
//! The board lists only messages the hospital has answered, and a message's id is the hash of its text,
//! so that posting one twice or in another order changes no other page.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::cell;
use super::super::page::{card, each, escape, not_found, page};

pub(crate) async fn board(hospital: &Hospital) -> Answer {
    let rows = hospital
        .database
        .run_bound("SELECT name, title, content, reply FROM feedback WHERE reply <> '' ORDER BY id", &[])
        .await
        .unwrap_or_default();
    let items = each(&rows, |row| {
        format!(
            "<article><h3>{}</h3><p>{}：{}</p><blockquote>院方回复：{}</blockquote></article>",
            escape(cell(row, 1)),
            escape(cell(row, 0)),
            escape(cell(row, 2)),
            escape(cell(row, 3))
        )
    });
    let fields = "<form method=\"post\" action=\"/feedback\"><label>称呼<input name=\"name\"></label><label>标题<input name=\"title\"></label>\
<label>内容<textarea name=\"content\"></textarea></label><button>提交留言</button></form>";
    page("留言板", &(card("我要留言", fields) + &card("已回复的留言", &items)))
}

pub(crate) async fn post(hospital: &Hospital, ask: &Ask) -> Answer {
    match store(hospital, ask).await {
        Ok(id) => page(
            "留言已收到",
            &card("留言已收到", &format!("<p class=\"done\">感谢您的留言，编号 <a href=\"/feedback/view?id={id}\">{id}</a>，我们将在三个工作日内回复。</p>")),
        )
        .with_status(201),
        Err(error) => page("系统繁忙", &card("系统繁忙", &escape(&error.to_string()))).with_status(500),
    }
}

/// Keeps the message and gives its id.
pub(crate) async fn store(hospital: &Hospital, ask: &Ask) -> Result<String, sqlx::Error> {
    let (name, title, content) = (ask.field("name"), ask.field("title"), ask.field("content"));
    let id = message_id(&name, &title, &content);
    hospital
        .database
        .run_bound("INSERT OR IGNORE INTO feedback VALUES ($1, $2, $3, $4, '')", &[&id, &name, &title, &content])
        .await?;
    Ok(id)
}

/// The id under which a message can be viewed.
pub(crate) fn message_id(name: &str, title: &str, content: &str) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest([name, title, content].join("\n").as_bytes()));
    digest.get(..10).unwrap_or_default().to_owned()
}

pub(crate) async fn view(hospital: &Hospital, ask: &Ask) -> Answer {
    let id = ask.query("id").unwrap_or_default();
    let rows = hospital
        .database
        .run_bound("SELECT name, title, content FROM feedback WHERE id = $1", &[&id])
        .await
        .unwrap_or_default();
    match rows.first() {
        Some(row) => {
            page("留言", &card(cell(row, 1), &format!("<p>{}：</p><div>{}</div>", cell(row, 0), cell(row, 2))))
        }
        None => not_found("该留言"),
    }
}
