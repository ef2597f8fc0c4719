//! Doctors. Holes: `dept` and `q` (SQL in quotes), `id` (SQL without quotes, decoded twice).

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::{Cells, cell};
use super::super::page::{card, each, escape, failure, not_found, page, table, yuan};
use crate::percent;

pub(crate) async fn list(hospital: &Hospital, ask: &Ask) -> Answer {
    let statement = list_statement(ask);
    let rows = match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => rows,
        Err(error) => return failure(&error, &statement),
    };
    let item = |row: &Cells| {
        format!(
            "<a class=\"tile\" href=\"/doctor?id={}\"><b>{} <small>{}</small></b><span>{} · {}</span></a>",
            escape(cell(row, 0)),
            escape(cell(row, 1)),
            escape(cell(row, 2)),
            escape(cell(row, 3)),
            escape(cell(row, 4))
        )
    };
    let items = each(&rows, item);
    let body = format!(
        "<form action=\"/doctors\"><input name=\"dept\" placeholder=\"科室\"><input name=\"q\" placeholder=\"姓名或专长\"><button>查找</button></form>\
<p>共 {} 位医生</p><div class=\"tiles\">{items}</div>",
        rows.len()
    );
    page("医生", &card("医生", &body))
}

pub(crate) fn list_statement(ask: &Ask) -> String {
    let (department, word) = (ask.field("dept"), ask.field("q"));
    let mut statement = "SELECT id, name, title, department, skill FROM doctor WHERE listed = 1".to_owned();
    if !department.is_empty() {
        statement = format!("{statement} AND department = '{department}'");
    }
    if !word.is_empty() {
        statement = format!("{statement} AND name || skill LIKE '%{word}%'");
    }
    statement
}

pub(crate) async fn one(hospital: &Hospital, ask: &Ask) -> Answer {
    let id = percent::decode_text(&ask.query("id").unwrap_or_default(), false);
    let statement =
        format!("SELECT name, title, department, skill, fee_cents FROM doctor WHERE listed = 1 AND id = {id}");
    let rows = match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => rows,
        Err(error) => return failure(&error, &statement),
    };
    let Some(row) = rows.first() else { return not_found("该医生") };
    let slots = hospital
        .database
        .run_bound("SELECT day, period, open FROM slot WHERE doctor_id = (SELECT id FROM doctor WHERE name = $1) ORDER BY day, period", &[cell(row, 0)])
        .await
        .unwrap_or_default();
    let about = format!(
        "<p>{} · {}</p><p>专长：{}</p><p>诊查费：¥{}</p>",
        escape(cell(row, 1)),
        escape(cell(row, 2)),
        escape(cell(row, 3)),
        yuan(cell(row, 4))
    );
    page(
        "医生介绍",
        &(card(&escape(cell(row, 0)), &about) + &card("近期号源", &table(&["日期", "时段", "余号"], &slots))),
    )
}
