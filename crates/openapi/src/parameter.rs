//! One described parameter: how its value is written, and what it must be.

use serde_json::Value;

use crate::schema::{SchemaId, Schemas};
use crate::value::{Types, meanings, percent_decoded};
use crate::violation::{Code, Violation, Whose, explain};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// How a value is written (OpenAPI 3.1, 4.8.12.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wire {
    Single,
    /// With this byte between the items; none when the name is repeated.
    List(Option<u8>),
    /// `content: application/json`.
    Json,
    /// Objects and the rarer styles: what is sent belongs to the parameter, and is not looked at. These are the other names.
    Unchecked(Vec<Box<str>>),
}

#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: Box<str>,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) may_be_empty: bool,
    pub(crate) wire: Wire,
    pub(crate) types: Types,
    pub(crate) item_types: Types,
    pub(crate) schema: SchemaId,
}

impl Parameter {
    /// `query.page`.
    pub(crate) fn label(&self) -> String {
        let place = match self.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
        };
        format!("{place}.{}", self.name)
    }

    /// Whether a name in the query is part of this parameter.
    pub(crate) fn owns(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(&*self.name) else { return self.has_field(name) };
        let is_deep = matches!(self.wire, Wire::Unchecked(_)) && rest.starts_with('[');
        let is_listed = matches!(self.wire, Wire::List(None)) && rest == "[]";
        rest.is_empty() || is_deep || is_listed || self.has_field(name)
    }

    fn has_field(&self, name: &str) -> bool {
        matches!(&self.wire, Wire::Unchecked(fields) if fields.iter().any(|field| **field == *name))
    }

    /// Judges the values of this name, as they stand in the request.
    pub(crate) fn check(&self, raw: &[&[u8]], schemas: &Schemas) -> Option<Violation> {
        let violation = |code, expected: &str| Some(Violation::new(code, self.label(), expected));
        let Some(first) = raw.first() else {
            let is_needed = self.required && !matches!(self.wire, Wire::Unchecked(_));
            return if is_needed { violation(Code::ParameterMissing, "a value") } else { None };
        };
        let is_list = matches!(self.wire, Wire::List(None));
        match self.wire {
            Wire::Unchecked(_) => return None,
            _ if raw.len() > 1 && !is_list => return violation(Code::ParameterRepeated, "one value"),
            _ if first.is_empty() && raw.len() == 1 && self.may_be_empty => return None,
            _ => {}
        }
        let candidates = match &self.wire {
            Wire::Json => {
                let read = self.decoded(first).and_then(|text| serde_json::from_str::<Value>(&text).ok());
                let Some(value) = read else { return violation(Code::ParameterType, "JSON") };
                vec![value]
            }
            Wire::List(separator) => {
                let Some(items) = self.items(raw, *separator) else {
                    return violation(Code::ParameterType, "text in UTF-8");
                };
                vec![Value::Array(items)]
            }
            _ => {
                let Some(text) = self.decoded(first) else { return violation(Code::ParameterType, "text in UTF-8") };
                meanings(&text, self.types)
            }
        };
        self.judge(&candidates, schemas)
    }

    /// One value that fits is enough; the likeliest is explained.
    fn judge(&self, candidates: &[Value], schemas: &Schemas) -> Option<Violation> {
        let validator = schemas.validator(self.schema)?;
        if candidates.iter().any(|candidate| validator.is_valid(candidate)) {
            return None;
        }
        let error = candidates.first().and_then(|candidate| validator.iter_errors(candidate).next())?;
        let (code, expected) = explain(&error, Whose::Parameter);
        let inner = crate::check::known_path(error.instance_path().as_str(), schemas);
        Some(Violation::new(code, format!("{}{inner}", self.label()), expected))
    }

    fn items(&self, raw: &[&[u8]], separator: Option<u8>) -> Option<Vec<Value>> {
        let item = |text: &[u8]| {
            // The last meaning is text where text is allowed.
            Some(meanings(&self.decoded(text)?, self.item_types).pop().unwrap_or(Value::Null))
        };
        match separator {
            None => raw.iter().map(|text| item(text)).collect(),
            // `%2C` is a comma in an item; `%20` and `%7C` separate, because nothing else can be sent.
            Some(b',') => raw.first()?.split(|byte| *byte == b',').map(item).collect(),
            Some(separator) => {
                let whole = self.decoded(raw.first()?)?;
                whole.split(char::from(separator)).map(|text| item(text.as_bytes())).collect()
            }
        }
    }

    fn decoded(&self, raw: &[u8]) -> Option<String> {
        match self.place {
            Place::Query => percent_decoded(raw, true),
            Place::Cookie => percent_decoded(raw, false),
            // Paths were decoded to find their template, and headers are not encoded.
            Place::Path | Place::Header => std::str::from_utf8(raw).ok().map(str::to_owned),
        }
    }
}
