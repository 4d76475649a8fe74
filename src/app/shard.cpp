#include "app/shard.h"

#include <pthread.h>
#include <sched.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "access/authenticate.h"
#include "access/authorise.h"
#include "app/connectors.h"
#include "app/status.h"
#include "core/log.h"
#include "http/server.h"
#include "pipeline/pipeline.h"
#include "script/engines.h"
#include "services/registry.h"

namespace sluice::app {
namespace {

http::ServerConfig server_config(const Options& options) {
    http::ServerConfig config;
    config.address = options.address;
    config.tls_certificate_file = options.tls_certificate;
    config.tls_key_file = options.tls_key;
    config.max_body_bytes = options.max_body_bytes;
    config.logs_access = options.logs_access;
    config.trusted_proxies = options.trusted_proxies;
    return config;
}

void pin_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) {
        log::warn("app", "cannot keep a shard on core " + std::to_string(cpu));
    }
}

}  // namespace

/// In the order in which they need each other; torn down from the end.
struct Shard::Parts {
    explicit Parts(Shared& shared)
        : engines(io.get_executor(),
                  shared.engines,
                  [this](Request request) { return handler(std::move(request)); }),
          run_script([this](ScriptRef script, const Event& event) {
              return engines.run(std::move(script), event);
          }),
          check_syntax([this](std::string engine, std::string text, Deadline deadline) {
              return engines.check(std::move(engine), std::move(text), deadline);
          }),
          registry(make_connectors(
              {io.get_executor(), shared, run_script, check_syntax, handler, registry})),
          authenticator(shared.accounts),
          stages{[&shared] { return shared.store.snapshot(); },
                 [this](const Request& request) { return authenticator.authenticate(request); },
                 &access::authorise,
                 registry,
                 run_script,
                 [this, &shared](const Request& request) {
                     return answer_outside_api(shared, authenticator, request);
                 },
                 shared.options.request_time},
          handler(pipeline::make_handler(stages)) {}

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<Executor> work{io.get_executor()};
    script::Engines engines;
    RunScript run_script;
    services::system::CheckSyntax check_syntax;
    services::Registry registry;
    access::Authenticator authenticator;
    pipeline::Parts stages;
    Handler handler;
    std::unique_ptr<http::Server> server;
};

Shard::Shard(Shared& shared) : shared_(shared), parts_(std::make_unique<Parts>(shared)) {}

Shard::~Shard() = default;

Status Shard::listen(std::uint16_t port, bool joins_port) {
    http::ServerConfig config = server_config(shared_.options);
    config.port = port;
    config.joins_port = joins_port;
    parts_->server = std::make_unique<http::Server>(parts_->io, config, parts_->handler);
    return parts_->server->listen();
}

std::uint16_t Shard::port() const {
    return parts_->server->port();
}

void Shard::follow(const store::SnapshotRef& snapshot) {
    boost::asio::post(parts_->io, [this, snapshot] { parts_->registry.follow(*snapshot); });
}

void Shard::run(int cpu) {
    if (cpu >= 0) {
        pin_to(cpu);
    }
    // Engines that scripts already use are started before the first call needs them.
    for (const std::string& engine : engines_in_use(*shared_.store.snapshot())) {
        parts_->engines.warm(engine);
    }
    parts_->io.run();
}

void Shard::stop() {
    boost::asio::post(parts_->io, [this] {
        boost::asio::co_spawn(parts_->io, drain(*this), boost::asio::detached);
    });
}

Task<void> Shard::drain(Shard& self) {
    self.shared_.engines.runs->close();  // who watches them would never be done
    co_await self.parts_->server->stop(self.shared_.options.grace);
    self.parts_->engines.stop();
    self.parts_->work.reset();
    self.parts_->io.stop();
}

}  // namespace sluice::app
