//! What an approver reads of a change: kinds, fields and values, with names where the policy holds ids, and what is different
//! where it holds the digest of a list.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{cut, place_of};
use crate::draft::Edit;
use crate::model::Kind;
use crate::store::ItemRow;

/// Longest value in a summary, characters.
const MAX_VALUE: usize = 60;
/// Entries of a list that are named.
const NAMED: usize = 3;

/// What ids and digests stand for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Names of items by id.
    items: HashMap<String, String>,
    /// Lines of documents by digest.
    documents: HashMap<String, Lines>,
}

/// Lines, and how often each stands there.
type Lines = HashMap<String, usize>;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    /// A list of addresses.
    Addresses,
    /// The description of an interface.
    Interface,
}

impl Names {
    /// Of these items: id and name.
    pub(crate) fn new(items: impl Iterator<Item = (String, String)>) -> Self {
        Self { items: items.collect(), documents: HashMap::new() }
    }

    /// Adds what a digest stands for.
    pub(crate) fn add_document(&mut self, digest: String, kind: DocumentKind, content: &[u8]) {
        let text = String::from_utf8_lossy(content);
        let mut lines = HashMap::new();
        for line in text.lines() {
            // What an address list says behind these signs counts for nothing, and would hide what counts.
            let said = if kind == DocumentKind::Addresses { line.split(['#', ';']).next() } else { Some(line) };
            let said = said.unwrap_or_default().trim_end();
            if !said.trim().is_empty() {
                *lines.entry(said.to_owned()).or_default() += 1;
            }
        }
        self.documents.insert(digest, lines);
    }

    /// The value with names instead of ids.
    fn instead(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.items.get(text).unwrap_or(text).clone()),
            Value::Array(values) => values.iter().map(|value| self.instead(value)).collect(),
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), self.instead(value))).collect(),
            other => other.clone(),
        }
    }

    /// What one document says more often than the other: `+2 −1: +10.1.0.0/16, +10.2.0.0/16, −10.9.9.9`. `None` when these are
    /// no documents, or say the same in another order, which may mean something else.
    fn difference(&self, before: Option<&Value>, after: Option<&Value>) -> Option<String> {
        let lines = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|digest| self.documents.get(digest));
        let none = Lines::new();
        let (old, new) = (lines(before).unwrap_or(&none), lines(after).unwrap_or(&none));
        let ((added, more), (removed, less)) = (surplus(new, old), surplus(old, new));
        if added + removed == 0 {
            return None;
        }
        let mut named: Vec<String> = more.iter().map(|line| format!("+{}", cut(line.trim(), MAX_VALUE))).collect();
        named.extend(less.iter().map(|line| format!("−{}", cut(line.trim(), MAX_VALUE))));
        let rest = if named.len() < added + removed { ", …" } else { "" };
        Some(format!("+{added} −{removed}: {}{rest}", named.join(", ")))
    }
}

/// How many lines one has more than the other, and the first of them.
fn surplus<'l>(one: &'l Lines, other: &Lines) -> (usize, Vec<&'l str>) {
    let more = |(line, count): (&'l String, &usize)| {
        let more = count.saturating_sub(other.get(line).copied().unwrap_or(0));
        (more > 0).then_some((line.as_str(), more))
    };
    let mut lines: Vec<(&str, usize)> = one.iter().filter_map(more).collect();
    let count = lines.iter().map(|(_, more)| more).sum();
    lines.sort_unstable();
    (count, lines.into_iter().take(NAMED).map(|(line, _)| line).collect())
}

/// Digests of documents that these edits name, and what they are.
pub(crate) fn documents_of(edits: impl Iterator<Item = Edit>) -> BTreeMap<String, DocumentKind> {
    let digest = |row: &ItemRow| {
        let body: Value = serde_json::from_str(&row.body).ok()?;
        let (field, kind) = match row.kind()? {
            Kind::Addresses => ("list", DocumentKind::Addresses),
            Kind::Schema => ("document", DocumentKind::Interface),
            _ => return None,
        };
        Some((body.get(field)?.as_str()?.to_owned(), kind))
    };
    edits.flat_map(|edit| [edit.before, edit.after]).flatten().filter_map(|row| digest(&row)).collect()
}

pub(super) fn in_chinese(edit: &Edit, names: &Names) -> String {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let kind = row.and_then(ItemRow::kind).map_or("", chinese);
    let (verb, fields) = match place_of(edit).0 {
        0 => ("删除", String::new()),
        1 => ("修改", fields(edit, names)),
        _ => ("新建", fields(edit, names)),
    };
    format!("{verb}{kind}“{}”{fields}", place_of(edit).2)
}

pub(super) fn in_english(edit: &Edit, names: &Names) -> String {
    let (order, kind, name) = place_of(edit);
    match order {
        0 => format!("remove {kind} \"{name}\""),
        1 => format!("change {kind} \"{name}\"{}", fields(edit, names)),
        _ => format!("make {kind} \"{name}\"{}", fields(edit, names)),
    }
}

const fn chinese(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "防护对象",
        Kind::Group => "对象组",
        Kind::Template => "模板",
        Kind::Exclusion => "例外",
        Kind::Rule => "自定义规则",
        Kind::Limit => "限制",
        Kind::Addresses => "地址组",
        Kind::Schema => "接口描述",
        Kind::Guard => "应用准入",
    }
}

/// ` (settings.mode "block" → "observe", …)`.
fn fields(edit: &Edit, names: &Names) -> String {
    let body = |row: &ItemRow| serde_json::from_str::<Value>(&row.body).ok();
    let (before, after) = (edit.before.as_ref().and_then(body), edit.after.as_ref().and_then(body));
    let mut said = Vec::new();
    compare("", before.as_ref(), after.as_ref(), names, &mut said);
    if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, names: &Names, said: &mut Vec<String>) {
    if before == after {
        return;
    }
    let (old, new) = (before.and_then(Value::as_object), after.and_then(Value::as_object));
    if old.is_none() && new.is_none() {
        let shown = |value: Option<&Value>| {
            value.map_or_else(|| "–".to_owned(), |value| cut(&names.instead(value).to_string(), MAX_VALUE))
        };
        said.push(match (before, names.difference(before, after)) {
            (_, Some(difference)) => format!("{path} {difference}"),
            (None, None) => format!("{path} {}", shown(after)),
            (Some(_), None) => format!("{path} {} → {}", shown(before), shown(after)),
        });
        return;
    }
    let fields: BTreeSet<&String> =
        old.into_iter().chain(new).flat_map(|fields| fields.keys()).filter(|name| *name != "name").collect();
    for name in fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(&path, old.and_then(|fields| fields.get(name)), new.and_then(|fields| fields.get(name)), names, said);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_read_as_names_and_lists_as_what_is_different() {
        let items = [("id-1", "公网"), ("id-2", "免检组")].map(|(id, name)| (id.to_owned(), name.to_owned()));
        let mut names = Names::new(items.into_iter());
        names.add_document("old".to_owned(), DocumentKind::Addresses, b"10.1.0.1\n10.1.0.2\n");
        let new = b"# 1\n# 2\n# 3\n# 4\n10.1.0.2 # \xe6\x8c\x82\xe5\x8f\xb7\xe5\xa4\x84\n0.0.0.0/0\n";
        names.add_document("new".to_owned(), DocumentKind::Addresses, new);
        let row = |group: &str, list: &str| {
            let body = json!({ "group_id": group, "list": list }).to_string();
            ItemRow { id: "9".into(), kind: "object".into(), name: "体检".into(), body, generation: 1 }
        };
        let edit = Edit { before: Some(row("id-1", "old")), after: Some(row("id-2", "new")) };
        assert_eq!(
            in_chinese(&edit, &names),
            "修改防护对象“体检” (group_id \"公网\" → \"免检组\", list +1 −1: +0.0.0.0/0, −10.1.0.1)"
        );
    }

    #[test]
    fn descriptions_are_compared_by_how_often_they_say_something() {
        let mut names = Names::default();
        let twice = b"a:\n  required: true\nb:\n  required: true\n";
        names.add_document("old".to_owned(), DocumentKind::Interface, twice);
        names.add_document("once".to_owned(), DocumentKind::Interface, b"a:\n  required: true\nb:\n");
        names.add_document(
            "moved".to_owned(),
            DocumentKind::Interface,
            b"a:\nb:\n  required: true\n  required: true\n",
        );
        let told = |after: &str| names.difference(Some(&json!("old")), Some(&json!(after)));
        assert_eq!(told("once").as_deref(), Some("+0 −1: −required: true"));
        assert_eq!(told("moved"), None, "the digests are shown: that it is another one at least is said");
    }
}
