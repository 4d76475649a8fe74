#include "frames.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kReadBytes = std::size_t{1} << 16;
constexpr std::size_t kKeptBytes = std::size_t{4} << 20;

std::uint32_t read_u32(const char* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

void append_u32(std::string& out, std::size_t value) {
    const auto small = static_cast<std::uint32_t>(value);
    out.append(reinterpret_cast<const char*>(&small), sizeof small);
}

/// `head` with a `parts` member added.
std::string with_parts(std::string_view head, const std::vector<Part>& parts) {
    std::string out(head.substr(0, head.size() - 1));
    out += head.size() > 2 ? ",\"parts\":[" : "\"parts\":[";
    for (const Part& part : parts) {
        if (&part != &parts.front()) {
            out += ',';
        }
        out += "[\"" + part.name + "\",\"";
        out += part.form;
        out += "\"," + std::to_string(part.data.size()) + ']';
    }
    out += "]}";
    return out;
}

int wait_for(int fd, short events, int timeout_ms) {
    pollfd one{fd, events, 0};
    return ::poll(&one, 1, timeout_ms);
}

}  // namespace

std::optional<Frame> Connection::take() {
    const std::size_t have = to_ - from_;
    if (is_broken_ || have < 4) {
        return std::nullopt;
    }
    const std::size_t size = read_u32(input_.data() + from_);
    if (size > kMostBytes || size < 5) {
        is_broken_ = true;
        return std::nullopt;
    }
    if (have < 4 + size) {
        return std::nullopt;
    }
    const char* body = input_.data() + from_ + 4;
    const std::size_t head = read_u32(body + 1);
    if (head > size - 5) {
        is_broken_ = true;
        return std::nullopt;
    }
    Frame frame{body[0], std::string(body + 5, head),
                std::string(body + 5 + head, size - 5 - head)};
    from_ += 4 + size;
    return frame;
}

Connection::Fill Connection::fill(std::optional<Clock::time_point> deadline) {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(from_),
              input_.begin() + static_cast<std::ptrdiff_t>(to_), input_.begin());
    to_ -= std::exchange(from_, 0);
    if (to_ == 0 && input_.size() > kKeptBytes) {
        input_.clear();
        input_.shrink_to_fit();
    }
    if (input_.size() < to_ + kReadBytes) {
        input_.resize(std::max(to_ + kReadBytes, 2 * input_.size()));
    }
    for (;;) {
        if (deadline) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
            const auto ms = std::clamp<std::int64_t>(left.count(), 0, 1 << 30);
            if (wait_for(fd_, POLLIN, static_cast<int>(ms)) == 0) {
                return Fill::Late;
            }
        }
        const ssize_t got = ::read(fd_, input_.data() + to_, input_.size() - to_);
        if (got > 0) {
            to_ += static_cast<std::size_t>(got);
            return Fill::Read;
        }
        if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
            return Fill::End;
        }
        if (errno == EAGAIN) {
            wait_for(fd_, POLLIN, deadline ? 1 : -1);
        }
    }
}

bool Connection::send(char kind, std::string_view head, const std::vector<Part>& parts) {
    const std::string full = parts.empty() ? std::string(head) : with_parts(head, parts);
    std::size_t total = 5 + full.size();
    for (const Part& part : parts) {
        total += part.data.size();
    }
    if (total > kMostBytes) {
        return false;
    }
    append_u32(output_, total);
    output_ += kind;
    append_u32(output_, full.size());
    output_ += full;
    for (const Part& part : parts) {
        output_ += part.data;
    }
    return true;
}

bool Connection::flush() {
    std::size_t at = 0;
    while (at < output_.size()) {
        const ssize_t put = ::write(fd_, output_.data() + at, output_.size() - at);
        if (put > 0) {
            at += static_cast<std::size_t>(put);
        } else if (errno == EAGAIN) {
            wait_for(fd_, POLLOUT, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    output_.clear();
    if (output_.capacity() > kKeptBytes) {
        output_ = {};
    }
    return true;
}

}  // namespace sluice::sandbox
