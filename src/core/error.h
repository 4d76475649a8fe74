#pragma once
/// The one error of the server: what went wrong, for the client and for the log.
/// It becomes HTTP in one file only, http/serialise.cpp. Design: docs/adr/0003-result-and-error.md.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// In the order of the table in error.cpp, which gives each its HTTP status and its script name.
enum class ErrorKind {
    BadRequest,
    Batch,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    PayloadTooLarge,
    UnsupportedMedia,
    HeaderTooLarge,
    RequestTimeout,
    TooManyRequests,
    Internal,
    NotImplemented,
    ServiceUnavailable,
    ScriptTimeout,
    UpstreamTimeout,
    kCount
};

/// What a kind means outside: fixed once, in error.cpp.
struct ErrorFacts {
    ErrorKind kind;
    int status;                    ///< HTTP status
    int code;                      ///< `error.code` when none was given
    std::string_view name;         ///< in logs and metrics
    std::string_view script_name;  ///< the exception of this kind that scripts may throw, or ""
};

const ErrorFacts& facts_of(ErrorKind kind);

/// The kind a script's exception class stands for ("BadRequestException"), case-sensitive.
/// Empty for a name that is no exception of ours.
std::optional<ErrorKind> kind_of_script_name(std::string_view script_name);

class Error {
public:
    /// `message` goes to the client: never SQL, paths, hosts, secrets or another user's data.
    Error(ErrorKind kind, std::string message);

    // By value, so that `error = std::move(error).with_code(7)` is no move onto itself.

    /// What the log gets besides; may hold what the client must not see, but no secrets.
    Error with_detail(std::string detail) &&;
    /// `text` and a space stand before the message.
    Error with_prefix(std::string_view text) &&;
    /// `error.code` of the body, instead of the kind's own.
    Error with_code(std::int64_t code) &&;
    /// The HTTP status, instead of the kind's own. What is no final status, 200..599, becomes 500.
    Error with_status(int status) &&;
    /// `error.context` of the body. Shape: one JSON value as text.
    Error with_context(std::string json) &&;
    /// A body without `error.context`/`status_code`, as DFException sends it.
    Error with_bare_body() &&;

    ErrorKind kind() const { return kind_; }
    int status() const;
    std::int64_t code() const;
    const std::string& message() const { return message_; }
    const std::string& detail() const { return detail_; }
    /// JSON text; "null" when there is none.
    std::string_view context() const;

    /// Shape: `{"error":{"code":..,"context":..,"message":"..","status_code":..}}`.
    /// Source: the documented wire form that existing clients read.
    std::string to_json() const;
    /// The inner object of `to_json()`: how an error stands inside a batch's context.
    std::string to_inner_json() const;

private:
    ErrorKind kind_;
    bool bare_body_ = false;
    std::optional<int> status_;
    std::optional<std::int64_t> code_;
    std::string message_;
    std::string detail_;
    std::string context_;
};

}  // namespace sluice
