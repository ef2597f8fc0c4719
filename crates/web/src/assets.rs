//! The console's files. `medward` embeds them and hands them over as a value, so that a console build rebuilds no capability.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::codes;
use crate::problem::ApiError;

/// One file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its content.
    pub bytes: std::borrow::Cow<'static, [u8]>,
    /// Its media type.
    pub mime: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
}

/// Finds files by path, for example `assets/index-1a2b.js` or `assets/index-1a2b.js.br`.
pub trait Assets: Send + Sync {
    /// The file, if there is one.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// Serves a file, or the single page for a path of the console.
pub(crate) fn serve(assets: &dyn Assets, request: &Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::new(codes::NOT_FOUND, "no such API path").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(codes::WRONG_METHOD, "pages are only read").into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    if let Some(response) = file(assets, path, request.headers()) {
        return response;
    }
    let wants_page = text(request.headers(), header::ACCEPT).contains("text/html");
    match file(assets, "index.html", request.headers()) {
        Some(page) if wants_page => page,
        _ => ApiError::new(codes::NOT_FOUND, "no such page").into_response(),
    }
}

fn file(assets: &dyn Assets, path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = assets.get(path)?;
    let accepted = text(headers, header::ACCEPT_ENCODING);
    let encoded = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| {
            accepted.split(',').any(|part| part.split(';').next().is_some_and(|part| part.trim() == *name))
        })
        .find_map(|(name, suffix)| Some((name, assets.get(&format!("{path}{suffix}"))?)));
    let etag =
        format!("\"{}{}\"", plain.sha256.get(..32).unwrap_or_default(), encoded.as_ref().map_or("", |(name, _)| name));
    if text(headers, header::IF_NONE_MATCH).split(',').any(|known| known.trim() == etag) {
        return Some((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let (encoding, bytes) = match encoded {
        Some((name, asset)) => (Some(name), asset.bytes),
        None => (None, plain.bytes),
    };
    let mut response = bytes.into_owned().into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_str(&plain.mime).ok()?);
    out.insert(header::ETAG, HeaderValue::from_str(&etag).ok()?);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    Some(response)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
