#pragma once
/// Passwords: argon2id, computed on threads of its own and never on a shard.

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/thread_pool.hpp>

#include "core/result.h"
#include "core/task.h"

namespace sluice::access {

/// Shorter ones are refused wherever a password is set.
inline constexpr std::size_t kMinPasswordBytes = 8;

/// Errors: BadRequest naming `field`, for a password that is too short or absurdly long.
Status check_new_password(std::string_view password, std::string_view field = "password");

/// What one hash costs.
struct PasswordCost {
    /// Passes over the memory.
    unsigned long long passes = 2;
    /// 64 MiB: libsodium's "interactive" figures, some 60 ms.
    std::size_t memory_bytes = 64UL << 20U;

    /// The least that the algorithm allows; for tests.
    static PasswordCost least();
};

/// Threads: any.
class Passwords {
public:
    explicit Passwords(PasswordCost cost = {}, std::size_t threads = 1);
    ~Passwords();

    /// Shape:  libsodium's text form, salt and cost included.
    /// `from` is the network of whoever asks (network_of); empty: the server itself, unbounded.
    /// Errors: ServiceUnavailable when too many wait, TooManyRequests when too many of `from` do,
    ///         Internal when memory is short.
    Task<Result<std::string>> hash(std::string password, std::string from = "");

    /// Whether `password` belongs to `hash`. With an empty hash the answer is no, after as much
    /// work as with one, so that the time does not tell whether there is such a user.
    /// Errors: ServiceUnavailable and TooManyRequests, as `hash`.
    Task<Result<bool>> verify(std::string hash, std::string password, std::string from = "");

    /// How many may wait at once for each `from`, of the 64 places there are.
    static constexpr int kMaxWaitingPerNetwork = 8;

private:
    class Place;

    template <typename Work>
    Task<std::invoke_result_t<Work>> run(Work work, std::string from);
    /// Errors: as `hash`.
    Result<Place> take_place(std::string from);
    void leave(const std::string& from);

    PasswordCost cost_;
    std::string nobodys_hash_;
    std::mutex mutex_;
    int waiting_ = 0;
    std::unordered_map<std::string, int> waiting_of_;
    boost::asio::thread_pool pool_;
};

}  // namespace sluice::access
