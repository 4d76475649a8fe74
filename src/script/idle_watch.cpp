#include "script/idle_watch.h"

namespace sluice::script {

bool IdleWatch::is_due(Time since, Time now) {
    if (since != since_) {
        since_ = since;
        next_ = since + kInterval;
        first_.reset();
    }
    if (now < next_) {
        return false;
    }
    next_ = now + kInterval;
    return true;
}

bool IdleWatch::is_working(std::chrono::nanoseconds total) {
    if (!first_) {
        first_ = total;
    }
    return total - *first_ > kMost;
}

}  // namespace sluice::script
