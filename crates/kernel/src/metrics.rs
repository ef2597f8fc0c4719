//! Numbers about this node in Prometheus text form. Names are `medward_<capability>_<what>_<unit>`.

use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};

pub use prometheus::{Histogram, IntCounter, IntGauge};

/// The registry of one process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Registry);

/// Counters by label value.
pub type Counters = IntCounterVec;
/// Gauges by label value.
pub type Gauges = IntGaugeVec;
/// Histograms by label value.
pub type Histograms = HistogramVec;

impl Metrics {
    /// Counters with these labels. A name registered twice is refused with an error.
    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<Counters, prometheus::Error> {
        let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(counters.clone()))?;
        Ok(counters)
    }

    /// Gauges with these labels.
    pub fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<Gauges, prometheus::Error> {
        let gauges = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(gauges.clone()))?;
        Ok(gauges)
    }

    /// Histograms of seconds with these labels.
    pub fn histograms(&self, name: &str, help: &str, labels: &[&str]) -> Result<Histograms, prometheus::Error> {
        let histograms = HistogramVec::new(HistogramOpts::new(name, help), labels)?;
        self.0.register(Box::new(histograms.clone()))?;
        Ok(histograms)
    }

    /// Everything, in Prometheus text format 0.0.4.
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.0.gather(), &mut text) {
            tracing::error!(%error, "metrics could not be rendered");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

impl From<prometheus::Error> for crate::capability::BuildError {
    fn from(error: prometheus::Error) -> Self {
        Self::Other {
            what: "register metrics".into(),
            remedy: "a metric name is used twice".into(),
            source: Some(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_render_as_prometheus_text() {
        let metrics = Metrics::default();
        let blocked = metrics.counters("medward_gateway_blocked_total", "requests blocked", &["object"]).unwrap();
        blocked.with_label_values(&["portal"]).inc();
        assert!(metrics.render().contains("medward_gateway_blocked_total{object=\"portal\"} 1"));
        assert!(metrics.counters("medward_gateway_blocked_total", "again", &[]).is_err());
    }
}
