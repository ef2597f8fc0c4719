//! The portal's text templates (SMS and letter previews), too clever by half: what stands in `{{…}}`, `${…}`, `#{…}` or `<%=…%>` is computed.
//!
//! Names come from the caller; integer arithmetic and `config.items()` also work, which is the template injection (SSTI).
//! `${jndi:…}` style lookups are [`super::lookup`]'s.

const BRACKETS: [(&str, &str); 4] = [("{{", "}}"), ("${", "}"), ("#{", "}"), ("<%=", "%>")];

/// Renders `template`; an expression that means nothing stays as written.
pub(crate) fn render(template: &str, names: &[(&str, &str)], config: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, open, close, after)) = next_open(rest) {
        out.push_str(before);
        let Some((expression, tail)) = after.split_once(close) else {
            out.push_str(open);
            rest = after;
            continue;
        };
        let as_written = || format!("{open}{expression}{close}");
        out.push_str(&value(expression.trim(), names, config).unwrap_or_else(as_written));
        rest = tail;
    }
    out.push_str(rest);
    out
}

type Open<'a> = (&'a str, &'static str, &'static str, &'a str);

fn next_open(text: &str) -> Option<Open<'_>> {
    let found = BRACKETS.iter().filter_map(|(open, close)| {
        let (before, after) = text.split_once(open)?;
        Some((before, *open, *close, after))
    });
    found.min_by_key(|(before, ..)| before.len())
}

fn value(expression: &str, names: &[(&str, &str)], config: &str) -> Option<String> {
    if let Some((_, value)) = names.iter().find(|(name, _)| *name == expression) {
        return Some((*value).to_owned());
    }
    if matches!(expression, "config" | "config.items()" | "self.__init__.__globals__") {
        return Some(config.to_owned());
    }
    arithmetic(expression).map(|value| value.to_string())
}

/// Two integers with one operator.
fn arithmetic(expression: &str) -> Option<i64> {
    let at = expression.find(['*', '+', '-', '/'])?;
    let (left, rest) = expression.split_at_checked(at)?;
    let operator = rest.chars().next()?;
    let left: i64 = left.trim().parse().ok()?;
    let right: i64 = rest.trim_start_matches(operator).trim().parse().ok()?;
    match operator {
        '*' => left.checked_mul(right),
        '+' => left.checked_add(right),
        '-' => left.checked_sub(right),
        _ => left.checked_div(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expected: &str) {
        assert_eq!(render(template, &[("name", "林小满")], "[config]"), expected);
    }

    #[test]
    fn names_are_filled_in() {
        check("尊敬的{{name}}，请 ${ name } 按时就诊", "尊敬的林小满，请 林小满 按时就诊");
    }

    #[test]
    fn arithmetic_and_config_are_computed() {
        check("{{7*191}} ${7*191} #{ 7 + 1 } <%= 9/3 %>", "1337 1337 8 3");
        check("{{config.items()}}", "[config]");
    }

    #[test]
    fn what_means_nothing_stays() {
        check("{{unknown}} ${a", "{{unknown}} ${a");
        check("{{1/0}}", "{{1/0}}");
    }
}
