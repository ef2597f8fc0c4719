//! Rows of kept requests.

use medward_store::{Session, StoreError, Tx, execute, fetch_all};

/// Most kept requests for one rule of an object: one that fires a thousand times tells no more.
const MAX_PER_RULE: i64 = 20;
/// Most of those from one address, so that an attacker does not push the others out.
const MAX_PER_SOURCE: i64 = 4;
/// Most kept requests of an object.
const MAX_PER_OBJECT: i64 = 400;
/// Most kept requests in all: 64 KiB each, they stay below 350 MB.
const MAX_IN_ALL: i64 = 5000;

/// A kept request as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct KeptRow {
    /// Number of the request, UUIDv7.
    pub(crate) id: String,
    pub(crate) object_id: String,
    /// The rule that names its event.
    pub(crate) rule_id: String,
    /// Address it came from.
    pub(crate) source: String,
    /// When the request began, µs.
    pub(crate) at: i64,
    pub(crate) sealed: Vec<u8>,
}

/// Stores requests, and removes the oldest where there are too many.
pub(super) async fn kept_insert(tx: &mut Tx<'_>, rows: &[KeptRow]) -> Result<(), StoreError> {
    for row in rows {
        execute!(
            tx,
            "INSERT INTO gateway_kept_request (id, object_id, rule_id, source, at, sealed)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO NOTHING",
            row.id.as_str(),
            row.object_id.as_str(),
            row.rule_id.as_str(),
            row.source.as_str(),
            row.at,
            row.sealed.as_slice()
        )
        .await?;
    }
    for row in rows {
        execute!(
            tx,
            "DELETE FROM gateway_kept_request WHERE object_id = $1 AND rule_id = $2 AND source = $3 AND id NOT IN
                (SELECT id FROM gateway_kept_request WHERE object_id = $1 AND rule_id = $2 AND source = $3
                 ORDER BY id DESC LIMIT $4)",
            row.object_id.as_str(),
            row.rule_id.as_str(),
            row.source.as_str(),
            MAX_PER_SOURCE
        )
        .await?;
        execute!(
            tx,
            "DELETE FROM gateway_kept_request WHERE object_id = $1 AND rule_id = $2 AND id NOT IN
                (SELECT id FROM gateway_kept_request WHERE object_id = $1 AND rule_id = $2 ORDER BY id DESC LIMIT $3)",
            row.object_id.as_str(),
            row.rule_id.as_str(),
            MAX_PER_RULE
        )
        .await?;
        execute!(
            tx,
            "DELETE FROM gateway_kept_request WHERE object_id = $1 AND id NOT IN
                (SELECT id FROM gateway_kept_request WHERE object_id = $1 ORDER BY id DESC LIMIT $2)",
            row.object_id.as_str(),
            MAX_PER_OBJECT
        )
        .await?;
    }
    execute!(
        tx,
        "DELETE FROM gateway_kept_request WHERE id NOT IN
            (SELECT id FROM gateway_kept_request ORDER BY id DESC LIMIT $1)",
        MAX_IN_ALL
    )
    .await
    .map(drop)
}

/// Removes what began before `oldest`, µs.
pub(super) async fn kept_delete_before(tx: &mut Tx<'_>, oldest: i64) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM gateway_kept_request WHERE at < $1", oldest).await.map(drop)
}

/// What began at `oldest`, µs, or later, newest first; of one object when it is named.
pub(super) async fn kept_list<S: Session + ?Sized>(
    session: &mut S,
    object_id: Option<&str>,
    oldest: i64,
    limit: i64,
) -> Result<Vec<KeptRow>, StoreError> {
    fetch_all!(
        session,
        KeptRow,
        "SELECT id, object_id, rule_id, source, at, sealed FROM gateway_kept_request
         WHERE at >= $2 AND ($1 IS NULL OR object_id = $1) ORDER BY id DESC LIMIT $3",
        object_id,
        oldest,
        limit
    )
    .await
}

#[cfg(test)]
mod tests {
    use medward_kernel::Capability as _;
    use medward_store::{Db, store_test};

    use super::*;

    fn row(number: i64, object: &str, rule: &str) -> KeptRow {
        let id = format!("{number:04}");
        let source = format!("10.0.0.{}", number % 30);
        KeptRow { id, object_id: object.into(), rule_id: rule.into(), source, at: number, sealed: vec![0, 255] }
    }

    async fn insert(db: &Db, rows: &[KeptRow]) {
        db.write(|tx| Box::pin(kept_insert(tx, rows))).await.unwrap();
    }

    #[store_test]
    async fn a_rule_that_fires_often_pushes_no_other_rule_out(db: Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, 1).await.unwrap();
        insert(&db, &[row(1, "a", "rare"), row(2, "b", "often")]).await;
        for number in 3..40 {
            insert(&db, &[row(number, "a", "often")]).await;
        }
        let list = async |object: Option<&'static str>, oldest| {
            let rows = kept_list(&mut db.read().await.unwrap(), object, oldest, 99).await.unwrap();
            rows.into_iter().map(|row| row.at).collect::<Vec<_>>()
        };
        let mut expected: Vec<i64> = (20..40).rev().collect();
        expected.push(1);
        assert_eq!(list(Some("a"), 0).await, expected);
        assert_eq!(list(Some("a"), 38).await, [39, 38]);
        assert_eq!(list(None, 0).await.len(), 22);
        insert(&db, &[row(39, "a", "often")]).await;
        assert_eq!(list(Some("a"), 0).await.len(), 21, "told twice, kept once");
        let mut attacker: Vec<_> = (50..90).map(|number| row(number, "a", "often")).collect();
        for row in &mut attacker {
            row.source = "10.9.9.9".into();
        }
        insert(&db, &attacker).await;
        assert_eq!(list(Some("a"), 50).await, [89, 88, 87, 86], "one address pushes nobody out");
        assert_eq!(list(Some("a"), 0).await.len(), 21);
        db.write(|tx| Box::pin(kept_delete_before(tx, 39))).await.unwrap();
        assert_eq!(list(None, 0).await, [89, 88, 87, 86, 39]);
    }
}
