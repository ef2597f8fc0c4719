//! What a request did wrong.

use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

/// Violations that are told of one request.
pub const MAX_VIOLATIONS: usize = 20;
const MAX_EXPECTED_CHARS: usize = 200;

/// One way in which a request is not as described. It holds nothing that the client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub code: Code,
    /// `path`, `method`, `query.page`, `header.x-token`, `cookie.s`, `path.id`, `content_type`, or `body/items/3/price`; a name
    /// that the document does not know is `*`.
    pub place: String,
    /// In words of the document: `integer`, `at most 10 characters`.
    pub expected: String,
}

impl Violation {
    pub(crate) fn new(code: Code, place: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { code, place: place.into(), expected: expected.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: expected {}", self.code, self.place, self.expected)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Stable short codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

codes! {
    UnknownPath = "unknown_path",
    MethodNotAllowed = "method_not_allowed",
    /// Missing, or not one of those described.
    ContentType = "content_type",
    ParameterMissing = "parameter_missing",
    ParameterUnknown = "parameter_unknown",
    /// More than once, and not a list.
    ParameterRepeated = "parameter_repeated",
    ParameterType = "parameter_type",
    ParameterFormat = "parameter_format",
    ParameterEnum = "parameter_enum",
    ParameterPattern = "parameter_pattern",
    ParameterLength = "parameter_length",
    ParameterRange = "parameter_range",
    ParameterItems = "parameter_items",
    /// Any other rule of its schema.
    ParameterSchema = "parameter_schema",
    BodyMissing = "body_missing",
    BodyTooLarge = "body_too_large",
    BodyTooDeep = "body_too_deep",
    /// Not JSON, or not a form in UTF-8.
    BodyUnreadable = "body_unreadable",
    BodyRequired = "body_required",
    BodyUnknownProperty = "body_unknown_property",
    BodyType = "body_type",
    BodyFormat = "body_format",
    BodyEnum = "body_enum",
    BodyPattern = "body_pattern",
    BodyLength = "body_length",
    BodyRange = "body_range",
    BodyItems = "body_items",
    BodySchema = "body_schema",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose value broke its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Parameter,
    Body,
}

/// The code and what was expected; only from what the schema says.
pub(crate) fn explain(error: &ValidationError<'_>, whose: Whose) -> (Code, String) {
    use ValidationErrorKind as Kind;
    let pick = |parameter, body| if whose == Whose::Parameter { parameter } else { body };
    let (code, expected) = match error.kind() {
        Kind::Type { kind } => (pick(Code::ParameterType, Code::BodyType), types(kind)),
        Kind::Format { format } => (pick(Code::ParameterFormat, Code::BodyFormat), format.clone()),
        Kind::Enum { options } => (pick(Code::ParameterEnum, Code::BodyEnum), format!("one of {options}")),
        Kind::Constant { expected_value } => (pick(Code::ParameterEnum, Code::BodyEnum), expected_value.to_string()),
        Kind::Pattern { pattern } => (pick(Code::ParameterPattern, Code::BodyPattern), format!("pattern {pattern}")),
        Kind::MinLength { limit } => (length(whose), format!("at least {limit} characters")),
        Kind::MaxLength { limit } => (length(whose), format!("at most {limit} characters")),
        Kind::Minimum { limit } => (range(whose), format!("at least {limit}")),
        Kind::Maximum { limit } => (range(whose), format!("at most {limit}")),
        Kind::ExclusiveMinimum { limit } => (range(whose), format!("more than {limit}")),
        Kind::ExclusiveMaximum { limit } => (range(whose), format!("less than {limit}")),
        Kind::MultipleOf { multiple_of } => (range(whose), format!("a multiple of {multiple_of}")),
        Kind::MinItems { limit } => (items(whose), format!("at least {limit} items")),
        Kind::MaxItems { limit } => (items(whose), format!("at most {limit} items")),
        Kind::UniqueItems => (items(whose), "different items".to_owned()),
        Kind::Required { .. } => (pick(Code::ParameterMissing, Code::BodyRequired), "a value".to_owned()),
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            (pick(Code::ParameterUnknown, Code::BodyUnknownProperty), "only described properties".to_owned())
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            (pick(Code::ParameterSchema, Code::BodySchema), "one of the described alternatives".to_owned())
        }
        Kind::OneOfMultipleValid { .. } => {
            (pick(Code::ParameterSchema, Code::BodySchema), "only one of the described alternatives".to_owned())
        }
        other => (pick(Code::ParameterSchema, Code::BodySchema), other.keyword().to_owned()),
    };
    (code, expected.chars().take(MAX_EXPECTED_CHARS).collect())
}

/// The property that is missing, if that is the error.
pub(crate) fn missing_property<'a>(error: &'a ValidationError<'_>) -> Option<&'a str> {
    match error.kind() {
        ValidationErrorKind::Required { property: Value::String(property) } => Some(property),
        _ => None,
    }
}

fn length(whose: Whose) -> Code {
    if whose == Whose::Parameter { Code::ParameterLength } else { Code::BodyLength }
}

fn range(whose: Whose) -> Code {
    if whose == Whose::Parameter { Code::ParameterRange } else { Code::BodyRange }
}

fn items(whose: Whose) -> Code {
    if whose == Whose::Parameter { Code::ParameterItems } else { Code::BodyItems }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => single.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
    }
}
