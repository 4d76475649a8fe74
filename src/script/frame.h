#pragma once
/// The frames of hosts/PROTOCOL.md section 2: bytes to values and back. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"
#include "core/json.h"
#include "core/result.h"

namespace sluice::script {

enum class FrameType : char {
    Setup = 'S',
    Hello = 'H',
    Load = 'L',
    Unload = 'U',
    Check = 'K',
    Run = 'R',
    Call = 'C',
    Reply = 'Y',
    Done = 'D',
    Log = 'G',
    Ping = 'P',
};

/// 64 MiB: PROTOCOL.md section 2.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{64} << 20U;

/// Of a head that a host sends, and of a map among its parts: read, they take several times as
/// much.
inline constexpr std::size_t kMaxHeadBytes = std::size_t{4} << 20U;

struct PartView {
    std::string_view name;
    Content::Form form;
    std::string_view bytes;
};

/// Collects the parts while a head is written, then puts head and parts together.
class FrameBuilder {
public:
    explicit FrameBuilder(FrameType type) : type_(type) {}

    /// The head without its braces and without `parts`: `"run":7,"script":"..."`.
    std::string& head() { return head_; }
    /// `bytes` must live until `append_to`.
    void add_part(std::string_view name, Content::Form form, std::string_view bytes);
    /// Errors: PayloadTooLarge when the frame would pass kMaxFrameBytes.
    Status append_to(std::string& out) const;

private:
    FrameType type_;
    std::string head_;
    std::string parts_json_;
    std::vector<std::string_view> parts_;
};

/// Shape: views into the reader's buffer; valid until its next call.
struct Frame {
    FrameType type;
    json::object head;
    std::vector<PartView> parts;

    const PartView* find_part(std::string_view name) const;
};

/// Cuts a stream into frames.
class FrameReader {
public:
    /// Where the next bytes are to be read into; at least `least` bytes long.
    std::pair<char*, std::size_t> prepare(std::size_t least);
    void commit(std::size_t bytes) { end_ += bytes; }

    /// The next whole frame, or nothing until more bytes came.
    /// Errors: Internal for what is no frame: the stream is then of no further use.
    Result<std::optional<Frame>> next();

private:
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace sluice::script
