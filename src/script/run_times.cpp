#include "script/run_times.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sluice::script {

// Below 4 us each has a bucket of its own; above, the two bits behind the first choose the part.
std::size_t RunTimes::bucket_of(std::uint64_t us) {
    if (us < kParts) {
        return us;
    }
    const auto power = static_cast<std::size_t>(std::bit_width(us)) - 3;
    return std::min((power + 1) * kParts + ((us >> power) & (kParts - 1)), kBuckets - 1);
}

std::uint64_t RunTimes::top_of(std::size_t bucket) {
    if (bucket < kParts) {
        return bucket;
    }
    const std::size_t power = bucket / kParts - 1;
    return ((kParts + bucket % kParts + 1) << power) - 1;
}

void RunTimes::add(std::chrono::microseconds time) {
    std::uint32_t& count =
        counts_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count())))];
    if (count != UINT32_MAX) {
        ++count;
        ++count_;
    }
}

std::chrono::microseconds RunTimes::quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets && count_ > 0; ++i) {
        seen += counts_[i];
        if (seen >= std::max<std::uint64_t>(wanted, 1)) {
            return std::chrono::microseconds(top_of(i));
        }
    }
    return {};
}

}  // namespace sluice::script
