//! The audit trail of a database that was set back, against the vault that saw what came before.

use std::path::Path;

use medward_contract::vault::LogQuery;
use medward_kernel::audit::Intent;
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::house::House;
use medward_kernel::{AuditAction, Clock, entry};
use medward_store::execute;
use medward_vault::Vault;

use crate::kit::always;

async fn house(directory: &Path) -> House {
    let set = |path: &[&'static str], value: &str| Override::option("test", path, value);
    let overrides = vec![
        set(&["data_dir"], directory.to_str().unwrap()),
        set(&["telemetry", "listen"], ""),
        set(&["vault", "reserve"], "0KiB"),
        set(&["vault", "commit_interval"], "1ms"),
    ];
    let config = LoadedConfig::read(None, overrides).unwrap();
    let mut house = House::build(&config, &[entry::<Vault>()], Clock::system()).await.unwrap();
    house.wire(&[]).await.unwrap();
    house.ready();
    house
}

async fn change(house: &House, object: &str) {
    let intent = Intent {
        action: AuditAction::new("gateway_object", "update"),
        who: None,
        source_ip: "10.0.0.1".into(),
        request_id: "r-1".into(),
        object_id: object.into(),
    };
    house.kit().audit.begin(intent).await.unwrap().finish(true, None, "").await.unwrap();
}

async fn set_back(house: &House) {
    let db = &house.kit().db;
    db.write(|tx| Box::pin(async move { execute!(tx, "UPDATE kernel_sequence SET value = 0").await.map(drop) }))
        .await
        .unwrap();
}

/// A stop ships everything, so what the vault does not hold afterwards is lost.
#[tokio::test(flavor = "multi_thread")]
async fn database_that_was_set_back_neither_loses_nor_doubles_an_audit_record() {
    let directory = tempfile::tempdir().unwrap();
    let first = house(directory.path()).await;
    for object in ["a", "b", "c"] {
        change(&first, object).await;
    }
    set_back(&first).await;
    change(&first, "d").await;
    set_back(&first).await;
    assert_eq!(first.stop().await, Vec::<String>::new());

    let second = house(directory.path()).await;
    change(&second, "e").await;
    assert_eq!(second.stop().await, Vec::<String>::new());

    let third = house(directory.path()).await;
    let query = third.kit().ports.port::<dyn LogQuery>("test");
    let page = query.get().unwrap().query("event.dataset:=admin.change", always(), None).await.unwrap();
    let mut objects: Vec<_> = page.rows.iter().map(|row| row.event.attrs["object.id"].to_string()).collect();
    objects.sort();
    assert_eq!(objects, ["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""]);
    assert_eq!(third.stop().await, Vec::<String>::new());
}
