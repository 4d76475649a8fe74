#include "access/passwords.h"

#include <array>
#include <stdexcept>

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

/// One of those that wait.
class Place {
public:
    explicit Place(std::atomic<int>& waiting) : waiting_(waiting) { ++waiting_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { --waiting_; }

private:
    std::atomic<int>& waiting_;
};

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

template <typename Work>
Task<std::invoke_result_t<Work>> Passwords::run(Work work) {
    if (waiting_ >= kMaxWaiting) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "Too many log-ins at the moment. Please try again.");
    }
    const Place place(waiting_);
    co_return co_await on_pool(pool_, std::move(work));
}

Task<Result<std::string>> Passwords::hash(std::string password) {
    auto work = [cost = cost_, password = std::move(password)]() -> Result<std::string> {
        std::string made = hash_now(password, cost);
        if (made.empty()) {
            return fail(ErrorKind::Internal, "The password could not be hashed.");
        }
        return made;
    };
    co_return co_await run(std::move(work));
}

Task<Result<bool>> Passwords::verify(std::string hash, std::string password) {
    if (password.size() > kMaxPasswordBytes) {
        co_return false;
    }
    const bool is_somebodys = !hash.empty();
    auto work = [hash = is_somebodys ? std::move(hash) : nobodys_hash_, is_somebodys,
                 password = std::move(password)]() -> Result<bool> {
        return verify_now(hash, password) && is_somebodys;
    };
    co_return co_await run(std::move(work));
}

}  // namespace sluice::access
