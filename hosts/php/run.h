#pragma once
/// The state of the one run that PHP is busy with. PHP's callbacks have no argument of ours, so
/// they find it through `active_run()`.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "channel.h"
#include "engine.h"
#include "frame.h"
#include "origin.h"
#include "script_text.h"

namespace sluice::php {

/// A script as loaded. `file` holds its text for PHP's compiler and for opcache.
struct Script {
    std::string name;
    std::string file;
    Reads reads;
};

struct Limits {
    std::int64_t wall_ms = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t output_bytes = 0;
    std::int64_t api_calls = 0;
};

/// Why a run was ended from outside the script.
enum class Limit { None, Wall, Memory, Output, ApiCalls };

/// What the script threw, or what PHP could not go on with.
struct Fault {
    bool is_set = false;
    std::string message;
    std::string class_name;
    std::string stack;
    std::int64_t line = 0;
    std::string more;  ///< further members of `error` as JSON: `"status_code":400,...`
    Limit limit = Limit::None;
};

/// The parts of a run frame that become values. The order is that of kParts in input.cpp.
enum class Input {
    Parameters,
    Headers,
    Content,
    Payload,
    ResponseHeaders,
    ResponseContent,
    Session,
    kCount
};

/// A decoded part. The run holds a reference, so that PHP copies before a script writes.
struct Original {
    bool is_decoded = false;
    bool is_shown = false;  ///< stands in $event; else a null does, where the script cannot look
    std::string_view text;  ///< the part as received
    std::string_view form;
    zval value{};
};

struct Run {
    Run(Channel& to, Frame& in, const Script& of) : channel(to), frame(in), script(of) {}

    /// What the script printed; becomes a log frame at the next `flush_output`.
    void print(std::string_view text);
    void flush_output();
    void log(std::string_view level, std::string_view text);

    /// Ends the run at the next opportunity; no code of the script sees it. `message` for the log
    /// and the client.
    void stop(Limit limit, std::string_view message);

    /// The script's own paths are the host's affair: replaced by the script's name.
    std::string without_paths(std::string_view text) const;

    Channel& channel;
    Frame& frame;
    const Script& script;
    Limits limits;
    std::int64_t number = 0;
    bool is_service = false;
    std::string_view config;  ///< JSON of platform.config

    Origins* origins = nullptr;
    Original originals[static_cast<std::size_t>(Input::kCount)];
    std::string resource;  ///< JSON of event.resource when it is no text
    /// Replies whose text the origins still point into.
    std::deque<Frame> replies;
    /// A PHP array of decoded values that the origins know by address.
    zval kept{};
    /// Frames that came while the run waited for a reply.
    std::deque<Frame>* waiting = nullptr;

    std::string output;
    std::int64_t printed = 0;
    std::int64_t calls = 0;
    std::size_t body_at = 0;  ///< of $_POST and php://input
    std::string query;
    std::string dump;  ///< what dd() showed: the body of a script service
    bool has_dump = false;
    bool has_exited = false;  ///< exit, die or dd
    std::string exit_text;    ///< what die() said
    std::string shown;        ///< what a script service printed: its body, should it exit
    bool is_gone = false;     ///< the server closed the connection

    Fault fault;
    std::string head;         ///< of the done frame
    std::vector<Part> parts;  ///< of the done frame
};

Run*& active_run();

}  // namespace sluice::php
