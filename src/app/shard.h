#pragma once
/// One core's share of the server: a loop, a listener, services, script hosts, and one thread.
/// Design: docs/adr/0001-coroutines-on-asio.md.

#include <memory>

#include "access/accounts.h"
#include "app/options.h"
#include "core/result.h"
#include "script/engines.h"
#include "services/sql/connectors.h"
#include "store/store.h"

namespace sluice::app {

/// What all shards share. Outlives them.
struct Shared {
    const Options& options;
    store::Store& store;
    access::Accounts& accounts;
    /// What the database connectors of all shards have in common.
    services::sql::Shared& databases;
    script::EngineSettings engines;
};

/// Threads: built and listening before its thread starts; `stop` from any thread.
class Shard {
public:
    explicit Shard(Shared& shared);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// `port` of an earlier shard, or the configured one for the first.
    /// Errors: as http::Server::listen.
    Status listen(std::uint16_t port, bool joins_port);
    std::uint16_t port() const;

    /// Lets go of the services that are no more in `snapshot`. Threads: any.
    void follow(const store::SnapshotRef& snapshot);

    /// Serves until `stop`. On `cpu` only, when that is not negative.
    void run(int cpu);
    /// Finishes what runs within the grace period, then lets `run` return.
    void stop();

private:
    struct Parts;
    static Task<void> drain(Shard& self);

    Shared& shared_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::app
