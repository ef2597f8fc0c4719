//! The fields that a condition can ask for, when each is known, and what may be asked of it.

use std::fmt;

/// Bytes of the name in `arg.NAME`, `header.NAME` and `cookie.NAME`.
const MAX_NAME_BYTES: usize = 128;

/// When a field is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// As soon as the request head is read and routed.
    Head,
    /// When the request body is read as far as it is inspected.
    Body,
    /// When the response head is there.
    Response,
}

/// One field of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Ip,
    IpGroup,
    Text(Text),
    Number(Number),
    Named(Named),
}

/// Fields with one value that is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Text {
    Country,
    Region,
    /// 院内, 院外 or VPN: `inside`, `outside`, `vpn`.
    Zone,
    Host,
    Path,
    Query,
    Method,
    ContentType,
    UserAgent,
    User,
    Label,
    Object,
    Group,
    /// 预约, 查询, 支付, 报告访问, AI, 其他.
    Scenario,
    BotClass,
    /// `1.2`, `1.3`, or `none` on a plain connection.
    TlsVersion,
}

/// Fields with one value that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    BodySize,
    ResponseStatus,
}

/// Fields of which a request can have many, and several of one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// From the query and from the body.
    Argument(Box<str>),
    /// The name in lower case.
    Header(Box<str>),
    Cookie(Box<str>),
}

/// How the text of a field is written before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    AsIs,
    Lower,
    Upper,
    /// One of these and nothing else.
    OneOf(&'static [&'static str]),
}

const ONE_WORD_FIELDS: &[(&str, Field)] = &[
    ("ip", Field::Ip),
    ("ip_group", Field::IpGroup),
    ("country", Field::Text(Text::Country)),
    ("region", Field::Text(Text::Region)),
    ("zone", Field::Text(Text::Zone)),
    ("host", Field::Text(Text::Host)),
    ("path", Field::Text(Text::Path)),
    ("query", Field::Text(Text::Query)),
    ("method", Field::Text(Text::Method)),
    ("body_size", Field::Number(Number::BodySize)),
    ("content_type", Field::Text(Text::ContentType)),
    ("user_agent", Field::Text(Text::UserAgent)),
    ("user", Field::Text(Text::User)),
    ("label", Field::Text(Text::Label)),
    ("object", Field::Text(Text::Object)),
    ("group", Field::Text(Text::Group)),
    ("scenario", Field::Text(Text::Scenario)),
    ("bot_class", Field::Text(Text::BotClass)),
    ("tls_version", Field::Text(Text::TlsVersion)),
    ("response.status", Field::Number(Number::ResponseStatus)),
];

/// Every field for an error message.
pub(super) fn field_names() -> String {
    let words: Vec<&str> = ONE_WORD_FIELDS.iter().map(|(name, _)| *name).collect();
    format!("{}, arg.NAME, header.NAME, cookie.NAME", words.join(", "))
}

impl Field {
    /// Reads `path`, `header.X-Token` and the like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some((_, field)) = ONE_WORD_FIELDS.iter().find(|(name, _)| *name == text) {
            return Some(field.clone());
        }
        let (kind, name) = text.split_once('.')?;
        let named = match kind {
            "arg" if is_argument_name(name) => Named::Argument(name.into()),
            "header" if is_token(name) => Named::Header(name.to_ascii_lowercase().into()),
            "cookie" if is_token(name) => Named::Cookie(name.into()),
            _ => return None,
        };
        Some(Self::Named(named))
    }

    /// The earliest phase in which it is known. Arguments and the size wait for the body: the head tells part of them only.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Ip | Self::IpGroup | Self::Text(_) | Self::Named(Named::Header(_) | Named::Cookie(_)) => Phase::Head,
            Self::Number(Number::BodySize) | Self::Named(Named::Argument(_)) => Phase::Body,
            Self::Number(Number::ResponseStatus) => Phase::Response,
        }
    }

    pub(super) fn writing(&self) -> Writing {
        match self {
            Self::Text(Text::Host | Text::ContentType) => Writing::Lower,
            Self::Text(Text::Country | Text::Method) => Writing::Upper,
            Self::Text(Text::Zone) => Writing::OneOf(&["inside", "outside", "vpn"]),
            Self::Text(Text::Scenario) => Writing::OneOf(&["booking", "query", "payment", "report", "ai", "other"]),
            Self::Text(Text::Label) => Writing::OneOf(&["L1", "L2", "L3", "L4"]),
            Self::Text(Text::TlsVersion) => Writing::OneOf(&["1.2", "1.3", "none"]),
            Self::Text(Text::BotClass) => {
                Writing::OneOf(&["browser", "search_engine", "tool", "scanner", "scraper", "unknown"])
            }
            _ => Writing::AsIs,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(Named::Argument(name)) => write!(f, "arg.{name}"),
            Self::Named(Named::Header(name)) => write!(f, "header.{name}"),
            Self::Named(Named::Cookie(name)) => write!(f, "cookie.{name}"),
            other => {
                let name = ONE_WORD_FIELDS.iter().find(|(_, field)| field == other).map(|(name, _)| *name);
                f.write_str(name.unwrap_or_default())
            }
        }
    }
}

fn is_argument_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A token of RFC 9110 5.6.2, which names of headers and cookies are.
pub(crate) fn is_token(name: &str) -> bool {
    let mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
}
