//! What a handler may ask for. Wrong input becomes a problem document that names the field.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use medward_contract::Principal;
use medward_contract::identity::ClientFacts;
use medward_kernel::audit::Begun;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codes;
use crate::problem::ApiError;
use crate::sse::Standing;

/// Largest JSON body of a call without session, bytes.
pub const MAX_PUBLIC_BYTES: usize = 1 << 20;
/// Largest JSON body of a call that is permitted, bytes: a policy of 10,000 protected objects has a few MiB.
pub const MAX_JSON_BYTES: usize = 16 << 20;

/// The signed-in person or machine.
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

/// The signed-in person or machine, if any.
#[derive(Debug, Clone)]
pub struct MaybeCaller(pub Option<Principal>);

/// The audit record of this change; finish it in the transaction of the change.
#[derive(Debug, Clone)]
pub struct Change(pub Begun);

/// Address and program of the client.
#[derive(Debug, Clone)]
pub struct Client(pub ClientFacts);

/// Id of this request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// A JSON body in and out.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// Query parameters.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// Path parameters.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

/// What the gate knows of a request; put into its extensions.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) principal: Option<Principal>,
    pub(crate) client: ClientFacts,
    pub(crate) request_id: String,
    pub(crate) begun: Option<Begun>,
    pub(crate) standing: Standing,
}

pub(crate) fn known(parts: &Parts) -> Result<&Known, ApiError> {
    parts.extensions.get::<Known>().ok_or_else(|| ApiError::new(codes::INTERNAL, "the route is not behind the gate"))
}

/// The whole body, at most `limit` bytes.
pub(crate) async fn body_read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let body = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            ApiError::new(codes::TOO_LARGE, format!("the body is larger than {limit} bytes"))
        } else {
            ApiError::new(codes::BAD_REQUEST, "the body ended early")
        }
    })?;
    Ok(body.to_bytes())
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        known(parts)?.principal.clone().map(Self).ok_or_else(|| ApiError::new(codes::NOT_SIGNED_IN, "no session"))
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(known(parts)?.principal.clone()))
    }
}

impl<S: Sync> FromRequestParts<S> for Change {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        known(parts)?
            .begun
            .clone()
            .map(Self)
            .ok_or_else(|| ApiError::new(codes::INTERNAL, "a route without audit action asks for its change"))
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(known(parts)?.client.clone()))
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(known(parts)?.request_id.clone()))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|error| ApiError::new(codes::BAD_REQUEST, error.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|error| ApiError::new(codes::NOT_FOUND, error.body_text()))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json =
            request.headers().get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(
                |kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")),
            );
        if !is_json {
            return Err(ApiError::new(codes::BAD_REQUEST, "content-type must be application/json"));
        }
        let bytes = body_read(request.into_body(), MAX_JSON_BYTES).await?;
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let field = error.path().to_string();
            ApiError::field(if field == "." { "body" } else { &field }, error.inner())
        })?;
        deserializer.end().map_err(|error| ApiError::field("body", error))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                ([(http::header::CONTENT_TYPE, "application/json"), (http::header::CACHE_CONTROL, "no-store")], bytes)
                    .into_response()
            }
            Err(error) => ApiError::internal("write the answer", &error).into_response(),
        }
    }
}
