//! Login and the member's page. Holes: login name (SQL), session cookie (SQL), nickname cookie (XSS), skin cookie (traversal).

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::cell;
use super::super::page::{card, escape, failure, page, yuan};
use super::files;

pub(crate) fn login_form(ask: &Ask) -> Answer {
    let next = escape(&ask.query("next").unwrap_or_default());
    let fields = format!(
        "<form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"next\" value=\"{next}\"><label>账号<input name=\"login\" autocomplete=\"username\"></label>\
<label>密码<input name=\"password\" type=\"password\" autocomplete=\"current-password\"></label><button>登录</button></form><p class=\"hint\">演示账号 guest / guest</p>"
    );
    page("登录", &card("用户登录", &fields))
}

pub(crate) async fn login(hospital: &Hospital, ask: &Ask) -> Answer {
    let (login, password) = (ask.field("login"), ask.field("password").replace('\'', "''"));
    let statement = format!("SELECT session, name FROM member WHERE login = '{login}' AND password = '{password}'");
    let rows = match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => rows,
        Err(error) => return failure(&error, &statement),
    };
    match rows.first() {
        Some(row) => {
            Answer::see_other("/my".to_owned()).with("set-cookie", format!("HSID={}; Path=/; HttpOnly", cell(row, 0)))
        }
        None => page("登录失败", &card("登录失败", "<p>账号或密码不正确。</p><p><a href=\"/login\">重试</a></p>")),
    }
}

pub(crate) fn logout() -> Answer {
    Answer::see_other("/".to_owned()).with("set-cookie", "HSID=; Path=/; Max-Age=0")
}

pub(crate) async fn my(hospital: &Hospital, ask: &Ask) -> Answer {
    let Some(session) = ask.cookie("HSID") else {
        return Answer::see_other("/login?next=/my".to_owned());
    };
    let statement = format!("SELECT name, card, mobile, balance_cents FROM member WHERE session = '{session}'");
    let rows = match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => rows,
        Err(error) => return failure(&error, &statement),
    };
    let Some(row) = rows.first() else {
        return page("我的", &card("我的", "<p>登录已失效，请<a href=\"/login\">重新登录</a>。</p>"));
    };
    let greeting = ask.cookie("nickname").map(|nickname| format!("<p>您好，{nickname}</p>")).unwrap_or_default();
    let skin = match ask.cookie("skin") {
        Some(skin) => files::read(&hospital.grounds.downloads(), &format!("../skins/{skin}"))
            .await
            .map(|css| format!("<style>{}</style>", String::from_utf8_lossy(&css))),
        None => None,
    };
    let body = format!(
        "{}{greeting}<ul><li>姓名：{}</li><li>就诊卡：{}</li><li>手机：{}</li><li>预存金：¥{}</li></ul><p><a href=\"/report\">我的报告</a> · <a href=\"/logout\">退出</a></p>",
        skin.unwrap_or_default(),
        escape(cell(row, 0)),
        escape(cell(row, 1)),
        escape(cell(row, 2)),
        yuan(cell(row, 3))
    );
    page("我的", &card("我的", &body))
}
