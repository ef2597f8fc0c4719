//! What a link looks at: the values it names, less those it leaves out.

use crate::lang::ast::{Selector, Use, Variable};
use crate::var::Collection;

/// The variables of one link.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    pub(crate) included: Vec<Wanted>,
    excluded: Vec<(Collection, Selector)>,
}

/// One variable that is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) collection: Collection,
    pub(crate) selector: Selector,
    /// Only how many there are is looked at.
    pub(crate) count: bool,
}

impl Targets {
    pub(crate) fn new(variables: &[Variable]) -> Self {
        let mut targets = Self::default();
        for Variable { collection, use_, selector } in variables {
            if *use_ == Use::Exclude {
                targets.excluded.push((*collection, selector.clone()));
            } else {
                let (collection, selector) = (*collection, selector.clone());
                targets.included.push(Wanted { collection, selector, count: *use_ == Use::Count });
            }
        }
        targets
    }

    /// Whether the value `name` of `collection` is looked at.
    pub(crate) fn cover(&self, collection: Collection, name: &[u8]) -> bool {
        self.position(collection, name).is_some()
    }

    /// Which of the variables a value is looked at for: the first that means it.
    pub(crate) fn position(&self, collection: Collection, name: &[u8]) -> Option<usize> {
        let position = self.included.iter().position(|wanted| !wanted.count && wanted.covers(collection, name))?;
        (!self.exclude(collection, name)).then_some(position)
    }

    /// Whether a value is left out.
    pub(crate) fn exclude(&self, collection: Collection, name: &[u8]) -> bool {
        self.excluded.iter().any(|(left_out, selector)| left_out.includes(collection) && selector.covers(name))
    }

    /// Whether any value of `collection` can be meant.
    pub(crate) fn touch(&self, collection: Collection) -> bool {
        self.included.iter().any(|wanted| wanted.collection.includes(collection))
    }

    /// Whether all it looks at came with the request or response, so that it can be scanned for.
    pub(crate) fn can_be_scanned(&self) -> bool {
        self.included.iter().all(|wanted| !wanted.count && !wanted.collection.is_made_by_rules())
    }
}

impl Wanted {
    pub(crate) fn covers(&self, collection: Collection, name: &[u8]) -> bool {
        self.collection.includes(collection) && self.selector.covers(name)
    }
}
