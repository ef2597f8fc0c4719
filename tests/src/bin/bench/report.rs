//! What people read: the table on the terminal and `docs/benchmarks.md`.

use std::fmt::Write as _;

use crate::figures::Row;

const HEAD: [&str; 9] = ["name", "unit", "ours", "peer", "peer name", "ratio", "goal", "met", "date"];

fn cells(row: &Row) -> [String; 9] {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let met = match (row.met, &row.gap, &row.goal) {
        (Some(true), ..) => "yes",
        (Some(false), ..) => "MISSED",
        (None, Some(_), _) => "GAP",
        (None, None, Some(_)) => "DOUBTFUL",
        (None, None, None) => "-",
    };
    [
        row.name.clone(),
        row.unit.clone(),
        number(row.ours),
        number(row.peer),
        row.peer_name.clone(),
        number(row.ratio),
        row.goal.clone().unwrap_or_else(|| "-".to_owned()),
        met.to_owned(),
        row.date.clone(),
    ]
}

/// Aligned columns, one line per row, gaps explained below.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let mut widths = [0; 9];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _infallible = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    for remark in remarks(rows) {
        let _infallible = writeln!(text, "{remark}");
    }
    text
}

/// What the reader must know beside the figures: one sentence per missed goal, gap and doubt.
fn remarks(rows: &[Row]) -> Vec<String> {
    let mut remarks = Vec::new();
    for row in rows {
        let [name, unit, ours, _, _, ratio, goal, ..] = cells(row);
        if row.met == Some(false) {
            let ratio = row.ratio.map(|_| format!(", ratio {ratio}")).unwrap_or_default();
            remarks.push(format!("`{name}` misses its goal ({goal}): ours {ours} {unit}{ratio}."));
        }
        if let Some(why) = &row.gap {
            remarks.push(format!("`{name}` could not be measured: {why}."));
        }
        if let Some(why) = &row.doubt {
            remarks.push(format!("`{name}` is doubtful: {why}."));
        }
    }
    remarks
}

/// `docs/benchmarks.md`. `methods` says for each area how it is measured.
pub(crate) fn page(rows: &[Row], machine: &str, methods: &[(&str, &str)]) -> String {
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `make bench` together with `benchmarks.json`; not edited by hand. `make bench ONLY=gateway` runs one \
         area and keeps the rows of the others. Ours and the peer run alternately in one run; the figures are medians of \
         whole rounds, `ratio` is ours / peer where the goal does not say otherwise. A round in which other machines took more than \
         a tenth of the core away is repeated; of at most three times as many, the least disturbed count.\n\n\
         Last run on: {machine}.\n\n"
    );
    let _infallible = writeln!(text, "| {} |\n|{}", HEAD.join(" | "), "---|".repeat(HEAD.len()));
    for row in rows {
        let _infallible = writeln!(text, "| {} |", cells(row).join(" | "));
    }
    text.push_str("\n## Missed goals, gaps and doubts\n\n");
    let remarks = remarks(rows);
    if remarks.is_empty() {
        text.push_str("None.\n");
    }
    for remark in remarks {
        let _infallible = writeln!(text, "- {remark}");
    }
    for (area, method) in methods {
        let _infallible = write!(text, "\n## How `{area}` is measured\n\n{method}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::OFF;

    #[test]
    fn missed_goals_and_gaps_are_said_in_words() {
        let rows = [OFF.row(5.0, 10.0, "nginx 1.22.1", "2026-07-31"), OFF.gap("wrk is missing", "nginx", "2026-07-31")];
        let page = page(&rows, "2 cores", &[("gateway", "Alternately.\n")]);
        assert!(page.contains("| gateway.off | requests/s | 5 | 10 | nginx 1.22.1 | 0.5 | ratio >= 0.6 | MISSED |"));
        assert!(page.contains("- `gateway.off` misses its goal (ratio >= 0.6): ours 5 requests/s, ratio 0.5.\n"));
        assert!(page.contains("- `gateway.off` could not be measured: wrk is missing.\n"));
        assert!(page.contains("Last run on: 2 cores.\n"));
        assert!(page.ends_with("## How `gateway` is measured\n\nAlternately.\n"));
        assert!(!page.contains("None."));
        let table = table(&rows);
        assert!(table.contains("MISSED") && table.contains("GAP"), "{table}");
        assert!(table.ends_with("`gateway.off` could not be measured: wrk is missing.\n"));
    }

    #[test]
    fn a_doubt_is_said_in_words() {
        let row = OFF.row(9.0, 10.0, "nginx", "2026-07-31").doubted(Some("a build ran"));
        let page = page(&[row], "2 cores", &[]);
        assert!(
            page.contains("| DOUBTFUL |") && page.ends_with("\n- `gateway.off` is doubtful: a build ran.\n"),
            "{page}"
        );
    }

    #[test]
    fn a_run_without_misses_says_so() {
        let page = page(&[OFF.row(9.0, 10.0, "nginx", "2026-07-31")], "2 cores", &[]);
        assert!(page.ends_with("## Missed goals, gaps and doubts\n\nNone.\n"));
    }
}
