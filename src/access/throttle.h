#pragma once
/// Slows down guessing: counts failed log-ins per name and address, and per address.

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/result.h"

namespace sluice::access {

/// What counts as one place that callers come from: an IPv4 address, the /64 of an IPv6 address,
/// since whoever has one of its addresses has them all.
std::string network_of(const std::string& address);

/// Threads: any.
class Throttle {
public:
    using Clock = std::chrono::steady_clock;

    explicit Throttle(int max_failures = 10,
                      std::chrono::seconds window = std::chrono::minutes(15),
                      std::size_t max_entries = 10'000)
        : max_failures_(max_failures), window_(window), max_entries_(max_entries) {}

    /// Errors: TooManyRequests after `max_failures` within a window.
    Status check(const std::string& key, Clock::time_point now = Clock::now());
    void note_failure(const std::string& key, Clock::time_point now = Clock::now());
    void forget(const std::string& key);

    /// Of those who come from one network, whatever names they try. Higher, since many may share
    /// it.
    static constexpr int kMaxFailuresPerNetwork = 30;
    static constexpr std::chrono::seconds kNetworkWindow = std::chrono::minutes(1);

    static std::string key_of(const std::string& name, const std::string& address) {
        return name + '\n' + address;
    }

private:
    struct Entry {
        int failures = 0;
        Clock::time_point since;
    };
    /// Drops what is over, and the oldest of the rest when that is not enough.
    void make_room(Clock::time_point now);

    int max_failures_;
    std::chrono::seconds window_;
    std::size_t max_entries_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace sluice::access
