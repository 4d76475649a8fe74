#pragma once
/// The body of one request, as its pieces come off the wire: room for it, unpacking, pauses.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/request.h"
#include "core/result.h"
#include "http/compress.h"

namespace sluice::http {

/// Threads: one shard.
class BodyReader {
public:
    /// `max_bytes`: of the body when it is unpacked.
    explicit BodyReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Errors: UnsupportedMedia for a Content-Encoding that is none of ours.
    Status read_encoding(const Headers& headers);

    /// The client says how long its body is.
    static void expect(std::uint64_t length, std::string& content);

    /// More bytes are there: unpacking may go on for one step.
    void begin_step();

    /// Shape:  how many bytes of `piece` were taken; not all of them once `is_paused()`.
    /// Errors: BadRequest, PayloadTooLarge.
    Result<std::size_t> add(std::string_view piece, std::string& content);

    /// It stopped unpacking, so that others get their turn.
    bool is_paused() const { return is_paused_; }

    /// The whole body is there. Headers then say what it is, not how it came.
    /// Errors: BadRequest for one that ends halfway.
    Status finish(Request& request);

private:
    Result<std::size_t> unpack(std::string_view piece, std::string& content);

    std::size_t max_bytes_;
    bool has_body_ = false;
    bool has_room_ = false;
    bool is_paused_ = false;
    std::optional<Inflater> inflater_;
    /// Since the step began.
    std::size_t unpacked_ = 0;
};

}  // namespace sluice::http
