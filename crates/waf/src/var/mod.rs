//! The variables rules look at.

/// A variable name of the rule language. Groups (`ARGS`, `ARGS_NAMES`) stand for their members.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Collection {
    /// `ARGS`: query and body arguments.
    Args,
    /// `ARGS_NAMES`
    ArgsNames,
    /// `ARGS_GET`
    ArgsGet,
    /// `ARGS_GET_NAMES`
    ArgsGetNames,
    /// `ARGS_POST`: form fields and JSON values.
    ArgsPost,
    /// `ARGS_POST_NAMES`
    ArgsPostNames,
    /// `FILES`: client file names of uploads.
    Files,
    /// `FILES_NAMES`: form fields of uploads.
    FilesNames,
    /// `FILES_TMP_CONTENT`: the inspected beginning of each uploaded file.
    FilesContent,
    /// `MULTIPART_PART_HEADERS`: whole header lines, named by their part.
    MultipartPartHeaders,
    /// `QUERY_STRING`: raw.
    QueryString,
    /// `REMOTE_ADDR`
    RemoteAddr,
    /// `REQUEST_BASENAME`: the last segment of the path, decoded.
    RequestBasename,
    /// `REQUEST_BODY`: raw.
    RequestBody,
    /// `REQUEST_COOKIES`
    RequestCookies,
    /// `REQUEST_COOKIES_NAMES`
    RequestCookiesNames,
    /// `REQUEST_FILENAME`: the path, percent-decoded once.
    RequestFilename,
    /// `REQUEST_HEADERS`
    RequestHeaders,
    /// `REQUEST_HEADERS_NAMES`
    RequestHeadersNames,
    /// `REQUEST_LINE`
    RequestLine,
    /// `REQUEST_METHOD`
    RequestMethod,
    /// `REQUEST_PROTOCOL`
    RequestProtocol,
    /// `REQUEST_URI`: path and query, percent-encoded, without scheme, host and fragment.
    RequestUri,
    /// `REQUEST_URI_RAW`: the target as sent.
    RequestUriRaw,
    /// `XML`: each text node and attribute, named by its element path.
    Xml,
    /// `MATCHED_VARS`: what the chain has matched so far.
    MatchedVars,
}

const NAMES: &[(&str, Collection)] = &[
    ("ARGS", Collection::Args),
    ("ARGS_NAMES", Collection::ArgsNames),
    ("ARGS_GET", Collection::ArgsGet),
    ("ARGS_GET_NAMES", Collection::ArgsGetNames),
    ("ARGS_POST", Collection::ArgsPost),
    ("ARGS_POST_NAMES", Collection::ArgsPostNames),
    ("FILES", Collection::Files),
    ("FILES_NAMES", Collection::FilesNames),
    ("FILES_TMP_CONTENT", Collection::FilesContent),
    ("MULTIPART_PART_HEADERS", Collection::MultipartPartHeaders),
    ("QUERY_STRING", Collection::QueryString),
    ("REMOTE_ADDR", Collection::RemoteAddr),
    ("REQUEST_BASENAME", Collection::RequestBasename),
    ("REQUEST_BODY", Collection::RequestBody),
    ("REQUEST_COOKIES", Collection::RequestCookies),
    ("REQUEST_COOKIES_NAMES", Collection::RequestCookiesNames),
    ("REQUEST_FILENAME", Collection::RequestFilename),
    ("REQUEST_HEADERS", Collection::RequestHeaders),
    ("REQUEST_HEADERS_NAMES", Collection::RequestHeadersNames),
    ("REQUEST_LINE", Collection::RequestLine),
    ("REQUEST_METHOD", Collection::RequestMethod),
    ("REQUEST_PROTOCOL", Collection::RequestProtocol),
    ("REQUEST_URI", Collection::RequestUri),
    ("REQUEST_URI_RAW", Collection::RequestUriRaw),
    ("XML", Collection::Xml),
    ("MATCHED_VARS", Collection::MatchedVars),
];

impl Collection {
    /// The collection of a name, without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, collection)| *collection)
    }

    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, candidate)| *candidate == self).map_or("", |(name, _)| name)
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
