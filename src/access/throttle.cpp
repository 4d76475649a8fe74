#include "access/throttle.h"

#include <algorithm>
#include <array>
#include <span>

#include <arpa/inet.h>

namespace sluice::access {

std::string network_of(const std::string& address) {
    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
        return address;
    }
    constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::ranges::equal(std::span(bytes).first(kMapped.size()), kMapped)) {
        return std::to_string(bytes[12]) + "." + std::to_string(bytes[13]) + "." +
               std::to_string(bytes[14]) + "." + std::to_string(bytes[15]);
    }
    std::ranges::fill(std::span(bytes).subspan(8), 0);
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    return std::string(text.data()) + "/64";
}

Status Throttle::check(const std::string& key, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || now - found->second.since >= window_ ||
        found->second.failures < max_failures_) {
        return {};
    }
    return fail(ErrorKind::TooManyRequests,
                "Too many failed log-in attempts. Please try again later.");
}

void Throttle::note_failure(const std::string& key, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!entries_.contains(key) && entries_.size() >= max_entries_) {
        make_room(now);
    }
    Entry& entry = entries_[key];
    if (entry.failures == 0 || now - entry.since >= window_) {
        entry = {0, now};
    }
    ++entry.failures;
}

void Throttle::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
}

void Throttle::make_room(Clock::time_point now) {
    std::erase_if(entries_, [&](const auto& entry) { return now - entry.second.since >= window_; });
    if (entries_.size() >= max_entries_) {
        entries_.erase(std::ranges::min_element(
            entries_, {}, [](const auto& entry) { return entry.second.since; }));
    }
}

}  // namespace sluice::access
