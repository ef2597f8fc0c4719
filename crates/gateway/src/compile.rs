//! From the policy as it is written to the one that runs.
//!
//! A snapshot exists only if every object in it compiles. What compiles is put in force by [`crate::service`], as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use medward_access::GuardPolicy;
use medward_contract::Timestamp;
use medward_crypto::Secret;
use medward_defence::rule::RuleSet as CustomRules;
use medward_defence::window::Holidays;
use medward_proxy::{
    AccessUse, Addresses, ApiGuard, BotUse, ChallengeUse, Defences, EnumerationUse, HostPattern, Inspector, Listed,
    Members, Object, PathPrefix, Placed, PlainHttp, Snapshot, WaitingRoom,
};

use crate::applications::Applications;
use crate::engines::Engines;
use crate::lists::Lists;
use crate::model::{
    AddressUse, ApiUse, Bands, Effective, EffectiveApi, EnumerationSettings, Item, Kind, ObjectSpec, RuleSet, RuleSpec,
    Spec, SpecError, Trusts, WaitingRoomSettings, Written,
};
use crate::schemas::Schemas;

/// Why a policy does not compile; every reason at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compile the policy: {}", quoted(.0))]
pub struct PolicyErrors(pub Vec<PolicyError>);

/// Reasons that are quoted; the rest is counted.
const QUOTED: usize = 10;

fn quoted(errors: &[PolicyError]) -> String {
    let mut told: Vec<_> = errors.iter().take(QUOTED).map(ToString::to_string).collect();
    if errors.len() > QUOTED {
        told.push(format!("and {} more", errors.len() - QUOTED));
    }
    told.join("; ")
}

/// One reason why a policy does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// An item is wrong in itself.
    #[error("{} {name:?}: {source}", .kind.as_str())]
    Spec {
        /// What it is.
        kind: Kind,
        /// The item.
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
    /// Two items of one kind have one name.
    #[error("two {}s are called {name:?}", .kind.as_str())]
    Name {
        /// What they are.
        kind: Kind,
        /// The name.
        name: String,
    },
}

/// Everything that is wrong with a policy, whatever its engines say.
pub(crate) fn check(written: &Written) -> Result<(), PolicyErrors> {
    let mut errors = Vec::new();
    check_items(written.templates.values(), &mut errors, |_| Ok(()));
    check_items(written.groups.values(), &mut errors, |group| match &group.template_id {
        Some(_) if written.template_of(group).is_none() => Err(missing("template_id", "template")),
        _ => Ok(()),
    });
    check_items(&written.objects, &mut errors, |object| match &object.group_id {
        Some(_) if written.group_of(object).is_none() => Err(missing("group_id", "group")),
        _ => Ok(()),
    });
    for object in &written.objects {
        if let Err(source) = written.effective(object).check() {
            errors.push(PolicyError::Spec { kind: Kind::Object, name: object.spec.name.clone(), source });
        }
    }
    // One that belongs to nothing any more, as when an object went from medward.toml, has no effect and stops nobody.
    check_items(written.exclusions.values().flatten(), &mut errors, |_| Ok(()));
    check_items(written.addresses.values(), &mut errors, |_| Ok(()));
    check_items(written.schemas.values(), &mut errors, |_| Ok(()));
    check_items(written.guards.values(), &mut errors, |_| Ok(()));
    check_items(written.limits.values().flatten(), &mut errors, |limit| {
        groups_exist(written, &limit.groups_asked(), "when")
    });
    check_items(written.rules.values().flatten(), &mut errors, |rule| names_exist(written, rule));
    let mut routes: HashMap<(HostPattern, PathPrefix<'_>), &str> = HashMap::new();
    for spec in written.objects.iter().map(|object| &object.spec) {
        for host in &spec.hosts {
            let Ok(pattern) = HostPattern::parse(host) else { continue };
            if let Some(first) = routes.insert((pattern, PathPrefix::of(&spec.path_prefix)), &spec.name) {
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

/// Checks items of one kind by themselves, their names against each other, and what `more` says of each.
fn check_items<'i, S: Spec>(
    items: impl IntoIterator<Item = &'i Item<S>>,
    errors: &mut Vec<PolicyError>,
    more: impl Fn(&S) -> Result<(), SpecError>,
) {
    let mut names: HashSet<&str> = HashSet::new();
    for spec in items.into_iter().map(|item| &item.spec) {
        if !names.insert(spec.name()) {
            errors.push(PolicyError::Name { kind: S::KIND, name: spec.name().to_owned() });
        }
        if let Err(source) = spec.check().and_then(|()| more(spec)) {
            errors.push(PolicyError::Spec { kind: S::KIND, name: spec.name().to_owned(), source });
        }
    }
}

/// Whether the groups and limits that a rule names exist.
fn names_exist(written: &Written, rule: &RuleSpec) -> Result<(), SpecError> {
    groups_exist(written, &rule.groups_asked(), "condition")?;
    let limits = || written.limits.values().flatten().map(|item| &item.spec);
    match rule.limit_asked() {
        Some(name) if !limits().any(|limit| limit.name == name) => {
            let message = format!("the rule sends requests to the limit {name:?}, which does not exist");
            Err(SpecError { field: "action", message })
        }
        Some(name) if limits().any(|limit| limit.name == name && !limit.on_demand) => {
            let message = format!("the limit {name:?} counts every request already; make it one that rules ask for");
            Err(SpecError { field: "action", message })
        }
        _ => Ok(()),
    }
}

pub(crate) fn groups_exist(written: &Written, asked: &[String], field: &'static str) -> Result<(), SpecError> {
    let known = |name: &String| written.addresses.values().any(|item| item.spec.name == *name);
    match asked.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the condition asks for the group of addresses {name:?}, which does not exist");
            Err(SpecError { field, message })
        }
    }
}

fn missing(field: &'static str, what: &str) -> SpecError {
    SpecError { field, message: format!("{field} names no {what} that exists") }
}

/// Compiles policies. What their objects share, engines and upstreams, outlives each of them.
pub(crate) struct Compiler {
    pub(crate) engines: Engines,
    lists: Lists,
    schemas: Schemas,
    /// Days that count as holidays in time windows.
    pub(crate) holidays: Arc<Holidays>,
    /// Signs tickets of waiting rooms.
    ticket_key: Secret<[u8; 32]>,
    /// By object; they outlive policies.
    rooms: Mutex<HashMap<String, WaitingRoom>>,
    members: Mutex<Members>,
}

/// A policy that compiled.
pub(crate) struct Compiled {
    /// What runs.
    pub(crate) snapshot: Snapshot,
    /// What judges its objects.
    pub(crate) judges: Judges,
    /// When something in it ends and it has to be compiled again.
    pub(crate) ends_at: Option<Timestamp>,
}

/// The rules that the objects of a policy ask for, and what judges by them.
pub(crate) type Judges = BTreeMap<RuleSet, Judge>;

/// What judges the objects that ask for one rule set.
pub(crate) struct Judge {
    /// Their engine: that of another policy when their own does not run.
    pub(crate) engine: Arc<dyn Inspector>,
    /// How many they are.
    pub(crate) objects: u64,
}

impl Compiler {
    pub(crate) fn new(
        engines: Engines,
        lists: Lists,
        schemas: Schemas,
        holidays: Arc<Holidays>,
        ticket_key: Secret<[u8; 32]>,
        members: Members,
    ) -> Self {
        let members = Mutex::new(members);
        Self { engines, lists, schemas, holidays, ticket_key, rooms: Mutex::default(), members }
    }

    /// Compiles a policy without putting it in force.
    pub(crate) fn compile(&self, written: &Written, generation: i64, now: Timestamp) -> Result<Compiled, PolicyErrors> {
        check(written)?;
        let ends = written.exclusions.values().flatten().filter_map(|exclusion| exclusion.spec.expires_at);
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let mut placed = Vec::with_capacity(written.objects.len());
        let mut judges = Judges::new();
        let mut errors = Vec::new();
        let mut shared = Shared::default();
        shared.guards.applications = Applications::of_policy(written);
        match self.addresses(written) {
            Ok(addresses) => shared.addresses = Arc::new(addresses),
            Err(error) => errors.push(error),
        }
        for item in &written.objects {
            let spec = &item.spec;
            let (object, hosts, rules) = match self.compile_object(written, item, &mut members, &mut shared, now) {
                Ok(compiled) => compiled,
                Err(source) => {
                    errors.push(PolicyError::Spec { kind: Kind::Object, name: spec.name.clone(), source });
                    continue;
                }
            };
            let judge = || Judge { engine: object.engine.clone(), objects: 0 };
            judges.entry(rules).or_insert_with(judge).objects += 1;
            placed.push(Placed { object, hosts, path_prefix: PathPrefix::of(&spec.path_prefix) });
        }
        if !errors.is_empty() {
            return Err(PolicyErrors(errors));
        }
        let ends_at = ends.filter(|end| *end > now).min();
        Ok(Compiled { snapshot: Snapshot::new(generation, shared.addresses, placed), judges, ends_at })
    }

    /// One object, the hosts it answers for, and the rules that it asks for.
    fn compile_object(
        &self,
        written: &Written,
        item: &Item<ObjectSpec>,
        members: &mut Members,
        shared: &mut Shared,
        now: Timestamp,
    ) -> Result<(Object, Vec<HostPattern>, RuleSet), SpecError> {
        let spec = &item.spec;
        let addresses = spec.upstream_addresses()?;
        let in_force = written.effective(item);
        let rules = in_force.rule_set();
        let (engine, judging) = self.engines.judging(rules);
        let group = written.group_of(spec).map(|item| &item.spec);
        let template = group.and_then(|group| written.template_of(group));
        let access = shared.guards.of(written, item, &in_force, &self.holidays)?;
        let mut transport = in_force.tls.transport(&mut shared.trusts)?;
        if access.as_ref().is_some_and(|(_, allows_plain_http)| !allows_plain_http)
            && transport.plain_http == PlainHttp::Serve
        {
            // Passwords do not go over the wire for everybody to read.
            transport.plain_http = PlainHttp::Redirect;
        }
        let object = Object {
            id: item.id.as_str().into(),
            name: spec.name.as_str().into(),
            group: group.map(|group| shared.names.get_or_make(&group.name)),
            template: template.map(|template| shared.names.get_or_make(&template.spec.name)),
            scenario: in_force.scenario.value,
            mode: in_force.mode.value,
            engine,
            on_error: in_force.on_error.value,
            inspect_limit_bytes: in_force.inspect_limit(),
            options: in_force.engine_options(judging, now),
            keeps_requests: in_force.keep_requests.value,
            transport,
            access: access.map(|(access, _)| access),
            defences: shared.defences.of(written, item, &in_force, &self.holidays)?,
            api: self.api(written, &in_force.api)?,
            answers: in_force.api.answers(),
            answer_headers: in_force.answers.headers(in_force.mode.value),
            origins: in_force.origins(),
            contact: in_force.answers.contact().map(|contact| shared.names.get_or_make(contact)),
            waiting_room: in_force.waiting_room.value.map(|room| self.room(&item.id, room)).transpose()?,
            addresses: shared.addresses.clone(),
            pool: members.pool(addresses, spec.health_path.as_deref()),
            system: None,
        };
        Ok((object, spec.host_patterns()?, rules))
    }
}

impl Compiler {
    /// What the calls of an object are held against.
    fn api(&self, written: &Written, in_force: &EffectiveApi) -> Result<Option<ApiGuard>, SpecError> {
        let Some(id) = &in_force.schema_id.value else { return Ok(None) };
        let wrong = |message: String| SpecError { field: "schema_id", message };
        let item = written.schemas.get(id);
        let item = item.ok_or_else(|| wrong("schema_id names no description that exists".to_owned()))?;
        let document = self.schemas.document(&item.spec).map_err(wrong)?;
        let enforces = in_force.mode.value == ApiUse::Enforce;
        Ok(Some(ApiGuard { document, checks: in_force.checks(), enforces }))
    }

    /// The waiting room of an object, with everybody who is in it.
    fn room(&self, id: &str, settings: WaitingRoomSettings) -> Result<WaitingRoom, SpecError> {
        let limits = settings.limits()?;
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || WaitingRoom::new(id, limits, self.ticket_key.clone());
        Ok(rooms.entry(id.to_owned()).or_insert_with(new).with_limits(limits))
    }

    /// The groups of addresses, with what each is for.
    fn addresses(&self, written: &Written) -> Result<Addresses, PolicyError> {
        let mut addresses = Addresses::default();
        for item in written.addresses.values() {
            let spec = &item.spec;
            let set = self.lists.set(spec).map_err(|message| PolicyError::Spec {
                kind: Kind::Addresses,
                name: spec.name.clone(),
                source: SpecError { field: "list", message },
            })?;
            let is_inspected = spec.purpose != AddressUse::AllowUninspected;
            let listed = || Listed { name: spec.name.as_str().into(), set: set.clone(), is_inspected };
            match spec.purpose {
                AddressUse::Rules => {}
                AddressUse::Allow | AddressUse::AllowUninspected => addresses.allowed.push(listed()),
                AddressUse::Block => addresses.blocked.push(listed()),
            }
            addresses.groups.insert(spec.name.as_str().into(), set);
        }
        // Where an address is in two groups of the allow list, the one that lets more through counts.
        addresses.allowed.sort_by_key(|listed| listed.is_inspected);
        Ok(addresses)
    }
}

/// What many objects have in common.
#[derive(Default)]
struct Shared {
    names: Names,
    trusts: Trusts,
    addresses: Arc<Addresses>,
    defences: SharedDefences,
    guards: SharedGuards,
}

/// Guards by their ids: thousands of objects have the same.
#[derive(Default)]
struct SharedGuards {
    guards: HashMap<String, (Arc<GuardPolicy>, Bands)>,
    applications: Applications,
}

impl SharedGuards {
    /// What an object asks of people, and whether they may sign in over plain HTTP.
    ///
    /// Objects that share a host are one application: who is signed in to one is in the others.
    fn of(
        &mut self,
        written: &Written,
        object: &Item<ObjectSpec>,
        in_force: &Effective,
        holidays: &Arc<Holidays>,
    ) -> Result<Option<(AccessUse, bool)>, SpecError> {
        let Some(id) = &in_force.guard_id.value else { return Ok(None) };
        let wrong = || SpecError { field: "guard_id", message: "guard_id names no guard that exists".to_owned() };
        let spec = &written.guards.get(id).ok_or_else(wrong)?.spec;
        if !self.guards.contains_key(id) {
            let (policy, bands) = spec.compile(id)?;
            self.guards.insert(id.clone(), (Arc::new(policy), bands));
        }
        let (policy, bands) = self.guards.get(id).cloned().ok_or_else(wrong)?;
        let application = self.applications.of(&object.id).ok_or_else(wrong)?;
        let name = object.spec.name.as_str().into();
        let access = AccessUse { policy, application, name, bands, holidays: holidays.clone() };
        Ok(Some((access, spec.allow_plain_http)))
    }
}

/// Rules and limits by the items that they are made of: thousands of objects have the same.
#[derive(Default)]
struct SharedDefences(HashMap<SaidOfTraffic, Arc<Defences>>);

/// Ids of rules and limits, and what the settings say.
type SaidOfTraffic = (Vec<String>, ChallengeUse, BotUse, Option<EnumerationUse>);

impl SharedDefences {
    fn of(
        &mut self,
        written: &Written,
        object: &Item<ObjectSpec>,
        in_force: &Effective,
        holidays: &Arc<Holidays>,
    ) -> Result<Arc<Defences>, SpecError> {
        let rules = || written.rules_of(object).map(|(_, item)| item);
        let limits = || written.limits_of(object).map(|(_, item)| item);
        let ids = rules().map(|item| item.id.clone()).chain(limits().map(|item| item.id.clone())).collect();
        let (challenge, bots) = (in_force.challenge.value, in_force.bots.value);
        let enumeration = in_force.enumeration.value.as_ref().map(EnumerationSettings::compile);
        let key = (ids, challenge, bots, enumeration.clone());
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let raw: Vec<_> = rules().map(|item| item.spec.raw()).collect();
        let rules = CustomRules::compile(&raw)
            .map_err(|error| SpecError { field: "rules", message: format!("its custom rules: failed to {error}") })?;
        let limits = limits().map(|item| item.spec.compile(&item.id)).collect::<Result<_, _>>()?;
        let holidays = holidays.clone();
        let defences = Arc::new(Defences { rules, limits, challenge, bots, enumeration, holidays });
        self.0.insert(key, defences.clone());
        Ok(defences)
    }
}

/// Names that many objects have in common and keep once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn get_or_make(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use medward_kernel::Clock;
    use medward_proxy::Waf;
    use medward_waf::{CompileOptions, Sources};

    use super::*;
    use crate::model::{Origin, Settings};

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn spec(name: &str, hosts: &[&str], path: &str) -> ObjectSpec {
        ObjectSpec {
            name: name.into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            path_prefix: path.into(),
            upstreams: vec!["http://127.0.0.1:9".into()],
            health_path: None,
            group_id: None,
            settings: Settings::default(),
        }
    }

    fn item<S>(id: &str, spec: S) -> Item<S> {
        Item { id: id.into(), generation: 1, origin: Origin::Policy, spec }
    }

    fn written(specs: &[ObjectSpec]) -> Written {
        let objects = specs.iter().map(|spec| item(&spec.name, spec.clone()));
        Written { objects: objects.collect(), ..Written::default() }
    }

    fn compiler() -> Compiler {
        let (program, _) = medward_waf::compile(&Sources::default(), &CompileOptions::default()).unwrap();
        let lists = Lists::new(std::path::PathBuf::new(), Clock::system());
        Compiler::new(
            Engines::one(Arc::new(Waf::new(program, Clock::system()))),
            lists,
            Schemas::default(),
            Arc::default(),
            Secret::new([7; 32]),
            Members::default(),
        )
    }

    #[test]
    fn policy_with_overlap_or_wrong_object_does_not_compile_and_says_everything() {
        let mut broken = spec("broken", &["z"], "/");
        broken.upstreams = vec!["http://169.254.169.254".into()];
        let specs = [spec("one", &["a"], "/x"), spec("two", &["A"], "/x/"), broken, spec("one", &["q"], "/")];
        let errors = compiler().compile(&written(&specs), 1, NOW).err().unwrap();
        let text = errors.to_string();
        assert_eq!(errors.0.len(), 3, "{text}");
        assert!(
            text.contains("both answer for A/x/") && text.contains("metadata") && text.contains("\"one\""),
            "{text}"
        );
    }

    #[test]
    fn unchanged_upstream_keeps_its_member_over_a_new_generation() {
        let compiler = compiler();
        let first_member = |specs: &[ObjectSpec], generation| {
            let compiled = compiler.compile(&written(specs), generation, NOW).ok().unwrap();
            (compiled.snapshot.objects()[0].pool.members()[0].clone(), compiled)
        };
        let (first, _running) = first_member(&[spec("a", &["a"], "/")], 1);
        let (second, _) = first_member(&[spec("b", &["b"], "/")], 2);
        assert!(Arc::ptr_eq(&first, &second));
    }
}
