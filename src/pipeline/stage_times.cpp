#include "pipeline/stage_times.h"

namespace sluice::pipeline {

void StageTimes::end(std::string_view stage) {
    const Clock::time_point now = Clock::now();
    if (count_ < kMaxStages) {
        const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(now - last_);
        entries_[count_++] = {stage, spent.count()};
    }
    last_ = now;
}

std::string StageTimes::header() const {
    std::string header;
    for (std::size_t i = 0; i < count_; ++i) {
        const auto [stage, microseconds] = entries_[i];
        std::string fraction = std::to_string(microseconds % 1000);
        fraction.insert(0, 3 - fraction.size(), '0');
        header.append(i == 0 ? "" : ", ").append(stage).append(";dur=");
        header.append(std::to_string(microseconds / 1000)).append(".").append(fraction);
    }
    return header;
}

}  // namespace sluice::pipeline
