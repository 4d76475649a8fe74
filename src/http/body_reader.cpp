#include "http/body_reader.h"

#include <algorithm>

namespace sluice::http {
namespace {

// A body of a known length up to this gets its memory in one piece; a longer one as it arrives, so
// that a mere claim costs the server nothing.
constexpr std::uint64_t kReserveUpTo = 64UL * 1024;
// A body is unpacked by this much, well below a millisecond, before others get their turn; and from
// so few bytes at a time that a step does not run far over it (zlib packs 1032 to 1 at most).
constexpr std::size_t kUnpackedStep = 256UL * 1024;
constexpr std::size_t kPackedStep = 256;
// A body that has grown to this will likely grow on. It gets room for all that it may become, of
// which untouched pages cost nothing: moving tens of megabytes to a larger place takes tens of
// milliseconds.
constexpr std::size_t kGrowsFrom = 1024UL * 1024;
constexpr std::size_t kRoomAtMost = 64UL * 1024 * 1024;

}  // namespace

Status BodyReader::read_encoding(const Headers& headers) {
    const std::string* encoding = headers.find("content-encoding");
    if (encoding == nullptr || encoding->empty() || equals_ignoring_case(*encoding, "identity")) {
        return {};
    }
    if (!equals_ignoring_case(*encoding, "gzip") && !equals_ignoring_case(*encoding, "x-gzip") &&
        !equals_ignoring_case(*encoding, "deflate")) {
        return fail(ErrorKind::UnsupportedMedia, "This Content-Encoding is not supported.");
    }
    inflater_.emplace(max_bytes_);
    return {};
}

void BodyReader::expect(std::uint64_t length, std::string& content) {
    content.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, kReserveUpTo)));
}

void BodyReader::begin_step() {
    is_paused_ = false;
    unpacked_ = 0;
}

Result<std::size_t> BodyReader::add(std::string_view piece, std::string& content) {
    has_body_ = true;
    if (content.size() >= kGrowsFrom && !has_room_) {
        has_room_ = true;
        content.reserve(std::max(content.size(), std::min(max_bytes_, kRoomAtMost)));
    }
    if (inflater_) {
        return unpack(piece, content);
    }
    content.append(piece);
    return piece.size();
}

Result<std::size_t> BodyReader::unpack(std::string_view piece, std::string& content) {
    const std::size_t before = content.size();
    std::size_t taken = 0;
    while (taken < piece.size()) {
        if (unpacked_ + content.size() - before >= kUnpackedStep) {
            is_paused_ = true;
            break;
        }
        const std::string_view step = piece.substr(taken, kPackedStep);
        SLUICE_CHECK(inflater_->add(step, content));
        taken += step.size();
    }
    unpacked_ += content.size() - before;
    return taken;
}

Status BodyReader::finish(Request& request) {
    if (!inflater_ || !has_body_) {
        return {};
    }
    SLUICE_CHECK(inflater_->finish());
    request.headers.remove("content-encoding");
    request.headers.set("content-length", std::to_string(request.content.size()));
    return {};
}

}  // namespace sluice::http
