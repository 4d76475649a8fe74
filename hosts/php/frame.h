#pragma once
/// Frames of hosts/PROTOCOL.md as values: bytes in, a Frame out, and back. Knows no descriptor and
/// no PHP.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace sluice::php {

inline constexpr std::size_t kMaxFrame = 64U << 20U;

/// What the four bytes of length say before the rest is there.
enum class FrameState { Incomplete, Complete, Broken };

struct Part {
    std::string name;
    std::string form;  ///< json, text or bytes
    std::string data;
};

/// A frame received. The parts are copies: a run outlives the buffer it came in.
struct Frame {
    char type = 0;
    boost::json::object head;
    std::vector<Part> parts;

    /// Null when there is no such part.
    const Part* part(std::string_view name) const;
    /// Lenient readers of the head.
    std::string_view text(std::string_view key, std::string_view fallback = "") const;
    std::int64_t integer(std::string_view key, std::int64_t fallback = 0) const;
};

/// Shape: the size of the whole frame at the start of `bytes`, its four bytes of length included;
/// set when Complete.
FrameState frame_size(std::string_view bytes, std::size_t& size);

/// `bytes`: one whole frame with its length. Empty for lengths that do not add up and for a head
/// that is no JSON object.
std::optional<Frame> parse_frame(std::string_view bytes);

/// Appends a frame to `out`. `head`: the members of a JSON object without braces and without
/// `parts`. False, and nothing appended, when it would be larger than kMaxFrame.
bool append_frame(std::string& out,
                  char type,
                  std::string_view head,
                  const std::vector<Part>& parts = {});

/// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

/// Bytes of the UTF-8 character at `at`, or 0 where none starts.
std::size_t utf8_length_at(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);

}  // namespace sluice::php
