//! Which certificate a client is shown: of those that are good for the name it asks for (SNI), or for the address it came
//! to when it names nothing, the one that it is most likely to trust; the default one when there is none.
//!
//! A table is immutable and swapped as a whole; every handshake reads the newest. What is good changes with the time, so
//! it is decided at the handshake.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use medward_contract::Timestamp;
use medward_kernel::Clock;
use rustls::SignatureScheme;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// A certificate that may be served.
#[derive(Debug, Clone)]
pub struct SiteCertificate {
    /// When it begins to be good.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// Whether nobody but itself vouches for it.
    pub self_signed: bool,
    /// Chain and key.
    pub key: Arc<CertifiedKey>,
}

/// Certificates by the names they are good for.
#[derive(Debug, Default)]
pub struct SiteCertificates {
    exact: HashMap<Box<str>, Vec<SiteCertificate>>,
    /// By what stands behind `*.`; a wildcard covers one label (RFC 9525 §6.3).
    below: HashMap<Box<str>, Vec<SiteCertificate>>,
}

impl SiteCertificates {
    /// Lets `name`, a host name, `*.suffix` or an address, be served with this certificate.
    pub fn add(&mut self, name: &str, certificate: &SiteCertificate) {
        let (table, name) = match name.strip_prefix("*.") {
            Some(suffix) => (&mut self.below, suffix),
            None => (&mut self.exact, name),
        };
        table.entry(name.to_ascii_lowercase().into()).or_default().push(certificate.clone());
    }

    /// The certificate for a name, for a client that understands these signatures (any, when `None`). One that is good
    /// now comes before one that is not, one that somebody vouches for before one that nobody does, an exact name before a
    /// wildcard, and a later end before an earlier one.
    pub(crate) fn find(
        &self,
        name: &str,
        schemes: Option<&[SignatureScheme]>,
        now: Timestamp,
    ) -> Option<&Arc<CertifiedKey>> {
        let name = name.to_ascii_lowercase();
        let exact = self.exact.get(name.as_str()).into_iter().flatten().map(|site| (true, site));
        let below = name.split_once('.').and_then(|(_, suffix)| self.below.get(suffix));
        let below = below.into_iter().flatten().map(|site| (false, site));
        let understood = |(_, site): &(bool, &SiteCertificate)| {
            schemes.is_none_or(|schemes| site.key.key.choose_scheme(schemes).is_some())
        };
        let rank = |(exact, site): &(bool, &SiteCertificate)| {
            let good = site.not_before <= now && now < site.not_after;
            (good, !site.self_signed, *exact, site.not_after)
        };
        exact.chain(below).filter(understood).max_by_key(rank).map(|(_, site)| &site.key)
    }

    /// Whether a name, or the pattern `*.suffix`, is served with one.
    pub fn covers(&self, host: &str) -> bool {
        match host.strip_prefix("*.") {
            Some(suffix) => self.below.contains_key(suffix),
            // Addresses of version 6 stand in brackets in a host, and without in a certificate.
            None => self.find(host.trim_matches(['[', ']']), None, Timestamp::from_micros(0)).is_some(),
        }
    }

    /// Whether any name is served with this certificate now.
    pub fn serves(&self, key: &Arc<CertifiedKey>, now: Timestamp) -> bool {
        let is = |found: Option<&Arc<CertifiedKey>>| found.is_some_and(|found| Arc::ptr_eq(found, key));
        let holds = |sites: &[SiteCertificate]| sites.iter().any(|site| Arc::ptr_eq(&site.key, key));
        // A wildcard's turn is asked for by a name that nothing else has.
        let exact = self.exact.iter().any(|(name, sites)| holds(sites) && is(self.find(name, None, now)));
        exact || self.below.iter().any(|(name, sites)| holds(sites) && is(self.find(&format!("*.{name}"), None, now)))
    }
}

/// Chooses at each handshake.
#[derive(Debug)]
pub(crate) struct Resolver {
    sites: Arc<ArcSwap<SiteCertificates>>,
    default: Arc<dyn ResolvesServerCert>,
    clock: Clock,
    /// The address that was come to, for clients that name nothing.
    address: Option<IpAddr>,
}

impl Resolver {
    /// Chooses from what `sites` holds at the time, else what `default` says.
    pub(crate) fn new(
        sites: Arc<ArcSwap<SiteCertificates>>,
        default: Arc<dyn ResolvesServerCert>,
        clock: Clock,
    ) -> Self {
        Self { sites, default, clock, address: None }
    }

    /// The same for clients that came to this address and name nothing.
    pub(crate) fn at(&self, address: IpAddr) -> Self {
        let (sites, default, clock) = (self.sites.clone(), self.default.clone(), self.clock.clone());
        Self { sites, default, clock, address: Some(address.to_canonical()) }
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let sites = self.sites.load();
        let find = |name: &str| sites.find(name, Some(hello.signature_schemes()), self.clock.now()).cloned();
        let named = match hello.server_name() {
            Some(name) => find(name),
            None => self.address.and_then(|address| find(&address.to_string())),
        };
        named.or_else(|| self.default.resolve(hello))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(self_signed: bool, not_before: i64, not_after: i64) -> SiteCertificate {
        let made = rcgen::generate_simple_self_signed(["any".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let key = Arc::new(CertifiedKey::new(vec![made.cert.der().clone()], key));
        SiteCertificate { not_before: at(not_before), not_after: at(not_after), self_signed, key }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn check(sites: &SiteCertificates, name: &str, now: i64, expected: Option<&SiteCertificate>) {
        let found = sites.find(name, None, at(now));
        assert_eq!(found.map(Arc::as_ptr), expected.map(|site| Arc::as_ptr(&site.key)), "{name} at {now}");
    }

    #[test]
    fn exact_name_wins_over_wildcard_of_one_label_and_longer_validity_over_shorter() {
        let (exact, wild, renewed) = (certificate(false, 0, 50), certificate(false, 0, 90), certificate(false, 0, 60));
        let mut sites = SiteCertificates::default();
        sites.add("*.example.org", &wild);
        sites.add("tj.example.org", &exact);
        check(&sites, "TJ.Example.org", 1, Some(&exact));
        check(&sites, "pay.example.org", 1, Some(&wild));
        check(&sites, "a.pay.example.org", 1, None);
        check(&sites, "example.org", 1, None);
        sites.add("tj.example.org", &renewed);
        check(&sites, "tj.example.org", 1, Some(&renewed));
        assert!(
            sites.serves(&wild.key, at(1)) && sites.serves(&renewed.key, at(1)) && !sites.serves(&exact.key, at(1))
        );
    }

    #[test]
    fn what_is_good_now_wins_over_what_was_or_will_be_and_a_vouched_one_over_a_self_signed_one() {
        let mut sites = SiteCertificates::default();
        let (old, next, wild) = (certificate(false, 0, 50), certificate(false, 40, 99), certificate(false, 0, 200));
        sites.add("a.b", &old);
        sites.add("a.b", &next);
        check(&sites, "a.b", 30, Some(&old));
        check(&sites, "a.b", 45, Some(&next));
        sites.add("*.b", &wild);
        check(&sites, "a.b", 45, Some(&next));
        check(&sites, "a.b", 150, Some(&wild));
        let (own, vouched) = (certificate(true, 0, 900), certificate(false, 0, 50));
        sites.add("c", &own);
        sites.add("c", &vouched);
        check(&sites, "c", 1, Some(&vouched));
        check(&sites, "c", 60, Some(&own));
    }

    #[test]
    fn key_that_a_client_does_not_understand_is_not_shown_to_it() {
        let mut sites = SiteCertificates::default();
        sites.add("a", &certificate(false, 0, 50));
        let with = |scheme| sites.find("a", Some(&[scheme]), at(1)).is_some();
        assert!(with(SignatureScheme::ECDSA_NISTP256_SHA256) && !with(SignatureScheme::RSA_PSS_SHA256));
    }
}
