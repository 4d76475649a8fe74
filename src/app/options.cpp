#include "app/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include <toml++/toml.h>

#include <CLI/CLI.hpp>

#include "core/words.h"

namespace sluice::app {
namespace {

using Setter = Status (*)(Options& options, std::string_view value);

/// One setting: its flag, and from it its key in the file and its variable.
struct Setting {
    std::string_view flag;  ///< without dashes; the key in the file is the same
    std::string_view variable;
    std::string_view argument;  ///< empty: a switch
    std::string_view help;
    Setter set;
};

tl::unexpected<Error> wrong(std::string_view what, std::string_view value) {
    return fail(ErrorKind::BadRequest,
                "'" + std::string(value) + "' is not " + std::string(what) + ".");
}

template <typename Number>
Status read_number(std::string_view value, Number least, Number most, Number& into) {
    Number number{};
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc() || end != value.data() + value.size() || number < least ||
        number > most) {
        return wrong("a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                     value);
    }
    into = number;
    return {};
}

Status read_switch(std::string_view value, bool& into) {
    if (value == "1" || value == "true" || value.empty()) {
        into = true;
    } else if (value == "0" || value == "false") {
        into = false;
    } else {
        return wrong("true or false", value);
    }
    return {};
}

Status set_listen(Options& options, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return wrong("HOST:PORT", value);
    }
    SLUICE_CHECK(read_number<std::uint16_t>(value.substr(colon + 1), 0, 65535, options.port));
    std::string_view host = value.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    options.address = host;
    return {};
}

Status set_log_level(Options& options, std::string_view value) {
    constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        if (value == kLevels[i]) {
            options.log_level = static_cast<log::Level>(i);
            return {};
        }
    }
    return wrong("debug, info, warn or error", value);
}

Status set_isolation(Options& options, std::string_view value) {
    using script::IsolationMode;
    if (value != "auto" && value != "required" && value != "off") {
        return wrong("auto, required or off", value);
    }
    options.script_isolation = value == "auto"       ? IsolationMode::Auto
                               : value == "required" ? IsolationMode::Required
                                                     : IsolationMode::Off;
    return {};
}

Status set_trusted_proxies(Options& options, std::string_view value) {
    SLUICE_TRY(options.trusted_proxies, http::TrustedProxies::of(words_of(value)));
    return {};
}

template <auto Member>
Status set_text(Options& options, std::string_view value) {
    options.*Member = std::string(value);
    return {};
}

template <auto Member>
Status set_list(Options& options, std::string_view value) {
    options.*Member = words_of(value);
    return {};
}

template <auto Member>
Status set_switch(Options& options, std::string_view value) {
    return read_switch(value, options.*Member);
}

template <auto Member, auto Least, auto Most>
Status set_number(Options& options, std::string_view value) {
    using Number = std::remove_reference_t<decltype(options.*Member)>;
    return read_number<Number>(value, Number{Least}, Number{Most}, options.*Member);
}

template <auto Member>
Status set_seconds(Options& options, std::string_view value) {
    std::int64_t seconds = 0;
    SLUICE_CHECK(read_number<std::int64_t>(value, 1, 86'400, seconds));
    options.*Member = std::chrono::seconds(seconds);
    return {};
}

Status set_max_body(Options& options, std::string_view value) {
    std::size_t megabytes = 0;
    SLUICE_CHECK(read_number<std::size_t>(value, 1, 1024, megabytes));
    options.max_body_bytes = megabytes << 20U;
    return {};
}

constexpr std::array kSettings{
    Setting{"listen", "SLUICE_LISTEN", "HOST:PORT", "where to serve (127.0.0.1:8080); port 0: any",
            set_listen},
    Setting{"data", "SLUICE_DATA", "DIR", "folder of everything the server keeps (var)",
            set_text<&Options::data_folder>},
    Setting{"system-db", "SLUICE_SYSTEM_DB", "URL", "system database (sqlite:DIR/system.sqlite)",
            set_text<&Options::system_db>},
    Setting{"threads", "SLUICE_THREADS", "N", "shards; 0: one for each core",
            set_number<&Options::threads, 0U, 256U>},
    Setting{"hosts", "SLUICE_HOSTS", "DIR", "folder of the script hosts (beside the binary)",
            set_text<&Options::hosts_folder>},
    Setting{"tls-certificate", "SLUICE_TLS_CERTIFICATE", "FILE", "PEM chain: serve HTTPS",
            set_text<&Options::tls_certificate>},
    Setting{"tls-key", "SLUICE_TLS_KEY", "FILE", "PEM key of the certificate",
            set_text<&Options::tls_key>},
    Setting{"log-level", "SLUICE_LOG_LEVEL", "LEVEL", "debug, info, warn or error (info)",
            set_log_level},
    Setting{"access-log", "SLUICE_ACCESS_LOG", "", "log a line for each request",
            set_switch<&Options::logs_access>},
    Setting{"trusted-proxies", "SLUICE_TRUSTED_PROXIES", "NETWORKS",
            "whose X-Forwarded-For is heeded, as 10.0.0.0/8,127.0.0.1 (none)", set_trusted_proxies},
    Setting{"grace", "SLUICE_GRACE", "SECONDS", "time to finish running requests on SIGTERM (10)",
            set_seconds<&Options::grace>},
    Setting{"request-time", "SLUICE_REQUEST_TIME", "SECONDS", "longest a request may take (60)",
            set_seconds<&Options::request_time>},
    Setting{"max-body", "SLUICE_MAX_BODY", "MB", "largest request body (32)", set_max_body},
    Setting{"script-hosts", "SLUICE_SCRIPT_HOSTS", "N", "most hosts of an engine on a shard (8)",
            set_number<&Options::max_hosts, std::size_t{1}, std::size_t{256}>},
    Setting{"script-memory", "SLUICE_SCRIPT_MEMORY", "MB", "memory of a script (128)",
            set_number<&Options::script_memory_mb, std::int64_t{16}, std::int64_t{65'536}>},
    Setting{"script-time", "SLUICE_SCRIPT_TIME", "MS", "wall-clock time of a script (10000)",
            set_number<&Options::script_wall_ms, std::int64_t{1}, std::int64_t{300'000}>},
    Setting{"script-env", "SLUICE_SCRIPT_ENV", "NAMES", "environment that scripts may read (none)",
            set_list<&Options::script_environment>},
    Setting{"script-isolation", "SLUICE_SCRIPT_ISOLATION", "MODE",
            "auto: the strongest that works; required; off (auto)", set_isolation},
    Setting{"script-user", "SLUICE_SCRIPT_USER", "NAME", "whom scripts run as under root (nobody)",
            set_text<&Options::script_user>},
    Setting{"script-folders", "SLUICE_SCRIPT_FOLDERS", "DIRS",
            "where scripts may write besides their /tmp (none)",
            set_list<&Options::script_folders>},
    Setting{"outbound-allow", "SLUICE_OUTBOUND_ALLOW", "HOSTS",
            "the only servers that platform.api may call, as api.example.com,*.example.org (all)",
            set_list<&Options::outbound_allow>},
    Setting{"outbound-refuse", "SLUICE_OUTBOUND_REFUSE", "HOSTS",
            "servers that platform.api may not call, as 127.0.0.0/8,::1,10.0.0.0/8 (none)",
            set_list<&Options::outbound_refuse>},
    Setting{"disable-engines", "SLUICE_SCRIPTING_DISABLE", "NAMES", "engines switched off, or all",
            set_list<&Options::disabled_engines>},
    Setting{"allow-forever-sessions", "SLUICE_ALLOW_FOREVER_SESSIONS", "",
            "heed remember_me: sessions without an end (off)",
            set_switch<&Options::allows_forever_sessions>},
    Setting{"sample", "SLUICE_SAMPLE", "DIR", "sample to install on the first start (none)",
            set_text<&Options::sample_folder>},
};

const Setting* find_setting(std::string_view flag) {
    for (const Setting& setting : kSettings) {
        if (setting.flag == flag) {
            return &setting;
        }
    }
    return nullptr;
}

Status apply(Options& options,
             const Setting& setting,
             std::string_view value,
             const std::string& source) {
    if (Status set = setting.set(options, value); !set) {
        return fail(ErrorKind::BadRequest, source + ": " + set.error().message());
    }
    return {};
}

Status read_file(const std::string& path, Options& options) {
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::BadRequest, path + " line " +
                                               std::to_string(error.source().begin.line) + ": " +
                                               std::string(error.description()));
    }
    for (const auto& [key, node] : table) {
        const Setting* setting = find_setting(key.str());
        const std::string source = path + ", key '" + std::string(key.str()) + "'";
        if (setting == nullptr) {
            return fail(ErrorKind::BadRequest, source + ": no such setting.");
        }
        std::string value;
        if (const auto text = node.value<std::string>()) {
            value = *text;
        } else if (const auto number = node.value_exact<std::int64_t>()) {
            value = std::to_string(*number);
        } else if (const auto flag = node.value_exact<bool>()) {
            value = *flag ? "true" : "false";
        } else if (const toml::array* list = node.as_array()) {
            for (const toml::node& item : *list) {
                const auto word = item.value_exact<std::string>();
                if (!word || word->find(',') != std::string::npos) {
                    return fail(ErrorKind::BadRequest, source + ": must be a list of texts.");
                }
                value.append(value.empty() ? "" : ",").append(*word);
            }
        } else {
            return fail(ErrorKind::BadRequest, source + ": must be text, a number or true/false.");
        }
        SLUICE_CHECK(apply(options, *setting, value, source));
    }
    return {};
}

/// One flag as it was given.
struct Given {
    const Setting* setting;
    std::string value;
};

/// All flags, each noting in `given` that it was there.
void describe_flags(CLI::App& parser, std::vector<Given>& given, std::string& config_file) {
    for (const Setting& setting : kSettings) {
        const std::string flag = "--" + std::string(setting.flag);
        const std::string help =
            std::string(setting.help) + " [" + std::string(setting.variable) + "]";
        if (setting.argument.empty()) {
            parser.add_flag_callback(
                flag,
                [&] {
                    given.push_back({&setting, "true"});
                },
                help);
        } else {
            parser
                .add_option_function<std::string>(
                    flag,
                    [&](const std::string& value) {
                        given.push_back({&setting, value});
                    },
                    help)
                ->type_name(std::string(setting.argument));
        }
    }
    parser
        .add_option("--config", config_file, "settings by the names of these flags [SLUICE_CONFIG]")
        ->type_name("FILE");
}

Result<std::vector<Given>> read_flags(std::vector<std::string> arguments,
                                      std::optional<std::string>& config_file) {
    std::vector<Given> given;
    std::string named_file;
    CLI::App parser;
    parser.set_help_flag();
    describe_flags(parser, given, named_file);
    try {
        std::ranges::reverse(arguments);  // as the parser wants a list that it takes from the back
        parser.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::BadRequest,
                    std::string(error.what()) + " ('sluice help serve' lists the flags)");
    }
    if (!named_file.empty()) {
        config_file = named_file;
    }
    return given;
}

}  // namespace

std::optional<std::string> environment_variable(std::string_view name) {
    // Read before any thread starts; nothing of ours changes the environment.
    const char* value = std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<Options> read_options(const std::vector<std::string>& arguments,
                             const Environment& environment) {
    std::optional<std::string> config_file = environment("SLUICE_CONFIG");
    SLUICE_TRY(const std::vector<Given> flags, read_flags(arguments, config_file));
    Options options;
    std::error_code ignored;
    if (!config_file && std::filesystem::exists("sluice.toml", ignored)) {
        config_file = "sluice.toml";
    }
    if (config_file) {
        SLUICE_CHECK(read_file(*config_file, options));
        options.config_file = *config_file;
    }
    for (const Setting& setting : kSettings) {
        if (const auto value = environment(setting.variable)) {
            SLUICE_CHECK(apply(options, setting, *value, std::string(setting.variable)));
        }
    }
    if (const auto disabled = environment("DF_SCRIPTING_DISABLE");
        disabled && options.disabled_engines.empty()) {
        options.disabled_engines = words_of(*disabled);
    }
    if (const auto forever = environment("DF_ALLOW_FOREVER_SESSIONS");
        forever && !environment("SLUICE_ALLOW_FOREVER_SESSIONS")) {
        if (!read_switch(*forever, options.allows_forever_sessions)) {
            return fail(ErrorKind::BadRequest,
                        "DF_ALLOW_FOREVER_SESSIONS: '" + *forever + "' is not true or false.");
        }
    }
    for (const Given& flag : flags) {
        SLUICE_CHECK(
            apply(options, *flag.setting, flag.value, "--" + std::string(flag.setting->flag)));
    }
    // Secrets come by the environment only: flags are seen by every user of the machine.
    options.admin_email = environment("SLUICE_ADMIN_EMAIL").value_or("");
    options.admin_password = environment("SLUICE_ADMIN_PASSWORD").value_or("");
    if (options.tls_certificate.empty() != options.tls_key.empty()) {
        return fail(ErrorKind::BadRequest, options.tls_key.empty()
                                               ? "--tls-certificate needs --tls-key beside it."
                                               : "--tls-key needs --tls-certificate beside it.");
    }
    if (options.system_db.empty()) {
        options.system_db = "sqlite:" + options.data_folder + "/system.sqlite";
    }
    return options;
}

std::string options_help() {
    std::vector<Given> unused;
    std::string unused_file;
    CLI::App parser("Serves the API. A flag beats its environment variable beats the file.",
                    "sluice serve");
    parser.set_help_flag();
    describe_flags(parser, unused, unused_file);
    return parser.help();
}

}  // namespace sluice::app
