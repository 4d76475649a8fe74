#include "http/request_id.h"

#include <algorithm>
#include <random>

namespace sluice::http {

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '_' || c == '-';
    });
}

RequestIds::RequestIds() {
    std::random_device random;
    state_ = (std::uint64_t{random()} << 32U) | random();
}

std::string RequestIds::next() {
    // splitmix64: a permutation of a counter, so that ids differ and do not look like neighbours.
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    // 13 characters stay inside std::string itself: no allocation.
    constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string id(13, '0');
    for (char& c : id) {
        c = kDigits[mixed & 31U];
        mixed >>= 5U;
    }
    return id;
}

}  // namespace sluice::http
