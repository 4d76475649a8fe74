#include "script/pool_line.h"

#include <algorithm>

namespace sluice::script {

void Line::join(Place& place) {
    Level& level = levels_[place.want.depth];
    auto queue = std::ranges::find_if(level, [&place](const Queue& each) {
        return is_same_script(script_of(each), *place.want.tenant.script);
    });
    if (queue == level.end()) {
        queue = level.emplace(level.end());
    }
    const auto at =
        place.want.was_sent
            ? std::ranges::find_if(*queue, [](const Place* other) { return !other->want.was_sent; })
            : queue->end();
    queue->insert(at, &place);
    ++size_;
}

void Line::leave(const Place& place, bool is_served) {
    const auto level = levels_.find(place.want.depth);
    if (level == levels_.end()) {
        return;
    }
    for (auto queue = level->second.begin(); queue != level->second.end(); ++queue) {
        if (std::erase(*queue, &place) == 0) {
            continue;
        }
        --size_;
        if (queue->empty()) {
            level->second.erase(queue);
        } else if (is_served) {
            level->second.splice(level->second.end(), level->second, queue);
        }
        break;
    }
    if (level->second.empty()) {
        levels_.erase(level);
    }
}

std::vector<Line::Place*> Line::next(std::size_t most) const {
    std::vector<Place*> found;
    found.reserve(std::min(most, size_));
    for (const auto& [depth, level] : levels_) {
        std::size_t before = found.size() + 1;
        // The first of each script, then the second of each, and so on.
        for (std::size_t i = 0; found.size() < most && found.size() != before; ++i) {
            before = found.size();
            for (const Queue& queue : level) {
                if (i < queue.size() && found.size() < most) {
                    found.push_back(queue[i]);
                }
            }
        }
    }
    return found;
}

std::size_t Line::scripts() const {
    std::size_t count = 0;
    for (const auto& [depth, level] : levels_) {
        count += level.size();
    }
    return count;
}

bool Line::is_first_of_its_script(const Want& want) const {
    const auto level = levels_.find(want.depth);
    if (level == levels_.end()) {
        return true;
    }
    const auto queue = std::ranges::find_if(level->second, [&want](const Queue& each) {
        return is_same_script(script_of(each), *want.tenant.script);
    });
    return queue == level->second.end() || &queue->front()->want == &want;
}

bool Line::has_other_script(const Script& script) const {
    return std::ranges::any_of(levels_, [&script](const auto& level) {
        return std::ranges::any_of(level.second, [&script](const Queue& queue) {
            return !is_same_script(script_of(queue), script);
        });
    });
}

bool Line::has_other_tenant(const Tenant& tenant) const {
    return has_other_script(*tenant.script) ||
           std::ranges::any_of(levels_, [&tenant](const auto& level) {
               return std::ranges::any_of(level.second, [&tenant](const Queue& queue) {
                   return std::ranges::any_of(queue, [&tenant](const Place* place) {
                       return !is_same_caller(*place->want.tenant.principal, *tenant.principal);
                   });
               });
           });
}

}  // namespace sluice::script
