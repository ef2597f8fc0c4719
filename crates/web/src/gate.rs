//! What stands before every declared route: session, cross-site check, permission, audit begin; and after it: finish.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use medward_contract::PortError;
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_kernel::audit::{Begun, Intent};
use medward_kernel::permission::{Matrix, Permission};
use medward_kernel::throttle::Throttle;
use medward_kernel::{AuditAction, Kit, Port};

use crate::extract::{Known, MAX_JSON_BYTES, MAX_PUBLIC_BYTES, body_read};
use crate::problem::ApiError;
use crate::sse::{Places, Standing};
use crate::{codes, cookie, csrf};

/// Longest `User-Agent` that is kept, bytes.
const USER_AGENT_BYTES: usize = 512;

/// The console sends it with what it asks by itself, while nobody has touched it for some time.
const UNATTENDED: &str = "x-medward-unattended";

/// What strangers may ask for in a minute from one address: a person signing in and typing, not a flood. Each attempt
/// costs two audit commits, so it is refused before its begin.
const PUBLIC_PER_MINUTE: u32 = 240;

/// The body of a change must have come after this.
const BODY_DEADLINE: Duration = Duration::from_secs(15);

/// Counts what strangers ask for, by address.
pub(crate) fn public_throttle() -> Arc<Throttle<IpAddr>> {
    Arc::new(Throttle::new(PUBLIC_PER_MINUTE, Duration::from_mins(1)))
}

/// What every route shares.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) kit: Kit,
    pub(crate) matrix: Arc<Matrix>,
    pub(crate) directory: Port<dyn Directory>,
    pub(crate) public: Arc<Throttle<IpAddr>>,
    pub(crate) streams: Places,
}

/// What one route asks for.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) gate: Gate,
    pub(crate) permission: Permission,
    pub(crate) audit: Option<AuditAction>,
}

/// Address of the peer, put into the extensions by the listener.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub std::net::SocketAddr);

/// The request id of this request; made at the door so that errors of any layer carry it.
#[derive(Debug, Clone)]
pub(crate) struct DoorId(pub(crate) String);

/// Makes the request id, renders errors as problem documents and sets security headers.
pub(crate) async fn door(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    request.extensions_mut().insert(DoorId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        let cookies: Vec<_> = response.headers().get_all(http::header::SET_COOKIE).iter().cloned().collect();
        response = error.render(&id);
        for cookie in cookies {
            response.headers_mut().append(http::header::SET_COOKIE, cookie);
        }
    }
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    response
}

/// `console.md` §4; `unsafe-inline` styles are for antd's style tags only.
const SECURITY_HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Guards one route.
pub(crate) async fn guard(State(guarded): State<Guarded>, request: Request, next: Next) -> Response {
    match guarded.admit(request).await {
        Err(error) => error.into_response(),
        Ok((request, None)) => next.run(request).await,
        Ok((request, Some(begun))) => finish(&begun, next.run(request).await).await,
    }
}

impl Guarded {
    async fn admit(&self, mut request: Request) -> Result<(Request, Option<Begun>), ApiError> {
        let request_id = request.extensions().get::<DoorId>().map(|id| id.0.clone()).unwrap_or_default();
        let client = client_facts(&request);
        let secret = cookie::session_secret(request.headers());
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
        let own = if self.permission == Permission::PUBLIC {
            csrf::comes_from_own_origin(request.headers())
        } else {
            csrf::is_own(&self.gate.kit.keys, request.headers(), secret.as_deref())
        };
        if changes && !own {
            return Err(ApiError::new(codes::CROSS_SITE, "the cross-site token is missing or wrong"));
        }
        if changes && self.permission == Permission::PUBLIC {
            self.count_public(client.address)?;
        }
        let principal = self.principal(secret.clone(), &client).await?;
        if !self.gate.matrix.allows(principal.as_ref(), self.permission) {
            return Err(match principal {
                None => ApiError::new(codes::NOT_SIGNED_IN, "no living session"),
                Some(_) => ApiError::new(codes::FORBIDDEN, self.permission.as_str())
                    .arg("permission", self.permission.as_str()),
            });
        }
        if changes {
            request = self.read_whole(request).await?;
        }
        let begun = match self.audit {
            None => None,
            Some(action) => {
                let intent = Intent {
                    action,
                    who: principal.clone(),
                    source_ip: client.address.to_string(),
                    request_id: request_id.clone(),
                    object_id: object_of(request.uri().path()),
                };
                Some(self.gate.kit.audit.begin(intent).await.map_err(|error| {
                    tracing::error!(error = medward_kernel::supervisor::with_sources(&error), "change refused");
                    ApiError::new(codes::AUDIT_UNAVAILABLE, "nothing was changed")
                })?)
            }
        };
        let standing = self.standing(secret);
        request.extensions_mut().insert(Known { principal, client, request_id, begun: begun.clone(), standing });
        Ok((request, begun))
    }

    /// Takes the body in before the record begins: one that never comes would leave a begun change behind.
    async fn read_whole(&self, request: Request) -> Result<Request, ApiError> {
        let (parts, body) = request.into_parts();
        let limit = if self.permission == Permission::PUBLIC { MAX_PUBLIC_BYTES } else { MAX_JSON_BYTES };
        let read = self.gate.kit.clock.timeout(BODY_DEADLINE, body_read(body, limit)).await;
        let seconds = BODY_DEADLINE.as_secs();
        let bytes = read.ok_or_else(|| ApiError::new(codes::BODY_TIMEOUT, format!("no end within {seconds} s")))??;
        Ok(Request::from_parts(parts, bytes.into()))
    }

    fn standing(&self, secret: Option<String>) -> Standing {
        Standing {
            clock: self.gate.kit.clock.clone(),
            directory: self.gate.directory.clone(),
            matrix: self.gate.matrix.clone(),
            permission: self.permission,
            secret,
            places: self.gate.streams.clone(),
        }
    }

    fn count_public(&self, address: IpAddr) -> Result<(), ApiError> {
        let now = self.gate.kit.clock.now();
        if let Err(until) = self.gate.public.check(&address, now) {
            let wait = until.since(now).as_secs() + 1;
            return Err(ApiError::new(codes::TOO_MANY, "attempts without a session").retry_after(wait));
        }
        self.gate.public.count(&address, now);
        Ok(())
    }

    async fn principal(
        &self,
        secret: Option<String>,
        client: &ClientFacts,
    ) -> Result<Option<medward_contract::Principal>, ApiError> {
        let Some(secret) = secret else { return Ok(None) };
        let found = self.gate.directory.get()?.principal(&Credential::Session(secret), client).await;
        match found {
            // Signing in must stay possible to try, whatever became of an old cookie.
            Err(PortError::Unavailable(_)) if self.permission == Permission::PUBLIC => Ok(None),
            other => Ok(other?),
        }
    }
}

/// A handler that has not finished its record: success and failure are what the answer says.
async fn finish(begun: &Begun, response: Response) -> Response {
    if begun.is_finished() {
        return response;
    }
    let detail = response.extensions().get::<ApiError>().map(|error| error.code.code).unwrap_or_default();
    let success = response.status().is_success() || response.status().is_redirection();
    if let Err(error) = begun.finish(success, None, detail).await {
        tracing::error!(
            error = medward_kernel::supervisor::with_sources(&error),
            "audit record stays begun until it times out"
        );
    }
    response
}

fn client_facts(request: &Request) -> ClientFacts {
    let address = request
        .extensions()
        .get::<Peer>()
        .map_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let mut user_agent = request
        .headers()
        .get(http::header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    user_agent.truncate(user_agent.floor_char_boundary(USER_AGENT_BYTES));
    let attended = !request.headers().contains_key(UNATTENDED);
    ClientFacts { address, user_agent, attended }
}

/// What a path acts on: its part after the collection, `/api/v1/gateway/objects/<this>/mode`.
fn object_of(path: &str) -> String {
    path.split('/').nth(5).unwrap_or_default().chars().take(128).collect()
}
