//! The tests at the leaves of a compiled condition.

use memchr::memmem::Finder;
use regex::bytes::Regex;

use super::{Fact, Facts, Named, Number, Text};
use crate::address::AddressSet;

/// One leaf. `negated` turns an answer around, but never makes a field true that nobody knows.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) negated: bool,
    pub(super) asked: Asked,
}

#[derive(Debug, Clone)]
pub(super) enum Asked {
    Ip(AddressSet),
    IpGroup(Box<[Box<str>]>),
    Text(Text, TextTest),
    Number(Number, NumberTest),
    Named(Named, TextTest),
}

#[derive(Debug, Clone)]
pub(super) enum TextTest {
    /// Sorted.
    OneOf(Box<[Box<[u8]>]>),
    Prefix(Box<[u8]>),
    Suffix(Box<[u8]>),
    Contains(Box<Finder<'static>>),
    Regex(Box<Regex>),
    Exists,
}

#[derive(Debug, Clone)]
pub(super) enum NumberTest {
    OneOf(Box<[u64]>),
    Above(u64),
    Below(u64),
    Exists,
}

impl Test {
    /// Whether it holds; nothing when nobody knows.
    pub(super) fn answer(&self, facts: &dyn Facts) -> Option<bool> {
        let answer = match &self.asked {
            Asked::Ip(set) => Fact::Is(set.contains(facts.ip())),
            Asked::IpGroup(names) => Fact::Is(names.iter().any(|name| facts.in_address_group(name))),
            Asked::Text(Text::Method, test) => {
                facts.text(Text::Method).map(|method| test.accepts(&method.to_ascii_uppercase()))
            }
            Asked::Text(field, test) => facts.text(*field).map(|value| test.accepts(value)),
            Asked::Number(field, test) => facts.number(*field).map(|value| test.accepts(value)),
            Asked::Named(field, test) => facts.each(field, &mut |value| test.accepts(value)),
        };
        match answer {
            Fact::Unknown if self.asks_existence() => Some(self.negated),
            Fact::NotYet | Fact::Unknown => None,
            Fact::Absent => Some(self.negated),
            Fact::Is(answer) => Some(answer != self.negated),
        }
    }

    fn asks_existence(&self) -> bool {
        matches!(
            self.asked,
            Asked::Text(_, TextTest::Exists) | Asked::Named(_, TextTest::Exists) | Asked::Number(_, NumberTest::Exists)
        )
    }

    pub(super) fn address_groups(&self) -> impl Iterator<Item = &str> {
        let names: &[Box<str>] = if let Asked::IpGroup(names) = &self.asked { names } else { &[] };
        names.iter().map(|name| &**name)
    }
}

impl<T> Fact<T> {
    fn map<U>(self, answer: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::NotYet => Fact::NotYet,
            Self::Unknown => Fact::Unknown,
            Self::Absent => Fact::Absent,
            Self::Is(value) => Fact::Is(answer(value)),
        }
    }
}

impl TextTest {
    fn accepts(&self, value: &[u8]) -> bool {
        match self {
            Self::OneOf(values) => values.binary_search_by(|one| (**one).cmp(value)).is_ok(),
            Self::Prefix(prefix) => value.starts_with(prefix),
            Self::Suffix(suffix) => value.ends_with(suffix),
            Self::Contains(finder) => finder.find(value).is_some(),
            Self::Regex(pattern) => pattern.is_match(value),
            Self::Exists => true,
        }
    }
}

impl NumberTest {
    fn accepts(&self, value: u64) -> bool {
        match self {
            Self::OneOf(values) => values.contains(&value),
            Self::Above(bound) => value > *bound,
            Self::Below(bound) => value < *bound,
            Self::Exists => true,
        }
    }
}
