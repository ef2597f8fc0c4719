//! What brings connections to the transparent listeners (gateway.md §3): rules for nftables in a table of our own, and a route
//! for packets that they mark.

use std::net::SocketAddrV4;

use crate::config::GatewayConfig;

/// Marks packets that are to be taken here; a number that nobody else is likely to use.
const MARK: &str = "0x4d57";
/// Routing table for them.
const TABLE: u32 = 19_799;

/// What is to be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TproxyRules {
    /// A script for `nft -f`: it replaces its own table and touches nothing else.
    pub nft: String,
    /// Commands that set up the route.
    pub add: Vec<String>,
    /// Commands that take everything away again, however little of it is there.
    pub remove: Vec<String>,
}

/// The rules for connections to these networks or addresses, ports 80 and 443; none when no transparent listener is set.
pub fn tproxy_rules(config: &GatewayConfig, systems: &[String]) -> Option<TproxyRules> {
    let port = |address: &str| address.parse::<SocketAddrV4>().ok().map(|address| address.port());
    let ways = [(80, port(&config.tproxy_http)), (443, port(&config.tproxy_https))];
    let systems = systems.join(", ");
    let lines: Vec<String> = ways
        .into_iter()
        .filter_map(|(from, to)| {
            Some(format!(
                "    ip daddr {{ {systems} }} tcp dport {from} tproxy to :{} meta mark set {MARK} accept\n",
                to?
            ))
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    // Answers of the systems to connections that bear a client's address belong to a socket here, not to the client.
    let nft = format!(
        "table ip medward_tproxy\ndelete table ip medward_tproxy\ntable ip medward_tproxy {{\n  chain prerouting {{\n    \
         type filter hook prerouting priority mangle; policy accept;\n    \
         meta l4proto tcp socket transparent 1 meta mark set {MARK} accept\n{}  }}\n}}\n",
        lines.concat()
    );
    let add = vec![
        format!("ip rule add fwmark {MARK} lookup {TABLE}"),
        format!("ip route add local 0.0.0.0/0 dev lo table {TABLE}"),
    ];
    let remove = vec![
        "nft delete table ip medward_tproxy".to_owned(),
        format!("ip rule del fwmark {MARK} lookup {TABLE}"),
        format!("ip route flush table {TABLE}"),
    ];
    Some(TproxyRules { nft, add, remove })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_name_the_systems_and_the_listeners_and_nothing_without_one() {
        let systems = ["10.1.5.0/24".to_owned()];
        let none = GatewayConfig::default();
        assert_eq!(tproxy_rules(&none, &systems), None);
        let config = GatewayConfig { tproxy_https: "0.0.0.0:15443".to_owned(), ..none };
        let rules = tproxy_rules(&config, &systems).unwrap();
        assert!(rules.nft.contains("ip daddr { 10.1.5.0/24 } tcp dport 443 tproxy to :15443"), "{}", rules.nft);
        assert!(!rules.nft.contains("dport 80"), "{}", rules.nft);
    }
}
