//! What a build counted, in the text form of Prometheus. `docs/metrics.md` describes every name.

use std::fmt;

use esker_engine::api::EdgeKinds;
use esker_engine::{Build, StageMetrics};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::Registry;

/// Stands before every name.
const PREFIX: &str = "esker";

/// The metrics of one build. All counters begin at 0 with the build.
pub(crate) fn text(build: &Build) -> String {
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Metrics::of(build)));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).expect("invariant: a string takes all text");
    text
}

#[derive(Debug)]
struct Metrics {
    stages: Vec<Stage>,
    changed: u64,
    affected: u64,
    /// How many times faster than the last build of everything; `None` where none is known.
    speedup: Option<f64>,
    files: u64,
    edges: u64,
    mean_dependencies: f64,
    cycles: u64,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    hits: u64,
    misses: u64,
    /// Per lookup; `None` where nothing was looked up.
    mean_lookup_seconds: Option<f64>,
}

impl Metrics {
    fn of(build: &Build) -> Self {
        let report = build.report();
        let graph = build.graph().statistics(EdgeKinds::DEFAULT_POLICY);
        let elapsed_seconds = report.elapsed_ms / 1000.0;
        let stage = |(name, metrics): (&&'static str, &StageMetrics)| {
            let lookups = metrics.hits + metrics.misses;
            let mean = metrics.lookup_time.as_secs_f64() / lookups as f64;
            Stage {
                name,
                hits: metrics.hits,
                misses: metrics.misses,
                mean_lookup_seconds: (lookups > 0).then_some(mean),
            }
        };
        Self {
            stages: build.stages().iter().map(stage).collect(),
            changed: report.changed.total() as u64,
            affected: report.affected as u64,
            speedup: build
                .details()
                .full_build
                .filter(|_| elapsed_seconds > 0.0)
                .map(|full| full.as_secs_f64() / elapsed_seconds),
            files: graph.files as u64,
            edges: graph.edges as u64,
            mean_dependencies: graph.mean_dependencies,
            cycles: graph.cycles as u64,
        }
    }
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let stages = &self.stages;
        let hits = stages.iter().map(|stage| (stage.name, ConstCounter::new(stage.hits)));
        by_stage(&mut encoder, "cache_hit_rate", "Lookups of results that were there already", hits)?;
        let misses = stages.iter().map(|stage| (stage.name, ConstCounter::new(stage.misses)));
        by_stage(&mut encoder, "cache_miss_rate", "Lookups of results that had to be computed", misses)?;
        let lookups = stages.iter().filter_map(|stage| Some((stage.name, ConstGauge::new(stage.mean_lookup_seconds?))));
        by_stage(&mut encoder, "cache_lookup_latency_seconds", "Mean time of a lookup", lookups)?;

        let mut single = |name, help, value| counter(&mut encoder, name, help, value);
        single("incremental_files_changed", "Files added, modified or removed since the last build", self.changed)?;
        single("incremental_files_affected", "Files that the changes could reach", self.affected)?;
        single("dependency_graph_cycles_detected", "Import cycles", self.cycles)?;
        let sizes = [("files", self.files), ("edges", self.edges)];
        let sizes = sizes.map(|(of, size)| (of, ConstCounter::new(size)));
        labelled(&mut encoder, "dependency_graph_size", "Files and edges of the dependency graph", "of", sizes)?;

        let help = "Edges per file of the dependency graph";
        gauge(&mut encoder, "dependency_graph_avg_out_degree", help, self.mean_dependencies)?;
        let help = "Time of the last build of everything by the time of this one";
        self.speedup.map_or(Ok(()), |speedup| gauge(&mut encoder, "incremental_speedup_ratio", help, speedup))
    }
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn by_stage<M: EncodeMetric + TypedMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (&'static str, M)>,
) -> fmt::Result {
    labelled(encoder, name, help, "stage", values)
}

fn labelled<M: EncodeMetric + TypedMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl IntoIterator<Item = (&'static str, M)>,
) -> fmt::Result {
    let mut metric = encoder.encode_descriptor(name, help, None, M::TYPE)?;
    values.into_iter().try_for_each(|(of, value)| value.encode(metric.encode_family(&[(label, of)])?))
}
