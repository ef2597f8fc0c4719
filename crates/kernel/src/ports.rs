//! Ports between capabilities, filled in two phases: capabilities ask for a port while they are built and get an
//! empty one; `medward` fills it afterwards, with the owner's implementation or the honest stand-in (`ports.md` D).

use std::any::{Any, TypeId, type_name};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use medward_contract::PortError;

/// A port that will be filled before anything runs.
pub struct Port<T: ?Sized>(Arc<OnceLock<Arc<T>>>);

impl<T: ?Sized> Clone for Port<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> std::fmt::Debug for Port<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Port<{}>({})", type_name::<T>(), if self.0.get().is_some() { "filled" } else { "empty" })
    }
}

impl<T: ?Sized> Port<T> {
    /// A port filled with `owner` from the beginning, for tests and kits.
    pub fn filled(owner: Arc<T>) -> Self {
        Self(Arc::new(OnceLock::from(owner)))
    }

    /// The implementation, or `Unavailable` while start-up has not filled the port.
    pub fn get(&self) -> Result<&Arc<T>, PortError> {
        self.0.get().ok_or(PortError::Unavailable("a port before start-up filled it"))
    }
}

/// All ports of one process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Ports(Arc<Mutex<BTreeMap<TypeId, Slot>>>);

struct Slot {
    name: &'static str,
    /// `Arc<OnceLock<Arc<T>>>` of the slot's `T`.
    cell: Box<dyn Any + Send>,
    filled: bool,
    given_by: Option<&'static str>,
    users: Vec<&'static str>,
}

/// A port that nobody gives, or two give.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PortsError {
    /// Used but never filled.
    #[error("wire port {port}: nobody gives it, {} use it", users.join(", "))]
    Unfilled {
        /// The port.
        port: &'static str,
        /// Who asked for it.
        users: Vec<&'static str>,
    },
    /// Filled twice.
    #[error("wire port {port}: given by {first} and by {second}")]
    GivenTwice {
        /// The port.
        port: &'static str,
        /// Who gave it first.
        first: &'static str,
        /// Who gave it again.
        second: &'static str,
    },
}

impl Ports {
    /// The port, for `user`; filled before phase Listen.
    pub fn port<T: ?Sized + Send + Sync + 'static>(&self, user: &'static str) -> Port<T> {
        self.with_slot::<T, _>(|slot, cell| {
            slot.users.push(user);
            Port(cell)
        })
    }

    /// Fills the port with `owner`'s implementation.
    pub fn give<T: ?Sized + Send + Sync + 'static>(
        &self,
        owner: &'static str,
        implementation: Arc<T>,
    ) -> Result<(), PortsError> {
        self.with_slot::<T, _>(|slot, cell| {
            if cell.set(implementation).is_err() {
                return Err(PortsError::GivenTwice {
                    port: slot.name,
                    first: slot.given_by.unwrap_or("?"),
                    second: owner,
                });
            }
            slot.filled = true;
            slot.given_by = Some(owner);
            Ok(())
        })
    }

    /// Whether somebody has filled the port.
    pub fn is_given<T: ?Sized + Send + Sync + 'static>(&self) -> bool {
        self.with_slot::<T, _>(|slot, _| slot.filled)
    }

    /// Fails with the first port that is used but not filled.
    pub fn check(&self) -> Result<(), PortsError> {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match slots.values().find(|slot| !slot.filled && !slot.users.is_empty()) {
            Some(slot) => Err(PortsError::Unfilled { port: slot.name, users: slot.users.clone() }),
            None => Ok(()),
        }
    }

    fn with_slot<T: ?Sized + Send + Sync + 'static, R>(
        &self,
        work: impl FnOnce(&mut Slot, Arc<OnceLock<Arc<T>>>) -> R,
    ) -> R {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(TypeId::of::<T>()).or_insert_with(|| Slot {
            name: type_name::<T>(),
            cell: Box::new(Arc::new(OnceLock::<Arc<T>>::new())),
            filled: false,
            given_by: None,
            users: Vec::new(),
        });
        // The slot of a TypeId always holds that type's cell; a fresh cell stands in for the impossible case.
        let cell = slot.cell.downcast_ref::<Arc<OnceLock<Arc<T>>>>().cloned().unwrap_or_default();
        work(slot, cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    trait Weather: Send + Sync {
        fn degrees(&self) -> i32;
    }

    struct Cold;

    impl Weather for Cold {
        fn degrees(&self) -> i32 {
            -3
        }
    }

    #[test]
    fn port_asked_for_before_it_is_given_reaches_the_owner() {
        let ports = Ports::default();
        let port = ports.port::<dyn Weather>("gateway");
        assert!(port.get().is_err());
        ports.give::<dyn Weather>("watch", Arc::new(Cold)).unwrap();
        assert_eq!(port.get().unwrap().degrees(), -3);
        assert!(ports.check().is_ok());
    }

    #[test]
    fn unfilled_port_names_its_users() {
        let ports = Ports::default();
        drop(ports.port::<dyn Weather>("gateway"));
        let error = ports.check().unwrap_err().to_string();
        assert!(error.contains("Weather") && error.contains("gateway"), "{error}");
    }

    #[test]
    fn second_owner_is_refused() {
        let ports = Ports::default();
        ports.give::<dyn Weather>("watch", Arc::new(Cold)).unwrap();
        assert!(matches!(
            ports.give::<dyn Weather>("desk", Arc::new(Cold)),
            Err(PortsError::GivenTwice { first: "watch", .. })
        ));
    }
}
