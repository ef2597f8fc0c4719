//! The policy as the data path reads it: immutable, complete, swapped as a whole.
//!
//! A snapshot exists only if every object in it compiles. Upstream members outlive snapshots: an unchanged address keeps
//! its connections and its health over a change of policy.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use medward_contract::id::SystemId;
use medward_waf::ObjectOptions;

use crate::engines::Engines;
use crate::inspect::Inspector;
use crate::model::{HostPattern, Mode, ObjectSpec, OnError, Policy, SpecError, UpstreamAddress};
use crate::path::normalised;
use crate::upstream::{Member, MemberKey, Members, Pool};

/// One protected object, ready to run.
pub(crate) struct Object {
    /// Name in events (`waf.object`).
    pub(crate) name: Arc<str>,
    /// How it reacts.
    pub(crate) mode: Mode,
    /// The policy that it asks for.
    pub(crate) policy: Policy,
    /// The engine that judges it, shared with every object of the same policy.
    pub(crate) engine: Arc<dyn Inspector>,
    /// What happens when the engine fails.
    pub(crate) on_error: OnError,
    /// How much of a body is held back, when the operator says so.
    pub(crate) inspect_limit_bytes: Option<usize>,
    /// What the engine is told.
    pub(crate) options: ObjectOptions,
    /// Where it answers.
    pub(crate) pool: Pool,
    /// Business system, when known.
    pub(crate) system: Option<SystemId>,
}

/// A compiled policy.
#[derive(Default)]
pub(crate) struct Snapshot {
    /// Of the stored policy; 0 before anything was stored.
    pub(crate) generation: i64,
    exact: HashMap<Box<str>, Arc<Host>>,
    below: HashMap<Box<str>, Arc<Host>>,
    any: Option<Arc<Host>>,
    objects: Vec<Arc<Object>>,
}

/// The objects of one host pattern.
#[derive(Default)]
struct Host {
    /// By path prefix without trailing slash; the root is the empty text.
    routes: HashMap<Box<[u8]>, Arc<Object>>,
}

/// Why a policy does not compile; every reason at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compile the policy: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct PolicyErrors(pub Vec<PolicyError>);

/// One reason why a policy does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// An object is wrong in itself.
    #[error("object {name:?}: {source}")]
    Spec {
        /// The object.
        name: String,
        /// What is wrong.
        source: SpecError,
    },
    /// Two objects claim the same host and path.
    #[error("objects {first:?} and {second:?} both answer for {host}{path}: give one another host or path_prefix")]
    Overlap {
        /// The object that comes first.
        first: String,
        /// The other one.
        second: String,
        /// Host pattern.
        host: String,
        /// Path prefix.
        path: String,
    },
    /// Two objects have one name.
    #[error("two objects are called {0:?}")]
    Name(String),
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

/// Everything that is wrong with these objects, whatever their engines say.
pub(crate) fn check(specs: &[ObjectSpec]) -> Result<(), PolicyErrors> {
    let mut errors = Vec::new();
    let mut names: HashSet<&str> = HashSet::new();
    let mut routes: HashMap<(HostPattern, &str), &str> = HashMap::new();
    for spec in specs {
        if !names.insert(&spec.name) {
            errors.push(PolicyError::Name(spec.name.clone()));
        }
        if let Err(source) = spec.check() {
            errors.push(PolicyError::Spec { name: spec.name.clone(), source });
            continue;
        }
        for host in &spec.hosts {
            let Ok(pattern) = HostPattern::parse(host) else { continue };
            if let Some(first) = routes.insert((pattern, prefix(spec)), &spec.name) {
                errors.push(PolicyError::Overlap {
                    first: first.to_owned(),
                    second: spec.name.clone(),
                    host: host.clone(),
                    path: spec.path_prefix.clone(),
                });
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(PolicyErrors(errors)) }
}

/// The path prefix as it is compared: whole segments, without the last slash.
fn prefix(spec: &ObjectSpec) -> &str {
    spec.path_prefix.trim_end_matches('/')
}

impl Snapshot {
    /// Compiles a policy. Members known from `members` are reused.
    pub(crate) fn compile(
        specs: &[ObjectSpec],
        members: &mut Members,
        engines: &Engines,
    ) -> Result<Self, PolicyErrors> {
        check(specs)?;
        let mut snapshot = Self::default();
        let mut hosts: HashMap<HostPattern, Host> = HashMap::new();
        let mut errors = Vec::new();
        for spec in specs {
            let object = match compile_object(spec, members, engines) {
                Ok(object) => Arc::new(object),
                Err(source) => {
                    errors.push(PolicyError::Spec { name: spec.name.clone(), source });
                    continue;
                }
            };
            for pattern in spec.hosts.iter().filter_map(|host| HostPattern::parse(host).ok()) {
                hosts.entry(pattern).or_default().routes.insert(prefix(spec).as_bytes().into(), object.clone());
            }
            snapshot.objects.push(object);
        }
        if !errors.is_empty() {
            return Err(PolicyErrors(errors));
        }
        for (pattern, host) in hosts {
            let host = Arc::new(host);
            match pattern {
                HostPattern::Exact(name) => drop(snapshot.exact.insert(name.into(), host)),
                HostPattern::Below(suffix) => drop(snapshot.below.insert(suffix.into(), host)),
                HostPattern::Any => snapshot.any = Some(host),
            }
        }
        Ok(snapshot)
    }

    /// Every object, in the order it was written.
    pub(crate) fn objects(&self) -> &[Arc<Object>] {
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
            std::borrow::Cow::Borrowed(_) => true,
            std::borrow::Cow::Owned(normal) => match (raw, self.find(&name, normal)) {
                (Some(raw), Some(normal)) => Arc::ptr_eq(raw, normal),
                (raw, normal) => raw.is_none() && normal.is_none(),
            },
        };
        match raw {
            _ if !same => Routed::Ambiguous,
            Some(object) => Routed::To(object.clone()),
            None => Routed::Unknown,
        }
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

    fn has_objects_of(&self, other: &Self) -> bool {
        let holds = |host: &Self, object: &Arc<Object>| host.routes.values().any(|own| Arc::ptr_eq(own, object));
        self.routes.values().all(|object| holds(other, object))
            && other.routes.values().all(|object| holds(self, object))
    }
}

/// The name of a Host value: lower case, without port.
pub(crate) fn host_name(host: &[u8]) -> String {
    let end = match host.first() {
        Some(b'[') => host.iter().position(|byte| *byte == b']').map_or(host.len(), |at| at + 1),
        _ => host.iter().position(|byte| *byte == b':').unwrap_or(host.len()),
    };
    let name = host.get(..end).unwrap_or_default();
    // A name with a dot at its end is the same name (RFC 1034 §3.1).
    let name = name.strip_suffix(b".").unwrap_or(name);
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

fn compile_object(spec: &ObjectSpec, members: &mut Members, engines: &Engines) -> Result<Object, SpecError> {
    let mut pool = Vec::with_capacity(spec.upstreams.len());
    for upstream in &spec.upstreams {
        let address = UpstreamAddress::parse(upstream)?;
        pool.push(members.get_or_make(MemberKey { address, health_path: spec.health_path.clone() }));
    }
    let (engine, judging) = engines.judging(spec.policy);
    Ok(Object {
        name: spec.name.as_str().into(),
        mode: spec.mode,
        policy: spec.policy,
        engine,
        on_error: spec.on_error,
        inspect_limit_bytes: spec.inspect_limit(),
        options: spec.engine_options(judging),
        pool: Pool::new(pool),
        system: None,
    })
}

#[cfg(test)]
mod tests {
    use medward_kernel::Clock;
    use medward_waf::{CompileOptions, Sources};

    use super::*;
    use crate::inspect::Waf;
    use crate::model::Origin;

    fn spec(name: &str, hosts: &[&str], path: &str) -> ObjectSpec {
        ObjectSpec {
            id: name.into(),
            name: name.into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            path_prefix: path.into(),
            upstreams: vec!["http://127.0.0.1:9".into()],
            mode: Mode::Block,
            policy: Policy::Balanced,
            on_error: OnError::Pass,
            inspect_limit_bytes: None,
            health_path: None,
            generation: 1,
            origin: Origin::Policy,
        }
    }

    fn engines() -> Engines {
        let (program, _) = medward_waf::compile(&Sources::default(), &CompileOptions::default()).unwrap();
        Engines::one(Arc::new(Waf::new(program, Clock::system())))
    }

    fn compile(specs: &[ObjectSpec]) -> Result<Snapshot, PolicyErrors> {
        Snapshot::compile(specs, &mut Members::default(), &engines())
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
        let snapshot = compile(&[
            spec("exact", &["tj.example.org"], "/"),
            spec("api", &["tj.example.org"], "/api/"),
            spec("v2", &["tj.example.org"], "/api/v2"),
            spec("below", &["*.example.org"], "/"),
            spec("deep", &["*.lab.example.org"], "/"),
            spec("pay", &["pay.example.org"], "/pay"),
            spec("rest", &["*"], "/"),
        ])
        .unwrap();
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
        check(&compile(&[spec("a", &["a"], "/")]).unwrap(), "b", "/", "unknown");
    }

    #[test]
    fn path_that_two_servers_read_differently_is_ambiguous_only_if_it_changes_the_object() {
        let snapshot = compile(&[spec("site", &["a"], "/"), spec("admin", &["a"], "/admin")]).unwrap();
        check(&snapshot, "a", "/x/../y", "site");
        check(&snapshot, "a", "/x/../admin", "ambiguous");
        check(&snapshot, "a", "/%61dmin/x", "ambiguous");
        check(&snapshot, "a", "//admin", "ambiguous");
        check(&snapshot, "a", "/admin;x", "ambiguous");
        check(&snapshot, "a", "/admin/..;/", "ambiguous");
        check(&snapshot, "a", "/admin/./x", "admin");
        let only = compile(&[spec("admin", &["a"], "/admin")]).unwrap();
        check(&only, "a", "/x/../admin", "ambiguous");
    }

    #[test]
    fn sni_and_host_must_belong_to_the_same_objects() {
        let snapshot =
            compile(&[spec("both", &["a", "b"], "/"), spec("c", &["c"], "/"), spec("x", &["*.x"], "/")]).unwrap();
        assert!(snapshot.same_objects("a", b"b:443"));
        assert!(snapshot.same_objects("q.x", b"r.x"));
        assert!(!snapshot.same_objects("a", b"c"));
        assert!(!snapshot.same_objects("a", b"unknown"));
        assert!(compile(&[spec("all", &["*"], "/")]).unwrap().same_objects("a", b"b"));
    }

    #[test]
    fn policy_with_overlap_or_wrong_object_does_not_compile_and_says_everything() {
        let mut broken = spec("broken", &["z"], "/");
        broken.upstreams = vec!["http://169.254.169.254".into()];
        let errors =
            compile(&[spec("one", &["a"], "/x"), spec("two", &["A"], "/x/"), broken, spec("one", &["q"], "/")])
                .err()
                .unwrap();
        let text = errors.to_string();
        assert_eq!(errors.0.len(), 3, "{text}");
        assert!(
            text.contains("both answer for A/x/") && text.contains("metadata") && text.contains("\"one\""),
            "{text}"
        );
    }

    #[test]
    fn unchanged_upstream_keeps_its_member_over_a_new_generation() {
        let mut members = Members::default();
        let first = Snapshot::compile(&[spec("a", &["a"], "/")], &mut members, &engines()).unwrap();
        let second = Snapshot::compile(&[spec("b", &["b"], "/")], &mut members, &engines()).unwrap();
        assert!(Arc::ptr_eq(first.members().next().unwrap(), second.members().next().unwrap()));
    }
}
