//! `esker build --metrics`.

use crate::repository::{InLanguage, Repository, in_each};

/// The samples: name and label, without the values of those that depend on time.
fn samples(text: &str) -> Vec<&str> {
    let timed = |line: &&str| line.contains("_seconds") || line.contains("_ratio");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| if timed(&line) { line.split(' ').next().unwrap_or_default() } else { line }).collect()
}

#[test]
fn every_metric_is_written_under_its_name() {
    in_each("//- a\nuse b\n//- b\nuse a\n//- c\nlet X = 1\n", check_metrics);
}

fn check_metrics(of: &InLanguage) {
    let repository = &of.repository;
    repository.esker("build -q --metrics esker.prom").answers("");
    of.write("a", "use b\nuse c");
    repository.esker("build -q --metrics esker.prom").answers("");
    let text = repository.read("esker.prom");
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(
        samples(&text),
        [
            "esker_cache_hit_rate_total{stage=\"ir\"} 2",
            "esker_cache_hit_rate_total{stage=\"edges\"} 2",
            "esker_cache_hit_rate_total{stage=\"exports\"} 2",
            "esker_cache_hit_rate_total{stage=\"resolution\"} 2",
            "esker_cache_miss_rate_total{stage=\"ir\"} 1",
            "esker_cache_miss_rate_total{stage=\"edges\"} 1",
            "esker_cache_miss_rate_total{stage=\"exports\"} 1",
            "esker_cache_miss_rate_total{stage=\"resolution\"} 1",
            "esker_stage_verified_equal_total{stage=\"ir\"} 0",
            "esker_stage_verified_equal_total{stage=\"edges\"} 0",
            "esker_stage_verified_equal_total{stage=\"exports\"} 0",
            "esker_stage_verified_equal_total{stage=\"resolution\"} 0",
            "esker_cache_lookup_latency_seconds{stage=\"ir\"}",
            "esker_cache_lookup_latency_seconds{stage=\"edges\"}",
            "esker_cache_lookup_latency_seconds{stage=\"exports\"}",
            "esker_cache_lookup_latency_seconds{stage=\"resolution\"}",
            "esker_incremental_files_changed_total 1",
            "esker_incremental_files_affected_total 2",
            "esker_dependency_graph_cycles_detected_total 1",
            "esker_dependency_graph_size_total{of=\"files\"} 3",
            "esker_dependency_graph_size_total{of=\"edges\"} 3",
            "esker_dependency_graph_avg_out_degree 1.0",
            "esker_incremental_speedup_ratio",
        ]
    );
}

#[test]
fn a_build_without_changes_counts_what_it_reused() {
    let repository = Repository::new("//- a.py\n");
    repository.esker("build -q");
    repository.esker("build -q --metrics esker.prom").answers("");
    let text = repository.read("esker.prom");
    assert!(text.contains("esker_cache_hit_rate_total{stage=\"ir\"} 1\n"), "{text}");
    assert!(text.contains("esker_incremental_files_changed_total 0\n"), "{text}");
}

#[test]
fn every_metric_is_documented() {
    let repository = Repository::new("//- a.py\n");
    repository.esker("build -q --metrics esker.prom");
    let documented = include_str!("../../../docs/metrics.md");
    for sample in repository.read("esker.prom").lines().filter(|line| !line.starts_with('#')) {
        let name = sample.split(['{', ' ']).next().unwrap();
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
}
