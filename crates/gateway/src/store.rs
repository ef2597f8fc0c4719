//! Rows of the policy: its items, what each generation changed in them, and the number of the newest.
//!
//! A body is the JSON of a [`Spec`](crate::model::Spec), written by this program and read by nobody else. Items are few
//! thousand and always read together, so nothing but kind and name is a column, and a new setting needs no migration. That
//! no two have one name is held by whoever compiles the policy, in the same transaction.

use medward_contract::Timestamp;
use medward_store::{Session, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};

use serde::{Deserialize, Serialize};

use crate::model::Kind;

/// More items than this do not fit into one policy: 10,000 objects (gateway.md §2) and what belongs to them.
const MAX_ITEMS: i64 = 50_000;

/// One item as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct ItemRow {
    /// UUIDv7.
    pub(crate) id: String,
    /// Word of its [`Kind`].
    pub(crate) kind: String,
    pub(crate) name: String,
    /// JSON.
    pub(crate) body: String,
    /// Generation in which it was changed last.
    pub(crate) generation: i64,
}

/// What one generation changed in one item.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ChangeRow {
    pub(crate) generation: i64,
    pub(crate) item_id: String,
    pub(crate) kind: String,
    /// Its name after the change, or the last one it had.
    pub(crate) name: String,
    /// Absent when it did not exist.
    pub(crate) body_before: Option<String>,
    /// Absent when it was removed.
    pub(crate) body_after: Option<String>,
    /// Login of who did it.
    pub(crate) author: String,
    /// What the author said about it.
    pub(crate) reason: String,
    /// Record of it in the audit trail.
    pub(crate) audit_id: String,
    pub(crate) at: i64,
}

/// Every item, oldest first.
pub(crate) async fn item_list<S: Session + ?Sized>(session: &mut S) -> Result<Vec<ItemRow>, StoreError> {
    fetch_all!(
        session,
        ItemRow,
        "SELECT id, kind, name, body, generation FROM gateway_item ORDER BY id LIMIT $1",
        MAX_ITEMS
    )
    .await
}

/// Writes an item, new or changed.
pub(crate) async fn item_put(tx: &mut Tx<'_>, row: &ItemRow, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_item (id, kind, name, body, generation, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (id) DO UPDATE SET name = $3, body = $4, generation = $5, updated_at = $6",
        row.id.as_str(),
        row.kind.as_str(),
        row.name.as_str(),
        row.body.as_str(),
        row.generation,
        now.as_micros()
    )
    .await
    .map(drop)
}

/// Removes an item; its changes stay.
pub(crate) async fn item_delete(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM gateway_item WHERE id = $1", id).await.map(drop)
}

/// Notes what a generation changed.
pub(crate) async fn change_insert(tx: &mut Tx<'_>, row: &ChangeRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_change
            (generation, item_id, kind, name, body_before, body_after, author, reason, audit_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.generation,
        row.item_id.as_str(),
        row.kind.as_str(),
        row.name.as_str(),
        row.body_before.as_deref(),
        row.body_after.as_deref(),
        row.author.as_str(),
        row.reason.as_str(),
        row.audit_id.as_str(),
        row.at
    )
    .await
    .map(drop)
}

/// Changes before this generation and item, newest first; of one item when it is named.
pub(crate) async fn change_list<S: Session + ?Sized>(
    session: &mut S,
    before: (i64, &str),
    item_id: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRow>, StoreError> {
    fetch_all!(
        session,
        ChangeRow,
        "SELECT generation, item_id, kind, name, body_before, body_after, author, reason, audit_id, at
         FROM gateway_change
         WHERE (generation < $1 OR (generation = $1 AND item_id < $2)) AND ($3 IS NULL OR item_id = $3)
         ORDER BY generation DESC, item_id DESC LIMIT $4",
        before.0,
        before.1,
        item_id,
        limit
    )
    .await
}

/// What items were when `generation` was the newest, for those that changed since: the body before their first change
/// after it.
pub(crate) async fn bodies_at<S: Session + ?Sized>(
    session: &mut S,
    generation: i64,
) -> Result<Vec<(String, String, String, Option<String>)>, StoreError> {
    fetch_all!(
        session,
        (String, String, String, Option<String>),
        "SELECT item_id, kind, name, body_before FROM gateway_change AS change
         WHERE generation = (SELECT MIN(generation) FROM gateway_change
                             WHERE item_id = change.item_id AND generation > $1)
         ORDER BY item_id",
        generation
    )
    .await
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

/// On a node: takes over the number of the house.
pub(crate) async fn generation_set(tx: &mut Tx<'_>, generation: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_generation (name, value) VALUES ('policy', $1)
         ON CONFLICT (name) DO UPDATE SET value = $1",
        generation
    )
    .await
    .map(drop)
}

impl ItemRow {
    /// What it is, when this program knows it.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Kind::from_word(&self.kind)
    }
}

#[cfg(test)]
mod tests {
    use medward_kernel::Capability as _;
    use medward_store::{Db, store_test};

    use super::*;
    use crate::draft::Draft;
    use crate::model::{Item, Mode, ObjectSpec, OnError, Policy, Settings};

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    async fn tables(db: &Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, 1).await.unwrap();
    }

    fn row(id: &str, generation: i64, body: &str) -> ItemRow {
        ItemRow { id: id.into(), kind: "object".into(), name: id.into(), body: body.into(), generation }
    }

    fn change(generation: i64, id: &str, bodies: (Option<&str>, Option<&str>)) -> ChangeRow {
        ChangeRow {
            generation,
            item_id: id.into(),
            kind: "object".into(),
            name: id.into(),
            body_before: bodies.0.map(str::to_owned),
            body_after: bodies.1.map(str::to_owned),
            author: "li".into(),
            reason: "为什么".into(),
            audit_id: "audit".into(),
            at: 7,
        }
    }

    #[store_test]
    async fn item_is_read_back_replaced_and_removed(db: Db) {
        tables(&db).await;
        let (first, other, changed) = (&row("a", 1, "{}"), &row("b", 1, "{}"), &row("a", 2, "{\"x\":1}"));
        db.write(|tx| {
            Box::pin(async move {
                item_put(tx, other, NOW).await?;
                item_put(tx, first, NOW).await?;
                item_put(tx, changed, NOW).await
            })
        })
        .await
        .unwrap();
        assert_eq!(item_list(&mut db.read().await.unwrap()).await.unwrap(), [changed.clone(), other.clone()]);
        db.write(|tx| Box::pin(item_delete(tx, "a"))).await.unwrap();
        assert_eq!(item_list(&mut db.read().await.unwrap()).await.unwrap(), std::slice::from_ref(other));
    }

    #[store_test]
    async fn history_comes_newest_first_and_tells_what_was_there_at_a_generation(db: Db) {
        tables(&db).await;
        let changes = &[
            change(1, "a", (None, Some("a1"))),
            change(2, "b", (None, Some("b2"))),
            change(2, "a", (Some("a1"), Some("a2"))),
            change(3, "a", (Some("a2"), None)),
        ];
        db.write(|tx| {
            Box::pin(async move {
                for change in changes {
                    change_insert(tx, change).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        let mut reader = db.read().await.unwrap();
        let first = change_list(&mut reader, (i64::MAX, ""), None, 2).await.unwrap();
        assert_eq!(first, [changes[3].clone(), changes[1].clone()]);
        let rest = change_list(&mut reader, (2, "b"), None, 9).await.unwrap();
        assert_eq!(rest, [changes[2].clone(), changes[0].clone()]);
        assert_eq!(change_list(&mut reader, (i64::MAX, ""), Some("b"), 9).await.unwrap(), [changes[1].clone()]);
        let at = async |reader: &mut _, generation| {
            let bodies = bodies_at(reader, generation).await.unwrap();
            bodies.into_iter().map(|(id, _, _, body)| (id, body)).collect::<Vec<_>>()
        };
        let a = |body: Option<&str>| ("a".to_owned(), body.map(str::to_owned));
        assert_eq!(at(&mut reader, 2).await, [a(Some("a2"))]);
        assert_eq!(at(&mut reader, 1).await, [a(Some("a1")), ("b".to_owned(), None)]);
        assert_eq!(at(&mut reader, 0).await, [a(None), ("b".to_owned(), None)]);
        assert_eq!(at(&mut reader, 3).await, []);
    }

    #[store_test]
    async fn every_change_has_the_next_generation(db: Db) {
        tables(&db).await;
        assert_eq!(generation_latest(&mut db.read().await.unwrap()).await.unwrap(), 0);
        for expected in 1..=3 {
            assert_eq!(db.write(|tx| Box::pin(generation_next(tx))).await.unwrap(), expected);
        }
        assert_eq!(generation_latest(&mut db.read().await.unwrap()).await.unwrap(), 3);
    }

    #[store_test]
    async fn objects_of_the_tables_before_become_items_that_say_the_same(db: Db) {
        db.migrate("gateway", &crate::Gateway::MIGRATIONS[..2], 1).await.unwrap();
        db.write(|tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO gateway_object (id, name, hosts, path_prefix, upstreams, mode, policy, on_error,
                        inspect_limit_bytes, health_path, generation, created_at, updated_at, deleted_at)
                     VALUES ('1', $1, '[\"a\",\"*.b\"]', '/x', '[\"http://127.0.0.1:9\"]', 'observe', 'strict', 'block', 4096,
                        $2, 3, 1, 2, NULL),
                     ('2', 'plain', '[\"c\"]', '/', '[\"http://d\"]', 'block', 'balanced', 'pass', NULL, NULL, 4, 1, 2, NULL),
                     ('3', 'gone', '[\"e\"]', '/', '[\"http://f\"]', 'block', 'balanced', 'pass', NULL, NULL, 5, 1, 2, 9)",
                    r#"体检 "甲\乙""#,
                    r#"/health"\x"#
                )
                .await
            })
        })
        .await
        .unwrap();
        tables(&db).await;
        let rows = item_list(&mut db.read().await.unwrap()).await.unwrap();
        let (written, errors) = Draft::new(rows, 9).written(&[]);
        assert!(errors.is_empty(), "{errors:?}");
        let [first, plain]: &[Item<ObjectSpec>; 2] = written.objects.as_slice().try_into().unwrap();
        assert_eq!((first.id.as_str(), first.generation, first.spec.name.as_str()), ("1", 3, r#"体检 "甲\乙""#));
        assert_eq!(
            (&first.spec.hosts[1], first.spec.health_path.as_deref()),
            (&"*.b".to_owned(), Some(r#"/health"\x"#))
        );
        let settings = Settings {
            mode: Some(Mode::Observe),
            policy: Some(Policy::Strict),
            on_error: Some(OnError::Block),
            inspect_limit_bytes: Some(4096),
            ..Settings::default()
        };
        assert_eq!(first.spec.settings, settings);
        assert_eq!((plain.spec.health_path.as_deref(), plain.spec.settings.inspect_limit_bytes), (None, None));
    }

    #[store_test]
    async fn row_that_no_program_wrote_is_named(db: Db) {
        tables(&db).await;
        let broken = &row("a", 1, "{\"name\":\"a\",\"settings\":{\"mode\":\"off\"}}");
        db.write(|tx| Box::pin(item_put(tx, broken, NOW))).await.unwrap();
        let rows = item_list(&mut db.read().await.unwrap()).await.unwrap();
        let (written, errors) = Draft::new(rows, 1).written(&[]);
        let told = errors[0].to_string();
        assert!(told.starts_with("read object a of the policy: ") && told.contains("`off`"), "{told}");
        assert!(written.objects.is_empty());
    }
}
