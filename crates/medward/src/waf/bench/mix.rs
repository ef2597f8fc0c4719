//! The requests that are measured (waf.md §10): four kinds, sixteen of each with values of their own, so that nothing can
//! be remembered from request to request.

use anyhow::{Context as _, Result, ensure};
use medward_waf::Head;
use medward_waf::http1::{BodyFraming, HeadScanner};

/// Files of `benches/mix/`: requests as they would follow each other on one connection.
const FILES: [(&str, bool, &[u8]); 4] = [
    ("get", false, include_bytes!("../../../../../benches/mix/get.http")),
    ("form", false, include_bytes!("../../../../../benches/mix/form.http")),
    ("json", false, include_bytes!("../../../../../benches/mix/json.http")),
    ("sqli", true, include_bytes!("../../../../../benches/mix/sqli.http")),
];

/// One kind of request.
pub(super) struct Mix {
    pub(super) name: &'static str,
    /// Whether each of them must be refused; else none may be.
    pub(super) attacks: bool,
    /// The file, for a peer that takes it apart itself.
    pub(super) raw: &'static [u8],
    pub(super) requests: Vec<Request>,
}

/// A request, taken apart.
pub(super) struct Request {
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

impl Mix {
    /// Every kind, as it is built in.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mix = |(name, attacks, raw)| {
            let requests = read(raw).with_context(|| format!("read the mix {name}"))?;
            Ok(Self { name, attacks, raw, requests })
        };
        FILES.into_iter().map(mix).collect()
    }
}

fn read(mut rest: &[u8]) -> Result<Vec<Request>> {
    let mut requests = Vec::new();
    while !rest.is_empty() {
        let scanned = HeadScanner::default().scan(rest).map_err(|error| anyhow::anyhow!("{error}"))?;
        let scanned = scanned.context("it ends within a head")?;
        let length = match scanned.framing {
            BodyFraming::None => 0,
            BodyFraming::Length(length) => usize::try_from(length).unwrap_or(usize::MAX),
            BodyFraming::Chunked => anyhow::bail!("a body is chunked"),
        };
        let behind = rest.get(scanned.length..).unwrap_or_default();
        ensure!(behind.len() >= length, "it ends within a body");
        let (body, further) = behind.split_at(length);
        requests.push(Request { head: scanned.head, body: body.to_vec() });
        rest = further;
    }
    Ok(requests)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn count(bytes: &[u8], byte: u8) -> usize {
        bytes.split(|it| *it == byte).count() - 1
    }

    #[test]
    fn mixes_are_what_the_figures_are_said_to_be_of() {
        let mixes = Mix::all().unwrap();
        assert_eq!(mixes.iter().map(|mix| mix.name).collect::<Vec<_>>(), ["get", "form", "json", "sqli"]);
        for Mix { name, attacks, requests, .. } in &mixes {
            assert_eq!((requests.len(), *attacks), (16, *name == "sqli"));
            let distinct: BTreeSet<_> = requests.iter().map(|it| [it.head.line(), &it.body].concat()).collect();
            assert_eq!(distinct.len(), 16, "{name}");
            for Request { head, body } in requests {
                assert_eq!(count(head.header(b"cookie").unwrap(), b'='), 5);
                match *name {
                    "form" => {
                        assert_eq!((body.len(), count(body, b'='), head.method()), (500, 20, &b"POST"[..]));
                        assert!(count(body, b'%') > 20, "{head:?}");
                    }
                    "json" => {
                        let value: serde_json::Value = serde_json::from_slice(body).unwrap();
                        assert_eq!((body.len(), value["items"].as_array().unwrap().len()), (1155, 9));
                        assert!(value["items"][8]["result"]["value"].is_number());
                    }
                    _ => assert_eq!((count(head.target(), b'='), head.headers().len(), body.len()), (7, 7, 0)),
                }
            }
        }
    }

    #[test]
    fn requests_follow_each_other_and_a_cut_one_is_told() {
        let first = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
        let second = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
        let requests = read(format!("{first}{second}").as_bytes()).unwrap();
        let seen: Vec<_> = requests.iter().map(|it| (it.head.target(), it.body.as_slice())).collect();
        assert_eq!(seen, [(&b"/a"[..], &b"hi"[..]), (b"/b", b"")]);
        for (text, problem) in [(first, "within a body"), (second, "within a head")] {
            assert!(read(&text.as_bytes()[..text.len() - 1]).err().unwrap().to_string().contains(problem), "{text}");
        }
        assert!(read(b"\0").is_err());
    }
}
