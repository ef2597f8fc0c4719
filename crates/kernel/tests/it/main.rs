//! The house as a program: phases in order, unfilled ports named, health over real HTTP, an orderly stop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::Event;
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_kernel::capability::{Capability, Check, Parts};
use medward_kernel::config::{LoadedConfig, Override, Section};
use medward_kernel::house::{House, StartError};
use medward_kernel::permission::Grant;
use medward_kernel::status::{Phase, StandIn};
use medward_kernel::{BuildError, Clock, Kit, entry};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A capability that works, with one finding.
struct Lamp;

#[derive(Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct LampConfig {
    bright: bool,
}

impl Section for LampConfig {}

impl Capability for Lamp {
    const NAME: &'static str = "lamp";
    type Config = LampConfig;
    const MIGRATIONS: &'static [medward_store::Migration] = &[];
    const ERRORS: &'static [medward_contract::ErrorCode] = &[];
    const GRANTS: &'static [Grant] = &[];

    fn build(_: LampConfig, _: &Kit) -> Result<Parts, BuildError> {
        let check = Check { name: "bulb", run: Arc::new(|| Box::pin(async { Err("flickers".to_owned()) })) };
        Ok(Parts { checks: vec![check], ..Parts::default() })
    }
}

struct Recorder;

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, _: Event) {}

    async fn append(&self, _: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        Err(PortError::Unavailable("the recorder"))
    }
}

async fn built(directory: &std::path::Path) -> Result<House, StartError> {
    let settings = vec![
        Override::option("test", &["data_dir"], directory.to_str().unwrap()),
        Override::option("test", &["telemetry", "listen"], "127.0.0.1:0"),
    ];
    House::build(&LoadedConfig::read(None, settings)?, &[entry::<Lamp>()], Clock::system()).await
}

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn house_starts_in_phases_answers_health_and_stops_clean() {
    let directory = tempfile::tempdir().unwrap();
    let mut house = built(directory.path()).await.unwrap();
    let kit = house.kit().clone();
    kit.ports.give::<dyn EventSink>("test", Arc::new(Recorder)).unwrap();
    house.wire(&[StandIn { missing: "desk", effect_zh: "无人接收", effect_en: "nobody receives" }]).await.unwrap();
    house.listen(Vec::new()).await.unwrap();
    let telemetry = kit.status.bound_list()[0].address;
    assert!(get(telemetry, "/health/ready").await.starts_with("HTTP/1.1 503"), "not ready before phase Ready");
    house.ready();
    let ready = get(telemetry, "/health/ready").await;
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("lamp bulb: flickers"), "{ready}");
    kit.metrics.counters("medward_lamp_switched_total", "switched", &["to"]).unwrap().with_label_values(&["on"]).inc();
    assert!(get(telemetry, "/metrics").await.contains("medward_lamp_switched_total{to=\"on\"} 1"));
    let phases: Vec<_> = kit.status.phases().into_iter().map(|done| done.name).collect();
    assert_eq!(
        phases,
        [Phase::Config, Phase::Store, Phase::Migrate, Phase::Build, Phase::Wire, Phase::Listen, Phase::Ready]
    );
    assert_eq!(kit.status.stand_in_list()[0].missing, "desk");
    assert!(house.stop().await.is_empty(), "nobody remains");
    assert!(tokio::net::TcpStream::connect(telemetry).await.is_err());
}

#[tokio::test]
async fn unfilled_port_names_its_users_before_anything_listens() {
    let directory = tempfile::tempdir().unwrap();
    let mut house = built(directory.path()).await.unwrap();
    let error = house.wire(&[]).await.err().unwrap();
    assert_eq!(error.exit_code(), 70);
    let text = medward_kernel::supervisor::with_sources(&error);
    assert!(text.contains("EventSink") && text.contains("kernel"), "{text}");
}

#[tokio::test]
async fn database_of_a_newer_program_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let house = built(directory.path()).await.unwrap();
    let newer = medward_store::Migration { version: 3, name: "0003_later", sql: "CREATE TABLE kernel_later (id TEXT)" };
    let all: Vec<_> = medward_kernel::house::KERNEL_MIGRATIONS.iter().copied().chain([newer]).collect();
    house.kit().db.migrate("kernel", &all, 0).await.unwrap();
    house.stop().await;
    let error = built(directory.path()).await.err().unwrap();
    assert!(medward_kernel::supervisor::with_sources(&error).contains("newer version"), "{error}");
}
