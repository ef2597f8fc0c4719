//! One SQL text, two engines: the same values in, the same values out.

use medward_store::{
    Db, Session, Statement, StoreError, execute, fetch_all, fetch_one, fetch_optional, placeholders, sqlx, store_test,
};

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
struct Sample {
    id: i64,
    flag: bool,
    content: Vec<u8>,
    ratio: f64,
    label: Option<String>,
}

#[derive(Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Label(String);

async fn sample_table(db: &Db) {
    db.write(|tx| {
        Box::pin(async move {
            execute!(
                tx,
                "CREATE TABLE test_sample (
                    id BIGINT PRIMARY KEY, flag BOOLEAN NOT NULL, content BYTEA NOT NULL,
                    ratio DOUBLE PRECISION NOT NULL, label TEXT)"
            )
            .await
        })
    })
    .await
    .unwrap();
}

async fn sample_insert(tx: &mut medward_store::Tx<'_>, sample: &Sample) -> Result<u64, StoreError> {
    execute!(
        tx,
        "INSERT INTO test_sample (id, flag, content, ratio, label) VALUES ($1, $2, $3, $4, $5)",
        sample.id,
        sample.flag,
        sample.content.as_slice(),
        sample.ratio,
        sample.label.as_deref()
    )
    .await
}

#[store_test]
async fn every_portable_type_comes_back_as_it_went_in(db: Db) {
    sample_table(&db).await;
    let samples = [
        Sample { id: i64::MIN, flag: true, content: vec![], ratio: 0.1 + 0.2, label: None },
        Sample { id: -1, flag: false, content: vec![0, 255, 0], ratio: f64::MAX, label: Some(String::new()) },
        Sample {
            id: 0,
            flag: true,
            content: b"text".to_vec(),
            ratio: -0.0,
            label: Some("𠮷野家 \u{202e} '; --".to_owned()),
        },
        Sample { id: i64::MAX, flag: false, content: vec![7; 70_000], ratio: 5.0, label: Some("医".repeat(30_000)) },
    ];
    let borrowed = &samples;
    db.write(|tx| {
        Box::pin(async move {
            for sample in borrowed {
                assert_eq!(sample_insert(tx, sample).await?, 1);
            }
            Ok::<(), StoreError>(())
        })
    })
    .await
    .unwrap();
    let mut reader = db.read().await.unwrap();
    let found = fetch_all!(&mut reader, Sample, "SELECT * FROM test_sample ORDER BY id").await.unwrap();
    assert_eq!(found, samples);

    // Conditions, sums and comparisons in SQL mean the same on both engines.
    let sums = fetch_one!(
        &mut reader,
        (i64, f64, Option<i64>),
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN flag THEN 1 ELSE 0 END) AS DOUBLE PRECISION),
            MAX(CASE WHEN label IS NULL THEN NULL ELSE id END) FROM test_sample WHERE flag = $1 OR id = $2",
        true,
        -1_i64
    );
    assert_eq!(sums.await.unwrap(), (3, 2.0, Some(0)));
}

#[store_test]
async fn keyset_paging_meets_every_row_once_in_code_point_order(db: Db) {
    let keys = ["", "A", "Z", "a", "z", "é", "医", "医垣", "𠮷"];
    db.write(|tx| {
        Box::pin(async move {
            execute!(tx, "CREATE TABLE test_key (key TEXT PRIMARY KEY)").await?;
            for key in keys.iter().rev() {
                execute!(tx, "INSERT INTO test_key (key) VALUES ($1)", *key).await?;
            }
            Ok::<(), StoreError>(())
        })
    })
    .await
    .unwrap();
    let mut reader = db.read().await.unwrap();
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = fetch_all!(
            &mut reader,
            (String,),
            "SELECT key FROM test_key WHERE $1 IS NULL OR key > $1 ORDER BY key LIMIT $2",
            after.as_deref(),
            2_i64
        );
        let page = page.await.unwrap();
        let Some((last,)) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page.into_iter().map(|(key,)| key));
    }
    assert_eq!(found, keys);
}

#[store_test]
async fn on_conflict_returning_gives_the_row_as_stored(db: Db) {
    db.write(|tx| {
        Box::pin(async move {
            execute!(tx, "CREATE TABLE test_tally (name TEXT PRIMARY KEY, hits BIGINT NOT NULL)").await?;
            let upsert = "INSERT INTO test_tally (name, hits) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET hits = test_tally.hits + excluded.hits RETURNING hits";
            let mut hits = Vec::new();
            for step in [1_i64, 2, 4] {
                hits.push(fetch_one!(tx, (i64,), upsert, "portal", step).await?.0);
            }
            assert_eq!(hits, [1, 3, 7]);
            let untouched =
                "INSERT INTO test_tally (name, hits) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING hits";
            assert_eq!(fetch_optional!(tx, (i64,), untouched, "portal", 0_i64).await?, None);
            // RETURNING is read to its end, so all rows are changed although one is asked for.
            execute!(tx, "INSERT INTO test_tally (name, hits) VALUES ('a', 1), ('b', 1)").await?;
            fetch_optional!(tx, (i64,), "UPDATE test_tally SET hits = 9 RETURNING hits").await?;
            let nines = fetch_all!(tx, (i64,), "SELECT hits FROM test_tally WHERE hits = 9").await?;
            assert_eq!(nines.len(), 3);
            Ok::<(), StoreError>(())
        })
    })
    .await
    .unwrap();
}

#[store_test]
async fn a_list_of_values_is_bound_one_by_one(db: Db) {
    let mut reader = db.read().await.unwrap();
    let wanted = ["b", "c"];
    let sql = format!(
        "SELECT letter FROM (SELECT 'a' AS letter UNION ALL SELECT 'b' UNION ALL SELECT 'c') AS letters
         WHERE letter IN ({}) AND letter <> $1 ORDER BY letter",
        placeholders(2, wanted.len())
    );
    let statement = Statement::new(&mut reader, sqlx::AssertSqlSafe(sql)).bind("c");
    let found: Vec<(String,)> =
        wanted.iter().fold(statement, |statement, value| statement.bind(*value)).fetch_all().await.unwrap();
    assert_eq!(found, [("b".to_owned(),)]);
}

async fn refused_at<S: Session>(session: &mut S, statement: impl AsyncFn(&mut S) -> Result<(), StoreError>) -> usize {
    match statement(session).await {
        Err(StoreError::NulInText { position, .. }) => position,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[store_test]
async fn nul_in_text_is_refused_on_entry_and_leaves_the_transaction_usable(db: Db) {
    sample_table(&db).await;
    db.write(|tx| {
        Box::pin(async move {
            let sample = Sample { id: 1, flag: true, content: vec![0], ratio: 0.0, label: Some("医\0垣".to_owned()) };
            let refused = sample_insert(tx, &sample).await.unwrap_err();
            assert!(matches!(refused, StoreError::NulInText { position: 5, .. }), "{refused:?}");
            sample_insert(tx, &Sample { label: None, ..sample }).await
        })
    })
    .await
    .unwrap();
    let mut reader = db.read().await.unwrap();
    let select = "SELECT CAST(COUNT(*) AS BIGINT) FROM test_sample WHERE id = $1 AND label = $2";
    let typed = refused_at(&mut reader, async |reader| {
        fetch_one!(reader, (i64,), select, 1_i64, Label("a\0".to_owned())).await.map(drop)
    });
    assert_eq!(typed.await, 2);
    let owned = refused_at(&mut reader, async |reader| {
        fetch_one!(reader, (i64,), select, 1_i64, Some("\0".to_owned())).await.map(drop)
    });
    assert_eq!(owned.await, 2);
    let (count,) = fetch_one!(&mut reader, (i64,), select, 1_i64, Label("a".to_owned())).await.unwrap();
    assert_eq!(count, 0);
}
