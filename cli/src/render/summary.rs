//! What a build did, for people.

use std::fmt::Write as _;

use anstyle::Style;
use esker_engine::answer::{BuildDetails, BuildReport, StageCounts};

use super::{counted, grouped};
use crate::terminal::Palette;

/// How many changed files are named.
const NAMED: usize = 3;
/// How many times as long a full build must have taken to be compared with.
const WORTH_TELLING: f64 = 2.0;

/// A line if there was nothing to do, otherwise a short report.
pub(crate) fn summary(report: &BuildReport, details: &BuildDetails, palette: Palette) -> String {
    let files = counted(report.files, "file", "files");
    let time = duration(report.elapsed_ms);
    let root = &report.root;
    // Files with equal content share their results, so that even a first build reuses some.
    let all_anew = report.changed.added == report.files || report.cache.hits == 0;
    let headline = if report.changed.total() == 0 && report.cache.misses == 0 {
        format!("{files} up to date in {root}")
    } else if all_anew {
        format!("analyzed {files} in {root}")
    } else if report.cache.misses > 0 {
        format!("updated {} of {files} in {root}", grouped(report.cache.misses))
    } else {
        format!("updated {files} in {root}")
    };
    // What was not done is the point of it all.
    let full_build_ms = details.full_build.map(|full| full.as_secs_f64() * 1000.0).filter(|_| !all_anew);
    let time = match full_build_ms.filter(|full| *full >= WORTH_TELLING * report.elapsed_ms) {
        Some(full) if report.changed.total() > 0 => format!("{time}; a full build took {}", duration(full)),
        _ => time,
    };
    let mut text = format!("{} ({time})\n", palette.paint(Style::new().bold(), headline));
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            _ = writeln!(text, "  {} {value}", palette.paint(Style::new().dimmed(), format!("{name:<9}")));
        }
    };
    row("changed", changed(report, details));
    if report.changed.total() > 0 && !all_anew {
        row("affected", counted(report.affected, "file", "files"));
    }
    if report.cache.misses == 0 && report.changed.total() > 0 {
        row("executed", "nothing, every result was kept from an earlier build".to_owned());
    }
    if report.cache.misses > 0 {
        row("executed", stages(report.executed));
        if report.cache.hits > 0 {
            row("reused", format!("{}, {}", percentage(report.cache.hit_rate), stages(report.reused)));
        }
    }
    row("found", found(report));
    text
}

/// The first line of a watch.
pub(crate) fn watch_start(report: &BuildReport, details: &BuildDetails, palette: Palette) -> String {
    let files = counted(report.files, "file", "files");
    let did = if report.changed.total() == 0 { "up to date".to_owned() } else { changed(report, details) };
    let headline = palette.paint(Style::new().bold(), format!("watching {files} in {}", report.root));
    let found =
        Some(found(report)).filter(|found| !found.is_empty()).map_or_else(String::new, |found| format!("; {found}"));
    format!("{headline} ({did}, {}){found}\n", duration(report.elapsed_ms))
}

/// One line for a build that followed another: what changed, what that could reach, what was done, and what is now
/// found that was not before.
pub(crate) fn watch_line(
    report: &BuildReport,
    details: &BuildDetails,
    before: &BuildReport,
    palette: Palette,
) -> String {
    let dimmed = |text: String| palette.paint(Style::new().dimmed(), text).to_string();
    let mut parts = vec![palette.paint(Style::new().bold(), changed(report, details)).to_string()];
    parts.retain(|part| report.changed.total() > 0 || !part.is_empty());
    parts.push(format!("{} affected", grouped(report.affected)));
    if report.cache.misses > 0 {
        parts.push(format!("executed {}", stages(report.executed)));
    }
    let counts = |report: &BuildReport| {
        let counts = report.diagnostics;
        [counts.syntax_errors, counts.unresolved_imports, counts.cycles]
    };
    let names = ["syntax errors", "unresolved imports", "import cycles"];
    for ((before, now), name) in counts(before).into_iter().zip(counts(report)).zip(names) {
        if before != now {
            parts.push(format!("{name} {} → {}", grouped(before), grouped(now)));
        }
    }
    format!("{} {}\n", parts.join("; "), dimmed(format!("({})", duration(report.elapsed_ms))))
}

fn changed(report: &BuildReport, details: &BuildDetails) -> String {
    let part = |number: usize, word: &str, paths: &[String]| {
        let mut text = format!("{} {word}", grouped(number));
        if !paths.is_empty() && report.changed.total() <= NAMED {
            _ = write!(text, " ({})", paths.join(", "));
        }
        (number > 0).then_some(text)
    };
    let counts = report.changed;
    [
        part(counts.added, "added", &details.added),
        part(counts.modified, "modified", &details.modified),
        part(counts.removed, "removed", &details.removed),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

fn stages(counts: StageCounts) -> String {
    [(counts.ir, "ir"), (counts.edges, "edges"), (counts.exports, "exports"), (counts.resolution, "resolution")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, stage)| format!("{stage} {}", grouped(number)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn found(report: &BuildReport) -> String {
    let counts = report.diagnostics;
    [
        (counts.syntax_errors, "file with syntax errors", "files with syntax errors"),
        (counts.unresolved_imports, "unresolved import", "unresolved imports"),
        (counts.cycles, "import cycle", "import cycles"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, singular, plural)| counted(number, singular, plural))
    .collect::<Vec<_>>()
    .join(", ")
}

/// A rate that is not quite one is never shown as 100 %.
fn percentage(rate: f64) -> String {
    let percent = rate * 100.0;
    format!("{:.1} %", if rate < 1.0 { percent.min(99.9) } else { percent })
}

fn duration(elapsed_ms: f64) -> String {
    match elapsed_ms {
        ..9.95 => format!("{elapsed_ms:.1} ms"),
        ..1000.0 => format!("{elapsed_ms:.0} ms"),
        _ => format!("{:.2} s", elapsed_ms / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_is_not_quite_one_is_not_rounded_up() {
        assert_eq!(percentage(1.0), "100.0 %");
        assert_eq!(percentage(0.9999), "99.9 %");
        assert_eq!(percentage(0.5), "50.0 %");
    }

    #[test]
    fn durations_are_in_milliseconds_or_seconds() {
        assert_eq!(duration(3.24), "3.2 ms");
        assert_eq!(duration(9.96), "10 ms");
        assert_eq!(duration(12.6), "13 ms");
        assert_eq!(duration(1234.0), "1.23 s");
    }
}
