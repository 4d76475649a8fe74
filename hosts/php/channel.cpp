#include "channel.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace sluice::php {

namespace {

constexpr std::size_t kChunk = 64U << 10U;

}  // namespace

Channel::Channel(int descriptor)
    : descriptor_(descriptor), chunk_(std::make_unique_for_overwrite<char[]>(kChunk)) {}

Received Channel::next(Frame& frame) {
    static const std::function<bool()> never;
    return next(frame, never);
}

Received Channel::next(Frame& frame, const std::function<bool()>& stop) {
    while (true) {
        const std::string_view have = std::string_view(in_).substr(in_at_);
        std::size_t size = 0;
        switch (frame_size(have, size)) {
            case FrameState::Broken:
                return Received::Closed;
            case FrameState::Complete: {
                std::optional<Frame> parsed = parse_frame(take(size));
                if (!parsed) {
                    return Received::Closed;
                }
                frame = std::move(*parsed);
                return Received::Frame;
            }
            case FrameState::Incomplete:
                break;
        }
        if (!flush()) {
            return Received::Closed;
        }
        const Received filled = fill(stop ? &stop : nullptr);
        if (filled != Received::Frame) {
            return filled;
        }
    }
}

/// The next `size` bytes. Mostly they are all there is, and move instead of being copied.
std::string Channel::take(std::size_t size) {
    std::string bytes;
    if (in_at_ == 0 && in_.size() == size) {
        bytes.swap(in_);
        return bytes;
    }
    bytes = in_.substr(in_at_, size);
    in_at_ += size;
    if (in_at_ == in_.size()) {
        in_.clear();
        in_at_ = 0;
    }
    return bytes;
}

Received Channel::fill(const std::function<bool()>* stop) {
    if (in_at_ > 0) {
        in_.erase(0, in_at_);
        in_at_ = 0;
    }
    while (true) {
        if (stop != nullptr && (*stop)()) {
            return Received::Interrupted;
        }
        const ssize_t got = ::read(descriptor_, chunk_.get(), kChunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return Received::Closed;
        }
        in_.append(chunk_.get(), static_cast<std::size_t>(got));
        return Received::Frame;
    }
}

bool Channel::send(char type, std::string_view head, const std::vector<Part>& parts) {
    return append_frame(out_, type, head, parts);
}

bool Channel::flush() {
    std::size_t at = 0;
    while (at < out_.size()) {
        const ssize_t sent = ::write(descriptor_, out_.data() + at, out_.size() - at);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        at += static_cast<std::size_t>(sent);
    }
    out_.clear();
    return true;
}

}  // namespace sluice::php
