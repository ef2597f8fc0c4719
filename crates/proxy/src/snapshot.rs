//! The policy as the data path reads it: immutable, complete, swapped as a whole. A request finds its object here by host
//! and path.
//!
//! *Not* here: how an object comes to be what it is. Upstream members outlive snapshots: see [`Members`](crate::Members).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use medward_contract::id::SystemId;
use medward_waf::ObjectOptions;

use crate::access::AccessUse;
use crate::address::HostPattern;
use crate::defence::{Addresses, ApiGuard, Defences, OriginGuard, WaitingRoom};
use crate::exchange::{AnswerRules, HeaderRules};
use crate::inspect::Inspector;
use crate::listen::Front;
use crate::path::{normalised, readings};
use crate::scenario::Scenario;
use crate::stance::{Mode, OnError};
use crate::transport::Transport;
use crate::upstream::{Member, Pool};

/// One protected object, ready to run.
pub struct Object {
    /// Id by which the policy knows it.
    pub id: Arc<str>,
    /// Name in events (`waf.object`).
    pub name: Arc<str>,
    /// Name of its group (`waf.group`).
    pub group: Option<Arc<str>>,
    /// Name of the template that its group uses (`waf.template`).
    pub template: Option<Arc<str>>,
    /// What people do there (`waf.scenario`).
    pub scenario: Option<Scenario>,
    /// How it reacts.
    pub mode: Mode,
    /// The engine that judges it, shared with every object that asks for the same rules.
    pub engine: Arc<dyn Inspector>,
    /// What happens when the engine fails.
    pub on_error: OnError,
    /// How much of a body is held back, when the operator says so.
    pub inspect_limit_bytes: Option<usize>,
    /// What the engine is told.
    pub options: ObjectOptions,
    /// Whether requests that a rule matched are kept for a while.
    pub keeps_requests: bool,
    /// What it asks of connections.
    pub transport: Transport,
    /// Rules, limits and challenges.
    pub defences: Arc<Defences>,
    /// Address groups of the policy.
    pub addresses: Arc<Addresses>,
    /// Its waiting room.
    pub waiting_room: Option<WaitingRoom>,
    /// What its calls are held against.
    pub api: Option<ApiGuard>,
    /// Who may enter.
    pub access: Option<AccessUse>,
    /// What its answers must not carry out.
    pub answers: AnswerRules,
    /// What is done to the heads of its answers.
    pub answer_headers: Option<Box<HeaderRules>>,
    /// What becomes of requests that other sites have browsers send.
    pub origins: Option<Box<OriginGuard>>,
    /// Whom visitors turn to who are refused, as our pages say it.
    pub contact: Option<Arc<str>>,
    /// Where it answers.
    pub pool: Pool,
    /// Business system, when known.
    pub system: Option<SystemId>,
}

/// An object, and which requests belong to it.
pub struct Placed<'p> {
    /// The object.
    pub object: Object,
    /// Hosts it answers for.
    pub hosts: Vec<HostPattern>,
    /// Paths it answers for there.
    pub path_prefix: PathPrefix<'p>,
}

/// A path prefix as it is compared: whole segments, without the last slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PathPrefix<'p>(&'p str);

impl<'p> PathPrefix<'p> {
    /// `/api` and `/api/` are one; `/` is everything.
    pub fn of(text: &'p str) -> Self {
        Self(text.trim_end_matches('/'))
    }
}

/// A compiled policy. The default has no object and answers nothing.
#[derive(Default)]
pub struct Snapshot {
    generation: i64,
    addresses: Arc<Addresses>,
    exact: HashMap<Box<str>, Arc<Host>>,
    below: HashMap<Box<str>, Arc<Host>>,
    any: Option<Arc<Host>>,
    objects: Vec<Arc<Object>>,
    /// Whether any object has a guard.
    has_guards: bool,
}

/// The objects of one host pattern.
#[derive(Default)]
struct Host {
    /// By path prefix without trailing slash; the root is the empty text.
    routes: HashMap<Box<[u8]>, Arc<Object>>,
    /// What its objects ask of a handshake.
    front: Front,
    /// Whether any of them has a guard.
    is_guarded: bool,
}

/// Where a request belongs.
pub(crate) enum Routed {
    /// To this object.
    To(Arc<Object>),
    /// To nobody.
    Unknown,
    /// Raw and normalised path reach different objects.
    Ambiguous,
}

impl Snapshot {
    /// The policy of this generation (0 before anything was stored): these objects, in the order they were written. Where
    /// two are placed alike the later one answers; whoever compiles a policy refuses that before.
    pub fn new<'p>(generation: i64, addresses: Arc<Addresses>, placed: impl IntoIterator<Item = Placed<'p>>) -> Self {
        let mut snapshot = Self { generation, addresses, ..Self::default() };
        let mut hosts: HashMap<HostPattern, Host> = HashMap::new();
        for Placed { object, hosts: patterns, path_prefix } in placed {
            let object = Arc::new(object);
            for pattern in patterns {
                hosts.entry(pattern).or_default().routes.insert(path_prefix.0.as_bytes().into(), object.clone());
            }
            snapshot.objects.push(object);
        }
        for (pattern, mut host) in hosts {
            host.front = Front::of(host.routes.values().map(|object| &object.transport));
            host.is_guarded = host.routes.values().any(|object| object.access.is_some());
            snapshot.has_guards |= host.is_guarded;
            let host = Arc::new(host);
            match pattern {
                HostPattern::Exact(name) => drop(snapshot.exact.insert(name.into(), host)),
                HostPattern::Below(suffix) => drop(snapshot.below.insert(suffix.into(), host)),
                HostPattern::Any => snapshot.any = Some(host),
            }
        }
        snapshot
    }

    /// Of the stored policy.
    pub(crate) fn generation(&self) -> i64 {
        self.generation
    }

    /// Address groups of the policy.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Every object, in the order it was written.
    pub fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    /// Every upstream member in use.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.objects.iter().flat_map(|object| object.pool.members())
    }

    /// The object that answers for `host` (any case, with or without port) and the raw path.
    pub(crate) fn route(&self, host: &[u8], path: &[u8]) -> Routed {
        let name = host_name(host);
        let raw = self.find(&name, path);
        let normal = normalised(path);
        let same = match &normal {
            Cow::Borrowed(_) => true,
            Cow::Owned(normal) => match (raw, self.find(&name, normal)) {
                (Some(raw), Some(normal)) => Arc::ptr_eq(raw, normal),
                (raw, normal) => raw.is_none() && normal.is_none(),
            },
        };
        match raw {
            _ if !same => Routed::Ambiguous,
            _ if self.is_way_around(&name, path, raw) => Routed::Ambiguous,
            Some(object) => Routed::To(object.clone()),
            None => Routed::Unknown,
        }
    }

    /// Whether a server that reads the path in another way, `\\` for `/`, escapes decoded twice, upper case for lower, would
    /// serve a part of a guarded application to whoever was asked by another guard, or by none.
    fn is_way_around(&self, name: &str, path: &[u8], routed: Option<&Arc<Object>>) -> bool {
        if !self.has_guards || !self.hosts_of(name).any(|host| host.is_guarded) {
            return false;
        }
        let application = |object: Option<&Arc<Object>>| {
            object.and_then(|object| object.access.as_ref()).map(|access| access.application.clone())
        };
        let wanted = application(routed);
        let found = |reading: &[u8]| self.hosts_of(name).find_map(|host| host.find_folded(reading));
        readings(path).iter().any(|reading| application(found(reading)) != wanted)
    }

    /// Whether a connection made for `sni` may carry requests for `host`: both must belong to the same objects.
    pub(crate) fn same_objects(&self, sni: &str, host: &[u8]) -> bool {
        let (sni, host) = (sni.to_ascii_lowercase(), host_name(host));
        if sni == host {
            return true;
        }
        match (self.hosts_of(&sni).next(), self.hosts_of(&host).next()) {
            (Some(first), Some(second)) => Arc::ptr_eq(first, second) || first.has_objects_of(second),
            _ => false,
        }
    }

    /// Whether any object answers for a name.
    pub(crate) fn knows_host(&self, name: &str) -> bool {
        self.hosts_of(&host_name(name.as_bytes())).next().is_some()
    }

    /// What a handshake for this host is to bring; nothing when nobody answers for it. A request may reach an object of a
    /// less exact name, so what any of them asks for counts. A client that came to an address that no object names, and
    /// one that comes before there is any object, is answered by the page for unknown hosts.
    pub(crate) fn front(&self, host: &str, is_address: bool) -> Option<Front> {
        let name = host_name(host.as_bytes());
        let front = self.hosts_of(&name).map(|host| host.front.clone()).reduce(|front, other| front.and(&other));
        let unknown = (is_address || self.objects.is_empty()).then(Front::default);
        front.or(unknown)
    }

    /// Whether any object answers for a name of a certificate, `*.suffix` among them.
    pub fn covers(&self, name: &str) -> bool {
        if name.parse::<std::net::Ipv6Addr>().is_ok() {
            return self.knows_host(&format!("[{name}]"));
        }
        let Some(suffix) = name.strip_prefix('*') else { return self.knows_host(name) };
        let one_label = |host: &str| host.find('.').is_some_and(|at| host.get(at..) == Some(suffix));
        self.any.is_some() || self.below.contains_key(suffix) || self.exact.keys().any(|host| one_label(host))
    }

    /// Every host name that objects answer for, and `*.suffix` for what stands below one.
    pub fn host_patterns(&self) -> impl Iterator<Item = String> {
        let below = self.below.keys().map(|suffix| format!("*{suffix}"));
        self.exact.keys().map(ToString::to_string).chain(below)
    }

    /// The objects of a host that have a waiting room.
    pub(crate) fn waiting_rooms(&self, host: &[u8]) -> Vec<Arc<Object>> {
        let name = host_name(host);
        let objects = self.hosts_of(&name).flat_map(|host| host.routes.values());
        objects.filter(|object| object.waiting_room.is_some()).cloned().collect()
    }

    /// Host entries for a name, the most exact one first.
    fn hosts_of<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Arc<Host>> {
        let exact = self.exact.get(name);
        let below = (!self.below.is_empty()).then(|| {
            name.char_indices()
                .filter(|(_, character)| *character == '.')
                .filter_map(|(at, _)| self.below.get(name.get(at..)?))
        });
        exact.into_iter().chain(below.into_iter().flatten()).chain(self.any.as_ref())
    }

    fn find<'s>(&'s self, name: &str, path: &[u8]) -> Option<&'s Arc<Object>> {
        self.hosts_of(name).find_map(|host| host.find(path))
    }
}

impl Host {
    /// The object with the longest prefix of whole segments.
    fn find(&self, path: &[u8]) -> Option<&Arc<Object>> {
        let root: &[u8] = b"";
        if self.routes.len() == 1
            && let Some(object) = self.routes.get(root)
        {
            return Some(object);
        }
        let ends = (0..=path.len()).rev().filter(|end| *end == path.len() || path.get(*end) == Some(&b'/'));
        ends.filter_map(|end| path.get(..end)).find_map(|prefix| self.routes.get(prefix))
    }

    /// The same for a server to which upper and lower case are one.
    fn find_folded(&self, path: &[u8]) -> Option<&Arc<Object>> {
        let is_prefix = |prefix: &[u8]| {
            let split = path.split_at_checked(prefix.len());
            split.is_some_and(|(begin, rest)| {
                begin.eq_ignore_ascii_case(prefix) && matches!(rest.first(), None | Some(b'/'))
            })
        };
        let matching = self.routes.iter().filter(|(prefix, _)| is_prefix(prefix));
        matching.max_by_key(|(prefix, _)| prefix.len()).map(|(_, object)| object)
    }

    fn has_objects_of(&self, other: &Self) -> bool {
        let holds = |host: &Self, object: &Arc<Object>| host.routes.values().any(|own| Arc::ptr_eq(own, object));
        self.routes.values().all(|object| holds(other, object))
            && other.routes.values().all(|object| holds(self, object))
    }
}

/// The name of a Host value: lower case, without port.
pub(crate) fn host_name(host: &[u8]) -> Cow<'_, str> {
    let end = match host.first() {
        Some(b'[') => host.iter().position(|byte| *byte == b']').map_or(host.len(), |at| at + 1),
        _ => host.iter().position(|byte| *byte == b':').unwrap_or(host.len()),
    };
    let name = host.get(..end).unwrap_or_default();
    // A name with a dot at its end is the same name (RFC 1034 §3.1).
    let name = name.strip_suffix(b".").unwrap_or(name);
    let name = String::from_utf8_lossy(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { name }
}

#[cfg(test)]
mod tests {
    use medward_kernel::Clock;
    use medward_waf::{CompileOptions, Sources};

    use super::*;
    use crate::inspect::Waf;
    use crate::upstream::Members;

    fn object(name: &str, engine: &Arc<dyn Inspector>) -> Object {
        Object {
            id: name.into(),
            name: name.into(),
            group: None,
            template: None,
            scenario: None,
            mode: Mode::Block,
            engine: engine.clone(),
            on_error: OnError::Pass,
            inspect_limit_bytes: None,
            options: ObjectOptions::default(),
            keeps_requests: false,
            transport: Transport::default(),
            defences: Arc::default(),
            addresses: Arc::default(),
            waiting_room: None,
            api: None,
            access: None,
            answers: AnswerRules::default(),
            answer_headers: None,
            origins: None,
            contact: None,
            pool: Members::default().pool([], None),
            system: None,
        }
    }

    /// Objects of these names, hosts and path prefixes.
    fn placed(objects: &[(&str, &[&str], &str)]) -> Snapshot {
        let (program, _) = medward_waf::compile(&Sources::default(), &CompileOptions::default()).unwrap();
        let engine: Arc<dyn Inspector> = Arc::new(Waf::new(program, Clock::system()));
        let all = objects.iter().map(|(name, hosts, path)| Placed {
            object: object(name, &engine),
            hosts: hosts.iter().map(|host| HostPattern::parse(host).unwrap()).collect(),
            path_prefix: PathPrefix::of(path),
        });
        Snapshot::new(1, Arc::default(), all)
    }

    fn check(snapshot: &Snapshot, host: &str, path: &str, expected: &str) {
        let found = match snapshot.route(host.as_bytes(), path.as_bytes()) {
            Routed::To(object) => object.name.to_string(),
            Routed::Unknown => "unknown".into(),
            Routed::Ambiguous => "ambiguous".into(),
        };
        assert_eq!(found, expected, "{host}{path}");
    }

    #[test]
    fn exact_host_wins_over_wildcard_over_catch_all_and_longest_prefix_wins() {
        let snapshot = placed(&[
            ("exact", &["tj.example.org"], "/"),
            ("api", &["tj.example.org"], "/api/"),
            ("v2", &["tj.example.org"], "/api/v2"),
            ("below", &["*.example.org"], "/"),
            ("deep", &["*.lab.example.org"], "/"),
            ("pay", &["pay.example.org"], "/pay"),
            ("rest", &["*"], "/"),
        ]);
        check(&snapshot, "TJ.example.org:8443", "/", "exact");
        check(&snapshot, "tj.example.org.", "/apix", "exact");
        check(&snapshot, "tj.example.org", "/api", "api");
        check(&snapshot, "tj.example.org", "/api/v2x", "api");
        check(&snapshot, "tj.example.org", "/api/v2/x", "v2");
        check(&snapshot, "a.example.org", "/", "below");
        check(&snapshot, "a.lab.example.org", "/", "deep");
        check(&snapshot, "example.org", "/", "rest");
        check(&snapshot, "pay.example.org", "/pay/1", "pay");
        check(&snapshot, "pay.example.org", "/else", "below");
        check(&snapshot, "[::1]:80", "/", "rest");
        check(&placed(&[("a", &["a"], "/")]), "b", "/", "unknown");
    }

    #[test]
    fn path_that_two_servers_read_differently_is_ambiguous_only_if_it_changes_the_object() {
        let snapshot = placed(&[("site", &["a"], "/"), ("admin", &["a"], "/admin")]);
        check(&snapshot, "a", "/x/../y", "site");
        check(&snapshot, "a", "/x/../admin", "ambiguous");
        check(&snapshot, "a", "/%61dmin/x", "ambiguous");
        check(&snapshot, "a", "//admin", "ambiguous");
        check(&snapshot, "a", "/admin;x", "ambiguous");
        check(&snapshot, "a", "/admin/..;/", "ambiguous");
        check(&snapshot, "a", "/admin/./x", "admin");
        let only = placed(&[("admin", &["a"], "/admin")]);
        check(&only, "a", "/x/../admin", "ambiguous");
    }

    #[test]
    fn sni_and_host_must_belong_to_the_same_objects() {
        let snapshot = placed(&[("both", &["a", "b"], "/"), ("c", &["c"], "/"), ("x", &["*.x"], "/")]);
        assert!(snapshot.same_objects("a", b"b:443"));
        assert!(snapshot.same_objects("q.x", b"r.x"));
        assert!(!snapshot.same_objects("a", b"c"));
        assert!(!snapshot.same_objects("a", b"unknown"));
        assert!(placed(&[("all", &["*"], "/")]).same_objects("a", b"b"));
    }
}
