//! What people and other capabilities may ask of the vault, with the rules: who reads which streams, what is put on
//! record about reading, how many searches at once.

mod reading;
mod verifying;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::event::{Dataset, Event, Field, Stream};
use medward_contract::vault::{Counts, Grouping, LogQuery, Page, Proof, RecordRef, Window};
use medward_contract::{PortError, Principal, Role, Timestamp};
use medward_kernel::Supervisor;
use medward_kernel::supervisor::Stop;

use crate::canonical::View;
use crate::merkle::{leaf_hash, verify_inclusion};
use crate::note::Checkpoint;
use crate::prove::ProofDocument;
use crate::query::{
    Cursor, Filter, Found, Histogram, Plan, Query, Search, SyntaxError, TallyError, Target, Test, TopValues, TypeError,
    Way, counts, histogram, parse, parse_piped, run, top_values,
};
use crate::store::{EventStore as _, LocalStore, StoreError, Stored};
use crate::streams::StreamSet;

pub(crate) use reading::{Fresh, StreamState, Tail};
pub use verifying::{VerifyState, VerifyStatus};

/// Searches one person may run at once (`vault.md` §7).
const SEARCHES_AT_ONCE: u32 = 4;
/// The same question of the same person is put on record once in this time.
const SAME_QUESTION: Duration = Duration::from_mins(1);
/// Rows of a page of port `LogQuery`.
const PORT_ROWS: usize = 500;
/// Streams in which who runs the systems reads only what concerns himself (`vault.md` §12).
const WITHHELD: StreamSet = StreamSet::EMPTY.with(Stream::Admin).with(Stream::Auth).with(Stream::Vault);

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The query does not read.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The query reads, but names what is not there or has another type.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// A count is too large.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The caller runs too many searches.
    #[error("search: {SEARCHES_AT_ONCE} searches of yours are running")]
    Busy,
    /// No such record, or not for this caller.
    #[error("find record")]
    NotFound,
    /// A verification is running.
    #[error("verify: one is running")]
    VerifyRunning,
    /// A proof of the vault's own does not hold.
    #[error("prove: the tree's tiles are damaged; run medward vault verify")]
    Unprovable,
}

/// What to search for.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Query text.
    pub query: String,
    /// From this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Behind this row.
    pub after: Option<Cursor>,
    /// Most rows.
    pub limit: usize,
}

/// What a person found.
#[derive(Debug, Clone)]
pub struct Searched {
    /// Rows or a table.
    pub found: Found,
    /// The fields wanted of the rows; none: all.
    pub fields: Option<Vec<Target>>,
    /// How long it took.
    pub took: Duration,
}

/// A record with everything that proves it.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The proof as ports give it.
    pub proof: Proof,
    /// Canonical bytes.
    pub record: Vec<u8>,
    /// The C2SP text.
    pub text: String,
}

/// The vault as a service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    store: LocalStore,
    supervisor: Supervisor,
    budget: Duration,
    running: Arc<Mutex<HashMap<String, u32>>>,
    asked: Arc<Mutex<HashMap<Asked, Duration>>>,
    verifying: Arc<Mutex<VerifyStatus>>,
}

/// A question that is put on record once a minute. Whatever gives other rows is another question; a window that reaches
/// the present and moves with it, as a page refreshes itself, is the same one: what it adds is what a live tail would.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    login: String,
    kind: &'static str,
    query: String,
    place: String,
    /// The field whose values are counted, and the step of time before it.
    counted: String,
}

impl Asked {
    fn rows(caller: &Principal, question: &Question, now: Timestamp) -> Self {
        let Question { query, from, to, after, limit } = question;
        let end = to.unwrap_or(now);
        let place = if after.is_none() && now.since(end) < SAME_QUESTION {
            let minutes = from.map(|from| end.since(from).as_secs() / 60);
            format!("last {minutes:?} {limit}")
        } else {
            format!("{from:?} {to:?} {after:?} {limit}")
        };
        Self { place, ..Self::new(caller, "rows", query) }
    }

    /// A count: what is counted is part of the question.
    fn count(caller: &Principal, kind: &'static str, question: &Question, now: Timestamp, what: &str) -> Self {
        let rows = Self::rows(caller, question, now);
        Self { kind, counted: what.to_owned(), ..rows }
    }

    fn new(caller: &Principal, kind: &'static str, query: &str) -> Self {
        Self {
            login: caller.login.clone(),
            kind,
            query: query.to_owned(),
            place: String::new(),
            counted: String::new(),
        }
    }
}

/// Counts a running search while it lives.
struct Running {
    who: String,
    all: Arc<Mutex<HashMap<String, u32>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.who);
            }
        }
    }
}

impl Service {
    /// The service of an open vault. `budget` is the longest one search takes.
    pub fn new(store: LocalStore, supervisor: &Supervisor, budget: Duration) -> Self {
        Self {
            store,
            supervisor: supervisor.clone(),
            budget,
            running: Arc::default(),
            asked: Arc::default(),
            verifying: Arc::default(),
        }
    }

    /// The store behind it.
    pub fn store(&self) -> &LocalStore {
        &self.store
    }

    /// The signals that end long answers.
    pub(crate) fn stop(&self) -> &Stop {
        self.supervisor.stop_signals()
    }

    fn begin(&self, who: &str) -> Result<Running, VaultError> {
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(who.to_owned()).or_default();
        if *count >= SEARCHES_AT_ONCE {
            return Err(VaultError::Busy);
        }
        *count += 1;
        Ok(Running { who: who.to_owned(), all: self.running.clone() })
    }

    /// The plan of a person's query. Its own query is not yet narrowed to what he may read: [`Self::search_of`] does that.
    fn plan_of(&self, question: &Question) -> Result<Plan, VaultError> {
        let piped = parse_piped(&question.query, self.store.shared().clock.now())?;
        let plan = Plan::of(piped)?;
        if question.after.is_some() && !plan.is_plain() {
            let expected = "none: only rows without sort, limit and counts come page by page".to_owned();
            return Err(TypeError { what: "cursor".to_owned(), expected }.into());
        }
        Ok(plan)
    }

    /// The search for a person, who sees only what he may read.
    fn search_of(&self, question: &Question, plan: &Plan, caller: &Principal) -> Search {
        self.search_over(question, restricted(plan.query.clone(), caller))
    }

    /// The search of another capability, which asks in plain filters and sees everything.
    fn search_of_port(&self, question: &Question) -> Result<Search, PortError> {
        let query = parse(&question.query, self.store.shared().clock.now());
        let query = query.map_err(|_| PortError::Refused { code: crate::codes::QUERY_SYNTAX.code })?;
        Ok(self.search_over(question, query))
    }

    fn search_over(&self, question: &Question, query: Query) -> Search {
        let window = match (question.from, question.to) {
            (None, None) => None,
            (from, to) => Some(Window {
                from: from.unwrap_or(Timestamp::from_micros(i64::MIN)),
                to: to.unwrap_or(Timestamp::from_micros(i64::MAX)),
            }),
        };
        Search {
            query: Arc::new(query),
            window,
            streams: StreamSet::ALL,
            after: question.after.clone(),
            limit: question.limit,
            budget: self.budget,
        }
    }

    /// Rows or a table for a person; put on record (CD-059).
    pub async fn search(&self, caller: &Principal, question: &Question) -> Result<Searched, VaultError> {
        let running = self.begin(&caller.login)?;
        let shared = self.store.shared().clone();
        let (clock, started) = (shared.clock.clone(), shared.clock.monotonic());
        let plan = self.plan_of(question)?;
        let search = self.search_of(question, &plan, caller);
        let fields = plan.fields().map(<[_]>::to_vec);
        let mut found = self.counting(running, move || run(&plan, &search, &shared)).await??;
        if !reads_all(caller) {
            found.hide_effort();
        }
        let mut asked = Asked::rows(caller, question, clock.now());
        let rows = match &found {
            Found::Rows(answer) => answer.rows.len(),
            Found::Table(table, _) => {
                asked.kind = "table";
                table.rows.len()
            }
        };
        self.put_on_record(asked, rows as u64).await;
        Ok(Searched { found, fields, took: clock.monotonic().saturating_sub(started) })
    }

    /// Counts over time for a person; put on record.
    pub async fn histogram(
        &self,
        caller: &Principal,
        question: &Question,
        step_us: i64,
        by: Option<Target>,
    ) -> Result<Histogram, VaultError> {
        let running = self.begin(&caller.login)?;
        let search = self.search_of(question, &self.plan_of(question)?, caller);
        let shared = self.store.shared().clone();
        let what = format!("{step_us} {}", by.as_ref().map_or("", Target::name));
        self.put_on_record(Asked::count(caller, "histogram", question, shared.clock.now(), &what), 0).await;
        Ok(self.counting(running, move || histogram(&search, step_us, by.as_ref(), &shared)).await??)
    }

    /// Most frequent values for a person; put on record.
    pub async fn top_values(
        &self,
        caller: &Principal,
        question: &Question,
        field: Target,
    ) -> Result<TopValues, VaultError> {
        let running = self.begin(&caller.login)?;
        let search = self.search_of(question, &self.plan_of(question)?, caller);
        let (shared, limit) = (self.store.shared().clone(), question.limit);
        self.put_on_record(Asked::count(caller, "top", question, shared.clock.now(), field.name()), 0).await;
        Ok(self.counting(running, move || top_values(&search, &field, limit, &shared)).await??)
    }

    /// Counts on a thread of its own. Who asked may leave meanwhile: the count goes on, so it holds its place until its end.
    async fn counting<T: Send + 'static>(
        &self,
        running: Running,
        count: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let counted = move || {
            let _running = running;
            count()
        };
        self.store.blocking(counted).await
    }

    /// One record for a person; put on record.
    pub async fn record(&self, caller: &Principal, at: RecordRef) -> Result<Stored, VaultError> {
        let stored = self.stored(at).await?;
        if !View::parse(&stored.bytes).is_ok_and(|view| may_read(caller, at.stream, &view)) {
            return Err(VaultError::NotFound);
        }
        self.put_on_record(Asked::new(caller, "record", &at.to_string()), 1).await;
        Ok(stored)
    }

    async fn stored(&self, at: RecordRef) -> Result<Stored, VaultError> {
        let found = self.store.read(at.stream, at.seq, 1).await?;
        found.into_iter().find(|stored| stored.at == at).ok_or(VaultError::NotFound)
    }

    /// A record with its proof. A record newer than the last checkpoint gets a checkpoint now.
    pub async fn prove_record(&self, at: RecordRef) -> Result<Proven, VaultError> {
        let stored = self.stored(at).await?;
        let covered =
            |service: &Self| service.store.shared().newest(at.stream).filter(|newest| newest.checkpoint.size > at.seq);
        if covered(self).is_none() {
            self.store.checkpoint_stream(at.stream).await?;
        }
        let newest = covered(self).ok_or(VaultError::Unprovable)?;
        let Checkpoint { size, root, .. } = newest.checkpoint;
        let path = self.store.prove(at, size).await?;
        let leaf = leaf_hash(&stored.bytes);
        if !verify_inclusion(&leaf, at.seq, size, &path, &root) {
            return Err(VaultError::Unprovable);
        }
        let document = ProofDocument {
            record: Some(stored.bytes.clone()),
            index: at.seq,
            path: path.clone(),
            checkpoint: newest.note.clone(),
        };
        let proof = Proof { record: at, leaf_hash: leaf, size, path, checkpoint: newest.note };
        Ok(Proven { proof, record: stored.bytes, text: document.to_text() })
    }

    /// Puts on record who read what. The same question within a minute, as a page that refreshes itself asks it, once.
    async fn put_on_record(&self, question: Asked, rows: u64) {
        let shared = self.store.shared();
        let now = shared.clock.monotonic();
        let Asked { login, kind, query, counted, .. } = question.clone();
        {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.retain(|_, at| now.saturating_sub(*at) < SAME_QUESTION);
            // Once a minute, however often it is asked: the first time counts.
            if asked.contains_key(&question) {
                return;
            }
            asked.insert(question, now);
        }
        let mut event = Event::new(Dataset::VaultSearch, "search", shared.clock.now())
            .set(Field::UserName, login)
            .attr("vault.kind", kind)
            .attr("vault.query", if query.is_empty() { "*" } else { query.as_str() })
            .attr("vault.rows", rows);
        if !counted.is_empty() {
            event = event.attr("vault.counted", counted);
        }
        self.store.append_own(vec![event]).await;
    }
}

/// Whether a person reads every stream whole: not those who run the systems (`vault.md` §12).
fn reads_all(caller: &Principal) -> bool {
    caller.roles.iter().any(|role| matches!(role, Role::Secadmin | Role::Auditadmin | Role::Auditor))
}

/// The query, narrowed to what the caller may read.
fn restricted(query: Query, caller: &Principal) -> Query {
    if reads_all(caller) {
        return query;
    }
    let withheld = Stream::ALL.into_iter().filter(|stream| WITHHELD.contains(*stream)).map(Filter::Stream).collect();
    let own = Filter::Match(Target::Field(Field::UserName), Test::Equals(caller.login.clone()));
    let allowed = Filter::Or(vec![Filter::Not(Box::new(Filter::Or(withheld))), own]);
    Query { filter: Filter::And(vec![allowed, query.filter]), has_time: query.has_time }
}

fn may_read(caller: &Principal, stream: Stream, view: &View<'_>) -> bool {
    reads_all(caller) || !WITHHELD.contains(stream) || view.text(Field::UserName) == Some(caller.login.as_str())
}

#[async_trait]
impl LogQuery for Service {
    async fn query(&self, query: &str, window: Window, cursor: Option<String>) -> Result<Page, PortError> {
        let after = match cursor.map(|cursor| cursor.parse()) {
            Some(Err(_)) => return Err(PortError::Refused { code: crate::codes::QUERY_TYPE.code }),
            Some(Ok(after)) => Some(after),
            None => None,
        };
        let question =
            Question { query: query.to_owned(), from: Some(window.from), to: Some(window.to), after, limit: PORT_ROWS };
        let search = self.search_of_port(&question)?;
        let answer = self.store.search(search).await.map_err(|_| PortError::Unavailable("the vault"))?;
        let next_cursor = answer.next.map(|next| next.to_string());
        Ok(Page { rows: answer.rows, complete: answer.coverage.is_complete(), next_cursor })
    }

    async fn count(&self, login: &str, query: &str, window: Window, by: &[Grouping<'_>]) -> Result<Counts, PortError> {
        let question =
            Question { query: query.to_owned(), from: Some(window.from), to: Some(window.to), after: None, limit: 0 };
        let running = self.begin(login).map_err(|_| PortError::Unavailable("the vault: four searches of yours run"))?;
        let search = self.search_of_port(&question)?;
        let way = |grouping: &Grouping<'_>| Way {
            by: grouping.by.iter().map(|name| Target::of(name)).collect(),
            step_us: grouping.step_us,
            limit: grouping.limit,
        };
        let ways: Vec<Way> = by.iter().map(way).collect();
        let shared = self.store.shared().clone();
        let place = format!("{:?} {:?}", window.from, window.to);
        self.put_on_record(
            Asked { login: login.to_owned(), kind: "count", query: question.query, place, counted: String::new() },
            0,
        )
        .await;
        let counted = self.counting(running, move || counts(&search, &ways, &shared)).await;
        counted.ok().and_then(Result::ok).ok_or(PortError::Unavailable("the vault"))
    }

    async fn last_seen(&self, source: &str) -> Result<Option<Timestamp>, PortError> {
        let filter = Filter::Match(Target::Field(Field::MedwardSource), Test::Equals(source.to_owned()));
        let search = Search {
            query: Arc::new(Query { filter, has_time: true }),
            window: None,
            streams: StreamSet::ALL,
            after: None,
            limit: 1,
            budget: self.budget,
        };
        let answer = self.store.search(search).await.map_err(|_| PortError::Unavailable("the vault"))?;
        match answer.rows.first() {
            Some(record) => Ok(Some(record.event.timestamp)),
            None if answer.coverage.is_complete() => Ok(None),
            None => Err(PortError::Unavailable("the vault in time")),
        }
    }

    async fn prove(&self, record: RecordRef) -> Result<Proof, PortError> {
        match self.prove_record(record).await {
            Ok(proven) => Ok(proven.proof),
            Err(VaultError::NotFound) => Err(PortError::Refused { code: crate::codes::NOT_FOUND.code }),
            Err(_) => Err(PortError::Unavailable("the vault")),
        }
    }
}
