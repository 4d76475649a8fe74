#pragma once
/// Frames of hosts/PROTOCOL.md as values: bytes in, a Frame out, and back. Knows no descriptor and
/// no PHP.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace sluice::php {

inline constexpr std::size_t kMaxFrame = 64U << 20U;

/// What the four bytes of length say before the rest is there.
enum class FrameState { Incomplete, Complete, Broken };

/// A part to send.
struct Part {
    std::string name;
    std::string form;  ///< json, text or bytes
    std::string data;
};

/// A part received: looks into its Frame.
struct PartView {
    std::string_view name;
    std::string_view form;
    std::string_view data;
};

/// A frame received. Owns its bytes; a run outlives the buffer they came in. Movable: what the
/// parts look at stays where it is.
struct Frame {
    char type = 0;
    std::vector<PartView> parts;

    /// Empty when nothing was parsed into it.
    const boost::json::object& head() const;

    /// Null when there is no such part.
    const PartView* part(std::string_view name) const;
    /// Lenient readers of the head.
    std::string_view text(std::string_view key, std::string_view fallback = "") const;
    std::int64_t integer(std::string_view key, std::int64_t fallback = 0) const;

    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const boost::json::value> document;
};

/// Shape: the size of the whole frame at the start of `bytes`, its four bytes of length included;
/// set when Complete.
FrameState frame_size(std::string_view bytes, std::size_t& size);

/// `bytes`: one whole frame with its length. Empty for lengths that do not add up and for a head
/// that is no JSON object.
std::optional<Frame> parse_frame(std::string bytes);

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
