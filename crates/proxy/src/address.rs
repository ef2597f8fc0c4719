//! Where requests are meant to go and where they are sent: host patterns and addresses of protected systems.

use std::net::IpAddr;

use http::uri::{Authority, Scheme, Uri};

/// Why a host pattern or an upstream cannot be used: what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

/// Which hosts an object answers for. Names are lower case and without port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// Exactly this name.
    Exact(String),
    /// Any name below this one; holds `.example.org` of `*.example.org`.
    Below(String),
    /// Everything.
    Any,
}

impl HostPattern {
    /// Reads `name`, `*.name` or `*`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let lower = text.to_ascii_lowercase();
        if lower == "*" {
            return Ok(Self::Any);
        }
        let (suffix, name) = match lower.strip_prefix('*') {
            Some(rest) => (true, rest.strip_prefix('.').unwrap_or("")),
            None => (false, lower.as_str()),
        };
        let valid = !name.is_empty()
            && name.len() <= 253
            && (is_name(name) || (!suffix && name.starts_with('[') && name.ends_with(']')));
        match (valid, suffix) {
            (false, _) => {
                Err(AddressError(format!("host {text:?} is not a name without port, *.name, or * for everything")))
            }
            (true, true) => Ok(Self::Below(format!(".{name}"))),
            (true, false) => Ok(Self::Exact(lower)),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Where a protected system answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpstreamAddress {
    /// Whether it is spoken to over TLS.
    pub tls: bool,
    /// Name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `host:port` as it stands in a Host header.
    pub authority: String,
}

impl UpstreamAddress {
    /// Reads `http://host:port` or `https://host:port`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let error = || AddressError(format!("upstream {text:?} is not http://host:port or https://host:port"));
        let uri: Uri = text.parse().map_err(|_| error())?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(error()),
        };
        let authority: &Authority = uri.authority().ok_or_else(error)?;
        if authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(error());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        if host.is_empty() || port == 0 {
            return Err(error());
        }
        let literal: Option<IpAddr> = host.parse().ok();
        if literal.is_some_and(is_forbidden_upstream) || is_metadata_name(&host) {
            return Err(AddressError(format!("upstream {text:?} is a link-local or metadata address")));
        }
        Ok(Self { tls, host, port, authority: authority.as_str().to_ascii_lowercase() })
    }
}

impl std::fmt::Display for UpstreamAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority)
    }
}

/// Addresses that no upstream may have: link-local ones and the metadata services of clouds (gateway.md §6). Names are
/// checked again after each resolution.
pub(crate) fn is_forbidden_upstream(address: IpAddr) -> bool {
    match address.to_canonical() {
        // 169.254.169.254 (most clouds) is link-local; 100.100.100.200 is that of Alibaba Cloud.
        IpAddr::V4(v4) => v4.is_link_local() || v4.octets() == [100, 100, 100, 200] || v4.is_unspecified(),
        // fe80::/10, and fd00:ec2::254 of Amazon.
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local() || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] || v6.is_unspecified()
        }
    }
}

fn is_metadata_name(host: &str) -> bool {
    matches!(host, "metadata" | "metadata.google.internal" | "metadata.tencentyun.com" | "instance-data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams_that_lead_to_metadata_services_are_refused() {
        for text in [
            "http://169.254.169.254",
            "http://[fe80::1]:80",
            "http://[::ffff:169.254.169.254]",
            "http://100.100.100.200",
            "http://metadata.google.internal",
            "http://[fd00:ec2::254]",
        ] {
            assert!(UpstreamAddress::parse(text).is_err(), "{text}");
        }
        for text in ["ftp://a", "http://", "http://a/path", "http://u@a", "a:80", "http://a:0", ""] {
            assert!(UpstreamAddress::parse(text).is_err(), "{text}");
        }
        let address = UpstreamAddress::parse("https://Tj.Example.org").unwrap();
        assert_eq!((address.tls, address.port, address.host.as_str()), (true, 443, "tj.example.org"));
        assert_eq!(UpstreamAddress::parse("http://[::1]:81").unwrap().host, "::1");
    }

    #[test]
    fn host_patterns_are_names_below_or_any() {
        assert_eq!(HostPattern::parse("Tj.Example.org").unwrap(), HostPattern::Exact("tj.example.org".into()));
        assert_eq!(HostPattern::parse("*.example.org").unwrap(), HostPattern::Below(".example.org".into()));
        assert_eq!(HostPattern::parse("*").unwrap(), HostPattern::Any);
        for text in ["", "a:80", "*a", "*.", "a..b", "a b", "http://a"] {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }
}
