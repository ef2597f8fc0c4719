//! Why a request got no answer of the application: the words of `event.reason`.

/// Why the gateway did not pass a request on, or could not; `event.reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The engine found an attack.
    Waf,
    /// The engine failed and the object says block.
    WafError,
    /// Framing or head break the rules of gateway.md §4.
    Malformed,
    /// The head did not come in time.
    HeadTimeout,
    /// The body did not come in time.
    BodyTimeout,
    /// The body is larger than allowed.
    BodyTooLarge,
    /// No object answers for this host and path.
    UnknownHost,
    /// Raw and normalised path reach different objects.
    AmbiguousPath,
    /// Host and SNI belong to different objects.
    Misdirected,
    /// The object is for HTTPS only.
    PlainHttp,
    /// The client is in a group of addresses that nothing is served to.
    AddressBlocked,
    /// The client is banned.
    Banned,
    /// A custom rule refuses it.
    Rule,
    /// A limit is passed.
    Limit,
    /// The client has to solve a challenge first.
    Challenge,
    /// The client looks like a program.
    Bot,
    /// The client walks through identifiers.
    Enumeration,
    /// The client has to wait until there is room.
    WaitingRoom,
    /// The call is not what the interface's description says.
    ApiSchema,
    /// The answer was an error page that shows how the application is built.
    ErrorTrace,
    /// Nobody is signed in, or the second factor was shown too long ago.
    Session,
    /// The person may not see this.
    Label,
    /// The account has used up its share.
    Share,
    /// Others come first.
    Shed,
    /// Another site had the browser send it.
    CrossSite,
    /// The client's version of TLS is too old for the object.
    TlsVersion,
    /// The object wants a certificate of the client, and there is none that it trusts.
    ClientCertificate,
    /// No upstream could be reached.
    UpstreamUnreachable,
    /// Every upstream has as many exchanges as it takes.
    UpstreamBusy,
    /// The upstream broke off.
    UpstreamBroken,
    /// The upstream did not answer in time.
    UpstreamTimeout,
    /// The client left before the end.
    ClientClosed,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waf => "waf",
            Self::WafError => "waf_error",
            Self::Malformed => "malformed",
            Self::HeadTimeout => "head_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::BodyTooLarge => "body_too_large",
            Self::UnknownHost => "unknown_host",
            Self::AmbiguousPath => "ambiguous_path",
            Self::Misdirected => "misdirected",
            Self::PlainHttp => "plain_http",
            Self::AddressBlocked => "address_blocked",
            Self::Banned => "banned",
            Self::Rule => "rule",
            Self::Limit => "limit",
            Self::Challenge => "challenge",
            Self::Bot => "bot",
            Self::Enumeration => "enumeration",
            Self::WaitingRoom => "waiting_room",
            Self::ApiSchema => "api_schema",
            Self::ErrorTrace => "error_trace",
            Self::Session => "session",
            Self::Label => "label",
            Self::Share => "share",
            Self::Shed => "shed",
            Self::CrossSite => "cross_site",
            Self::TlsVersion => "tls_version",
            Self::ClientCertificate => "client_certificate",
            Self::UpstreamUnreachable => "upstream_unreachable",
            Self::UpstreamBusy => "upstream_busy",
            Self::UpstreamBroken => "upstream_broken",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::ClientClosed => "client_closed",
        }
    }

    /// Whether the gateway refused the request, as against failing to serve it.
    pub(super) const fn is_refusal(self) -> bool {
        !matches!(
            self,
            Self::UpstreamUnreachable
                | Self::UpstreamBusy
                | Self::UpstreamBroken
                | Self::UpstreamTimeout
                | Self::ClientClosed
        )
    }
}
