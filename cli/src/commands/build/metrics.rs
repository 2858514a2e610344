//! What a build counted, in the text form of Prometheus. `docs/metrics.md` describes every name.

use std::fmt;

use esker_engine::Build;
use esker_engine::api::EdgeKinds;
use esker_engine::graph::Statistics;
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
    graph: Statistics,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    reused: u64,
    executed: u64,
    verified_equal: u64,
    /// `None` where no record was looked up.
    mean_lookup_seconds: Option<f64>,
}

impl Metrics {
    fn of(build: &Build) -> Self {
        let report = build.report();
        let elapsed_seconds = report.elapsed_ms / 1000.0;
        let full_build = build.details().full_build.filter(|_| elapsed_seconds > 0.0);
        Self {
            stages: stages(build),
            changed: report.changed.total() as u64,
            affected: report.affected as u64,
            speedup: full_build.map(|full| full.as_secs_f64() / elapsed_seconds),
            graph: build.graph().statistics(EdgeKinds::DEFAULT_POLICY),
        }
    }
}

/// The stages that exist, in the order of the pipeline.
fn stages(build: &Build) -> Vec<Stage> {
    let (reused, executed) = (build.report().reused, build.report().executed);
    let stage = |name, reused: usize, executed: usize| {
        let lookups = build.stages().get(name).filter(|metrics| metrics.hits + metrics.misses > 0);
        Stage {
            name,
            reused: reused as u64,
            executed: executed as u64,
            verified_equal: build.stages().get(name).map_or(0, |metrics| metrics.verified_equal),
            mean_lookup_seconds: lookups
                .map(|metrics| metrics.lookup_time.as_secs_f64() / (metrics.hits + metrics.misses) as f64),
        }
    };
    let all = [
        stage("ir", reused.ir, executed.ir),
        stage("edges", reused.edges, executed.edges),
        stage("exports", reused.exports, executed.exports),
        stage("resolution", reused.resolution, executed.resolution),
    ];
    all.into_iter().filter(|stage| stage.reused + stage.executed > 0).collect()
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let stages = &self.stages;
        let hits = stages.iter().map(|stage| (stage.name, ConstCounter::new(stage.reused)));
        by_stage(&mut encoder, "cache_hit_rate", "Results that were there already", hits)?;
        let misses = stages.iter().map(|stage| (stage.name, ConstCounter::new(stage.executed)));
        by_stage(&mut encoder, "cache_miss_rate", "Results that had to be computed", misses)?;
        let equal = stages.iter().map(|stage| (stage.name, ConstCounter::new(stage.verified_equal)));
        by_stage(&mut encoder, "stage_verified_equal", "Results looked at anew that came out as before", equal)?;
        let lookups = stages.iter().filter_map(|stage| Some((stage.name, ConstGauge::new(stage.mean_lookup_seconds?))));
        by_stage(
            &mut encoder,
            "cache_lookup_latency_seconds",
            "Mean time of looking a result up in the store",
            lookups,
        )?;

        let mut single = |name, help, value| counter(&mut encoder, name, help, value);
        single("incremental_files_changed", "Files added, modified or removed since the last build", self.changed)?;
        single("incremental_files_affected", "Files that the changes could reach", self.affected)?;
        single("dependency_graph_cycles_detected", "Import cycles", self.graph.cycles as u64)?;
        let sizes = [("files", self.graph.files), ("edges", self.graph.edges)];
        let sizes = sizes.map(|(of, size)| (of, ConstCounter::new(size as u64)));
        labelled(&mut encoder, "dependency_graph_size", "Files and edges of the dependency graph", "of", sizes)?;

        let help = "Edges per file of the dependency graph";
        gauge(&mut encoder, "dependency_graph_avg_out_degree", help, self.graph.mean_dependencies)?;
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
