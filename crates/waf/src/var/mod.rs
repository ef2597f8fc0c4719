//! The variables rules look at, and where a request's values are kept.

mod head;
mod values;

pub(crate) use head::{comparable_path, head_values};
pub(crate) use values::{Mark, Value, Values};

macro_rules! collections {
    ($($(#[$doc:meta])* $variant:ident $name:literal),+ $(,)?) => {
        /// A variable name of the rule language. Groups (`ARGS`, `ARGS_NAMES`) stand for their members.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Collection {
            $($(#[$doc])* $variant,)+
        }

        impl Collection {
            /// Every collection, in the order of its number.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name as rules write it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

collections! {
    /// `ARGS`: query and body arguments.
    Args "ARGS",
    /// `ARGS_NAMES`
    ArgsNames "ARGS_NAMES",
    /// `ARGS_GET`
    ArgsGet "ARGS_GET",
    /// `ARGS_GET_NAMES`
    ArgsGetNames "ARGS_GET_NAMES",
    /// `ARGS_POST`: form fields and JSON values.
    ArgsPost "ARGS_POST",
    /// `ARGS_POST_NAMES`
    ArgsPostNames "ARGS_POST_NAMES",
    /// `FILES`: client file names of uploads.
    Files "FILES",
    /// `FILES_NAMES`: form fields of uploads.
    FilesNames "FILES_NAMES",
    /// `FILES_TMP_CONTENT`: the inspected beginning of each uploaded file.
    FilesContent "FILES_TMP_CONTENT",
    /// `MULTIPART_PART_HEADERS`: whole header lines, named by their part.
    MultipartPartHeaders "MULTIPART_PART_HEADERS",
    /// `QUERY_STRING`: raw.
    QueryString "QUERY_STRING",
    /// `REMOTE_ADDR`
    RemoteAddr "REMOTE_ADDR",
    /// `REQUEST_BASENAME`: the last segment of the path, still encoded.
    RequestBasename "REQUEST_BASENAME",
    /// `REQUEST_BODY`: raw.
    RequestBody "REQUEST_BODY",
    /// `REQUEST_COOKIES`
    RequestCookies "REQUEST_COOKIES",
    /// `REQUEST_COOKIES_NAMES`
    RequestCookiesNames "REQUEST_COOKIES_NAMES",
    /// `REQUEST_FILENAME`: the path, still percent-encoded.
    RequestFilename "REQUEST_FILENAME",
    /// `REQUEST_HEADERS`
    RequestHeaders "REQUEST_HEADERS",
    /// `REQUEST_HEADERS_NAMES`
    RequestHeadersNames "REQUEST_HEADERS_NAMES",
    /// `REQUEST_LINE`
    RequestLine "REQUEST_LINE",
    /// `REQUEST_METHOD`
    RequestMethod "REQUEST_METHOD",
    /// `REQUEST_PROTOCOL`
    RequestProtocol "REQUEST_PROTOCOL",
    /// `REQUEST_URI`: path and query, percent-encoded, without scheme, host and fragment.
    RequestUri "REQUEST_URI",
    /// `REQUEST_URI_RAW`: the target as sent.
    RequestUriRaw "REQUEST_URI_RAW",
    /// `XML`: each text node and attribute, named by its element path.
    Xml "XML",
    /// `MATCHED_VARS`: what the chain has matched so far.
    MatchedVars "MATCHED_VARS",
}

impl Collection {
    /// The collection of a name, without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|collection| collection.name().eq_ignore_ascii_case(name))
    }

    /// The name in evidence: query and body arguments are all `ARGS` to the reader.
    pub(crate) const fn shown_name(self) -> &'static str {
        match self {
            Self::ArgsGet | Self::ArgsPost => "ARGS",
            Self::ArgsGetNames | Self::ArgsPostNames => "ARGS_NAMES",
            other => other.name(),
        }
    }

    /// The bits of the collections this one stands for.
    pub(crate) const fn mask(self) -> u32 {
        match self {
            Self::Args => 1 << Self::ArgsGet as u32 | 1 << Self::ArgsPost as u32,
            Self::ArgsNames => 1 << Self::ArgsGetNames as u32 | 1 << Self::ArgsPostNames as u32,
            other => 1 << other as u32,
        }
    }

    /// Whether a value of `member` is seen by a rule that names this collection.
    pub(crate) const fn includes(self, member: Self) -> bool {
        self.mask() & member.mask() != 0
    }
}
