#pragma once
/// The Date header, written once per second.

#include <ctime>
#include <string>

namespace sluice::http {

/// Shape:   "Sat, 21 Nov 2026 09:10:10 GMT" (RFC 9110, 5.6.7), whatever the locale.
std::string http_date(std::time_t at);

/// Threads: one; each shard has its own.
class HttpClock {
public:
    const std::string& now() {
        const std::time_t second = std::time(nullptr);
        if (second != second_) {
            second_ = second;
            text_ = http_date(second);
        }
        return text_;
    }

private:
    std::time_t second_ = -1;
    std::string text_;
};

}  // namespace sluice::http
