//! What can be wrong with a message, each with a stable code, an HTTP status and a rule id.

use thiserror::Error;

/// One protocol finding. `code()` is stable: it goes into events and into the body of the refusal.
///
/// Findings up to [`HttpFinding::ForbiddenTrailer`] are framing: the gateway refuses the message. The others are
/// evidence in a verdict and no refusal by themselves: nearly all describe a body that could not be read as what it claims
/// to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HttpFinding {
    /// The request line is not `METHOD SP TARGET SP VERSION`.
    BadRequestLine,
    /// The method is not an RFC 9110 token, or longer than 32 bytes.
    BadMethod,
    /// The target has none of the four forms of RFC 9112 §3.2, or a form that does not suit the method.
    BadTarget,
    /// The version is not of the shape `HTTP/d.d`.
    BadVersion,
    /// A version other than HTTP/1.0 and HTTP/1.1 (505).
    UnsupportedVersion,
    /// CONNECT or TRACE (405).
    MethodNotAllowed,
    /// A CR that is not followed by LF.
    BareCr,
    /// An LF that does not follow CR.
    BareLf,
    /// A NUL byte in the head.
    NulByte,
    /// Another control byte in the head.
    ControlByte,
    /// A header line that begins with a blank (obsolete line folding).
    ObsFold,
    /// A blank between header name and colon.
    BlankBeforeColon,
    /// A header line without a colon, or a name that is not a token.
    BadHeaderName,
    /// The target exceeds its limit (414).
    TargetTooLong,
    /// The whole head exceeds its limit (431).
    HeadTooLarge,
    /// One header line exceeds its limit (431).
    HeaderTooLarge,
    /// Too many headers (431).
    TooManyHeaders,
    /// An HTTP/1.1 request without Host.
    HostMissing,
    /// More than one Host.
    HostRepeated,
    /// A Host that is not a name or address with an optional port.
    HostInvalid,
    /// An absolute target whose authority is not the Host.
    HostMismatch,
    /// Content-Length and Transfer-Encoding together.
    LengthAndTransferEncoding,
    /// More than one Content-Length, equal or not.
    LengthRepeated,
    /// A Content-Length that is not 1 to 19 digits.
    LengthInvalid,
    /// A Transfer-Encoding other than exactly `chunked`, or more than one.
    TransferEncodingInvalid,
    /// Transfer-Encoding in HTTP/1.0.
    TransferEncodingInHttp10,
    /// A header that some servers read as a framing header (`Content_Length`).
    FramingHeaderLookalike,
    /// A chunk size that is not 1 to 16 hex digits.
    ChunkSizeInvalid,
    /// A chunk extension longer than 256 bytes or with control bytes.
    ChunkExtensionInvalid,
    /// Chunk data that does not end with CRLF.
    ChunkEndInvalid,
    /// A trailer that would change framing, routing or authentication (RFC 9110 §6.5.1).
    ForbiddenTrailer,
    /// A urlencoded body or query with invalid percent escapes.
    FormBroken,
    /// More arguments than inspected.
    TooManyArguments,
    /// A JSON body that does not parse to its end.
    JsonBroken,
    /// JSON nested deeper than inspected.
    JsonTooDeep,
    /// More JSON values than inspected.
    JsonTooManyValues,
    /// A multipart body that breaks RFC 7578 or ends before its last boundary.
    MultipartBroken,
    /// More multipart parts than inspected.
    MultipartTooManyParts,
    /// An XML body that does not parse to its end.
    XmlBroken,
    /// XML nested deeper, or with more nodes, than inspected.
    XmlTooLarge,
    /// More cookies or headers than inspected.
    TooManyValues,
    /// More than one Content-Type line: servers choose differently which one counts.
    ContentTypeRepeated,
    /// A charset in which we cannot find the text.
    CharsetUnknown,
    /// A Content-Encoding we cannot undo.
    EncodingUnknown,
    /// A compressed body that does not decompress to its end.
    EncodingBroken,
    /// A compressed body that grows beyond 10 MiB or to more than a hundred times its size.
    DecompressionBomb,
    /// A target with a fragment, which RFC 9112 §3.2 does not allow. It is cut off before the upstream sees it, and no
    /// refusal: old browsers send the one of a page with its scripts' requests, and old clients that of a redirect.
    TargetFragment,
}

impl HttpFinding {
    /// Every finding, in the order of its rule number.
    pub const ALL: &[Self] = &[
        Self::BadRequestLine,
        Self::BadMethod,
        Self::BadTarget,
        Self::BadVersion,
        Self::UnsupportedVersion,
        Self::MethodNotAllowed,
        Self::BareCr,
        Self::BareLf,
        Self::NulByte,
        Self::ControlByte,
        Self::ObsFold,
        Self::BlankBeforeColon,
        Self::BadHeaderName,
        Self::TargetTooLong,
        Self::HeadTooLarge,
        Self::HeaderTooLarge,
        Self::TooManyHeaders,
        Self::HostMissing,
        Self::HostRepeated,
        Self::HostInvalid,
        Self::HostMismatch,
        Self::LengthAndTransferEncoding,
        Self::LengthRepeated,
        Self::LengthInvalid,
        Self::TransferEncodingInvalid,
        Self::TransferEncodingInHttp10,
        Self::FramingHeaderLookalike,
        Self::ChunkSizeInvalid,
        Self::ChunkExtensionInvalid,
        Self::ChunkEndInvalid,
        Self::ForbiddenTrailer,
        Self::FormBroken,
        Self::TooManyArguments,
        Self::JsonBroken,
        Self::JsonTooDeep,
        Self::JsonTooManyValues,
        Self::MultipartBroken,
        Self::MultipartTooManyParts,
        Self::XmlBroken,
        Self::XmlTooLarge,
        Self::TooManyValues,
        Self::ContentTypeRepeated,
        Self::CharsetUnknown,
        Self::EncodingUnknown,
        Self::EncodingBroken,
        Self::DecompressionBomb,
        Self::TargetFragment,
    ];

    /// The stable reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadRequestLine => "bad_request_line",
            Self::BadMethod => "bad_method",
            Self::BadTarget => "bad_target",
            Self::BadVersion => "bad_version",
            Self::UnsupportedVersion => "unsupported_version",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BareCr => "bare_cr",
            Self::BareLf => "bare_lf",
            Self::NulByte => "nul_byte",
            Self::ControlByte => "control_byte",
            Self::ObsFold => "obs_fold",
            Self::BlankBeforeColon => "blank_before_colon",
            Self::BadHeaderName => "bad_header_name",
            Self::TargetTooLong => "target_too_long",
            Self::HeadTooLarge => "head_too_large",
            Self::HeaderTooLarge => "header_too_large",
            Self::TooManyHeaders => "too_many_headers",
            Self::HostMissing => "host_missing",
            Self::HostRepeated => "host_repeated",
            Self::HostInvalid => "host_invalid",
            Self::HostMismatch => "host_mismatch",
            Self::LengthAndTransferEncoding => "length_and_transfer_encoding",
            Self::LengthRepeated => "length_repeated",
            Self::LengthInvalid => "length_invalid",
            Self::TransferEncodingInvalid => "transfer_encoding_invalid",
            Self::TransferEncodingInHttp10 => "transfer_encoding_in_http10",
            Self::FramingHeaderLookalike => "framing_header_lookalike",
            Self::ChunkSizeInvalid => "chunk_size_invalid",
            Self::ChunkExtensionInvalid => "chunk_extension_invalid",
            Self::ChunkEndInvalid => "chunk_end_invalid",
            Self::ForbiddenTrailer => "forbidden_trailer",
            Self::FormBroken => "form_broken",
            Self::TooManyArguments => "too_many_arguments",
            Self::JsonBroken => "json_broken",
            Self::JsonTooDeep => "json_too_deep",
            Self::JsonTooManyValues => "json_too_many_values",
            Self::MultipartBroken => "multipart_broken",
            Self::MultipartTooManyParts => "multipart_too_many_parts",
            Self::XmlBroken => "xml_broken",
            Self::XmlTooLarge => "xml_too_large",
            Self::TooManyValues => "too_many_values",
            Self::ContentTypeRepeated => "content_type_repeated",
            Self::CharsetUnknown => "charset_unknown",
            Self::EncodingUnknown => "content_encoding_unknown",
            Self::EncodingBroken => "content_encoding_broken",
            Self::DecompressionBomb => "decompression_bomb",
            Self::TargetFragment => "target_fragment",
        }
    }

    /// The status the gateway answers with when it refuses the message for this (gateway.md §4).
    pub const fn status(self) -> u16 {
        match self {
            Self::MethodNotAllowed => 405,
            Self::TargetTooLong => 414,
            Self::HeadTooLarge | Self::HeaderTooLarge | Self::TooManyHeaders => 431,
            Self::UnsupportedVersion => 505,
            _ => 400,
        }
    }

    /// Whether this breaks the framing of the message, so that it must be refused whatever the policy.
    pub const fn is_framing(self) -> bool {
        !matches!(
            self,
            Self::FormBroken
                | Self::TooManyArguments
                | Self::JsonBroken
                | Self::JsonTooDeep
                | Self::JsonTooManyValues
                | Self::MultipartBroken
                | Self::MultipartTooManyParts
                | Self::XmlBroken
                | Self::XmlTooLarge
                | Self::TooManyValues
                | Self::ContentTypeRepeated
                | Self::CharsetUnknown
                | Self::EncodingUnknown
                | Self::EncodingBroken
                | Self::DecompressionBomb
                | Self::TargetFragment
        )
    }

    /// The rule id of the finding in events, `MW-HTTP-nnn`; numbers follow [`HttpFinding::ALL`] and are never reused.
    pub fn rule_id(self) -> String {
        let number = Self::ALL.iter().position(|finding| *finding == self).map_or(0, |at| at + 1);
        format!("MW-HTTP-{number:03}")
    }
}

/// A message that must be refused, and how far into it the reason was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("frame the request: {} at byte {at}", finding.code())]
pub struct FramingError {
    /// Why.
    pub finding: HttpFinding,
    /// Offset in the bytes of the current message part (head or body) at which it became certain.
    pub at: usize,
}

impl FramingError {
    /// The status to answer with.
    pub const fn status(&self) -> u16 {
        self.finding.status()
    }
}
