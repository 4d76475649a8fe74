#pragma once
/// Frames of hosts/PROTOCOL.md on a blocking descriptor, with poll() where a read may not take for
/// ever.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sandbox {

using Clock = std::chrono::steady_clock;

/// One frame as it came: its type, the text of its head, and all its parts in one piece.
struct Frame {
    char kind = 0;
    std::string head;
    std::string parts;
};

/// One part of a frame to be sent.
struct Part {
    std::string name;
    std::string_view form;
    std::string data;
};

/// Threads: one.
class Connection {
public:
    explicit Connection(int fd) : fd_(fd) {}

    int descriptor() const { return fd_; }

    /// A whole frame that has been read already. Errors: is_broken() for what is no frame.
    std::optional<Frame> take();
    bool is_broken() const { return is_broken_; }

    enum class Fill { Read, End, Late };
    /// Blocks until more has come, or until `deadline` when there is one.
    Fill fill(std::optional<Clock::time_point> deadline);

    /// Holds a frame back until flush(). `head` is a JSON object without `parts`.
    /// Errors: false, with nothing held, when the frame would be longer than frames may be.
    bool send(char kind, std::string_view head, const std::vector<Part>& parts);
    bool holds_output() const { return !output_.empty(); }
    /// Errors: false when the other side is gone.
    bool flush();

private:
    int fd_;
    std::vector<char> input_;
    std::size_t from_ = 0;
    std::size_t to_ = 0;
    std::string output_;
    bool is_broken_ = false;
};

}  // namespace sluice::sandbox
