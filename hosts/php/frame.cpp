#include "frame.h"

#include <array>
#include <cstring>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace sluice::php {

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kFixedBytes = 5;  // type and length of the head

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
    std::array<unsigned char, 4> raw{};
    std::memcpy(raw.data(), bytes.data() + at, raw.size());
    return static_cast<std::uint32_t>(raw[0]) | static_cast<std::uint32_t>(raw[1]) << 8U |
           static_cast<std::uint32_t>(raw[2]) << 16U | static_cast<std::uint32_t>(raw[3]) << 24U;
}

void append_u32(std::string& out, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xffU));
    }
}

bool read_parts(Frame& frame, const boost::json::value& list, std::string_view bytes) {
    if (!list.is_array()) {
        return false;
    }
    std::size_t at = 0;
    frame.parts.reserve(list.get_array().size());
    for (const auto& entry : list.get_array()) {
        if (!entry.is_array() || entry.get_array().size() < 3) {
            return false;
        }
        const auto& name = entry.get_array()[0];
        const auto& form = entry.get_array()[1];
        const auto& length = entry.get_array()[2];
        if (!name.is_string() || !form.is_string() || !length.is_int64()) {
            return false;
        }
        const std::int64_t size = length.get_int64();
        if (size < 0 || static_cast<std::uint64_t>(size) > bytes.size() - at) {
            return false;
        }
        frame.parts.push_back({name.get_string(), form.get_string(),
                               bytes.substr(at, static_cast<std::size_t>(size))});
        at += static_cast<std::size_t>(size);
    }
    return at == bytes.size();
}

}  // namespace

const boost::json::object& Frame::head() const {
    static const boost::json::object nothing;
    return document == nullptr ? nothing : document->get_object();
}

const PartView* Frame::part(std::string_view name) const {
    for (const PartView& part : parts) {
        if (part.name == name) {
            return &part;
        }
    }
    return nullptr;
}

std::string_view Frame::text(std::string_view key, std::string_view fallback) const {
    const auto* found = head().if_contains(key);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string())
                                                  : fallback;
}

std::int64_t Frame::integer(std::string_view key, std::int64_t fallback) const {
    const auto* found = head().if_contains(key);
    return found != nullptr && found->is_int64() ? found->get_int64() : fallback;
}

FrameState frame_size(std::string_view bytes, std::size_t& size) {
    if (bytes.size() < kLengthBytes) {
        return FrameState::Incomplete;
    }
    const std::size_t length = read_u32(bytes, 0);
    if (length < kFixedBytes || length > kMaxFrame) {
        return FrameState::Broken;
    }
    size = kLengthBytes + length;
    return bytes.size() < size ? FrameState::Incomplete : FrameState::Complete;
}

std::optional<Frame> parse_frame(std::string owned) {
    Frame frame;
    frame.bytes = std::make_shared<const std::string>(std::move(owned));
    const std::string_view bytes = *frame.bytes;
    std::size_t size = 0;
    if (frame_size(bytes, size) != FrameState::Complete || size != bytes.size()) {
        return std::nullopt;
    }
    frame.type = bytes[kLengthBytes];
    const std::size_t head_size = read_u32(bytes, kLengthBytes + 1);
    const std::string_view rest = bytes.substr(kLengthBytes + kFixedBytes);
    if (head_size > rest.size()) {
        return std::nullopt;
    }
    boost::system::error_code failed;
    frame.document = std::make_shared<const boost::json::value>(
        boost::json::parse(boost::json::string_view(rest.data(), head_size), failed,
                           boost::json::make_shared_resource<boost::json::monotonic_resource>()));
    if (failed || !frame.document->is_object()) {
        return std::nullopt;
    }
    const auto* parts = frame.head().if_contains("parts");
    const std::string_view data = rest.substr(head_size);
    if (parts == nullptr ? !data.empty() : !read_parts(frame, *parts, data)) {
        return std::nullopt;
    }
    return frame;
}

bool append_frame(std::string& out,
                  char type,
                  std::string_view head,
                  const std::vector<Part>& parts) {
    std::string list;
    std::size_t data_size = 0;
    for (const Part& part : parts) {
        list += list.empty() ? "\"parts\":[[\"" : ",[\"";
        list += part.name;
        list += "\",\"";
        list += part.form;
        list += "\",";
        list += std::to_string(part.data.size());
        list += ']';
        data_size += part.data.size();
    }
    if (!list.empty()) {
        list += ']';
    }
    const bool needs_comma = !head.empty() && !list.empty();
    const std::size_t head_size = 2 + head.size() + list.size() + (needs_comma ? 1 : 0);
    const std::size_t length = kFixedBytes + head_size + data_size;
    if (length > kMaxFrame) {
        return false;
    }
    out.reserve(out.size() + kLengthBytes + length);
    append_u32(out, length);
    out.push_back(type);
    append_u32(out, head_size);
    out.push_back('{');
    out += head;
    if (needs_comma) {
        out.push_back(',');
    }
    out += list;
    out.push_back('}');
    for (const Part& part : parts) {
        out += part.data;
    }
    return true;
}

std::size_t utf8_length_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) -> unsigned {
        return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
    };
    const auto continues = [&](std::size_t offset, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(offset) >= low && byte(offset) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return continues(1) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
        // No overlong forms, no surrogates.
        const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = first == 0xed ? 0x9f : 0xbf;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned low = first == 0xf0 ? 0x90 : 0x80;
        const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = utf8_length_at(text, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

void append_json_text(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out.push_back('"');
    std::size_t from = 0;  // start of what is copied as it is
    std::size_t at = 0;
    const auto flush = [&](std::size_t end) { out.append(text, from, end - from); };
    while (at < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x20 && c != '"' && c != '\\' && c < 0x80) {
            ++at;
            continue;
        }
        if (c >= 0x80) {
            const std::size_t length = utf8_length_at(text, at);
            if (length != 0) {
                at += length;
                continue;
            }
            flush(at);
            out += "\xef\xbf\xbd";
            from = ++at;
            continue;
        }
        flush(at);
        out.push_back('\\');
        switch (c) {
            case '"':
            case '\\':
                out.push_back(static_cast<char>(c));
                break;
            case '\b':
                out.push_back('b');
                break;
            case '\f':
                out.push_back('f');
                break;
            case '\n':
                out.push_back('n');
                break;
            case '\r':
                out.push_back('r');
                break;
            case '\t':
                out.push_back('t');
                break;
            default:
                out += "u00";
                out.push_back(kHex[c >> 4U]);
                out.push_back(kHex[c & 15U]);
        }
        from = ++at;
    }
    flush(text.size());
    out.push_back('"');
}

}  // namespace sluice::php
