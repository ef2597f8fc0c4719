#[test]
fn slow_rules() {
    use std::time::Instant;
    let program = crate::policy::balanced().unwrap();
    let mut rows = Vec::new();
    for piece in [
        "患者主诉:头晕、乏力3天;既往史: 'hypertension' 10 years, and so on. ",
        "..%2f..%2f..%2fetc",
        "../../../etc",
        "${7*",
        "${",
        "..%2f..%2f",
        "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">",
        "C:\\Windows\\System32\\drive",
    ] {
        let body = piece.repeat(1_000_000 / piece.len());
        for rule in &program.rules {
            for link in &rule.links {
                let mut best = u128::MAX;
                let mut f = None;
                for _ in 0..6 {
                    let t = Instant::now();
                    f = link.operator.find(body.as_bytes());
                    best = best.min(t.elapsed().as_micros());
                }
                rows.push((best, rule.id.clone(), piece, f.is_some()));
            }
        }
    }
    rows.sort();
    for row in rows.iter().rev().take(25) {
        println!("{row:?}");
    }
}
#[test]
fn show_req() {
    let program = crate::policy::balanced().unwrap();
    for rule in &program.rules {
        match rule.links[0].operator.requirement() {
            crate::op::Requirement::Literals(l) => {
                let short: Vec<_> =
                    l.iter().filter(|l| l.len() < 4).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
                println!("REQ {} {} short {:?}", rule.id, l.len(), &short[..short.len().min(30)]);
            }
            other => println!("REQ {} {:?}", rule.id, other),
        }
    }
}
