//! Which log source an event comes from, and so which rules it meets (vault.md §10).
//!
//! The set is closed: one source for each kind of event, and a few of other products whose records Medward's own events stand
//! for, so that public rules for them apply. Invariant: a rule meets an event only if every part it names equals that of one of
//! the event's sources.

use medward_contract::event::{Dataset, Field, Stream};

use crate::view::{EventView, Value};

/// Product, service and category, as a rule's `logsource` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogSource {
    /// `medward`, or the product whose log an event was parsed from.
    pub product: &'static str,
    /// The stream, or a service of the product.
    pub service: Option<&'static str>,
    /// Sigma's category, where there is one.
    pub category: Option<&'static str>,
}

/// A product other than Medward whose records some events stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// Parsed from a line of sshd.
    LinuxSshd,
    /// Parsed from a line of sudo.
    LinuxSudo,
    /// Parsed from another line of the authentication log.
    LinuxAuth,
    /// A process on a Linux host.
    LinuxProcess,
    /// A file on a Linux host.
    LinuxFile,
    /// A process on a Windows host.
    WindowsProcess,
    /// A file on a Windows host.
    WindowsFile,
}

impl Foreign {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LinuxSshd,
        Self::LinuxSudo,
        Self::LinuxAuth,
        Self::LinuxProcess,
        Self::LinuxFile,
        Self::WindowsProcess,
        Self::WindowsFile,
    ];

    const fn log_source(self) -> LogSource {
        let (product, service, category) = match self {
            Self::LinuxSshd => ("linux", Some("sshd"), None),
            Self::LinuxSudo => ("linux", Some("sudo"), None),
            Self::LinuxAuth => ("linux", Some("auth"), None),
            Self::LinuxProcess => ("linux", None, Some("process_creation")),
            Self::LinuxFile => ("linux", None, Some("file_event")),
            Self::WindowsProcess => ("windows", None, Some("process_creation")),
            Self::WindowsFile => ("windows", None, Some("file_event")),
        };
        LogSource { product, service, category }
    }
}

/// One source of the closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Medward's own, by the kind of event.
    Native(Dataset),
    /// Another product's.
    Foreign(Foreign),
}

impl Source {
    /// Every source there is; [`Source::index`] counts along it.
    pub fn all() -> impl Iterator<Item = Self> {
        Dataset::ALL.iter().copied().map(Self::Native).chain(Foreign::ALL.map(Self::Foreign))
    }

    /// Position in [`Source::all`].
    pub fn index(self) -> usize {
        // Both sets are declared in the order of their `ALL`; a test says so.
        match self {
            Self::Native(dataset) => dataset as usize,
            Self::Foreign(foreign) => Dataset::ALL.len() + foreign as usize,
        }
    }

    /// Product, service and category.
    pub const fn log_source(self) -> LogSource {
        match self {
            Self::Foreign(foreign) => foreign.log_source(),
            Self::Native(dataset) => LogSource {
                product: "medward",
                service: Some(dataset.stream().as_str()),
                category: category_of(dataset),
            },
        }
    }
}

const fn category_of(dataset: Dataset) -> Option<&'static str> {
    match dataset {
        Dataset::HostProcess => return Some("process_creation"),
        Dataset::HostFile => return Some("file_event"),
        Dataset::HostMalware => return Some("antivirus"),
        _ => {}
    }
    match dataset.stream() {
        Stream::Access => Some("webserver"),
        Stream::Waf => Some("waf"),
        Stream::Dbaudit => Some("database"),
        Stream::Network => Some("firewall"),
        _ => None,
    }
}

/// The sources of one event: its own, and at most one other product's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    native: Source,
    foreign: Option<Source>,
}

impl Sources {
    /// Reads them off the event: its kind, what it was parsed from, and the operating system of its host (`host.os.type`).
    pub fn of(event: &dyn EventView) -> Self {
        let dataset = event.dataset();
        Self { native: Source::Native(dataset), foreign: foreign_of(event, dataset).map(Source::Foreign) }
    }

    /// Its own first.
    pub fn iter(self) -> impl Iterator<Item = Source> {
        std::iter::once(self.native).chain(self.foreign)
    }
}

fn foreign_of(event: &dyn EventView, dataset: Dataset) -> Option<Foreign> {
    let text = |name| match event.field(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    let os = || text("host.os.type");
    match dataset {
        Dataset::HostLogin | Dataset::HostPrivilege | Dataset::HostAccount => {
            // Only what was parsed from somebody's log line has the line.
            event.field(Field::EventOriginal.name())?;
            match text(Field::ProcessName.name()) {
                Some("sshd") => Some(Foreign::LinuxSshd),
                Some("sudo") => Some(Foreign::LinuxSudo),
                _ => Some(Foreign::LinuxAuth),
            }
        }
        Dataset::HostProcess if os() == Some("windows") => Some(Foreign::WindowsProcess),
        Dataset::HostProcess if os() == Some("linux") => Some(Foreign::LinuxProcess),
        Dataset::HostFile if os() == Some("windows") => Some(Foreign::WindowsFile),
        Dataset::HostFile if os() == Some("linux") => Some(Foreign::LinuxFile),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use medward_contract::Timestamp;
    use medward_contract::event::Event;

    use super::*;

    #[test]
    fn index_counts_along_the_closed_set() {
        for (position, source) in Source::all().enumerate() {
            assert_eq!(source.index(), position, "{source:?}");
        }
    }

    fn check(event: Event, expected: &[(&str, Option<&str>, Option<&str>)]) {
        let sources: Vec<_> = Sources::of(&event)
            .iter()
            .map(Source::log_source)
            .map(|source| (source.product, source.service, source.category))
            .collect();
        assert_eq!(sources, expected, "{}", event.dataset);
    }

    fn event(dataset: Dataset) -> Event {
        Event::new(dataset, "x", Timestamp::from_micros(0))
    }

    #[test]
    fn source_follows_kind_log_line_and_operating_system() {
        check(event(Dataset::AccessRequest), &[("medward", Some("access"), Some("webserver"))]);
        check(event(Dataset::WafAttack), &[("medward", Some("waf"), Some("waf"))]);
        check(event(Dataset::DbauditStatement), &[("medward", Some("dbaudit"), Some("database"))]);
        check(event(Dataset::HostMalware), &[("medward", Some("host"), Some("antivirus"))]);
        check(event(Dataset::NetworkFirewall), &[("medward", Some("network"), Some("firewall"))]);
        check(event(Dataset::SmsMessage), &[("medward", Some("sms"), None)]);
        check(event(Dataset::HostLogin), &[("medward", Some("host"), None)]);
        check(
            event(Dataset::HostLogin).set(Field::EventOriginal, b"line".to_vec()).set(Field::ProcessName, "sshd"),
            &[("medward", Some("host"), None), ("linux", Some("sshd"), None)],
        );
        check(
            event(Dataset::HostProcess).attr("host.os.type", "windows"),
            &[("medward", Some("host"), Some("process_creation")), ("windows", None, Some("process_creation"))],
        );
    }
}
