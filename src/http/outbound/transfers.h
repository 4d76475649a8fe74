#pragma once
/// Exchanges with other servers, on a thread of their own. Hides libcurl.
/// Design: docs/adr/0018-libcurl-for-outbound-calls.md.

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/outbound.h"
#include "http/outbound/policy.h"

namespace sluice::http {

/// One request and what came of it: a redirect is answered, not followed.
struct Transfer {
    OutboundRequest request;
    /// Of the URL, in small letters: what the policy judges.
    std::string host;

    Result<Response> result = fail(ErrorKind::ServiceUnavailable, "The server is shutting down.");
    /// Where a redirect leads; empty without one.
    std::string redirect;
};

/// Threads: any. Stopped before the loops go away that `done` reports to.
class Transfers {
public:
    /// Of what another server answers: head, and content after decompression.
    static constexpr std::size_t kMostHeadBytes = 64UL * 1024;
    static constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;
    /// Under way at once; further ones wait.
    static constexpr long kMostConnections = 128;

    explicit Transfers(OutboundPolicy policy);
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    const OutboundPolicy& policy() const;
    /// Calls `done`, once, from its own thread when `transfer.result` is there.
    void start(std::shared_ptr<Transfer> transfer, std::function<void()> done);
    /// All that is under way fails; what is started afterwards does at once.
    void stop();

private:
    struct Work;
    std::unique_ptr<Work> work_;
    std::thread thread_;
};

}  // namespace sluice::http
