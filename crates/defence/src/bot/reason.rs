//! Why a client looks like a program, and what each reason weighs.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $name:literal $points:literal,)*) => {
        /// One reason.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// All, in the order in which `Reasons` lists them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in events.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it adds to a score of 0 to 100.
            pub fn points(self) -> u8 {
                match self { $(Self::$variant => $points,)* }
            }
        }
    };
}

reasons! {
    ScannerAgent "scanner_agent" 90,
    ScraperAgent "scraper_agent" 60,
    ToolAgent "tool_agent" 45,
    /// A browser that says that a program drives it.
    DrivenBrowser "driven_browser" 45,
    RobotAgent "robot_agent" 45,
    UnknownAgent "unknown_agent" 30,
    NoAgent "no_agent" 50,
    /// Whoever turns out not to be one is a scraper; that is for who asks the DNS.
    ClaimsSearchEngine "claims_search_engine" 10,
    /// Chrome sends `Sec-Fetch-*` with every request over HTTPS since version 76.
    NoFetchMetadata "no_fetch_metadata" 30,
    NoAccept "no_accept" 20,
    NoAcceptLanguage "no_accept_language" 20,
    /// No browser of this century; but some old proxies.
    OldProtocol "old_protocol" 10,
    /// Somebody at this address followed a link that no person sees. Others may be there, too: by itself it is worth a challenge
    /// and no refusal.
    Trapped "trapped" 60,
    ManyNotFound "many_not_found" 40,
    ManyPaths "many_paths" 25,
    VeryManyPaths "very_many_paths" 45,
}

/// A set of reasons.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Reasons(u32);

impl Reasons {
    pub(super) fn add(&mut self, reason: Reason) {
        self.0 |= bit(reason);
    }

    pub fn contains(self, reason: Reason) -> bool {
        self.0 & bit(reason) != 0
    }

    /// The reasons of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }

    /// The sum of their points, at most 100.
    pub fn score(self) -> u8 {
        self.iter().map(Reason::points).fold(0, u8::saturating_add).min(100)
    }
}

impl fmt::Debug for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Reason::name)).finish()
    }
}

fn bit(reason: Reason) -> u32 {
    1 << (reason as u8)
}
