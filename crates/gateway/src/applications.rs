//! Which guarded objects are one application (gateway.md §11): those behind one guard that share a host, directly or through
//! others.
//!
//! Invariant: the name of an application is made of ids, of the guard and of the object that was there first, so that neither a
//! host more nor another name ends anybody's session. It changes when that object goes, or no longer shares a host with the others,
//! or when a host joins two applications: who was signed in to the younger one signs in again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::Written;

/// Names of applications by the ids of their objects.
#[derive(Debug, Default)]
pub(crate) struct Applications(HashMap<String, Arc<str>>);

/// Objects of one application, and the hosts they answer for.
#[derive(Default)]
struct Group<'w> {
    guard: &'w str,
    objects: BTreeSet<&'w str>,
    hosts: BTreeSet<String>,
}

impl Applications {
    /// Those of a policy.
    pub(crate) fn of_policy(written: &Written) -> Self {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut by_host: HashMap<(&str, String), usize> = HashMap::new();
        for object in &written.objects {
            let Some(guard) = written.guard_of(object) else { continue };
            let hosts: BTreeSet<String> = object.spec.hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
            let mut of_hosts: BTreeSet<usize> =
                hosts.iter().filter_map(|host| by_host.get(&(guard, host.clone())).copied()).collect();
            let at = of_hosts.pop_first().unwrap_or(groups.len());
            let mut joined = Group { guard, objects: BTreeSet::from([object.id.as_str()]), hosts };
            for other in of_hosts {
                let Some(group) = groups.get_mut(other).map(std::mem::take) else { continue };
                joined.objects.extend(group.objects);
                joined.hosts.extend(group.hosts);
            }
            by_host.extend(joined.hosts.iter().map(|host| ((guard, host.clone()), at)));
            match groups.get_mut(at) {
                Some(group) => {
                    group.objects.extend(joined.objects);
                    group.hosts.extend(joined.hosts);
                }
                None => groups.push(joined),
            }
        }
        Self(groups.iter().flat_map(Group::named).collect())
    }

    /// The application of an object, when that has a guard.
    pub(crate) fn of(&self, object: &str) -> Option<Arc<str>> {
        self.0.get(object).cloned()
    }
}

impl Group<'_> {
    /// Its objects with its name. Ids are UUIDv7: the smallest is the oldest.
    fn named(&self) -> impl Iterator<Item = (String, Arc<str>)> {
        let first = self.objects.first().copied().unwrap_or_default();
        let name: Arc<str> = format!("{}/{first}", self.guard).into();
        self.objects.iter().map(move |object| ((*object).to_owned(), name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Item, ObjectSpec, Origin, Settings};

    /// Objects by id, guard and hosts.
    fn policy(objects: &[(&str, &str, &[&str])]) -> Written {
        let object = |(id, guard, hosts): &(&str, &str, &[&str])| {
            let settings = Settings { guard_id: Some((*guard).to_owned()), ..Settings::default() };
            let spec = ObjectSpec {
                name: format!("object {id}"),
                hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
                path_prefix: "/".to_owned(),
                upstreams: Vec::new(),
                health_path: None,
                group_id: None,
                settings,
            };
            Item { id: (*id).to_owned(), generation: 1, origin: Origin::Policy, spec }
        };
        Written { objects: objects.iter().map(object).collect(), ..Written::default() }
    }

    fn check(objects: &[(&str, &str, &[&str])], expected: &[Option<&str>]) {
        let applications = Applications::of_policy(&policy(objects));
        let names: Vec<_> = objects.iter().map(|(id, ..)| applications.of(id)).collect();
        assert_eq!(names.iter().map(|name| name.as_deref()).collect::<Vec<_>>(), expected, "{objects:?}");
    }

    #[test]
    fn application_keeps_its_name_when_a_host_comes_or_goes() {
        for hosts in [&["pacs.local"][..], &["pacs.local", "a-pacs.local"], &["a-pacs.local"]] {
            check(&[("1", "g", hosts)], &[Some("g/1")]);
        }
    }

    #[test]
    fn objects_behind_one_guard_that_share_a_host_are_one_application() {
        check(&[("2", "g", &["a"]), ("1", "g", &["A", "b"]), ("3", "g", &["b"])], &[Some("g/1"); 3]);
        check(&[("1", "g", &["a"]), ("2", "h", &["a"])], &[Some("g/1"), Some("h/2")]);
        check(&[("1", "g", &["a"]), ("2", "g", &["b"])], &[Some("g/1"), Some("g/2")]);
        let joined = [("2", "g", &["a"][..]), ("1", "g", &["b"]), ("3", "g", &["c"]), ("4", "g", &["a", "b", "c"])];
        check(&joined, &[Some("g/1"); 4]);
        check(&[("1", "", &["a"])], &[None]);
    }
}
