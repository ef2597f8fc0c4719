//! What a parsed expression is made of, as far as the grammar asks.

/// What occurred in an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Shape(u16);

impl Shape {
    pub(super) const LITERAL: Self = Self(1);
    pub(super) const NAME: Self = Self(2);
    pub(super) const VARIABLE: Self = Self(4);
    /// A call of a function that SQL knows.
    pub(super) const FUNCTION: Self = Self(8);
    /// A call of some other function.
    pub(super) const CALL: Self = Self(16);
    /// A call that waits or does harm.
    pub(super) const DANGER: Self = Self(32);
    /// `(select … )`.
    pub(super) const SUBSELECT: Self = Self(64);
    /// `case … end`.
    pub(super) const CASE: Self = Self(128);
    pub(super) const COMPARISON: Self = Self(256);
    /// A comparison whose outcome does not depend on any row.
    pub(super) const FIXED: Self = Self(512);
    pub(super) const STAR: Self = Self(1024);
    pub(super) const ARITHMETIC: Self = Self(2048);
    /// A name made of several, `mysql.user`.
    pub(super) const DOTTED: Self = Self(4096);
    /// A table or function that tells about the server.
    pub(super) const SCHEMA: Self = Self(8192);
    /// It is longer than what is read of one: nothing is known of the rest.
    pub(super) const UNREAD: Self = Self(16384);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Nothing that a row or the server decides.
    pub(super) const fn is_fixed(self) -> bool {
        self.has(Self::LITERAL)
            && !self.has(Self::NAME.with(Self::VARIABLE).with(Self::FUNCTION).with(Self::CALL).with(Self::SUBSELECT))
    }

    /// No people write this in prose.
    pub(super) const fn is_strong(self) -> bool {
        self.has(Self::FUNCTION.with(Self::DANGER).with(Self::SUBSELECT).with(Self::CASE))
    }
}

/// What a parse read: up to which token, and what occurred.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    pub(super) end: usize,
    pub(super) shape: Shape,
}

/// A list of selected columns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Selected {
    pub(super) end: usize,
    pub(super) shape: Shape,
    pub(super) columns: usize,
    /// A `from` with something that can be a table follows.
    pub(super) from: bool,
}
