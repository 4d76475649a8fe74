#include "access/passwords.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <sodium.h>

#include "core/blocking.h"

namespace sluice::access {
namespace {

constexpr std::size_t kMaxPasswordBytes = 1024;

// At 60 ms each, the last of them waits four seconds; more would only wait for nothing.
constexpr int kMaxWaiting = 64;

std::string hash_now(std::string_view password, const PasswordCost& cost) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.passes,
                              cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return {};
    }
    return out.data();
}

bool verify_now(const std::string& hash, std::string_view password) {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace

Status check_new_password(std::string_view password, std::string_view field) {
    if (password.size() < kMinPasswordBytes) {
        return fail(ErrorKind::BadRequest, "Field '" + std::string(field) +
                                               "' must have at least " +
                                               std::to_string(kMinPasswordBytes) + " characters.");
    }
    if (password.size() > kMaxPasswordBytes) {
        return fail(ErrorKind::BadRequest, "Field '" + std::string(field) + "' is too long.");
    }
    return {};
}

PasswordCost PasswordCost::least() {
    return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
}

Passwords::Passwords(PasswordCost cost, std::size_t threads) : cost_(cost), pool_(threads) {
    if (sodium_init() < 0) {
        throw std::runtime_error("libsodium does not start");
    }
    nobodys_hash_ = hash_now("nobody", cost_);
}

Passwords::~Passwords() {
    pool_.join();
}

/// One of those that wait.
class Passwords::Place {
public:
    Place(Passwords& of, std::string from) : of_(&of), from_(std::move(from)) {}
    Place(Place&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), from_(std::move(other.from_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
        if (of_ != nullptr) {
            of_->leave(from_);
        }
    }

private:
    Passwords* of_;
    std::string from_;
};

Result<Passwords::Place> Passwords::take_place(std::string from) {
    const std::lock_guard lock(mutex_);
    if (waiting_ >= kMaxWaiting) {
        return fail(ErrorKind::ServiceUnavailable,
                    "Too many log-ins at the moment. Please try again.");
    }
    if (!from.empty() && ++waiting_of_[from] > kMaxWaitingPerNetwork) {
        --waiting_of_[from];
        return fail(ErrorKind::TooManyRequests,
                    "Too many log-ins from your address at the moment. Please try again.");
    }
    ++waiting_;
    return Place(*this, std::move(from));
}

void Passwords::leave(const std::string& from) {
    const std::lock_guard lock(mutex_);
    --waiting_;
    const auto found = waiting_of_.find(from);
    if (found != waiting_of_.end() && --found->second == 0) {
        waiting_of_.erase(found);
    }
}

template <typename Work>
Task<std::invoke_result_t<Work>> Passwords::run(Work work, std::string from) {
    CO_TRY(const Place place, take_place(std::move(from)));
    co_return co_await on_pool(pool_, std::move(work));
}

Task<Result<std::string>> Passwords::hash(std::string password, std::string from) {
    auto work = [cost = cost_, password = std::move(password)]() -> Result<std::string> {
        std::string made = hash_now(password, cost);
        if (made.empty()) {
            return fail(ErrorKind::Internal, "The password could not be hashed.");
        }
        return made;
    };
    co_return co_await run(std::move(work), std::move(from));
}

Task<Result<bool>> Passwords::verify(std::string hash, std::string password, std::string from) {
    if (password.size() > kMaxPasswordBytes) {
        co_return false;
    }
    const bool is_somebodys = !hash.empty();
    auto work = [hash = is_somebodys ? std::move(hash) : nobodys_hash_, is_somebodys,
                 password = std::move(password)]() -> Result<bool> {
        return verify_now(hash, password) && is_somebodys;
    };
    co_return co_await run(std::move(work), std::move(from));
}

}  // namespace sluice::access
