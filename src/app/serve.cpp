#include "app/serve.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/instance_lock.h"
#include "app/sample.h"
#include "app/shard.h"
#include "app/status.h"
#include "core/log.h"
#include "http/outbound/fetch.h"

namespace sluice::app {
namespace {

namespace asio = boost::asio;

// Up to this many cores a shard, its hosts and its connections stay on one core: waking another
// costs 17-20 us on each side (docs/adr/0001-coroutines-on-asio.md).
constexpr std::size_t kPinUpToCores = 4;
// Blocking drivers wait here, never on a shard.
constexpr std::size_t kBlockingThreads = 8;
// What still blocks when everybody has left gets this long: towards a host that is out of reach a
// connection alone takes seconds, and a look-up of its name may take longer.
constexpr std::chrono::milliseconds kBlockingGrace{500};

int refuse(const Error& error) {
    std::fprintf(stderr, "sluice: %s%s%s\n", error.message().c_str(),
                 error.detail().empty() ? "" : " ", error.detail().c_str());
    return 1;
}

std::vector<int> allowed_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) {
                cores.push_back(cpu);
            }
        }
    }
    return cores;
}

Status make_data_folder(const std::string& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code || ::access(folder.c_str(), W_OK | X_OK) != 0) {
        return fail(ErrorKind::BadRequest,
                    "The data folder '" + folder + "' cannot be written to; --data names another.");
    }
    // It holds the databases and the instance's secrets.
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, code);
    return {};
}

std::string folder_of_binary() {
    std::error_code code;
    return std::filesystem::read_symlink("/proc/self/exe", code).parent_path().string();
}

// Links resolved, as far as it is there.
std::string absolute(const std::string& path) {
    std::error_code code;
    const std::filesystem::path found =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, code), code);
    return code ? path : found.string();
}

// Empty when the system database is no file.
std::string system_file(const Options& options) {
    constexpr std::string_view kScheme = "sqlite:";
    return options.system_db.starts_with(kScheme) ? options.system_db.substr(kScheme.size()) : "";
}

script::IsolationWish isolation_wish(const Options& options) {
    script::IsolationWish wish{options.script_isolation, options.script_user, {}, {}};
    wish.hidden.push_back(absolute(options.data_folder));
    for (const std::string& file : {options.config_file, options.tls_key}) {
        if (!file.empty()) {
            wish.hidden.push_back(absolute(file));
        }
    }
    if (const std::string file = system_file(options); !file.empty()) {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
            wish.hidden.push_back(absolute(file) + suffix);
        }
    }
    for (const std::string& folder : options.script_folders) {
        wish.writable.push_back(absolute(folder));
    }
    return wish;
}

std::string hosts_folder(const Options& options) {
    return absolute(options.hosts_folder.empty() ? folder_of_binary() + "/hosts"
                                                 : options.hosts_folder);
}

Status check_shown_folders(const Options& options) {
    const auto uncovered = script::first_uncovered(isolation_wish(options), hosts_folder(options));
    if (uncovered && options.script_isolation != script::IsolationMode::Off) {
        return fail(ErrorKind::BadRequest, "'" + *uncovered +
                                               "' lies in a folder that scripts are shown, and "
                                               "must not; see script-folders and hosts.");
    }
    return {};
}

script::EngineSettings engine_settings(const Options& options) {
    script::EngineSettings settings;
    settings.places.hosts_folder = hosts_folder(options);
    settings.places.environment = environment_variable;
    settings.places.isolation = script::choose_isolation(
        isolation_wish(options), settings.places.hosts_folder, geteuid() == 0, script::try_launch);
    for (const std::string& name : options.script_environment) {
        if (const auto value = environment_variable(name)) {
            settings.environment.push_back(name + "=" + *value);
        }
    }
    settings.config_json = platform_config(options, false);
    settings.sandbox_config_json = platform_config(options, true);
    settings.limits.request.wall = std::chrono::milliseconds(options.script_wall_ms);
    settings.limits.request.memory_bytes = options.script_memory_mb << 20U;
    settings.limits.queued.memory_bytes = options.script_memory_mb << 20U;
    settings.max_hosts = options.max_hosts;
    settings.disabled = options.disabled_engines;
    return settings;
}

Task<void> make_admin(access::Accounts& accounts, const Options& options, Status& end) {
    const bool is_named = !options.admin_email.empty();
    std::optional<std::string> password;
    if (!options.admin_password.empty()) {
        password = options.admin_password;
    }
    auto made = co_await access::create_first_admin(
        accounts, is_named ? options.admin_email : "admin@sluice.local", password);
    if (!made) {
        end = fail(made.error());
    } else if (*made && !password) {
        std::printf("first administrator: %s\npassword (shown only now): %s\n",
                    (*made)->email.c_str(), (*made)->password.c_str());
        std::fflush(stdout);
    }
}

Status first_admin(access::Accounts& accounts, const Options& options) {
    asio::io_context io;
    Status end;
    asio::co_spawn(io, make_admin(accounts, options, end), asio::detached);
    io.run();
    return end;
}

// What the process was started with stays readable to others of its user: scripts among them.
void hide_secrets() {
    if (char* password = std::getenv("SLUICE_ADMIN_PASSWORD")) {  // NOLINT(concurrency-mt-unsafe)
        explicit_bzero(password, std::strlen(password));
    }
#if !__has_feature(address_sanitizer)  // its leak check attaches to the process
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

void log_engines(const script::EngineSettings& settings) {
    const script::Isolation& isolation = settings.places.isolation;
    log::info("script", "isolation of scripts: " + std::string(isolation.name()));
    if (!isolation.missing.empty()) {
        log::warn("script", "isolation of scripts is not whole: " + isolation.missing);
    }
    for (const script::EngineDescription& engine : script::describe_engines(settings)) {
        if (!engine.is_available) {
            log::warn("script", "engine " + engine.name + " is off: " + engine.why);
        }
    }
}

// Waits for the first signal, then lets the shards drain; the second one ends the process at once.
void stop_on_signal(asio::io_context& io,
                    asio::signal_set& signals,
                    std::vector<std::unique_ptr<Shard>>& shards,
                    std::vector<std::thread>& threads) {
    signals.async_wait([&](const boost::system::error_code&, int) {
        log::info("app", "stopping: finishing what runs");
        for (const auto& shard : shards) {
            shard->stop();
        }
        signals.async_wait([](const boost::system::error_code& code, int) {
            if (!code) {
                _exit(1);
            }
        });
    });
    std::thread waiting([&io] { io.run(); });
    for (std::thread& thread : threads) {
        thread.join();
    }
    signals.cancel();
    io.stop();
    waiting.join();
}

// Ends the process when the threads do not: nobody waits any more for what they do, and what was
// acknowledged is on disk.
void join_or_leave(asio::thread_pool& blocking) {
    std::promise<void> done;
    std::thread joining([&] {
        blocking.join();
        done.set_value();
    });
    if (done.get_future().wait_for(kBlockingGrace) != std::future_status::ready) {
        log::warn("app", "left without waiting for a database that does not answer");
        log::flush();
        _exit(0);
    }
    joining.join();
}

int serve_with(const Options& options, store::Store& store) {
    access::SessionPolicy sessions;
    sessions.allows_forever = options.allows_forever_sessions;
    access::Accounts accounts(store, sessions);
    asio::thread_pool blocking(kBlockingThreads);
    services::sql::Shared databases{options.data_folder,  blocking, {}, {},
                                    system_file(options), &store};
    Shared shared{options, store, accounts, databases, engine_settings(options)};
    auto policy = http::OutboundPolicy::of(options.outbound_allow, options.outbound_refuse);
    if (!policy) {
        return refuse(policy.error());
    }
    http::Transfers transfers(std::move(*policy));
    shared.engines.fetch = [&transfers](OutboundRequest request) {
        return http::fetch(transfers, std::move(request));
    };
    log_engines(shared.engines);

    const std::vector<int> cores = allowed_cores();
    const std::size_t count =
        options.threads > 0 ? options.threads : std::max<std::size_t>(cores.size(), 1);
    std::vector<std::unique_ptr<Shard>> shards;
    for (std::size_t i = 0; i < count; ++i) {
        shards.push_back(std::make_unique<Shard>(shared));
        const std::uint16_t port = i == 0 ? options.port : shards.front()->port();
        if (const Status listening = shards.back()->listen(port, i > 0); !listening) {
            return refuse(listening.error());
        }
    }
    store.subscribe([&shards](const store::SnapshotRef& snapshot) {
        for (const auto& shard : shards) {
            shard->follow(snapshot);
        }
    });
    // With the ports in hand: a start that fails has made no administrator and told no password.
    if (const Status made = first_admin(accounts, options); !made) {
        return refuse(made.error());
    }
    if (!options.sample_folder.empty()) {
        if (const Status installed = install_sample(options, store); !installed) {
            return refuse(installed.error());
        }
    }
    const bool pins = cores.size() <= kPinUpToCores && count <= cores.size();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&shard = *shards[i], cpu = pins ? cores[i] : -1] { shard.run(cpu); });
    }
    // Before the line that says so: who reads it may want the server to end at once.
    asio::io_context signal_io;
    asio::signal_set signals(signal_io, SIGTERM, SIGINT);
    const bool is_ipv6 = options.address.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? "[" + options.address + "]" : options.address;
    std::printf("listening on %s://%s:%u\n", options.tls_certificate.empty() ? "http" : "https",
                host.c_str(), static_cast<unsigned>(shards.front()->port()));
    std::fflush(stdout);
    stop_on_signal(signal_io, signals, shards, threads);
    transfers.stop();
    // Before the shards go: writers and blocking work report to those that asked for them.
    store.stop();
    databases.files.stop();
    join_or_leave(blocking);
    join_or_leave(databases.connecting);
    return 0;
}

}  // namespace

int serve(const Options& options) {
    log::set_level(options.log_level);
    std::signal(SIGPIPE, SIG_IGN);
    umask(0077);
    hide_secrets();
    if (const Status made = make_data_folder(options.data_folder); !made) {
        return refuse(made.error());
    }
    if (const Status shown = check_shown_folders(options); !shown) {
        return refuse(shown.error());
    }
    std::optional<InstanceLock> lock;
    if (const std::string file = system_file(options); !file.empty()) {
        auto taken = InstanceLock::take(file);
        if (!taken) {
            return refuse(taken.error());
        }
        lock.emplace(std::move(*taken));
    }
    auto store = store::Store::open(options.system_db);
    if (!store) {
        return refuse(store.error());
    }
    const int code = serve_with(options, **store);
    log::flush();
    return code;
}

}  // namespace sluice::app
