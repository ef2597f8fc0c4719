//! The variables rules look at, and where a request's values are kept.

mod head;
mod values;

pub(crate) use head::{comparable_path, head_values};
pub(crate) use values::{Index, Mark, Value, Values};

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
    /// `MULTIPART_PART_VALUES`, our own: what the header lines of a part hold beside the names of its field and its file,
    /// without what surrounds it; named by the part.
    MultipartPartValues "MULTIPART_PART_VALUES",
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
    /// `XML:/*`: the text of the whole document.
    XmlText "XML:/*",
    /// `XML://@*`: each attribute.
    XmlAttributes "XML://@*",
    /// `ARGS_COMBINED_SIZE`: bytes of all argument names and values.
    ArgsCombinedSize "ARGS_COMBINED_SIZE",
    /// `REQUEST_BODY_LENGTH`
    RequestBodyLength "REQUEST_BODY_LENGTH",
    /// `REQBODY_PROCESSOR`: `URLENCODED`, `MULTIPART`, `JSON` or `XML`.
    ReqbodyProcessor "REQBODY_PROCESSOR",
    /// `REQBODY_ERROR`: 1 when the body could not be parsed.
    ReqbodyError "REQBODY_ERROR",
    /// `REQBODY_ERROR_MSG`
    ReqbodyErrorMsg "REQBODY_ERROR_MSG",
    /// `REQBODY_PROCESSOR_ERROR`
    ReqbodyProcessorError "REQBODY_PROCESSOR_ERROR",
    /// `REQBODY_PROCESSOR_ERROR_MSG`
    ReqbodyProcessorErrorMsg "REQBODY_PROCESSOR_ERROR_MSG",
    /// `FILES_SIZES`
    FilesSizes "FILES_SIZES",
    /// `FILES_COMBINED_SIZE`
    FilesCombinedSize "FILES_COMBINED_SIZE",
    /// `MULTIPART_STRICT_ERROR`: 1 when one of the next twelve is.
    MultipartStrictError "MULTIPART_STRICT_ERROR",
    /// `MULTIPART_BOUNDARY_QUOTED`
    MultipartBoundaryQuoted "MULTIPART_BOUNDARY_QUOTED",
    /// `MULTIPART_BOUNDARY_WHITESPACE`
    MultipartBoundaryWhitespace "MULTIPART_BOUNDARY_WHITESPACE",
    /// `MULTIPART_DATA_BEFORE`
    MultipartDataBefore "MULTIPART_DATA_BEFORE",
    /// `MULTIPART_DATA_AFTER`
    MultipartDataAfter "MULTIPART_DATA_AFTER",
    /// `MULTIPART_HEADER_FOLDING`
    MultipartHeaderFolding "MULTIPART_HEADER_FOLDING",
    /// `MULTIPART_LF_LINE`
    MultipartLfLine "MULTIPART_LF_LINE",
    /// `MULTIPART_CRLF_LF_LINES`
    MultipartCrlfLfLines "MULTIPART_CRLF_LF_LINES",
    /// `MULTIPART_SEMICOLON_MISSING`
    MultipartSemicolonMissing "MULTIPART_SEMICOLON_MISSING",
    /// `MULTIPART_INVALID_QUOTING`
    MultipartInvalidQuoting "MULTIPART_INVALID_QUOTING",
    /// `MULTIPART_INVALID_PART`
    MultipartInvalidPart "MULTIPART_INVALID_PART",
    /// `MULTIPART_INVALID_HEADER_FOLDING`
    MultipartInvalidHeaderFolding "MULTIPART_INVALID_HEADER_FOLDING",
    /// `MULTIPART_FILE_LIMIT_EXCEEDED`
    MultipartFileLimitExceeded "MULTIPART_FILE_LIMIT_EXCEEDED",
    /// `MULTIPART_UNMATCHED_BOUNDARY`
    MultipartUnmatchedBoundary "MULTIPART_UNMATCHED_BOUNDARY",
    /// `REMOTE_PORT`
    RemotePort "REMOTE_PORT",
    /// `SERVER_NAME`: the host the request names, without port.
    ServerName "SERVER_NAME",
    /// `UNIQUE_ID`
    UniqueId "UNIQUE_ID",
    /// `DURATION`: milliseconds since the transaction began, by the caller's clock.
    Duration "DURATION",
    /// `RESPONSE_STATUS`
    ResponseStatus "RESPONSE_STATUS",
    /// `RESPONSE_PROTOCOL`
    ResponseProtocol "RESPONSE_PROTOCOL",
    /// `RESPONSE_HEADERS`
    ResponseHeaders "RESPONSE_HEADERS",
    /// `RESPONSE_HEADERS_NAMES`
    ResponseHeadersNames "RESPONSE_HEADERS_NAMES",
    /// `RESPONSE_BODY`
    ResponseBody "RESPONSE_BODY",
    /// `RESPONSE_CONTENT_TYPE`
    ResponseContentType "RESPONSE_CONTENT_TYPE",
    /// `RESPONSE_CONTENT_LENGTH`
    ResponseContentLength "RESPONSE_CONTENT_LENGTH",
    /// `TX`: what rules have set.
    Tx "TX",
    /// `MATCHED_VAR`: the last value that matched, transformed.
    MatchedVar "MATCHED_VAR",
    /// `MATCHED_VAR_NAME`
    MatchedVarName "MATCHED_VAR_NAME",
    /// `MATCHED_VARS`: what the chain has matched so far, transformed.
    MatchedVars "MATCHED_VARS",
    /// `MATCHED_VARS_NAMES`
    MatchedVarsNames "MATCHED_VARS_NAMES",
    /// `RULE`: id, msg, severity, rev, ver and logdata of the rule that runs.
    Rule "RULE",
    /// `IP`: always empty, collections that outlive a transaction are not kept.
    Ip "IP",
    /// `GLOBAL`: always empty, too.
    Global "GLOBAL",
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

    /// The collections whose values this one stands for; itself, mostly.
    pub(crate) const fn parts(self) -> &'static [Self] {
        const ARGS: &[Collection] = &[Collection::ArgsGet, Collection::ArgsPost];
        const NAMES: &[Collection] = &[Collection::ArgsGetNames, Collection::ArgsPostNames];
        match self {
            Self::Args => ARGS,
            Self::ArgsNames => NAMES,
            _ => &[],
        }
    }

    /// The bits of the collections this one stands for.
    pub(crate) const fn mask(self) -> u128 {
        match self {
            Self::Args => 1_u128 << Self::ArgsGet as u32 | 1_u128 << Self::ArgsPost as u32,
            Self::ArgsNames => 1_u128 << Self::ArgsGetNames as u32 | 1_u128 << Self::ArgsPostNames as u32,
            other => 1_u128 << other as u32,
        }
    }

    /// Whether its values come from running rules rather than from the request or response.
    pub(crate) const fn is_made_by_rules(self) -> bool {
        matches!(
            self,
            Self::Tx
                | Self::MatchedVar
                | Self::MatchedVarName
                | Self::MatchedVars
                | Self::MatchedVarsNames
                | Self::Rule
                | Self::Ip
                | Self::Global
                | Self::Duration
                | Self::ReqbodyProcessor
                | Self::ArgsCombinedSize
        )
    }

    /// Whether every value of `member` is seen by a rule that names this collection.
    pub(crate) const fn includes(self, member: Self) -> bool {
        self.mask() & member.mask() == member.mask()
    }
}
