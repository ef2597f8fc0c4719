//! What a schema says about how its values are written: types, items, fields. For values that come as text.

use std::collections::BTreeMap;

use serde_json::Value;

use super::weight::{parts, target};
use crate::value::Types;

/// Fields of an object: the types of each, and of its items if it is a list.
pub(crate) type Fields = BTreeMap<Box<str>, (Types, Types)>;

/// A translated schema to be asked.
#[derive(Clone, Copy)]
pub(crate) struct Facets<'a> {
    definitions: &'a [Value],
    schema: &'a Value,
}

impl<'a> Facets<'a> {
    pub(super) fn of(definitions: &'a [Value], id: usize) -> Self {
        Self { definitions, schema: definitions.get(id).unwrap_or(&Value::Null) }
    }

    fn at(self, schema: &'a Value) -> Self {
        Self { schema, ..self }
    }

    fn referred(self) -> Option<Self> {
        target(self.schema).map(|id| Self::of(self.definitions, id))
    }

    pub(crate) fn types(self) -> Types {
        let mut types = match self.schema.get("type") {
            Some(Value::String(name)) => Types::named(name),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).fold(Types::NONE, |all, name| all.or(Types::named(name)))
            }
            _ => Types::ALL,
        };
        if types.has(Types::NUMBER) {
            types = types.or(Types::INTEGER);
        }
        if let Some(Value::Array(values)) = self.schema.get("enum") {
            types = types.and(values.iter().fold(Types::NONE, |all, value| all.or(of_value(value))));
        }
        if let Some(value) = self.schema.get("const") {
            types = types.and(of_value(value));
        }
        for keyword in ["anyOf", "oneOf"] {
            let choices = parts(self.schema, &[keyword]);
            if !choices.is_empty() {
                let any = choices.into_iter().fold(Types::NONE, |all, choice| all.or(self.at(choice).types()));
                types = types.and(any);
            }
        }
        let all = parts(self.schema, &["allOf"]).into_iter().map(|part| self.at(part));
        all.chain(self.referred()).fold(types, |types, part| types.and(part.types()))
    }

    /// The types of a list's items.
    pub(crate) fn item_types(self) -> Types {
        if let Some(items) = self.schema.get("items") {
            return self.at(items).types();
        }
        let all = parts(self.schema, &["allOf"]).into_iter().map(|part| self.at(part));
        all.chain(self.referred()).fold(Types::ALL, |types, part| types.and(part.item_types()))
    }

    /// The described fields of an object.
    pub(crate) fn fields(self) -> Fields {
        let mut fields = Fields::new();
        self.collect_fields(&mut fields);
        fields
    }

    fn collect_fields(self, fields: &mut Fields) {
        if let Some(Value::Object(properties)) = self.schema.get("properties") {
            for (name, schema) in properties {
                let field = self.at(schema);
                fields.entry(name.as_str().into()).or_insert_with(|| (field.types(), field.item_types()));
            }
        }
        let parts = parts(self.schema, &["allOf", "anyOf", "oneOf"]).into_iter().map(|part| self.at(part));
        parts.chain(self.referred()).for_each(|part| part.collect_fields(fields));
    }
}

fn of_value(value: &Value) -> Types {
    match value {
        Value::Null => Types::NULL,
        Value::Bool(_) => Types::BOOLEAN,
        Value::Number(_) => Types::INTEGER.or(Types::NUMBER),
        Value::String(_) => Types::STRING,
        Value::Array(_) => Types::ARRAY,
        Value::Object(_) => Types::OBJECT,
    }
}
