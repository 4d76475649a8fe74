#include "script/run_numbers.h"

#include <cstdlib>

#include <sys/random.h>

namespace sluice::script {
namespace {

constexpr unsigned kBitsOfADouble = 53;

}  // namespace

std::uint64_t RunNumbers::next() {
    for (;;) {
        if (left_ == 0) {
            // So few bytes come whole, or the system has no generator at all.
            if (getrandom(drawn_.data(), sizeof drawn_, 0) != static_cast<ssize_t>(sizeof drawn_)) {
                std::abort();
            }
            left_ = drawn_.size();
        }
        const std::uint64_t number = drawn_.at(--left_) >> (64U - kBitsOfADouble);
        if (number != 0) {
            return number;
        }
    }
}

}  // namespace sluice::script
