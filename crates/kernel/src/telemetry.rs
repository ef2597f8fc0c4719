//! What this node says about itself on a loopback listener: `/metrics`, `/health/live`, `/health/ready`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::capability::{Bound, BuildError, Kit, Listener};
use crate::supervisor::Criticality;

/// The listener of `[telemetry]`; `None` when it is turned off.
pub fn listener(kit: &Kit) -> Option<Listener> {
    let address = kit.config.telemetry.listen.clone();
    if address.is_empty() {
        return None;
    }
    let kit = kit.clone();
    Some(Listener {
        name: "telemetry",
        open: Box::new(move || {
            Box::pin(async move {
                let bind_error = |source| BuildError::bind(&address, "telemetry.listen", source);
                let socket = tokio::net::TcpListener::bind(&address).await.map_err(bind_error)?;
                let bound = socket.local_addr().map_err(bind_error)?;
                let socket = std::sync::Arc::new(tokio::sync::Mutex::new(Some(socket)));
                let supervisor = kit.supervisor.clone();
                supervisor.service("telemetry.http", Criticality::Isolated, move |stop| {
                    let (socket, kit) = (socket.clone(), kit.clone());
                    Box::pin(async move {
                        let Some(socket) = socket.lock().await.take() else {
                            return Err("the listener was lost; restart to get it back".into());
                        };
                        axum::serve(socket, router(kit))
                            .with_graceful_shutdown(async move { stop.running.cancelled().await })
                            .await?;
                        Ok(())
                    })
                });
                Ok(vec![Bound { name: "telemetry".into(), address: bound, fingerprint: None }])
            })
        }),
    })
}

fn router(kit: Kit) -> Router {
    Router::new()
        .route("/metrics", get(|State(kit): State<Kit>| async move { kit.metrics.render() }))
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready))
        .with_state(kit)
}

async fn ready(State(kit): State<Kit>) -> (StatusCode, String) {
    let findings = kit.status.findings().await;
    match (kit.status.is_ready(), findings.is_empty()) {
        (true, true) => (StatusCode::OK, "ready\n".to_owned()),
        (true, false) => (StatusCode::OK, format!("ready, degraded\n{}\n", findings.join("\n"))),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned()),
    }
}
