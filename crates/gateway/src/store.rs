//! Rows of protected objects and the generation they belong to. Lists are JSON text; deleted rows stay.

use medward_contract::Timestamp;
use medward_contract::id::ObjectId;
use medward_store::{Session, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};

use crate::model::{ObjectSpec, Origin};

/// More objects than this do not fit into one policy (gateway.md §2).
const MAX_OBJECTS: i64 = 10_000;

#[derive(sqlx::FromRow)]
struct ObjectRow {
    id: String,
    name: String,
    hosts: String,
    path_prefix: String,
    upstreams: String,
    mode: String,
    policy: String,
    on_error: String,
    inspect_limit_bytes: Option<i64>,
    health_path: Option<String>,
    generation: i64,
}

/// A row that this program did not write.
#[derive(Debug, thiserror::Error)]
#[error("read protected object {id}: {what} is not what this program writes")]
pub(crate) struct RowError {
    id: String,
    what: &'static str,
}

impl TryFrom<ObjectRow> for ObjectSpec {
    type Error = RowError;

    fn try_from(row: ObjectRow) -> Result<Self, RowError> {
        let error = |what| RowError { id: row.id.clone(), what };
        let list = |text: &str, what| serde_json::from_str(text).map_err(|_| error(what));
        Ok(Self {
            hosts: list(&row.hosts, "hosts")?,
            upstreams: list(&row.upstreams, "upstreams")?,
            mode: word(&row.mode).ok_or_else(|| error("mode"))?,
            policy: word(&row.policy).ok_or_else(|| error("policy"))?,
            on_error: word(&row.on_error).ok_or_else(|| error("on_error"))?,
            inspect_limit_bytes: row.inspect_limit_bytes.and_then(|limit| u64::try_from(limit).ok()),
            id: row.id,
            name: row.name,
            path_prefix: row.path_prefix,
            health_path: row.health_path,
            generation: row.generation,
            origin: Origin::Policy,
        })
    }
}

/// Reads a stored word the way the API does.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

fn json(list: &[String]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

/// Every living object, oldest first, each as its row says or what is wrong with it.
pub(crate) async fn object_list<S: Session + ?Sized>(
    session: &mut S,
) -> Result<Vec<Result<ObjectSpec, RowError>>, StoreError> {
    let rows = fetch_all!(
        session,
        ObjectRow,
        "SELECT id, name, hosts, path_prefix, upstreams, mode, policy, on_error, inspect_limit_bytes, health_path, generation
         FROM gateway_object WHERE deleted_at IS NULL ORDER BY id LIMIT $1",
        MAX_OBJECTS
    )
    .await?;
    Ok(rows.into_iter().map(ObjectSpec::try_from).collect())
}

/// Number of the newest policy; 0 before the first change.
pub(crate) async fn generation_latest<S: Session + ?Sized>(session: &mut S) -> Result<i64, StoreError> {
    let row = fetch_optional!(session, (i64,), "SELECT value FROM gateway_generation WHERE name = 'policy'").await?;
    Ok(row.map_or(0, |(value,)| value))
}

/// Begins a new policy.
pub(crate) async fn generation_next(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let (value,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO gateway_generation (name, value) VALUES ('policy', 1)
         ON CONFLICT (name) DO UPDATE SET value = gateway_generation.value + 1 RETURNING value"
    )
    .await?;
    Ok(value)
}

/// Writes a new object.
pub(crate) async fn object_insert(tx: &mut Tx<'_>, object: &ObjectSpec, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_object (id, name, hosts, path_prefix, upstreams, mode, on_error, inspect_limit_bytes,
            health_path, generation, created_at, updated_at, policy)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
        object.id.as_str(),
        object.name.as_str(),
        json(&object.hosts),
        object.path_prefix.as_str(),
        json(&object.upstreams),
        object.mode.as_str(),
        object.on_error.as_str(),
        limit(object),
        object.health_path.as_deref(),
        object.generation,
        now.as_micros(),
        object.policy.as_str()
    )
    .await?;
    Ok(())
}

/// Writes a changed object; false when it does not exist any more.
pub(crate) async fn object_update(tx: &mut Tx<'_>, object: &ObjectSpec, now: Timestamp) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE gateway_object SET name = $2, hosts = $3, path_prefix = $4, upstreams = $5, mode = $6, on_error = $7,
            inspect_limit_bytes = $8, health_path = $9, generation = $10, updated_at = $11, policy = $12
         WHERE id = $1 AND deleted_at IS NULL",
        object.id.as_str(),
        object.name.as_str(),
        json(&object.hosts),
        object.path_prefix.as_str(),
        json(&object.upstreams),
        object.mode.as_str(),
        object.on_error.as_str(),
        limit(object),
        object.health_path.as_deref(),
        object.generation,
        now.as_micros(),
        object.policy.as_str()
    )
    .await?;
    Ok(changed > 0)
}

/// Marks an object as deleted; false when it was so already.
pub(crate) async fn object_delete(
    tx: &mut Tx<'_>,
    id: ObjectId,
    generation: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE gateway_object SET deleted_at = $2, updated_at = $2, generation = $3 WHERE id = $1 AND deleted_at IS NULL",
        id.to_string(),
        now.as_micros(),
        generation
    )
    .await?;
    Ok(changed > 0)
}

fn limit(object: &ObjectSpec) -> Option<i64> {
    object.inspect_limit_bytes.and_then(|limit| i64::try_from(limit).ok())
}

#[cfg(test)]
mod tests {
    use medward_kernel::Capability as _;
    use medward_store::{Db, store_test};

    use super::*;
    use crate::model::{Mode, OnError, Policy};

    #[test]
    fn stored_words_are_read_back() {
        for mode in [Mode::Block, Mode::Observe, Mode::Bypass] {
            assert_eq!(word::<Mode>(mode.as_str()), Some(mode));
        }
        for stance in [OnError::Pass, OnError::Block] {
            assert_eq!(word::<OnError>(stance.as_str()), Some(stance));
        }
        for policy in Policy::ALL {
            assert_eq!(word::<Policy>(policy.as_str()), Some(policy));
        }
        assert_eq!(word::<Mode>("off"), None);
    }

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn object(name: &str) -> ObjectSpec {
        ObjectSpec {
            id: ObjectId::new().to_string(),
            name: name.into(),
            hosts: vec!["tj.example.org".into(), "*.体检".into()],
            path_prefix: "/api".into(),
            upstreams: vec!["http://10.0.0.1".into()],
            mode: Mode::Observe,
            policy: Policy::Crs,
            on_error: OnError::Block,
            inspect_limit_bytes: Some(4096),
            health_path: Some("/health".into()),
            generation: 7,
            origin: Origin::Policy,
        }
    }

    async fn tables(db: &Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, NOW.as_micros()).await.unwrap();
    }

    async fn list(db: &Db) -> Vec<ObjectSpec> {
        let mut reader = db.read().await.unwrap();
        object_list(&mut reader).await.unwrap().into_iter().map(Result::unwrap).collect()
    }

    #[store_test]
    async fn object_is_read_back_as_it_was_written_until_it_is_deleted(db: Db) {
        tables(&db).await;
        let (first, second) = (&object("体检"), &object("b"));
        db.write(|tx| {
            Box::pin(async move {
                object_insert(tx, first, NOW).await?;
                object_insert(tx, second, NOW).await
            })
        })
        .await
        .unwrap();
        assert_eq!(list(&db).await, [first.clone(), second.clone()]);
        let changed = &ObjectSpec {
            policy: Policy::Strict,
            inspect_limit_bytes: None,
            health_path: None,
            generation: 8,
            ..first.clone()
        };
        assert!(db.write(|tx| Box::pin(object_update(tx, changed, NOW))).await.unwrap());
        assert_eq!(list(&db).await, [changed.clone(), second.clone()]);
        let id: ObjectId = first.id.parse().unwrap();
        assert!(db.write(|tx| Box::pin(object_delete(tx, id, 9, NOW))).await.unwrap());
        assert!(!db.write(|tx| Box::pin(object_delete(tx, id, 10, NOW))).await.unwrap());
        assert!(!db.write(|tx| Box::pin(object_update(tx, changed, NOW))).await.unwrap());
        assert_eq!(list(&db).await, std::slice::from_ref(second));
    }

    #[store_test]
    async fn name_is_free_again_only_after_its_object_is_deleted(db: Db) {
        tables(&db).await;
        let (first, again) = (&object("a"), &object("a"));
        db.write(|tx| Box::pin(object_insert(tx, first, NOW))).await.unwrap();
        let error = db.write(|tx| Box::pin(object_insert(tx, again, NOW))).await.unwrap_err();
        assert!(error.is_unique_violation());
        let id: ObjectId = first.id.parse().unwrap();
        db.write(|tx| Box::pin(object_delete(tx, id, 9, NOW))).await.unwrap();
        db.write(|tx| Box::pin(object_insert(tx, again, NOW))).await.unwrap();
    }

    #[store_test]
    async fn generations_only_rise(db: Db) {
        tables(&db).await;
        assert_eq!(generation_latest(&mut db.read().await.unwrap()).await.unwrap(), 0);
        for expected in 1..=3 {
            assert_eq!(db.write(|tx| Box::pin(generation_next(tx))).await.unwrap(), expected);
        }
        assert_eq!(generation_latest(&mut db.read().await.unwrap()).await.unwrap(), 3);
    }

    #[store_test]
    async fn row_that_no_program_wrote_is_named(db: Db) {
        tables(&db).await;
        let object = &object("a");
        db.write(|tx| Box::pin(object_insert(tx, object, NOW))).await.unwrap();
        db.write(|tx| Box::pin(async move { execute!(tx, "UPDATE gateway_object SET mode = 'off'").await }))
            .await
            .unwrap();
        let mut reader = db.read().await.unwrap();
        let error = object_list(&mut reader).await.unwrap().remove(0).unwrap_err().to_string();
        assert!(error.contains(&object.id) && error.contains("mode"), "{error}");
    }
}
