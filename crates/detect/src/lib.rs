//! Detectors: a grammar must confirm before there is a finding (waf.md §7).
//!
//! A detector reads one value, already without its encodings (the transformation `decodeLayers` peels them and asks again
//! for every layer), and says how sure it is that the value attacks. It knows nothing of rules, scores or verdicts.
//!
//! Invariants: no finding without a grammar that confirms it; work is linear in the length of the value; a value that does
//! not satisfy [`Detector::requirement`] never has a finding.
//!
//! Confidence: 80 and more blocks alone, 60 to 79 counts three of the five points that block, 40 to 59 one point.
//!
//! ```
//! use medward_detect::{Context, Detector, Place};
//!
//! let finding = Detector::Sqli.find(b"1' OR '1'='1", Context::of(Place::Value)).unwrap();
//! assert!(finding.confidence >= 80);
//! assert!(Detector::Sqli.find(b"O'Brien", Context::of(Place::Value)).is_none());
//! ```

use std::ops::Range;
use std::sync::Once;

pub use base64::{base64_decode, base64_decode_skipping, base64_value};
pub use byte_mask::ByteMask;
pub use requirement::{Branch, Requirement};

use reading::is_prose_around;

mod base64;
mod byte_mask;
mod condense;
mod crlf;
mod deser;
mod gate;
mod java;
mod jndi;
mod ldap;
mod leak;
mod mail;
mod node;
mod nosqli;
mod php;
#[doc(hidden)]
pub mod probe;
#[cfg(test)]
mod properties;
mod quotation;
mod reading;
mod requirement;
mod scanner;
mod shell;
mod sqli;
mod ssrf;
mod ssti;
mod traversal;
mod upload;
mod xpath;
mod xss;
mod xxe;

/// What a detector found: the most confident finding of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// 0 to 100.
    pub confidence: u8,
    /// The bytes of the value that show it.
    pub span: Range<usize>,
    /// The way through the grammar, such as `quote/or/comparison`.
    pub path: &'static str,
}

/// Where a value stood in the request or response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The path of the target.
    Path,
    /// The name of a parameter, cookie or JSON member.
    Name,
    /// The value of a parameter or JSON member, text or attribute of XML.
    Value,
    /// The value of a cookie.
    Cookie,
    /// The value of a header field.
    Header,
    /// The client's name of an uploaded file.
    FileName,
    /// The content of an uploaded file.
    FileContent,
    /// A body, or part of one, without structure of its own.
    BodyText,
    /// The value of a header field of the response.
    ResponseHeader,
    /// The body of the response.
    ResponseBody,
}

impl Place {
    #[cfg(test)]
    const ALL: [Self; 10] = [
        Self::Path,
        Self::Name,
        Self::Value,
        Self::Cookie,
        Self::Header,
        Self::FileName,
        Self::FileContent,
        Self::BodyText,
        Self::ResponseHeader,
        Self::ResponseBody,
    ];
}

/// What is known about a value beside its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    pub place: Place,
    /// The field takes markup (an editor), so only active content attacks.
    pub rich_text: bool,
}

impl Context {
    /// An ordinary field at `place`.
    pub const fn of(place: Place) -> Self {
        Self { place, rich_text: false }
    }
}

/// One line per detector: variant, name in rules, and the module that does it (with its `requirement()` and
/// `find(value, context)`).
macro_rules! detectors {
    ($($variant:ident $name:literal $($module:ident)?),+ $(,)?) => {
        /// The classes of attack that have a detector.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Detector {
            $($variant,)+
        }

        impl Detector {
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name as rules write it.
            #[cfg(test)]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The detector of a name, without regard to case.
            pub fn from_name(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) { return Some(Self::$variant); })+
                None
            }

            /// What a value must contain to be worth asking; it may only ever say "cannot match".
            pub fn requirement(self) -> Requirement {
                match self { $(Self::$variant => { $(return $module::requirement();)? #[allow(unreachable_code, reason = "a class whose detector is not built never matches")] never() })+ }
            }

            /// The most confident finding in `value`, if any, before it is weighed against what stands around it.
            fn find_alone(self, value: &[u8], context: Context) -> Option<Finding> {
                match self { $(Self::$variant => { $(return $module::find(value, context);)? #[allow(unreachable_code, reason = "a class whose detector is not built never matches")] None })+ }
            }
        }
    };
}

detectors! {
    Sqli "sqli" sqli,
    NoSqli "nosqli" nosqli,
    Xss "xss" xss,
    Ssti "ssti" ssti,
    Ldap "ldap" ldap,
    Xpath "xpath" xpath,
    Crlf "crlf" crlf,
    Mail "mail" mail,
    Shell "shell" shell,
    Traversal "traversal" traversal,
    Ssrf "ssrf" ssrf,
    Xxe "xxe" xxe,
    Java "java" java,
    Php "php" php,
    Node "node" node,
    Jndi "jndi" jndi,
    Deser "deser" deser,
    Upload "upload" upload,
    Scanner "scanner" scanner,
    Leak "leak" leak,
}

/// Compiles everything detectors look for, once: some ten milliseconds that belong to loading a policy. Without it the
/// first requests of a process pay for it out of the time they may take.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        crlf::prepare();
        deser::prepare();
        java::prepare();
        leak::prepare();
        node::prepare();
        php::prepare();
        scanner::prepare();
        shell::prepare();
        sqli::prepare();
        ssrf::prepare();
        traversal::prepare();
        upload::prepare();
        xpath::prepare();
        xss::prepare();
        xxe::prepare();
    });
}

impl Detector {
    /// The most confident finding in `value`, if any.
    pub fn find(self, value: &[u8], context: Context) -> Option<Finding> {
        let finding = self.find_alone(value, context)?;
        let most = if finding.confidence >= SUSPICIOUS
            && matches!(self, Self::Traversal | Self::Java)
            && quotation::goes_on_in_words(value, &finding.span)
        {
            MENTION
        } else if finding.confidence < SUSPICIOUS || !matches!(context.place, Place::Value | Place::BodyText) {
            100
        } else if ((finding.confidence < SURE || self.needs_a_short_value()) && is_prose_around(value, &finding.span))
            || (self.is_quoted_in_texts(finding.confidence) && quotation::holds(value, &finding.span))
        {
            MENTION
        } else {
            100
        };
        Some(Finding { confidence: finding.confidence.min(most), ..finding })
    }

    /// What breaks out of a filter or path, or is a filter, fills the field it was typed into; texts only quote it.
    const fn needs_a_short_value(self) -> bool {
        matches!(self, Self::Xpath | Self::Ldap | Self::NoSqli)
    }

    /// What people paste into a text to ask about it: programs, commands, paths. A template or a page runs what it holds
    /// wherever it stands, so that of those only the weaker findings are excused.
    const fn is_quoted_in_texts(self, confidence: u8) -> bool {
        match self {
            Self::Shell | Self::Traversal => true,
            Self::Php | Self::Ssti | Self::Java | Self::Node => confidence < 90,
            _ => false,
        }
    }
}

/// From here on a finding blocks alone.
const SURE: u8 = 80;
/// From here on two findings of different classes in one value block together.
const SUSPICIOUS: u8 = 60;
/// A finding that a text only mentions: however many classes it mentions, they do not add up to a block.
const MENTION: u8 = 55;

/// The requirement that nothing meets.
fn never() -> Requirement {
    Requirement::Any(Vec::new())
}

/// "One of these literals (any case, two bytes or more; none is asked for when empty) and of each mask a byte".
fn needs(literals: &[&str], bytes: &[ByteMask]) -> Requirement {
    let Some((first, more)) = bytes.split_first() else {
        return Requirement::of_literals(literals.iter().map(|literal| literal.as_bytes().to_vec()).collect());
    };
    let mut requirement = if literals.is_empty() {
        Requirement::of_bytes(*first)
    } else {
        Requirement::of_literals(literals.iter().map(|literal| literal.as_bytes().to_vec()).collect())
    };
    if let Requirement::Any(branches) = &mut requirement {
        for branch in branches {
            branch.bytes.extend(if literals.is_empty() { more } else { bytes });
        }
    }
    requirement
}

/// One of several requirements.
fn either(requirements: impl IntoIterator<Item = Requirement>) -> Requirement {
    let mut branches = Vec::new();
    for requirement in requirements {
        match requirement {
            Requirement::None => return Requirement::None,
            Requirement::Any(more) => branches.extend(more),
        }
    }
    Requirement::Any(branches)
}

#[cfg(test)]
mod tests;
