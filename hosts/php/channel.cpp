#include "channel.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace sluice::php {

namespace {

constexpr std::size_t kChunk = 64U << 10U;

}  // namespace

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
                std::optional<Frame> parsed = parse_frame(have.substr(0, size));
                if (!parsed) {
                    return Received::Closed;
                }
                frame = std::move(*parsed);
                in_at_ += size;
                if (in_at_ == in_.size()) {
                    in_.clear();
                    in_at_ = 0;
                }
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

Received Channel::fill(const std::function<bool()>* stop) {
    if (in_at_ > 0) {
        in_.erase(0, in_at_);
        in_at_ = 0;
    }
    const std::size_t before = in_.size();
    std::size_t size = 0;
    frame_size(in_, size);
    const std::size_t room = size > before + kChunk ? size - before : kChunk;
    in_.resize(before + room);
    while (true) {
        if (stop != nullptr && (*stop)()) {
            in_.resize(before);
            return Received::Interrupted;
        }
        const ssize_t got = ::read(descriptor_, in_.data() + before, room);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        in_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
        return got > 0 ? Received::Frame : Received::Closed;
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
