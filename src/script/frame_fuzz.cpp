// Whatever a host sends, a host taken over by a script among them, must come out as frames whose
// parts lie within it, or be refused; and be read to a result, an error or a call.

#include <cstdint>
#include <cstdlib>

#include "script/api_call.h"
#include "script/api_options.h"
#include "script/done_frame.h"
#include "script/frame.h"

namespace {

using namespace sluice;
using namespace sluice::script;

constexpr std::size_t kMostFrames = 64;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// What reading is compared by.
struct Seen {
    std::string text;
    bool is_broken = false;
};

void use_done(const Frame& frame) {
    Script script;
    script.name = "script";
    const Result<Done> done = read_done(frame, script, Limits{});
    if (!done) {
        require(done.error().kind() == ErrorKind::Internal);
        return;
    }
    const std::optional<int> status = done->outcome.response.status;
    require(!status || (*status >= 100 && *status <= 599));
    if (done->outcome.raised) {
        const int told = done->outcome.raised->status();
        require(told >= 100 && told <= 599);
    }
}

void use_call(const Frame& frame, bool bare_headers) {
    ApiCall call = read_call(frame);
    if (!apply_options(call, bare_headers)) {
        return;
    }
    sluice::Call caller;
    caller.principal = std::make_shared<Principal>();
    const auto request = request_of(std::move(call), caller, Deadline{});
    if (request) {
        require(request->path.starts_with("/api/v2/"));
        require(request->origin.requestor == Requestor::Script && request->origin.depth == 1);
    }
}

void look_at(const Frame& frame, Seen& seen) {
    seen.text.push_back(static_cast<char>(frame.type));
    for (const PartView& part : frame.parts) {
        require(frame.find_part(part.name) != nullptr);
        seen.text.append(part.name).append(1, '=').append(part.bytes);
    }
    if (frame.type == FrameType::Done) {
        use_done(frame);
    } else if (frame.type == FrameType::Call) {
        use_call(frame, frame.parts.empty());
    }
}

/// `step`: how many bytes come at a time.
Seen read_all(std::string_view bytes, std::size_t step) {
    FrameReader reader;
    Seen seen;
    std::size_t frames = 0;
    while (!bytes.empty() && !seen.is_broken) {
        const std::string_view now = bytes.substr(0, step);
        const auto [at, space] = reader.prepare(now.size());
        require(space >= now.size());
        now.copy(at, now.size());
        reader.commit(now.size());
        bytes.remove_prefix(now.size());
        for (;;) {
            const Result<std::optional<Frame>> frame = reader.next();
            seen.is_broken = !frame;
            if (!frame || !frame->has_value() || ++frames > kMostFrames) {
                break;
            }
            look_at(**frame, seen);
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Seen whole = read_all(bytes, bytes.size() + 1);
    const Seen cut = read_all(bytes, 1 + size / 3);
    if (!whole.is_broken) {
        require(!cut.is_broken && cut.text == whole.text);
    }
    return 0;
}
