#include "script/frame.h"

#include <algorithm>
#include <cstring>

#include "script/json_shape.h"

namespace sluice::script {
namespace {

constexpr std::string_view kFormNames[] = {"json", "text", "bytes"};
constexpr std::size_t kPrefixBytes = 9;  // length, type, head length

void append_u32(std::string& out, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xFFU));
    }
}

std::size_t read_u32(const char* at) {
    std::size_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
        value |= static_cast<std::size_t>(static_cast<unsigned char>(at[i])) << (8U * i);
    }
    return value;
}

tl::unexpected<Error> broken(std::string why) {
    return fail(Error(ErrorKind::Internal, "A script host broke the protocol.")
                    .with_detail(std::move(why)));
}

Result<Content::Form> form_of(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kFormNames); ++i) {
        if (name == kFormNames[i]) {
            return static_cast<Content::Form>(i);
        }
    }
    return broken("unknown form of a part");
}

// Cuts `bytes` by the list in the head.
Result<std::vector<PartView>> cut_parts(const json::object& head, std::string_view bytes) {
    std::vector<PartView> parts;
    const json::value* list = head.if_contains("parts");
    if (list == nullptr) {
        return bytes.empty() ? Result<std::vector<PartView>>(std::move(parts))
                             : broken("bytes without a list of parts");
    }
    if (!list->is_array()) {
        return broken("parts is no list");
    }
    for (const json::value& item : list->get_array()) {
        const json::array* entry = item.if_array();
        if (entry == nullptr || entry->size() < 3 || !(*entry)[0].is_string() ||
            !(*entry)[1].is_string() || !(*entry)[2].is_int64()) {
            return broken("an entry of parts is not [name, form, length, ...]");
        }
        const std::int64_t length = (*entry)[2].get_int64();
        if (length < 0 || static_cast<std::size_t>(length) > bytes.size()) {
            return broken("a part is longer than its frame");
        }
        SLUICE_TRY(const Content::Form form, form_of((*entry)[1].get_string()));
        const auto size = static_cast<std::size_t>(length);
        parts.push_back({(*entry)[0].get_string(), form, bytes.substr(0, size)});
        bytes.remove_prefix(size);
    }
    if (!bytes.empty()) {
        return broken("bytes after the last part");
    }
    return parts;
}

}  // namespace

void FrameBuilder::add_part(std::string_view name, Content::Form form, std::string_view bytes) {
    parts_json_.append(parts_json_.empty() ? "[\"" : ",[\"").append(name).append("\",\"");
    parts_json_.append(kFormNames[static_cast<std::size_t>(form)]).append("\",");
    parts_json_.append(std::to_string(bytes.size()));
    if (form == Content::Form::Json) {
        parts_json_.append(",").append(std::to_string(static_cast<unsigned>(shape_of(bytes))));
    }
    parts_json_.append("]");
    parts_.push_back(bytes);
}

Status FrameBuilder::append_to(std::string& out) const {
    std::size_t head_length = head_.size() + 2;
    if (!parts_.empty()) {
        head_length += parts_json_.size() + std::strlen(",\"parts\":[]");
    }
    std::size_t length = 5 + head_length;
    for (const std::string_view part : parts_) {
        length += part.size();
    }
    if (length > kMaxFrameBytes) {
        return fail(ErrorKind::PayloadTooLarge, "The content is too large for a script.");
    }
    out.reserve(out.size() + 4 + length);
    append_u32(out, length);
    out.push_back(static_cast<char>(type_));
    append_u32(out, head_length);
    out.append("{").append(head_);
    if (!parts_.empty()) {
        out.append(",\"parts\":[").append(parts_json_).append("]");
    }
    out.append("}");
    for (const std::string_view part : parts_) {
        out.append(part);
    }
    return {};
}

const PartView* Frame::find_part(std::string_view name) const {
    const auto found = std::ranges::find(parts, name, &PartView::name);
    return found == parts.end() ? nullptr : &*found;
}

std::pair<char*, std::size_t> FrameReader::prepare(std::size_t least) {
    if (begin_ == end_) {
        begin_ = end_ = 0;
    }
    if (buffer_.size() - end_ < least) {
        buffer_.erase(0, begin_);
        end_ -= begin_;
        begin_ = 0;
        if (buffer_.size() - end_ < least) {
            buffer_.resize(end_ + least);
        }
    }
    return {buffer_.data() + end_, buffer_.size() - end_};
}

Result<std::optional<Frame>> FrameReader::next() {
    const std::size_t available = end_ - begin_;
    if (available < kPrefixBytes) {
        return std::nullopt;
    }
    const char* at = buffer_.data() + begin_;
    const std::size_t length = read_u32(at);
    if (length < 5 || length > kMaxFrameBytes) {
        return broken("a frame of impossible length");
    }
    if (available < 4 + length) {
        return std::nullopt;
    }
    const std::size_t head_length = read_u32(at + 5);
    if (head_length > length - 5) {
        return broken("a head longer than its frame");
    }
    if (head_length > kMaxHeadBytes) {
        return broken("a head that is too long");
    }
    begin_ += 4 + length;

    json::error_code code;
    json::parse_options options;
    options.max_depth = kMaxJsonDepth;
    json::value head =
        json::parse(std::string_view(at + kPrefixBytes, head_length), code, {}, options);
    if (code || !head.is_object()) {
        return broken("a head that is no JSON object");
    }
    Frame frame{static_cast<FrameType>(at[4]), std::move(head.get_object()), {}};
    SLUICE_TRY(frame.parts,
               cut_parts(frame.head, {at + kPrefixBytes + head_length, length - 5 - head_length}));
    return frame;
}

}  // namespace sluice::script
