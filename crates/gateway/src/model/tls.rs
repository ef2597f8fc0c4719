//! Settings of the connections that carry requests: HTTPS or not, versions of TLS, certificates of clients.

use std::collections::HashMap;

use medward_proxy::{ClientTrust, PlainHttp, TlsVersion, Transport};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::settings::given;
use super::{Given, Layer, Settings, SpecError, wrong};

/// Longest time for which browsers are told to use HTTPS only: two years, as lists of browsers want it.
const MAX_HSTS_DAYS: u32 = 730;

/// Whose clients are known by their certificates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificates {
    /// Whether a client without one is refused; otherwise it is served like before.
    pub needed: bool,
    /// Authorities that vouch for clients, PEM. Empty: nobody is asked, whatever the group or template says.
    pub authorities_pem: String,
}

/// What is said about connections in one place; the rest is inherited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSettings {
    /// What becomes of requests over plain HTTP: `serve`, `redirect` to HTTPS, or `refuse`; by default `serve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain_http: Option<PlainHttp>,
    /// For how many days browsers are told to use HTTPS only (HSTS); by default 0, which says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsts_days: Option<u32>,
    /// The oldest version of TLS, `1.2` or `1.3`; by default `1.2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_version: Option<TlsVersion>,
    /// Whose clients are known by their certificates; by default nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificates: Option<ClientCertificates>,
}

/// Lists of authorities that were read.
pub(crate) type Trusts = HashMap<ClientCertificates, Option<ClientTrust>>;

/// What is in force for the connections to one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EffectiveTls {
    /// What becomes of plain HTTP.
    pub plain_http: Given<PlainHttp>,
    /// For how many days browsers are told to use HTTPS only; 0 says nothing.
    pub hsts_days: Given<u32>,
    /// The oldest version of TLS.
    pub min_version: Given<TlsVersion>,
    /// Whose clients are known by their certificates.
    pub client_certificates: Given<Option<ClientCertificates>>,
}

impl TlsSettings {
    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        if self.hsts_days.is_some_and(|days| days > MAX_HSTS_DAYS) {
            return Err(wrong("hsts_days", format!("hsts_days may be {MAX_HSTS_DAYS} at most")));
        }
        match self.client_certificates.as_ref().map(ClientCertificates::trust) {
            Some(Err(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl ClientCertificates {
    fn trust(&self) -> Result<Option<ClientTrust>, SpecError> {
        if self.authorities_pem.trim().is_empty() {
            return Ok(None);
        }
        let refused = |message: String| wrong("client_certificates", message);
        let trust = ClientTrust::new(&self.authorities_pem, self.needed).map_err(|error| refused(error.to_string()))?;
        // The certificate of a server in this place would let nobody in.
        if let Some(position) = no_authority(&self.authorities_pem) {
            return Err(refused(format!("certificate {position} is no authority: it may not sign others")));
        }
        Ok(Some(trust))
    }
}

/// Position of the first certificate that may not sign others.
fn no_authority(pem: &str) -> Option<usize> {
    let ders = CertificateDer::pem_slice_iter(pem.as_bytes()).filter_map(Result::ok);
    let may_sign =
        |der: &CertificateDer<'_>| X509Certificate::from_der(der).is_ok_and(|(_, certificate)| certificate.is_ca());
    ders.enumerate().find(|(_, der)| !may_sign(der)).map(|(at, _)| at + 1)
}

impl EffectiveTls {
    pub(super) fn of(layers: &[(Layer, &Settings)]) -> Self {
        Self {
            plain_http: given(layers, |settings| settings.tls.plain_http, PlainHttp::default()),
            hsts_days: given(layers, |settings| settings.tls.hsts_days, 0),
            min_version: given(layers, |settings| settings.tls.min_version, TlsVersion::default()),
            client_certificates: given(layers, |settings| settings.tls.client_certificates.clone().map(Some), None),
        }
    }

    /// What the data path is told. Objects that trust the same authorities share the list that is read.
    pub(crate) fn transport(&self, known: &mut Trusts) -> Result<Transport, SpecError> {
        let days = self.hsts_days.value;
        // Who says 0 takes back what was said before (RFC 6797 §6.1.1); who says nothing leaves it.
        let hsts = (days > 0 || self.hsts_days.from != Layer::Default)
            .then(|| http::HeaderValue::from_str(&format!("max-age={}", u64::from(days) * 86_400)));
        let clients = match &self.client_certificates.value {
            None => None,
            Some(said) => match known.get(said) {
                Some(trust) => trust.clone(),
                None => known.entry(said.clone()).or_insert(said.trust()?).clone(),
            },
        };
        Ok(Transport {
            plain_http: self.plain_http.value,
            hsts: hsts.and_then(Result::ok),
            min_version: self.min_version.value,
            clients,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority() -> String {
        let mut parameters = rcgen::CertificateParams::new(["authority".to_owned()]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn each_setting_is_inherited_by_itself_and_an_empty_list_asks_nobody() {
        let certificate = authority();
        let settings = |tls| Settings { tls, ..Settings::default() };
        let clients = |text: &str| Some(ClientCertificates { needed: true, authorities_pem: text.to_owned() });
        let template = settings(TlsSettings {
            plain_http: Some(PlainHttp::Redirect),
            hsts_days: Some(365),
            client_certificates: clients(&certificate),
            ..TlsSettings::default()
        });
        let object = settings(TlsSettings {
            hsts_days: Some(0),
            min_version: Some(TlsVersion::Tls13),
            client_certificates: clients(""),
            ..TlsSettings::default()
        });
        let of_template = EffectiveTls::of(&[(Layer::Template, &template)]).transport(&mut Trusts::new()).unwrap();
        assert_eq!(of_template.hsts.unwrap(), "max-age=31536000");
        assert!(of_template.clients.unwrap().needed);
        let both = EffectiveTls::of(&[(Layer::Object, &object), (Layer::Template, &template)]);
        assert_eq!(both.plain_http, Given { value: PlainHttp::Redirect, from: Layer::Template });
        assert_eq!(both.min_version, Given { value: TlsVersion::Tls13, from: Layer::Object });
        let both = both.transport(&mut Trusts::new()).unwrap();
        assert_eq!(both.hsts.unwrap(), "max-age=0", "said before, taken back");
        assert!(both.clients.is_none());
        assert!(EffectiveTls::of(&[]).transport(&mut Trusts::new()).unwrap().hsts.is_none());
    }

    #[test]
    fn wrong_settings_name_the_field() {
        let wrong = |tls: TlsSettings| tls.check().unwrap_err().field;
        assert_eq!(wrong(TlsSettings { hsts_days: Some(731), ..TlsSettings::default() }), "hsts_days");
        let server = rcgen::generate_simple_self_signed(["server".to_owned()]).unwrap();
        let key = format!("{}{}", authority(), server.signing_key.serialize_pem());
        for text in ["no authority", &server.cert.pem(), &key] {
            let clients = Some(ClientCertificates { needed: false, authorities_pem: text.into() });
            let settings = TlsSettings { client_certificates: clients, ..TlsSettings::default() };
            assert_eq!(wrong(settings), "client_certificates", "{text}");
        }
    }
}
