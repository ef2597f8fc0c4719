//! The written form of a condition: `{"all":[…]}`, `{"any":[…]}`, `{"not":…}` or `{"field":…,"op":…,"value":…}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ConditionError;

/// Bytes of one written condition.
const MAX_JSON_BYTES: usize = 256 << 10;

/// A condition as it is written; nothing in it has been checked but its shape.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Object", into = "Object")]
pub enum RawCondition {
    All(Vec<RawCondition>),
    Any(Vec<RawCondition>),
    Not(Box<RawCondition>),
    Leaf(RawLeaf),
}

/// One test: a field, what is asked of it, and the value.
#[derive(Debug, Clone, PartialEq)]
pub struct RawLeaf {
    pub field: String,
    pub op: String,
    /// Left out only with `exists`, where it means `true`.
    pub value: Option<Value>,
}

impl RawCondition {
    /// Reads JSON; an error of shape says where in the tree it is.
    pub fn from_json(text: &str) -> Result<Self, ConditionError> {
        if text.len() > MAX_JSON_BYTES {
            return Err(ConditionError::TooLong(text.len(), MAX_JSON_BYTES));
        }
        let mut reader = serde_json::Deserializer::from_str(text);
        let raw = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| ConditionError::Shape { path: error.path().to_string(), source: error.into_inner() })?;
        reader.end().map_err(|source| ConditionError::Shape { path: ".".to_owned(), source })?;
        Ok(raw)
    }

    /// A leaf, for presets and tests.
    pub fn leaf(field: &str, op: &str, value: impl Into<Value>) -> Self {
        Self::Leaf(RawLeaf { field: field.to_owned(), op: op.to_owned(), value: Some(value.into()) })
    }
}

/// The JSON object with every key there is, so that serde knows all keys and refuses others.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Object {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<RawCondition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<RawCondition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<RawCondition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

impl TryFrom<Object> for RawCondition {
    type Error = &'static str;

    fn try_from(object: Object) -> Result<Self, Self::Error> {
        match object {
            Object { all: Some(parts), any: None, not: None, field: None, op: None, value: None } => {
                Ok(Self::All(parts))
            }
            Object { all: None, any: Some(parts), not: None, field: None, op: None, value: None } => {
                Ok(Self::Any(parts))
            }
            Object { all: None, any: None, not: Some(part), field: None, op: None, value: None } => Ok(Self::Not(part)),
            Object { all: None, any: None, not: None, field: Some(field), op: Some(op), value } => {
                Ok(Self::Leaf(RawLeaf { field, op, value }))
            }
            _ => Err("expected exactly one of `all`, `any`, `not`, or `field` with `op` and `value`"),
        }
    }
}

impl From<RawCondition> for Object {
    fn from(raw: RawCondition) -> Self {
        let mut object = Self { all: None, any: None, not: None, field: None, op: None, value: None };
        match raw {
            RawCondition::All(parts) => object.all = Some(parts),
            RawCondition::Any(parts) => object.any = Some(parts),
            RawCondition::Not(part) => object.not = Some(part),
            RawCondition::Leaf(RawLeaf { field, op, value }) => {
                (object.field, object.op, object.value) = (Some(field), Some(op), value);
            }
        }
        object
    }
}
