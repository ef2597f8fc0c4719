//! The body of Elasticsearch's `_bulk`: pairs of lines, an action and a document. What sends to Elasticsearch can so send to
//! the vault: beats, rsyslog, syslog-ng, any client library.
//!
//! `index` and `create` add a record; `update` and `delete` are refused item by item, for records do not change. A document
//! that names an `event.dataset` is an event of ours; any other is `app.log` of the service its index is named after.

use medward_contract::event::{Dataset, Event};
use serde_json::{Map, Value};

use crate::decode::Profile;
use crate::draft::Draft;
use crate::frame::Frame;
use crate::json;
use crate::lines::{LineRefused, Sender, event_of, next_line, object_of};

/// Longest name of an index or id that is given back.
const MAX_NAME_CHARS: usize = 512;

/// What an item asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkWord {
    /// `index`.
    Index,
    /// `create`.
    Create,
    /// `update`, refused.
    Update,
    /// `delete`, refused.
    Delete,
}

impl BulkWord {
    /// As Elasticsearch writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Index, Self::Create, Self::Update, Self::Delete].into_iter().find(|known| known.as_str() == word)
    }
}

/// The action of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkAction {
    /// What it asks for.
    pub word: BulkWord,
    /// Where to.
    pub index: String,
    /// The id it asks for, given back as it came; records have addresses of their own.
    pub id: Option<String>,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkItem {
    /// Its action; an action line that does not read counts as `index`.
    pub action: BulkAction,
    /// What it adds, or why it does not.
    pub result: Result<Event, LineRefused>,
}

/// Items of a body, in their order.
#[derive(Debug)]
pub struct Bulk<'a> {
    rest: &'a [u8],
    number: u64,
    index: &'a str,
    sender: &'a Sender,
    profile: &'a Profile,
}

impl<'a> Bulk<'a> {
    /// The items of `body`; `index` is the one of the path, for actions that name none.
    pub const fn new(body: &'a [u8], index: &'a str, sender: &'a Sender, profile: &'a Profile) -> Self {
        Self { rest: body, number: 0, index, sender, profile }
    }

    fn document(&mut self, action: &BulkAction) -> Result<Event, LineRefused> {
        let line = next_line(&mut self.rest, &mut self.number).ok_or(LineRefused::NoDocument)?;
        let object = object_of(line)?;
        if json::text_at(&object, "event.dataset").is_some_and(|kind| kind.parse::<Dataset>().is_ok()) {
            return event_of(object, self.sender);
        }
        Ok(self.log(line, object, &action.index))
    }

    fn log(&self, line: &[u8], object: Map<String, Value>, index: &str) -> Event {
        let frame = Frame { bytes: line.trim_ascii().to_owned(), ..Frame::default() };
        let mut draft = Draft::new(&frame, &self.sender.arrival, self.profile);
        draft.message(&String::from_utf8_lossy(&frame.bytes));
        draft.attribute("elasticsearch.index", index.into());
        json::log(&mut draft, object, Some(index).filter(|index| !index.is_empty()));
        draft.finish()
    }
}

impl Iterator for Bulk<'_> {
    type Item = BulkItem;

    fn next(&mut self) -> Option<BulkItem> {
        let line = next_line(&mut self.rest, &mut self.number)?;
        let Some(action) = object_of(line).ok().and_then(|object| action_of(&object, self.index)) else {
            // Which line is an action and which a document nobody can say any more: the rest is refused with it.
            self.rest = &[];
            let action = BulkAction { word: BulkWord::Index, index: self.index.to_owned(), id: None };
            let refused = LineRefused::Invalid(format!("read line {} as an action of _bulk", self.number));
            return Some(BulkItem { action, result: Err(refused) });
        };
        let result = match action.word {
            BulkWord::Index | BulkWord::Create => self.document(&action),
            BulkWord::Update => {
                // Its document goes with it.
                next_line(&mut self.rest, &mut self.number);
                Err(LineRefused::Action("update"))
            }
            BulkWord::Delete => Err(LineRefused::Action("delete")),
        };
        Some(BulkItem { action, result })
    }
}

fn action_of(object: &Map<String, Value>, default_index: &str) -> Option<BulkAction> {
    let (word, inside) = object.iter().next().filter(|_| object.len() == 1)?;
    let inside = inside.as_object()?;
    let text = |name: &str| match inside.get(name)? {
        Value::String(text) => Some(text.chars().take(MAX_NAME_CHARS).collect::<String>()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let index = text("_index").unwrap_or_else(|| default_index.to_owned());
    Some(BulkAction { word: BulkWord::of(word)?, index, id: text("_id") })
}
