//! Areas of an application: what stands under a path, and who may enter it (敏感标记, 访问控制 e and f).
//!
//! A path is asked about in every reading that a server may make of it. What restricts adds up over all areas that match any
//! reading; what opens (no login needed, no activity) counts only when the nearest area says so in every reading.
//! Upper and lower case are the same, of paths and of methods: there are servers for which they are.

#[cfg(test)]
mod tests;

use medward_contract::identity::{PriorityClass, Subject};
use medward_contract::{Role, SensitivityLabel};

/// Longest prefix, bytes.
const MAX_PREFIX_BYTES: usize = 256;

/// A part of an application.
#[derive(Debug, Clone, Default)]
pub struct Area {
    /// Begins with `/`; whole segments.
    pub path_prefix: String,
    /// Methods it is about; none is every one.
    pub methods: Vec<String>,
    /// Nobody needs to sign in: pictures of the login page, callbacks.
    pub is_public: bool,
    /// Pages ask for it by themselves, so it does not keep a session alive.
    pub is_polling: bool,
    /// Roles of which one is needed; none is no condition.
    pub roles: Vec<Role>,
    /// Departments of which one is needed; none is no condition.
    pub departments: Vec<String>,
    /// How sensitive it is.
    pub label: Option<SensitivityLabel>,
    /// How important it is, where that is less than the person, or nobody knows the person.
    pub priority: Option<PriorityClass>,
}

/// Why areas cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// The prefix is none.
    #[error("the path prefix {0:?} must begin with / and hold no blanks, `?`, `#`, `%` or `;`, in at most 256 bytes")]
    Prefix(String),
    /// A public area that asks for something.
    #[error("{0:?} is open to everybody, so it cannot ask for roles, departments or a label")]
    PublicAndNot(String),
    /// Two areas say something about the same.
    #[error("{0:?} stands twice for the same methods")]
    Twice(String),
}

/// All areas of an application, the nearest first.
#[derive(Debug, Default)]
pub struct Areas(Vec<Compiled>);

#[derive(Debug)]
struct Compiled {
    /// Without the `/` at its end, so that of everything is empty.
    prefix: Vec<u8>,
    area: Area,
}

/// What stands on a path.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// Nobody needs to sign in.
    pub is_public: bool,
    /// It does not keep a session alive.
    pub is_polling: bool,
    /// The highest label.
    pub label: Option<SensitivityLabel>,
    /// The least important class.
    pub priority: Option<PriorityClass>,
    restricting: Vec<&'a Area>,
}

/// Why somebody may not enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// None of the roles.
    Role,
    /// None of the departments.
    Department,
    /// The clearance is too low.
    Label,
}

impl Denied {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Department => "department",
            Self::Label => "label",
        }
    }
}

impl Areas {
    /// # Errors
    /// When an area is wrong in itself, or stands twice.
    pub fn new(areas: Vec<Area>) -> Result<Self, AreaError> {
        let mut compiled: Vec<Compiled> = Vec::with_capacity(areas.len());
        for area in areas {
            let text = &area.path_prefix;
            let plain = text.starts_with('/')
                && text.len() <= MAX_PREFIX_BYTES
                && !text.contains(|c: char| c.is_control() || " ?#%;\\".contains(c))
                && !text.contains("//");
            if !plain {
                return Err(AreaError::Prefix(text.clone()));
            }
            let asks = !area.roles.is_empty() || !area.departments.is_empty() || area.label.is_some();
            if area.is_public && asks {
                return Err(AreaError::PublicAndNot(text.clone()));
            }
            let prefix = text.trim_end_matches('/').to_ascii_lowercase().into_bytes();
            if compiled.iter().any(|other| other.prefix == prefix && other.area.methods == area.methods) {
                return Err(AreaError::Twice(text.clone()));
            }
            compiled.push(Compiled { prefix, area });
        }
        compiled.sort_by_key(|compiled| std::cmp::Reverse(compiled.prefix.len()));
        Ok(Self(compiled))
    }

    /// What is asked of a request with this method whose path may be read in these ways.
    pub fn ask<'a>(&'a self, method: &[u8], readings: &[&[u8]]) -> Asked<'a> {
        let mut asked = Asked { is_public: !readings.is_empty(), is_polling: !readings.is_empty(), ..Asked::default() };
        for path in readings {
            let matching: Vec<_> = self.0.iter().filter(|compiled| compiled.is_about(method, path)).collect();
            // Several may be as near: one for all methods, and one for this.
            let length = matching.first().map(|compiled| compiled.prefix.len());
            let nearest = || matching.iter().filter(|compiled| Some(compiled.prefix.len()) == length);
            asked.is_public &= length.is_some() && nearest().all(|compiled| compiled.area.is_public);
            asked.is_polling &= length.is_some() && nearest().all(|compiled| compiled.area.is_polling);
            for compiled in matching {
                let area = &compiled.area;
                asked.label = asked.label.max(area.label);
                asked.priority = asked.priority.max(area.priority);
                asked.restricting.push(area);
            }
        }
        asked
    }
}

impl Compiled {
    fn is_about(&self, method: &[u8], path: &[u8]) -> bool {
        let Some((begin, rest)) = path.split_at_checked(self.prefix.len()) else { return false };
        let is_below = begin.eq_ignore_ascii_case(&self.prefix) && ends_name(rest);
        let methods = &self.area.methods;
        // Whoever may read may ask whether there is something to read.
        let named = |wanted: &String| {
            method.eq_ignore_ascii_case(wanted.as_bytes())
                || (wanted.eq_ignore_ascii_case("GET") && method.eq_ignore_ascii_case(b"HEAD"))
        };
        is_below && (methods.is_empty() || methods.iter().any(named))
    }
}

/// Whether a name ends here: nothing more of it, or what some servers drop, dots and blanks (Windows) and `:` with a stream (NTFS).
fn ends_name(rest: &[u8]) -> bool {
    let left = rest.split(|byte| matches!(byte, b'/' | b';')).next().unwrap_or_default();
    let dropped = left.iter().take_while(|byte| matches!(byte, b'.' | b' ')).count();
    matches!(left.get(dropped), None | Some(b':' | b'?' | b'#'))
}

impl Asked<'_> {
    /// Whether this person may enter.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn admits(&self, subject: &Subject) -> Result<(), Denied> {
        for area in &self.restricting {
            if !area.roles.is_empty() && !area.roles.iter().any(|role| subject.roles.contains(role)) {
                return Err(Denied::Role);
            }
            let departments = &area.departments;
            if !departments.is_empty() && !departments.iter().any(|name| subject.departments.contains(name)) {
                return Err(Denied::Department);
            }
            if area.label.is_some_and(|label| subject.clearance < label) {
                return Err(Denied::Label);
            }
        }
        Ok(())
    }

    /// The class of a visitor whom nobody knows: that of the area, else the lowest.
    pub fn class_of_anybody(&self) -> PriorityClass {
        self.priority.unwrap_or(PriorityClass::LOWEST)
    }

    /// The class in which this person's request stands: that of the less important of the two, but for those who are never
    /// turned away.
    pub fn class_of(&self, subject: &Subject) -> PriorityClass {
        let own = subject.priority;
        if own.is_protected() { own } else { self.priority.map_or(own, |area| area.max(own)) }
    }
}
