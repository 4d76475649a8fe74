#pragma once
/// Whether rows of a database may have changed since a moment, as far as this process has changed
/// them. Shared by all shards, and by all services on one database.

#include <chrono>

#include "core/error.h"
#include "core/fields.h"
#include "services/sql/epochs.h"

namespace sluice::services::sql {

/// Per database, not per table: a change of one reaches others by cascades, triggers and views.
/// Threads: any.
class Changes {
public:
    using Clock = std::chrono::steady_clock;
    /// The database may still be at a change whose answer was lost or came too late.
    static constexpr auto kDoubt = std::chrono::seconds(60);

    /// Known to nobody else.
    Changes() : Changes(new_counter(), new_counter()) {}
    Changes(EpochRef count, EpochRef doubted_until)
        : count_(std::move(count)), doubted_until_(std::move(doubted_until)) {}
    /// Of the database that `name` stands for.
    static Changes of(Epochs& epochs, const std::string& name) {
        return {epochs.of("changes " + name), epochs.of("doubt " + name)};
    }

    /// Once something may have become lasting, and before anybody hears of it.
    void note() { count_->fetch_add(1); }
    /// Whether and when something becomes lasting is not known.
    void doubt(Clock::time_point now = Clock::now()) {
        note();
        doubted_until_->store(ticks(now + kDoubt));
    }

    /// Grows with each change.
    std::uint64_t count() const { return count_->load(); }
    /// What is read now may change without another word.
    bool is_in_doubt(Clock::time_point now = Clock::now()) const {
        return ticks(now) < doubted_until_->load();
    }

private:
    static EpochRef new_counter() { return std::make_shared<std::atomic<std::uint64_t>>(0); }
    static std::uint64_t ticks(Clock::time_point time) {
        return static_cast<std::uint64_t>(time.time_since_epoch().count());
    }

    EpochRef count_;
    EpochRef doubted_until_;
};

/// Whether a change that failed so may happen all the same.
inline bool is_end_unknown(const Error& error) {
    return error.kind() == ErrorKind::UpstreamTimeout ||
           error.kind() == ErrorKind::ServiceUnavailable;
}

/// The name of whatever databases there are at `host`: they may show each other's rows, and a
/// machine has more names than one.
inline std::string server_of(const std::string& host) {
    const bool is_here = host.empty() || host.front() == '/' || host == "localhost" ||
                         host == "127.0.0.1" || host == "::1";
    return "server " + (is_here ? "here" : lower_case(host));
}

}  // namespace sluice::services::sql
