//! What the gateway refuses in a head that is framed well: what the protected system could read differently from the
//! engine. The same for HTTP/1 and HTTP/2.

use medward_waf::Head;

/// Why such a head is refused, always with 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadFault {
    /// More than one `Content-Type`: engine and system might each believe another one.
    ContentTypeRepeated,
    /// More than one `Content-Encoding` field. A list in one field is the engine's business.
    ContentEncodingRepeated,
    /// A WebSocket handshake with a body, which has no meaning there (RFC 6455 §4.1): read as the first bytes of the
    /// tunnel by one side, it would pass unjudged.
    UpgradeWithBody,
}

impl HeadFault {
    /// Id of the rule in events; numbers are never reused.
    pub const fn rule_id(self) -> &'static str {
        match self {
            Self::ContentTypeRepeated => "MW-GATEWAY-001",
            Self::ContentEncodingRepeated => "MW-GATEWAY-002",
            Self::UpgradeWithBody => "MW-GATEWAY-003",
        }
    }

    /// Name of the rule in events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ContentTypeRepeated => "content_type_repeated",
            Self::ContentEncodingRepeated => "content_encoding_repeated",
            Self::UpgradeWithBody => "upgrade_with_body",
        }
    }

    /// What is wrong with the fields of a head, whatever follows it.
    pub fn of(head: &Head) -> Option<Self> {
        let (mut types, mut encodings) = (0, 0);
        for (name, _) in head.headers() {
            types += u32::from(name.eq_ignore_ascii_case(b"content-type"));
            encodings += u32::from(name.eq_ignore_ascii_case(b"content-encoding"));
        }
        if types > 1 {
            Some(Self::ContentTypeRepeated)
        } else if encodings > 1 {
            Some(Self::ContentEncodingRepeated)
        } else {
            None
        }
    }
}

/// Why the head is refused, if it is. `upgrade_with_body`: it asks for WebSocket and announces a body.
pub(super) fn head_fault(head: &Head, upgrade_with_body: bool) -> Option<HeadFault> {
    if upgrade_with_body { Some(HeadFault::UpgradeWithBody) } else { HeadFault::of(head) }
}
