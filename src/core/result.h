#pragma once
/// A value or the one Error. Design: docs/adr/0003-result-and-error.md.

#include <tl/expected.hpp>

#include "core/error.h"

namespace sluice {

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// `return fail(ErrorKind::NotFound, "...")` from any function that gives a Result.
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return tl::unexpected<Error>(Error(kind, std::move(message)));
}
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace sluice

#define SLUICE_CONCAT_(a, b) a##b
#define SLUICE_CONCAT(a, b) SLUICE_CONCAT_(a, b)

/// `CO_TRY(auto rows, co_await query())`: the value, or leave the coroutine with the error.
#define CO_TRY(declaration, ...)                                                          \
    auto&& SLUICE_CONCAT(result_at_, __LINE__) = (__VA_ARGS__);                           \
    if (!SLUICE_CONCAT(result_at_, __LINE__)) {                                           \
        co_return ::sluice::fail(std::move(SLUICE_CONCAT(result_at_, __LINE__)).error()); \
    }                                                                                     \
    declaration = std::move(*SLUICE_CONCAT(result_at_, __LINE__))

/// The same for a Status: nothing to keep, only the error to pass on.
#define CO_CHECK(...)                                                                     \
    if (auto SLUICE_CONCAT(status_at_, __LINE__) = (__VA_ARGS__);                         \
        !SLUICE_CONCAT(status_at_, __LINE__)) {                                           \
        co_return ::sluice::fail(std::move(SLUICE_CONCAT(status_at_, __LINE__)).error()); \
    }

/// The same two for plain functions.
#define SLUICE_TRY(declaration, ...)                                                   \
    auto&& SLUICE_CONCAT(result_at_, __LINE__) = (__VA_ARGS__);                        \
    if (!SLUICE_CONCAT(result_at_, __LINE__)) {                                        \
        return ::sluice::fail(std::move(SLUICE_CONCAT(result_at_, __LINE__)).error()); \
    }                                                                                  \
    declaration = std::move(*SLUICE_CONCAT(result_at_, __LINE__))

#define SLUICE_CHECK(...)                                                              \
    if (auto SLUICE_CONCAT(status_at_, __LINE__) = (__VA_ARGS__);                      \
        !SLUICE_CONCAT(status_at_, __LINE__)) {                                        \
        return ::sluice::fail(std::move(SLUICE_CONCAT(status_at_, __LINE__)).error()); \
    }
