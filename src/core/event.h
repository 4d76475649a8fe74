#pragma once
/// What a script is given (Event) and what came of it (Outcome).
/// Source: hosts/PROTOCOL.md, docs/reference/events.md.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/call.h"
#include "core/response.h"

namespace sluice {

/// Where in a call a script runs. `Final` is a script stored under the bare event name.
enum class Stage { PreProcess, PostProcess, Final, Queued, Service };

/// "pre_process", "post_process", "", "queued", "api".
std::string_view name_of(Stage stage);

/// What a script may use up. Zero means the instance's default.
struct Limits {
    std::chrono::milliseconds wall{0};
    std::chrono::milliseconds cpu{0};
    std::int64_t memory_bytes = 0;
    std::int64_t output_bytes = 0;
    int api_calls = 0;  ///< below zero: none at all
    int depth = 0;
};

/// A script as the hosts need it. Immutable; shared by every call that runs it.
struct Script {
    /// The event name with its stage, or `service.<name>`: names the script in logs and messages.
    std::string name;
    /// nodejs, python, python3, php, v8js
    std::string engine;
    std::string text;
    /// SHA-256 of engine and text, hex: under this name hosts keep the compiled script.
    std::string hash;
    bool allows_modification = false;
    /// Every run gets a process of its own, which no other run was in before.
    bool is_strict = false;
    /// The call that it is attached to is one transaction with what scripts do within it.
    bool is_transactional = false;
    Limits limits;
};
using ScriptRef = std::shared_ptr<const Script>;

/// References live in the frame of the caller, who awaits the run.
struct Event {
    Stage stage = Stage::PreProcess;
    /// `event.resource`
    std::string resource;
    const Call& call;
    /// The request as earlier scripts left it.
    const Request& request;
    /// Null before the service has answered.
    const Response* response = nullptr;
};

/// A piece of content that a script gave back.
struct Content {
    enum class Form { Json, Text, Bytes };
    Form form = Form::Json;
    /// JSON text, or the text or bytes themselves.
    std::string text;
};

/// Only what the script changed is set.
struct RequestEdits {
    std::optional<std::string> method;
    std::optional<Parameters> parameters;
    std::optional<Headers> headers;
    /// JSON text. Wins over `content` when both are set.
    std::optional<std::string> payload;
    std::optional<std::string> content;
    std::optional<std::string> content_type;

    bool any() const {
        return method || parameters || headers || payload || content || content_type;
    }
};

struct ResponseEdits {
    std::optional<int> status;
    std::optional<Headers> headers;
    std::optional<Content> content;
    std::optional<std::string> content_type;

    bool any() const { return status || headers || content || content_type; }
};

/// What came of a run that the host could finish, a thrown exception included.
struct Outcome {
    std::optional<Error> raised;
    RequestEdits request;
    ResponseEdits response;
    /// The returned value; unset for nothing, undefined, None.
    std::optional<Content> returned;
    /// The returned value counts as false in the script's language (0, "", [], {}, false).
    bool returned_falsy = false;
    bool stops_propagation = false;
    std::chrono::microseconds duration{0};
};

}  // namespace sluice
