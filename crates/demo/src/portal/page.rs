//! The frame around every page, and the sound way to put text into one ([`escape`]), for the places that are meant to be sound.

use super::answer::Answer;
use super::database::Cells;

const HOSPITAL: &str = "云杉市第一人民医院";

const NAVIGATION: [(&str, &str); 9] = [
    ("/", "首页"),
    ("/doctors", "医生"),
    ("/appointment", "预约挂号"),
    ("/report", "报告查询"),
    ("/guide", "就诊指南"),
    ("/feedback", "留言板"),
    ("/my", "我的"),
    ("/search?q=", "搜索"),
    ("/tools/lookup", "网络诊断"),
];

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// `title` is escaped here, `body` is HTML.
pub(crate) fn page(title: &str, body: &str) -> Answer {
    let navigation = each(&NAVIGATION, |(target, label)| format!("<a href=\"{target}\">{label}</a>"));
    Answer::html(format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{title} · {HOSPITAL}</title>\n\
<link rel=\"icon\" href=\"/static/logo.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/static/site.css\">\n\
<script src=\"/static/site.js\" defer></script>\n</head>\n<body>\n\
<header><div class=\"bar\"><a class=\"brand\" href=\"/\"><img src=\"/static/logo.svg\" alt=\"\" width=\"36\" height=\"36\">{HOSPITAL}<small>演示</small></a>\
<nav>{navigation}</nav></div></header>\n<main>\n{body}\n</main>\n\
<footer><p>{HOSPITAL}（虚构） · 本站是 Medward 的演示站点，人名、电话、号码与检验结果均为虚构，并<strong>故意留有漏洞</strong>，只在本机监听。</p></footer>\n</body>\n</html>\n",
        title = escape(title),
    ))
}

/// The HTML of each item, one after the other.
pub(crate) fn each<T>(items: &[T], html: impl Fn(&T) -> String) -> String {
    items.iter().map(html).collect::<Vec<_>>().concat()
}

/// A heading with an HTML body below it, in a card.
pub(crate) fn card(heading: &str, body: &str) -> String {
    format!("<section class=\"card\"><h2>{heading}</h2>{body}</section>")
}

/// A table of escaped cells.
pub(crate) fn table(heads: &[&str], rows: &[Cells]) -> String {
    if rows.is_empty() {
        return "<p class=\"empty\">没有查询到相关记录。</p>".to_owned();
    }
    let head = each(heads, |head| format!("<th>{head}</th>"));
    let column = |cell: &Option<String>| format!("<td>{}</td>", escape(cell.as_deref().unwrap_or_default()));
    let body = each(rows, |cells| format!("<tr>{}</tr>", each(cells, column)));
    format!("<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")
}

/// The page of a failed statement, telling far too much, as the systems we stand in front of do.
pub(crate) fn failure(error: &sqlx::Error, statement: &str) -> Answer {
    let body = format!("<pre class=\"error\">{}\n\n{}</pre>", escape(&error.to_string()), escape(statement));
    page("系统错误", &card("系统错误", &body)).with_status(500)
}

pub(crate) fn not_found(path: &str) -> Answer {
    // Reflected as received and decoded: one of the XSS holes.
    let path = crate::percent::decode_text(path, false);
    page("页面不存在", &card("页面不存在", &format!("<p>没有找到 {path}，请<a href=\"/\">返回首页</a>。</p>")))
        .with_status(404)
}

/// 1250 → `12.50`.
pub(crate) fn yuan(cents: &str) -> String {
    let cents: i64 = cents.parse().unwrap_or(0);
    format!("{}.{:02}", cents / 100, cents % 100)
}
