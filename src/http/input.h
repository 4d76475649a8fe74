#pragma once
/// Bytes received and not yet parsed: a flat buffer that grows only when it must.

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::http {

/// Shape: `room()` to write into, `received(n)`, then `view()`; `take(n)` from the front.
class Input {
public:
    /// 4 KiB hold most requests; an idle connection costs no more.
    static constexpr std::size_t kSmall = 4UL * 1024;

    explicit Input(std::size_t max_bytes)
        : max_bytes_(std::max(max_bytes, kSmall)), bytes_(kSmall) {}

    std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    bool is_full() const { return view().size() == max_bytes_; }

    void take(std::size_t count) {
        begin_ += count;
        if (begin_ == end_) {
            begin_ = end_ = 0;
        }
    }

    /// Never empty unless `is_full()`. Grows for those who fill what there is.
    std::span<char> room() {
        if (end_ == bytes_.size() && begin_ > 0) {
            std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        } else if (end_ == bytes_.size()) {
            bytes_.resize(std::min(max_bytes_, bytes_.size() * 2));
        }
        return {bytes_.data() + end_, bytes_.size() - end_};
    }
    void received(std::size_t count) { end_ += count; }

    /// For the body of a request: fewer, larger reads.
    void expect_much() {
        if (bytes_.size() < max_bytes_) {
            bytes_.resize(max_bytes_);
        }
    }
    /// Between requests: gives the memory of a large one back.
    void shrink() {
        if (empty() && bytes_.size() > kSmall) {
            std::vector<char>(kSmall).swap(bytes_);
            begin_ = end_ = 0;
        }
    }

private:
    std::size_t max_bytes_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace sluice::http
