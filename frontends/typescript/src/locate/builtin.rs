//! Modules that are part of what runs the code.

use esker_frontend_api::MissReason;

/// The modules of Node that can be named without `node:`, ascending (Node 24, `module.builtinModules`).
const NODE: [&str; 42] = [
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
];

/// More of them, ascending.
const NODE_MORE: [&str; 6] = ["util", "v8", "vm", "wasi", "worker_threads", "zlib"];

/// Whether a specifier names a module of Node, or of one below it (`fs/promises`).
pub(super) fn is_builtin(specifier: &str) -> bool {
    let name = specifier.split('/').next().unwrap_or(specifier);
    NODE.binary_search(&name).is_ok() || NODE_MORE.binary_search(&name).is_ok()
}

/// Where a specifier leads that begins with a scheme; `None` if it does not.
pub(super) fn scheme(specifier: &str) -> Option<MissReason> {
    let (scheme, _) = specifier.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
    match scheme {
        "node" | "bun" | "cloudflare" | "deno" => Some(MissReason::StandardLibrary),
        _ => is_scheme.then_some(MissReason::External),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_ascend() {
        assert!(NODE.is_sorted() && NODE_MORE.is_sorted());
    }

    #[test]
    fn schemes_are_told_from_packages() {
        assert_eq!(scheme("node:fs"), Some(MissReason::StandardLibrary));
        assert_eq!(scheme("https://a.b/c.js"), Some(MissReason::External));
        assert_eq!(scheme("@scope/a"), None);
        assert_eq!(scheme("a"), None);
    }
}
