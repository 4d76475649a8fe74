#pragma once
/// How the server was told to run: flags before environment before file.
/// Source: docs/reference/configuration.md.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "http/forwarded.h"
#include "script/isolation.h"

namespace sluice::app {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string data_folder = "var";
    /// Empty: `sqlite:` with system.sqlite inside the data folder.
    std::string system_db;
    /// 0: one for each core.
    unsigned threads = 0;
    /// Empty: "hosts" beside the binary.
    std::string hosts_folder;
    std::string tls_certificate;
    std::string tls_key;
    std::string admin_email;
    std::string admin_password;
    log::Level log_level = log::Level::Info;
    bool logs_access = false;
    /// Whose X-Forwarded-For is heeded.
    http::TrustedProxies trusted_proxies;
    std::chrono::seconds grace{10};
    std::chrono::seconds request_time{60};
    std::size_t max_body_bytes = std::size_t{32} << 20U;
    /// Script hosts of one engine on one shard.
    std::size_t max_hosts = 8;
    std::int64_t script_memory_mb = 128;
    std::int64_t script_wall_ms = 10'000;
    /// Names of environment variables that scripts may read.
    std::vector<std::string> script_environment;
    /// Engines that are switched off, or "all".
    std::vector<std::string> disabled_engines;
    script::IsolationMode script_isolation = script::IsolationMode::Auto;
    /// The account that scripts run as when the server is root.
    std::string script_user = "nobody";
    /// Where calls of scripts to other servers may go (http/outbound/policy.h).
    std::vector<std::string> outbound_allow;
    std::vector<std::string> outbound_refuse;
    /// Folders outside the private /tmp that scripts may write in.
    std::vector<std::string> script_folders;
    /// The file that was read; empty: none.
    std::string config_file;
    /// Whether `remember_me` opens a session without an end.
    bool allows_forever_sessions = false;
    /// A folder like examples/sample: its database and script are installed on the first start.
    std::string sample_folder;
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// The process's own environment. Threads: before the shards start.
std::optional<std::string> environment_variable(std::string_view name);

/// Reads `arguments` (without program and command), the environment and the file that `--config`
/// names (else `sluice.toml` when it is there).
/// Errors: BadRequest with one sentence that names the flag, variable or key.
Result<Options> read_options(const std::vector<std::string>& arguments,
                             const Environment& environment);

/// The flags with one line each, for `sluice help serve`.
std::string options_help();

}  // namespace sluice::app
